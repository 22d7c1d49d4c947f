"""The calendar of the last months: where each day stands, and how it is shown. Pure.

It says how many customers were reached and of how many a recording is filed. Of the others it does
not say whether they are missing one or a held recording may be theirs: that would need every day to
be reconciled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.catalogue.reached import Reached
from audit.periods import Period, month_before, month_of

_MONTHS, _MOST_MONTHS = 3, 12
_FEW, _SOME = 0.9, 0.7
"""Shares from which a day lacks a few recordings only, or some."""


@dataclass(frozen=True, slots=True)
class Square:
    """One day, at its column (Monday is 0) and its row in the month, both from 0."""

    day: date
    column: int
    row: int
    look: str
    """`complete`, `few`, `some`, `many` lacking; `quiet`, nobody was reached; `ahead`, not yet."""
    reached: Reached
    wanted: bool
    """The page is about this day alone."""

    @property
    def without(self) -> int:
        return self.reached.customers - self.reached.recorded


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    squares: tuple[Square, ...]

    @property
    def rows(self) -> int:
        return self.squares[-1].row + 1

    @property
    def busy(self) -> Sequence[Square]:
        """The days on which somebody was reached."""
        return [one for one in self.squares if one.reached.customers]


def shown(first: date, last: date) -> Period:
    """Whole months: those of the range, three at least, and twelve at most; the last are kept."""
    begin = last.replace(day=1)
    for month in range(1, _MOST_MONTHS):
        if month >= _MONTHS and begin <= first:
            break
        begin = month_before(begin)
    return Period(begin, month_of(last).last)


def months(past: Mapping[date, Reached], first: date, last: date) -> Sequence[Month]:
    """The calendar of a page about the days from `first` to `last`."""
    whole = shown(first, last)
    found, begin = [], whole.first
    while begin <= whole.last:
        end = month_of(begin).last
        days = (begin + timedelta(days=at) for at in range(end.day))
        found.append(Month(begin, tuple(_square(one, past, first, last) for one in days)))
        begin = end + timedelta(days=1)
    return found


def _square(day: date, past: Mapping[date, Reached], first: date, last: date) -> Square:
    reached = past.get(day, Reached(0, 0))
    return Square(
        day=day,
        column=day.weekday(),
        row=(day.day - 1 + day.replace(day=1).weekday()) // 7,
        look="ahead" if day > last else _look(reached),
        reached=reached,
        wanted=first == last == day,
    )


def _look(reached: Reached) -> str:
    if not reached.customers:
        return "quiet"
    share = reached.recorded / reached.customers
    if share == 1:
        return "complete"
    return "few" if share >= _FEW else "some" if share >= _SOME else "many"
