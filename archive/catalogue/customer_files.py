"""Customers' files as retention goes by them: when each was last spoken to, by whom, what binds it.

Only those are asked for whose recordings are all old enough; looking at more would cost a report
some seconds in an office of many years.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    case,
    cast,
    func,
    or_,
    select,
    union_all,
)

from archive.batches import batches
from archive.catalogue.bound import under_legal_hold
from archive.catalogue.kept import STAYS
from archive.catalogue.recordings import selected
from archive.catalogue.schema import (
    act_change,
    customer,
    customer_number,
    fault,
    inbox_file,
    legal_hold,
    mention,
    open_day,
    recording,
    sheet,
    sheet_row,
    word,
)
from archive.catalogue.shapes import to_recording
from archive.records import FileState, Recording, SheetState
from archive.retention import Bound, CustomerFile, Over, over
from config.grades import grade_of
from config.settings import Retention

_LATER = case((recording.c.call_day > recording.c.day, recording.c.call_day), else_=recording.c.day)
"""The hand-off's day where a phone whose clock was lost gave a recording a date of long ago."""


Spell = Callable[[str], str]
"""Levels how a name may be written, as the customers' own `spelling` is levelled."""


def of_those_over(tx: Connection, retention: Retention, on: date, spelled: Spell) -> Sequence[Over]:
    """The customers' files that need not be kept any more on a day, by their folders."""
    quiet = retention.over_before(on)
    found: list[Over] = []
    if not _any_so_old(tx, quiet):
        return found
    undecided = _undecided(tx, spelled)
    rows = tx.execute(_files().having(func.max(_LATER) <= quiet)).all()
    for some in batches(rows):
        found += over(_told(tx, some, undecided), retention, on)
    return sorted(found, key=lambda one: (one.file.folder, one.file.customer))


def of_customers(
    tx: Connection, ids: Collection[int], spelled: Spell
) -> Mapping[int, CustomerFile]:
    """The files of these customers, however young they are; none of whom nothing lies there."""
    undecided, found = _undecided(tx, spelled), dict[int, CustomerFile]()
    for some in batches(sorted(ids)):
        rows = tx.execute(_files().where(recording.c.customer_id.in_(some))).all()
        found |= {one.customer: one for one in _told(tx, rows, undecided)}
    return found


def recordings_of(tx: Connection, customers: Collection[int]) -> Sequence[Recording]:
    """Those of these customers that lie there yet, by customer and number."""
    found: list[Recording] = []
    for some in batches(sorted(customers)):
        mine = selected().where(recording.c.customer_id.in_(some), STAYS)
        order = (recording.c.customer_id, recording.c.id)
        found += [to_recording(row) for row in tx.execute(mine.order_by(*order))]
    return found


def in_holding(tx: Connection) -> int:
    """How many recordings lie in holding: nobody's, and so never due."""
    held = select(func.count()).select_from(recording).where(recording.c.filed.is_(False), STAYS)
    counted: int = tx.execute(held).scalar_one()
    return counted


def _any_so_old(tx: Connection, quiet: date) -> bool:
    """Whether there is any recording so old at all: a look into an index, most years of it."""
    asked = select(recording.c.id).where(recording.c.call_day <= quiet).limit(1)
    return tx.execute(asked).first() is not None


def _files() -> Select[Any]:
    """Customers with the day of their last recording, and with what lies there yet."""
    living = cast(STAYS, Integer)
    day = case((STAYS, _LATER))
    return (
        select(recording.c.customer_id, customer.c.name, customer.c.folder, customer.c.spelling)
        .add_columns(func.sum(living).label("recordings"), func.max(_LATER).label("last"))
        .add_columns(func.min(day).label("first"), func.max(day).label("newest"))
        .join(customer, customer.c.id == recording.c.customer_id)
        .group_by(recording.c.customer_id, customer.c.name, customer.c.folder, customer.c.spelling)
        .having(func.sum(living) > 0)
    )


@dataclass(slots=True)
class _Called:
    """What sheets say of a customer."""

    last: date | None = None
    departments: set[str] = field(default_factory=set)
    grades: set[str] = field(default_factory=set)


def _told(
    tx: Connection, rows: Sequence[Row[Any]], undecided: _Undecided
) -> Iterator[CustomerFile]:
    ids = [row.customer_id for row in rows]
    bound = _bound(tx, ids, undecided.whose_may_be(tx, rows))
    called, perhaps = _called(tx, ids), _perhaps_called(tx, ids)
    for row in rows:
        said = called.get(row.customer_id, _Called())
        yield CustomerFile(
            customer=row.customer_id,
            name=row.name,
            folder=row.folder,
            recordings=row.recordings,
            first=row.first,
            newest=row.newest,
            last=max(row.last, said.last or row.last, perhaps.get(row.customer_id, row.last)),
            departments=frozenset(said.departments),
            grades=frozenset(said.grades),
            bound=bound.get(row.customer_id),
        )


