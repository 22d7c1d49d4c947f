"""The daemon: an archive that may go away and come back, an inbox that is watched, the loop."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event

from archive import presence
from archive.catalogue.database import Catalogue
from archive.errors import ArchiveError, CustodyError, GoneError
from archive.lock import serving
from archive.mirror import Drained
from config.language import Message, Words
from config.quiet import quiet_until
from config.settings import Settings
from ingest.alarm_watch import AlarmWatch
from ingest.answer_entry import KnownFindings, none_known
from ingest.errors import InboxError
from ingest.inbox_pass import Clock, Passed, Steps
from ingest.notifier import notify
from ingest.release import Released
from ingest.reminding import Reminder
from ingest.scrub import Scrub, Scrubbed
from ingest.service import Rhythm, Service, Work
from ingest.session import Session, open_session
from ingest.status_board import StatusBoard
from ingest.status_file import instant, lock_path
from ingest.watch import Watcher

log = logging.getLogger(__name__)


class Reach:
    """The archive's session, as long as the archive is there; a new one once it is back."""

    def __init__(self, settings: Settings, known: KnownFindings = none_known) -> None:
        self._settings = settings
        self._known = known
        self._stack = ExitStack()
        self._session: Session | None = None
        self._identity: tuple[int, int] | None = None

    def session(self) -> Session:
        """Raises GoneError while the archive's disk is away, ArchiveError as `open_session`."""
        here = presence.identity(self._settings.archive.path)
        if self._session is not None and here == self._identity:
            return self._session
        self.close()
        presence.require(self._settings, known=self._identity is not None)
        self._session = self._stack.enter_context(open_session(self._settings, self._known))
        self._identity = presence.identity(self._settings.archive.path)
        presence.remember(self._settings)
        return self._session

    def close(self) -> None:
        self._session = None
        with contextlib.suppress(OSError):  # what it lay on may be gone
            self._stack.close()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the daemon is handed."""

    clock: Clock
    report: Callable[[Catalogue, date, datetime], Sequence[date]]
    """Writes the reports up to a day, where there are none, at a local time; returns their days."""
    tell: Callable[[Message], None]
    known: KnownFindings = none_known
    """Which findings there are."""
    post: Callable[[str], None] = lambda _: None
    """Has a sentence sent to the office's channels, and does not wait for it."""
    verify: Sequence[str] = ()
    """The command that verifies the next slice and prints JSON."""
    stop: Callable[[], bool] = lambda: False


def serve(settings: Settings, given: Surroundings, stop: Event, wake: Event) -> None:
    """Works until `stop` is set; setting `wake` too makes it notice at once.

    Raises ArchiveError where the archive cannot be used at the start, or another daemon runs with
    these settings; an archive whose disk is away is waited for.
    """
    inbox = settings.inbox
    with closing(Daemon(settings, given)) as daemon:
        with contextlib.suppress(GoneError):
            daemon.reach.session()
        with serving(lock_path(settings.source)):
            board = daemon.begin()
            given.tell(Message.of("cli.running", inbox=inbox.path))
            with closing(Watcher(inbox.path, inbox.watch, wake.set)) as watcher, board.alive():
                daemon.service(watcher.renew).run(stop, wake)


