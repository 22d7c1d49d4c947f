"""When the office works: Monday to Friday without holidays, and days that make up for those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from config.calendar import Calendar, Days

_HOLIDAYS = (
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
    (date(2027, 1, 1), date(2027, 1, 3)),
    (date(2027, 2, 5), date(2027, 2, 11)),
    (date(2027, 4, 3), date(2027, 4, 5)),
    (date(2027, 5, 1), date(2027, 5, 5)),
)
_MADE_UP_FOR = frozenset(
    {
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
        date(2027, 2, 14),
        date(2027, 5, 8),
    }
)
_FIRST_MONDAY, _WEEKS = date(2026, 3, 2), 56


CALENDAR = Calendar(
    holidays=tuple(Days(first, last) for first, last in _HOLIDAYS),
    extra_working_days=_MADE_UP_FOR,
)
"""As the office sets it."""


def is_holiday(day: date) -> bool:
    return any(first <= day <= last for first, last in _HOLIDAYS)


def is_working(day: date) -> bool:
    return day in _MADE_UP_FOR or (day.weekday() < 5 and not is_holiday(day))


def working_days(rng: Random, count: int) -> tuple[date, ...]:
    """So many in a row, from the Monday of some week on or just after it."""
    first = _FIRST_MONDAY + timedelta(weeks=rng.randrange(_WEEKS))
    days = (day for day in every_day(first) if is_working(day))
    return tuple(next(days) for _ in range(count))


def every_day(first: date, last: date = date.max) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
