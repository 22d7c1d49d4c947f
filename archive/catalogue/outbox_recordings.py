"""What the first mirror owes as soon as something happens to a recording, in the transaction in
which it happens: it came, moved, is to go for good, or is to stay after all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select

from archive.batches import batches
from archive.catalogue.errands import PUT, REMOVE
from archive.catalogue.outbox_enlisting import turn
from archive.catalogue.outbox_errands import (
    ABOUT,
    About,
    may_be_on_hold,
    may_be_there,
    new_errand,
    of_recording,
    owe,
)
from archive.catalogue.outbox_holds import align
from archive.catalogue.schema import mirrored, outbox, recording
from archive.layout import fold
from archive.records import Recording


def put(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    """Owes the objects of recordings, each under its path."""
    for some in batches(ids):
        asked = select(*ABOUT, recording.c.path).where(recording.c.id.in_(some))
        rows = tx.execute(asked.order_by(recording.c.id)).all()
        new = [new_errand(About(*row[:4]), PUT, row.path, now) for row in rows]
        tx.execute(insert(outbox), new)


def follow(tx: Connection, recording_id: int, old: str, new: str, now: datetime) -> None:
    """A recording moved: owes its object under the new key, and the old one's removal.

    What was sent may be there, confirmed or not: its upload may have been cut short between the
    store's answer and the catalogue's.
    """
    left, returned = may_be_there(tx, old), may_be_there(tx, new)
    held = {key: may_be_on_hold(tx, key) for key in (old, new)}
    tx.execute(delete(outbox).where(outbox.c.key.in_([old, new])))
    mine = of_recording(tx, recording_id)
    owe(tx, mine, PUT, new, now, sent=returned, legal_hold=held[new])
    if left:
        owe(tx, mine, REMOVE, old, now, legal_hold=held[old])


def leave(tx: Connection, of: Recording, former: Collection[str], now: datetime) -> None:
    """A recording is to go for good: owes the removal of what the store has, or may have, under
    any key, and of older versions under the `former` ones, but where another recording lies now.
    """
    mine = of_recording(tx, of.id)
    told = [
        select(table.c.key).where(table.c.recording_id == of.id) for table in (mirrored, outbox)
    ]
    own = frozenset(tx.execute(told[0].union(told[1])).scalars())
    old = {key for key in former if key not in own and not _anothers(tx, key, of.id)}
    for key in sorted(own | old):
        there, held = key in old or may_be_there(tx, key), may_be_on_hold(tx, key)
        tx.execute(delete(outbox).where(outbox.c.key == key))
        if there:
            owe(tx, mine, REMOVE, key, now, legal_hold=held)


def come_back(tx: Connection, of: Recording, now: datetime) -> None:
    """A recording that was to go for good stays: owes what the store lacks of it, and its hold."""
    turn(tx, now)
    known = [select(table.c.key).where(table.c.key == of.path) for table in (mirrored, outbox)]
    if tx.execute(known[0].union(known[1])).first() is None:
        put(tx, [of.id], now)
    align(tx, now, recording_id=of.id)


def _anothers(tx: Connection, key: str, id: int) -> bool:
    """Whether another recording lies at `key`, is going there, or has an object under it."""
    folded = fold(key)
    places = or_(recording.c.path_fold == folded, recording.c.target_fold == folded)
    asked = [select(recording.c.id).where(places, recording.c.id != id)]
    asked += [
        select(table.c.key).where(table.c.key == key, table.c.recording_id.is_distinct_from(id))
        for table in (mirrored, outbox)
    ]
    return any(tx.execute(one).first() is not None for one in asked)
