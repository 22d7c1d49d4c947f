"""Has workbooks opened in a process apart, one process for all the sheets of a pass.

Starting it takes longer than opening a collector's sheet. A workbook that ends the process, or
keeps it longer than it may, cannot be read; it is asked twice, the second time in a new process:
the first may have suffered from the workbook before.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

_PROGRAM = Path(__file__).with_name("opener.py")
_GRACE = 10.0
"""Seconds for an idle process to end."""


class Opening:
    """One process at a time, started when first needed; close it (`with`)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Opening:
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.communicate(timeout=_GRACE)  # the end of its input ends it
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def tabs(self, content: bytes, bounds: tuple[int, int, int], seconds: float) -> Any:
        """What `ingest.opener.tabs` says of a workbook; `None` if it cannot be opened."""
        is_new = self._process is None
        answer = self._asked((content, *bounds), seconds)
        return answer if answer is not None or is_new else self._asked((content, *bounds), seconds)

    def _asked(self, question: object, seconds: float) -> Any:
        process = self._process = self._process or _started()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = Timer(seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)  # noqa: S301  # our own program's
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process = None
            process.kill()
            process.communicate()
            return None
        finally:
            watch.cancel()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the caller, who ends this in good order
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
