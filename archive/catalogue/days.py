"""What the catalogue holds of one day, for those who report on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from archive.catalogue.errands import kept_by_store
from archive.catalogue.recordings import selected
from archive.catalogue.schema import inbox_file, outbox, recording, sheet, sheet_row, word
from archive.catalogue.shapes import to_inbox_file, to_recording
from archive.records import FileState, InboxFile, Recording, SheetState
from config.several_people import each_of


@dataclass(frozen=True, slots=True)
class Attention:
    """What waits for a person, over all days."""

    held: int
    put_off: int
    unreadable: int
    refused_by_mirror: int


def files_of_day(tx: Connection, day: date) -> Sequence[InboxFile]:
    """Everything handed over for `day`, by source."""
    found = select(inbox_file).where(inbox_file.c.day == day).order_by(inbox_file.c.source)
    return [to_inbox_file(row) for row in tx.execute(found)]


def recordings_of_rows(tx: Connection, rows: Collection[int]) -> Sequence[Recording]:
    """The recordings filed under one of `rows`, whenever they were handed over."""
    found = selected().where(recording.c.row_id.in_(sorted(rows)), recording.c.filed)
    return [to_recording(row) for row in tx.execute(found.order_by(recording.c.id))]


def replaced(tx: Connection, day: date) -> Sequence[Recording]:
    """Recordings of `day` whose file in the inbox holds other bytes by now; a duplicate of them
    may lie there yet, under another name.
    """
    own = select(inbox_file.c.id).where(
        inbox_file.c.recording_id == recording.c.id, inbox_file.c.source == recording.c.source
    )
    found = selected().where(recording.c.day == day, ~own.exists())
    return [to_recording(row) for row in tx.execute(found.order_by(recording.c.id))]


def latest_day(tx: Connection) -> date | None:
    """The last day that a recording, a sheet or a row is of; junk and answers count for none."""
    told = [FileState.RECORDING, FileState.DUPLICATE, FileState.SHEET]
    handed_over = select(func.max(inbox_file.c.day)).where(inbox_file.c.state.in_(told))
    of_sheets = select(func.max(sheet.c.day)).where(sheet.c.state != SheetState.ANSWERS)
    days = [tx.execute(handed_over).scalar(), tx.execute(of_sheets).scalar()]
    return max((day for day in days if day), default=None)


def arrived(tx: Connection, day: date, start: datetime, end: datetime) -> bool:
    """Whether a recording or sheet came for `day`, or from `start` to `end`, both aware."""
    came = inbox_file.c.state.not_in([FileState.IGNORED, FileState.REFUSED, FileState.ANSWERS])
    within = inbox_file.c.arrived_at.between(start, end)
    asked = select(inbox_file.c.id).where(came, or_(inbox_file.c.day == day, within)).limit(1)
    return tx.execute(asked).first() is not None


def handed_over_by(tx: Connection, day: date, start: datetime, end: datetime) -> frozenset[str]:
    """The collectors of whom anything came for `day`, or from `start` to `end`, both aware."""
    within = inbox_file.c.arrived_at.between(start, end)
    found = _collectors(tx, or_(inbox_file.c.day == day, within))
    return frozenset(name for _, name in found)


def collectors_between(tx: Connection, first: date, last: date) -> Mapping[date, frozenset[str]]:
    """Who handed over something for each day of this range, both included; silent days lack."""
    found: dict[date, frozenset[str]] = {}
    for day, name in _collectors(tx, inbox_file.c.day.between(first, last)):
        found[day] = found.get(day, frozenset()) | {name}
    return found


def _collectors(tx: Connection, which: ColumnElement[bool]) -> Sequence[tuple[date, str]]:
    told = inbox_file.c.state.in_([FileState.RECORDING, FileState.DUPLICATE, FileState.SHEET])
    asked = select(inbox_file.c.day, inbox_file.c.collector).where(
        told, inbox_file.c.collector.is_not(None), which
    )
    rows = tx.execute(asked.distinct())
    return [(row.day, one) for row in rows for one in each_of(row.collector)]


def days_between(tx: Connection, first: date, last: date) -> Sequence[date]:
    """The days of this range, both included, of which anything is known."""
    found: set[date] = set()
    for column in (inbox_file.c.day, sheet_row.c.day):
        within = select(column).where(column >= first, column <= last).distinct()
        found |= set(tx.execute(within).scalars())
    return sorted(found)


def attention(tx: Connection) -> Attention:
    put_off = inbox_file.c.state.in_([FileState.WAITING, FileState.REFUSED])

    by_person = select(word.c.recording_id).where(word.c.customer_id.is_(None))

    def count(condition: ColumnElement[bool]) -> int:
        found: int = tx.execute(select(func.count()).where(condition)).scalar_one()
        return found

    return Attention(
        held=count(recording.c.filed.is_(False) & recording.c.id.not_in(by_person)),
        put_off=count(put_off),
        unreadable=count(sheet.c.state == SheetState.UNREADABLE),
        refused_by_mirror=count(
            (outbox.c.attempts > 0) & ~kept_by_store(outbox.c.action, outbox.c.error)
        ),
    )
