"""Legal holds that the mirrors beside the first owe their objects: set, or lifted again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from archive.catalogue.bound import may_be_by, under_legal_hold
from archive.catalogue.errands import HOLD, begun_anew
from archive.catalogue.schema import further_object, legal_hold, recording

_own = further_object.c


def align(tx: Connection, mirror: str, now: datetime, *conditions: ColumnElement[bool]) -> None:
    """Owes legal holds, on or off, where an object's is not as its recording is bound.

    One that was never sent, and is not to be any more, is not ended: it would be another's.
    """
    bound = exists(
        select(recording.c.id).where(recording.c.id == _own.recording_id, under_legal_hold())
    )
    unsaid = and_(_own.mirror == mirror, _own.action == HOLD, _own.legal_hold.is_not(True), ~bound)
    tx.execute(update(further_object).where(unsaid).values(action=None))
    held = exists().where(_own.mirror == mirror, _own.legal_hold.is_(True))
    if not tx.execute(select(or_(exists(select(legal_hold.c.customer_id)), held))).scalar():
        return
    differs = or_(and_(bound, _own.legal_hold.is_(None)), and_(~bound, _own.legal_hold.is_(True)))
    mine = and_(
        _own.mirror == mirror, _own.recording_id.is_not(None), _own.action.is_(None), *conditions
    )
    fresh = {"action": HOLD} | begun_anew(now)
    tx.execute(update(further_object).where(mine, differs).values(fresh))


def try_holds_again(tx: Connection, customer: int, now: datetime) -> None:
    """Forgets, in every further mirror, that the store knew no legal hold for this customer's
    objects, or refused it: it may by now.
    """
    mine = _own.recording_id.in_(select(recording.c.id).where(may_be_by(customer)))
    unknown = _own.legal_hold.is_(False) & mine
    tx.execute(update(further_object).where(unknown).values(legal_hold=None))
    refused = (_own.action == HOLD) & _own.error.is_not(None) & mine
    tx.execute(update(further_object).where(refused).values(begun_anew(now)))
