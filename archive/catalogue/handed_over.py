"""Who handed something over for which days, and whose calls their rows are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from archive.batches import batches
from archive.catalogue.schema import customer, inbox_file, recording, sheet, sheet_row
from archive.records import FileState, SheetState

_NOTHING = (FileState.IGNORED, FileState.REFUSED, FileState.ANSWERS)


def collectors_of_files(
    tx: Connection, days: Collection[date]
) -> Mapping[date, frozenset[str | None]]:
    """Who put recordings or sheets into the inbox for each of `days`; `None`: nobody named."""
    came = inbox_file.c.state.not_in(_NOTHING)
    asked = select(inbox_file.c.day, inbox_file.c.collector).distinct()
    found: defaultdict[date, set[str | None]] = defaultdict(set)
    for row in tx.execute(asked.where(inbox_file.c.day.in_(sorted(days)), came)):
        found[row.day].add(row.collector)
    return {day: frozenset(who) for day, who in found.items()}


def collectors_of_rows(
    tx: Connection, days: Collection[date]
) -> Mapping[date, frozenset[tuple[str | None, str | None]]]:
    """Who handed over the sheets with rows of each of `days` that count, and whose calls these are;
    `None`: nobody named.
    """
    asked = (
        select(sheet_row.c.day, sheet.c.collector.label("brought_by"), sheet_row.c.collector)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet_row.c.day.in_(sorted(days)), sheet.c.state == SheetState.READ)
    )
    found: defaultdict[date, set[tuple[str | None, str | None]]] = defaultdict(set)
    for row in tx.execute(asked.distinct()):
        found[row.day].add((row.brought_by, row.collector))
    return {day: frozenset(who) for day, who in found.items()}


def called_like_customers(tx: Connection, names: Collection[str]) -> frozenset[str]:
    """Which of these names, in their normal form, some customer has."""
    found: set[str] = set()
    for some in batches(sorted(names)):
        asked = select(customer.c.spelling).where(customer.c.spelling.in_(some))
        found.update(tx.execute(asked).scalars())
    return frozenset(found)


def days_of_held(tx: Connection, day: date) -> Sequence[date]:
    """Other days on which recordings were made that were handed over for `day` and are held."""
    other = (recording.c.day == day) & (recording.c.call_day != day)
    asked = select(recording.c.call_day).where(other, recording.c.filed.is_(False)).distinct()
    return tx.execute(asked.order_by(recording.c.call_day)).scalars().all()
