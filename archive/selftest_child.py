"""A process apart for the selftest's trials: one that holds a lock, or dies within a transaction.

Imports nothing of callvault's: it is started by its path, wherever callvault is installed.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

READY = b"ready\n"


@contextmanager
def started(task: str, *args: str | Path) -> Iterator[bool]:
    """Whether the process got as far as it should; at the end of the block it is killed."""
    child = subprocess.Popen(
        [sys.executable, __file__, task, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        yield child.stdout is not None and child.stdout.readline() == READY
    finally:
        child.kill()
        child.communicate()


def lock(path: str) -> None:
    """Takes a lock as the archive does."""
    from filelock import FileLock

    with FileLock(path, timeout=0):
        _wait()


def overwrite(path: str, synchronous: str) -> None:
    """Writes over all rows of a database, pages of which are on the disk before any commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA cache_size = 5")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE trial SET bytes = zeroblob(1000)")
    _wait()


def _wait() -> None:
    """Says that it is ready, and goes no further: it is killed, or its starter is gone."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    sys.stdin.read()


if __name__ == "__main__":
    tasks: dict[str, Callable[..., None]] = {"lock": lock, "overwrite": overwrite}
    tasks[sys.argv[1]](*sys.argv[2:])
