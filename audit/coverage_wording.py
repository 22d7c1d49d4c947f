"""How coverage is worded in every form: groups, plans, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from audit.coverage import CREDIT, UNPLANNED, Coverage, Customer, Standing
from config.grades import Days
from config.language import Words


def group_name(words: Words, group: str) -> str:
    if group in (CREDIT, UNPLANNED):
        return words(f"coverage.{group}")
    return words("coverage.grade", grade=group)


def plan_of(words: Words, group: str, planned: Days | None, credit_calls: int) -> str:
    if group == CREDIT:
        return words("coverage.plan_credit", count=credit_calls)
    if planned is None:
        return words("coverage.plan_none")
    return words("coverage.plan_days", first=planned.first, last=planned.last)


def standing(words: Words, one: Standing) -> str:
    return words(f"report.{one}")


def days(of: Iterable[date]) -> str:
    """Days of one month, `3, 17`."""
    return ", ".join(str(day.day) for day in of)


def to_do(words: Words, coverage: Coverage) -> Iterator[str]:
    """A sentence for each customer who needs a call."""
    for one in coverage.customers:
        if one.standing is Standing.NOT_CALLED:
            yield _not_called(words, one)
        elif one.standing is Standing.PARTLY:
            yield words(
                "coverage.partly",
                who=one.name,
                days=days(one.called),
                collector=_caller(words, one),
            )
    if coverage.nameless:
        yield words("coverage.nameless", count=coverage.nameless)


def _not_called(words: Words, one: Customer) -> str:
    collector = _caller(words, one)
    if one.before is None:
        return words("coverage.not_called", who=one.name, collector=collector)
    return words("coverage.not_called_since", who=one.name, before=one.before, collector=collector)


def _caller(words: Words, one: Customer) -> str:
    return one.collector or words("coverage.somebody")


def state(coverage: Coverage) -> str:
    """`act`, `open` or `done`, as pages and terminals colour them."""
    if coverage.needs_a_person:
        return "act"
    is_due = any(one.standing is Standing.DUE for one in coverage.customers)
    return "open" if is_due else "done"
