"""When recordings came, and the sheets whose rows they are filed under: who was late."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from archive.catalogue.schema import recording, sheet, sheet_row
from archive.catalogue.sheets import rows_by_id
from archive.records import Arrival


def first_of_sheets(tx: Connection, sources: Collection[str]) -> Mapping[str, datetime]:
    """When the first version of each of these sheets came."""
    asked = (
        select(sheet.c.source, func.min(sheet.c.arrived_at).label("first"))
        .where(sheet.c.source.in_(sorted(sources)))
        .group_by(sheet.c.source)
    )
    return {row.source: row.first for row in tx.execute(asked)}


def around(tx: Connection, day: date) -> Sequence[Arrival]:
    """Recordings that came on `day` in some time zone and are filed under a row of an earlier day,
    the first of its customer's; by when they came.
    """
    start = datetime.combine(day, time(), UTC) - timedelta(days=1)
    within = (recording.c.arrived_at >= start, recording.c.arrived_at < start + timedelta(days=3))
    came = (
        select(recording.c.source, recording.c.arrived_at, recording.c.row_id)
        .join(sheet_row, sheet_row.c.id == recording.c.row_id)
        .where(*within, recording.c.filed, sheet_row.c.day < day, ~_earlier())
        .order_by(recording.c.arrived_at, recording.c.source)
    )
    found = tx.execute(came).all()
    rows = {row.id: row for row in rows_by_id(tx, {one.row_id for one in found})}
    first = first_of_sheets(tx, {row.sheet for row in rows.values()})
    return [
        Arrival(one.source, one.arrived_at, first[rows[one.row_id].sheet], rows[one.row_id])
        for one in found
    ]


def _earlier() -> ColumnElement[bool]:
    """Whether another recording of the customer came earlier for the same day's rows."""
    other, its_row = recording.alias(), sheet_row.alias()
    return (
        select(other.c.id)
        .join(its_row, its_row.c.id == other.c.row_id)
        .where(
            other.c.customer_id == recording.c.customer_id,
            other.c.filed,
            its_row.c.day == sheet_row.c.day,
            other.c.arrived_at < recording.c.arrived_at,
        )
        .exists()
    )
