"""What a pass makes of a recording that was repaired: as if nothing had ever happened to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.repair import Outcome, Repair
from archive.store import Store
from tests.ingest.people import CHEN, ROWS
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, office, sheet, sound


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    """One recording, held."""
    desk = office(tmp_path)
    desk.drop(CHEN, sound(0))
    desk.ingest()
    return desk


def file(desk: SmallOffice) -> Path:
    (found,) = desk.archive.rglob("*.amr")
    return found


def repair(desk: SmallOffice) -> None:
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        work = Repair(catalogue, Store(desk.archive), None, desk.inbox, lambda: EVENING)
        (mended,) = work.run([1], dry_run=False)
    assert mended.outcome is Outcome.REPAIRED


def test_it_is_probed_anew_for_bad_bytes_may_have_been_probed(desk: SmallOffice) -> None:
    before = desk.report()
    file(desk).write_bytes(b"no sound")
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other, other:
        other.execute("UPDATE recording SET condition = NULL")  # as a kill leaves it
    desk.ingest()
    assert desk.statuses() == {CHEN: "damaged"}
    repair(desk)
    desk.ingest()
    assert desk.report() == before


def test_it_is_filed_though_it_was_gone_when_it_was_decided(desk: SmallOffice) -> None:
    file(desk).unlink()
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    repair(desk)
    desk.ingest()
    assert desk.filed() == {CHEN: "陈建国/2026-11-16"}
    assert file(desk).parent.parent.name == "陈建国"
