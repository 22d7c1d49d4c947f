"""What a made-up office holds, and the truth about it that no paper shows.

`Shown` and `Line` are the visible half: what a person reads off a file's name and folders, and off
a sheet, in plain words. They are stated by whoever wrote the name or the cell, never read back
from it, so a recorder's form that callvault fails to read still counts as read by people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person reads off one file: its name and its folders."""

    names: tuple[str, ...] = ()
    """Full names in simplified characters; several where the contact names several people."""
    surname: str | None = None
    """Of a contact such as `老张`, which has no full name."""
    tail: str | None = None
    """Last digits that the contact's note tells: `张三尾号0002`."""
    number: str | None = None
    at: datetime | None = None
    """By the phone's clock, local time without zone; midnight where only the day is told."""
    clock: bool = False
    """Whether `at` tells the minute too."""
    collector: str | None = None
    day: date | None = None
    """Of the folder."""


@dataclass(frozen=True, slots=True)
class File:
    source: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Recording:
    """One byte string that was handed over, once or more often."""

    sound: int
    """Different for different bytes; `sounds.of` makes them."""
    files: tuple[File, ...]
    handed: date
    """The day it lay in the inbox."""
    customer: int | None
    """The truth; `None` for a personal call."""
    line: str | None
    """The row of this very call; `None` where it was forgotten or the call is personal."""
    called: datetime
    """By the true clock."""
    recorder: str
    traits: frozenset[str] = frozenset()
    """What was done to it, for the breakdown: `unsaved`, `late`, `wrong_day`, …"""

    @property
    def shown(self) -> Shown:
        """All that its files show, the first that says something first."""
        shown = self.files[0].shown
        for file in self.files[1:]:
            more = file.shown
            if not (shown.names or shown.surname):
                shown = replace(shown, names=more.names, surname=more.surname, tail=more.tail)
            shown = replace(shown, number=shown.number or more.number)
            if not shown.clock and more.clock:
                shown = replace(shown, at=more.at, clock=True)
        return shown


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is written, and whose it is."""

    key: str
    """As callvault calls rows: source, tab and line."""
    day: date
    name: str | None
    numbers: tuple[str, ...]
    at: datetime | None
    """As written, local time without zone, slips and all; `None` where no minute is told."""
    collector: str | None
    """Where sheet, title, file or folder tells."""
    reached: bool
    customer: int
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SheetFile:
    """One version of a sheet; a month's workbook comes anew each day under the same source."""

    source: str
    content: bytes
    handed: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Office:
    seed: int
    recordings: tuple[Recording, ...]
    sheets: tuple[SheetFile, ...]
    names: Mapping[int, str]
    """Every customer's true name."""
    mess: float
    """How careless the office is, from 0 to 1."""

    @property
    def last_sheets(self) -> tuple[SheetFile, ...]:
        """The version of each sheet that counts in the end."""
        return tuple({sheet.source: sheet for sheet in self.sheets}.values())

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for sheet in self.last_sheets for line in sheet.lines)
