"""`callvault service install`, `remove` and `status`: done, and told."""

from __future__ import annotations

import locale
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.language import Message, Words
from config.settings import Settings
from ingest.desk import DONE, Told, lines
from ingest.errors import WordError
from ingest.service_plan import Command, Plan, plan, user_of

FAILED = 1
_PATIENCE = 60.0
"""Seconds for one command of the system's."""
_HINTS = ("linux", "win32")
"""Systems with more to say of when the service starts."""

Run = Callable[[Command], str | None]
"""Runs a command of the system's; returns what was wrong, `None` where it succeeded."""


class _StepError(Exception):
    def __init__(self, command: Command, why: str) -> None:
        super().__init__(why)
        self.command = command
        self.why = why


def run(command: Command, encoding: str | None = None) -> str | None:
    """As `Run`; a Chinese Windows speaks GBK, which is the `encoding` by default there."""
    try:
        ended = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"> {_PATIENCE:g} s"
    except OSError as error:
        return error.strerror or type(error).__name__
    said = _text(ended.stderr or ended.stdout, encoding or locale.getencoding()).strip()
    return (said.splitlines() or [f"exit {ended.returncode}"])[-1] if ended.returncode else None


def _text(said: bytes, encoding: str) -> str:
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode(encoding, "backslashreplace")


def tell_service(
    settings: Settings, words: Words, what: str, name: str, program: Sequence[str]
) -> Told:
    """`program` is the daemon's command line. Raises WordError where the name will not do."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise WordError(Message.of("service.name_unfit", name=name))
    number = 0 if sys.platform == "win32" else os.getuid()
    temporary = Path(tempfile.gettempdir())
    user = user_of(os.environ, number, Path.home(), temporary, sys.platform)
    folder = str(settings.source.absolute().parent)
    wanted = plan(sys.platform, name, user, program, folder)
    service = Service(wanted, words, run, sys.platform)
    return {"install": service.install, "remove": service.remove, "status": service.ask}[what]()


@dataclass(frozen=True, slots=True)
class Service:
    """One service of this computer."""

    plan: Plan
    words: Words
    run: Run
    system: str

    def install(self) -> Told:
        """Anew where it is there already, and started."""
        file = Path(self.plan.file)
        for command in self.plan.before:
            self.run(command)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.plan.content)
        try:
            self._do(self.plan.install)
        except _StepError as error:
            return self._failed(error)
        finally:
            if not self.plan.stays:
                file.unlink(missing_ok=True)
        hints = [self.words(f"service.hint_{one}") for one in _HINTS if one == self.system]
        return Told(lines(self.words("service.installed"), *hints))

    def remove(self) -> Told:
        """Recordings, settings and logs stay."""
        if self.run(self.plan.ask) is not None and not self._described():
            return Told(lines(self.words("service.none")))
        for command in self.plan.end:
            self.run(command)
        if self.plan.stays:
            Path(self.plan.file).unlink(missing_ok=True)
        try:
            self._do(self.plan.remove)
        except _StepError as error:
            return self._failed(error)
        return Told(lines(self.words("service.removed")))

    def ask(self) -> Told:
        if self.run(self.plan.ask) is None:
            return Told(lines(self.words("service.there")), exit_code=DONE)
        return Told(lines(self.words("service.none")), exit_code=FAILED)

    def _do(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if (why := self.run(command)) is not None:
                raise _StepError(command, why)

    def _described(self) -> bool:
        return self.plan.stays and Path(self.plan.file).exists()

    def _failed(self, error: _StepError) -> Told:
        said = self.words("service.failed", command=" ".join(error.command), error=error.why)
        return Told("", (said,), exit_code=FAILED)