def _called(tx: Connection, ids: Collection[int]) -> dict[int, _Called]:
    """By all versions of all sheets: what was corrected since may have been so once."""
    found: dict[int, _Called] = {}
    own = sheet_row.c
    asked = select(own.customer_id, own.day, own.department, own.further)
    for row in tx.execute(asked.where(own.customer_id.in_(ids))):
        one = found.setdefault(row.customer_id, _Called())
        one.last = max(one.last or row.day, row.day)
        if row.department:
            one.departments.add(row.department)
        if grade := grade_of(dict(row.further or ()).get("grade")):
            one.grades.add(grade)
    return found


def _perhaps_called(tx: Connection, ids: Collection[int]) -> Mapping[int, date]:
    """The last day on which one of these was named, by name or number, and a sheet has a row of
    which nobody can tell whose it is: of two namesakes, or of two who share a number.
    """
    own, numbers = sheet_row.c, customer_number.c
    whose = or_(own.customer_name.is_not(None), cast(own.numbers, Text) != "[]")
    days = select(own.day).join(sheet, sheet.c.id == own.sheet_id).distinct()
    days = days.where(sheet.c.state == SheetState.READ, own.customer_id.is_(None), whose)
    left_open = frozenset(tx.execute(days).scalars())
    names = select(customer.c.id, customer.c.spelling.label("value")).where(customer.c.id.in_(ids))
    called = select(numbers.customer_id, numbers.number).where(numbers.customer_id.in_(ids))
    of = union_all(names, called).subquery()
    found: dict[int, date] = {}
    for row in tx.execute(
        select(of.c.id, mention.c.day).join(mention, mention.c.value == of.c.value)
    ):
        if row.day in left_open:
            found[row.id] = max(row.day, found.get(row.id, row.day))
    return found


def _bound(tx: Connection, ids: Collection[int], undecided: frozenset[int]) -> dict[int, Bound]:
    """What binds each of these customers' files, the gravest of it."""
    mine = recording.c.customer_id.in_(ids)

    def customers(condition: ColumnElement[bool]) -> frozenset[int]:
        asked = select(recording.c.customer_id).where(mine, condition).distinct()
        return frozenset(tx.execute(asked).scalars())

    broken = recording.c.id.in_(select(fault.c.recording_id))
    found = dict.fromkeys(customers(broken), Bound.FAULT)
    found |= dict.fromkeys(undecided & frozenset(ids) | customers(_on_its_way()), Bound.UNDECIDED)
    held = select(legal_hold.c.customer_id).where(legal_hold.c.customer_id.in_(ids))
    holds = customers(under_legal_hold()) | frozenset(tx.execute(held).scalars())
    return found | dict.fromkeys(holds, Bound.HOLD)


def _on_its_way() -> ColumnElement[bool]:
    """Not filed, being moved, of a day that is decided anew, or by a word not acted on yet."""
    days = select(open_day.c.day)
    unsettled = select(act_change.c.recording_id).where(act_change.c.settled.is_(False))
    return or_(
        recording.c.filed.is_(False),
        recording.c.target.is_not(None),
        recording.c.day.in_(days),
        recording.c.call_day.in_(days),
        recording.c.id.in_(unsettled),
    )


@dataclass(frozen=True, slots=True)
class _Undecided:
    """What lies in holding, of which no person has said anything: whose it may be."""

    rows: frozenset[int]
    """Customers of the rows that it may be the call of."""
    numbers: frozenset[str]
    said: str
    """Where it lay in the inbox, what was said in and beside it, and where files lie that were
    refused: levelled, a line each.
    """

    def whose_may_be(self, tx: Connection, of: Sequence[Row[Any]]) -> frozenset[int]:
        """Those customers, of whose files these are the rows: also by name or number alone, for
        where a day has no sheet there is no row.
        """
        ids = {one.customer_id for one in of}
        own = customer_number.c
        told = tx.execute(select(own.customer_id, own.number).where(own.customer_id.in_(ids)))
        called = {id for id, number in told if number in self.numbers}
        named = {one.customer_id for one in of if one.spelling and one.spelling in self.said}
        return self.rows & ids | called | named


def _undecided(tx: Connection, spelled: Spell) -> _Undecided:
    own, said = recording.c, select(word.c.recording_id)
    held = own.filed.is_(False) & own.id.not_in(said)
    columns = (own.candidates, own.numbers, own.source, own.sidecar, own.tags)
    told = tx.execute(select(*columns).where(held)).all()
    handed_over = select(inbox_file.c.source).join(recording).where(held)
    refused = select(inbox_file.c.source).where(inbox_file.c.state == FileState.REFUSED)
    texts = {*tx.execute(handed_over.union(refused)).scalars(), *(row.source for row in told)}
    texts |= {str(said) for row in told for said in (row.sidecar, row.tags) if said}
    keys = {one["row"] for row in told for one in row.candidates or ()}
    found: set[int] = set()
    for some in batches(sorted(keys)):
        of_rows = select(sheet_row.c.customer_id).where(sheet_row.c.key.in_(some))
        found.update(id for id in tx.execute(of_rows).scalars() if id is not None)
    return _Undecided(
        frozenset(found),
        frozenset(number for row in told for number in row.numbers.split()),
        "\n".join(sorted(map(spelled, texts))),
    )
