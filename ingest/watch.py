"""Hints that something happened in the inbox: native events, or polling where there are none.

Events are hints, scans are truth: a hint that is lost delays a file until the next scan, no more.
A network share sends no events for what other machines write, so it is polled.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from archive.presence import identity_of
from archive.volumes import Place, file_system, is_share, place_of

log = logging.getLogger(__name__)

# Not among them: opened, read, closed unwritten, attributes and a folder's own change. Admission
# itself causes those (on Windows reading changes an attribute, the time of last access), and the
# daemon would wake itself for ever.
_HINTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileClosedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]


class WatchUnavailableError(Exception):
    """The folder cannot be watched now, by events or polling; scans still can find its files."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def is_remote(place: Place) -> bool:
    """Other machines could write there without this one's getting an event."""
    # Not all of `fuse.*` are written to by others, but events can be had from few of them.
    return bool(is_share(place)) or file_system(place).startswith("fuse.")


class Watcher:
    """Calls `wake` from a thread of its own on every hint below `path`, until the block is left.

    `mode` is `auto`, `native` or `polling`, as in the settings; a polled folder is listed every
    `poll_seconds`. `wake` must be quick and never raise: many hints may come for one file.
    """

    def __init__(
        self, path: Path, mode: str, wake: Callable[[], None], *, poll_seconds: float = 10.0
    ) -> None:
        self._path = path
        self._mode = mode
        self._wake = wake
        self._poll_seconds = poll_seconds
        self._observer: BaseObserver | None = None
        self._folder: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        """Raises WatchUnavailableError if the folder cannot be watched at all."""
        try:
            # Native events of a link would be those of the link itself.
            folder = self._path.resolve(strict=True)
            os.scandir(folder).close()
            self._folder = identity_of(folder)
            self._observer = self._start(folder)
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
            reason = getattr(error, "strerror", None) or str(error)
            raise WatchUnavailableError(self._path, reason) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def renew(self) -> bool:
        """Watches anew where the folder was taken away and is back; False while it cannot be."""
        if not self.alive():
            self.close()
            try:
                self.__enter__()
            except WatchUnavailableError:
                return False
        return True

    def close(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def alive(self) -> bool:
        """False once the folder was taken away, even where another has its name by now."""
        observer = self._observer
        return (
            observer is not None
            and self._folder == identity_of(self._path)
            and all(one.is_alive() for one in observer.emitters)
        )

    @property
    def polling(self) -> bool:
        return isinstance(self._observer, PollingObserver)

    def _start(self, folder: Path) -> BaseObserver:
        remote = self._mode == "auto" and is_remote(place_of(folder))
        if self._mode != "polling" and not remote:
            try:
                return self._begin(Observer(), folder)
            except OSError as error:
                # Linux has few watches to give: fs.inotify.max_user_instances and _watches.
                log.warning("no file events (%s), the inbox is polled", error)
        return self._begin(PollingObserver(timeout=self._poll_seconds), folder)

    def _begin(self, observer: BaseObserver, folder: Path) -> BaseObserver:
        observer.schedule(_Hints(self._wake), folder, recursive=True, event_filter=_HINTS)
        observer.start()
        return observer


class _Hints(FileSystemEventHandler):
    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002  each is the same hint
        self._wake()
