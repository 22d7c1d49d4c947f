"""Alarms handed to a program of the office's own: it gets the sentence on its standard input."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from config.language import Message

PATIENCE = 20.0
"""Seconds. The daemon waits for the program, so it may not hang."""


def notify(command: Sequence[str], sentence: str) -> Message | None:
    """Runs `command`, where there is one; returns what failed, never raises for it."""
    if not command:
        return None
    try:
        ended = subprocess.run(
            command,
            input=f"{sentence}\n".encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(command, f"> {PATIENCE:g} s")
    except (OSError, ValueError) as error:
        return _failed(command, getattr(error, "strerror", None) or error)
    return _failed(command, f"exit {ended.returncode}") if ended.returncode else None


def _failed(command: Sequence[str], error: object) -> Message:
    return Message.of("alarms.notifier_failed", program=command[0], error=error)
