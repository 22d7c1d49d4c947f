"""The catalogue is lost: it is made anew from the custody files, and says what it said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue import recordings
from archive.catalogue.database import open_catalogue
from archive.errors import CatalogueError, CustodyError
from archive.rebuilding import Rebuilt, rebuild
from archive.store import Store
from config.language import Message
from config.settings import Catalogue
from ingest.hold_told import tell_add
from tests.ingest.people import CHEN, LINES, ROWS, WANG, Person, a_day
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, office, sheet, sound
from tests.s3_server import S3Server

APART = {"custody_file", "outbox", "object"}
"""Of these what is about custody files themselves is told by no custody file."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOffice]:
    """An office in which much has happened, with a mirror."""
    with S3Server(tmp_path / "office/bucket") as server:
        server.sign_in(monkeypatch)
        desk = a_day(tmp_path / "office").with_mirror(server.endpoint_url)
        desk.ingest()
        person = Person(desk)
        person.assign(WANG, "王伟 1402")
        person.undo(person.unassign(CHEN)["act"])
        tell_add(person.desk, "陈建国", "诉讼", "json")
        desk.drop(SHEET, sheet([*ROWS[1:], ("马俊峰", "15405381201", "9:12")]), time(13))
        desk.drop(f"{SHEET}.txt", b"nothing to us")
        desk.ingest()
        yield desk


def catalogue(desk: SmallOffice) -> Path:
    return desk.archive / ".callvault/catalogue.sqlite"


def known(desk: SmallOffice) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: [row for row in rows if table not in APART or ".callvault/custody/" not in str(row)]
        for table, rows in desk.rows().items()
    }


def anew(desk: SmallOffice) -> Rebuilt:
    return rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING)


LOSSES: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "damaged": lambda path: path.write_bytes(b"no database" * 1000),
    "older": Path.exists,
}


@pytest.mark.parametrize("loss", LOSSES)
def test_it_says_what_it_said_before(desk: SmallOffice, loss: str) -> None:
    assert len(LINES) == 4
    before, report = known(desk), desk.report()
    LOSSES[loss](catalogue(desk))
    made = anew(desk)
    assert made.files >= 2
    assert made.set_right == 0
    assert known(desk) == before
    assert desk.report() == report
    aside = list((desk.archive / ".callvault/aside").rglob("catalogue.sqlite"))
    assert len(aside) == (loss != "gone")


def test_the_next_pass_goes_on_as_if_nothing_had_happened(desk: SmallOffice) -> None:
    before, kept = known(desk), desk.kept()
    catalogue(desk).unlink()
    anew(desk)
    assert not desk.ingest().drained.refused
    assert (known(desk), desk.kept()) == (before, kept)
    Person(desk).assign(CHEN, "刘海燕")
    assert desk.filed()[CHEN] == "刘海燕/2026-11-16"


def test_without_it_nothing_is_taken_in_anew(desk: SmallOffice) -> None:
    """An empty catalogue in an old archive is no new office."""
    kept = desk.kept()
    catalogue(desk).unlink()
    with pytest.raises(CustodyError) as caught:
        desk.ingest()
    assert caught.value.message.key == "custody.ahead"
    assert desk.kept() == kept
    anew(desk)
    desk.ingest()


def test_half_a_history_makes_no_catalogue(desk: SmallOffice) -> None:
    before = catalogue(desk).read_bytes()
    first, *_ = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    first.rename(first.with_suffix(".away"))
    with pytest.raises(CustodyError):
        anew(desk)
    assert catalogue(desk).read_bytes() == before


def test_a_row_of_no_table_there_is_makes_no_catalogue(desk: SmallOffice) -> None:
    before = catalogue(desk).read_bytes()
    *_, newest = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    altered = newest.read_bytes().replace(b'"table":"', b'"table":"no_')
    assert altered != newest.read_bytes()
    newest.write_bytes(altered)
    with pytest.raises(CustodyError) as caught:
        anew(desk)
    assert caught.value.message.key == "custody.damaged"
    assert catalogue(desk).read_bytes() == before


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        (b'"confirmed_at":', b'"confirmed_an":'),
        (b'"arrived_at":"2026', b'"arrived_at":"2k26'),
    ],
)
def test_rows_of_the_newest_file_that_cannot_be_are_its_damage(
    desk: SmallOffice, was: bytes, is_: bytes
) -> None:
    """No later file has its hash, so nothing else tells."""
    _alter_newest_with(desk, was, is_)
    before = catalogue(desk).read_bytes()
    with pytest.raises(CustodyError) as caught:
        anew(desk)
    assert caught.value.message.key == "custody.not_loaded"
    assert catalogue(desk).read_bytes() == before


