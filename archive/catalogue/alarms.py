"""Alarms in the catalogue: what a person had to see to, from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy import Row as SqlRow

from archive.catalogue.schema import alarm
from archive.catalogue.shapes import pack, unpack
from archive.records import Alarm


def standing(tx: Connection) -> Mapping[str, Alarm]:
    """The alarms that are not over, by their codes."""
    rows = tx.execute(select(alarm).where(alarm.c.cleared_at.is_(None)))
    return {row.code: _to_alarm(row) for row in rows}


def write_down(tx: Connection, told: Alarm) -> None:
    """An alarm that is raised, once however often it is told; or one that is over."""
    stands = (alarm.c.code == told.code) & alarm.c.cleared_at.is_(None)
    known = tx.execute(select(alarm.c.id).where(stands)).first()
    if known is None:
        tx.execute(
            insert(alarm).values(
                code=told.code,
                message=pack(told.message),
                raised_at=told.raised_at,
                cleared_at=told.cleared_at,
            )
        )
    elif told.cleared_at is not None:
        tx.execute(update(alarm).where(stands).values(cleared_at=told.cleared_at))


def around(tx: Connection, day: date) -> Sequence[Alarm]:
    """Alarms that stood on `day` in some time zone, oldest first."""
    start = datetime.combine(day, time(), UTC) - timedelta(days=1)
    end = start + timedelta(days=3)
    over = or_(alarm.c.cleared_at.is_(None), alarm.c.cleared_at >= start)
    rows = tx.execute(
        select(alarm).where(alarm.c.raised_at < end, over).order_by(alarm.c.raised_at, alarm.c.id)
    )
    return [_to_alarm(row) for row in rows]


def _to_alarm(row: SqlRow[tuple[object, ...]]) -> Alarm:
    return Alarm(row.code, unpack(row.message), row.raised_at, row.cleared_at)
