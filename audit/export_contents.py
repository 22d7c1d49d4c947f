"""What belongs into a package for one query, fetched from the catalogue in one moment.

Nobody else's: of the custody log only entries about these recordings and their sheets, of findings
only those about these recordings and calls.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from archive.batches import AT_ONCE, batches
from archive.catalogue import calls, days, log, papers, recordings, search, sheets
from archive.catalogue.database import Transaction
from archive.catalogue.papers import KnownFile, StampedFile
from archive.catalogue.search import Query
from archive.catalogue.search_names import Asked
from archive.custody import Entry
from archive.records import Recording, Row, Sheet
from audit.asking import understand
from audit.day import Finding
from audit.facts import gather
from audit.reconcile import findings
from audit.rules import Rules


@dataclass(frozen=True, slots=True)
class Call:
    """A row as it was handed in, and what is filed under it."""

    row: Row
    sheet: Sheet
    """The version that it stands in."""
    recordings: tuple[Recording, ...]
    """Those outside of the package, too."""


@dataclass(frozen=True, slots=True)
class Contents:
    recordings: tuple[Recording, ...]
    """By where they lie in the archive."""
    calls: tuple[Call, ...]
    """By day, sheet and line."""
    sheets: tuple[Sheet, ...]
    """Those of the calls, and those of which custody says that a recording was filed by them; each
    version once."""
    findings: tuple[tuple[date, Finding], ...]
    entries: tuple[Entry, ...]
    """By number."""
    files: tuple[KnownFile, ...]
    """All custody files."""
    stamps: tuple[StampedFile, ...]
    anchors: tuple[Entry, ...]
    """All anchors of the log, which name nobody."""

    @property
    def empty(self) -> bool:
        return not self.recordings and not self.calls


def contents(tx: Transaction, query: Query, rules: Rules) -> Contents:
    """`rules` say in which language findings are told; `tx` is of `search_index.fresh`."""
    found = _recordings(tx, query)
    rows = {one.row for one in found if one.row is not None}
    asked = _calls(tx, rows | set(calls.fitting(tx, query, as_written)))
    of_recordings = _entries(tx, {one.sha256 for one in found})
    said = {sha256 for one in of_recordings for sha256 in _sheets_said(json.loads(one.entry))}
    in_use = _sheets(tx, {one.sheet.sha256 for one in asked} | said)
    of_sheets = _entries(tx, {one.sha256 for one in in_use})
    days = _days(found, asked, rules)
    return Contents(
        recordings=found,
        calls=asked,
        sheets=in_use,
        findings=tuple(_findings(tx, _Concerned.of(tx, found, asked, of_recordings), days, rules)),
        entries=tuple(sorted({*of_recordings, *of_sheets}, key=lambda one: one.seq)),
        files=tuple(papers.custody_files(tx)),
        stamps=tuple(papers.stamped(tx)),
        anchors=tuple(log.of_event(tx, "anchored")),
    )


def as_written(text: str) -> Asked:
    """A court is given those whose names are written so, not those whose names sound alike."""
    return replace(understand(text), sounds=(), alike=())


def _recordings(tx: Transaction, query: Query) -> tuple[Recording, ...]:
    found: list[Recording] = []
    while ids := search.after(tx, query, found[-1].id if found else 0, AT_ONCE, as_written):
        found += recordings.by_ids(tx, ids)
    return tuple(sorted(found, key=lambda one: one.path))


def _calls(tx: Transaction, ids: Collection[int]) -> tuple[Call, ...]:
    found: list[Call] = []
    for some in batches(sorted(ids)):
        versions = calls.sheets_of(tx, some)
        filed: dict[int | None, list[Recording]] = {}
        for one in days.recordings_of_rows(tx, some):
            filed.setdefault(one.row, []).append(one)
        found += (
            Call(row, versions[row.id], tuple(filed.get(row.id, ())))
            for row in sheets.rows_by_id(tx, some)
        )
    return tuple(sorted(found, key=_place))


def _place(call: Call) -> tuple[date, str, int, str, int, int]:
    said = call.row.said
    return said.day, call.sheet.source, call.sheet.id, said.tab, said.line, call.row.id


def _entries(tx: Transaction, hashes: Iterable[str]) -> list[Entry]:
    return list(chain.from_iterable(log.of(tx, sha256) for sha256 in sorted(hashes)))


def _sheets_said(body: Mapping[str, Any]) -> Iterator[str]:
    """The version of a sheet by which an entry says that its recording was filed."""
    sha256 = (body.get("call") or {}).get("sheet_sha256")
    if isinstance(sha256, str):
        yield sha256


def _sheets(tx: Transaction, hashes: Collection[str]) -> tuple[Sheet, ...]:
    found: dict[str, Sheet] = {}
    for some in batches(sorted(hashes)):
        for one in calls.sheets_of_bytes(tx, some):
            found.setdefault(one.sha256, one)
    return tuple(found[sha256] for sha256 in sorted(found))


def _days(found: Sequence[Recording], asked: Sequence[Call], rules: Rules) -> Sequence[date]:
    of_days = {one.day for one in found} | {one.call_day(rules.timezone) for one in found}
    return sorted(of_days | {one.row.said.day for one in asked})


def _findings(
    tx: Transaction, concerned: _Concerned, days: Sequence[date], rules: Rules
) -> Iterator[tuple[date, Finding]]:
    silent = replace(rules, mirrored=True)  # of the office's mirrors nothing is told
    for day in days:
        told = findings(gather(tx, day), silent)
        yield from ((day, one) for one in told if concerned.by(one))


_OF_COLLECTOR = ("late_handoff", "recordings_of_another_day")
"""Their source is one of many; they count all that a collector handed over, of whomever."""


@dataclass(frozen=True, slots=True)
class _Concerned:
    """Whom and what a package is about."""

    sources: frozenset[tuple[str, str | None]]
    """Of each recording whence it came, and whose it is."""
    names: frozenset[str]
    """Sources under which nothing came but recordings of the package."""
    lines: frozenset[tuple[str, int, str | None]]
    """Of each call its sheet, its line, and the customer as the row names them."""
    rows: frozenset[tuple[str, str | None]]
    """Sheets and customers: a row that was taken out has no line any more."""

    @classmethod
    def of(
        cls,
        tx: Transaction,
        found: Sequence[Recording],
        asked: Sequence[Call],
        entries: Sequence[Entry],
    ) -> _Concerned:
        rows = [one.row for one in asked]
        of_rows = {(one.sheet, one.said.customer_name) for one in rows}
        return cls(
            frozenset((one.source, one.customer_name) for one in found),
            frozenset({one.source for one in found} - _shared(tx, found)),
            frozenset((one.sheet, one.said.line, one.said.customer_name) for one in rows),
            frozenset(of_rows | _filed_by(found, entries)),
        )

    def by(self, finding: Finding) -> bool:
        if finding.code in _OF_COLLECTOR:
            return False
        of_row = (finding.sheet, finding.line, finding.customer) in self.lines
        if finding.source is not None:
            of_recording = (finding.source, finding.customer) in self.sources
            return finding.source in self.names or of_recording or of_row
        if finding.code == "row_edited" and finding.customer:
            return (finding.sheet, finding.customer) in self.rows
        return of_row


def _shared(tx: Transaction, found: Sequence[Recording]) -> set[str]:
    """Sources under which a recording came that is not of the package, before or after."""
    mine = {one.sha256 for one in found}
    sources = sorted({one.source for one in found})
    return {
        source
        for some in batches(sources)
        for source, sha256 in recordings.handed_over_as(tx, some)
        if sha256 not in mine
    }


def _filed_by(found: Sequence[Recording], entries: Sequence[Entry]) -> set[tuple[str, str | None]]:
    """The sheets by which these recordings were filed, and their customers.

    Nobody's to whom one was filed by mistake: only of its customer now, or where it has none.
    """
    whose = {one.sha256: one.customer_name for one in found}
    bodies = [json.loads(one.entry) for one in entries]
    return {
        (body["call"]["sheet"], body["customer"])
        for body in bodies
        if body["event"] == "filed"
        and body["call"]["sheet"]
        and whose[body["sha256"]] in (None, body["customer"])
    }
