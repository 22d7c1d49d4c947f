"""What ends the daemon's loop, and what does not."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event

import pytest

from archive.errors import DiskError
from config.language import Message
from ingest.inbox_pass import Passed
from tests.ingest.loop_office import NOON, QUIET, Office


@pytest.mark.parametrize("what", ["take_in", "mirror", "release", "report", "look"])
def test_an_error_that_nobody_foresaw_is_logged_and_the_loop_goes_on(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    office = Office()
    setattr(office, what, fail)
    with caplog.at_level(logging.ERROR):
        office.until(office.service(), NOON + timedelta(minutes=12))
    assert len(office.times("pass")) >= 3
    assert len(office.times("mirror")) >= 3
    assert "the daemon goes on" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_error_with_advice_is_told_and_the_loop_goes_on() -> None:
    full = DiskError(Message.of("archive.disk_full", error="No space left"))

    def fail() -> Passed:
        raise full

    office = Office(take_in=fail)
    service = office.service()
    service.turn()
    assert office.said == [full.message]
    office.take_in = lambda: QUIET
    office.sleep(service)
    assert len(office.times("pass")) == 2


def test_it_ends_when_it_is_told_to() -> None:
    stop, wake = Event(), Event()

    def take_in() -> Passed:
        stop.set()
        wake.set()
        return QUIET

    office = Office(take_in=take_in)
    office.service().run(stop, wake)
    assert len(office.times("pass")) == 1
    office.service().run(stop, wake)
    assert len(office.times("pass")) == 1


def test_a_hint_wakes_it_and_a_quiet_time_does_too() -> None:
    """Sleeping is the event's: here it is over at once, and the clock goes on by itself."""
    stop = Event()
    office = Office()

    class Hints(Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            hinted = len(office.times("pass")) == 1 and timeout == 3.0
            office.now += timedelta(seconds=min(timeout, 10.0))
            if len(office.times("pass")) == 3:
                stop.set()
            return hinted and office.now == NOON + timedelta(seconds=3)

    office.service().run(stop, Hints())
    assert office.times("pass") == ["12:00:00", "12:00:13", "12:05:13"]
