"""What the catalogue remembers of what was handed over, as frozen values.

These, `mirror_records` and `said_records` are the only shapes that leave the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from config.language import Message


class FileState(StrEnum):
    """What became of one file of the inbox."""

    PLANNED = "planned"
    """Its admission has begun; recovery finishes or repeats it."""
    RECORDING = "recording"
    DUPLICATE = "duplicate"
    """Its bytes were admitted before, from another file."""
    SHEET = "sheet"
    IGNORED = "ignored"
    REFUSED = "refused"
    WAITING = "waiting"
    """Still being written, or locked by another program."""
    ANSWERS = "answers"
    """A report of ours that came back, with reasons filled in or without."""


@dataclass(frozen=True, slots=True)
class InboxFile:
    """One file as it lay in the inbox."""

    id: int
    source: str
    size: int
    mtime_ns: int
    state: FileState
    day: date
    collector: str | None
    arrived_at: datetime
    reason: Message | None
    path: str | None
    """Reserved in holding while `planned`."""
    recording: int | None


@dataclass(frozen=True, slots=True)
class Probed:
    """What probing and listening found."""

    container: str | None
    codec: str | None
    duration_seconds: float | None
    condition: str
    """`complete`, `truncated`, `damaged` or `empty`."""
    silent: bool
    dbfs: float | None
    tags: tuple[tuple[str, str], ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A runner-up of a decision: a row, what weighs for and against it."""

    row: str
    """The row's key."""
    sheet: str
    tab: str
    line: int
    customer: str | None
    """The customer's name as the row says it."""
    weight: float
    reasons: tuple[Message, ...]
    weights: tuple[float, ...] = ()
    """Of each reason, in the same order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision on a recording as the catalogue keeps it."""

    verdict: str
    """`matched`, `ambiguous` or `unmatched`."""
    why: str
    candidates: tuple[Weighed, ...]


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What the file that a recorder wrote beside its recording says about the call."""

    contact: str | None
    note: str | None
    surname: str | None
    numbers: tuple[str, ...]
    started_at: datetime | None
    """Aware, in the recorder's own time."""
    precision: str | None
    direction: str | None


@dataclass(frozen=True, slots=True)
class Recording:
    id: int
    sha256: str
    size: int
    source: str
    """Where in the inbox its bytes were first seen."""
    day: date
    """The day it was handed over for."""
    collector: str | None
    arrived_at: datetime
    path: str
    """Where it lies, relative to the archive, with `/`."""
    target: str | None
    """Where a move that has begun takes it."""
    filed: bool
    started_at: datetime | None
    precision: str | None
    """Of `started_at`: `second`, `minute` or `day`."""
    probed: Probed | None
    outcome: Outcome | None
    customer: int | None
    customer_name: str | None
    row: int | None
    sidecar: Sidecar | None = None
    numbers: tuple[str, ...] = ()
    """That it says, in their normal form."""
    released: str | None = None
    """What became of its source in the inbox: `moved` or `deleted`; `None`: it was left there."""
    disposal: str | None = None
    """`ordered`: a person had its bytes go; `disposed`: they are gone; `None`: it is kept."""

    def call_day(self, timezone: ZoneInfo) -> date:
        """Its own date, and that of the hand-off only without one."""
        return self.started_at.astimezone(timezone).date() if self.started_at else self.day


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    key: str
    """As `matcher.customers` tells customers apart."""
    name: str
    folder: str
    numbers: frozenset[str]

    @property
    def spelling(self) -> str:
        """The name in the form in which two spellings are equal."""
        return self.key.rpartition("|")[0]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A sheet's row on its way into the catalogue."""

    key: str
    tab: str
    line: int
    day: date
    collector: str | None
    department: str | None
    customer_name: str | None
    numbers: tuple[str, ...]
    called_at: datetime | None
    precision: str | None
    reached: bool | None
    promised: date | None
    promised_text: str | None
    location: str | None
    hours: str | None
    raw: tuple[tuple[str, str], ...]
    problems: tuple[Message, ...]
    duration_seconds: float | None = None
    """How long the call took, as the row says."""
    further: tuple[tuple[str, str], ...] = ()
    """What else some department's form asks for, fields of `config.forms`, and the customer's
    `grade`, with their texts."""
    misread: tuple[str, ...] = ()
    """Digits that are no number: one is missing, or one too many."""
    masked: tuple[str, ...] = ()
    """Numbers of which only the ends stand there: `138****8000`."""
    of_others: tuple[str, ...] = ()
    """Those of the numbers that are a guarantor's or a contact's, which customers may share."""


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    sheet: str
    """The source of its sheet."""
    columns: tuple[str, ...]
    """The fields that its sheet has a column for."""
    customer: int | None
    said: NewRow


class SheetState(StrEnum):
    READ = "read"
    UNREADABLE = "unreadable"
    REPLACED = "replaced"
    """A later version of the same file counts in its place."""
    DUPLICATE = "duplicate"
    """The same bytes stand under another name, which counts."""
    ANSWERS = "answers"
    """A report of ours that came back: it has reasons for findings, and no calls."""


@dataclass(frozen=True, slots=True)
class Sheet:
    id: int
    source: str
    sha256: str
    day: date
    collector: str | None
    arrived_at: datetime
    state: SheetState
    columns: tuple[str, ...]
    problems: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the office's machines that a person must see to."""

    code: str
    message: Message
    raised_at: datetime
    cleared_at: datetime | None
    """`None` while it stands."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A recording that is filed, by when it came and when its row did."""

    source: str
    arrived_at: datetime
    row_arrived_at: datetime
    """When the first version of the row's sheet came."""
    row: Row


@dataclass(frozen=True, slots=True)
class Image:
    """A row of the catalogue as it was at some time."""

    table: str
    key: tuple[str | int, ...]
    row: Mapping[str, object] | None
    """Columns and their values in JSON's types; `None`: it is gone."""
