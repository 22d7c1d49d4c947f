"""Sheets from the inbox into the catalogue; a copy of each version is kept beside it.

Of sheets with the same bytes one counts, and which one hangs on their names alone: equal input
gives equal decisions, in whatever order it comes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from archive import layout
from archive.catalogue import files, sheets, words
from archive.catalogue import log as custody
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.files import Sighting
from archive.catalogue.sheets import NewSheet
from archive.custody import Event
from archive.errors import DiskError, SourceError
from archive.records import FileState, NewRow, SheetState
from archive.records import Sheet as KnownSheet
from archive.store import Staged, Store
from config.language import Message
from ingest.answer_entry import NOTHING_KNOWN, Answering
from ingest.cells import PLAIN, Outcomes
from ingest.folders import read_folders
from ingest.inbox import Seen
from ingest.mentioned import by_row, reopen_others
from ingest.opening import Opening
from ingest.recorders import original
from ingest.report_workbook import ReportWorkbook
from ingest.sheet import Sheet, read_sheet
from ingest.sheet_row import SheetRow
from ingest.workbook import FileError, SheetError

_LIMIT = 64 << 20
"""A sheet larger than this is none: 64 MiB hold a million calls."""

log = logging.getLogger(__name__)


class SheetEntry:
    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        timezone: ZoneInfo,
        columns: Sequence[tuple[str, Sequence[str]]] = (),
        answering: Answering = NOTHING_KNOWN,
        outcomes: Outcomes = PLAIN,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._timezone = timezone
        self._columns = columns
        self._answering = answering
        self._outcomes = outcomes

    def enter(
        self, seen: Seen, arrived_at: datetime, now: datetime, opening: Opening | None = None
    ) -> SheetState | None:
        """Reads a sheet and enters it, readable or not; `None` if it cannot be opened yet."""
        sighting = self._sighting(seen.source, seen.size, seen.mtime_ns, arrived_at)
        try:
            copy = self._store.stage(seen.path, "sheet", _LIMIT, seen.stat)
            kept = self._keep(copy, seen.source)
        except SourceError as error:
            state = FileState.WAITING if error.later else FileState.REFUSED
            self._note(replace(sighting, state=state, reason=error.message), arrived_at)
            log.warning("a sheet was put off: %s", error.message.key)
            return None
        new, report = self._read(sighting, kept, copy.sha256, arrived_at, opening)
        given = self._answering.look_up(report, self._catalogue, now) if report else None
        if given is not None:
            sighting = replace(sighting, state=FileState.ANSWERS)
        with self._catalogue.transaction() as tx:
            standing = sheets.standing(tx, seen.source, copy.sha256)
            if standing:  # only its times changed, or it is back
                sheets.bring_back(tx, standing)
                files.note(tx, [replace(sighting, day=standing.day)], arrived_at)
                return standing.state
            files.note(tx, [replace(sighting, day=new.day)], arrived_at)
            if given is not None:
                said = self._answering.enter(tx, given, seen.source, new.collector, now)
                new = replace(new, problems=(*said, *_lying_under(tx, seen.source)))
            return _enter_among_equals(tx, new, now)

    def count_copies(self, now: datetime, opening: Opening | None = None) -> int:
        """Has the first of equal sheets count where it does not; returns how many began to.

        The one that counted was corrected since. They are read from what was kept of them, for
        nothing in the inbox is new; one that is not kept as it was handed in stays what it is.
        """
        with self._catalogue.reading() as tx:
            copied = sheets.copied(tx)
        counted = 0
        for equal in copied:
            for one in sorted(equal, key=lambda one: place(one.source)):
                if one.state is SheetState.READ:
                    break
                if self._count(one, now, opening):
                    counted += 1
                    break
        return counted

    def _count(self, one: KnownSheet, now: datetime, opening: Opening | None) -> bool:
        """Enters a copy anew; whether it counts by now."""
        kept = layout.sheet_path(one.sha256, one.source)
        if not self._is_sound(kept, one.sha256):
            log.error("sheet %d is not kept as it was handed in", one.id)
            return False
        sighting = self._sighting(one.source, 0, 0, one.arrived_at)
        new, _ = self._read(sighting, kept, one.sha256, one.arrived_at, opening)
        with self._catalogue.transaction() as tx:
            return _enter_among_equals(tx, new, now) is SheetState.READ

    def _is_sound(self, kept: str, sha256: str) -> bool:
        return self._store.exists(kept) and self._store.read_sha256(kept)[0] == sha256

    def _sighting(self, source: str, size: int, mtime_ns: int, arrived_at: datetime) -> Sighting:
        today = arrived_at.astimezone(self._timezone).date()
        folders = read_folders(source, today)
        return Sighting(
            source=source,
            size=size,
            mtime_ns=mtime_ns,
            state=FileState.SHEET,
            day=folders.day or today,
            collector=folders.collector,
        )

    def _note(self, sighting: Sighting, arrived_at: datetime) -> None:
        with self._catalogue.transaction() as tx:
            files.note(tx, [sighting], arrived_at)

    def _keep(self, copy: Staged, source: str) -> str:
        """Publishes the copy under its hash; returns its path in the archive.

        SourceError where something else stands there: what is read is what was handed in.
        """
        relative = layout.sheet_path(copy.sha256, source)
        try:
            if not self._store.exists(relative):
                self._store.publish(copy, relative)
                self._store.sync([relative])
                return relative
        except FileExistsError:  # a folder, or somebody was quicker
            pass
        self._store.discard(copy)
        if not self._is_sound(relative, copy.sha256):
            raise SourceError(Message.of("ingest.sheet_place_taken", path=relative), later=True)
        return relative

    def _read(
        self,
        sighting: Sighting,
        kept: str,
        sha256: str,
        arrived_at: datetime,
        opening: Opening | None,
    ) -> tuple[NewSheet, ReportWorkbook | None]:
        state = SheetState.READ
        try:
            sheet = read_sheet(
                self._store.path(kept),
                sighting.source,
                self._timezone,
                sighting.day,
                sighting.collector,
                self._columns,
                opening,
                self._outcomes,
            )
        except FileError as error:
            # The copy is the archive's own. A sheet called unreadable would not be read again.
            raise DiskError(error.message) from error
        except SheetError as error:
            sheet = Sheet(rows=(), problems=(error.message,), columns=())
            state = SheetState.UNREADABLE
        if sheet.report is not None:
            state = SheetState.ANSWERS
        new = NewSheet(
            source=sighting.source,
            sha256=sha256,
            day=_day(sheet, sighting),
            collector=sighting.collector,
            arrived_at=arrived_at,
            state=state,
            columns=sheet.columns,
            problems=sheet.problems,
            rows=tuple(_new_row(sighting.source, row) for row in sheet.rows),
        )
        return new, sheet.report


def _day(sheet: Sheet, sighting: Sighting) -> date:
    """The one day of the rows; of a sheet for many days, the day it was handed over for."""
    days = {row.day for row in sheet.rows}
    return days.pop() if len(days) == 1 else sighting.day


def _handed_over(new: NewSheet) -> Event:
    details = {
        "original_name": new.source,
        "collector": new.collector,
        "handed_over_for": new.day.isoformat(),
        "arrived_at": new.arrived_at.isoformat(),
        "state": new.state,
        "rows": len(new.rows),
    }
    return Event("sheet", new.sha256, details)


def place(source: str) -> tuple[bool, str]:
    """Where a sheet stands among those of the same bytes; what is named like a copy comes last."""
    return original(PurePosixPath(source).name)[1], source


def _enter_among_equals(tx: Transaction, new: NewSheet, now: datetime) -> SheetState:
    """Enters a sheet: to count, or as a copy of one that comes before it.

    One that counted until now, and comes after it, becomes its copy.
    """
    counts = sheets.same_bytes(tx, new.sha256)
    if new.state is SheetState.READ and counts:
        if place(counts.source) < place(new.source):
            new = _as_duplicate(new, counts.source)
        else:
            _write_down(tx, _as_duplicate(_as_known(counts), new.source), now)
    _write_down(tx, new, now)
    if new.state is SheetState.READ:
        sheets.name_first(tx, new.sha256, _duplicate_of(new.source))
    return new.state


def _write_down(tx: Transaction, new: NewSheet, now: datetime) -> None:
    if new.state in (SheetState.READ, SheetState.DUPLICATE):
        _reopen_what_went_by(tx, new)
    files.reopen(tx, sheets.enter(tx, new))
    custody.append(tx, [_handed_over(new)], now)
    log.info("sheet %s: %d rows, %d problems", new.state, len(new.rows), len(new.problems))


def _reopen_what_went_by(tx: Transaction, new: NewSheet) -> None:
    """Other days may have gone by rows that the new version has no more; so do words."""
    for recording in words.on_rows_of(tx, new.source):
        files.reopen_of(tx, recording)
    kept = {(row.day, by_row(row)) for row in new.rows}
    before = [(row.said.day, by_row(row.said)) for row in sheets.rows_of_sheet(tx, new.source)]
    reopen_others(tx, [said for day, said in before if (day, said) not in kept])


def _lying_under(tx: Transaction, source: str) -> tuple[Message, ...]:
    """Of a report that came back under the name of a sheet of calls, which still counts."""
    return (Message.of("answers.over_calls"),) if sheets.rows_of_sheet(tx, source) else ()


def _as_duplicate(new: NewSheet, first: str) -> NewSheet:
    problems = (_duplicate_of(first),)
    return replace(new, state=SheetState.DUPLICATE, rows=(), problems=problems)


def _duplicate_of(first: str) -> Message:
    return Message.of("ingest.duplicate_of", first=first)


def _as_known(one: KnownSheet) -> NewSheet:
    """A sheet as it is known, without its rows."""
    return NewSheet(
        source=one.source,
        sha256=one.sha256,
        day=one.day,
        collector=one.collector,
        arrived_at=one.arrived_at,
        state=one.state,
        columns=one.columns,
        problems=one.problems,
        rows=(),
    )


def _new_row(source: str, row: SheetRow) -> NewRow:
    return NewRow(
        key=f"{source}|{row.tab}|{row.line}",
        tab=row.tab,
        line=row.line,
        day=row.day,
        collector=row.collector,
        department=row.department,
        customer_name=row.customer,
        numbers=row.numbers,
        called_at=row.called_at,
        precision=row.precision,
        reached=row.reached,
        promised=row.promised,
        promised_text=row.promised_text,
        location=row.location,
        hours=row.hours,
        raw=row.raw,
        problems=row.problems,
        duration_seconds=row.duration_seconds,
        further=row.further,
        misread=row.misread,
        masked=row.masked,
        of_others=row.of_others,
    )
