"""Completeness of several days as JSON, for scripts: whole and by collector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit.completeness import Tally, by_collector, tally
from audit.day import DayReport
from audit.periods import Completeness, Period, by_month, by_week


def as_json(reports: Sequence[DayReport]) -> dict[str, object]:
    """`by_day`, `by_week`, `by_month` and `by_collector`, the latter over all days.

    Every customer is counted once a day, so all of them are sums of days.
    """
    days = {
        Period(one.date, one.date): Completeness(tally([one]), by_collector([one]))
        for one in sorted(reports, key=lambda one: one.date)
    }
    return {
        "by_day": _listed(days),
        "by_week": _listed(by_week(reports)),
        "by_month": _listed(by_month(reports)),
        "by_collector": _collectors(by_collector(reports)),
    }


def _listed(periods: Mapping[Period, Completeness]) -> list[dict[str, object]]:
    return [
        {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            **_figures(found.whole),
            "collectors": _collectors(found.collectors),
        }
        for period, found in periods.items()
    ]


def _collectors(collectors: Mapping[str | None, Tally]) -> list[dict[str, object]]:
    return [{"collector": name, **_figures(people)} for name, people in collectors.items()]


def _figures(people: Tally) -> dict[str, object]:
    return {
        "customers_due": people.due,
        "recorded": people.recorded,
        "late": people.late,
        "corrected": people.corrected,
        "missing": people.missing,
        "open": people.open,
    }
