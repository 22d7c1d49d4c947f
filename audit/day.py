"""One day as it is reported: the recordings, the calls, and what was found.

These are the shapes behind every form of the report; `audit.contract` writes them as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """Evidence is missing or in danger; a person must act."""
    WARNING = "warning"
    """A person should look."""
    INFO = "info"
    """Good to know; nothing to do."""


@dataclass(frozen=True, slots=True)
class CallRef:
    """Where a row stands: `line` is the row number a spreadsheet shows."""

    sheet: str
    tab: str
    line: int


@dataclass(frozen=True, slots=True)
class MirrorLine:
    state: str
    """`mirrored`, `pending`, `failed` or `off`."""
    key: str | None = None
    checksum: str | None = None
    """SHA-256 in hex, as the store confirmed it."""


@dataclass(frozen=True, slots=True)
class CandidateLine:
    customer: str | None
    call: CallRef
    weight: float
    reasons: tuple[str, ...]
    """Sentences in the office's language."""


@dataclass(frozen=True, slots=True)
class RecordingLine:
    """One file of the inbox that is not a sheet."""

    source: str
    """Relative to the inbox, with `/`."""
    status: str
    """`filed`; held as `ambiguous`, `unmatched` or `damaged`; or not admitted as `duplicate`,
    `ignored`, `refused` or `waiting`."""
    size: int
    sha256: str | None = None
    duration_seconds: float | None = None
    format: str | None = None
    collector: str | None = None
    customer: str | None = None
    call: CallRef | None = None
    archive_path: str | None = None
    """Relative to the archive folder, with `/`."""
    mirror: MirrorLine = MirrorLine("off")
    further: tuple[tuple[str, MirrorLine], ...] = ()
    """The mirrors beside the first, by their names."""
    reasons: tuple[str, ...] = ()
    candidates: tuple[CandidateLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CallLine:
    call: CallRef
    customer: str | None
    collector: str | None
    reached: bool | None
    recordings: tuple[str, ...]
    """Sources of the recordings filed under this row."""
    who: str | None = None
    """Whom the row names: two customers of one name are two; `None`: by name."""
    late: bool = False
    """Its first recording came after the deadline."""
    corrected: bool = False
    """Its first recording came after that night's report, which had told of none."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a person said of a finding."""

    reason: str
    by: str
    at: datetime
    """Aware, in the office's time zone."""


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    severity: Severity
    message: str
    """One sentence in the office's language that names what it is about and what to do."""
    customer: str | None = None
    collector: str | None = None
    source: str | None = None
    sheet: str | None = None
    line: int | None = None
    id: str = ""
    """By which people and scripts name it; it is the same in each report of the day."""
    answer: AnswerLine | None = None
    tab: str | None = None
    """Of the sheet, where the line stands; `None` also in reports that were written earlier."""
    apart: str = ""
    """What tells it from others of its code where no name does: numbers, or a mirror and a cause.
    It is for the id alone, and in no form of the report.
    """

    @property
    def is_to_act_on(self) -> bool:
        """More than good to know, and nobody has given a reason for it."""
        return self.severity is not Severity.INFO and self.answer is None


@dataclass(frozen=True, slots=True)
class DayReport:
    date: date
    generated_at: datetime
    """Aware, in the office's time zone."""
    office: str
    language: str
    counts: Mapping[str, int]
    """`recordings`, one per status, `calls`, `reached`, `missing`, `findings`, `answered`."""
    recordings: tuple[RecordingLine, ...]
    calls: tuple[CallLine, ...]
    findings: tuple[Finding, ...]
