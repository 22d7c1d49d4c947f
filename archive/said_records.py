"""What people said, and what acts changed, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """What is remembered of a finding that is answered: findings themselves are not kept."""

    id: str
    """As `audit.identity` gives it."""
    day: date
    """Of the report that it stands in."""
    code: str
    about: str
    """Whom and what it is about, in names and paths."""
    sha256: str | None = None
    """Of the recording that it is about, where it is about one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's reason for a finding, which is then no more to be acted on."""

    finding: str
    day: date
    code: str
    about: str
    reason: str
    said_by: str
    said_at: datetime
    """Aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of a recording."""

    customer: int | None
    """`None`: that it stays in holding."""
    row: str | None
    """The key of the row that was named, where one was."""
    said_by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Disposal:
    """A person's order that a recording's bytes go."""

    reason: str
    said_by: str
    said_at: datetime
    rule: Mapping[str, object]
    """`kind`, `name` and `years` of the rule, the customer's `last` day, and `until` when."""
    list: str
    """SHA-256 of the list that the recording stood in."""
    disposed_at: datetime | None = None
    """When its file was gone; `None`: it is to go yet. Times are aware, in UTC."""


class Kind(StrEnum):
    """What of a recording can be remembered."""

    NAME = "name"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A contact's name or a number that a person confirmed to be a customer's."""

    customer: int
    kind: Kind
    value: str
    """In its normal form."""
    recording: int
    """The one that it was confirmed of."""
    said_by: str
    said_at: datetime
    id: int = 0
    """By which it can be forgotten; 0 where it is not remembered, or not yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision puts a recording: nowhere is holding."""

    customer: int | None
    row: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an act changed of one recording."""

    recording: int
    before: Place
    after: Place
    """Not known before the decision that follows from a person's word."""
    word_before: Word | None
    word_after: Word | None


@dataclass(frozen=True, slots=True)
class Act:
    """A pass that changed something, or what a person did."""

    id: int
    kind: str
    """`pass`, `assign`, `unassign`, `undo` or `forget`."""
    at: datetime
    by: str | None
    """The person; `None` of a pass."""
    undoes: int | None
