"""When the daemon's loop passes over the inbox."""

from __future__ import annotations

from datetime import timedelta

from config.language import LANGUAGES, Message, Words
from ingest.inbox_pass import Passed
from ingest.intake import Admitted
from tests.ingest.loop_office import NOON, QUIET, UNPLUGGED, Office


def test_the_first_pass_is_at_once_and_then_there_is_one_every_scan() -> None:
    office = Office()
    office.until(office.service(), NOON + timedelta(minutes=11))
    assert office.times("pass") == ["12:00:00", "12:05:00", "12:10:00"]


def test_an_event_brings_a_pass_once_the_file_has_settled() -> None:
    office = Office()
    service = office.service()
    service.turn()
    office.now += timedelta(seconds=60)
    service.hurry()
    office.until(service, NOON + timedelta(minutes=8))
    assert office.times("pass") == ["12:00:00", "12:01:10", "12:06:10"]


def test_events_never_put_a_pass_off() -> None:
    office = Office()
    service = office.service()
    service.turn()
    office.now += timedelta(seconds=295)
    service.hurry()
    office.sleep(service, 2)
    assert office.times("pass") == ["12:00:00", "12:05:00"]


def test_files_that_were_too_fresh_are_looked_at_again_soon() -> None:
    passes = iter([Passed(1, Admitted(), 0, 0, 1, ()), QUIET])
    office = Office(take_in=lambda: next(passes))
    service = office.service()
    service.turn()
    office.sleep(service, 4)
    assert office.times("pass") == ["12:00:00", "12:00:10"]


def test_files_that_come_one_after_the_other_are_taken_as_each_has_settled() -> None:
    """Nobody waits for the settle time of the one who came last."""
    first = Passed(9, Admitted(), 0, 0, 5, (), settles_at=NOON + timedelta(seconds=0.2))
    then = Passed(9, Admitted(), 0, 0, 2, (), settles_at=NOON + timedelta(seconds=4))
    passes = iter([first, then])
    office = Office(take_in=lambda: next(passes, QUIET))
    office.until(office.service(), NOON + timedelta(seconds=60))
    at = [office.done[0][0]]
    at += [when for when, what in office.done[1:] if what == "pass"]
    seconds = [(when - NOON).total_seconds() for when in at]
    assert seconds == [0, 0.5, 4]


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    office = Office()
    service = office.service()
    service.turn()
    office.now -= timedelta(days=400)
    office.until(service, office.now + timedelta(minutes=6))
    assert len(office.times("pass")) == 2
    assert len(office.times("mirror")) == 2


def test_it_looks_up_often_enough_to_notice_a_clock_that_was_set() -> None:
    office = Office()
    service = office.service()
    service.turn()
    assert service.sleep() == timedelta(seconds=3)
    office.now += timedelta(days=1)
    assert service.sleep() == timedelta(0)


def test_an_inbox_that_is_gone_is_asked_after_ever_more_seldom() -> None:
    def take_in() -> Passed:
        raise UNPLUGGED

    office = Office(take_in=take_in)
    office.until(office.service(), NOON + timedelta(hours=1))
    waits = office.waits("pass")
    assert waits[:8] == [2, 4, 8, 16, 32, 64, 128, 256]
    assert set(waits[8:]) == {300}
    assert office.said == []  # the alarm tells it, once
    assert set(office.times("pass")) <= set(office.times("alarms"))


def test_once_the_inbox_was_back_the_waits_begin_anew() -> None:
    here = iter([False, False, True, False, True])

    def take_in() -> Passed:
        if not next(here):
            raise UNPLUGGED
        return QUIET

    office = Office(take_in=take_in)
    office.until(office.service(), NOON + timedelta(minutes=6))
    assert office.times("pass") == ["12:00:00", "12:00:02", "12:00:06", "12:05:06", "12:05:08"]


def test_folders_that_cannot_be_opened_are_told_once() -> None:
    problem = Message.of("ingest.folder_unreadable", folder="x", error="no")
    office = Office(take_in=lambda: Passed(1, Admitted(), 0, 0, 0, (problem,)))
    service = office.service()
    office.until(service, NOON + timedelta(minutes=20))
    assert office.said == [problem]
    office.take_in = lambda: QUIET
    office.until(service, office.now + timedelta(minutes=5))
    office.take_in = lambda: Passed(1, Admitted(), 0, 0, 0, (problem,))
    office.until(service, office.now + timedelta(minutes=5))
    assert office.said == [problem, problem]


def test_an_inbox_without_events_is_told_once_and_scanned() -> None:
    office = Office(watched=False)
    service = office.service()
    office.until(service, NOON + timedelta(minutes=11))
    assert [message.key for message in office.said] == ["ingest.scans_only"]
    assert len(office.times("pass")) == 3
    assert all("300" in Words(language).say(office.said[0]) for language in LANGUAGES)
    office.watched = True
    office.until(service, office.now + timedelta(minutes=5))
    office.watched = False
    office.until(service, office.now + timedelta(minutes=5))
    assert len(office.said) == 2
