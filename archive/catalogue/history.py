"""What the catalogue has of one customer over all days, each question answered from an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, select

from archive.batches import batches
from archive.catalogue import customers
from archive.catalogue.recordings import selected
from archive.catalogue.schema import customer, customer_number, recording, sheet, sheet_row
from archive.catalogue.shapes import to_recording, to_row
from archive.layout import fold
from archive.records import Customer, Recording, Row, SheetState


def spelled_so(tx: Connection, spelling: str) -> Sequence[Customer]:
    """Everyone whose name is this, in the form in which two spellings are equal."""
    mine = select(customer.c.id).where(customer.c.spelling == spelling)
    return _by_ids(tx, tx.execute(mine).scalars().all())


def of_folder(tx: Connection, folder: str) -> Sequence[Customer]:
    mine = select(customer.c.id).where(customer.c.folder_fold == fold(folder))
    return _by_ids(tx, tx.execute(mine).scalars().all())


def of_number(tx: Connection, number: str) -> Sequence[Customer]:
    """Everyone who ever had this number, in its normal form."""
    mine = select(customer_number.c.customer_id).where(customer_number.c.number == number)
    return _by_ids(tx, tx.execute(mine).scalars().all())


def rows(tx: Connection, of: int) -> Sequence[Row]:
    """The rows that count and name this customer, by day and line."""
    return _rows(tx, sheet_row.c.customer_id == of)


def open_rows(tx: Connection, days: Collection[date]) -> Sequence[Row]:
    """The rows of these days that count and name no customer clearly, by day and line."""
    # A sum has no index: the few rows of the days are asked, not all that name nobody.
    nobody = (sheet_row.c.customer_id + 0).is_(None)
    return _rows(tx, sheet_row.c.day.in_(sorted(days)), nobody)


def recordings(tx: Connection, of: int) -> Sequence[Recording]:
    """The recordings that are this customer's, by number; some may still be on their way there."""
    found = selected().where(recording.c.customer_id == of).order_by(recording.c.id)
    return [to_recording(row) for row in tx.execute(found)]


def _rows(tx: Connection, *which: ColumnElement[bool]) -> Sequence[Row]:
    found = (
        select(sheet_row, sheet.c.source, sheet.c.columns)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(*which, sheet.c.state == SheetState.READ)
        .order_by(sheet_row.c.day, sheet.c.source, sheet_row.c.tab, sheet_row.c.line)
    )
    return [to_row(row) for row in tx.execute(found)]


def _by_ids(tx: Connection, ids: Collection[int]) -> Sequence[Customer]:
    return [one for some in batches(sorted(ids)) for one in customers.by_ids(tx, some)]
