"""The custody log in the catalogue: appended within the transaction of what it records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from archive.catalogue.schema import custody
from archive.custody import Entry, Event, chain


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


def entries(tx: Connection) -> Iterator[Entry]:
    """The whole log, oldest first."""
    columns = select(custody.c.seq, custody.c.entry, custody.c.previous, custody.c.hash)
    for row in tx.execute(columns.order_by(custody.c.seq)):
        yield Entry(row.seq, row.entry, row.previous, row.hash)


def latest(tx: Connection) -> datetime | None:
    """The latest time, in UTC, among the last 500 entries: a wrong one from the future ages out."""
    some = select(custody.c.at).order_by(custody.c.seq.desc()).limit(500).subquery()
    found: datetime | None = tx.execute(select(func.max(some.c.at))).scalar_one()
    return found


def _last(tx: Connection) -> Entry | None:
    columns = select(custody.c.seq, custody.c.entry, custody.c.previous, custody.c.hash)
    row = tx.execute(columns.order_by(custody.c.seq.desc()).limit(1)).first()
    return Entry(row.seq, row.entry, row.previous, row.hash) if row else None
