"""A process that is killed right before one of its writes: an fsync, rename, removal or commit."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event

import archive.publish

KILLED = -signal.SIGKILL


class Countdown:
    """Ends the process by a kill right before its `left`-th write."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._lock = Lock()

    def before(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: object, **named: object) -> object:
            self.tick()
            return write(*given, **named)

        return counted

    def tick(self, *_: object) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def die_before(write: int, rename: str = "rename") -> Countdown:
    """In the process that is to die. `rename` is the system's own that refuses to overwrite, or
    `link`, what stands in for it.
    """
    countdown = Countdown(write)
    if rename == "link":
        setattr(archive.publish, "_libc_renameat2", lambda: None)  # noqa: B010
    for name in ("fsync", "link", "unlink", "mkdir", "rmdir"):
        setattr(os, name, countdown.before(getattr(os, name)))
    setattr(  # noqa: B010
        archive.publish, "_renameat2", countdown.before(archive.publish._renameat2)
    )
    event.listen(Engine, "commit", countdown.tick)
    return countdown


def killed(work: Callable[[Countdown], object], write: int, rename: str = "rename") -> bool:
    """Does `work` in a child that dies at its `write`-th write; False if it has not so many."""
    child = os.fork()
    if child == 0:
        work(die_before(write, rename))
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise AssertionError(f"it failed by itself at write {write}")
    return code == KILLED
