"""Sheets, their rows and the customers that they name, in the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import dropwhile, groupby
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from archive.catalogue.schema import sheet, sheet_row
from archive.catalogue.shapes import pack, to_row, to_sheet
from archive.records import NewRow, Row, Sheet, SheetState
from config.language import Message

_CALLS = (SheetState.READ, SheetState.DUPLICATE)
_said, _version, _copy = sheet_row.alias(), sheet.alias(), sheet.alias()
_STANDS = sheet.c.state.in_([*_CALLS, SheetState.ANSWERS])


@dataclass(frozen=True, slots=True)
class NewSheet:
    source: str
    sha256: str
    day: date
    collector: str | None
    arrived_at: datetime
    state: SheetState
    columns: tuple[str, ...]
    problems: tuple[Message, ...]
    rows: tuple[NewRow, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row that counts."""

    key: str
    day: date


def enter(tx: Connection, new: NewSheet) -> frozenset[date]:
    """Enters a sheet in place of any earlier one of its source; returns the days it bears on.

    A sheet that cannot be read, or is a report that came back, does not displace the version before
    it, unless that had the same bytes: its rows still count. A copy of another sheet does: what it
    says counts there. A version that is entered anew, to count or not, is still followed by those
    that displaced nothing.
    """
    touched = {row.day for row in new.rows} | {new.day} | _displace(tx, new)
    id = tx.execute(
        insert(sheet)
        .values(
            source=new.source,
            sha256=new.sha256,
            day=new.day,
            collector=new.collector,
            arrived_at=new.arrived_at,
            state=new.state,
            columns=list(new.columns),
            problems=[pack(problem) for problem in new.problems],
        )
        .returning(sheet.c.id)
    ).scalar_one()
    if new.rows:
        tx.execute(insert(sheet_row), [_values(id, row) for row in new.rows])
    return frozenset(touched)


def bring_back(tx: Connection, version: Sheet) -> None:
    """Sets aside what lies over a version that stands: its bytes are in the inbox again."""
    over = {SheetState.UNREADABLE, SheetState.ANSWERS} - {version.state}
    mine = (sheet.c.source == version.source) & sheet.c.state.in_(over)
    tx.execute(update(sheet).where(mine).values(state=SheetState.REPLACED))


def standing(tx: Connection, source: str, sha256: str) -> Sheet | None:
    """The version of a sheet with these bytes, where it stands: it counts, is a copy of one that
    does, or is a report that came back.
    """
    mine = (sheet.c.source == source) & (sheet.c.sha256 == sha256) & _STANDS
    row = tx.execute(select(sheet).where(mine)).first()
    return to_sheet(row) if row else None


def same_bytes(tx: Connection, sha256: str) -> Sheet | None:
    """The sheet with these bytes that counts, under whatever name."""
    same = (sheet.c.sha256 == sha256) & (sheet.c.state == SheetState.READ)
    row = tx.execute(select(sheet).where(same)).first()
    return to_sheet(row) if row else None


def copied(tx: Connection) -> Sequence[Sequence[Sheet]]:
    """The sheets of which there are copies, each with these; of some none counts by now."""
    copies = select(sheet.c.sha256).where(sheet.c.state == SheetState.DUPLICATE)
    equal = select(sheet).where(sheet.c.sha256.in_(copies), _STANDS)
    found = [to_sheet(row) for row in tx.execute(equal.order_by(sheet.c.sha256))]
    return [list(equal) for _, equal in groupby(found, key=lambda one: one.sha256)]


def name_first(tx: Connection, sha256: str, problem: Message) -> None:
    """Has all copies with these bytes say by `problem` which sheet counts in their place."""
    copies = (sheet.c.sha256 == sha256) & (sheet.c.state == SheetState.DUPLICATE)
    tx.execute(update(sheet).where(copies).values(problems=[pack(problem)]))


def rows_of_days(tx: Connection, days: Collection[date]) -> Sequence[Row]:
    """The rows that count for `days`, in the order of their sheets and lines."""
    query = _rows().where(sheet_row.c.day.in_(sorted(days)), sheet.c.state == SheetState.READ)
    ordered = query.order_by(sheet.c.source, sheet_row.c.tab, sheet_row.c.line, sheet_row.c.id)
    return [to_row(row) for row in tx.execute(ordered)]


def rows_by_id(tx: Connection, ids: Collection[int]) -> Sequence[Row]:
    return [to_row(row) for row in tx.execute(_rows().where(sheet_row.c.id.in_(sorted(ids))))]


def sheets_of_day(tx: Connection, day: date) -> Sequence[Sheet]:
    """The sheets handed over for `day`, with those that could not be read or are copies."""
    found = select(sheet).where(sheet.c.day == day, sheet.c.state != SheetState.REPLACED)
    return [to_sheet(row) for row in tx.execute(found.order_by(sheet.c.source))]


def versions_of_day(tx: Connection, day: date) -> Mapping[str, Sequence[Sequence[Row]]]:
    """The rows of `day` in each version of the sheets that were corrected, oldest first.

    By source; begins with the first version that has a row of the day. Versions that could not be
    read, or were copies of another sheet, are none.
    """
    replaced = sheet.c.state == SheetState.REPLACED
    corrected = (
        select(sheet.c.source)
        .join(sheet_row, sheet_row.c.sheet_id == sheet.c.id)
        .where(sheet_row.c.day == day, replaced)
    )
    has_rows = select(sheet_row.c.id).where(sheet_row.c.sheet_id == sheet.c.id).exists()
    told = (sheet.c.state == SheetState.READ) | (replaced & has_rows)
    of = sheet.c.source.in_(tx.execute(corrected.distinct()).scalars().all()) & told
    found: dict[str, dict[int, list[Row]]] = {}
    for one in tx.execute(select(sheet.c.id, sheet.c.source).where(of).order_by(sheet.c.id)):
        found.setdefault(one.source, {})[one.id] = []
    rows = _rows().where(sheet.c.id.in_([id for ids in found.values() for id in ids]))
    in_order = (sheet_row.c.tab, sheet_row.c.line, sheet_row.c.id)
    for row in tx.execute(rows.where(sheet_row.c.day == day).order_by(*in_order)):
        found[row.source][row.sheet_id].append(to_row(row))
    return {
        source: list(dropwhile(lambda rows: not rows, versions.values()))
        for source, versions in sorted(found.items())
    }


