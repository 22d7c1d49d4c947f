"""Whose recordings are kept no longer, by the office's rule: a customer's whole file. Pure.

Limitation restarts with each demand, so the last one of a customer keeps all that came before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.settings import KeepRule, Retention


class Bound(StrEnum):
    """Why a customer's file is not due, though its time is over."""

    HOLD = "hold"
    """Something of it is under legal hold."""
    UNDECIDED = "undecided"
    """A recording lies in holding that may be theirs, or one of theirs is being decided anew: no
    person has looked yet."""
    FAULT = "fault"
    """A copy is missing or altered: it is to be repaired first."""


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """What the catalogue knows of one customer's recordings."""

    customer: int
    name: str
    folder: str
    recordings: int
    """That lie there yet."""
    first: date
    """Of the oldest of them, and of the newest."""
    newest: date
    last: date
    """Of the last demand: the last recording that ever was, or the last call in a sheet."""
    departments: frozenset[str]
    """As sheets call those who called."""
    grades: frozenset[str]
    """That the customer ever had."""
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Over:
    """A file whose time is over."""

    file: CustomerFile
    rule: KeepRule
    until: date
    """The last day on which it was to be kept."""

    @property
    def is_due(self) -> bool:
        return self.file.bound is None


def over(files: Iterable[CustomerFile], retention: Retention, on: date) -> Iterator[Over]:
    """Those of `files` that need not be kept any more on this day."""
    for file in files:
        rule = retention.applying(file.departments, file.grades)
        until = rule.last_day(file.last)
        if until < on:
            yield Over(file, rule, until)


def recordings_due(every: Sequence[Over]) -> int:
    return sum(one.file.recordings for one in every if one.is_due)
