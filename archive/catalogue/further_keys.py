"""Whose keys those are that the mirrors beside the first have: a name waits until none has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, func, select

from archive.catalogue.schema import further_object
from archive.layout import fold

_own = further_object.c


def taken(tx: Connection, key: str, mover: int | None) -> bool:
    """Whether some mirror has, or owes, another recording's object under `key`.

    Two that went under each other's old keys would wait for each other for ever. Or it has
    `mover`'s own under a key that differs in its letters alone: in a folder of Windows they are one
    file, and the removal of the old one would take the new one along.
    """
    for mirror in _mirrors(tx):
        there = select(_own.id).where(_own.mirror == mirror, _own.key == key)
        if tx.execute(there.where(_own.recording_id.is_distinct_from(mover))).first() is not None:
            return True
    if mover is None:
        return False
    mine = tx.execute(select(_own.key).where(_own.recording_id == mover)).scalars()
    return any(one != key and fold(one) == fold(key) for one in mine)


def any_taken(tx: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of `keys` under which some mirror has, or owes, an object."""
    found: set[str] = set()
    for mirror in _mirrors(tx):
        there = select(_own.key).where(_own.mirror == mirror, _own.key.in_(keys))
        found.update(tx.execute(there).scalars())
    return frozenset(found)


def _mirrors(tx: Connection) -> Iterator[str]:
    """The names of all, listed or no more, by one look into the index for each."""
    first = select(func.min(_own.mirror))
    name = tx.execute(first).scalar()
    while name is not None:
        yield name
        name = tx.execute(first.where(_own.mirror > name)).scalar()
