"""What the custody log tells of each recording's row: held against it, and set right by it.

An entry is chained and bound to what was filed; a row can be altered by whoever has a tool for the
database, and the next custody file then has it as it was altered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, or_, select, update
from sqlalchemy.exc import IntegrityError

from archive.batches import batches
from archive.catalogue import files, kept, outbox
from archive.catalogue.schema import custody, customer, mirrored, recording
from archive.catalogue.schema import outbox as owed
from archive.layout import fold

PAGE = 500
_PLACED = ("admitted", "filed", "held")
"""Events that tell where a recording lies."""
_TELLING = (*_PLACED, "decided")
"""Those, and the one that tells whose it is, which comes before it is moved."""

Entries = Sequence[Mapping[str, Any]]
"""What entries about one recording say, oldest first."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a recording's entries say of its row."""

    row: Mapping[str, Any]
    """By column; `None` where an entry lacks it, or has no time there."""
    customer: Mapping[str, Any]
    """Of the customer's row, by column. Its `key` alone until the recording is filed as theirs, and
    `None` where it is nobody's; nothing where no entry tells whose it is.
    """

    @property
    def is_nobodys(self) -> bool:
        return "key" in self.customer and self.customer["key"] is None


def page(tx: Connection, after: int) -> Sequence[Row[Any]]:
    """The next recordings after this id, with their customers' `folder`, `key` and `name`."""
    return tx.execute(_recordings(after)).all()


def entries_of(tx: Connection, hashes: Collection[str]) -> Mapping[str, Entries]:
    """What custody tells of where these recordings came from and lie, by SHA-256."""
    told: dict[str, list[Mapping[str, Any]]] = {}
    for some in batches(sorted(hashes)):
        asked = select(custody.c.sha256, custody.c.entry).where(
            custody.c.sha256.in_(some), custody.c.event.in_(_TELLING)
        )
        for row in tx.execute(asked.order_by(custody.c.seq)):
            told.setdefault(row.sha256, []).append(body(row.entry))
    return told


def body(entry: str) -> dict[str, Any]:
    """What an entry says; nothing where it is damaged, which the chain tells."""
    try:
        said = json.loads(entry)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def differing(row: Row[Any], entries: Entries) -> Sequence[str] | None:
    """The columns in which a row of `page` is not as its entries tell; `None` where these have no
    admission of it.
    """
    told = _told(entries)
    if told is None:
        return None
    wrong = [name for name, value in told.row.items() if getattr(row, name) != value]
    return wrong or list(_customer_differs(row, told.customer))


def utc(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        return None


def _recordings(after: int) -> Select[Any]:
    return (
        select(recording, customer.c.folder, customer.c.key, customer.c.name)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .where(recording.c.id > after)
        .order_by(recording.c.id)
        .limit(PAGE)
    )


def _told(entries: Entries) -> _Told | None:
    admitted = next((one for one in entries if one.get("event") == "admitted"), None)
    if admitted is None:
        return None
    last = next(one for one in reversed(entries) if one.get("event") in _PLACED)
    path, filed = last.get("path"), last.get("event") == "filed"
    row = {
        "size": admitted.get("size"),
        "source": admitted.get("original_name"),
        "collector": admitted.get("collector"),
        "day": _day(admitted.get("handed_over_for")),
        "arrived_at": utc(admitted.get("arrived_at")),
        "path": path,
        "filed": filed,
    }
    return _Told(row, _customer_told(entries[-1], last))


def _customer_told(last: Mapping[str, Any], placed: Mapping[str, Any]) -> Mapping[str, Any]:
    """By the last entry of all, and the last one that tells where the recording lies."""
    if "customer_key" not in last:
        return {}
    key = last["customer_key"]
    if placed.get("event") != "filed" or placed.get("customer_key") != key:
        return {"key": key}
    folder = str(placed.get("path")).partition("/")[0]
    return {"key": key, "name": placed.get("customer"), "folder": folder}


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None


def _customer_differs(row: Row[Any], told: Mapping[str, Any]) -> Iterator[str]:
    differing = [name for name, value in told.items() if getattr(row, name) != value]
    if "folder" in differing or ("key" in differing and "folder" not in told):
        yield "customer_id"
    elif differing:
        yield "customer"


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


def _wrong(tx: Connection) -> tuple[Mapping[int, _Told], Mapping[int, Mapping[str, str]]]:
    """What is told of each row that differs; beside it the hash of those that lost theirs."""
    wrong: dict[int, _Told] = {}
    strangers: dict[str, int] = {}
    last = 0
    while rows := page(tx, last):
        entries = entries_of(tx, {row.sha256 for row in rows})
        for row in rows:
            mine = entries.get(row.sha256, ())
            told = _told(mine)
            if told is None:
                strangers[row.path] = row.id
            elif differing(row, mine):
                wrong[row.id] = told
        last = rows[-1].id
    hashes = {}
    for sha256, told in _without_row(tx, strangers) if strangers else ():
        id = strangers[told.row["path"]]
        wrong[id], hashes[id] = told, {"sha256": sha256}
    return wrong, hashes


def _without_row(tx: Connection, paths: Collection[str]) -> Sequence[tuple[str, _Told]]:
    """What the log tells of bytes that were admitted, that no row has, and that lie there."""
    known = select(recording.c.sha256)
    asked = select(custody.c.sha256).where(
        custody.c.event == "admitted", custody.c.sha256.not_in(known)
    )
    lost = entries_of(tx, set(tx.execute(asked).scalars()))
    told = [(sha256, _told(entries)) for sha256, entries in lost.items()]
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
