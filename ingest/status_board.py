"""The daemon's status while it runs: written down at each change, and as a sign of life between.

The loop tells it what it does; a thread of its own gives the sign of life, so that a long upload is
told from a process that is gone. What cannot be written stops nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, RLock, Thread
from typing import TypeVar

from archive.catalogue.days import Attention
from archive.errors import ArchiveError
from archive.records import Alarm
from config.language import Message
from config.settings import Settings
from ingest.discretion import discreet, own_words
from ingest.errors import InboxError
from ingest.status_file import (
    Told,
    Waiting,
    as_told,
    instant,
    read_status,
    status_path,
    told_waiting,
    write_status,
)

BEAT_SECONDS = 30.0
IDLE = "idle"

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class StatusBoard:
    """`now` is aware, in the office's zone."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], pid: int) -> None:
        self._path = status_path(settings.source)
        self._own = own_words(settings)
        self._now = now
        self._lock = RLock()
        self._writable = True
        before = read_status(self._path) or {}
        self._told: Told = {
            "pid": pid,
            "started_at": instant(now()),
            "heartbeat_at": instant(now()),
            "ended_at": None,
            "doing": IDLE,
            "doing_since": instant(now()),
            "waiting": before.get("waiting", []),
            "last_pass_at": before.get("last_pass_at"),
            "last_report": before.get("last_report"),
            "last_reminder_on": before.get("last_reminder_on"),
            "last_verification": before.get("last_verification"),
            "last_error": before.get("last_error"),
            "alarms": [],
            "attention": before.get("attention"),
        }
        self._write()

    @property
    def told(self) -> Told:
        return self._told

    def during(self, what: str, work: Callable[[], Result]) -> Result:
        """Does `work`, and says so meanwhile; what stops it is the last error from then on."""
        self._do(what)
        try:
            return work()
        except (ArchiveError, InboxError) as error:
            self.failed(error.message)
            raise
        except Exception as error:
            self.failed(Message.of("status.unforeseen", kind=type(error).__name__))
            raise
        finally:
            self._do(IDLE)

    def failed(self, why: Message) -> None:
        self.note(last_error={"at": instant(self._now()), **as_told(discreet(why, self._own))})

    def waits(self, every: Iterable[Waiting]) -> None:
        self.note(waiting=told_waiting(list(every), self._told["waiting"], self._now()))

    def stand(self, alarms: Iterable[Alarm], attention: Attention | None) -> None:
        """What a person must see to; `None`: the archive cannot be asked, and what was known is."""
        standing = [
            {
                "code": one.code,
                "since": instant(one.raised_at.astimezone(self._now().tzinfo)),
                **as_told(discreet(one.message, self._own)),
            }
            for one in alarms
        ]
        self.note(alarms=standing)
        if attention is not None:
            self.note(
                attention={
                    "held": attention.held,
                    "put_off": attention.put_off,
                    "unreadable_sheets": attention.unreadable,
                    "mirror_refused": attention.refused_by_mirror,
                }
            )

    def note(self, **told: object) -> None:
        with self._lock:
            if any(self._told[key] != value for key, value in told.items()):
                self._told.update(told)
                self._write()

    def beat(self) -> None:
        with self._lock:
            self._write()

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Gives a sign of life until the block is left, and then writes down that it ended."""
        over = Event()

        def live() -> None:
            while not over.wait(BEAT_SECONDS):
                self.beat()

        thread = Thread(target=live, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.note(ended_at=instant(self._now()))

    def _do(self, what: str) -> None:
        self.note(doing=what, doing_since=instant(self._now()))

    def _write(self) -> None:
        self._told["heartbeat_at"] = instant(self._now())
        try:
            write_status(self._path, self._told)
        except OSError as error:
            if self._writable:
                log.warning("the status cannot be written beside the settings: %s", error.strerror)
            self._writable = False
        else:
            self._writable = True
