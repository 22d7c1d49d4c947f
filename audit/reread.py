"""A day's report from the JSON that was written of it: as much as its headline rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from audit.day import AnswerLine, CallLine, CallRef, DayReport, Finding, RecordingLine, Severity


def reread(text: str, office: str, language: str) -> DayReport:
    """What `audit.contract` wrote, without lengths, checksums, reasons and candidates.

    Raises ValueError for any other text.
    """
    try:
        said = json.loads(text)
        return DayReport(
            date=date.fromisoformat(said["date"]),
            generated_at=datetime.fromisoformat(said["generated_at"]),
            office=office,
            language=language,
            counts=said["counts"],
            recordings=tuple(map(_recording, said["recordings"])),
            calls=tuple(map(_call, said["calls"])),
            findings=tuple(map(_finding, said["findings"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no report of a day") from error


def _recording(said: Mapping[str, Any]) -> RecordingLine:
    return RecordingLine(said["source"], said["status"], said["size"], customer=said["customer"])


def _call(said: Mapping[str, Any]) -> CallLine:
    place = CallRef(said["sheet"], said["tab"], said["line"])
    recordings = tuple(said["recordings"])
    return CallLine(
        place,
        said["customer"],
        said["collector"],
        said["reached"],
        recordings,
        who=said.get("who"),  # an older report says neither it nor a finding's tab
    )


def _finding(said: Mapping[str, Any]) -> Finding:
    return Finding(
        said["code"],
        Severity(said["severity"]),
        said["message"],
        customer=said["customer"],
        collector=said["collector"],
        source=said["source"],
        sheet=said["sheet"],
        line=said["line"],
        id=said.get("id", ""),
        answer=_answer(said.get("answer")),
        tab=said.get("tab"),
    )


def _answer(said: Mapping[str, Any] | None) -> AnswerLine | None:
    """An older report knows of no answers."""
    if said is None:
        return None
    return AnswerLine(said["reason"], said["by"], datetime.fromisoformat(said["at"]))
