"""The daemon's archive may go away and come back; on its bare mount point nothing is begun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalogue.database import Catalogue
from archive.errors import ArchiveError, GoneError, LockedError
from archive.rebuilding import rebuild
from archive.store import Store
from config.language import Message
from ingest.daemon import Daemon, Reach, Surroundings
from ingest.fitness import examine
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.small_office import EVENING, SmallOffice, office, sound

CATALOGUE = ".callvault/catalogue.sqlite"
SET = Clock(lambda: EVENING, own=False)


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    made = office(tmp_path)
    return replace(made, settings=replace(made.settings, source=tmp_path / "callvault.toml"))


@pytest.fixture
def reach(desk: SmallOffice) -> Iterator[Reach]:
    with closing(Reach(desk.settings)) as reach:
        yield reach


def put_back_older(desk: SmallOffice) -> bytes:
    """An old copy of the catalogue is put in its place; returns the newer one."""
    catalogue = desk.archive / CATALOGUE
    desk.drop("first.amr", sound(1))
    desk.ingest()
    older = catalogue.read_bytes()
    desk.drop("second.amr", sound(2))
    desk.ingest()
    newer = catalogue.read_bytes()
    catalogue.write_bytes(older)
    return newer


def unplug(desk: SmallOffice, *, mount_point: bool) -> Path:
    away = desk.archive.rename(desk.folder / "away")
    if mount_point:
        desk.archive.mkdir()
    return away


def plug_in(desk: SmallOffice) -> None:
    if desk.archive.is_dir():
        assert list(desk.archive.iterdir()) == [], "something was made on the bare mount point"
        desk.archive.rmdir()
    (desk.folder / "away").rename(desk.archive)


def test_the_first_time_an_archive_is_begun_and_stays_open(desk: SmallOffice, reach: Reach) -> None:
    session = reach.session()
    assert (desk.archive / ".callvault").is_dir()
    assert reach.session() is session


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder that is in use")
@pytest.mark.parametrize("mount_point", [True, False])
def test_an_archive_that_goes_away_is_waited_for_and_work_goes_on(
    desk: SmallOffice, reach: Reach, mount_point: bool
) -> None:
    desk.drop("first.amr", sound(1))
    reach.session().take_in(SET, Steps())
    unplug(desk, mount_point=mount_point)
    desk.drop("second.amr", sound(2))
    for _ in range(2):
        with pytest.raises(GoneError):
            reach.session()
    plug_in(desk)
    reach.session().take_in(SET, Steps())
    assert len(desk.kept()) == 2
    assert len(desk.custody()) >= 2


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder that is in use")
def test_another_archive_in_its_place_is_opened_anew(desk: SmallOffice, reach: Reach) -> None:
    first = reach.session()
    unplug(desk, mount_point=True)
    (desk.archive / ".callvault").mkdir()
    assert reach.session() is not first


def test_after_a_restart_a_disk_that_is_away_is_no_new_archive(desk: SmallOffice) -> None:
    with closing(Reach(desk.settings)) as reach:
        reach.session()
    unplug(desk, mount_point=True)
    with closing(Reach(desk.settings)) as reach:
        with pytest.raises(GoneError):
            reach.session()
        plug_in(desk)
        reach.session()


def test_nobody_else_begins_a_new_one_there_either(desk: SmallOffice) -> None:
    with closing(Reach(desk.settings)) as reach:
        reach.session()
    unplug(desk, mount_point=True)
    with pytest.raises(GoneError), open_session(desk.settings):
        pass
    told = {check.part: check for check in examine(desk.settings, lambda: EVENING)}
    assert {part for part, check in told.items() if not check.fit} == {"archive", "catalogue"}
    assert told["archive"].message.key == "archive.gone"
    plug_in(desk)


def test_an_archive_that_is_in_use_at_the_start_is_told(desk: SmallOffice, reach: Reach) -> None:
    with open_session(desk.settings), pytest.raises(LockedError):
        reach.session()
    reach.session()


def test_an_archive_that_cannot_be_made_is_told(desk: SmallOffice, reach: Reach) -> None:
    desk.archive.write_bytes(b"no folder")
    with pytest.raises(ArchiveError):
        reach.session()


def test_no_nightly_report_is_made_from_an_older_catalogue(desk: SmallOffice) -> None:
    """A backup was put back: the pass stops, and what the night's report said would stand."""
    put_back_older(desk)
    reported: list[date] = []

    def report(_catalogue: Catalogue, day: date, _at: datetime) -> list[date]:
        reported.append(day)
        return [day]

    night = Clock(lambda: EVENING.replace(hour=21), own=False)
    said, posted = list[Message](), list[str]()
    given = Surroundings(night, report, said.append, post=posted.append)
    with closing(Daemon(desk.settings, given)) as daemon:
        daemon.begin()
        for _ in range(2):
            daemon.service(lambda: True).turn()
        assert reported == []
        assert len(posted) == 1
        assert "Run callvault rebuild" in posted[0]
        assert {one.key for one in said} == {"custody.ahead"}
        daemon.reach.close()
        rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING)
        daemon.service(lambda: True).turn()
        assert reported == [EVENING.date()]


def test_passes_that_something_stops_for_an_hour_are_an_alarm(desk: SmallOffice) -> None:
    """An old copy of the catalogue was put in its place."""
    newer = put_back_older(desk)
    now, posted = EVENING, list[str]()
    clock = Clock(lambda: now, own=False)
    given = Surroundings(clock, lambda *_: (), lambda _: None, post=posted.append)
    with closing(Daemon(desk.settings, given)) as daemon:
        board, service = daemon.begin(), daemon.service(lambda: True)
        for minutes in (0, 59, 60):
            assert board.told["alarms"] == []
            now = EVENING + timedelta(minutes=minutes)
            service.turn()
        assert [one["code"] for one in board.told["alarms"]] == ["passes_stopped"]
        daemon.reach.close()
        (desk.archive / CATALOGUE).write_bytes(newer)
        now += timedelta(minutes=15)
        service.turn()
        assert board.told["alarms"] == []
    stopped, over = posted
    assert "2026-11-16 16:30" in stopped
    assert "a pass came to its end again" in over
