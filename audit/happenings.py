"""What happened to a customer, as a history tells it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from archive.catalogue import holds, log
from archive.catalogue.database import Transaction
from archive.custody import Entry
from archive.number_ranges import is_among
from archive.records import Customer, Recording, Row
from audit.concerned import Concerned
from audit.day import DayReport, Finding, RecordingLine
from audit.wording import title
from config.custody_said import sentence
from config.language import Words
from matcher.numbers import normalise

_TOLD_ELSEWHERE = ("answered", "answer_withdrawn")
"""With the finding, as long as there is one."""


@dataclass(frozen=True, slots=True)
class Happening:
    kind: str
    """`call`, `recording`, `held`, `finding`, `answer`, `word`, `hold`, `listened`, `export`."""
    day: date
    at: datetime | None
    """In the office's time; `None` of what no time is known of, or what is of the whole day."""
    text: str
    """In the office's language."""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Telling:
    words: Words
    zone: ZoneInfo
    """The office's."""

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def listed(self, things: Iterable[str]) -> str:
        return ("，" if self.words.language == "zh" else ", ").join(things)


def calls(
    rows: Iterable[Row], recordings: Mapping[int, Sequence[str]], of: Telling
) -> Iterator[Happening]:
    words = of.words
    for row in rows:
        said = row.said
        cells = [(head, cell) for head, cell in said.raw if _tells(cell, row)]
        reached = {True: "reached", False: "not_reached", None: "unsaid"}[said.reached]
        timed = said.called_at is not None and said.precision != "day"
        yield Happening(
            "call",
            said.day,
            of.local(said.called_at) if said.called_at and timed else None,
            words(
                "history.call",
                collector=said.collector or "–",
                reached=words(f"history.{reached}"),
                cells=of.listed(f"{head}: {cell}" for head, cell in cells),
                row=f"{row.sheet}:{said.line}",
            ),
            {
                "sheet": row.sheet,
                "tab": said.tab,
                "line": said.line,
                "collector": said.collector,
                "department": said.department,
                "reached": said.reached,
                "promised": said.promised and said.promised.isoformat(),
                "promised_text": said.promised_text,
                "cells": [list(pair) for pair in said.raw],
                "recordings": list(recordings.get(row.id, ())),
            },
        )


def _tells(cell: str, row: Row) -> bool:
    """Whether a cell says more than whom the row is about and whose it is."""
    known = (row.said.customer_name, row.said.collector)
    return bool(cell.strip()) and cell not in known and normalise(cell) not in row.said.numbers


def of_recordings(filed: Iterable[Recording], of: Telling) -> Iterator[Happening]:
    for one in filed:
        seconds = one.probed.duration_seconds if one.probed else None
        key = "recording" if one.filed else "recording_held"
        yield Happening(
            "recording",
            one.call_day(of.zone),
            of.local(one.started_at) if one.started_at and one.precision != "day" else None,
            of.words(
                f"history.{key}",
                path=one.path,
                seconds="–" if seconds is None else f"{seconds:.0f}",
                arrived=f"{of.local(one.arrived_at):%Y-%m-%d %H:%M}",
            ),
            {
                "id": one.id,
                "sha256": one.sha256,
                "archive_path": one.path,
                "source": one.source,
                "filed": one.filed,
                "seconds": seconds,
                "arrived_at": of.local(one.arrived_at).isoformat(timespec="seconds"),
            },
        )


def found_on(
    reports: Iterable[DayReport], filed: Sequence[Recording], rows: Sequence[Row], words: Words
) -> Iterator[Happening]:
    """What was found on these days, what was answered, and what is held that could be theirs."""
    for report in reports:
        concerned = _concerned(report, filed, rows)
        places = {(row.sheet, row.said.tab, row.said.line) for row in rows}
        for one in report.findings:
            elsewhere = one.line and one.tab and (one.sheet, one.tab, one.line) not in places
            # A namesake's row may stand in the same line of another tab.
            if concerned.by(one) and not (elsewhere and one.source is None):
                yield _finding(one, report.date, words)
                yield from _answer(one, words)
        for line in report.recordings:
            fits = (one.call for one in line.candidates if one.weight > 0)
            if line.status == "ambiguous" and any(
                (one.sheet, one.tab, one.line) in places for one in fits
            ):
                yield _held(line, report.date, words)


