"""A process apart that answers questions on a pipe: started, watched and ended.

What a file does to it, it does not do to callvault; see `ingest.prober` and `ingest.opening`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread, Timer

_GRACE = 10.0
"""Seconds for an idle process to end."""

Child = subprocess.Popen[bytes]


def start(program: Sequence[str]) -> Child:
    """OSError where it cannot be started."""
    return subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the caller, who ends this in good order
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@contextmanager
def killed_after(child: Child, seconds: float) -> Iterator[None]:
    """It is killed if what is asked of it takes longer."""
    watch = Timer(seconds, child.kill)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


class Watch:
    """The same for many questions, each of which would not be worth a thread."""

    def __init__(self, child: Child, seconds: float) -> None:
        """Begins to watch; `close` it."""
        self._child = child
        self._seconds = seconds
        self._asked_at: float | None = None
        self._lock = Lock()
        self._over = Event()
        Thread(target=self._run, daemon=True).start()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """The child is killed if this takes longer than it may."""
        with self._lock:
            self._asked_at = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._asked_at = None

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        # What is asked after a look has all its seconds yet at the next one.
        left = self._seconds
        while not self._over.wait(left):
            with self._lock:
                asked_at = self._asked_at
                left = self._seconds - (0 if asked_at is None else time.monotonic() - asked_at)
                if left <= 0:
                    self._child.kill()
                    return


def end(child: Child) -> None:
    """Ends it in good order, or at all."""
    try:
        child.communicate(timeout=_GRACE)  # the end of its input ends it
    except subprocess.TimeoutExpired:
        kill(child)


def kill(child: Child) -> None:
    child.kill()
    child.communicate()
