"""One process at a time works on an archive; one daemon at a time has its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.errors import DiskError, LockedError
from archive.layout import PRIVATE
from archive.volumes import require_local
from config.language import Message

_PATIENCE = 0.5
"""Seconds. What a killed process was just starting holds its lock until it has become itself."""


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Holds the archive's lock; LockedError if another process has it. A kill releases it.

    DiskError where the archive lies on a share, whose locks and flushing cannot be relied on.
    """
    with _held(root, "lock", "archive.locked"):
        yield


@contextmanager
def verifying(root: Path) -> Iterator[None]:
    """Likewise for those that only read: they work beside a daemon, and not beside each other."""
    with _held(root, "verify.lock", "archive.verifying"):
        yield


@contextmanager
def restoring(folder: Path) -> Iterator[None]:
    """Likewise for a folder outside the archive, be it on a share. Nothing of it stays there."""
    try:
        with _held(folder, "restore.lock", "restore.locked", local=False, stays=False):
            yield
    finally:
        with suppress(OSError):  # not empty
            (folder / PRIVATE).rmdir()


@contextmanager
def _held(
    root: Path, name: str, refusal: str, *, local: bool = True, stays: bool = True
) -> Iterator[None]:
    from filelock import FileLock, Timeout

    if local:
        require_local(root)
    try:
        (root / PRIVATE).mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / PRIVATE / name, timeout=_PATIENCE)
        lock.acquire()
    except Timeout as error:
        raise LockedError(Message.of(refusal, path=root)) from error
    except OSError as error:
        raise DiskError(
            Message.of("archive.unusable", path=root, error=error.strerror or error)
        ) from error
    try:
        yield
    finally:
        # While it is held: removed later, it may be another's by then, and a third makes a new one.
        if not stays and os.name != "nt":  # where filelock removes it
            with suppress(OSError):
                (root / PRIVATE / name).unlink()
        lock.release()


@contextmanager
def serving(lock: Path) -> Iterator[None]:
    """Held by a daemon as long as it runs; LockedError where another one has it.

    Nothing is held where the folder cannot be written to: then nobody can tell by it.
    """
    from filelock import FileLock, Timeout

    held = FileLock(lock, timeout=_PATIENCE)
    try:
        held.acquire()
    except Timeout as error:
        raise LockedError(Message.of("archive.serving", path=lock)) from error
    except OSError:
        yield
        return
    try:
        yield
    finally:
        held.release()


def is_served(lock: Path) -> bool | None:
    """Whether a daemon holds it; `None` where that cannot be told."""
    from filelock import FileLock, Timeout

    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return None
