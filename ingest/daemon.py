"""The daemon: an opened archive, an inbox that is watched, and the loop over both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from threading import Event

from config.language import Message
from config.settings import Settings
from ingest.inbox_pass import Clock, Steps
from ingest.service import Rhythm, Service, Work
from ingest.session import Session
from ingest.watch import Watcher


def serve(
    session: Session,
    settings: Settings,
    clock: Clock,
    report: Callable[[date, datetime], None],
    tell: Callable[[Message], None],
    stop: Event,
    wake: Event,
) -> None:
    """Works until `stop` is set; setting `wake` too makes it notice at once.

    `report` writes the report of a day, where there is none, at a local time.
    """
    inbox = settings.inbox
    rhythm = Rhythm(
        settings.office.timezone, inbox.settle_seconds, inbox.scan_seconds, settings.report.at
    )
    with closing(Watcher(inbox.path, inbox.watch, wake.set)) as watcher:
        work = Work(
            watch=watcher.renew,
            take_in=lambda: session.take_in(clock, Steps()),
            open_days=session.open_days,
            settle=lambda: session.settle(clock.now()),
            mirror=lambda: session.mirror(clock.now, everything=False, stop=stop.is_set),
            stamp=lambda: session.stamp(clock.now()),
            next_errand=session.next_errand,
            report=report,
        )
        Service(work, rhythm, clock.now, tell).run(stop, wake)
