"""An office for the daemon's loop, with a clock of its own that only the loop's sleep moves on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from archive.mirror import Drained
from archive.stamping import NOTHING as NO_STAMP
from archive.stamping import Stamped
from config.language import Message
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
    beside: tuple[Message, ...] = ()

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
            beside=lambda: self.beside,
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
