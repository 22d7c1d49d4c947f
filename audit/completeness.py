"""How complete days are: whose reached customers have their recording, and whose have not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from audit.day import CallLine, CallRef, DayReport, Severity

HELD = ("ambiguous", "unmatched", "damaged")
_Standing = tuple[CallLine, str]


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
    late: int = 0
    """Of those recorded: their first recording came after the deadline."""
    corrected: int = 0
    """Of those late: it came only after that night's report."""

    @property
    def open(self) -> int:
        """Neither recorded nor missed: a recording that waits for a decision may be theirs."""
        return self.due - self.recorded - self.missing

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.due + other.due,
            self.recorded + other.recorded,
            self.missing + other.missing,
            self.late + other.late,
            self.corrected + other.corrected,
        )


def tally(reports: Iterable[DayReport]) -> Tally:
    return sum((_fold(_reached(report)) for report in reports), Tally())


def by_collector(reports: Iterable[DayReport]) -> dict[str | None, Tally]:
    """One tally per collector, by name; calls of nobody named come last under `None`."""
    total: defaultdict[str | None, Tally] = defaultdict(Tally)
    for report in reports:
        calls: defaultdict[str | None, list[_Standing]] = defaultdict(list)
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


def _reached(report: DayReport) -> list[_Standing]:
    """Calls that need a recording, with `recorded`, `missed` (the finding's own row), `missing`
    (another row of such a customer) or `open`.
    """
    rows = {
        (finding.sheet, finding.tab, finding.line, finding.customer)
        for finding in report.findings
        if finding.code == "missing_recording"
    }
    absent = {customer for *_, customer in rows}
    calls = [(call, _whom(call), call.customer in absent) for call in report.calls]
    named = {call.call for call, _, maybe in calls if maybe and not rows.isdisjoint(_places(call))}
    missed = {whom for call, whom, maybe in calls if maybe and call.call in named} - {None}
    recorded = {whom for call, whom, _ in calls if call.recordings} - {None}

    def standing(call: CallLine, whom: str | None, maybe: bool) -> str:
        if maybe and call.call in named:
            return "missed"
        if call.recordings or whom in recorded:
            return "recorded"
        return "missing" if whom in missed else "open"

    return [(one[0], standing(*one)) for one in calls if one[0].reached]


def _places(call: CallLine) -> Collection[tuple[str, str | None, int, str | None]]:
    """What a finding may say of its row; an older report's says no tab."""
    at = call.call
    return [(at.sheet, tab, at.line, call.customer) for tab in (at.tab, None)]


def _whom(call: CallLine) -> str | None:
    return call.who or call.customer


def _fold(calls: Iterable[_Standing]) -> Tally:
    """Several calls to one customer count once."""
    customers: defaultdict[str | CallRef, list[_Standing]] = defaultdict(list)
    for call, standing in calls:
        customers[_whom(call) or call.call].append((call, standing))
    return sum(map(_one, customers.values()), Tally())


def _one(calls: Sequence[_Standing]) -> Tally:
    """Where only names tell, one with a recording does not hide a namesake without."""
    seen = [standing for _, standing in calls]
    recorded = min(seen.count("recorded"), 1)
    missing = max(seen.count("missed"), 0 if recorded else min(seen.count("missing"), 1))
    with_one = [call for call, _ in calls if call.recordings]
    late = int(bool(with_one) and all(call.late for call in with_one))
    corrected = int(bool(with_one) and all(call.corrected for call in with_one))
    return Tally(max(1, recorded + missing), recorded, missing, late, corrected)


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
