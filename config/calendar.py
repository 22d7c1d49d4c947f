"""The office's calendar: which days are worked. Pure.

In China some weekends before and after a long holiday are worked; the government announces both
each autumn for the year to come. So a day that is named as worked is, whatever else is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONDAY_TO_FRIDAY = frozenset(range(1, 6))
_DAY = timedelta(days=1)
_LONGEST = 366
"""Days that are looked through for one that is worked."""


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    """Of a week, from 1 for Monday to 7 for Sunday."""
    holidays: tuple[Days, ...] = ()
    extra_working_days: frozenset[date] = frozenset()
    """Worked, though they are a weekend or within a holiday."""

    def is_working(self, day: date) -> bool:
        if day in self.extra_working_days:
            return True
        off = any(holiday.has(day) for holiday in self.holidays)
        return day.isoweekday() in self.working_days and not off

    def working_day_from(self, day: date) -> date:
        """The first working day from `day` on, itself included; `day` where a year has none."""
        following = (day + count * _DAY for count in range(_LONGEST))
        return next(filter(self.is_working, following), day)

    def working_days_before(self, day: date, count: int) -> tuple[date, ...]:
        """The last `count` working days before `day`, the nearest first; of the last year."""
        return tuple(found for _, found in zip(range(count), self._before(day), strict=False))

    def _before(self, day: date) -> Iterator[date]:
        earlier = (day - count * _DAY for count in range(1, _LONGEST + 1))
        return filter(self.is_working, earlier)
