"""`callvault inspect`: several files looked at and told, as JSON for scripts or as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.language import Message, Words
from config.visible import visible
from ingest.inspection import (
    Inspection,
    Reading,
    RecordingInspection,
    SheetInspection,
    inspect,
    needs_a_person,
)
from ingest.prober import Prober
from ingest.sheet_row import SheetRow

DONE, FAILED, NEEDS_A_PERSON = 0, 1, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2100)
"""A file whose time lies elsewhere was written by a clock that was never set."""


@dataclass(frozen=True, slots=True)
class Told:
    output: str
    complaints: tuple[str, ...]
    """Files that are not there or cannot be opened, each with what to do."""
    exit_code: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Of text for a terminal."""

    width: int = 100
    colour: bool = False


def tell(
    paths: Sequence[Path], reading: Reading, words: Words, today: date, layout: Layout | None
) -> Told:
    """What is read from each file; JSON where there is no `layout`.

    JSON is an object for one file and an array for several. A file counts as having come on the
    day it was last changed; `today` stands in where that cannot be.

    Raises:
        ProberError: nothing can be probed.

    """
    seen: list[Inspection] = []
    complaints: list[str] = []
    with Prober(reading.raw_audio) as prober:
        for path in paths:
            try:
                if path.is_dir():
                    complaints.append(words("inspect.folder", path=visible(str(path))))
                else:
                    day = _day(path, reading, today)
                    seen.append(inspect(path, day, reading, prober.look))
            except OSError as error:
                complaints.append(words.say(_complaint(path, error)))
    code = NEEDS_A_PERSON if any(map(needs_a_person, seen)) else DONE
    return Told(
        _as_json(seen, words, single=len(paths) == 1)
        if layout is None
        else _as_text(seen, words, layout),
        tuple(complaints),
        FAILED if complaints else code,
    )


def as_dict(seen: Inspection, words: Words) -> dict[str, Any]:
    """What scripts are given of one file."""
    if isinstance(seen, RecordingInspection):
        return _recording(seen, words)
    if isinstance(seen, SheetInspection):
        return _sheet(seen, words)
    problems = [words.say(seen.reason)] if seen.is_problem else []
    return {"kind": seen.kind, "source": seen.source, "problems": problems}


def _day(path: Path, reading: Reading, today: date) -> date:
    try:
        changed = _EPOCH + timedelta(seconds=path.lstat().st_mtime)
    except OverflowError:
        return today
    return changed.astimezone(reading.timezone).date() if changed.year in _YEARS else today


def _complaint(path: Path, error: OSError) -> Message:
    if isinstance(error, FileNotFoundError):
        return Message.of("inspect.absent", path=visible(str(path)))
    reason = error.strerror or error
    return Message.of("inspect.unreadable", path=visible(str(path)), error=reason)


def _as_json(seen: Sequence[Inspection], words: Words, *, single: bool) -> str:
    told = [as_dict(one, words) for one in seen]
    if single and not told:
        return ""
    return json.dumps(told[0] if single else told, ensure_ascii=False, indent=2) + "\n"


def _as_text(seen: Sequence[Inspection], words: Words, layout: Layout) -> str:
    from ingest.inspection_text import render

    return "\n".join(render(one, words, layout.width, colour=layout.colour) for one in seen)


def _recording(seen: RecordingInspection, words: Words) -> dict[str, Any]:
    evidence, probed = seen.evidence, seen.probed
    return {
        "kind": "recording",
        "source": seen.source,
        "container": probed.container,
        "codec": probed.codec,
        "duration_seconds": probed.duration_seconds,
        "state": seen.state,
        "recorder": evidence.reader,
        "contact": evidence.contact,
        "numbers": list(evidence.numbers),
        "started_at": evidence.started_at.isoformat() if evidence.started_at else None,
        "precision": evidence.precision,
        "direction": evidence.direction,
        "note": evidence.note,
        "surname": evidence.surname,
        "collector": evidence.collector,
        "day": seen.day.isoformat(),
        "is_copy": evidence.is_copy,
        "silent": probed.silent,
        "level_dbfs": probed.dbfs,
        "tags": dict(probed.tags),
        "reasons": [words.say(note) for note in seen.notes],
    }


def _sheet(seen: SheetInspection, words: Words) -> dict[str, Any]:
    tabs = [
        {"tab": tab.name, "header_line": tab.header_line, "columns": dict(tab.columns)}
        for tab in seen.sheet.tabs
    ]
    return {
        "kind": "sheet",
        "source": seen.source,
        **tabs[0],
        "tabs": tabs,
        "rows": [_row(row, words) for row in seen.sheet.rows],
        "problems": [words.say(problem) for problem in seen.sheet.problems],
    }


def _row(row: SheetRow, words: Words) -> dict[str, Any]:
    return {
        "tab": row.tab,
        "line": row.line,
        "collector": row.collector,
        "date": row.day.isoformat(),
        "customer": row.customer,
        "numbers": list(row.numbers),
        "called_at": row.called_at.isoformat() if row.called_at else None,
        "duration_seconds": row.duration_seconds,
        "reached": row.reached,
        "promised": row.promised.isoformat() if row.promised else None,
        "location": row.location,
        "hours": row.hours,
        "further": dict(row.further),
        "department": row.department,
        "problems": [words.say(problem) for problem in row.problems],
    }
