"""How many customers were reached on each day, and of how many there is a recording: counted by
the database itself, for those who show many days at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Text, and_, case, cast, func, select

from archive.catalogue.schema import recording, sheet, sheet_row
from archive.records import SheetState


@dataclass(frozen=True, slots=True)
class Reached:
    customers: int
    recorded: int
    """Of those, how many have a recording filed under a row of theirs on that day."""


def by_day(tx: Connection, first: date, last: date) -> Mapping[date, Reached]:
    """The days of this range, both included, on which somebody was reached.

    A row that names no clear customer stands for itself by its name, else its numbers. What is
    held is nobody's yet: who has no recording may be missing theirs, or have it undecided.
    """
    name = func.coalesce(sheet_row.c.customer_name, cast(sheet_row.c.numbers, Text))
    who = case((sheet_row.c.customer_id.is_(None), name), else_="")
    customer_days = (
        select(
            sheet_row.c.day,
            func.max(case((sheet_row.c.reached, 1), else_=0)).label("reached"),
            func.max(case((recording.c.id.is_not(None), 1), else_=0)).label("recorded"),
        )
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .outerjoin(recording, and_(recording.c.row_id == sheet_row.c.id, recording.c.filed))
        .where(sheet_row.c.day.between(first, last), sheet.c.state == SheetState.READ)
        .group_by(sheet_row.c.day, sheet_row.c.customer_id, who)
        .subquery()
    )
    asked = (
        select(customer_days.c.day, func.count(), func.sum(customer_days.c.recorded))
        .where(customer_days.c.reached == 1)
        .group_by(customer_days.c.day)
    )
    return {day: Reached(customers, recorded) for day, customers, recorded in tx.execute(asked)}