def rows_of_sheet(tx: Connection, source: str) -> Sequence[Row]:
    """The rows that count of the sheet under this name."""
    mine = (sheet.c.source == source) & (sheet.c.state == SheetState.READ)
    return [to_row(row) for row in tx.execute(_rows().where(mine))]


def keys(tx: Connection, rows: Collection[int]) -> Mapping[int, str]:
    """The keys of these rows, which outlive a correction."""
    found = select(sheet_row.c.id, sheet_row.c.key).where(sheet_row.c.id.in_(sorted(rows)))
    return {row.id: row.key for row in tx.execute(found)}


def row_of_key(tx: Connection, key: str) -> Row | None:
    """The row that counts under this key; of a copy, the same line of what counts in its place."""
    row = _row_of_key(tx, key)
    if row is None and (line := same_lines(tx, [key]).get(key)):
        row = _row_of_key(tx, line.key)
    return row


def same_lines(
    tx: Connection, keys: Collection[str] | Select[tuple[str | None]]
) -> Mapping[str, Line]:
    """Of those `keys` whose sheets are copies by now: the same line of what counts in their place.

    A key is kept as it was said, for its sheet may count again.
    """
    if not isinstance(keys, Select) and not keys:
        return {}
    in_place = (sheet.c.sha256 == _copy.c.sha256) & (sheet.c.state == SheetState.READ)
    found = tx.execute(
        select(
            _said.c.key.label("said"),
            (_said.c.tab == sheet_row.c.tab).label("is_tab"),
            _said.c.tab.label("said_tab"),
            _copy.c.source.label("copy"),
            sheet_row.c.key,
            sheet_row.c.day,
            sheet_row.c.tab,
            sheet.c.source,
        )
        .join_from(_said, _version, _version.c.id == _said.c.sheet_id)
        .join(_copy, _copy.c.source == _version.c.source)
        .join(sheet, in_place)
        .join(sheet_row, (sheet_row.c.sheet_id == sheet.c.id) & (sheet_row.c.line == _said.c.line))
        .where(_said.c.key.in_(keys), _copy.c.state == SheetState.DUPLICATE)
        .order_by("is_tab")  # a tab of that very name comes last, and stands
    )
    return {
        row.said: Line(row.key, row.day)
        for row in found
        if row.is_tab or (row.said_tab, row.tab) == (_stem(row.copy), _stem(row.source))
    }


def sources(tx: Connection) -> Sequence[str]:
    """The names of all sheets that count."""
    read = select(sheet.c.source).where(sheet.c.state == SheetState.READ)
    return tx.execute(read.order_by(sheet.c.source)).scalars().all()


def name_customer(tx: Connection, row_id: int, customer_id: int | None) -> None:
    """Writes down whom a row names."""
    tx.execute(update(sheet_row).where(sheet_row.c.id == row_id).values(customer_id=customer_id))


def _row_of_key(tx: Connection, key: str) -> Row | None:
    mine = (sheet_row.c.key == key) & (sheet.c.state == SheetState.READ)
    row = tx.execute(_rows().where(mine)).first()
    return to_row(row) if row else None


def _stem(source: str) -> str:
    """What the one tab of a text file is called."""
    return PurePosixPath(source).stem


def _displace(tx: Connection, new: NewSheet) -> frozenset[date]:
    """Sets aside what gives way to a version of a sheet; returns the days of its rows."""
    gives_way = sheet.c.state.in_(_giving_way(tx, new)) | (sheet.c.sha256 == new.sha256)
    mine = (sheet.c.source == new.source) & (sheet.c.state != SheetState.REPLACED)
    present = mine & gives_way
    days = tx.execute(
        select(sheet_row.c.day).join(sheet, sheet.c.id == sheet_row.c.sheet_id).where(present)
    ).scalars()
    touched = frozenset(days)
    tx.execute(update(sheet).where(present).values(state=SheetState.REPLACED))
    return touched


def _giving_way(tx: Connection, new: NewSheet) -> Collection[SheetState]:
    """The states of versions that give way to one, whatever their bytes."""
    if new.state is SheetState.UNREADABLE:
        return (SheetState.UNREADABLE,)
    if new.state is SheetState.ANSWERS:
        return (SheetState.UNREADABLE, SheetState.ANSWERS)
    return _CALLS if standing(tx, new.source, new.sha256) else tuple(SheetState)


def _values(sheet_id: int, row: NewRow) -> dict[str, Any]:
    values = {field: getattr(row, field) for field in NewRow.__dataclass_fields__}
    packed = {
        "sheet_id": sheet_id,
        "numbers": list(row.numbers),
        "raw": [list(pair) for pair in row.raw],
        "problems": [pack(problem) for problem in row.problems],
        "further": [list(pair) for pair in row.further],
        "misread": list(row.misread),
        "masked": list(row.masked),
        "of_others": list(row.of_others),
    }
    return values | packed


def _rows() -> Select[Any]:
    return select(sheet_row, sheet.c.source, sheet.c.columns).join(
        sheet, sheet.c.id == sheet_row.c.sheet_id
    )
