"""A month's coverage as one page that needs nothing else; the look stands in `coverage.html.j2`."""

from __future__ import annotations

from datetime import date, datetime

from audit.coverage import PERSON, Coverage, Customer, Standing
from audit.coverage_wording import days, group_name, plan_of, standing, state, to_do
from audit.html import page_environment
from config.language import Words

BARS = {
    Standing.DONE: "full",
    Standing.OUTSIDE: "off",
    Standing.DUE: "wait",
    Standing.UNPLANNED: "wait",
    Standing.PARTLY: "lack",
    Standing.NOT_CALLED: "lack",
}
"""The parts of a group's bar, from left to right, and how each is drawn."""


def render(coverage: Coverage, office: str, words: Words, now: datetime) -> str:
    """The page in the language of `words`; `now` is aware, in the office's zone."""
    environment = page_environment(words)
    environment.filters |= {"standing": lambda one: standing(words, one)}
    environment.globals |= {
        "tell": lambda key, **values: words(f"coverage.{key}", **values),
        "group_name": lambda group: group_name(words, group.name),
        "plan_of": lambda one: plan_of(words, one.name, one.planned, coverage.credit_calls),
        "of_group": lambda one: [who for who in coverage.customers if who.group == one.name],
        "call": call,
        "strip_told": lambda one: "; ".join(
            words("coverage.days_told", day=day.day, what=words(f"coverage.{call(one, day)}"))
            for day in one.called
        ),
        "days": days,
        "bars": BARS,
        "person": PERSON,
    }
    return environment.get_template("coverage.html.j2").render(
        coverage=coverage,
        office=office,
        state=state(coverage),
        counts={one: sum(who.standing is one for who in coverage.customers) for one in Standing},
        sentences=list(to_do(words, coverage)),
        generated_at=now.strftime("%Y-%m-%d %H:%M %z"),
    )


def call(one: Customer, day: date) -> str:
    """What a day of the strip shows: `recorded`, `reached` without a recording, or `called`."""
    if day in one.recorded:
        return "recorded"
    return "reached" if day in one.reached else "called"
