"""The daemon's watch over what alarms are about: gathers the facts, raises, tells, writes down.

While the archive is away nothing can be written down; it is made up for once it is back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from archive.catalogue import alarms, days, log, outbox
from archive.catalogue.database import Catalogue
from archive.errors import ArchiveError
from archive.records import Alarm
from archive.store import disk_error
from config.language import Message
from config.settings import Settings
from ingest import bad_copies
from ingest.alarms import Facts, Kept, Limits, judge, unasked


class AlarmWatch:
    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        tell: Callable[[Message], None],
        notify: Callable[[Message], Message | None],
    ) -> None:
        """`now` is aware; `notify` returns what failed."""
        self._root = settings.archive.path
        self._zone = settings.office.timezone
        self._limits = Limits(
            settings.alarms.free_percent,
            settings.alarms.free_gigabytes,
            settings.handoff.deadline,
            settings.mirror is not None,
            settings.mirror.quiet if settings.mirror else (),
            settings.calendar,
        )
        self._now = now
        self._tell = tell
        self._notify = notify
        self._inbox: Message | None = None
        self._scanned_at: datetime | None = None
        self._stopped_since: datetime | None = None
        self._settings = settings
        self._standing: dict[str, Alarm] = {}
        self._unwritten: list[Alarm] = []
        self._resumed = False

    def passed(self) -> None:
        """A pass came to its end, and saw the inbox."""
        self._inbox, self._stopped_since = None, None
        self._scanned_at = self._now().astimezone(UTC)

    def pass_stopped(self) -> None:
        """By something else than an inbox or archive that is away."""
        self._stopped_since = self._stopped_since or self._now().astimezone(UTC)

    def inbox_lost(self, why: Message) -> None:
        self._inbox = why

    @property
    def sees_inbox(self) -> bool:
        """Whether the last pass could list it."""
        return self._inbox is None and self._scanned_at is not None

    @property
    def standing(self) -> Collection[Alarm]:
        """The alarms that are not over, oldest first."""
        return sorted(self._standing.values(), key=lambda one: one.raised_at)

    def look(self, catalogue: Catalogue | Message, store_ahead: timedelta | None = None) -> None:
        """Raises what is new and ends what is over; a message says why there is no catalogue.

        `store_ahead`: by how much the store's clock was ahead, where it was asked.

        Raises ArchiveError where the catalogue or its disk cannot be asked.
        """
        if isinstance(catalogue, Message):
            self._stopped_since = None
            self._judge(catalogue, None)
            return
        try:
            if not self._resumed:
                with catalogue.reading() as tx:
                    self._standing = dict(alarms.standing(tx)) | self._standing
                self._resumed = True
            kept = self._kept(catalogue)
        except ArchiveError:
            self._judge(None, None)
            raise
        self._judge(None, replace(kept, store_ahead=store_ahead))
        if self._unwritten:
            with catalogue.transaction() as tx:
                for one in self._unwritten:
                    alarms.write_down(tx, one)
            self._unwritten.clear()

    def _judge(self, archive: Message | None, kept: Kept | None) -> None:
        now = self._now().astimezone(self._zone)
        facts = Facts(now, self._inbox, self._scanned_at, archive, kept, self._stopped_since)
        for code, message in list(judge(facts, self._limits, self._standing.keys())):
            stands = self._standing.get(code)
            if message is not None and stands is None:
                self._raise(Alarm(code, message, now, None))
            elif (
                message is None
                and stands is not None
                and not unasked(stands.message, kept, self._limits)
            ):
                self._end(replace(stands, cleared_at=now))

    def _raise(self, alarm: Alarm) -> None:
        self._standing[alarm.code] = alarm
        self._unwritten.append(alarm)
        self._tell(alarm.message)
        if failed := self._notify(alarm.message):
            self._tell(failed)

    def _end(self, alarm: Alarm) -> None:
        del self._standing[alarm.code]
        self._unwritten.append(alarm)
        over = Message.of(f"alarms.{alarm.code}_over")
        self._tell(over)
        if failed := self._notify(over):
            self._tell(failed)

    def _kept(self, catalogue: Catalogue) -> Kept:
        try:
            usage = shutil.disk_usage(self._root)
        except OSError as error:
            raise disk_error(error, self._root) from error
        today = self._now().astimezone(self._zone).date()
        midnight = datetime.combine(today, time(), self._zone)
        with catalogue.reading() as tx:
            bad = bad_copies.known(tx, self._settings, self._now())
            return Kept(
                free=usage.free,
                total=usage.total,
                owed_since=outbox.owed_since(tx),
                confirmed_at=outbox.last_confirmed(tx, self._now()),
                last_entry=log.latest(tx),
                arrived=days.arrived(tx, today, midnight, midnight + timedelta(days=1)),
                faults=bad.faults,
                beside=bad.beside,
            )
