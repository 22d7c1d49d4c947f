"""The daemon: an archive that may go away and come back, an inbox that is watched, the loop."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import date, datetime, timedelta
from threading import Event

from archive import presence
from archive.catalogue.database import Catalogue
from archive.errors import ArchiveError, GoneError
from archive.mirror import Drained
from config.language import Message, Words
from config.quiet import quiet_until
from config.settings import Settings
from ingest.alarm_watch import AlarmWatch
from ingest.answer_entry import KnownFindings, none_known
from ingest.errors import InboxError
from ingest.inbox_pass import Clock, Passed, Steps
from ingest.notifier import notify
from ingest.service import Rhythm, Service, Work
from ingest.session import Session, open_session
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


def serve(
    settings: Settings,
    clock: Clock,
    report: Callable[[Catalogue, date, datetime], None],
    tell: Callable[[Message], None],
    stop: Event,
    wake: Event,
    known: KnownFindings = none_known,
    post: Callable[[str], None] = lambda _: None,
) -> None:
    """Works until `stop` is set; setting `wake` too makes it notice at once.

    `report` writes the report of a day, where there is none, at a local time; `known` says which
    findings there are; `post` has an alarm's sentence sent to the office's channels, and does not
    wait for it. Raises ArchiveError where the archive cannot be used at the start; one whose disk
    is away is waited for.
    """
    inbox = settings.inbox
    rhythm = Rhythm(
        settings.office.timezone, inbox.settle_seconds, inbox.scan_seconds, settings.report.at
    )
    with closing(Reach(settings, known)) as reach:
        with contextlib.suppress(GoneError):
            reach.session()
        tell(Message.of("cli.running", inbox=inbox.path))
        with closing(Watcher(inbox.path, inbox.watch, wake.set)) as watcher:
            watch = AlarmWatch(settings, clock.now, tell, _announcing(settings, post))
            work = _work(reach, watcher, settings, clock, report, watch, stop)
            Service(work, rhythm, clock.now, tell).run(stop, wake)


def _work(
    reach: Reach,
    watcher: Watcher,
    settings: Settings,
    clock: Clock,
    report: Callable[[Catalogue, date, datetime], None],
    watch: AlarmWatch,
    stop: Event,
) -> Work:
    return Work(
        watch=watcher.renew,
        take_in=lambda: _take_in(reach, watch, clock),
        open_days=lambda: reach.session().open_days(),
        settle=lambda: reach.session().settle(clock.now()),
        mirror=lambda: _mirror(reach, settings, clock, stop),
        quiet_until=lambda: _quiet_until(settings, clock),
        stamp=lambda: reach.session().stamp(clock.now()),
        next_errand=lambda: reach.session().next_errand(),
        release=lambda: reach.session().release(clock.now, stop.is_set),
        report=lambda due, now: report(reach.session().catalogue, due, now),
        alarms=lambda: _look(reach, watch),
    )


def _announcing(
    settings: Settings, post: Callable[[str], None]
) -> Callable[[Message], Message | None]:
    """To the office's channels, and to a program of its own, of which it says what failed."""
    words = Words(settings.office.language)

    def announce(said: Message) -> Message | None:
        sentence = words.say(said)
        post(sentence)
        return notify(settings.alarms.command, sentence)

    return announce


def _take_in(reach: Reach, watch: AlarmWatch, clock: Clock) -> Passed:
    session = reach.session()
    try:
        passed = session.take_in(clock, Steps())
    except InboxError as error:
        watch.inbox_lost(error.message)
        raise
    watch.inbox_listed()
    return passed


def _mirror(reach: Reach, settings: Settings, clock: Clock, stop: Event) -> Drained:
    """Until the next pass is due at most: a slow line keeps nobody else waiting."""
    over = clock.now() + timedelta(seconds=settings.inbox.scan_seconds)

    def ends() -> bool:
        late = clock.now() >= over
        return stop.is_set() or late or _quiet_until(settings, clock) is not None

    return reach.session().mirror(clock.now, everything=False, stop=ends)


def _quiet_until(settings: Settings, clock: Clock) -> datetime | None:
    quiet = settings.mirror.quiet if settings.mirror else ()
    return quiet_until(quiet, clock.now().astimezone(settings.office.timezone))


def _look(reach: Reach, watch: AlarmWatch) -> None:
    try:
        session = reach.session()
    except ArchiveError as error:
        watch.look(error.message)
        return
    watch.look(session.catalogue, session.store_ahead)
