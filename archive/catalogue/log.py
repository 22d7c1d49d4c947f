"""The custody log in the catalogue: appended within the transaction of what it records."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from archive.batches import batches
from archive.catalogue.schema import ACCESSES, IS_ACCESS, custody
from archive.custody import GENESIS, Entry, Event, chain

_ENTRIES = select(custody.c.seq, custody.c.entry, custody.c.previous, custody.c.hash)


def append(tx: Connection, events: Sequence[Event], at: datetime) -> None:
    """Chains `events` onto the log at the aware time `at`."""
    if not events:
        return
    last = _last(tx)
    rows = []
    for event in events:
        last = chain(event, at, last)
        rows.append(
            {
                "seq": last.seq,
                "at": at,
                "event": event.event,
                "sha256": event.sha256,
                "entry": last.entry,
                "previous": last.previous,
                "hash": last.hash,
            }
        )
    tx.execute(insert(custody), rows)


def bring_back(tx: Connection, entries: Sequence[Entry]) -> None:
    """Enters entries as they were hashed, whose chain was held against the log before."""
    rows = []
    for one in entries:
        said = json.loads(one.entry)
        rows.append(
            {
                "seq": one.seq,
                "at": datetime.fromisoformat(said["at"]),
                "event": said["event"],
                "sha256": said["sha256"],
                "entry": one.entry,
                "previous": one.previous,
                "hash": one.hash,
            }
        )
    if rows:
        tx.execute(insert(custody), rows)


def entries(tx: Connection) -> Iterator[Entry]:
    """The whole log, oldest first."""
    for row in tx.execute(_ENTRIES.order_by(custody.c.seq)):
        yield Entry(*row)


def since(tx: Connection, seq: int, limit: int) -> Sequence[Entry]:
    """The entries after number `seq`, oldest first, up to `limit`."""
    after = _ENTRIES.where(custody.c.seq > seq).order_by(custody.c.seq).limit(limit)
    return [Entry(*row) for row in tx.execute(after)]


def between(tx: Connection, first: int, last: int) -> Iterator[Entry]:
    """The entries from number `first` to number `last`, both included, oldest first."""
    within = custody.c.seq.between(first, last)
    for row in tx.execute(_ENTRIES.where(within).order_by(custody.c.seq)):
        yield Entry(*row)


def of(tx: Connection, sha256: str) -> Sequence[Entry]:
    """The entries about these bytes, oldest first."""
    mine = _ENTRIES.where(custody.c.sha256 == sha256).order_by(custody.c.seq)
    return [Entry(*row) for row in tx.execute(mine)]


def mirrored_keys(tx: Connection, sha256: str) -> Mapping[str | None, Sequence[str]]:
    """The keys under which each mirror ever showed these bytes, by its name; `None`: the first."""
    told = select(custody.c.entry).where(custody.c.sha256 == sha256, custody.c.event == "mirrored")
    found: dict[str | None, list[str]] = {}
    for entry in tx.execute(told.order_by(custody.c.seq)).scalars():
        body = json.loads(entry)
        found.setdefault(body.get("mirror"), []).append(body["key"])
    return found


def of_event(tx: Connection, event: str) -> Sequence[Entry]:
    """The entries of this event, oldest first."""
    same = _ENTRIES.where(custody.c.event == event).order_by(custody.c.seq)
    return [Entry(*row) for row in tx.execute(same)]


def last_of(tx: Connection, event: str, until: int) -> Entry | None:
    """The last entry of this event up to number `until`."""
    same = _ENTRIES.where(custody.c.event == event, custody.c.seq <= until)
    row = tx.execute(same.order_by(custody.c.seq.desc()).limit(1)).first()
    return Entry(*row) if row else None


def hashes(tx: Connection, first: int, last: int) -> Sequence[str]:
    """The hashes of the entries from number `first` to `last`, both included, in their order."""
    mine = select(custody.c.hash).where(custody.c.seq.between(first, last))
    return tx.execute(mine.order_by(custody.c.seq)).scalars().all()


def hash_of(tx: Connection, seq: int) -> str | None:
    """The hash of the entry of this number; of number 0, what stands before the first."""
    found: str | None = tx.execute(select(custody.c.hash).where(custody.c.seq == seq)).scalar()
    return GENESIS if seq == 0 else found


def hashes_of(tx: Connection, numbers: Collection[int]) -> Mapping[int, str]:
    """As `hash_of`, of several; those that are not there have none."""
    found = select(custody.c.seq, custody.c.hash).where(custody.c.seq.in_(sorted(numbers)))
    return {0: GENESIS} | {row.seq: row.hash for row in tx.execute(found)}


def known(tx: Connection, hashes: Collection[str]) -> frozenset[str]:
    """Those of these SHA-256 under which there is an entry."""
    mine = custody.c.sha256
    return frozenset(
        sha256
        for some in batches(sorted(hashes))
        for sha256 in tx.execute(select(mine).where(mine.in_(some))).scalars()
    )


def accesses(
    tx: Connection, since: datetime | None = None, events: Collection[str] = ACCESSES
) -> Sequence[Entry]:
    """The entries of `events`, which are some of `ACCESSES`, oldest first: all of them, or those
    that were entered at the aware time `since` or later.
    """
    mine = _ENTRIES.where(IS_ACCESS, custody.c.event.in_(sorted(events)))
    if since is not None:
        mine = mine.where(custody.c.at >= since)
    return [Entry(*row) for row in tx.execute(mine.order_by(custody.c.seq))]


def head(tx: Connection) -> tuple[int, str]:
    """The number and hash of the last entry; 0 where there is none."""
    last = _last(tx)
    return (last.seq, last.hash) if last else (0, GENESIS)


def latest(tx: Connection) -> datetime | None:
    """The latest time, in UTC, among the last 500 entries: a wrong one from the future ages out."""
    some = select(custody.c.at).order_by(custody.c.seq.desc()).limit(500).subquery()
    found: datetime | None = tx.execute(select(func.max(some.c.at))).scalar_one()
    return found


def _last(tx: Connection) -> Entry | None:
    row = tx.execute(_ENTRIES.order_by(custody.c.seq.desc()).limit(1)).first()
    return Entry(*row) if row else None
