"""Keeps the tables that searching looks at up to date with what they are derived from.

Triggers note what changed, so that no writer can forget to; whoever searches has it worked off
first. Nothing here is evidence: it is all made anew from the other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from archive.batches import batches
from archive.catalogue.database import Catalogue, Transaction, make_room
from archive.catalogue.schema import customer, customer_number, recording, sheet_row
from archive.catalogue.search_schema import entry, gram, held, number, spelled, stale
from archive.errors import CatalogueError

_BATCH = 4000
"""Recordings that are held in memory at once."""
_SECONDS = 3.0
"""That a transaction takes in more batches; others wait for it, and what is cut off is done again.
Entries lie all over their indexes, so each transaction writes nearly as many pages as entries."""
_TRIES = 3
_DAY_BITS = 18
"""Three days have fewer seconds than 2 to the power of this."""
_LEEWAY = timedelta(days=1)
"""A call's day is the office's, and its time is kept as UTC."""
_LONGEST = {"name": 2, "number": 4, "held": 2}
"""Characters of a piece; what is looked for begins with one, wherever in the text it stands."""
DAMAGED = ("damaged", "truncated", "empty")

Spell = Callable[[str], tuple[str, Iterable[str]]]
"""Of a customer's name how it is looked for, and how it sounds, syllables without spaces."""


def rank(day: date, started_at: datetime | None) -> int:
    """Where a call of `day` stands among all; one whose time nobody knows before the others."""
    start = day.toordinal() << _DAY_BITS
    if started_at is None:
        return start
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    seconds = int((started_at - midnight + _LEEWAY).total_seconds())
    return start + 1 + min(max(seconds, 0), (1 << _DAY_BITS) - 2)


def ranks(first: date | None, last: date | None) -> tuple[int, int]:
    """From where to where the calls of some days stand, the end not included."""
    after = (last or date.max).toordinal() + 1
    return (first or date.min).toordinal() << _DAY_BITS, after << _DAY_BITS


def pieces(text: str, kind: str) -> frozenset[str]:
    """The beginnings by which a text is found, from wherever in it one looks."""
    return frozenset(text[at : at + _LONGEST[kind]] for at in range(len(text)))


def first_piece(text: str, kind: str) -> str:
    """The piece by which `text` is looked for."""
    return text[: _LONGEST[kind]]


@contextmanager
def fresh(
    catalogue: Catalogue,
    spell: Spell | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    whole: bool = True,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Transaction]:
    """A reading transaction in which searching finds all that the catalogue has in that moment.

    Without `spell` customers' names are not brought up to date. `progress` hears how many more are
    done and how many there are: after a first start that may be all recordings. Where it need not
    be `whole` a few tries are enough, while somebody writes, and a catalogue that cannot be written
    is read as it is: `behind` says so.
    """
    kinds = ("recording", "customer") if spell else ("recording",)
    tries = 0
    while True:
        with catalogue.reading() as tx:
            waiting = behind(tx, kinds)
            if not waiting or (tries >= _TRIES and not whole):
                yield tx
                return
        try:
            for kind in kinds:
                for done in _refreshed(catalogue, kind, spell, clock):
                    progress(done, waiting)
        except CatalogueError:
            if whole:
                raise
            tries = _TRIES
        tries += 1


def behind(tx: Connection, kinds: Collection[str] = ("recording", "customer")) -> int:
    """Of how many recordings and customers something changed that searching does not know yet."""
    waiting = select(func.count()).select_from(stale).where(stale.c.kind.in_(kinds))
    counted: int = tx.execute(waiting).scalar_one()
    return counted


def _refreshed(
    catalogue: Catalogue, kind: str, spell: Spell | None, clock: Callable[[], float]
) -> Iterator[int]:
    """Enters all that is stale, a few batches in a transaction; yields how many it was."""
    more = True
    while more:
        entered = 0
        with catalogue.transaction() as tx:
            make_room(tx)
            until = clock() + _SECONDS
            while more and (not entered or clock() < until):
                done = _refresh(tx, kind, spell)
                entered, more = entered + done, done == _BATCH
        yield entered


