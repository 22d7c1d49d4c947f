"""The words the matcher reads: evidence of a recording, and the rows of the day's sheets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class Precision(StrEnum):
    """How finely a stated time is known."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    """`下午3点`: some time from three to four."""
    DAY = "day"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a recording's name, folders, tags and times say about its call.

    Absent evidence is `None` or empty and says nothing for or against a customer.
    """

    reader: str
    """Which reader said so: a recorder's name such as `miui`, or `general`."""
    contact: str | None = None
    """The saved contact without notes, as the phone had it."""
    note: str | None = None
    """What was cut from the contact: `逾期2期`, `配偶`, `总`."""
    surname: str | None = None
    """All that a contact such as `老张` or `张总` tells of the name; `contact` is `None` then."""
    numbers: tuple[str, ...] = ()
    """In the normal form of `matcher.numbers`."""
    started_at: datetime | None = None
    """Aware; for `Precision.DAY` midnight of that day."""
    precision: Precision | None = None
    direction: Direction | None = None
    collector: str | None = None
    is_copy: bool = False
    """The name says that a file manager copied it: `x (1).mp3`, `x - 副本.mp3`."""


def _completed(one: Evidence, timed: Evidence, collector: str | None) -> Evidence:
    when = one if one.started_at else timed
    return replace(
        one,
        started_at=when.started_at,
        precision=when.precision,
        collector=one.collector or collector,
    )


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of a recording; no evidence outweighs it."""

    customer: str | None
    """Whose it is, as `matcher.customers` tells apart; `None`: nobody's, it stays in holding."""
    row: str | None = None
    """The key of the row that is its call, where the person named one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording as the matcher sees it."""

    recording: str
    """The recording's key, its SHA-256."""
    day: date
    """The day it was handed over for."""
    evidence: Evidence
    also: tuple[Evidence, ...] = ()
    """What the other names say under which the same bytes were handed over."""
    duration_seconds: float | None = None
    """Of the audio, where it is known."""
    word: Word | None = None

    @property
    def every(self) -> tuple[Evidence, ...]:
        """What each name says, completed with what the others say of time and collector.

        In an order of their own: which name came first is nothing to go by.
        """
        names = sorted((self.evidence, *self.also), key=repr)
        timed = next((one for one in names if one.precision is not None), self.evidence)
        named = next((one for one in names if one.collector), self.evidence)
        return tuple(_completed(one, timed, named.collector) for one in names)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet, one call, as the matcher sees it."""

    key: str
    """Stable over passes: the sheet's source, tab and line."""
    day: date
    name: str | None
    """The customer's name without notes and spaces; `None` where the cell is empty."""
    numbers: tuple[str, ...] = ()
    customer: str | None = None
    """Whom the row names, as `matcher.customers` tells apart: equal keys share a folder.
    `None` where the row leaves open which of several customers is meant."""
    called_at: datetime | None = None
    precision: Precision | None = None
    collector: str | None = None
    reached: bool | None = None
    """`None` where the sheet does not say."""
    duration_seconds: float | None = None
    """Of the call, as the sheet has it."""
    misread: tuple[str, ...] = ()
    """Digits that are no number: one is missing, or one too many."""
    masked: tuple[str, ...] = ()
    """Numbers of which only the ends stand there: `138****8000`."""
    of_others: tuple[str, ...] = ()
    """Those of the numbers that are a guarantor's or a contact's, which customers may share."""
