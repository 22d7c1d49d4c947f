"""A month's coverage as JSON, for scripts: keys and codes are the same in every language."""

from __future__ import annotations

from audit.coverage import Coverage, Customer, Group
from config.grades import Days


def as_json(coverage: Coverage) -> dict[str, object]:
    return {
        "month": f"{coverage.month.first:%Y-%m}",
        "as_of": coverage.today.isoformat(),
        "groups": [_group(one) for one in coverage.groups],
        "customers": [_customer(one) for one in coverage.customers],
        "rows_without_customer": coverage.nameless,
    }


def _group(one: Group) -> dict[str, object]:
    return {
        "group": one.name,
        "planned_days": _days(one.planned),
        "customers": one.customers,
        **{str(standing): count for standing, count in one.standings.items()},
        "reached": one.reached,
        "recorded": one.recorded,
    }


def _customer(one: Customer) -> dict[str, object]:
    return {
        "customer": one.name,
        "group": one.group,
        "grade": one.grade,
        "department": one.department,
        "collector": one.collector,
        "standing": str(one.standing),
        "planned_days": _days(one.planned),
        "called": [day.isoformat() for day in one.called],
        "reached": [day.isoformat() for day in one.reached],
        "recorded": [day.isoformat() for day in one.recorded],
        "last_call_before": one.before.isoformat() if one.before else None,
    }


def _days(planned: Days | None) -> list[int] | None:
    return [planned.first, planned.last] if planned else None
