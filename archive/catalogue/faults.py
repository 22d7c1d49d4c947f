"""Copies that are not what the catalogue says: written down when found, gone when sound again.

Each fault and each end of one is an entry in its recording's custody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select

from archive.catalogue import log
from archive.catalogue.schema import fault, recording
from archive.custody import Event
from archive.fixity import Fault, Flaw, Kept, Place

EVERYWHERE = tuple(Place)


def found(tx: Connection, kept: Kept, place: Place, flaw: Flaw, now: datetime) -> None:
    """Writes a fault down, unless it is known already; one of another kind takes its place."""
    mine = (fault.c.recording_id == kept.recording) & (fault.c.place == place)
    before = tx.execute(select(fault.c.kind).where(mine)).scalar()
    if before == flaw.kind:
        return
    tx.execute(delete(fault).where(mine))
    values = {"recording_id": kept.recording, "place": place.value, "kind": flaw.kind}
    tx.execute(insert(fault).values(found_at=now, **values))
    details = {"place": place.value, "path": kept.path, "unreadable": flaw is Flaw.UNREADABLE}
    log.append(tx, [Event(f"found_{flaw.kind}", kept.sha256, details)], now)


def found_sound(tx: Connection, kept: Kept, place: Place, now: datetime) -> None:
    """Every byte was read and is right again: the fault goes, where there was one."""
    if end(tx, kept, place):
        details = {"place": place.value, "path": kept.path}
        log.append(tx, [Event("found_sound", kept.sha256, details)], now)


def end(tx: Connection, kept: Kept, place: Place) -> bool:
    """Takes a fault off; whoever does writes into custody why. False if there was none."""
    mine = (fault.c.recording_id == kept.recording) & (fault.c.place == place)
    return bool(tx.execute(delete(fault).where(mine)).rowcount)


def standing(tx: Connection, place: Place | None = None, after: int = 0) -> Sequence[Fault]:
    """Faults by recording, of those with a number above `after`."""
    asked = _faults().where(recording.c.id > after)
    if place is not None:
        asked = asked.where(fault.c.place == place)
    return [_fault(row) for row in tx.execute(asked)]


def count(tx: Connection, places: Collection[Place] = EVERYWHERE) -> int:
    """How many copies are bad, in the archive and in the first mirror, or in one of them."""
    asked = select(func.count()).select_from(fault).where(fault.c.place.in_(places))
    counted: int = tx.execute(asked).scalar_one()
    return counted


def of(
    tx: Connection, recordings: Collection[int], places: Collection[Place] = EVERYWHERE
) -> Mapping[int, Sequence[Fault]]:
    """The faults of these recordings."""
    told: dict[int, list[Fault]] = {}
    theirs = recording.c.id.in_(sorted(recordings)) & fault.c.place.in_(places)
    for row in tx.execute(_faults().where(theirs)):
        told.setdefault(row.id, []).append(_fault(row))
    return told


def of_day(tx: Connection, day: date, places: Collection[Place] = EVERYWHERE) -> frozenset[int]:
    """The recordings with faults that were handed over for `day`, or of which one was found about
    then, by whatever zone.
    """
    begin = datetime.combine(day - timedelta(days=1), time(), UTC)
    about = fault.c.found_at.between(begin, begin + timedelta(days=3))
    asked = (
        select(recording.c.id)
        .join(fault, fault.c.recording_id == recording.c.id)
        .where(or_(recording.c.day == day, about), fault.c.place.in_(places))
    )
    return frozenset(tx.execute(asked).scalars())


def _faults() -> Select[Any]:
    return (
        select(fault.c.place, fault.c.kind, fault.c.found_at)
        .add_columns(recording.c.id, recording.c.sha256, recording.c.path, recording.c.source)
        .join(recording, recording.c.id == fault.c.recording_id)
        .order_by(recording.c.id, fault.c.place)
    )


def _fault(row: Row[Any]) -> Fault:
    return Fault(
        recording=row.id,
        place=Place(row.place),
        kind=row.kind,
        found_at=row.found_at,
        sha256=row.sha256,
        path=row.path,
        source=row.source,
    )
