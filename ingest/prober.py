"""Has recordings probed in a process apart, and sees to it that none takes callvault down.

A recording that ends the process, or keeps it longer than it may, is damaged. It is asked twice,
the second time in a new process: the first may have suffered from the recording before.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archive.records import Probed
from config.language import Message
from ingest.child import Child, Watch, end, kill, start
from ingest.errors import InboxError

SECONDS = 120.0
"""That a recording may take. The longest that is measured takes some ten; disks can be slow."""
_PROGRAM = Path(__file__).with_name("probing.py")
_TRIES = 2

log = logging.getLogger(__name__)


class ProberError(InboxError):
    """Nothing can be probed: the program for it does not start. No recording is to blame."""


class Prober:
    """One process at a time, started when first needed; close it (`with`)."""

    def __init__(
        self, raw: Iterable[str] = (), seconds: float = SECONDS, program: Sequence[str] = ()
    ) -> None:
        """Has `program` probe, by default callvault's own.

        Args:
            raw: Names of `ingest.raw.FORMATS` that the office's files really are.
            seconds: That one recording may take.
            program: Says `"ready"`, then answers each line; all in JSON, as `ingest.probing` does.

        """
        own = (sys.executable, "-I", str(_PROGRAM), str(seconds), *sorted(raw))
        self._program = tuple(program) or own
        self._seconds = seconds
        self._process: Child | None = None
        self._watch: Watch | None = None

    def __enter__(self) -> Prober:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts the process before a recording needs it; ProberError where it does not start."""
        if self._process is None:
            self._started()

    def close(self) -> None:
        """Ends the process; the next recording starts another."""
        process = self._left()
        if process is not None:
            end(process)

    def look(self, path: Path) -> Probed:
        """What the recording at `path` is and how loud; whatever it holds, there is an answer.

        Raises:
            OSError: The file cannot be opened or read.
            ProberError: Nothing can be probed.

        """
        for _ in range(_TRIES):
            answer = self._asked(json.dumps(str(path)))
            if answer is not None:
                return _told(answer, path)
        failed = (Message.of("sound.probe_failed"),)
        return Probed(None, None, None, "damaged", silent=False, dbfs=None, tags=(), notes=failed)

    def _asked(self, question: str) -> dict[str, Any] | None:
        process = self._process or self._started()
        answer: dict[str, Any] | None = self._line(process, question.encode("ascii") + b"\n")
        if answer is None:
            log.warning("a recording ended the process that probed it: %s", self._ended())
        return answer

    def _started(self) -> Child:
        try:
            self._process = process = start(self._program)
        except OSError as error:
            raise _unfit(error.strerror) from error
        self._watch = Watch(process, self._seconds)
        if self._line(process, b"") != "ready":
            raise _unfit(f"exit {self._ended()}")
        return process

    def _line(self, process: Child, question: bytes) -> Any:
        """What it says to `question`; `None` if it ends, or is ended for taking too long."""
        assert process.stdin is not None
        assert process.stdout is not None
        assert self._watch is not None
        try:
            with self._watch.asking():
                process.stdin.write(question)
                process.stdin.flush()
                line = process.stdout.readline()
        except OSError:  # it ended between two recordings
            return None
        return json.loads(line) if line.endswith(b"\n") else None

    def _ended(self) -> int | None:
        """The exit code of the process, which ends now if it has not."""
        process = self._left()
        assert process is not None
        kill(process)
        return process.returncode

    def _left(self) -> Child | None:
        """The process, which nobody watches from now on, for it is to end."""
        process, self._process = self._process, None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()
        return process


def _unfit(reason: object) -> ProberError:
    return ProberError(Message.of("sound.probe_unfit", reason=reason))


def _told(answer: dict[str, Any], path: Path) -> Probed:
    if "errno" in answer:
        raise OSError(answer["errno"], answer["strerror"], str(path))
    tags = tuple((name, value) for name, value in answer["tags"])
    notes = tuple(
        Message(key, tuple((name, value) for name, value in values))
        for key, values in answer["notes"]
    )
    return Probed(**answer | {"tags": tags, "notes": notes})
