"""The nightly report is written by the daemon's loop, and no night is left out."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.inbox_pass import Passed
from ingest.intake import Admitted
from tests.ingest.loop_office import NOON, QUIET, UNPLUGGED, Office


def test_the_report_is_written_once_a_night() -> None:
    office = Office()
    office.until(office.service(), NOON + timedelta(days=2))
    assert office.reports == [date(2026, 11, 15), date(2026, 11, 16), date(2026, 11, 17)]
    assert [at[:5] for at in office.times("report")] == ["12:00", "20:00", "20:00"]


def test_after_a_restart_it_is_asked_for_again_and_no_day_is_left_out() -> None:
    """What is written already is the writer's to see."""
    office = Office(now=NOON.replace(hour=20, minute=30))
    for _ in range(2):
        office.service().turn()
    assert office.reports == [date(2026, 11, 16)] * 2


def test_a_night_that_was_slept_through_has_its_report_in_the_morning() -> None:
    office = Office(now=NOON.replace(hour=18))
    service = office.service()
    service.turn()
    office.now += timedelta(hours=14)
    service.turn()
    assert office.reports == [date(2026, 11, 15), date(2026, 11, 16)]


def test_a_clock_that_jumps_over_the_hour_leaves_out_no_report() -> None:
    office = Office(now=NOON.replace(hour=19, minute=59))
    service = office.service()
    service.turn()
    office.now += timedelta(hours=4, minutes=2)
    service.turn()
    assert office.reports[-1] == date(2026, 11, 16)


def test_what_is_made_up_for_in_the_morning_waits_until_the_inbox_was_seen() -> None:
    """It stays as it was written: what lies in the inbox belongs into it."""
    away = True

    def take_in() -> Passed:
        if away:
            raise UNPLUGGED
        return QUIET

    office = Office(take_in=take_in)
    service = office.service()
    office.until(service, NOON + timedelta(minutes=1))
    assert office.reports == []
    away = False
    office.until(service, NOON + timedelta(minutes=3))
    assert office.reports == [date(2026, 11, 15)]
    assert office.times("report")[0] >= office.times("pass")[-1]


def test_todays_report_waits_for_no_inbox_in_the_evening() -> None:
    def take_in() -> Passed:
        raise UNPLUGGED

    office = Office(take_in=take_in)
    office.until(office.service(), NOON.replace(hour=20, minute=5))
    assert office.reports == [date(2026, 11, 16)]


def test_a_report_that_could_not_be_written_is_tried_again() -> None:
    def report() -> None:
        raise OSError(13, "Permission denied")

    office = Office(now=NOON.replace(hour=20), report=report)
    service = office.service()
    office.until(service, office.now + timedelta(minutes=2))
    assert office.times("report") == ["20:00:00"]
    office.report = lambda: None
    office.until(service, office.now + timedelta(minutes=10))
    assert office.times("report") == ["20:00:00", "20:05:00"]
    assert office.reports == [date(2026, 11, 16)]


def test_what_just_comes_in_is_waited_for_once_so_that_it_is_in_the_report() -> None:
    fresh = Passed(3, Admitted(), 0, 0, 1, ())
    office = Office(now=NOON.replace(hour=20), take_in=lambda: fresh)
    service = office.service()
    office.until(service, office.now + timedelta(seconds=30))
    assert office.times("report") == ["20:00:10"]
    assert office.done.index((NOON.replace(hour=20, second=10), "pass")) < office.done.index(
        (NOON.replace(hour=20, second=10), "report")
    )
