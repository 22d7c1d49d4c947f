"""Corners of the durable core that no day in an office leads to, and a bad disk may."""

from __future__ import annotations

import sqlite3

import pytest

from archive.catalogue import changes, consistency, customers, database, faults, kept
from archive.catalogue.schema import HEAD
from archive.fixity import WHOLE, Flaw, Place
from tests.archive.small_archive import AT, SmallArchive


def test_triggers_that_are_there_are_left_alone(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        changes.install(tx)
        assert changes.noted(tx, 10) == []


def test_a_catalogue_that_another_process_brought_up_to_date_is_left_alone(
    archive: SmallArchive,
) -> None:
    with archive.catalogue.transaction() as tx:
        database._migrate(tx)
        assert tx.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == (HEAD)


def test_a_customer_whom_sheets_know_is_none_of_a_persons_own(archive: SmallArchive) -> None:
    known = archive.customer("张三", "13800138000")
    with archive.catalogue.transaction() as tx:
        again = customers.add_by_person(tx, "张三|13800138000", "张三", ["13800138000"])
        assert again == known
        assert not customers.was_by_person(tx, known)


def test_what_was_sound_all_along_is_no_news(archive: SmallArchive) -> None:
    held = archive.admit(b"one")
    before = len(archive.custody())
    with archive.catalogue.transaction() as tx:
        (one,) = kept.by_ids(tx, [held.id])
        faults.found_sound(tx, one, Place.ARCHIVE, AT)
    assert len(archive.custody()) == before
    with archive.catalogue.transaction() as tx:
        faults.found(tx, one, Place.ARCHIVE, Flaw.MISSING, AT)
        faults.found(tx, one, Place.ARCHIVE, Flaw.MISSING, AT)
    assert len(archive.custody()) == before + 1


@pytest.mark.parametrize("entry", ["{", '{"event": "admitted", "arrived_at": "never"}', "[]"])
def test_an_entry_that_says_nothing_is_told_and_stops_nothing(
    archive: SmallArchive, entry: str
) -> None:
    archive.admit(b"one")
    archive.admit(b"two", "2.mp3")
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE custody SET entry = ? WHERE seq = 1", (entry,))
    told = {one.code for one in consistency.check_log(archive.catalogue)}
    assert told == {"custody_broken"}
    assert list(consistency.compare(archive.catalogue, WHOLE))


def test_a_database_that_does_not_even_tell_its_journal_is_an_error() -> None:
    class Failing:
        def execute(self, statement: str) -> object:
            if "=" in statement:
                raise sqlite3.OperationalError("disk I/O error")
            return self

        def cursor(self) -> Failing:
            return self

        def fetchone(self) -> tuple[str]:
            return ("delete",)

        def close(self) -> None:
            pass

    with pytest.raises(sqlite3.OperationalError):
        database._journal(Failing(), "DELETE")
