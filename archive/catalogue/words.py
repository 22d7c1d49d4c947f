"""What people said of recordings, and which customers are known by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, delete, insert, or_, select

from archive.catalogue import sheets
from archive.catalogue.schema import recording, sheet, sheet_row, word
from archive.records import SheetState
from archive.said_records import Word


def of(tx: Connection, recordings: Collection[int]) -> Mapping[int, Word]:
    """The word on each of `recordings` of which somebody said one."""
    found = select(word).where(word.c.recording_id.in_(sorted(recordings)))
    return {
        row.recording_id: Word(row.customer_id, row.row_key, row.said_by, row.said_at)
        for row in tx.execute(found)
    }


def say(tx: Connection, words: Mapping[int, Word | None]) -> None:
    """Puts each word in place of any earlier one on its recording; `None` takes that back."""
    if not words:
        return
    tx.execute(delete(word).where(word.c.recording_id.in_(sorted(words))))
    said = [
        {
            "recording_id": id,
            "customer_id": one.customer,
            "row_key": one.row,
            "said_by": one.said_by,
            "said_at": one.said_at,
        }
        for id, one in words.items()
        if one is not None
    ]
    if said:
        tx.execute(insert(word), said)


def days_beside(tx: Connection, days: Collection[date]) -> frozenset[date]:
    """`days`, and those that a word ties to them: of its recording, and of the row it names."""
    wanted = sorted(days)
    columns = (recording.c.day, recording.c.call_day, sheet_row.c.day)
    tied = (
        select(*columns)
        .select_from(word)
        .join(recording, recording.c.id == word.c.recording_id)
        .join(sheet_row, sheet_row.c.key == word.c.row_key)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet.c.state == SheetState.READ)
        .where(or_(*(column.in_(wanted) for column in columns)))
        .distinct()
    )
    found = {day for row in tx.execute(tied) for day in row}
    return frozenset(days) | found | _days_by_copies(tx, frozenset(days))


def on_rows_of(tx: Connection, source: str) -> Collection[int]:
    """The recordings of which somebody said a row of this sheet, in whatever version of it."""
    named = (
        select(word.c.recording_id)
        .join(sheet_row, sheet_row.c.key == word.c.row_key)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet.c.source == source)
    )
    return tx.execute(named.distinct()).scalars().all()


def _days_by_copies(tx: Connection, days: frozenset[date]) -> frozenset[date]:
    """What words tie to `days` whose row stands in a sheet that is a copy by now."""
    lines = sheets.same_lines(tx, select(word.c.row_key))
    if not lines:
        return frozenset()
    told = (
        select(word.c.row_key, recording.c.day, recording.c.call_day)
        .join(recording, recording.c.id == word.c.recording_id)
        .where(word.c.row_key.in_(lines))
    )
    tied = [{one.day, one.call_day, lines[one.row_key].day} for one in tx.execute(told)]
    return frozenset(day for together in tied if together & days for day in together)