class Daemon:
    """Everything that the loop has done, on one archive."""

    def __init__(self, settings: Settings, given: Surroundings) -> None:
        self._settings = settings
        self._given = given
        self._now = given.clock.now
        self._words = Words(settings.office.language)
        self.reach = Reach(settings, given.known)
        self._watch = AlarmWatch(settings, self._now, given.tell, self._notify)
        self._reminder = Reminder(settings, self._now, self._remind)
        self._scrub = Scrub(given.verify, settings.verify, self._now, self._scrubbed)
        self._is_older = False
        """The catalogue is an older copy, and that was said."""

    def begin(self) -> StatusBoard:
        """The status is written down from here on: by one daemon at a time."""
        self._board = StatusBoard(self._settings, self._now, os.getpid())
        return self._board

    def close(self) -> None:
        self._scrub.close()
        self.reach.close()

    def service(self, watch: Callable[[], bool]) -> Service:
        """The loop; `watch` sees to it that events come."""
        inbox, board, session = self._settings.inbox, self._board, self.reach.session
        rhythm = Rhythm(
            self._settings.office.timezone,
            inbox.settle_seconds,
            inbox.scan_seconds,
            self._settings.report.at,
        )
        work = Work(
            watch=watch,
            take_in=lambda: board.during("pass", self._take_in),
            open_days=lambda: session().open_days(),
            settle=lambda: board.during("settle", lambda: session().settle(self._now())),
            mirror=lambda: board.during("mirror", self._mirror),
            quiet_until=self._quiet_until,
            stamp=lambda: session().stamp(self._now()),
            next_errand=lambda: session().next_errand(),
            release=lambda: board.during("release", self._release),
            report=self._report,
            alarms=self._look,
            chores=(self._chore_reminder, self._chore_scrub),
            beside=lambda: session().beside,
        )
        return Service(work, rhythm, self._now, self._tell)

    def _take_in(self) -> Passed:
        session = self.reach.session()
        try:
            passed = session.take_in(self._given.clock, Steps())
        except InboxError as error:
            self._watch.inbox_lost(error.message)
            raise
        except Exception:
            self._watch.pass_stopped()
            raise
        self._watch.passed()
        self._board.note(last_pass_at=instant(self._now()))
        self._tell_waiting(session)
        return passed

    def _mirror(self) -> Drained:
        """Until the next pass is due at most: a slow line keeps nobody else waiting."""
        over = self._now() + timedelta(seconds=self._settings.inbox.scan_seconds)

        session = self.reach.session()
        drained = session.mirror(
            self._now, everything=False, stop=lambda: self._stops() or self._now() >= over
        )
        self._tell_waiting(session)
        return drained

    def _release(self) -> Released:
        return self.reach.session().release(self._now, self._stops)

    def _stops(self) -> bool:
        """Whether the mirror is to be left alone from now on."""
        return self._given.stop() or self._quiet_until() is not None

    def _quiet_until(self) -> datetime | None:
        quiet = self._settings.mirror.quiet if self._settings.mirror else ()
        return quiet_until(quiet, self._now().astimezone(self._settings.office.timezone))

    def _report(self, due: date, now: datetime) -> None:
        session = self.reach.session()
        self._require_newest(session)
        catalogue = session.catalogue
        written = self._board.during("report", lambda: self._given.report(catalogue, due, now))
        if written:
            self._board.note(last_report={"at": instant(now), "day": str(written[-1])})

    def _require_newest(self, session: Session) -> None:
        """By an older catalogue no report is made; whoever waits for one is told so, once."""
        try:
            session.require_newest()
        except CustodyError as error:
            if not self._is_older and (failed := self._notify(error.message)):
                self._tell(failed)
            self._is_older = True
            raise
        self._is_older = False

    def _look(self) -> None:
        try:
            session = self.reach.session()
        except ArchiveError as error:
            self._watch.look(error.message)
            self._board.stand(self._watch.standing, None)
            return
        try:
            self._watch.look(session.catalogue, session.store_ahead)
        except ArchiveError:
            self._board.stand(self._watch.standing, None)
            raise
        self._board.stand(self._watch.standing, session.attention())
        self._tell_waiting(session)

    def _tell_waiting(self, session: Session) -> None:
        self._board.waits(session.waiting())

    def _chore_reminder(self) -> None:
        """Of an inbox that nobody sees it is not known who has put nothing into it."""
        last = self._board.told["last_reminder_on"]
        if self._watch.sees_inbox and self._reminder.due(
            date.fromisoformat(last) if last else None
        ):
            day = self._reminder.remind(self.reach.session().catalogue)
            self._board.note(last_reminder_on=str(day))

    def _remind(self, said: Message) -> None:
        self._given.tell(said)
        if failed := self._notify(said):
            self._tell(failed)

    def _chore_scrub(self) -> None:
        if self._given.verify and self._quiet_until() is None:
            self._scrub.look(lambda: self.reach.session().catalogue)

    def _scrubbed(self, came: Scrubbed) -> None:
        told = {"at": instant(self._now()), "slice": came.slice, "findings": came.findings}
        self._board.note(last_verification=told | {"failed": came.failed})
        if came.failed:
            self._tell(Message.of("status.verification_failed"))

    def _notify(self, said: Message) -> Message | None:
        """To the office's channels, and to a program of its own, of which it says what failed."""
        sentence = self._words.say(said)
        self._given.post(sentence)
        return notify(self._settings.alarms.command, sentence)

    def _tell(self, problem: Message) -> None:
        """What went wrong; alarms stand by themselves."""
        self._board.failed(problem)
        self._given.tell(problem)
