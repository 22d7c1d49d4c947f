"""Has workbooks opened in a process apart, one process for all the sheets of a pass.

Starting it takes longer than opening a collector's sheet. A workbook that ends the process, or
keeps it longer than it may, cannot be read; it is asked twice, the second time in a new process:
the first may have suffered from the workbook before.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

from ingest.child import Child, end, kill, killed_after, start

_PROGRAM = Path(__file__).with_name("opener.py")


class Opening:
    """One process at a time, started when first needed; close it (`with`)."""

    def __init__(self) -> None:
        self._process: Child | None = None

    def __enter__(self) -> Opening:
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)

    def tabs(self, content: bytes, bounds: tuple[int, int, int, int], seconds: float) -> Any:
        """What `ingest.opener.tabs` says of a workbook; `None` if it cannot be opened."""
        is_new = self._process is None
        answer = self._asked((content, *bounds), seconds)
        return answer if answer is not None or is_new else self._asked((content, *bounds), seconds)

    def _asked(self, question: object, seconds: float) -> Any:
        program = (sys.executable, "-I", str(_PROGRAM))
        process = self._process = self._process or start(program)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with killed_after(process, seconds):
                pickle.dump(question, process.stdin)
                process.stdin.flush()
                return pickle.load(process.stdout)  # noqa: S301  # our own program's
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process = None
            kill(process)
            return None
