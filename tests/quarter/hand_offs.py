"""What is handed over: hand-offs with their rows and recordings, and the files that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.quarter import sheets
from tests.quarter.moments import Slot
from tests.quarter.people import Customer
from tests.quarter.sheets import Cell, Form


@dataclass(frozen=True, slots=True)
class Drop:
    """A file that is there from a pass on."""

    source: str
    content: bytes = b""
    link: bool = False
    """A link to a file elsewhere."""
    size: int | None = None
    """So many zeros, which take no room."""
    fresh: bool = False
    """It was written a moment before, so that this pass leaves it."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says in the morning: whose it is, or that it stays in holding."""

    source: str
    call: Call | None = None
    new: str | None = None
    """Somebody whom no sheet names."""


@dataclass(frozen=True, slots=True)
class Harm:
    """A copy goes bad in the morning, and is looked for at night."""

    source: str
    day: date
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The manager fills reasons into the Excel report of a day, and puts it into the inbox."""

    day: date
    night: int
    """On which it is handed in."""
    source: str
    unknown: bool
    """One of the findings' ids was typed over: nobody knows what that reason is for."""


@dataclass(frozen=True, slots=True)
class Collector:
    name: str
    department: str
    phone: str
    ending: str
    form: Form
    customers: tuple[Customer, ...]


@dataclass(slots=True, eq=False)
class Call:
    """One row, and what was recorded of it."""

    handoff: HandOff
    customer: Customer
    at: datetime
    """In the office's time."""
    reached: bool
    said: dict[str, Cell]

    @property
    def line(self) -> int:
        return self.handoff.collector.form.first_line + self.handoff.calls.index(self)


@dataclass(slots=True, eq=False)
class HandOff:
    night: int
    day: date
    collector: Collector
    folder: str
    slots: list[int]
    """Times that are free yet."""
    calls: list[Call] = field(default_factory=list)
    """In the order of their rows."""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    """Recordings that come with the hand-off, by source."""
    comes: Slot = Slot.AFTERNOON
    absent: bool = False
    """Nothing of it comes on its day."""
    touched: bool = False
    """Some row or recording of it is faulty: the hand-off as a whole stays as it is."""
    comes_on: int | None = None
    """The day on which it comes, where not on its own."""
    sheet_comes: int | None = None
    """The day on which the sheet comes, where not with the hand-off."""
    has_sheet: bool = True
    without: str | None = None
    """A field that the sheet has no column for."""
    loose: tuple[str, ...] = ()
    """Numbers on a second tab without a header."""

    @property
    def sheet(self) -> str:
        return f"{self.folder}{self.collector.form.name}.xlsx"

    def workbook(self, calls: Sequence[Call] | None = None) -> bytes:
        """The sheet as it stands, or with other calls."""
        rows = [call.said for call in (self.calls if calls is None else calls)]
        form, name = self.collector.form, self.collector.name
        return sheets.workbook(form, name, self.day, rows, without=self.without, loose=self.loose)
