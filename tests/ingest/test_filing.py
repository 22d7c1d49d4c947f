"""Filing: under which name a decided recording lies, and moves that are hindered or cut short."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from archive import publish
from tests.ingest.small_office import (
    DAY,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
)

CHEN = recorded("陈建国", "15405381201", "091207")
ROW = ("陈建国", "15405381201", "9:12")
PLACE = "陈建国/2026-11-16/20261116_091207_陈建国_1201.amr"
SECOND_PLACE = "陈建国/2026-11-16/20261116_091207_陈建国_1201 (2).amr"


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def hand_over(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([ROW]))


# Names


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        (
            "154 0538 1201(15405381201)_20261116091207.AMR",
            "9:10",
            "20261116_091207_陈建国_1201.amr",
        ),
        ("陈建国-2611160912.amr", "9:10", "20261116_0912_陈建国_1201.amr"),
        ("陈建国 15405381201.amr", "9:10", "20261116_0910_陈建国_1201.amr"),
        ("陈建国 15405381201.amr", "", "20261116_陈建国_1201.amr"),
    ],
)
def test_the_name_tells_the_time_as_well_as_it_is_known(
    desk: SmallOffice, name: str, at: str, expected: str
) -> None:
    """The recorder's clock before the collector's hand, to the second only where it says so."""
    desk.drop(f"{DAY}/王芳/{name}", sound(1))
    desk.drop(SHEET, sheet([("陈建国", "15405381201", at)]))
    desk.ingest()
    assert list(desk.kept()) == [f"陈建国/2026-11-16/{expected}"]


def test_two_recordings_of_one_minute_get_two_names(desk: SmallOffice) -> None:
    for number, collector in ((1, "王芳"), (2, "李强")):
        desk.drop(f"{DAY}/{collector}/陈建国-2611160912.amr", sound(number))
    desk.drop(f"{DAY}/记录表.csv", sheet([ROW]))
    desk.ingest()
    assert sorted(Path(place).name for place in desk.kept()) == [
        "20261116_0912_陈建国_1201 (2).amr",
        "20261116_0912_陈建国_1201.amr",
    ]


def test_a_file_that_somebody_put_there_is_never_overwritten(desk: SmallOffice) -> None:
    hand_over(desk)
    squatter = desk.archive / PLACE
    squatter.parent.mkdir(parents=True)
    squatter.write_bytes(b"mine")
    desk.ingest()
    assert squatter.read_bytes() == b"mine"
    assert desk.kept()[SECOND_PLACE][0] == sha256(sound(1))


# Hindered and cut short


@pytest.fixture
def cut(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pass that ended when its place was reserved; where the recording lies yet."""
    hand_over(desk)
    real = publish._renameat2

    def ending(source: Path, target: Path) -> bool:
        if target == desk.archive / PLACE:
            raise KeyboardInterrupt
        return real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(publish, "_renameat2", ending)
        with pytest.raises(KeyboardInterrupt):
            desk.ingest()
    (held,) = desk.kept()
    assert desk.statuses() == {CHEN: "waiting"}
    return desk.archive / held


def assert_filed(desk: SmallOffice, place: str) -> None:
    (line,) = desk.report()["recordings"]
    assert (line["status"], line["archive_path"]) == ("filed", place)
    assert desk.kept()[place][0] == sha256(sound(1))
    told = [entry["event"] for entry in desk.custody()]
    assert told == ["admitted", "sheet", "decided", "filed"]
    before = desk.rows()
    desk.ingest()
    assert desk.rows() == before


def test_a_reserved_move_is_made_by_the_next_pass(desk: SmallOffice, cut: Path) -> None:
    desk.ingest()
    assert not cut.exists()
    assert_filed(desk, PLACE)


def test_a_move_that_was_made_but_not_entered_is_entered(desk: SmallOffice, cut: Path) -> None:
    cut.rename(desk.archive / PLACE)
    desk.ingest()
    assert_filed(desk, PLACE)


def test_a_move_that_left_both_names_is_ended(desk: SmallOffice, cut: Path) -> None:
    (desk.archive / PLACE).hardlink_to(cut)
    desk.ingest()
    assert list(desk.kept()) == [PLACE]
    assert_filed(desk, PLACE)


def test_a_reserved_place_that_somebody_took_is_given_up_for_another(
    desk: SmallOffice, cut: Path
) -> None:
    squatter = desk.archive / PLACE
    squatter.write_bytes(b"mine")
    desk.ingest()
    assert not cut.exists()
    assert squatter.read_bytes() == b"mine"
    assert_filed(desk, SECOND_PLACE)


def test_a_place_that_is_taken_at_the_last_moment_is_given_up_for_another(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(desk)
    squatter = desk.archive / PLACE
    real = publish._renameat2

    def outrun(source: Path, target: Path) -> bool:
        if target == squatter:
            squatter.write_bytes(b"mine")
        return real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(publish, "_renameat2", outrun)
        desk.ingest()
    assert squatter.read_bytes() == b"mine"
    assert_filed(desk, SECOND_PLACE)


@pytest.mark.parametrize("squatter", [b"mine", None])
def test_a_recording_that_vanished_from_the_archive_stops_nobody(
    desk: SmallOffice, cut: Path, squatter: bytes | None
) -> None:
    cut.unlink()
    other = (
        desk.archive / "赵敏/2026-11-13/0001.mp3"
    )  # with nothing at all it would be another disk
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another")
    if squatter is not None:
        (desk.archive / PLACE).write_bytes(squatter)
    liu = recorded("刘海燕", "13869170000", "094011")
    desk.drop(liu, sound(2))
    desk.drop(SHEET, sheet([ROW, ("刘海燕", "13869170000", "9:40")]), time(13))
    desk.ingest()
    desk.ingest()
    assert desk.statuses()[liu] == "filed"
    assert desk.statuses()[CHEN] != "filed"
    if squatter is not None:
        assert (desk.archive / PLACE).read_bytes() == squatter


@pytest.mark.parametrize("left", [None, "notes.txt"])
def test_a_folder_is_removed_once_it_is_empty(desk: SmallOffice, left: str | None) -> None:
    source = recorded("154 0538 1201", "15405381201", "091207")
    desk.drop(source, sound(1))
    desk.drop(SHEET, sheet([ROW]))
    desk.ingest()
    assert list((desk.archive / "_holding").iterdir()) == []
    if left:
        (desk.archive / "陈建国" / left).write_bytes(b"somebody's")
    desk.drop(SHEET, sheet([("马俊峰", "15405381201", "9:12")]), time(13))
    desk.ingest()
    assert desk.filed() == {source: "马俊峰/2026-11-16"}
    assert (desk.archive / "陈建国").exists() == (left is not None)
