"""Calls, which are rows of sheets, found as recordings are: those without a recording, too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Text, cast, or_, select

from archive.catalogue.schema import customer, customer_number, recording, sheet, sheet_row
from archive.catalogue.search import Query
from archive.catalogue.shapes import to_sheet
from archive.records import Sheet, SheetState


def fitting(tx: Connection, query: Query) -> Sequence[int]:
    """The rows that count and fit, by number; `query.limit` does not count.

    A status is a recording's: where one is asked for, these are calls that have no recording.
    """
    found = (
        select(sheet_row.c.id)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .outerjoin(customer, customer.c.id == sheet_row.c.customer_id)
        .where(sheet.c.state == SheetState.READ, *_conditions(query))
    )
    return tx.execute(found.order_by(sheet_row.c.id)).scalars().all()


def sheets_of(tx: Connection, rows: Collection[int]) -> Mapping[int, Sheet]:
    """The version of its sheet that each of these rows stands in."""
    of = select(sheet_row.c.id.label("row"), sheet).join(sheet, sheet.c.id == sheet_row.c.sheet_id)
    found = tx.execute(of.where(sheet_row.c.id.in_(sorted(rows))))
    return {row.row: to_sheet(row) for row in found}


def sheets_of_bytes(tx: Connection, hashes: Collection[str]) -> Sequence[Sheet]:
    """The sheets that were handed in with one of these SHA-256, by number."""
    found = select(sheet).where(sheet.c.sha256.in_(sorted(hashes))).order_by(sheet.c.id)
    return [to_sheet(row) for row in tx.execute(found)]


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    conditions = [_any_word(word) for word in query.words]
    if query.customer:
        conditions.append(_named(query.customer))
    if query.customer_id is not None:
        conditions.append(sheet_row.c.customer_id == query.customer_id)
    if query.phone:
        conditions.append(_number(query.phone))
    if query.collector:
        conditions.append(_contains(sheet_row.c.collector, query.collector))
    if query.first:
        conditions.append(sheet_row.c.day >= query.first)
    if query.last:
        conditions.append(sheet_row.c.day <= query.last)
    if query.status:
        filed = select(recording.c.row_id).where(
            recording.c.filed.is_(True), recording.c.row_id.is_not(None)
        )
        conditions.append(sheet_row.c.id.not_in(filed))
    return conditions


def _any_word(word: str) -> ColumnElement[bool]:
    fits = [_named(word), _contains(sheet_row.c.collector, word)]
    if word.isdigit():
        fits.append(_number(word))
    return or_(*fits)


def _named(name: str) -> ColumnElement[bool]:
    return or_(_contains(customer.c.name, name), _contains(sheet_row.c.customer_name, name))


def _number(digits: str) -> ColumnElement[bool]:
    of_customer = select(customer_number.c.customer_id).where(
        _contains(customer_number.c.number, digits)
    )
    said = cast(sheet_row.c.numbers, Text).contains(digits, autoescape=True)
    return or_(said, sheet_row.c.customer_id.in_(of_customer))


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.contains(text, autoescape=True)
