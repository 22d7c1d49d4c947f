"""Runs of `callvault verify` in the catalogue: how far each has come, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from archive.catalogue import log
from archive.catalogue.schema import verification
from archive.custody import Event
from archive.fixity import UNBEGUN, Level, Place, Scope, Slice, Verification


def begin(tx: Connection, scope: Scope, now: datetime) -> Verification:
    """A new run; one of the same scope that was cut short is forgotten."""
    tx.execute(delete(verification).where(_of(scope), verification.c.ended_at.is_(None)))
    new = Verification(0, scope, now, None, reached=0, seen=0, faults=0, digest=UNBEGUN)
    id = tx.execute(
        insert(verification)
        .values(
            place=scope.place.value,
            level=scope.level.value,
            slice=scope.slice.number,
            slices=scope.slice.of,
            began_at=now,
            reached=0,
            seen=0,
            faults=0,
            digest=UNBEGUN,
        )
        .returning(verification.c.id)
    ).scalar_one()
    return replace(new, id=id)


def cut_short(tx: Connection, scope: Scope) -> Verification | None:
    """The run of this scope that has not ended."""
    row = tx.execute(
        select(verification).where(_of(scope), verification.c.ended_at.is_(None))
    ).first()
    return _verification(row) if row else None


def advance(tx: Connection, run: Verification) -> None:
    """Writes down how far a run has come."""
    tx.execute(update(verification).where(verification.c.id == run.id).values(_progress(run)))


def end(tx: Connection, run: Verification, now: datetime) -> Verification:
    """A run is through: one entry in custody for all that it saw, under its digest."""
    ended = replace(run, ended_at=now)
    values = {**_progress(run), "ended_at": now}
    tx.execute(update(verification).where(verification.c.id == run.id).values(values))
    details = {
        "place": run.scope.place.value,
        "level": run.scope.level.value,
        "slice": str(run.scope.slice),
        "began_at": run.began_at.isoformat(),
        "last": run.reached,
        "seen": run.seen,
        "faults": run.faults,
    }
    log.append(tx, [Event("verified", run.digest, details)], now)
    return ended


def due(tx: Connection, place: Place, level: Level, slices: int, now: datetime) -> Slice:
    """Of so many slices the one to be verified next: cut short, never done, or done longest ago.

    A time after `now` was dated by a wrong clock, and counts for none.
    """
    mine = and_(
        verification.c.place == place,
        verification.c.level == level,
        verification.c.slices == slices,
    )
    begun = select(verification.c.slice).where(mine, verification.c.ended_at.is_(None))
    if (found := tx.execute(begun.order_by(verification.c.id)).scalar()) is not None:
        return Slice(found, slices)
    last = select(verification.c.slice, func.max(verification.c.ended_at).label("ended"))
    done_by_now = verification.c.ended_at <= now
    rows = tx.execute(last.where(mine, done_by_now).group_by(verification.c.slice))
    done = {row.slice: row.ended for row in rows}
    never = (number for number in range(1, slices + 1) if number not in done)
    number = next(never, None) or min(done, key=lambda one: (done[one], one))
    return Slice(number, slices)


def last_ended(
    tx: Connection, place: Place, level: Level, slices: int, now: datetime
) -> datetime | None:
    """When a run over one of so many slices last came to its end, as an aware time in UTC.

    `now` is meant as in `due`.
    """
    ended: datetime | None = tx.execute(
        select(func.max(verification.c.ended_at)).where(
            verification.c.place == place,
            verification.c.level == level,
            verification.c.slices == slices,
            verification.c.ended_at <= now,
        )
    ).scalar_one()
    return ended


def latest(tx: Connection) -> Sequence[Verification]:
    """Of each scope the last run that says what stands: it has ended, or found something.

    A run that was cut short is the only one of its scope that has not ended, and goes on or is
    forgotten before there is another: the higher number has always ended later.
    """
    says = or_(verification.c.ended_at.is_not(None), verification.c.beside > 0)
    scope = (verification.c[name] for name in ("place", "level", "slice", "slices"))
    last = select(func.max(verification.c.id)).where(says).group_by(*scope)
    rows = tx.execute(select(verification).where(verification.c.id.in_(last)))
    return [_verification(row) for row in rows]


def _of(scope: Scope) -> ColumnElement[bool]:
    return and_(
        verification.c.place == scope.place,
        verification.c.level == scope.level,
        verification.c.slice == scope.slice.number,
        verification.c.slices == scope.slice.of,
    )


def _progress(run: Verification) -> dict[str, Any]:
    return {
        "reached": run.reached,
        "seen": run.seen,
        "faults": run.faults,
        "digest": run.digest,
        "beside": run.beside,
    }


def _verification(row: Row[Any]) -> Verification:
    return Verification(
        id=row.id,
        scope=Scope(Place(row.place), Level(row.level), Slice(row.slice, row.slices)),
        began_at=row.began_at,
        ended_at=row.ended_at,
        reached=row.reached,
        seen=row.seen,
        faults=row.faults,
        digest=row.digest,
        beside=row.beside,
    )
