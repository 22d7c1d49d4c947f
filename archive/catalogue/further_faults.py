"""Copies in a mirror beside the first, looked through in their order, and what is wrong with them.

A fault is written down with the copy, and is gone when it is sound again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, update

from archive.catalogue import log
from archive.catalogue.errands import REMOVE
from archive.catalogue.schema import further_object
from archive.custody import Event
from archive.fixity import Flaw, Kept, Place

_own = further_object.c


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy in a further mirror."""

    id: int
    kept: Kept
    fault: str | None
    """`missing` or `altered`."""


def after(tx: Connection, mirror: str, reached: int, limit: int) -> Sequence[Copy]:
    """The next copies that the store has shown, and is to keep, by number."""
    shown = and_(_own.mirror == mirror, _own.confirmed_at.is_not(None), _own.id > reached)
    return [_copy(row) for row in tx.execute(_copies(shown).limit(limit))]


def still(tx: Connection, mirror: str, copy: Copy) -> Copy | None:
    """The copy as the catalogue knows it by now; `None` where it is shown no more."""
    same = and_(_own.mirror == mirror, _own.id == copy.id, _own.key == copy.kept.path)
    row = tx.execute(_copies(and_(same, _own.confirmed_at.is_not(None)))).first()
    return _copy(row) if row else None


def standing(tx: Connection, mirror: str, recordings: Collection[int] | None) -> Sequence[Copy]:
    """Those with a fault; of these recordings alone, or of all and of papers."""
    wrong = and_(_own.mirror == mirror, _own.fault.is_not(None))
    if recordings is not None:
        wrong = and_(wrong, _own.recording_id.in_(sorted(recordings)))
    return [_copy(row) for row in tx.execute(_copies(wrong))]


def count(tx: Connection, mirror: str) -> int:
    """How many of its copies are bad."""
    asked = select(func.count()).where(_own.mirror == mirror, _own.fault.is_not(None))
    counted: int = tx.execute(asked).scalar_one()
    return counted


def found(tx: Connection, mirror: str, copy: Copy, flaw: Flaw | None, now: datetime) -> None:
    """Writes a fault down, or that there is none any more, unless that is known already."""
    kind = flaw.kind if flaw is not None else None
    if kind == copy.fault:
        return
    tx.execute(update(further_object).where(_own.id == copy.id).values(fault=kind))
    details = {"place": Place.MIRROR.value, "mirror": mirror, "path": copy.kept.path}
    event = f"found_{kind}" if kind else "found_sound"
    log.append(tx, [Event(event, copy.kept.sha256, details)], now)


def _copies(condition: ColumnElement[bool]) -> Select[Any]:
    lasting = _own.action.is_distinct_from(REMOVE)
    return select(further_object).where(condition, lasting).order_by(_own.id)


def _copy(row: Row[Any]) -> Copy:
    kept = Kept(row.key, row.sha256, row.size, row.source, True, row.recording_id)
    return Copy(row.id, kept, row.fault)
