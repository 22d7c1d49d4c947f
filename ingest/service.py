"""The daemon's loop: passes on events and scans, the mirror's retries, the nightly report.

Events are hints, scans are truth: an event only brings the next pass forward. The loop decides
when; what is done is handed in. Nothing that fails ends it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

from archive.errors import ArchiveError, GoneError
from archive.mirror import Drained
from archive.stamping import NOTHING, Stamped
from config.language import Message
from ingest.errors import InboxError
from ingest.inbox_pass import Passed
from ingest.release import Released

_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=5)
_LONGEST_SLEEP = timedelta(seconds=3)
"""A person's word, a clock that is set, or a PC that slept, is noticed after this long at most."""
_ALARMS = timedelta(minutes=1)
_SHORT = timedelta(seconds=0.5)
"""Between two passes at least."""

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work:
    """What the loop has done; all but `watch` may raise ArchiveError or InboxError."""

    watch: Callable[[], bool]
    """Sees to it that events come; False while none can."""
    take_in: Callable[[], Passed]
    open_days: Callable[[], frozenset[date]]
    """Days on which something is new: what people say comes through the catalogue."""
    settle: Callable[[], int]
    """Works off the open days without a look at the inbox; returns how many recordings moved."""
    mirror: Callable[[], Drained]
    quiet_until: Callable[[], datetime | None]
    """When the hours end in which the mirror is left alone; `None` outside of them."""
    stamp: Callable[[], Stamped]
    """Has the custody files time-stamped, where that is due."""
    next_errand: Callable[[], datetime | None]
    release: Callable[[], Released]
    """Moves or deletes the sources of what is mirrored, where the office wants it."""
    report: Callable[[date, datetime], None]
    """Writes the reports up to a day, at this local time, where there are none yet."""
    alarms: Callable[[], None]
    """Looks at what alarms are about, and tells them."""
    chores: Sequence[Callable[[], None]] = ()
    """What else is looked at as often; each finds out by itself whether anything is due."""
    beside: Callable[[], tuple[Message, ...]] = lambda: ()
    """Why the last work on the further mirrors did not come to its end."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    timezone: ZoneInfo
    settle_seconds: float
    scan_seconds: float
    report_at: time
    """Local time."""

    @property
    def scan(self) -> timedelta:
        return timedelta(seconds=self.scan_seconds)


class Backoff:
    """Waits that grow from failure to failure."""

    def __init__(self) -> None:
        self._next = _FIRST_RETRY

    def wait(self) -> timedelta:
        wait = self._next
        self._next = min(wait * 2, _LONGEST_RETRY)
        return wait

    def reset(self) -> None:
        self._next = _FIRST_RETRY


class Service:
    def __init__(
        self,
        work: Work,
        rhythm: Rhythm,
        now: Callable[[], datetime],
        tell: Callable[[Message], None],
    ) -> None:
        self._work = work
        self._rhythm = rhythm
        self._now = now
        self._tell = tell
        self._next_pass = self._next_mirror = self._next_report = self._next_alarms = now()
        self._pass_retry, self._mirror_retry = Backoff(), Backoff()
        self._reported: date | None = None
        self._looked = False
        """A pass has seen the inbox since the start."""
        self._settling = False
        """The last pass met files that did not stand still yet."""
        self._report_put_off = False
        self._watched = True
        self._problems: dict[str, tuple[Message, ...]] = {}
        """What stood in the way of each kind of work the last time: told when it is new."""
        self._left: frozenset[date] = frozenset()
        """Days that stay open until the next pass: something stands in the way."""

    def run(self, stop: Event, wake: Event) -> None:
        """Works until `stop` is set; whoever sets `wake` brings the next pass forward."""
        while not stop.is_set():
            self.turn()
            if stop.is_set():
                break
            if wake.wait(self.sleep().total_seconds()):
                wake.clear()
                self.hurry()

    def turn(self) -> None:
        """Does whatever is due now."""
        # Nothing is further off than this, unless the clock was set back.
        furthest = self._now() + max(self._rhythm.scan, _LONGEST_RETRY)
        self._next_pass = min(self._next_pass, furthest)
        self._next_mirror = min(self._next_mirror, furthest)
        self._next_report = min(self._next_report, furthest)
        self._next_alarms = min(self._next_alarms, furthest)
        if self._now() >= self._next_pass:
            self._pass()
        else:
            self._settle()
        if self._now() >= self._next_mirror:
            self._mirror()
            self._stamp()
        if self._now() >= self._next_report:
            self._report()
        if self._now() >= self._next_alarms:
            for look in (self._work.alarms, *self._work.chores):
                self._guarded(look)
            self._next_alarms = self._now() + _ALARMS

    def sleep(self) -> timedelta:
        """How long nothing is due."""
        due = min(self._next_pass, self._next_mirror)
        return max(timedelta(0), min(due - self._now(), _LONGEST_SLEEP))

    def hurry(self) -> None:
        """Something happened in the inbox: it can be taken once it has settled."""
        soon = self._now() + timedelta(seconds=self._rhythm.settle_seconds)
        self._next_pass = min(self._next_pass, soon)

    def _wait_for(self, settles_at: datetime | None) -> None:
        """Files that come one after the other settle so too: whoever came early waits for none."""
        self.hurry()
        if settles_at is not None:
            soon = max(settles_at, self._now() + _SHORT)
            self._next_pass = min(self._next_pass, soon)

    def _pass(self) -> None:
        self._watch()
        self._next_alarms = self._now()  # what keeps a pass from its work is told at once
        passed = self._guarded(self._work.take_in)
        if passed is None:
            wait = min(self._rhythm.scan, self._pass_retry.wait())
            self._next_pass = self._now() + wait
            return
        self._pass_retry.reset()
        self._looked = True
        self._left = self._still_open()
        self._next_pass = self._now() + self._rhythm.scan
        self._settling = bool(passed.waiting)
        if passed.waiting:
            self._wait_for(passed.settles_at)
        if passed.admitted.recordings or passed.moved:
            self._next_mirror = self._now()
        self._tell_new("pass", passed.problems)

    def _settle(self) -> None:
        """What people said meanwhile is carried out at once."""
        if self._still_open() <= self._left:
            return
        if self._guarded(self._work.settle):
            self._next_mirror = self._now()
        self._left = self._still_open()

    def _still_open(self) -> frozenset[date]:
        return self._guarded(self._work.open_days) or frozenset()

    def _watch(self) -> None:
        watched = self._work.watch()
        if self._watched and not watched:
            scan = f"{self._rhythm.scan_seconds:g}"
            self._tell(Message.of("ingest.scans_only", seconds=scan))
        self._watched = watched

    def _mirror(self) -> None:
        if quiet := self._work.quiet_until():
            self._next_mirror = quiet
            return
        drained = self._guarded(self._work.mirror)
        self._tell_new("beside", self._guarded(self._work.beside) or ())
        if drained is None or drained.outage is not None:
            self._next_mirror = self._now() + self._mirror_retry.wait()
            if drained is not None and drained.outage is not None:
                self._tell(drained.outage)
            return
        self._mirror_retry.reset()
        self._tell_new("mirror", (drained.problem,) if drained.problem else ())
        scan = self._now() + self._rhythm.scan
        errand = self._guarded(self._work.next_errand)
        self._next_mirror = min(scan, max(errand, self._now() + _FIRST_RETRY)) if errand else scan
        if drained.done or errand is None:
            released = self._guarded(self._work.release)
            self._tell_new("release", released.problems if released else ())

    def _tell_new(self, work: str, problems: tuple[Message, ...]) -> None:
        for problem in problems:
            if problem not in self._problems.get(work, ()):
                self._tell(problem)
        self._problems[work] = problems

    def _stamp(self) -> None:
        """After the mirror: what it confirmed stands in a custody file by then."""
        stamped = self._guarded(self._work.stamp) or NOTHING
        if stamped.new:
            self._next_mirror = self._now()
        self._tell_new("stamp", (stamped.problem,) if stamped.problem else ())

    def _report(self) -> None:
        """The reports up to the last day that was due for one; what fails is tried again later.

        They wait once for what just comes in: after a downtime that is all of their days. What
        is made up for waits until the inbox was seen, by the evening at the latest.
        """
        local = self._now().astimezone(self._rhythm.timezone)
        due = local.date()
        if local.time() < self._rhythm.report_at:  # the PC may have been off last night
            due -= timedelta(days=1)
        if due == self._reported or (due < local.date() and not self._looked):
            return
        if self._settling and not self._report_put_off:
            self._report_put_off, self._next_report = True, self._next_pass
            return
        self._report_put_off = False

        def write() -> bool:
            self._work.report(due, local)
            return True

        if self._guarded(write):
            self._reported = due
        else:
            self._next_report = self._now() + self._rhythm.scan

    def _guarded(self, work: Callable[[], Result]) -> Result | None:
        try:
            return work()
        except (GoneError, InboxError):
            self._next_alarms = self._now()  # it is an alarm, told once and not at every try
        except ArchiveError as error:
            self._tell(error.message)
        except Exception:
            log.exception("an error that callvault did not foresee; the daemon goes on")
        return None
