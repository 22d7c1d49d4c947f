"""What is said and what is held up while the catalogue is made anew."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.errors import CatalogueError, CustodyError, DiskError
from config.settings import Catalogue
from ingest.desk import Told
from ingest.hold_told import tell_add, tell_list
from ingest.rebuild_told import tell_rebuild
from tests.ingest.people import CHEN, Person, a_day
from tests.ingest.small_office import SmallOffice, office, sound


@pytest.fixture
def person(tmp_path: Path) -> Person:
    desk = a_day(tmp_path / "office")
    desk.ingest()
    return Person(desk)


def rebuilt(person: Person) -> Told:
    return tell_rebuild(person.desk, "text", mirror=None, tell=lambda *_: None)


def test_a_word_that_is_said_meanwhile_is_not_put_aside(person: Person) -> None:
    """Whoever said it was told that it stands: a legal hold that vanishes lets evidence go."""
    said: list[Told] = []

    def tell(step: str, done: int, of: int) -> None:
        del step, done, of
        if not said:
            said.append(tell_add(person.desk, "陈建国", "诉讼", "text"))

    with pytest.raises(CatalogueError) as caught:
        tell_rebuild(person.desk, "text", mirror=None, tell=tell)
    assert caught.value.message.key == "custody.said_meanwhile"
    assert "under legal hold" in said[0].output
    assert "陈建国" in tell_list(person.desk, "text").output
    rebuilt(person)
    assert "陈建国" in tell_list(person.desk, "text").output


def test_a_recording_that_somebody_deleted_from_the_catalogue_does_not_go_out_of_history(
    person: Person,
) -> None:
    catalogue = person.office.archive / ".callvault/catalogue.sqlite"
    before = person.office.statuses()
    with closing(sqlite3.connect(catalogue)) as tampered, tampered:
        tampered.execute("DELETE FROM recording WHERE source = ?", (CHEN,))
    with pytest.raises(CustodyError) as caught:
        person.office.ingest()
    assert caught.value.message.key == "custody.row_deleted"
    rebuilt(person)
    person.office.ingest()
    assert person.office.statuses() == before


def test_a_catalogue_that_another_program_has_locked_is_not_put_aside(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be whole, and know more than its custody files."""
    monkeypatch.setattr("archive.catalogue.database.PATIENCE_MS", 50)
    catalogue = person.office.archive / ".callvault/catalogue.sqlite"
    with locked_by_another(person.office), pytest.raises(CatalogueError) as caught:
        rebuilt(person)
    assert caught.value.message.key == "archive.catalogue_busy"
    assert catalogue.exists()
    assert not (person.office.archive / ".callvault/aside").exists()


@contextmanager
def locked_by_another(desk: SmallOffice) -> Iterator[None]:
    url = desk.settings.catalogue.url
    with closing(open_catalogue(url)) as other, other.transaction():
        yield


def test_another_archive_is_not_gone_on_with(tmp_path: Path) -> None:
    """`[archive] path` was changed and the archive not moved; its catalogue lies elsewhere."""
    old = office(tmp_path / "office")
    old.drop(CHEN, sound(1))
    apart = Catalogue(f"sqlite:///{tmp_path}/apart/catalogue.sqlite")
    old = replace(old, settings=replace(old.settings, catalogue=apart))
    old.ingest()
    elsewhere = replace(old.settings.archive, path=tmp_path / "elsewhere")
    moved = replace(old, settings=replace(old.settings, archive=elsewhere))
    with pytest.raises(DiskError) as caught:
        moved.ingest()
    assert caught.value.message.key == "archive.emptied"
    assert not list(moved.archive.rglob("*.jsonl"))
    shutil.rmtree(moved.archive)
    old.archive.rename(moved.archive)
    moved.ingest()
    assert len(moved.kept()) == 1
