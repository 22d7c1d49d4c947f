"""By what a finding is the same one in every report of its day. Pure.

A finding is named by the day, its code and what it is about; by nothing that a corrected sheet
moves (the line) and nothing that is only told along (how many, which file of several). A row
without a name goes by its numbers, and by its line only where it has none of these. What would
still be named alike is told apart by its place among so many of them. When their number changes,
all of them are new ones: an answer is rather given again than taken for one to something else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.answer_form import id_of
from audit.day import CallLine, Finding
from matcher.names import canonical

_OF_CUSTOMER = (
    "missing_recording",
    "missing_closed",
    "extra_recording",
    "more_recordings_than_calls",
)
"""Once for a customer, whichever of their rows or recordings they name."""
_OF_COLLECTOR = ("late_handoff", "handoff_missing", "sheet_without_recordings", "clock_drift")
"""Once for a collector, whichever file they name."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Of a row, among the day's with its customer's name, or of its number where it has none."""

    among_all: str
    """Which one of how many: where one comes or goes, all are others."""
    has_namesakes: bool
    """Some of them are another customer's."""


_Places = Mapping[tuple[str, str, int, str], _Place]


def identified(
    day: date, findings: Sequence[Finding], calls: Sequence[CallLine]
) -> tuple[Finding, ...]:
    """The findings of a day's report with their ids, such as `261116-3f9a2c1b`.

    `calls` are the day's, by which a row is told from others of the same customer.
    """
    places = _places(calls)
    subjects = [(one.code, *_subject(one, places)) for one in findings]
    alike, seen = Counter(subjects), Counter[tuple[str, ...]]()
    told = []
    for finding, subject in zip(findings, subjects, strict=True):
        seen[subject] += 1
        place = (f"{seen[subject]}/{alike[subject]}",) if alike[subject] > 1 else ()
        told.append(replace(finding, id=id_of(day, (*subject, *place))))
    return tuple(told)


def _subject(finding: Finding, places: _Places) -> tuple[str, ...]:
    """What it is about, by its surest name."""
    name = canonical(finding.customer) if finding.customer else ""
    who = name or finding.apart
    if finding.code in _OF_COLLECTOR:
        return ("collector", finding.collector or "")
    place = places.get((finding.sheet or "", finding.tab or "", finding.line or 0, name))
    if finding.code in _OF_CUSTOMER and who:
        return ("customer", who, place.among_all if place and place.has_namesakes else "")
    if finding.source:
        return ("file", finding.source)
    if finding.line is not None and who:
        return ("row", who, place.among_all if place else "")
    if finding.sheet:
        return ("sheet", finding.sheet, f"{finding.tab}|{finding.line}" if finding.line else "")
    return ("day", who, finding.collector or "")


def _places(calls: Sequence[CallLine]) -> _Places:
    """Of each row its place among those of the customer's name: lines move, their order stays."""
    rows: defaultdict[tuple[str, str | None], list[CallLine]] = defaultdict(list)
    for call in calls:
        name = canonical(call.customer) if call.customer else ""
        rows[name, None if name else call.who].append(call)
    return {
        (call.call.sheet, call.call.tab, call.call.line, name): _Place(
            f"{place}/{len(theirs)}", len({one.who for one in theirs}) > 1
        )
        for (name, _), theirs in rows.items()
        for place, call in enumerate(theirs, 1)
    }
