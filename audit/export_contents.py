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
from audit.concerned import Concerned, findings_about
from audit.day import Finding
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
    concerned = Concerned.of(tx, found, [one.row for one in asked], of_recordings)
    days = _days(found, asked, rules)
    return Contents(
        recordings=found,
        calls=asked,
        sheets=in_use,
        findings=tuple(findings_about(tx, concerned, days, rules)),
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
