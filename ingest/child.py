"""A process apart that answers questions on a pipe: started, watched and ended.

What a file does to it, it does not do to callvault; see `ingest.prober` and `ingest.opening`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer

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


def end(child: Child) -> None:
    """Ends it in good order, or at all."""
    try:
        child.communicate(timeout=_GRACE)  # the end of its input ends it
    except subprocess.TimeoutExpired:
        kill(child)


def kill(child: Child) -> None:
    child.kill()
    child.communicate()
