"""Recordings by customer and days, straight from the catalogue: for work on many of them.

Those that are disposed of, or are to be, have no copy to work on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from archive.catalogue.schema import recording, sheet_row


@dataclass(frozen=True, slots=True)
class Choice:
    """Which recordings; `None` does not restrict."""

    customer_id: int | None = None
    first: date | None = None
    last: date | None = None
    """Days of the call, both included."""


def after(tx: Connection, choice: Choice, reached: int, limit: int) -> Sequence[int]:
    """The next of them above a number, by number."""
    above = (
        select(recording.c.id)
        .outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
        .where(recording.c.id > reached, *_conditions(choice))
    )
    return tx.execute(above.order_by(recording.c.id).limit(limit)).scalars().all()


def count(tx: Connection, choice: Choice) -> int:
    fitting = (
        select(func.count(recording.c.id))
        .outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
        .where(*_conditions(choice))
    )
    counted: int = tx.execute(fitting).scalar_one()
    return counted


def _conditions(choice: Choice) -> list[ColumnElement[bool]]:
    day = func.coalesce(sheet_row.c.day, recording.c.call_day)
    conditions: list[ColumnElement[bool]] = [recording.c.disposal.is_(None)]
    if choice.customer_id is not None:
        conditions.append(recording.c.customer_id == choice.customer_id)
    if choice.first:
        conditions.append(day >= choice.first)
    if choice.last:
        conditions.append(day <= choice.last)
    return conditions
