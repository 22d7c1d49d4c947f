"""Hints that something happened in the inbox: native events, or polling where there are none.

Events are hints, scans are truth: a hint that is lost delays a file until the next scan, no more.
A network share sends no events for what other machines write, so it is polled.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
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

_WITHOUT_EVENTS = re.compile(
    r"""cifs | smb\d | smbfs | nfs4? | afs | ncpfs | 9p | virtiofs | vboxsf | vmhgfs | prl_fs
    | davfs | ceph | glusterfs | lustre | beegfs | gpfs | coda | fuse\..*""",
    re.VERBOSE,
)
"""File systems that others can write to, by their names in /proc/mounts. Not all of `fuse.*` are
such, but events can be had from few of them."""
_DRIVE_REMOTE = 4
"""https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew"""


class WatchUnavailableError(Exception):
    """The folder cannot be watched now, by events or polling; scans still can find its files."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """What the system says about where a folder lies."""

    path: PurePath
    """Absolute, without links."""
    drive_type: int | None = None
    """Windows' GetDriveTypeW of its drive."""
    mounts: str = ""
    """Linux's /proc/mounts."""


def is_remote(place: Place) -> bool:
    """Other machines could write there without this one's getting an event."""
    if isinstance(place.path, PureWindowsPath):
        # \\?\ only lifts the limit on a path's length.
        drive = re.sub(r"^\\\\\?\\(?!UNC\\)", "", place.path.drive)
        return drive.startswith("\\\\") or place.drive_type == _DRIVE_REMOTE
    kind = _file_system(PurePosixPath(place.path), place.mounts)
    return _WITHOUT_EVENTS.fullmatch(kind) is not None


def _file_system(path: PurePosixPath, mounts: str) -> str:
    """The type of the file system that `path` lies on, empty where it is not known."""
    kind, depth = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # Blanks and backslashes stand there as \040 and \134; see fstab(5).
        point = PurePosixPath(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1]))
        # Of two mounts on one point the later hides the earlier.
        if len(point.parts) >= depth and path.is_relative_to(point):
            kind, depth = fields[2], len(point.parts)
    return kind


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
            self._folder = _identity(folder)
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
            and self._folder == _identity(self._path)
            and all(one.is_alive() for one in observer.emitters)
        )

    @property
    def polling(self) -> bool:
        return isinstance(self._observer, PollingObserver)

    def _start(self, folder: Path) -> BaseObserver:
        remote = self._mode == "auto" and is_remote(_place(folder))
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


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of its name; events go on coming from one that moved."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _place(folder: Path) -> Place:
    if sys.platform == "win32":  # pragma: no cover
        import ctypes

        root = folder.drive + "\\"
        return Place(folder, drive_type=ctypes.windll.kernel32.GetDriveTypeW(root))
    mounts = Path("/proc/mounts")
    return Place(folder, mounts=os.fsdecode(mounts.read_bytes()) if mounts.exists() else "")
