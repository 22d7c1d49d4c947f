"""Calls, which are rows of sheets, found as recordings are: those without a recording, too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Text, cast, exists, false, or_, select

from archive.catalogue.cells import in_a_cell
from archive.catalogue.schema import recording, sheet, sheet_row
from archive.catalogue.search import Query
from archive.catalogue.search_names import (
    Asked,
    Many,
    Understand,
    meant,
    meant_customer,
    meant_number,
    plain,
)
from archive.catalogue.shapes import to_sheet
from archive.records import Sheet, SheetState


def fitting(tx: Connection, query: Query, understand: Understand = plain) -> Sequence[int]:
    """The rows that count and fit, by number; `query.limit` and `query.skip` do not count.

    File, status and length are a recording's. A call has no file; for its status or length it is
    found where it has no recording and it is asked for by more than that: a question that speaks
    of recordings alone is not answered with everybody's calls.
    """
    found = (
        select(sheet_row.c.id, sheet_row.c.further)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet.c.state == SheetState.READ, *_conditions(tx, query, understand))
    )
    grade = (query.grade or "").upper()
    rows = tx.execute(found.order_by(sheet_row.c.id))
    return [row.id for row in rows if _grade(row.further).startswith(grade)]


def sheets_of(tx: Connection, rows: Collection[int]) -> Mapping[int, Sheet]:
    """The version of its sheet that each of these rows stands in."""
    of = select(sheet_row.c.id.label("row"), sheet).join(sheet, sheet.c.id == sheet_row.c.sheet_id)
    found = tx.execute(of.where(sheet_row.c.id.in_(sorted(rows))))
    return {row.row: to_sheet(row) for row in found}


def sheets_of_bytes(tx: Connection, hashes: Collection[str]) -> Sequence[Sheet]:
    """The sheets that were handed in with one of these SHA-256, by number."""
    found = select(sheet).where(sheet.c.sha256.in_(sorted(hashes))).order_by(sheet.c.id)
    return [to_sheet(row) for row in tx.execute(found)]


def _conditions(
    tx: Connection, query: Query, understand: Understand
) -> Iterator[ColumnElement[bool]]:
    for word in query.words:
        asked = understand(word)
        led = meant(tx, asked).customers
        yield or_(
            _named(tx, asked, led, understand), _said(asked), _contains(sheet_row.c.collector, word)
        )
    if query.customer:
        asked = understand(query.customer)
        yield _named(tx, asked, meant_customer(tx, asked).customers, understand)
    if query.phone:
        asked = understand(query.phone)
        yield or_(sheet_row.c.customer_id.in_(meant_number(tx, asked).customers), _said(asked))
    if query.collector:
        yield _contains(sheet_row.c.collector, query.collector)
    yield from _of_row(query)
    if query.status or query.shortest is not None or query.longest is not None:
        yield ~exists().where(recording.c.row_id == sheet_row.c.id, recording.c.filed.is_(True))
        if not _of_calls(query):
            yield false()
    if query.file:
        yield false()


def _of_calls(query: Query) -> bool:
    """Whether some people or days are asked for, whatever is asked of recordings."""
    asked = (query.words, query.customer, query.phone, query.collector, query.first, query.last)
    return any(asked) or query.customer_id is not None


def _of_row(query: Query) -> Iterator[ColumnElement[bool]]:
    if query.customer_id is not None:
        yield sheet_row.c.customer_id == query.customer_id
    if query.first:
        yield sheet_row.c.day >= query.first
    if query.last:
        yield sheet_row.c.day <= query.last
    if query.department:
        yield _contains(sheet_row.c.department, query.department)
    if query.reached is not None:
        yield sheet_row.c.reached.is_(query.reached)
    if query.note:
        yield in_a_cell(query.note)


def _grade(further: Sequence[tuple[str, str]] | None) -> str:
    return dict(further or ()).get("grade", "").upper()


def _named(
    tx: Connection, asked: Asked, led: Sequence[int] | Many, understand: Understand
) -> ColumnElement[bool]:
    """A customer to whom the word leads, or a row that says so and leaves open who that is, be it
    in another spelling.
    """
    name = sheet_row.c.customer_name
    left_open = sheet_row.c.customer_id.is_(None) & name.is_not(None)
    names = tx.execute(select(name).where(left_open).distinct()).scalars().all()
    spelled_so = [one for one in names if asked.spelling in understand(one).spelling]
    in_another = left_open & name.in_(spelled_so) if asked.spelling else false()
    return or_(sheet_row.c.customer_id.in_(led), _contains(name, asked.text), in_another)


def _said(asked: Asked) -> ColumnElement[bool]:
    """Digits in a number of the row itself."""
    if not asked.digits:
        return false()
    return cast(sheet_row.c.numbers, Text).contains(asked.digits, autoescape=True)


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)
