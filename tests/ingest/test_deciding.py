"""Days are decided as a whole, and again whenever something of them is new or corrected."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
)
from tests.s3_server import S3Server

CHEN = recorded("陈建国", "15405381201", "091207")
ROW = ("陈建国", "15405381201", "9:12")
OTHER_SHEET = f"{DAY}/李强/记录表.csv"


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


# A corrected sheet


def test_a_corrected_row_moves_the_recording_and_custody_and_mirror_follow(
    desk: SmallOffice,
) -> None:
    source = recorded("154 0538 1201", "15405381201", "091207")
    desk.drop(source, sound(1))
    desk.drop(SHEET, sheet([("陈建军", "15405381201", "9:12")]))
    with S3Server(desk.folder / "bucket") as server, pytest.MonkeyPatch.context() as patched:
        server.sign_in(patched)
        mirrored = desk.with_mirror(server.endpoint_url)
        mirrored.ingest()
        assert set(desk.kept()) == set(desk.mirrored())
        assert list(mirrored.filed().values()) == ["陈建军/2026-11-16"]
        desk.drop(SHEET, sheet([ROW]), time(13))
        mirrored.ingest()
        (place,) = desk.kept()
        assert place == "陈建国/2026-11-16/20261116_091207_陈建国_1201.amr"
        assert list(desk.mirrored()) == [place]
        (line,) = mirrored.report()["recordings"]
        assert line["mirror"] == {"state": "mirrored", "key": place, "checksum": line["sha256"]}
    filed = [entry for entry in desk.custody() if entry["event"] == "filed"]
    assert [(entry["customer"], entry["path"].split("/")[0]) for entry in filed] == [
        ("陈建军", "陈建军"),
        ("陈建国", "陈建国"),
    ]
    assert filed[0]["call"]["sheet_sha256"] != filed[1]["call"]["sheet_sha256"]


def test_a_row_that_is_taken_out_sends_its_recording_back_to_holding(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([ROW, ("刘海燕", "13869170000", "9:40")]))
    desk.ingest()
    desk.drop(SHEET, sheet([("刘海燕", "13869170000", "9:40")]), time(13))
    desk.ingest()
    assert desk.statuses() == {CHEN: "unmatched"}
    (place,) = desk.kept()
    assert place.startswith("_holding/2026-11-16/")
    assert not (desk.archive / "陈建国").exists()
    assert [entry["event"] for entry in desk.custody()] == [
        *("admitted", "sheet", "decided", "filed"),
        *("sheet", "decided", "held"),
    ]
    desk.drop(SHEET, sheet([ROW]), time(14))
    desk.ingest()
    assert desk.filed() == {CHEN: "陈建国/2026-11-16"}


def test_what_is_new_leaves_other_decisions_alone(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([ROW]))
    desk.ingest()
    before = desk.rows()
    desk.drop(recorded("妈妈", "15405389999", "120533"), sound(2))
    desk.ingest(EVENING + timedelta(minutes=5))
    after = desk.rows()
    for table in ("recording", "custody", "inbox_file"):
        assert set(before[table]) < set(after[table])
    assert (before["customer"], before["sheet_row"]) == (after["customer"], after["sheet_row"])


# Who a row names


def test_two_customers_of_one_name_get_two_folders(desk: SmallOffice) -> None:
    sources = [recorded("王伟", f"1540538140{n}", f"10{n}200") for n in (1, 2)]
    for number, source in enumerate(sources):
        desk.drop(source, sound(number))
    rows = [("王伟", "15405381401", "10:12"), ("王伟", "15405381402", "10:22")]
    desk.drop(SHEET, sheet(rows))
    desk.ingest()
    assert desk.filed() == {
        sources[0]: "王伟/2026-11-16",
        sources[1]: "王伟 (1402)/2026-11-16",
    }


def test_a_row_without_number_between_namesakes_is_nobodys(desk: SmallOffice) -> None:
    nameless = f"{DAY}/王芳/王伟-2611161030.amr"
    desk.drop(nameless, sound(1))
    rows = [
        ("王伟", "15405381401", "9:00"),
        ("王伟", "15405381402", "15:00"),
        ("王伟", "", "10:30"),
    ]
    desk.drop(SHEET, sheet(rows))
    desk.ingest()
    assert desk.statuses() == {nameless: "ambiguous"}
    assert ("customer_unclear", SHEET) in desk.codes()


def test_a_row_without_number_is_open_once_a_namesake_turns_up(desk: SmallOffice) -> None:
    source = f"{DAY}/王芳/王伟-2611161030.amr"
    desk.drop(source, sound(1))
    desk.drop(SHEET, sheet([("王伟", "", "10:30")]))
    desk.ingest()
    assert desk.filed() == {source: "王伟/2026-11-16"}
    rows = [("王伟", "15405381401", "10:28"), ("王伟", "15405381402", "10:33")]
    desk.drop(OTHER_SHEET, sheet(rows))
    desk.ingest()
    assert desk.statuses() == {source: "ambiguous"}
    assert ("customer_unclear", SHEET) in desk.codes()


def test_a_number_that_was_learned_on_one_day_names_the_customer_on_the_next(
    desk: SmallOffice,
) -> None:
    desk.drop(SHEET, sheet([("陈建国", "15405381201、15405387777", "9:12")]))
    desk.ingest()
    tuesday = date(2026, 11, 17)
    source = "2026-11-17/王芳/通话录音@154 0538 7777(15405387777)_20261117091207.amr"
    desk.drop(source, sound(1))
    desk.drop("2026-11-17/王芳/记录表.csv", sheet([("陈建国", "15405387777", "9:12")]))
    desk.ingest(EVENING + timedelta(days=1))
    (line,) = desk.report(tuesday)["recordings"]
    assert line["archive_path"].startswith("陈建国/2026-11-17/")


# Days that hang together


def test_a_recording_handed_over_a_day_late_is_filed_under_the_day_of_its_call(
    desk: SmallOffice,
) -> None:
    desk.drop(SHEET, sheet([ROW]))
    desk.ingest()
    late = CHEN.replace(f"{DAY}/", "2026-11-17/")
    desk.drop(late, sound(1))
    desk.ingest(EVENING + timedelta(days=1))
    (line,) = desk.report(date(2026, 11, 17))["recordings"]
    assert (line["status"], line["archive_path"].rpartition("/")[0]) == (
        "filed",
        "陈建国/2026-11-16",
    )
    assert desk.report()["calls"][0]["recordings"] == [late]


def test_a_sheet_that_comes_later_decides_what_was_handed_over_on_another_day(
    desk: SmallOffice,
) -> None:
    late = CHEN.replace(f"{DAY}/", "2026-11-17/")
    desk.drop(late, sound(1))
    desk.ingest(EVENING + timedelta(days=1))
    assert desk.statuses(date(2026, 11, 17)) == {late: "unmatched"}
    desk.drop(SHEET, sheet([ROW]))
    desk.ingest(EVENING + timedelta(days=2))
    assert desk.statuses(date(2026, 11, 17)) == {late: "filed"}
