"""The daemon's own verifying: a slice a day, in a process apart, at a low priority.

What is verified is `callvault verify`'s; this decides when, starts it, and reads what came of it. A
process of its own costs the daemon neither memory nor time, and may be ended at any moment: it goes
on where it was cut short.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from archive.catalogue import verifications
from archive.catalogue.database import Catalogue
from archive.fixity import Level, Place
from config.settings import Verify

NOT_BEFORE = timedelta(minutes=10)
"""After the daemon's start: there is enough to do then."""
AGAIN = timedelta(hours=1)
"""After a verification that did not come to its end."""
_WHOLE = (0, 3)
"""Exit codes of a verification that came to its end."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What a verification came to."""

    slice: str
    findings: int
    failed: bool
    """Not all of it could be looked at."""


def is_due(now: datetime, verify: Verify, last: datetime | None) -> bool:
    """Whether the day's slice is to be verified; `last`: when one last ended. `now` is local.

    One that was slept through is due at once, and one of a time that is still to come was dated by
    a wrong clock. Pure.
    """
    if not verify.slices:
        return False
    turn = datetime.combine(now.date(), verify.at, now.tzinfo)
    if turn > now:
        turn -= timedelta(days=1)
    return last is None or last < turn or last > now


def outcome(code: int, output: str) -> Scrubbed:
    """What the command's exit code and JSON say. Pure."""
    try:
        told: dict[str, Any] = json.loads(output)
        findings, runs = told["findings"], told["runs"]
        part = str(runs[0]["slice"]) if runs else ""
    except (ValueError, KeyError, TypeError):
        return Scrubbed("", 0, failed=True)
    return Scrubbed(part, len(findings), failed=code not in _WHOLE)


class Scrub:
    """At most one verification at a time; `close` ends one that runs."""

    def __init__(
        self,
        command: Sequence[str],
        verify: Verify,
        now: Callable[[], datetime],
        done: Callable[[Scrubbed], None],
    ) -> None:
        """`command` verifies the next slice and prints JSON; `now` is aware and local."""
        self._command = command
        self._verify = verify
        self._now = now
        self._done = done
        self._not_before = now() + NOT_BEFORE
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None

    def look(self, catalogue: Callable[[], Catalogue]) -> None:
        """Begins a slice that is due, or tells what one came to. Raises ArchiveError."""
        if self._process is not None:
            if (code := self._process.poll()) is not None:
                self._end(code)
            return
        now = self._now()
        self._not_before = min(self._not_before, now + AGAIN)  # the clock was set back
        if self._verify.slices and now >= self._not_before:
            with catalogue().reading() as tx:
                last = verifications.last_ended(
                    tx, Place.ARCHIVE, Level.CONTENTS, self._verify.slices, now
                )
            if is_due(now, self._verify, last):
                self._begin()

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._forget()

    def _begin(self) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  as long as the process
        self._process = subprocess.Popen(
            _humbly(self._command),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.DEVNULL,
            creationflags=_flags(),
        )

    def _end(self, code: int) -> None:
        assert self._output is not None
        self._output.seek(0)
        came = outcome(code, self._output.read().decode("utf-8", "replace"))
        self._forget()
        self._not_before = self._now() + (AGAIN if came.failed else timedelta(0))
        self._done(came)

    def _forget(self) -> None:
        if self._output is not None:
            self._output.close()
        self._process = self._output = None


def _humbly(command: Sequence[str]) -> Sequence[str]:
    """POSIX's way to run what yields to all else."""
    return ["nice", "-n", "10", *command] if os.name == "posix" else command


def _flags() -> int:
    """Windows' way, and no console window."""
    if sys.platform == "win32":
        return subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    return 0
