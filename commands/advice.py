"""What to do about the errors that the rooms raise: a sentence and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from commands.exit_codes import FAILED, WRONG_USE
from commands.invocation import Invocation, words_without_settings
from commands.screen import on_stderr

if TYPE_CHECKING:
    from config.load import SettingsError


def advise(error: Exception, invocation: Invocation) -> int | None:
    """Says what to do about an error that a room raised; `None` for one that nobody foresaw."""
    from archive.errors import ArchiveError
    from audit.errors import AuditError
    from config.load import SettingsError
    from ingest.errors import InboxError, WordError

    if isinstance(error, SettingsError):
        for line in settings_problems(error):
            on_stderr(line)
        return WRONG_USE
    if isinstance(error, (WordError, AuditError)):
        on_stderr(invocation.words.say(error.message))
        return WRONG_USE
    if isinstance(error, (ArchiveError, InboxError)):
        on_stderr(invocation.words.say(error.message))
        return FAILED
    if isinstance(error, OSError):  # its text would name files, and so customers
        on_stderr(invocation.words("cli.refused", error=error.strerror or type(error).__name__))
        return FAILED
    return None


def settings_problems(error: SettingsError) -> Iterator[str]:
    words = words_without_settings()
    for problem in error.problems:
        where = f"{problem.file}:{problem.line}" if problem.line else problem.file
        yield f"{where}: {words.say(problem.message)}"
