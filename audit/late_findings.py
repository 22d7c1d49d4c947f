"""Which recordings came after a report had to miss them, and when. Pure.

Told in the report of the day that lacked them, and in that of the day on which they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from archive.records import Arrival, Recording
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules


def closed(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each customer of a day whose first recording came late.

    Where the sheet came no earlier than its recordings, nothing had been missing.
    """
    told: set[tuple[date, int | str]] = set()
    for arrival in (*_of_day(facts), *_elsewhere(facts, rules)):
        said = arrival.row.said
        whose = (said.day, arrival.row.customer or said.customer_name or said.key)
        if said.reached and whose not in told and _was_missed(arrival, rules):
            told.add(whose)
            yield _finding(arrival, rules)


def _of_day(facts: Facts) -> Iterator[Arrival]:
    """The first recording of each customer of the day."""
    first: dict[int | None, Recording] = {}
    for recordings in facts.filed_under.values():
        for one in recordings:
            known = first.setdefault(one.customer, one)
            if (one.arrived_at, one.source) < (known.arrived_at, known.source):
                first[one.customer] = one
    for one in first.values():
        assert one.row is not None  # it is filed under one of the day
        row = facts.calls[one.row]
        came = facts.sheets_came.get(row.sheet, one.arrived_at)
        yield Arrival(one.source, one.arrived_at, came, row)


def _elsewhere(facts: Facts, rules: Rules) -> Iterator[Arrival]:
    """What came on the day for others."""
    return (one for one in facts.came if rules.local(one.arrived_at).date() == facts.day)


def _was_missed(arrival: Arrival, rules: Rules) -> bool:
    """Whether a night's report lies between the row's coming and the recording's."""
    row_came = rules.local(arrival.row_arrived_at)
    night = max(arrival.row.said.day, row_came.date())
    reported = datetime.combine(night, rules.report_at, rules.timezone)
    if reported < row_came:
        reported += timedelta(days=1)
    return arrival.arrived_at > reported


def _finding(arrival: Arrival, rules: Rules) -> Finding:
    said = arrival.row.said
    return rules.finding(
        "missing_closed",
        About.of_row(said, arrival.row.sheet, arrival.source),
        who=said.customer_name or next(iter(said.numbers), rules.words("findings.nobody")),
        day=said.day,
        at=f"{rules.local(arrival.arrived_at):%Y-%m-%d %H:%M}",
    )
