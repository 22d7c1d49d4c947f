"""Somebody altered the catalogue, and a pass wrote that down: the custody log still tells."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue.consistency import check_database, check_log, compare
from archive.catalogue.database import open_catalogue
from archive.comparing import compare_rows
from archive.errors import ArchiveError
from archive.fixity import WHOLE
from archive.keeping import keep
from archive.rebuilding import Rebuilt, custody_paths, rebuild
from archive.restoring import restore
from archive.store import Store
from tests.ingest.people import CHEN, LIU, WANG, Person, a_day
from tests.ingest.small_office import EVENING, SmallOffice, Tree, sound
from tests.s3_server import S3Server

PLACE = "陈建国/2026-11-16/20261116_091207_陈建国_1201.amr"
STRANGER = """
    UPDATE recording SET path = 'x', path_fold = 'x' WHERE id = {chen};
    UPDATE recording SET sha256 = '{zeros}', path = '{place}', path_fold = '{place}'
        WHERE id = {wang};
"""
LATER = EVENING + timedelta(days=1)
ALTERATIONS = {
    "its size": "UPDATE recording SET size = size + 1 WHERE id = {chen}",
    "its day": "UPDATE recording SET day = '2026-11-15' WHERE id = {chen}",
    "its collector": "UPDATE recording SET collector = NULL WHERE id = {chen}",
    "its name": "UPDATE recording SET source = source || 'x' WHERE id = {chen}",
    "its arrival": "UPDATE recording SET arrived_at = '2020-01-01 00:00:00' WHERE id = {chen}",
    "its hash": "UPDATE recording SET sha256 = '{zeros}' WHERE id = {chen}",
    "the size of one that is held": "UPDATE recording SET size = 1 WHERE id = {wang}",
    "whose one is that is held": "UPDATE recording SET customer_id = {other} WHERE id = {wang}",
    "whose it is": "UPDATE recording SET customer_id = {other} WHERE id = {chen}",
    "its customer's name": "UPDATE customer SET name = '李雷' WHERE id = {own}",
    "its customer's key": "UPDATE customer SET key = '李雷|1' WHERE id = {own}",
    "its customer's folder": "UPDATE customer SET folder = '李雷', folder_fold = '李雷' "
    "WHERE id = {own}",
    "places of two": "UPDATE recording SET path_fold = id WHERE id IN ({chen}, {liu}); "
    "UPDATE recording SET path = (SELECT path FROM recording WHERE id = {liu}) "
    "WHERE id = {chen}; UPDATE recording SET path = '{place}' WHERE id = {liu}; "
    "UPDATE recording SET path_fold = path WHERE id IN ({chen}, {liu})",
}
"""What a person does who has a tool for SQLite at hand, by what is altered."""


@pytest.fixture
def person(tmp_path: Path) -> Person:
    desk = a_day(tmp_path / "office")
    desk.drop(LIU, sound(9))
    desk.ingest()
    return Person(desk)


def alter(desk: SmallOffice, script: str) -> None:
    known = "SELECT id, customer_id FROM recording WHERE source = ?"
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        (chen, own), (liu, other), (wang, _) = (
            database.execute(known, (source,)).fetchone() for source in (CHEN, LIU, WANG)
        )
        ids = {"chen": chen, "liu": liu, "wang": wang, "own": own, "other": other}
        database.executescript(script.format(place=PLACE, zeros="0" * 64, **ids))


def told(desk: SmallOffice) -> list[str]:
    """What `verify` tells of the catalogue."""
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        found = [*check_log(catalogue), *compare(catalogue, WHOLE)]
        found += compare_rows(catalogue, Store(desk.archive))
        check_database(catalogue)
    return [one.code for one in found]


def rebuilt_with_what_is_known(desk: SmallOffice) -> Rebuilt:
    """What `callvault rebuild` does where the catalogue can be read: it is written down first."""
    store = Store(desk.archive)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        keep(catalogue, store, EVENING)
    return rebuild(store, desk.settings.catalogue.url, LATER)


@pytest.mark.parametrize("altered", ALTERATIONS)
def test_what_was_altered_and_written_down_is_told_and_set_right(
    person: Person, altered: str
) -> None:
    desk = person.office
    before, statuses = desk.rows()["recording"], desk.statuses()
    customers = desk.rows()["customer"]
    alter(desk, ALTERATIONS[altered])
    desk.ingest()
    assert set(told(desk)) & {"told_otherwise", "not_in_custody"}
    made = rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
    assert made.set_right >= 1
    assert told(desk) == []
    assert desk.rows()["recording"] == before
    assert desk.rows()["customer"] == customers
    desk.ingest()
    assert told(desk) == []
    assert desk.statuses() == statuses
    assert rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER).set_right == 0


def test_of_a_customer_who_is_not_known_any_more_the_recording_is_set_right(
    person: Person,
) -> None:
    desk = person.office
    alter(desk, "UPDATE recording SET size = 1 WHERE id = {chen}")
    alter(desk, "UPDATE customer SET key = 'x', folder = 'x', folder_fold = 'x' WHERE id = {own}")
    desk.ingest()
    assert rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER).set_right == 1
    assert told(desk) == ["told_otherwise"]


def test_what_has_no_room_stays_and_is_told(person: Person) -> None:
    """A row that callvault never made lies where the log has another recording."""
    desk = person.office
    alter(desk, STRANGER)
    desk.ingest()
    made = rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
    assert made.set_right == 0
    assert {"told_otherwise", "not_in_custody"} <= set(told(desk))


def test_what_a_person_said_of_a_lost_file_is_no_alteration(person: Person) -> None:
    """It is decided, and waits where it lay until its file is back."""
    desk = person.office
    (desk.archive / PLACE).unlink()
    person.assign(CHEN, "刘海燕")
    desk.ingest()
    before = desk.rows()["recording"]
    assert told(desk) == []
    assert rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER).set_right == 0
    assert desk.rows()["recording"] == before


def test_what_is_set_right_on_its_way_goes_on_to_whose_it_is(person: Person) -> None:
    desk = person.office
    in_the_way = desk.archive / "王伟"
    in_the_way.touch()
    with pytest.raises(ArchiveError):
        person.assign(CHEN, "王伟 1401")
    alter(desk, "UPDATE recording SET size = size + 1 WHERE id = {chen}")
    in_the_way.unlink()
    made = rebuilt_with_what_is_known(desk)
    assert made.set_right == 1
    assert told(desk) == []
    desk.ingest()
    assert desk.filed()[CHEN] == "王伟/2026-11-16"
    assert told(desk) == []
    (*_, last) = (one for one in desk.custody() if one["event"] == "filed")
    assert last["customer"] == "王伟"


@pytest.mark.parametrize("left", range(1, 12))
def test_what_lost_its_last_custody_files_is_decided_and_moved_anew(
    person: Person, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries and rows of one act stand in several files, and a row not in that of its entry."""
    desk = person.office
    before = set(custody_paths(Store(desk.archive)))
    monkeypatch.setattr(keeping, "_MOST", 1)
    person.undo(1)
    new = [path for path in custody_paths(Store(desk.archive)) if path not in before]
    assert len(new) > left
    for path in new[left:]:
        path.unlink()
    rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
    assert told(desk) == []
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        restore(catalogue, Store(desk.archive), None)
    desk.ingest()
    assert told(desk) == []
    named = {one["source"] for one in desk.report()["recordings"] if one["customer"]}
    assert named == desk.filed().keys()


def test_what_the_mirror_was_owed_meanwhile_is_owed_as_the_log_tells(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two were given each other's places, so that each was owed under the other's key."""
    with S3Server(person.office.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        desk = person.office.with_mirror(server.endpoint_url)
        desk.ingest()
        alter(desk, ALTERATIONS["places of two"])
        desk.ingest()
        desk.ingest()
        assert desk.mirrored().keys() != desk.kept().keys()
        rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
        desk.ingest(LATER)
        desk.ingest(LATER)
        assert desk.rows()["outbox"] == []
        assert hashes(desk.mirrored()) == hashes(desk.kept())
        assert {one["mirror"]["state"] for one in desk.report()["recordings"]} == {"mirrored"}


def hashes(tree: Tree) -> dict[str, str]:
    return {path: sha256 for path, (sha256, _) in tree.items()}
