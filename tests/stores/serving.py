"""Programs that serve while a test needs them, from an environment of their own or the PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(
    command: Sequence[str],
    log: Path,
    answers: Callable[[], bool],
    *,
    environment: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> Iterator[None]:
    """Runs until the context is left, in the folder of its `log`; entered once it answers.

    RuntimeError with its words if it does not.
    """
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environment,
            cwd=log.parent,
        )
    try:
        deadline = time.monotonic() + seconds
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                told = log.read_text(errors="replace")
                raise RuntimeError(f"{command[0]} did not start: {told}")
            time.sleep(0.01)
        yield
    finally:
        process.kill()  # nothing of it is to be kept
        process.wait()


def program(name: str, server: str) -> str:
    """Where it is: in the `server`'s environment within that of the tests, or on the PATH."""
    within = Path(sys.prefix) / server / ("Scripts" if os.name == "nt" else "bin")
    found = shutil.which(name, path=str(within)) or shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: make .venv/{server}.ok")
    return found
