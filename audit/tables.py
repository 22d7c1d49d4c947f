"""The report as flat tables of plain cells, for forms that people filter and sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from audit.actions import SEVERITIES, Found, action_of, found
from audit.completeness import State, by_collector, held, state, tally
from audit.day import CallLine, CandidateLine, DayReport, RecordingLine
from audit.wording import status, title
from config.language import Words

Cell = str | int | float | date | tuple[str, ...] | None
"""A tuple is several lines in one cell."""

_STATE_LOOKS = {State.ACT: "error", State.LOOK: "warning", State.OPEN: "info", State.DONE: "good"}
_STATUS_LOOKS = {
    "filed": "good",
    "ambiguous": "warning",
    "unmatched": "warning",
    "damaged": "error",
    "refused": "error",
}


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    """Plain ASCII; where the table has a tab of its own, the key of its title too."""
    heads: tuple[str, ...]
    """Keys in the report's words."""
    rows: list[tuple[Cell, ...]]
    looks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Which words of which column stand out: `{head: {word: "error" | "warning" | ...}}`."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose heads may be others' words."""

    name: str
    """Plain ASCII."""
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _heads(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def days(reports: Sequence[DayReport], words: Words) -> Table:
    heads = _heads(
        "date state calls reached customers_due recorded missing open held recordings findings"
    )
    looks = {words(f"report.state_{name}"): look for name, look in _STATE_LOOKS.items()}
    return Table("by_day", heads, [_day(report, words) for report in reports], {"state": looks})


def _day(report: DayReport, words: Words) -> tuple[Cell, ...]:
    people = tally([report])
    return (
        report.date,
        words(f"report.state_{state([report])}"),
        len(report.calls),
        report.counts.get("reached", 0),
        people.due,
        people.recorded,
        people.missing,
        people.open,
        held(report),
        len(report.recordings),
        len(report.findings),
    )


def collectors(reports: Sequence[DayReport], words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            report.date,
            collector or words("report.nobody"),
            people.due,
            people.recorded,
            people.missing,
            people.open,
        )
        for report in reports
        for collector, people in by_collector([report]).items()
    ]
    heads = _heads("date collector customers_due recorded missing open")
    return Table("by_collector", heads, rows)


def findings(reports: Sequence[DayReport], words: Words) -> Table:
    heads = _heads("date severity what action customer collector message source sheet line code")
    looks = {words(f"report.severity_{name}"): str(name) for name in SEVERITIES}
    rows = [_finding(item, words) for item in found(reports)]
    return Table("findings", heads, rows, {"severity": looks})


def _finding(item: Found, words: Words) -> tuple[Cell, ...]:
    finding = item.finding
    return (
        item.day,
        words(f"report.severity_{finding.severity}"),
        title(words, finding.code),
        words(f"report.action_{action_of(finding)}"),
        finding.customer,
        finding.collector,
        finding.message,
        finding.source,
        finding.sheet,
        finding.line,
        finding.code,
    )


def calls(reports: Sequence[DayReport], words: Words) -> Table:
    heads = _heads("date customer collector reached file_count recordings sheet tab line")
    rows = [_call(report.date, line, words) for report in reports for line in report.calls]
    return Table("calls", heads, rows)


def _call(day: date, line: CallLine, words: Words) -> tuple[Cell, ...]:
    reached = {True: "yes", False: "no", None: "unknown"}[line.reached]
    return (
        day,
        line.customer,
        line.collector,
        words(f"report.{reached}"),
        len(line.recordings),
        line.recordings,
        line.call.sheet,
        line.call.tab,
        line.call.line,
    )


def recordings(reports: Sequence[DayReport], words: Words) -> Table:
    heads = _heads(
        "date source status customer collector seconds bytes format sheet "
        "tab line archive_path mirror reasons candidates sha256"
    )
    looks = {status(words, name): look for name, look in _STATUS_LOOKS.items()}
    rows = [_recording(report.date, x, words) for report in reports for x in report.recordings]
    return Table("recordings", heads, rows, {"status": looks})


def _recording(day: date, line: RecordingLine, words: Words) -> tuple[Cell, ...]:
    call = line.call
    return (
        day,
        line.source,
        status(words, line.status),
        line.customer,
        line.collector,
        line.duration_seconds,
        line.size,
        line.format,
        call.sheet if call else None,
        call.tab if call else None,
        call.line if call else None,
        line.archive_path,
        words(f"report.mirror_{line.mirror.state}"),
        line.reasons,
        tuple(_candidates(line.candidates, words)),
        line.sha256,
    )


def _candidates(candidates: Sequence[CandidateLine], words: Words) -> Iterator[str]:
    for candidate in candidates:
        customer = candidate.customer or words("report.nobody")
        row = words("report.row", line=candidate.call.line)
        yield f"{customer} · {candidate.call.sheet} · {candidate.call.tab} · {row}"
