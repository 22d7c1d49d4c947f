"""The small file beside the reports that says what is owed by message, so that a restart knows it.

No evidence, and nothing is lost for good without it: reports lie in their folder, alarms in the
catalogue. So it is neither in the catalogue nor in custody files. It names no customer and holds no
address; channels stand in it by their kind.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.written import written
from ingest.owed import Letter, Owed, Wait

NAME = ".letters.json"


def read(folder: Path) -> Owed | None:
    """`None` where there is none, or none that is understood; OSError if it cannot be read."""
    try:
        text = (folder / NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _told(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def write(folder: Path, owed: Owed) -> None:
    """Whole or not at all; OSError if it cannot be written, so where the folder's disk is away."""
    folder.mkdir(exist_ok=True)
    with written(folder / NAME) as unfinished:
        unfinished.write_text(json.dumps(_as_json(owed), ensure_ascii=False, indent=1), "utf-8")


def _as_json(owed: Owed) -> dict[str, Any]:
    return {
        "reports": sorted(owed.reports),
        "letters": [
            {
                "key": one.key,
                "made_at": one.made_at.isoformat(),
                "title": one.title,
                "lines": one.lines,
                "attachment": one.attachment,
                "taken_by": sorted(one.taken_by),
            }
            for one in owed.letters
        ],
        "waits": [
            {
                "channel": channel,
                "key": key,
                "tries": wait.tries,
                "again_at": wait.again_at.isoformat(),
            }
            for (channel, key), wait in owed.waits.items()
        ],
    }


def _told(said: dict[str, Any]) -> Owed:
    letters = tuple(
        Letter(
            one["key"],
            _aware(one["made_at"]),
            str(one["title"]),
            tuple(map(str, one["lines"])),
            str(one["attachment"]),
            frozenset(one["taken_by"]),
        )
        for one in said["letters"]
    )
    waits = {
        (one["channel"], one["key"]): Wait(int(one["tries"]), _aware(one["again_at"]))
        for one in said["waits"]
    }
    return Owed(frozenset(said["reports"]), letters, waits)


def _aware(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError(said)
    return at
