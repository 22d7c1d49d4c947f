"""Reads and decides a made-up office as `ingest` does, without catalogue and archive.

The one place of the bench that knows how callvault's rooms hang together: names through
`ingest.evidence`, sheets through `ingest.sheet`, days in clusters as in `ingest.deciding`.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from bench.office.truth import ZONE, Office, Recording, SheetFile
from ingest.evidence import gather
from ingest.folders import read_folders
from ingest.sheet import read_sheet
from ingest.sheet_row import SheetRow
from ingest.workbook import SheetError
from matcher.customers import Known, identify
from matcher.decision import Decision
from matcher.evidence import Evidence, Heard, Row
from matcher.groups import Groups
from matcher.match import match


@dataclass(frozen=True, slots=True)
class Decided:
    heard: tuple[Heard, ...]
    """In the order of the office's recordings; `recording` is the position."""
    decisions: tuple[Decision, ...]
    rows: tuple[Row, ...]
    """All rows with their customers."""
    unread: tuple[str, ...]
    """Sheets that could not be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the readers made of an office, before anything is decided."""

    heard: tuple[Heard, ...]
    rows: tuple[Row, ...]
    unread: tuple[str, ...]


def read(office: Office) -> Read:
    rows: list[Row] = []
    unread = []
    for sheet in office.last_sheets:
        try:
            rows += read_rows(sheet)
        except SheetError:
            unread.append(sheet.source)
    heard = [hear(str(at), recording) for at, recording in enumerate(office.recordings)]
    return Read(tuple(heard), tuple(rows), tuple(unread))


def hear(key: str, recording: Recording) -> Heard:
    """The first source is the one that is admitted; the others are duplicates of it."""
    sources = sorted(file.source for file in recording.files)
    (day, first), *others = (_evidence(source, recording.handed) for source in sources)
    return Heard(key, day, first, tuple(evidence for _, evidence in others))


def _evidence(source: str, handed: date) -> tuple[date, Evidence]:
    day, found = gather(source, ZONE, handed)
    if found.started_at is not None:
        found = replace(found, started_at=found.started_at.astimezone(ZONE))
    return day, found


def read_rows(sheet: SheetFile) -> Sequence[Row]:
    folders = read_folders(sheet.source, sheet.handed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(sheet.content)
        found = read_sheet(path, sheet.source, ZONE, folders.day or sheet.handed, folders.collector)
    return [_row(sheet.source, row) for row in found.rows]


def _row(source: str, row: SheetRow) -> Row:
    return Row(
        key=f"{source}|{row.tab}|{row.line}",
        day=row.day,
        name=row.customer,
        numbers=row.numbers,
        called_at=row.called_at.astimezone(ZONE) if row.called_at else None,
        precision=row.precision,
        collector=row.collector,
        reached=row.reached,
        duration_seconds=row.duration_seconds,
        misread=row.misread,
        masked=row.masked,
        of_others=row.of_others,
    )


def decide(found: Read) -> Decided:
    """Each cluster of days by itself, with the customers that earlier rows named."""
    decisions: dict[str, Decision] = {}
    named: list[Row] = []
    together: list[tuple[Sequence[Heard], Sequence[Row], Sequence[Known]]] = []
    known: dict[str, Known] = {}
    heard_on, rows_on = _by_day(found.heard), _by_day(found.rows)
    for days in clusters(found.heard, found.rows):
        heard = [one for day in sorted(days) for one in heard_on[day]]
        rows = [row for day in sorted(days) for row in rows_on[day]]
        earlier = list(known.values())
        together.append((heard, rows, earlier))
        identified = identify(rows, earlier)
        for fresh in identified.new:
            known[fresh.customer] = fresh
        for row in identified.rows:
            if row.customer:
                mine = known[row.customer]
                known[row.customer] = replace(mine, numbers=mine.numbers | set(row.numbers))
    # A number or name that is another customer's too counts on whatever day the papers say so.
    everybody = list(known.values())
    for theirs, day, before in together:
        meant = identify(day, before, everybody).rows
        named += meant
        decisions |= {one.recording: one for one in match(theirs, meant, known=everybody)}
    ordered = tuple(decisions[one.recording] for one in found.heard)
    return Decided(found.heard, ordered, tuple(named), found.unread)


T = TypeVar("T", Heard, Row)


def _by_day(things: Sequence[T]) -> Mapping[date, Sequence[T]]:
    found: dict[date, list[T]] = defaultdict(list)
    for one in things:
        found[one.day].append(one)
    return found


def called_on(heard: Heard) -> date:
    """The recording's own date, and the hand-off's only without one."""
    started = heard.evidence.started_at
    return started.date() if started else heard.day


def clusters(heard: Sequence[Heard], rows: Sequence[Row]) -> Sequence[frozenset[date]]:
    """Days that hang together through recordings, in order."""
    days, groups = {row.day for row in rows}, Groups[date]()
    for one in heard:
        called = called_on(one)
        groups.join(called, one.day)
        days |= {called, one.day}
    together: dict[date, set[date]] = defaultdict(set)
    for day in days:
        together[groups.lead(day)].add(day)
    return sorted((frozenset(days) for days in together.values()), key=min)
