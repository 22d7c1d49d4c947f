"""A month's calls held against the office's plan: who was called, reached and recorded when. Pure.

The legal department calls each customer once within the days that are planned for their grade; the
credit department calls each of its customers on so many days of the month. The latest row of a
customer says which department has them and who calls, the latest grade said is theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from archive.catalogue.customer_calls import CustomerCall
from audit.periods import Period
from config.calendar import Calendar
from config.forms import is_credit
from config.grades import Days, grade_of
from config.settings import Coverage as Planned

CREDIT = "credit"
"""The group of the credit department's customers; the others are named by their grades."""
NO_HOLIDAYS = Calendar()
UNPLANNED = "unplanned"
"""The group of those of whom no sheet says a grade that is planned."""


class Standing(StrEnum):
    """How a customer's calls stand to the plan, most urgent first."""

    NOT_CALLED = "not_called"
    PARTLY = "partly"
    """The credit department called, and too seldom."""
    OUTSIDE = "outside"
    """Called in the month, and not on the planned days."""
    DUE = "due"
    """There is time left."""
    UNPLANNED = "unplanned"
    DONE = "done"


PERSON = (Standing.NOT_CALLED, Standing.PARTLY)
"""What needs a person: nothing else can still be mended."""


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    group: str
    """A grade, `CREDIT` or `UNPLANNED`."""
    grade: str | None
    """The letter of the latest grade said."""
    department: str | None
    collector: str | None
    called: tuple[date, ...]
    """Days of the month, each once, as are those of `reached` and `recorded`."""
    reached: tuple[date, ...]
    recorded: tuple[date, ...]
    planned: Days | None
    """`None`: any days of the month."""
    before: date | None
    """The last call before the month, as far as is looked back."""
    standing: Standing

    @property
    def lacking(self) -> Sequence[date]:
        """Days on which the customer was reached and nothing is recorded."""
        return [day for day in self.reached if day not in self.recorded]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    planned: Days | None
    standings: Mapping[Standing, int]
    reached: int
    """Customers who were reached in the month."""
    recorded: int
    """Customers of whom there is a recording of a call in the month."""

    @property
    def customers(self) -> int:
        return sum(self.standings.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    month: Period
    today: date
    credit_calls: int
    """The credit department's plan."""
    customers: tuple[Customer, ...]
    """By group, the most urgent first."""
    groups: tuple[Group, ...]
    nameless: int
    """Rows of the month that name no customer clearly; they are nobody's call."""

    @property
    def planned(self) -> int:
        """Customers for whom there is a plan."""
        return sum(one.standing is not Standing.UNPLANNED for one in self.customers)

    @property
    def done(self) -> int:
        return sum(one.standing is Standing.DONE for one in self.customers)

    @property
    def needs_a_person(self) -> bool:
        return any(one.standing in PERSON for one in self.customers)


def cover(
    calls: Iterable[CustomerCall],
    planned: Planned,
    month: Period,
    today: date,
    nameless: int = 0,
    calendar: Calendar = NO_HOLIDAYS,
) -> Coverage:
    """The coverage of `month` as it stands on `today`; `calls` are in order and begin earlier."""
    ours = tuple((grade, in_month(days, month, calendar)) for grade, days in planned.plan)
    planned = replace(planned, plan=ours)
    rows: defaultdict[int, list[CustomerCall]] = defaultdict(list)
    for call in calls:
        rows[call.customer].append(call)
    plan = dict(planned.plan)
    order = [*plan, CREDIT, UNPLANNED]
    customers = [_customer(theirs, planned, month, today) for theirs in rows.values()]
    customers.sort(key=lambda one: (order.index(one.group), _URGENCY[one.standing], one.name))
    groups = [_group(name, plan.get(name), customers) for name in order]
    return Coverage(
        month=month,
        today=today,
        credit_calls=planned.credit_calls,
        customers=tuple(customers),
        groups=tuple(group for group in groups if group.customers),
        nameless=nameless,
    )


def in_month(planned: Days, month: Period, calendar: Calendar) -> Days:
    """The planned days; where the office works on none of them, they last on for as many days
    from the first on which it does: the first week of October is a holiday.
    """
    end = month.last.day
    first, last = min(planned.first, end), min(planned.last, end)
    days = (month.first.replace(day=day) for day in range(first, last + 1))
    resumed = calendar.working_day_from(month.first.replace(day=last))
    if any(map(calendar.is_working, days)) or resumed > month.last:
        return planned if planned.first == first else Days(first, last)
    return Days(first, min(resumed.day + last - first, end))


_URGENCY = {standing: rank for rank, standing in enumerate(Standing)}


def _customer(
    calls: Sequence[CustomerCall], planned: Planned, month: Period, today: date
) -> Customer:
    within = [call for call in calls if call.day >= month.first]
    grade = next((said for call in reversed(calls) if (said := grade_of(call.grade))), None)
    department = _latest(call.department for call in calls)
    plan = dict(planned.plan)
    group = CREDIT if is_credit(department) else grade if grade and grade in plan else UNPLANNED
    called = _days(within)
    if group == CREDIT:
        standing = _credit(called, planned.credit_calls, month, today)
    else:
        standing = _legal(called, plan.get(group), month, today)
    return Customer(
        name=calls[-1].name,
        group=group,
        grade=grade,
        department=department,
        collector=_latest(call.collector for call in calls),
        called=called,
        reached=_days(call for call in within if call.reached),
        recorded=_days(call for call in within if call.recorded),
        planned=plan.get(group),
        before=max((call.day for call in calls if call.day < month.first), default=None),
        standing=standing,
    )


def _latest(said: Iterable[str | None]) -> str | None:
    return next((one for one in reversed(list(said)) if one), None)


def _days(calls: Iterable[CustomerCall]) -> tuple[date, ...]:
    return tuple(sorted({call.day for call in calls}))


def _legal(called: Sequence[date], planned: Days | None, month: Period, today: date) -> Standing:
    if planned is None:
        return Standing.UNPLANNED
    if any(planned.first <= day.day <= planned.last for day in called):
        return Standing.DONE
    if today <= month.last.replace(day=min(planned.last, month.last.day)):
        return Standing.DUE
    return Standing.OUTSIDE if called else Standing.NOT_CALLED


def _credit(called: Sequence[date], least: int, month: Period, today: date) -> Standing:
    if len(called) >= least:
        return Standing.DONE
    if today <= month.last:
        return Standing.DUE
    return Standing.PARTLY if called else Standing.NOT_CALLED


def _group(name: str, planned: Days | None, customers: Iterable[Customer]) -> Group:
    theirs = [one for one in customers if one.group == name]
    standings = {one: sum(who.standing is one for who in theirs) for one in Standing}
    return Group(
        name=name,
        planned=planned,
        standings=standings,
        reached=sum(bool(one.reached) for one in theirs),
        recorded=sum(bool(one.recorded) for one in theirs),
    )