def test_rows_of_an_earlier_file_that_cannot_be_break_the_chain(desk: SmallOffice) -> None:
    first, *_ = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    first.write_bytes(first.read_bytes().replace(b'"recording_id":', b'"recording_ie":', 1))
    with pytest.raises(CustodyError) as caught:
        anew(desk)
    assert caught.value.message.key == "custody.no_successor"


def test_a_full_disk_is_no_damage_of_a_custody_file(desk: SmallOffice) -> None:
    full = CatalogueError(Message.of("archive.disk_full", url="", error=""))

    def filled(_done: int, _of: int) -> None:
        raise full

    with pytest.raises(CatalogueError) as caught:
        rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING, filled)
    assert caught.value is full


def _alter_newest_with(desk: SmallOffice, was: bytes, is_: bytes) -> None:
    """Leaves out the files after the last one in which `was` stands, and alters that."""
    files = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    while was not in files[-1].read_bytes():
        files.pop().unlink()
    files[-1].write_bytes(files[-1].read_bytes().replace(was, is_, 1))


def test_without_custody_files_it_says_where_they_may_be(tmp_path: Path) -> None:
    empty = office(tmp_path / "office")
    with pytest.raises(CustodyError) as caught:
        anew(empty)
    assert caught.value.message.key == "custody.none"


@pytest.mark.parametrize("url", ["postgresql://office/callvault", "sqlite://"])
def test_another_database_is_restored_by_its_own_means(tmp_path: Path, url: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        rebuild(Store(tmp_path), url, EVENING)
    assert caught.value.message.key == "custody.not_sqlite"


def test_a_call_that_comes_after_a_rebuilding_is_filed_as_ever(desk: SmallOffice) -> None:
    catalogue(desk).unlink()
    anew(desk)
    late = CHEN.replace("091207", "151207")
    desk.drop(late, sound(9), time(15))
    desk.ingest()
    assert late in desk.statuses()


def test_rows_may_stand_in_another_file_than_what_they_refer_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where an old catalogue, or a day of thousands, fills several files at once."""
    monkeypatch.setattr(keeping, "_MOST", 4)
    desk = a_day(tmp_path / "office")
    Person(desk).assign(WANG, "王伟 1402")
    desk.ingest()
    before = known(desk)
    made = anew(desk)
    assert made.files > 8
    assert made.set_right == 0
    assert known(desk) == before


def move(desk: SmallOffice, *moves: tuple[int, str]) -> None:
    """Enters that recordings were moved into holding, under these names."""
    with closing(open_catalogue(desk.settings.catalogue.url)) as known, known.transaction() as tx:
        for id, name in moves:
            recordings.aim(tx, id, f"_holding/2026-11-16/{name}")
            (one,) = recordings.by_ids(tx, [id])
            recordings.arrive(tx, one, filed=False, now=EVENING, mirrored=False)


def test_what_one_row_gave_up_another_one_may_have_in_an_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two recordings changed places, and the files were full between them."""
    desk = a_day(tmp_path / "office")
    move(desk, (1, "a"), (2, "b"))
    desk.ingest()
    move(desk, (1, "c"), (2, "a"), (1, "b"))
    monkeypatch.setattr(keeping, "_MOST", 1)
    desk.ingest()
    before = known(desk)
    anew(desk)
    assert known(desk) == before


def test_a_catalogue_apart_from_the_archive_comes_back_to_its_own_place(tmp_path: Path) -> None:
    apart = tmp_path / "apart/catalogue.sqlite"
    desk = office(tmp_path / "office")
    desk = replace(desk, settings=replace(desk.settings, catalogue=Catalogue(f"sqlite:///{apart}")))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    before = apart.read_bytes()
    shutil.rmtree(apart.parent)
    assert anew(desk).files == 1
    assert apart.exists()
    apart.write_bytes(before)
    assert anew(desk).files == 1
    (old,) = (tmp_path / "apart").rglob("*.aside/*/catalogue.sqlite")
    assert old.read_bytes() == before
    desk.ingest()


def test_rows_of_a_newer_callvault_are_not_guessed_at(desk: SmallOffice) -> None:
    *_, last = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    heading, *rest = last.read_bytes().splitlines(keepends=True)
    newer = json.dumps(json.loads(heading) | {"schema": "9999"}).encode() + b"\n"
    last.write_bytes(newer + b"".join(rest))
    with pytest.raises(CustodyError) as caught:
        anew(desk)
    assert caught.value.message.key == "custody.newer"
