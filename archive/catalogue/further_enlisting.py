"""What a mirror beside the first owes, found by comparing what it has with the archive.

Nobody owes it anything at the moment it happens, as with the first one. So one that is listed anew
gets everything, one that is no longer listed owes nothing more, and what it has stays known.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from archive.catalogue.errands import PUT, REMOVE, begun_anew, refused_for_anothers
from archive.catalogue.further_holds import align
from archive.catalogue.kept import STAYS, papers
from archive.catalogue.schema import Moment, custody_file, further_object, recording
from archive.layout import fold
from archive.records import Recording

_own = further_object.c
_COLUMNS = ("mirror", "key", "recording_id", "sha256", "size", "source")
_FRESH = ("action", "sent", "attempts", "next_at")


def enlist(tx: Connection, mirror: str, now: datetime) -> None:
    """Owes what the mirror lacks of recordings and papers, what it has no more to have, and
    legal holds. Looks at every recording.
    """
    _turn(tx, mirror, now)
    put_where(tx, mirror, recording.c.id, recording.c.path, recording.c, now, STAYS)
    there = select(_own.key).where(_own.mirror == mirror, _own.recording_id.is_(None))
    known = set(tx.execute(there).scalars())
    missing = [one for one in papers(tx) if one.path not in known]
    fresh = {"action": PUT, "sent": False, "attempts": 0, "next_at": now, "mirror": mirror}
    rows = [
        {"key": one.path, "sha256": one.sha256, "size": one.size, "source": one.source} | fresh
        for one in missing
    ]
    if rows:
        tx.execute(insert(further_object), rows)
    align(tx, mirror, now)


def enlist_custody_files(tx: Connection, mirror: str, now: datetime) -> None:
    """Owes the custody files that the mirror lacks; their time stamps come with a pass."""
    of = custody_file.c
    put_where(tx, mirror, null(), of.path, of, now, literal(True), source=literal(""))


def put_where(
    tx: Connection,
    mirror: str,
    id: ColumnElement[Any],
    key: ColumnElement[str],
    of: Any,
    now: datetime,
    condition: ColumnElement[bool],
    source: ColumnElement[str] | None = None,
) -> None:
    """Owes what stands under no key yet. A key that another recording left is taken until its
    object is removed.
    """
    there = exists().where(_own.mirror == mirror, _own.key == key)
    told = select(
        literal(mirror),
        key,
        id,
        of.sha256,
        of.size,
        of.source if source is None else source,
        literal(PUT),
        literal(False, Boolean),
        literal(0, Integer),
        literal(now, Moment),
    ).where(~there, condition)
    tx.execute(insert(further_object).from_select([*_COLUMNS, *_FRESH], told))


def _turn(tx: Connection, mirror: str, now: datetime) -> None:
    """Follows recordings that moved since, away from a key or back to it, or are to go."""
    moved = or_(recording.c.path != _own.key, _own.action == REMOVE, ~STAYS)
    some = select(_own.id).join(recording).where(_own.mirror == mirror, moved).limit(1)
    if tx.execute(some).first() is None:
        return
    own_place = select(recording.c.path).where(recording.c.id == _own.recording_id, STAYS)
    path = func.coalesce(own_place.scalar_subquery(), "")  # nowhere: it is to go
    of_recording = and_(_own.mirror == mirror, _own.recording_id.is_not(None))
    fresh = begun_anew(now)
    left = and_(of_recording, path != _own.key)
    anothers = and_(_own.action == PUT, refused_for_anothers(_own.error))
    tx.execute(delete(further_object).where(left, or_(~_own.sent, anothers)))
    leaving = and_(left, _own.action.is_distinct_from(REMOVE))
    tx.execute(update(further_object).where(leaving).values(action=REMOVE, **fresh))
    back = and_(of_recording, path == _own.key, _own.action == REMOVE)
    there = _own.confirmed_at.is_not(None)
    tx.execute(update(further_object).where(back, there).values(action=None, **fresh))
    tx.execute(update(further_object).where(back, ~there).values(action=PUT, **fresh))


def leave(
    tx: Connection, mirror: str, of: Recording, former: Collection[str], now: datetime
) -> None:
    """A recording is to go for good: owes the removal of older versions under the `former` keys,
    but where the mirror has, or owes, an object now, or another recording lies. What it has itself
    is removed by comparing.
    """
    told = select(_own.key).where(_own.mirror == mirror, _own.key.in_(sorted(former)))
    there = frozenset(tx.execute(told).scalars())
    folded = {key: fold(key) for key in former}
    places = (recording.c.path_fold, recording.c.target_fold)
    lying = or_(*(place.in_(folded.values()) for place in places))
    others = tx.execute(select(*places).where(lying, recording.c.id != of.id))
    anothers = {path for row in others for path in row}
    taken = there | {key for key in former if folded[key] in anothers}
    fresh = {"action": REMOVE, "sent": True, "attempts": 0, "next_at": now, "mirror": mirror}
    about = {"recording_id": of.id, "sha256": of.sha256, "size": of.size, "source": of.source}
    rows = [{"key": key} | about | fresh for key in sorted(set(former) - taken)]
    if rows:
        tx.execute(insert(further_object), rows)
