"""When the daemon's loop mirrors, has custody stamped, and releases sources."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from archive.mirror import Drained
from archive.stamping import NOTHING as NO_STAMP
from archive.stamping import Stamped
from config.language import Message
from ingest.inbox_pass import Passed
from ingest.intake import Admitted
from ingest.release import Released
from tests.ingest.loop_office import NOON, NOTHING, OUTAGE, QUIET, UNPLUGGED, Office


def test_what_was_taken_in_is_mirrored_at_once() -> None:
    passes = iter([QUIET, Passed(3, Admitted(recordings=1), 0, 0, 0, ())])
    office = Office(take_in=lambda: next(passes))
    service = office.service()
    service.turn()
    office.now += timedelta(minutes=5)
    service.turn()
    assert office.times("mirror") == ["12:00:00", "12:05:00"]


def test_what_was_moved_is_mirrored_at_once() -> None:
    passes = iter([QUIET, Passed(3, Admitted(), 1, 1, 0, ())])
    office = Office(take_in=lambda: next(passes))
    service = office.service()
    service.turn()
    office.now += timedelta(seconds=30)
    service.hurry()
    office.sleep(service, 4)
    assert office.times("mirror") == ["12:00:00", "12:00:40"]


def test_what_a_person_said_is_carried_out_within_seconds_and_mirrored() -> None:
    said: set[date] = set()

    def settle() -> int:
        said.clear()
        return 1

    office = Office(open_days=lambda: frozenset(said), settle=settle)
    service = office.service()
    service.turn()
    said.add(NOON.date())
    office.sleep(service, 3)
    assert office.times("settle") == ["12:00:03"]
    assert office.times("mirror") == ["12:00:00", "12:00:03"]
    assert office.times("pass") == ["12:00:00"]


@pytest.mark.parametrize("fails", [True, False])
def test_a_day_that_cannot_be_ended_waits_for_the_next_pass(fails: bool) -> None:
    """Unless more is said, of another day."""

    def settle() -> int:
        if fails:
            raise UNPLUGGED
        return 0

    said = {NOON.date()}
    office = Office(open_days=lambda: frozenset(said), settle=settle)
    service = office.service()
    office.until(service, NOON + timedelta(minutes=1))
    assert office.times("settle") == []
    said.add(NOON.date() + timedelta(days=1))
    office.until(service, NOON + timedelta(minutes=2))
    assert len(office.times("settle")) == 1


def test_an_outage_is_told_and_tried_again_ever_more_seldom() -> None:
    office = Office(mirror=lambda: OUTAGE)
    office.until(office.service(), NOON + timedelta(hours=1))
    waits = office.waits("mirror")
    assert waits[:8] == [2, 4, 8, 16, 32, 64, 128, 256]
    assert set(waits[8:]) == {300}
    assert office.said == [OUTAGE.outage] * len(office.times("mirror"))


def test_a_time_stamp_that_cannot_be_had_is_told_once_until_it_can() -> None:
    refused = Stamped(0, Message.of("stamp.large", authority="x"))
    answers = iter([refused, refused, NO_STAMP, refused, refused])
    office = Office(stamp=lambda: next(answers))
    office.until(office.service(), NOON + timedelta(minutes=20))
    assert len(office.times("stamp")) == 5
    assert office.said == [refused.problem] * 2


def test_a_new_time_stamp_is_mirrored_at_once() -> None:
    answers = iter([Stamped(1, None)])
    office = Office(stamp=lambda: next(answers, NO_STAMP))
    office.until(office.service(), NOON + timedelta(minutes=6))
    assert office.times("mirror") == ["12:00:00", "12:00:00", "12:05:00"]


def test_after_an_outage_the_waits_begin_anew() -> None:
    answers = iter([OUTAGE, OUTAGE, NOTHING, OUTAGE, NOTHING])
    office = Office(mirror=lambda: next(answers))
    office.until(office.service(), NOON + timedelta(minutes=6))
    assert office.times("mirror") == ["12:00:00", "12:00:02", "12:00:06", "12:05:06", "12:05:08"]


def test_a_refused_errand_is_tried_when_its_time_has_come() -> None:
    office = Office(errand=NOON + timedelta(seconds=60))
    service = office.service()
    service.turn()
    office.errand = None
    office.until(service, NOON + timedelta(seconds=70))
    assert office.times("mirror") == ["12:00:00", "12:01:00"]


def test_why_the_store_refuses_something_is_told_when_it_is_new() -> None:
    problem = Message.of("store.access_denied", endpoint="x", bucket="b", code="403")
    answers = iter([Drained(0, 1, None, problem), Drained(0, 1, None, problem), NOTHING])
    office = Office(mirror=lambda: next(answers, Drained(0, 1, None, problem)))
    service = office.service()
    office.until(service, NOON + timedelta(minutes=6))
    assert office.said == [problem]
    office.until(service, NOON + timedelta(minutes=16))
    assert office.said == [problem] * 2


@pytest.mark.parametrize("first", [NOTHING, OUTAGE])
def test_what_is_amiss_with_a_further_mirror_is_told_once(first: Drained) -> None:
    away = Message.of("store.folder_away", path="/mnt/nas")
    office = Office(mirror=lambda: first, beside=(away,))
    service = office.service()
    office.until(service, NOON + timedelta(minutes=11))
    assert office.said.count(away) == 1
    office.beside = ()
    office.until(service, NOON + timedelta(minutes=17))
    office.beside = (away,)
    office.until(service, NOON + timedelta(minutes=23))
    assert office.said.count(away) == 2


def test_an_errand_whose_time_has_passed_makes_no_haste() -> None:
    """It waits for something else, such as a removal for its upload."""
    office = Office(errand=NOON - timedelta(hours=1))
    office.until(office.service(), NOON + timedelta(seconds=5))
    assert office.times("mirror") == ["12:00:00", "12:00:02", "12:00:04", "12:00:06"]


def test_in_quiet_hours_the_mirror_is_left_alone_until_their_end() -> None:
    office = Office(quiet_until=NOON + timedelta(minutes=12))
    service = office.service()
    office.until(service, NOON + timedelta(minutes=11))
    assert office.times("mirror") == office.times("release") == []
    assert len(office.times("pass")) == 3
    office.quiet_until = None
    office.until(service, NOON + timedelta(minutes=13))
    assert office.times("mirror") == ["12:12:00"]


# Releasing sources


def test_what_was_mirrored_is_released_at_once_and_looked_for_at_every_scan() -> None:
    answers = iter([NOTHING, Drained(2, 0, None, None)])
    office = Office(mirror=lambda: next(answers, NOTHING))
    service = office.service()
    service.turn()
    assert office.times("release") == ["12:00:00"]
    office.errand = NOON + timedelta(hours=1)  # one that the store refused
    office.now += timedelta(minutes=5)
    service.turn()
    assert office.times("release") == ["12:00:00", "12:05:00"]
    office.until(service, NOON + timedelta(minutes=11))
    assert len(office.times("mirror")) > 2
    assert office.times("release") == ["12:00:00", "12:05:00"]


def test_in_an_outage_nothing_is_released() -> None:
    office = Office(mirror=lambda: OUTAGE)
    office.until(office.service(), NOON + timedelta(minutes=11))
    assert office.times("release") == []


def test_why_sources_stay_is_told_once() -> None:
    problem = Message.of("release.object_missing", key="x")
    office = Office(release=lambda: Released(0, (problem,)))
    service = office.service()
    office.until(service, NOON + timedelta(minutes=11))
    assert office.said == [problem]
    office.release = Released
    office.until(service, office.now + timedelta(minutes=5))
    office.release = lambda: Released(0, (problem,))
    office.until(service, office.now + timedelta(minutes=5))
    assert office.said == [problem] * 2
