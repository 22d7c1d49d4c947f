"""A month's coverage as flat tables of plain cells, for the workbook."""

from __future__ import annotations

from audit.coverage import Coverage, Customer, Group, Standing
from audit.coverage_wording import days, group_name, plan_of, standing
from audit.tables import Cell, Table
from config.language import Words

_GROUP_HEADS = ("group", "planned", "customers", "done", "outside", "due", "partly", "not_called")
_CUSTOMER_HEADS = (
    "customer", "group", "grade", "department", "collector", "standing", "called_on",
    "reached_on", "recorded_on", "lacking_on", "before",
)  # fmt: skip
_LOOKS = {
    Standing.NOT_CALLED: "error",
    Standing.PARTLY: "error",
    Standing.OUTSIDE: "warning",
    Standing.DUE: "info",
    Standing.DONE: "good",
}


def groups(coverage: Coverage, words: Words) -> Table:
    rows = [_group(one, coverage, words) for one in coverage.groups]
    return Table("groups", (*_GROUP_HEADS, "reached", "recorded"), rows)


def _group(one: Group, coverage: Coverage, words: Words) -> tuple[Cell, ...]:
    counts = (Standing.DONE, Standing.OUTSIDE, Standing.DUE, Standing.PARTLY, Standing.NOT_CALLED)
    return (
        group_name(words, one.name),
        plan_of(words, one.name, one.planned, coverage.credit_calls),
        one.customers,
        *(one.standings[count] for count in counts),
        one.reached,
        one.recorded,
    )


def customers(coverage: Coverage, words: Words) -> Table:
    looks = {standing(words, one): look for one, look in _LOOKS.items()}
    rows = [_customer(one, words) for one in coverage.customers]
    return Table("customers", _CUSTOMER_HEADS, rows, {"standing": looks})


def _customer(one: Customer, words: Words) -> tuple[Cell, ...]:
    return (
        one.name,
        group_name(words, one.group),
        one.grade,
        one.department,
        one.collector,
        standing(words, one.standing),
        days(one.called),
        days(one.reached),
        days(one.recorded),
        days(one.lacking),
        one.before,
    )
