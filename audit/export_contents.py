"""What belongs into a package for one query, fetched from the catalogue in one moment.

Nobody else's: of the custody log only entries about these recordings and their sheets, of findings
only those about these recordings and calls. What lies in holding and may be of one of the calls or
customers is told and not handed out: it may be somebody else's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from archive.batches import AT_ONCE, batches
from archive.catalogue import (
    calls,
    customers,
    days,
    log,
    papers,
    recordings,
    search,
    sheets,
    words,
)
from archive.catalogue.database import Transaction
from archive.catalogue.papers import KnownFile, StampedFile
from archive.catalogue.search import Query
from archive.catalogue.search_names import Asked
from archive.custody import Entry
from archive.records import Recording, Row, Sheet
from audit.asking import understand
from audit.concerned import Concerned, findings_about
from audit.day import Finding
from audit.perhaps import theirs_perhaps
from audit.rules import Rules


@dataclass(frozen=True, slots=True)
class Call:
    """A row as it was handed in, and what is filed under it."""

    row: Row
    sheet: Sheet
    """The version that it stands in."""
    recordings: tuple[Recording, ...]
    """Those outside of the package, too."""
    perhaps: tuple[Recording, ...] = ()
    """Those in holding that may be this call's: a person is to say."""

    @property
    def is_lacking(self) -> bool:
        """Reached, and without a recording, be it one that is not decided."""
        return self.row.said.reached is True and not (self.recordings or self.perhaps)


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
    nobodys: tuple[Recording, ...] = ()
    """Those in holding that are not in the package and may be of a customer who was asked for."""

    @property
    def undecided(self) -> int:
        """How many recordings may be these calls' or customers', and do not go along."""
        here = {one.id for one in self.recordings}
        of_calls = {one.id for call in self.calls for one in call.perhaps}
        return len(of_calls.union(one.id for one in self.nobodys) - here)

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
    perhaps = [(one, call.row) for call in asked for one in call.perhaps]
    nobodys = _nobodys(tx, query, {one.id for one in found})
    rows_asked = [one.row for one in asked]
    concerned = Concerned.of(tx, found, rows_asked, of_recordings, perhaps, nobodys)
    days = _days([*found, *(one for one, _ in perhaps), *nobodys], asked, rules)
    return Contents(
        recordings=found,
        calls=asked,
        sheets=in_use,
        findings=tuple(findings_about(tx, concerned, days, rules)),
        entries=tuple(sorted({*of_recordings, *of_sheets}, key=lambda one: one.seq)),
        files=tuple(papers.custody_files(tx)),
        stamps=tuple(papers.stamped(tx)),
        anchors=tuple(log.of_event(tx, "anchored")),
        nobodys=nobodys,
    )


def as_written(text: str) -> Asked:
    """A court is given those whose names are written so, not those whose names sound alike."""
    return replace(understand(text), sounds=(), alike=())


def _recordings(tx: Transaction, query: Query) -> tuple[Recording, ...]:
    found: list[Recording] = []
    while ids := search.after(tx, query, found[-1].id if found else 0, AT_ONCE, as_written):
        found += recordings.by_ids(tx, ids)
    return tuple(sorted(found, key=lambda one: one.path))


def _nobodys(tx: Transaction, query: Query, here: Collection[int]) -> tuple[Recording, ...]:
    """What is held, fits all else that is asked, and may be of whom is asked for."""
    whom, rest = search.whom(tx, query, as_written)
    if not whom:
        return ()
    asked = [one for some in batches(sorted(whom)) for one in customers.by_ids(tx, some)]
    held = [one for one in _recordings(tx, replace(rest, status="held")) if one.id not in here]
    return tuple(theirs_perhaps(tx, asked, held))


def _calls(tx: Transaction, ids: Collection[int]) -> tuple[Call, ...]:
    found: list[Call] = []
    perhaps = _Undecided(tx)
    for some in batches(sorted(ids)):
        versions = calls.sheets_of(tx, some)
        filed: dict[int | None, list[Recording]] = {}
        for one in days.recordings_of_rows(tx, some):
            filed.setdefault(one.row, []).append(one)
        found += (
            Call(row, versions[row.id], tuple(filed.get(row.id, ())), perhaps.whose_is(row))
            for row in sheets.rows_by_id(tx, some)
        )
    return tuple(sorted(found, key=_place))


class _Undecided:
    """What lies in holding, by the rows that it may be the call of.

    Nobody's of whom a person said that it stays there. Asked for by days, which are asked once.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._days: dict[date, Mapping[str, tuple[Recording, ...]]] = {}

    def whose_is(self, row: Row) -> tuple[Recording, ...]:
        day = row.said.day
        if day not in self._days:
            self._days[day] = self._of(day)
        return self._days[day].get(row.said.key, ())

    def _of(self, day: date) -> Mapping[str, tuple[Recording, ...]]:
        held = recordings.held(self._tx, day)
        said = words.of(self._tx, [one.id for one in held])
        found: dict[str, tuple[Recording, ...]] = {}
        for one in held:
            if one.id not in said and one.outcome and one.outcome.verdict == "ambiguous":
                for key in {it.row for it in one.outcome.candidates if it.weight > 0}:
                    found[key] = (*found.get(key, ()), one)
        return found


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
