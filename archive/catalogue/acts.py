"""Acts: every pass and every person's doing that changed something, and what it changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import Row as SqlRow

from archive.catalogue.schema import act, act_change, act_memory, customer
from archive.catalogue.shapes import confirmed_values, pack_word, to_confirmed, unpack_word
from archive.said_records import Act, Change, Confirmed, Place

PASS = "pass"  # noqa: S105 - one over the inbox


def begin(
    tx: Connection, kind: str, at: datetime, by: str | None = None, undoes: int | None = None
) -> int:
    """Enters an act and returns its number."""
    id: int = tx.execute(
        insert(act).values(kind=kind, at=at, by=by, undoes=undoes).returning(act.c.id)
    ).scalar_one()
    return id


def change(tx: Connection, act_id: int, changes: Sequence[Change], *, settled: bool) -> None:
    """Writes down what an act changed; not settled where the decision is to follow.

    A pass may decide a day twice, because later ones tell more of it: then the last word counts.
    """
    mine = select(act_change.c.recording_id).where(act_change.c.act_id == act_id)
    changed = frozenset(tx.execute(mine).scalars())
    for one in changes:
        if one.recording in changed:
            _change_again(tx, act_id, one)
    first = [one for one in changes if one.recording not in changed]
    if not first:
        return
    values = [
        {
            "act_id": act_id,
            "recording_id": one.recording,
            "customer_before": one.before.customer,
            "row_before": one.before.row,
            "word_before": pack_word(one.word_before),
            "customer_after": one.after.customer,
            "row_after": one.after.row,
            "word_after": pack_word(one.word_after),
            "settled": settled,
        }
        for one in first
    ]
    tx.execute(insert(act_change), values)


def _change_again(tx: Connection, act_id: int, change: Change) -> None:
    mine = (act_change.c.act_id == act_id) & (act_change.c.recording_id == change.recording)
    after = {"customer_after": change.after.customer, "row_after": change.after.row}
    tx.execute(update(act_change).where(mine).values(after))


def unsettled(tx: Connection, recordings: Collection[int]) -> frozenset[int]:
    """Those of `recordings` on which a person's word has not been acted on yet."""
    found = select(act_change.c.recording_id).where(act_change.c.settled.is_(False))
    return frozenset(tx.execute(found).scalars()) & frozenset(recordings)


def settle(tx: Connection, places: Mapping[int, Place]) -> None:
    """Writes down where people's words put these recordings."""
    for recording, place in places.items():
        mine = (act_change.c.recording_id == recording) & act_change.c.settled.is_(False)
        tx.execute(
            update(act_change)
            .where(mine)
            .values(customer_after=place.customer, row_after=place.row, settled=True)
        )


def memorise(tx: Connection, act_id: int, what: Sequence[Confirmed], *, added: bool) -> None:
    """Writes down what an act confirmed, or made forgotten."""
    values = [{"act_id": act_id, "added": added} | confirmed_values(one) for one in what]
    if values:
        tx.execute(insert(act_memory), values)


def latest(tx: Connection, limit: int) -> Sequence[Act]:
    """The last acts, newest first."""
    rows = tx.execute(select(act).order_by(act.c.id.desc()).limit(limit))
    return [_act(row) for row in rows]


def by_id(tx: Connection, id: int) -> Act | None:
    row = tx.execute(select(act).where(act.c.id == id)).first()
    return _act(row) if row else None


def undone_by(tx: Connection, id: int) -> int | None:
    """The last act that undid this one, or part of it."""
    found: int | None = tx.execute(select(func.max(act.c.id)).where(act.c.undoes == id)).scalar()
    return found


def changes(tx: Connection, act_id: int) -> Sequence[Change]:
    mine = select(act_change).where(act_change.c.act_id == act_id)
    return [_change(row) for row in tx.execute(mine.order_by(act_change.c.recording_id))]


def memories(tx: Connection, act_id: int) -> tuple[Sequence[Confirmed], Sequence[Confirmed]]:
    """What an act confirmed, and what it made forgotten."""
    added: list[Confirmed] = []
    gone: list[Confirmed] = []
    mine = select(act_memory).where(act_memory.c.act_id == act_id).order_by(act_memory.c.id)
    for row in tx.execute(mine):
        (added if row.added else gone).append(to_confirmed(row))
    return added, gone


def last_of(tx: Connection, recordings: Collection[int]) -> Mapping[int, int]:
    """The number of the last act that changed each of `recordings`."""
    last = (
        select(act_change.c.recording_id, func.max(act_change.c.act_id).label("last"))
        .where(act_change.c.recording_id.in_(sorted(recordings)))
        .group_by(act_change.c.recording_id)
    )
    return {row.recording_id: row.last for row in tx.execute(last)}


def withdrawn(tx: Connection, recordings: Collection[int]) -> Mapping[int, str]:
    """Recordings that a pass took back out of a customer's folder, by that customer's name."""
    last = last_of(tx, recordings)
    back = (
        select(act_change.c.recording_id, act_change.c.act_id, customer.c.name)
        .join(act, act.c.id == act_change.c.act_id)
        .join(customer, customer.c.id == act_change.c.customer_before)
        .where(act.c.kind == PASS, act_change.c.customer_after.is_(None))
        .where(act_change.c.recording_id.in_(sorted(recordings)))
    )
    return {id: name for id, of, name in tx.execute(back) if last[id] == of}


def _act(row: SqlRow[Any]) -> Act:
    return Act(row.id, row.kind, row.at, row.by, row.undoes)


def _change(row: SqlRow[Any]) -> Change:
    return Change(
        recording=row.recording_id,
        before=Place(row.customer_before, row.row_before),
        after=Place(row.customer_after, row.row_after),
        word_before=unpack_word(row.word_before),
        word_after=unpack_word(row.word_after),
    )
