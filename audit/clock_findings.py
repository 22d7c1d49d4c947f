"""What is found about the clocks that recordings and rows go by. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from archive.records import NewRow, Recording, Row
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules
from matcher.names import canonical

_ENOUGH = 5
"""Calls from which a clock can be told; fewer may be off alike by chance."""
_NOTICED, _ALIKE = 10.0, 5.0
"""Minutes: times are often written down when a call is over, and rounded to five minutes."""
_SHARE = 0.8
_TO_THE_MINUTE = ("second", "minute")


@dataclass(frozen=True, slots=True)
class Drift:
    """How a collector's recordings stand to the rows that they are filed under."""

    collector: str | None
    sheet: str
    minutes: float
    """That the recordings are later than the rows; negative: earlier."""
    calls: int
    """From which that is told."""


def clock_drift(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each collector whose recordings are all off by about the same."""
    for drift in drifts(facts, rules).values():
        way = "later" if drift.minutes > 0 else "earlier"
        yield rules.finding(
            "clock_drift",
            About(collector=drift.collector, sheet=drift.sheet),
            who=drift.collector or rules.words("findings.somebody"),
            count=drift.calls,
            off=rules.words(f"findings.clock_{way}", minutes=f"{abs(drift.minutes):.0f}"),
        )


def drifts(facts: Facts, rules: Rules) -> Mapping[str, Drift]:
    """By the collector's name in its plain form."""
    apart: defaultdict[str, list[tuple[float, Row]]] = defaultdict(list)
    for row in facts.rows:
        written = moment(row.said, rules)
        recorded = [at for one in facts.filed_under[row.id] if (at := moment(one, rules))]
        if written and len(recorded) == 1:  # of several, which is the one that was written down?
            minutes = (recorded[0] - written).total_seconds() / 60
            apart[canonical(row.said.collector or "")].append((minutes, row))
    found = ((name, _drift(calls)) for name, calls in apart.items())
    return {name: drift for name, drift in found if drift is not None}


def _drift(calls: Sequence[tuple[float, Row]]) -> Drift | None:
    middle = median(minutes for minutes, _ in calls)
    alike = sum(abs(minutes - middle) <= _ALIKE for minutes, _ in calls)
    if len(calls) < _ENOUGH or abs(middle) < _NOTICED or alike < _SHARE * len(calls):
        return None
    first = calls[0][1]
    return Drift(first.said.collector, first.sheet, middle, len(calls))


def moment(stated: NewRow | Recording, rules: Rules) -> datetime | None:
    """The time of the call that a row or a recording states to the minute; local."""
    at = stated.called_at if isinstance(stated, NewRow) else stated.started_at
    return rules.local(at) if at and stated.precision in _TO_THE_MINUTE else None