def _refresh(tx: Connection, kind: str, spell: Spell | None) -> int:
    """Makes the entries of some of what changed anew; returns of how many."""
    of_kind = select(stale.c.id).where(stale.c.kind == kind)
    ids = tx.execute(of_kind.order_by(stale.c.id).limit(_BATCH)).scalars().all()
    if not ids:
        return 0
    some = of_kind.where(stale.c.id <= ids[-1])
    if kind == "customer" and spell is not None:
        _enter_customers(tx, some, spell)
    else:
        _enter_recordings(tx, some)
    tx.execute(delete(stale).where(stale.c.kind == kind, stale.c.id <= ids[-1]))
    return len(ids)


def _enter_recordings(tx: Connection, some: Select[tuple[int]]) -> None:
    said = select(recording).where(recording.c.id.in_(some))
    said = said.add_columns(
        sheet_row.c.day.label("row_day"),
        sheet_row.c.collector.label("row_collector"),
        sheet_row.c.department,
        sheet_row.c.reached,
        sheet_row.c.further,
    ).outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
    rows = tx.execute(said).all()
    for table in (entry, number, held):
        tx.execute(delete(table).where(table.c.recording_id.in_(some)))
    numbers = [
        {"number": one, "rank": _rank(row), "recording_id": row.id}
        for row in rows
        for one in set(row.numbers.split())
    ]
    named = [
        {"gram": piece, "recording_id": row.id}
        for row in rows
        if not row.filed
        for piece in sorted(pieces(row.source.casefold(), "held"))
    ]
    for table, new in ((entry, [_entry(row) for row in rows]), (number, numbers), (held, named)):
        if new:
            tx.execute(insert(table), new)
    _lead(tx, "number", {one["number"] for one in numbers})
    _lead(tx, "collector", {name for row in rows for name in (row.collector, row.row_collector)})


def _rank(row: Row[Any]) -> int:
    return rank(row.row_day or row.call_day, row.started_at)


def _entry(row: Row[Any]) -> dict[str, object]:
    differs = row.row_collector and row.row_collector != row.collector
    return {
        "recording_id": row.id,
        "rank": _rank(row),
        "customer_id": row.customer_id,
        "collector": row.collector,
        "caller": row.row_collector if differs else None,
        "department": row.department,
        "grade": dict(row.further or ()).get("grade"),
        "reached": row.reached,
        "seconds": row.duration_seconds,
        "status": status(row.filed, row.verdict),
        "damaged": row.condition in DAMAGED,
        "silent": bool(row.silent),
    }


def status(filed: bool, verdict: str | None) -> str:
    """`waiting` where a pass was cut short before it decided or filed; the next one does."""
    if filed:
        return "filed"
    return "waiting" if verdict is None or verdict == "matched" else verdict


def _enter_customers(tx: Connection, some: Select[tuple[int]], spell: Spell) -> None:
    known = select(spelled.c.customer_id)
    # A customer's name stays; of who is known only a number is new.
    new = select(customer.c.id, customer.c.name).where(
        customer.c.id.in_(some), customer.c.id.not_in(known)
    )
    names, led = [], []
    for row in tx.execute(new).all():
        spelling, sounds = spell(row.name)
        names.append({"customer_id": row.id, "spelling": spelling})
        led += [("name", piece, row.id) for piece in sorted(pieces(spelling, "name"))]
        led += [("sound", sound, row.id) for sound in sorted(set(sounds))]
    pieces_of = [{"kind": kind, "gram": said, "value": str(id)} for kind, said, id in led]
    for table, rows in ((spelled, names), (gram, pieces_of)):
        if rows:
            tx.execute(insert(table), rows)
    theirs = select(customer_number.c.number).where(customer_number.c.customer_id.in_(some))
    _lead(tx, "number", set(tx.execute(theirs).scalars()))


def _lead(tx: Connection, kind: str, values: Collection[str | None]) -> None:
    """Enters the pieces of what is not known yet; of a collector's name the name alone."""
    told = sorted({value for value in values if value})
    missing: set[str] = set()
    for some in batches(told):
        known = select(gram.c.value).where(gram.c.kind == kind, gram.c.value.in_(some))
        firsts = {first_piece(value, kind) if kind == "number" else "" for value in some}
        known = known.where(gram.c.gram.in_(sorted(firsts)))
        missing |= set(some) - set(tx.execute(known).scalars())
    rows = [
        {"kind": kind, "gram": piece, "value": value}
        for value in sorted(missing)
        for piece in sorted(pieces(value, kind) if kind == "number" else [""])
    ]
    if rows:
        tx.execute(insert(gram), rows)
