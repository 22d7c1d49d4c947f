"""How complete a day is: whose reached customers have their recording, and whose have not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from audit.day import CallLine, CallRef, DayReport, Severity

HELD = ("ambiguous", "unmatched", "damaged")


class State(StrEnum):
    ACT = "act"
    LOOK = "look"
    OPEN = "open"
    ANSWERED = "answered"
    """Not complete, and a reason was given for all that is to be acted on."""
    DONE = "done"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Tally:
    """Customers reached in a day, each counted once: an office keeps one recording per customer."""

    due: int = 0
    recorded: int = 0
    missing: int = 0

    @property
    def open(self) -> int:
        """Neither recorded nor missed: a recording that waits for a decision may be theirs."""
        return self.due - self.recorded - self.missing

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.due + other.due, self.recorded + other.recorded, self.missing + other.missing
        )


def tally(reports: Iterable[DayReport]) -> Tally:
    return sum((_fold(_reached(report)) for report in reports), Tally())


def by_collector(reports: Iterable[DayReport]) -> dict[str | None, Tally]:
    """One tally per collector, by name; calls of nobody named come last under `None`."""
    total: defaultdict[str | None, Tally] = defaultdict(Tally)
    for report in reports:
        calls: defaultdict[str | None, list[tuple[CallLine, str]]] = defaultdict(list)
        for call, standing in _reached(report):
            calls[call.collector].append((call, standing))
        for collector, theirs in calls.items():
            total[collector] += _fold(theirs)
    return {name: total[name] for name in sorted(total, key=lambda name: (name is None, name))}


def lacking(report: DayReport) -> frozenset[CallRef]:
    """Every call to a customer whose recording is missing; the finding names only one of them."""
    return frozenset(
        call.call for call, standing in _reached(report) if standing in ("missed", "missing")
    )


def _reached(report: DayReport) -> list[tuple[CallLine, str]]:
    """Calls that need a recording, with `recorded`, `missed` (the finding's own row), `missing`
    (another row of such a customer) or `open`.
    """
    missing = [finding for finding in report.findings if finding.code == "missing_recording"]
    rows = {(finding.sheet, finding.line, finding.customer) for finding in missing}
    missed = {finding.customer for finding in missing if finding.customer}
    filed = {line.customer for line in report.recordings if line.status == "filed"}

    def standing(call: CallLine) -> str:
        if (call.call.sheet, call.call.line, call.customer) in rows:
            return "missed"
        if call.recordings or (call.customer and call.customer in filed):
            return "recorded"
        return "missing" if call.customer in missed else "open"

    return [(call, standing(call)) for call in report.calls if call.reached]


def _fold(calls: Iterable[tuple[CallLine, str]]) -> Tally:
    """Several calls to one customer count once; of two customers of one name the one with a
    recording does not hide the one without.
    """
    customers: defaultdict[str | CallRef, Counter[str]] = defaultdict(Counter)
    for call, standing in calls:
        customers[call.customer or call.call][standing] += 1
    total = Tally()
    for seen in customers.values():
        recorded = min(seen["recorded"], 1)
        missing = max(seen["missed"], 0 if recorded else min(seen["missing"], 1))
        total += Tally(max(1, recorded + missing), recorded, missing)
    return total


def held(report: DayReport) -> int:
    """Recordings that wait in holding for a person."""
    return sum(line.status in HELD for line in report.recordings)


def state(reports: Sequence[DayReport]) -> State:
    findings = [finding for report in reports for finding in report.findings]
    graves = {finding.severity for finding in findings if finding.is_to_act_on}
    people = tally(reports)
    if Severity.ERROR in graves:
        return State.ACT
    if Severity.WARNING in graves or any(map(_undecided, reports)):
        return State.LOOK
    if people.open:
        return State.OPEN
    if any(finding.answer and finding.severity is not Severity.INFO for finding in findings):
        return State.ANSWERED
    return State.DONE if people.due else State.QUIET


def _undecided(report: DayReport) -> bool:
    """Whether a recording is held for which nobody gave a reason."""
    answered = {finding.source for finding in report.findings if finding.answer is not None}
    return any(line.status in HELD and line.source not in answered for line in report.recordings)
