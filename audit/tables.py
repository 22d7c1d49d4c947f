"""The report as flat tables of plain cells, for forms that people filter and sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from audit.actions import SEVERITIES, Found, action_of, found
from audit.completeness import State, Tally, by_collector, held, state, tally
from audit.day import CallLine, CandidateLine, DayReport, RecordingLine
from audit.periods import Completeness, Period, by_month, by_week
from audit.wording import answered_by, month_name, status, title
from config.language import Words

Cell = str | int | float | date | tuple[str, ...] | None
"""A tuple is several lines in one cell."""

_STATE_LOOKS = {
    State.ACT: "error",
    State.LOOK: "warning",
    State.OPEN: "info",
    State.ANSWERED: "info",
    State.DONE: "good",
}
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


_FIGURES = "customers_due recorded missing open late corrected"


def _heads(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def days(reports: Sequence[DayReport], words: Words) -> Table:
    heads = _heads(
        "date state calls reached customers_due recorded missing open late corrected held "
        "recordings findings"
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
        *_figures(people),
        held(report),
        len(report.recordings),
        len(report.findings),
    )


def collectors(reports: Sequence[DayReport], words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            report.date,
            collector or words("report.nobody"),
            *_figures(people),
        )
        for report in reports
        for collector, people in by_collector([report]).items()
    ]
    return Table("by_collector", _heads(f"date collector {_FIGURES}"), rows)


def weeks(reports: Sequence[DayReport], words: Words) -> Table:
    return _periods("by_week", by_week(reports), words, lambda one: f"{one.first} – {one.last}")


def months(reports: Sequence[DayReport], words: Words) -> Table:
    return _periods("by_month", by_month(reports), words, lambda one: month_name(words, one.first))


def _periods(
    name: str,
    periods: Mapping[Period, Completeness],
    words: Words,
    told: Callable[[Period], str],
) -> Table:
    """For each period a row of the whole office, then one a collector."""
    everybody, nobody = words("report.whole_office"), words("report.nobody")
    rows: list[tuple[Cell, ...]] = []
    for period, one in periods.items():
        rows.append((told(period), everybody, *_figures(one.whole)))
        rows += [
            (told(period), collector or nobody, *_figures(people))
            for collector, people in one.collectors.items()
        ]
    return Table(name, _heads(f"{name.removeprefix('by_')} collector {_FIGURES}"), rows)


def _figures(people: Tally) -> tuple[int, ...]:
    """As `_FIGURES` names them."""
    return (
        people.due,
        people.recorded,
        people.missing,
        people.open,
        people.late,
        people.corrected,
    )


def findings(reports: Sequence[DayReport], words: Words) -> Table:
    """With a column `reason` to be filled in: `ingest` reads it back by `finding_id`."""
    heads = _heads(
        "date severity what action customer collector message reason answered "
        "source sheet tab line code finding_id"
    )
    looks = {words(f"report.severity_{name}"): str(name) for name in SEVERITIES}
    rows = [_finding(item, words) for item in found(reports)]
    return Table("findings", heads, rows, {"severity": looks})


def _finding(item: Found, words: Words) -> tuple[Cell, ...]:
    finding, answer = item.finding, item.finding.answer
    return (
        item.day,
        words(f"report.severity_{finding.severity}"),
        title(words, finding.code),
        words(f"report.action_{action_of(finding)}"),
        finding.customer,
        finding.collector,
        finding.message,
        answer.reason if answer else None,
        answered_by(answer) if answer else None,
        finding.source,
        finding.sheet,
        finding.tab,
        finding.line,
        finding.code,
        finding.id,
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
