"""The findings of some days, under what a person is to do about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from audit.day import DayReport, Finding, RecordingLine, Severity

SEVERITIES = tuple(Severity)

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "rescue": (
        "archive_unreachable",
        "inbox_unreachable",
        "passes_stopped",
        "disk_nearly_full",
        "mirror_silent",
        "clock_off",
        "copies_bad",
        "custody_broken",
        "archive_missing",
        "archive_altered",
        "unread_recording",
        "mirror_missing",
        "mirror_altered",
        "mirror_failed",
        "mirror_pending",
        "mirror_unlocked",
        "mirror_off",
        "retention_due",
    ),
    "hand_in": (
        "nothing_handed_over",
        "handoff_missing",
        "sheet_without_recordings",
        "missing_recording",
        "completeness_low",
        "sheet_missing",
        "recordings_of_another_day",
        "sheet_unreadable",
        "refused_file",
    ),
    "decide": (
        "filing_withdrawn",
        "hold_of_former",
        "ambiguous_recording",
        "unmatched_recording",
    ),
    "check": (
        "damaged_recording",
        "silent_recording",
        "header_wrong",
        "extra_recording",
        "more_recordings_than_calls",
        "duration_differs",
        "clock_drift",
        "recording_replaced",
    ),
    "correct": (
        "incomplete_row",
        "row_unreadable",
        "sheet_problem",
        "column_missing",
        "customer_unclear",
        "duplicate_sheet",
        "answer_unknown",
    ),
    "talk": (
        "promise_beyond_authority",
        "late_handoff",
        "call_out_of_hours",
        "too_many_calls",
        "duplicate_recording",
        "row_edited",
        "held_by_person",
        "missing_closed",
        "answers_read",
    ),
    "other": (),
    "answered": (),
    "know": (),
}
"""What a person does about a finding, most urgent first; the remedies themselves are in `report`'s
words. A finding that is only `info` is always to `know`, one for which a reason was given is
`answered`, a code not named here is `other`."""

FOLDED = ("answered", "know")
"""Those under which nothing is to be done."""

_ACTION_OF = {code: action for action, codes in ACTIONS.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the day it belongs to and the recording that it names."""

    day: date
    finding: Finding
    recording: RecordingLine | None


def found(reports: Iterable[DayReport]) -> list[Found]:
    """Every finding, gravest first, then by day, collector and place."""
    every: list[Found] = []
    for report in reports:
        recordings = {line.source: line for line in report.recordings}
        every.extend(
            Found(report.date, finding, recordings.get(finding.source or ""))
            for finding in report.findings
        )
    return sorted(every, key=_rank)


def _rank(item: Found) -> tuple[int, date, str, str, str, int]:
    finding = item.finding
    return (
        SEVERITIES.index(finding.severity),
        item.day,
        finding.collector or "",
        finding.code,
        finding.sheet or finding.source or "",
        finding.line or 0,
    )


def by_action(items: Iterable[Found]) -> dict[str, list[Found]]:
    """The findings under what is to be done about them, most urgent first; none is empty."""
    groups: dict[str, list[Found]] = {action: [] for action in ACTIONS}
    for item in items:
        groups[action_of(item.finding)].append(item)
    return {action: items for action, items in groups.items() if items}


def action_of(finding: Finding) -> str:
    if finding.answer is not None:
        return "answered"
    return "know" if finding.severity is Severity.INFO else _ACTION_OF.get(finding.code, "other")
