"""When the daemon's loop looks for alarms and after its other chores."""

from __future__ import annotations

from datetime import date, timedelta

from archive.errors import GoneError
from config.language import Message
from ingest.inbox_pass import Passed
from tests.ingest.loop_office import NOON, Office


def test_other_chores_are_looked_at_as_often_and_none_keeps_another_from_it() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    office, looked = Office(), []
    office.chores = (fail, lambda: looked.append(office.now))
    office.until(office.service(), NOON + timedelta(minutes=2))
    assert [f"{at:%H:%M:%S}" for at in looked] == ["12:00:00", "12:01:00", "12:02:00"]


def test_alarms_are_looked_at_after_every_pass_and_every_minute() -> None:
    office = Office()
    office.until(office.service(), NOON + timedelta(minutes=6))
    assert office.times("alarms") == [f"12:0{minute}:00" for minute in range(7)]
    office = Office()
    service = office.service()
    service.turn()
    office.now += timedelta(seconds=20)
    service.hurry()
    office.until(service, NOON + timedelta(seconds=40))
    assert office.times("alarms") == ["12:00:00", "12:00:30"]
    assert office.done[-2:] == [(office.done[-1][0], "pass"), (office.done[-1][0], "alarms")]


def test_an_archive_that_is_away_is_left_to_its_alarm() -> None:
    def fail() -> Passed:
        raise GoneError(Message.of("archive.gone", path="/x", list="/y"))

    office = Office(take_in=fail)
    office.until(office.service(), NOON + timedelta(minutes=2))
    assert office.said == []
    assert len(office.times("pass")) > 3


def test_an_archive_that_goes_away_between_passes_is_an_alarm_within_seconds() -> None:
    away = GoneError(Message.of("archive.gone", path="/x", list="/y"))

    def open_days() -> frozenset[date]:
        if office.now > NOON + timedelta(seconds=30):
            raise away
        return frozenset()

    office = Office(open_days=open_days)
    service = office.service()
    office.until(service, NOON + timedelta(seconds=30))
    office.sleep(service)
    assert office.times("alarms") == ["12:00:00", "12:00:33"]
