"""What is found about the rows of a day's sheets. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from archive.records import Row
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules
from config.forms import is_credit, required

_QUIET_FROM, _QUIET_TO = time(22), time(8)
"""No calls between (贷后催收业务指引 2024; GB/T 45251-2025)."""
_CALLS_A_DAY = 3
"""At most so many to one debtor (the same)."""
_TO_THE_MINUTE = ("second", "minute")
_DUE_DAY, _GRACE_DAYS = 15, 1
"""Payments are due on the 15th; a credit collector may grant one day."""


def about_rows(facts: Facts, rules: Rules) -> Iterator[Finding]:
    for row in facts.rows:
        if row.said.problems:
            yield _finding("row_unreadable", row, rules, why=_problems(row, rules))
        if row.said.reached and (blank := _blank(row)):
            yield _finding("incomplete_row", row, rules, fields=rules.fields(blank))
        if row.said.customer_name and row.customer is None:
            yield _finding("customer_unclear", row, rules)
        if (latest := _latest_promise(row)) and row.said.promised:
            yield _finding(
                "promise_beyond_authority", row, rules, promised=row.said.promised, latest=latest
            )
        if called := next(filter(_out_of_hours, _called_at(row, facts, rules)), None):
            yield _finding("call_out_of_hours", row, rules, time=f"{called:%H:%M}")


def too_many_calls(facts: Facts, rules: Rules) -> Iterator[Finding]:
    calls: defaultdict[int, list[Row]] = defaultdict(list)
    for row in facts.rows:
        if row.customer is not None:
            calls[row.customer].append(row)
    for rows in calls.values():
        if len(rows) > _CALLS_A_DAY:
            yield _finding("too_many_calls", rows[-1], rules, count=len(rows), most=_CALLS_A_DAY)


def _finding(code: str, row: Row, rules: Rules, **values: object) -> Finding:
    said = row.said
    return rules.finding(
        code,
        About(said.customer_name, said.collector, None, row.sheet, said.line),
        tab=said.tab,
        at=said.line,
        where=row.sheet,
        who=said.customer_name or "",
        **values,
    )


def _problems(row: Row, rules: Rules) -> str:
    return " ".join(rules.words.say(problem) for problem in row.said.problems)


def _blank(row: Row) -> list[str]:
    """The required fields that the sheet has a column for and this row leaves empty."""
    said = row.said
    given = {
        "customer": said.customer_name,
        "numbers": said.numbers,
        "promised": said.promised or said.promised_text,
        "location": said.location,
        "hours": said.hours,
        **dict(said.further),
    }
    needed = required(said.department, row.columns)
    return [field for field in needed if field in row.columns and not given.get(field)]


def _latest_promise(row: Row) -> date | None:
    """The last day that a credit collector could promise, where this row goes beyond it.

    The rule speaks of calls up to the due day and its grace: who is called later is overdue.
    """
    said = row.said
    latest = said.day.replace(day=_DUE_DAY + _GRACE_DAYS)
    if (
        not is_credit(said.department)
        or said.promised is None
        or said.day > latest
        or said.promised <= latest
    ):
        return None
    return latest


def _called_at(row: Row, facts: Facts, rules: Rules) -> list[datetime]:
    """When the customer was called: the recordings' clock before the collector's hand."""
    recorded = [(one.started_at, one.precision) for one in facts.filed_under[row.id]]
    return _moments(recorded, rules) or _moments([(row.said.called_at, row.said.precision)], rules)


def _moments(stated: Iterable[tuple[datetime | None, str | None]], rules: Rules) -> list[datetime]:
    return [rules.local(at) for at, precision in stated if at and precision in _TO_THE_MINUTE]


def _out_of_hours(called: datetime) -> bool:
    return called.time() >= _QUIET_FROM or called.time() < _QUIET_TO
