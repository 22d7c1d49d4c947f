"""The daemon's loop, with a clock of its own: what is due when, and that nothing ends it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from archive.errors import DiskError, GoneError
from archive.mirror import Drained
from archive.stamping import NOTHING as NO_STAMP
from archive.stamping import Stamped
from config.language import LANGUAGES, Message, Words
from ingest.errors import InboxError
from ingest.inbox_pass import Passed
from ingest.intake import Admitted
from ingest.release import Released
from ingest.service import Rhythm, Service, Work

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=ZONE)
QUIET = Passed(3, Admitted(), 0, 0, 0, ())
NOTHING = Drained(0, 0, None, None)
OUTAGE = Drained(0, 0, Message.of("archive.source_gone"), None)
Result = TypeVar("Result")
UNPLUGGED = InboxError(Message.of("ingest.inbox_unreachable", path="/x", error="gone"))


@dataclass
class Office:
    """An office whose time passes only where the loop sleeps, and where all is written down."""

    now: datetime = NOON
    done: list[tuple[datetime, str]] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    reports: list[date] = field(default_factory=list)
    take_in: Callable[[], Passed] = lambda: QUIET
    mirror: Callable[[], Drained] = lambda: NOTHING
    stamp: Callable[[], Stamped] = lambda: NO_STAMP
    release: Callable[[], Released] = Released
    report: Callable[[], None] = lambda: None
    look: Callable[[], None] = lambda: None
    watched: bool = True
    errand: datetime | None = None
    quiet_until: datetime | None = None
    open_days: Callable[[], frozenset[date]] = frozenset
    settle: Callable[[], int] = lambda: 0
    chores: tuple[Callable[[], None], ...] = ()

    def service(self) -> Service:
        work = Work(
            watch=lambda: self.watched,
            take_in=lambda: self._do("pass", self.take_in),
            open_days=self.open_days,
            settle=lambda: self._do("settle", self.settle),
            mirror=lambda: self._do("mirror", self.mirror),
            quiet_until=lambda: self.quiet_until,
            stamp=lambda: self._do("stamp", self.stamp),
            next_errand=lambda: self.errand,
            release=lambda: self._do("release", self.release),
            report=self._report,
            alarms=lambda: self._do("alarms", self.look),
            chores=self.chores,
        )
        rhythm = Rhythm(ZONE, 10.0, 300.0, time(20))
        return Service(work, rhythm, lambda: self.now, self.said.append)

    def sleep(self, service: Service, times: int = 1) -> None:
        """Lets the loop go round, sleeping as long as it wants to."""
        for _ in range(times):
            self.now += service.sleep()
            service.turn()

    def until(self, service: Service, end: datetime) -> None:
        service.turn()
        while self.now < end:
            self.sleep(service)

    def times(self, what: str) -> list[str]:
        return [f"{at:%H:%M:%S}" for at, done in self.done if done == what]

    def waits(self, what: str) -> list[float]:
        """The seconds between one time and the next."""
        times = [at for at, done in self.done if done == what]
        return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]

    def _do(self, what: str, work: Callable[[], Result]) -> Result:
        self.done.append((self.now, what))
        return work()

    def _report(self, due: date, now: datetime) -> None:
        assert now == self.now
        self.done.append((now, "report"))
        self.report()
        self.reports.append(due)


# Passes


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


# The mirror


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


# The nightly report


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


# Alarms


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


# What ends it, and what does not


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