def _concerned(report: DayReport, filed: Sequence[Recording], rows: Sequence[Row]) -> Concerned:
    mine = {one.sha256 for one in filed}
    others = {line.source for line in report.recordings if line.sha256 not in mine}
    return Concerned(
        frozenset((one.source, one.customer_name) for one in filed),
        frozenset({one.source for one in filed} - others),
        frozenset((one.sheet, one.said.line, one.said.customer_name) for one in rows),
        frozenset((one.sheet, one.said.customer_name) for one in rows),
    )


def _held(line: RecordingLine, day: date, words: Words) -> Happening:
    why = "; ".join(line.reasons)
    text = words("history.held", source=line.source, why=why)
    return Happening("held", day, None, text, {"source": line.source, "sha256": line.sha256})


def held_by_name(held: Iterable[Recording], of: Telling) -> Iterator[Happening]:
    """What lies in holding, is of no row, and has their name or number."""
    for one in held:
        text = of.words("history.held_by_name", source=one.source)
        about = {"source": one.source, "sha256": one.sha256}
        yield Happening("held", one.call_day(of.zone), None, text, about)


def _finding(one: Finding, day: date, words: Words) -> Happening:
    text = words("history.finding", title=title(words, one.code), message=one.message)
    about = {"code": one.code, "severity": str(one.severity), "finding": one.id}
    return Happening("finding", day, None, text, about)


def _answer(one: Finding, words: Words) -> Iterator[Happening]:
    if one.answer is not None:
        said = one.answer
        text = words("history.answer", by=said.by, finding=one.id, reason=said.reason)
        about = {"finding": one.id, "by": said.by, "reason": said.reason}
        yield Happening("answer", said.at.date(), said.at, text, about)


def by_people(
    filed: Iterable[Recording], entries: Mapping[int, Sequence[Entry]], of: Telling
) -> Iterator[Happening]:
    """What people did with the recordings: whose they said they are, and who heard them."""
    for one in filed:
        for entry in entries[one.id]:
            body: dict[str, Any] = json.loads(entry.entry)
            message = sentence(body)
            if "by" not in body or message is None or body["event"] in _TOLD_ELSEWHERE:
                continue
            kind = "listened" if body["event"] == "listened" else "word"
            said = of.words.say(message)
            text = of.words("history.of_recording", said=said, recording=one.id)
            yield _entered(kind, entry, body, text, of)


def of_holds(tx: Transaction, customer: Customer, of: Telling) -> Iterator[Happening]:
    for entry in log.of(tx, holds.digest(customer.key)):
        body: dict[str, Any] = json.loads(entry.entry)
        reason = body.get("reason") or "–"
        text = of.words(f"history.{body['event']}", by=body["by"], reason=reason)
        yield _entered("hold", entry, body, text, of)


def of_exports(tx: Transaction, filed: Collection[Recording], of: Telling) -> Iterator[Happening]:
    """Packages that have one of the recordings."""
    if not filed:
        return
    since = min(one.arrived_at for one in filed)
    for entry in log.accesses(tx, since, ("exported",)):
        body: dict[str, Any] = json.loads(entry.entry)
        given = [one.id for one in filed if is_among(one.id, body["recordings"])]
        if given:
            text = of.words(
                "history.exported", by=body["by"], count=len(given), package=body["sha256"]
            )
            yield replace(
                _entered("export", entry, body, text, of),
                details={"by": body["by"], "package": body["sha256"], "recordings": given},
            )


def _entered(kind: str, entry: Entry, body: Mapping[str, Any], text: str, of: Telling) -> Happening:
    at = of.local(datetime.fromisoformat(body["at"]))
    about = {"event": body["event"], "by": body["by"], "entry": entry.seq}
    return Happening(kind, at.date(), at, text, about)
