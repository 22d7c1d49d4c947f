"""The calls of customers over several months, for those who hold them against a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from archive.catalogue.schema import customer, recording, sheet, sheet_row
from archive.records import SheetState


@dataclass(frozen=True, slots=True)
class CustomerCall:
    """A row that names a customer, as far as it bears on whom the office calls when."""

    customer: int
    name: str
    """The customer's, as it was first written."""
    day: date
    collector: str | None
    department: str | None
    grade: str | None
    """As the sheet says it; `None` also of rows that were read before grades were kept."""
    reached: bool | None
    recorded: bool
    """A recording is filed under it."""


def between(tx: Connection, first: date, last: date) -> Sequence[CustomerCall]:
    """The rows of this range, both ends included, that count and name a customer, in order."""
    filed = select(recording.c.id).where(recording.c.row_id == sheet_row.c.id, recording.c.filed)
    said = sheet_row.c
    asked = (
        select(customer.c.id, customer.c.name, said.day, said.collector, said.department)
        .add_columns(said.further, said.reached, filed.exists().label("recorded"))
        .join_from(sheet_row, sheet, sheet.c.id == said.sheet_id)
        .join(customer, customer.c.id == said.customer_id)
        .where(said.day.between(first, last), sheet.c.state == SheetState.READ)
        .order_by(said.day, said.called_at, said.id)
    )
    return [
        CustomerCall(
            customer=row.id,
            name=row.name,
            day=row.day,
            collector=row.collector,
            department=row.department,
            grade=dict(row.further or ()).get("grade"),
            reached=row.reached,
            recorded=row.recorded,
        )
        for row in tx.execute(asked)
    ]


def nameless(tx: Connection, first: date, last: date) -> int:
    """How many rows of this range count and name no customer clearly."""
    asked = (
        select(func.count())
        .select_from(sheet_row)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet_row.c.day.between(first, last), sheet.c.state == SheetState.READ)
        .where(sheet_row.c.customer_id.is_(None))
    )
    found: int = tx.execute(asked).scalar_one()
    return found
