"""Completeness of longer times than a day: by week and by month, whole and by collector. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audit.completeness import Tally, by_collector, tally
from audit.day import DayReport


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some days that follow one another, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Completeness:
    """Customers are counted once a day, so that of a period is the sum of its days."""

    whole: Tally
    collectors: Mapping[str | None, Tally]


def week_of(day: date) -> Period:
    """From Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def month_before(first: date) -> date:
    """The first day of the month before that of `first`."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def by_week(reports: Sequence[DayReport]) -> Mapping[Period, Completeness]:
    return _by(week_of, reports)


def by_month(reports: Sequence[DayReport]) -> Mapping[Period, Completeness]:
    return _by(month_of, reports)


def _by(
    period_of: Callable[[date], Period], reports: Sequence[DayReport]
) -> Mapping[Period, Completeness]:
    found: defaultdict[Period, list[DayReport]] = defaultdict(list)
    for report in reports:
        found[period_of(report.date)].append(report)
    return {
        period: Completeness(tally(days), by_collector(days))
        for period, days in sorted(found.items())
    }
