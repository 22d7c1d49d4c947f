"""Finding recordings by what a person remembers of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from archive.catalogue.schema import (
    customer,
    customer_number,
    mirrored,
    recording,
    sheet,
    sheet_row,
)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; what is empty or `None` does not restrict. All of it must hold."""

    words: tuple[str, ...] = ()
    """Each is part of a customer's or collector's name, of a number, or of the file's name."""
    customer: str | None = None
    customer_id: int | None = None
    """This customer alone, whatever others are called."""
    phone: str | None = None
    """Digits anywhere in a number of the customer or of the file's name, such as the last four."""
    collector: str | None = None
    first: date | None = None
    last: date | None = None
    """Days of the call, both included."""
    status: str | None = None
    """`filed`, `held`, `ambiguous`, `unmatched`, `damaged`, `silent` or `mirrored`."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Hit:
    sha256: str
    customer: str | None
    collector: str | None
    day: date
    """Of the call where it is known, else of the hand-off."""
    started_at: datetime | None
    duration_seconds: float | None
    status: str
    """`filed`, `ambiguous`, `unmatched` or `waiting`."""
    archive_path: str
    source: str
    sheet: str | None
    line: int | None
    mirrored: bool


_STATUSES: dict[str, ColumnElement[bool]] = {
    "filed": recording.c.filed.is_(True),
    "held": recording.c.filed.is_(False),
    "ambiguous": and_(recording.c.filed.is_(False), recording.c.verdict == "ambiguous"),
    "unmatched": and_(recording.c.filed.is_(False), recording.c.verdict == "unmatched"),
    "damaged": recording.c.condition.in_(["damaged", "truncated", "empty"]),
    "silent": recording.c.silent.is_(True),
    "mirrored": mirrored.c.key.is_not(None),
}
STATUSES = tuple(_STATUSES)


def search(tx: Connection, query: Query) -> Sequence[Hit]:
    """The newest recordings that fit, at most `query.limit`; the order is stable."""
    day = _day()
    asked = select(recording, customer.c.name, sheet.c.source.label("sheet"), sheet_row.c.line)
    found = (
        _fitting(asked.add_columns(mirrored.c.key, day.label("call_date")), query)
        .order_by(day.desc(), recording.c.started_at.desc().nulls_last(), recording.c.id.desc())
        .limit(query.limit)
    )
    return [
        Hit(
            sha256=row.sha256,
            customer=row.name,
            collector=row.collector,
            day=row.call_date,
            started_at=row.started_at,
            duration_seconds=row.duration_seconds,
            status=_status(row.filed, row.verdict),
            archive_path=row.path,
            source=row.source,
            sheet=row.sheet,
            line=row.line,
            mirrored=row.key is not None,
        )
        for row in tx.execute(found)
    ]


def after(tx: Connection, query: Query, reached: int, limit: int) -> Sequence[int]:
    """The next recordings that fit, by number; `query.limit` does not count."""
    above = _fitting(select(recording.c.id), query).where(recording.c.id > reached)
    return tx.execute(above.order_by(recording.c.id).limit(limit)).scalars().all()


def count(tx: Connection, query: Query) -> int:
    """How many recordings fit."""
    fitting: int = tx.execute(_fitting(select(func.count(recording.c.id)), query)).scalar_one()
    return fitting


def _fitting(asked: Select[Any], query: Query) -> Select[Any]:
    return (
        asked.select_from(recording)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
        .outerjoin(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .outerjoin(mirrored, mirrored.c.key == recording.c.path)
        .where(*_conditions(query))
    )


def _status(filed: bool, verdict: str | None) -> str:
    """`waiting` where a pass was cut short before it decided or filed; the next one does."""
    if filed:
        return "filed"
    return "waiting" if verdict is None or verdict == "matched" else verdict


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    conditions = [_any_word(word) for word in query.words]
    if query.customer:
        conditions.append(_contains(customer.c.name, query.customer))
    if query.customer_id is not None:
        conditions.append(recording.c.customer_id == query.customer_id)
    if query.phone:
        conditions.append(_number(query.phone))
    if query.collector:
        conditions.append(_collector(query.collector))
    if query.first:
        conditions.append(_day() >= query.first)
    if query.last:
        conditions.append(_day() <= query.last)
    if query.status:
        conditions.append(_STATUSES[query.status])
    return conditions


def _day() -> ColumnElement[date]:
    return func.coalesce(sheet_row.c.day, recording.c.call_day)


def _any_word(word: str) -> ColumnElement[bool]:
    fits = [_contains(customer.c.name, word), _collector(word), _contains(recording.c.source, word)]
    if word.isdigit():
        fits.append(_number(word))
    return or_(*fits)


def _collector(name: str) -> ColumnElement[bool]:
    return or_(_contains(recording.c.collector, name), _contains(sheet_row.c.collector, name))


def _number(digits: str) -> ColumnElement[bool]:
    of_customer: Select[tuple[int]] = select(customer_number.c.customer_id).where(
        _contains(customer_number.c.number, digits)
    )
    return or_(_contains(recording.c.numbers, digits), recording.c.customer_id.in_(of_customer))


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.contains(text, autoescape=True)
