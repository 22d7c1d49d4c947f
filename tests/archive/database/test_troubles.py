"""A catalogue that is damaged, busy or unusable says what to do."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from archive.catalogue import database, files
from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.schema import customer
from tests.archive.database.catalogue_file import refused, url


def test_a_damaged_catalogue_is_made_anew_and_the_recordings_are_spared(made: Path) -> None:
    made.write_bytes(b"no database" * 500)
    said = refused(lambda: open_catalogue(url(made)), "catalogue_damaged")
    assert str(made) in said
    assert "callvault rebuild" in said


def test_a_catalogue_damaged_within_is_recognised_too(made: Path) -> None:
    contents = bytearray(made.read_bytes())
    contents[4096:] = bytes(len(contents) - 4096)
    made.write_bytes(contents)

    def use() -> None:
        catalogue = open_catalogue(url(made))
        try:
            with catalogue.transaction() as tx:
                tx.execute(select(customer)).all()
        finally:
            catalogue.close()

    refused(use, "catalogue_damaged")


def test_a_catalogue_that_another_program_keeps_writing_to_is_said_to_be_busy(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_MS", 50)
    catalogue, other = open_catalogue(url(made)), sqlite3.connect(made)

    def write_while_the_other_does() -> None:
        with catalogue.transaction() as tx:
            tx.execute(text("DELETE FROM open_day"))

    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        said = refused(write_while_the_other_does, "catalogue_busy")
        with catalogue.reading() as tx:
            assert tx.execute(select(customer)).all() == []
    catalogue.close()
    assert str(made) in said


def test_of_two_that_read_and_then_write_one_waits_for_the_other(made: Path) -> None:
    """As a command does that writes down a person's word while the daemon decides a day."""
    days = [date(2026, 11, day) for day in range(1, 21)]

    def reopen(catalogue: Catalogue) -> None:
        for day in days:
            with catalogue.transaction() as tx:
                files.reopen(tx, [day])

    both = [open_catalogue(url(made)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(reopen, both))
    with both[0].reading() as tx:
        assert files.open_days(tx) == set(days)
    for catalogue in both:
        catalogue.close()


def test_a_full_disk_is_said_to_be_full(made: Path) -> None:
    catalogue = open_catalogue(url(made))

    def fill() -> None:
        with catalogue.transaction() as tx:
            tx.exec_driver_sql("PRAGMA max_page_count = 1")  # the file may not grow any more
            tx.exec_driver_sql("CREATE TABLE more AS SELECT zeroblob(1000000) AS bytes")

    refused(fill, "disk_full")
    catalogue.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    said = refused(
        lambda: open_catalogue(url(tmp_path / "file" / "x" / "c.sqlite")), "catalogue_unusable"
    )
    assert "Not a directory" in said
    refused(lambda: open_catalogue(url(tmp_path)), "catalogue_unusable")


@pytest.mark.parametrize(
    "unusable",
    [
        "postgresql+nodriver://office:a-secret@server/callvault",
        "sqlite+nodriver:///catalogue.sqlite",
        "nonsense",
    ],
)
def test_a_database_that_no_driver_is_there_for_is_refused_without_its_password(
    unusable: str,
) -> None:
    said = refused(lambda: open_catalogue(unusable), "catalogue_driver")
    assert "pip install" in said
    assert "a-secret" not in said
