"""The daemon's status as it stands in its file: what it does, what waits, what was last.

The file lies beside the settings file, as `<settings file>.status.json`: an archive that is away
cannot say that it is, and daemon and commands may run as different users. It is replaced whole, so
a reader never meets half of one, and it holds no name or number of a customer's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.written import written
from config.language import Message

Told = dict[str, Any]
"""JSON as it is written."""

INBOX, OPEN_DAYS, MIRROR = "inbox", "open_days", "mirror"
"""What can wait; of mirrors each by its name."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one thing waits."""

    what: str
    count: int
    mirror: str | None = None


def status_path(source: Path) -> Path:
    """Of the daemon that runs with the settings file `source`."""
    return source.with_name(f"{source.name}.status.json")


def lock_path(source: Path) -> Path:
    """What that daemon holds as long as it runs."""
    return source.with_name(f"{source.name}.lock")


def write_status(path: Path, told: Mapping[str, Any]) -> None:
    """Raises OSError if it cannot be written, on Windows also while it is being read."""
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    with written(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def read_status(path: Path) -> Told | None:
    """What was last written; `None` where there is nothing, or nothing of the kind."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and "heartbeat_at" in told else None


def instant(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def as_told(message: Message) -> Told:
    return {"key": message.key, "values": dict(message.values)}


def to_message(told: Mapping[str, Any]) -> Message:
    return Message.of(str(told["key"]), **dict(told["values"]))


def told_waiting(every: list[Waiting], before: list[Told], now: datetime) -> list[Told]:
    """What waits, each with the time since when something of it has."""
    since = {(one["what"], one["mirror"]): one["since"] for one in before if one["count"]}
    return [
        {
            "what": one.what,
            "mirror": one.mirror,
            "count": one.count,
            "since": since.get((one.what, one.mirror), instant(now)) if one.count else None,
        }
        for one in every
    ]
