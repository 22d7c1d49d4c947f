"""Rows of recordings, and of their customers, set right by the custody log.

Whoever has a tool for the database can alter a row, and the next custody file has it as it was
altered; the log's entries are chained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, or_, select, update
from sqlalchemy.exc import IntegrityError

from archive.catalogue import files, kept, outbox
from archive.catalogue.schema import custody, customer, mirrored, recording
from archive.catalogue.schema import outbox as owed
from archive.catalogue.told_rows import Told, differing, entries_of, page, told_of
from archive.layout import fold


def set_right(tx: Connection, now: datetime) -> int:
    """Makes rows of recordings, and of their customers, what the log tells; returns how many
    recordings that concerns.

    For a catalogue that is being made anew. One whose hash was altered is known by its path. What
    the log does not tell stays; all stays where what it tells has no room beside the other rows.
    Their days are decided again: where the last custody files are lost, the log may tell of a
    decision and not of the move that followed.
    """
    wrong, hashes = _wrong(tx)
    customers: dict[int, Mapping[str, Any]] = {}
    rows: dict[int, Mapping[str, Any]] = {}
    for id, told in wrong.items():
        rows[id] = {**told.row, "path_fold": fold(told.row["path"]), **hashes.get(id, {})}
        whose = _its_customer(tx, id, told.customer)
        if whose is not None or told.is_nobodys:
            rows[id] = {**rows[id], "customer_id": whose}
        if whose is not None and "folder" in told.customer:
            customers[whose] = _customer_row(told.customer)
    try:
        with tx.begin_nested():
            _write(tx, customer, customers, ("key", "folder_fold"))
            _write(tx, recording, rows, ("path_fold",))
    except IntegrityError:
        return 0
    for id in rows:
        files.reopen_of(tx, id)
        _owe_own(tx, id, now)
    return len(rows)


def _owe_own(tx: Connection, id: int, now: datetime) -> None:
    """Owes a recording's object where the first mirror has or is owed another one's in its place:
    that one's would be removed only once it has its own, and be in the way for as long.
    """
    for one in kept.by_ids(tx, [id]):
        if any(tx.execute(asked).first() for asked in _anothers(id, one.path)):
            outbox.again(tx, one, now)


def _anothers(id: int, key: str) -> Iterator[Select[Any]]:
    for table in (owed, mirrored):
        mine = table.c.recording_id == id
        yield select(table.c.key).where(table.c.key == key, ~mine)


def _wrong(tx: Connection) -> tuple[Mapping[int, Told], Mapping[int, Mapping[str, str]]]:
    """What is told of each row that differs; beside it the hash of those that lost theirs."""
    wrong: dict[int, Told] = {}
    strangers: dict[str, int] = {}
    last = 0
    while rows := page(tx, last):
        entries = entries_of(tx, {row.sha256 for row in rows})
        for row in rows:
            told = told_of(entries.get(row.sha256, ()))
            if told is None:
                strangers[row.path] = row.id
            elif differing(row, told):
                wrong[row.id] = told
        last = rows[-1].id
    hashes = {}
    for sha256, told in _without_row(tx, strangers) if strangers else ():
        id = strangers[told.row["path"]]
        wrong[id], hashes[id] = told, {"sha256": sha256}
    return wrong, hashes


def _without_row(tx: Connection, paths: Collection[str]) -> Sequence[tuple[str, Told]]:
    """What the log tells of bytes that were admitted, that no row has, and that lie there."""
    known = select(recording.c.sha256)
    asked = select(custody.c.sha256).where(
        custody.c.event == "admitted", custody.c.sha256.not_in(known)
    )
    lost = entries_of(tx, set(tx.execute(asked).scalars()))
    told = [(sha256, told_of(entries)) for sha256, entries in lost.items()]
    return [(sha256, one) for sha256, one in told if one and one.row["path"] in paths]


def _its_customer(tx: Connection, id: int, told: Mapping[str, Any]) -> int | None:
    """Whose it is: the customer it has, where that is still known by key or folder; else another
    one who is. `None`: nobody is, or nothing is told.
    """
    if not told:
        return None
    own = select(recording.c.customer_id).where(recording.c.id == id).scalar_subquery()
    known = or_(*(customer.c[name] == told[name] for name in ("key", "folder") if name in told))
    asked = select(customer.c.id).where(known)
    its_own_first = (customer.c.id != own, customer.c.key != told["key"])
    found: int | None = tx.execute(asked.order_by(*its_own_first)).scalars().first()
    return found


def _customer_row(told: Mapping[str, Any]) -> Mapping[str, Any]:
    spelling = told["key"].rpartition("|")[0]
    return {**told, "folder_fold": fold(told["folder"]), "spelling": spelling}


def _write(
    tx: Connection, table: Table, rows: Mapping[int, Mapping[str, Any]], unique: Sequence[str]
) -> None:
    """Rows give up what is unique first, so that two that were given each other's can change back;
    no path, folder or key begins with a slash.
    """
    for id in rows:
        given_up = dict.fromkeys(unique, f"/{id}")
        tx.execute(update(table).where(table.c.id == id).values(given_up))
    for id, values in rows.items():
        tx.execute(update(table).where(table.c.id == id).values(**values))
