"""Customers under legal hold: nothing of theirs may go until a person releases them.

The hold stands here; what of it the store has is told by the outbox and by each object.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select

from archive.catalogue import bound, further_holds, log, outbox_holds
from archive.catalogue.errands import HOLD
from archive.catalogue.schema import legal_hold, mirrored, outbox, recording
from archive.catalogue.shapes import unpack
from archive.custody import Event
from archive.records import Customer
from config.language import Message


@dataclass(frozen=True, slots=True)
class LegalHold:
    customer: int
    reason: str
    """Empty: none was given."""
    said_by: str
    said_at: datetime
    """Aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the hold of one customer has come."""

    recordings: int
    """That it binds, also while they lie in holding or the machine calls them somebody else's, or
    were ordered to be disposed of, which it takes back; none that is disposed of."""
    objects: int
    """Of them mirrored, under their present keys."""
    shown: int
    """Objects of which the store showed the hold."""
    unknown: int
    """Objects in a store that knows no legal hold."""
    error: Message | None
    """Why the store refused the first of those that are still owed."""


def add(
    tx: Connection, of: Customer, reason: str, by: str, now: datetime, *, mirrored: bool
) -> LegalHold | None:
    """Puts a customer under legal hold; `mirrored` owes it to their objects.

    One that stands already is returned and stays as it is; what the store could not do is owed
    again, for it may by now.
    """
    before = standing(tx, of.id)
    if not before:
        values = {"customer_id": of.id, "reason": reason, "said_by": by, "said_at": now}
        tx.execute(insert(legal_hold).values(values))
        log.append(tx, [_event("hold_added", of, by, reason)], now)
    outbox_holds.try_holds_again(tx, of.id, now)
    further_holds.try_holds_again(tx, of.id, now)
    if mirrored:
        outbox_holds.align(tx, now, customer=of.id)
    return before[0] if before else None


def release(tx: Connection, of: Customer, by: str, now: datetime, *, mirrored: bool) -> bool:
    """Ends a customer's legal hold; False where there is none."""
    if not tx.execute(delete(legal_hold).where(legal_hold.c.customer_id == of.id)).rowcount:
        return False
    log.append(tx, [_event("hold_released", of, by, "")], now)
    if mirrored:
        outbox_holds.align(tx, now, customer=of.id)
    return True


def standing(tx: Connection, customer: int | None = None) -> Sequence[LegalHold]:
    """All of them, or one customer's, the oldest first."""
    asked = select(legal_hold).order_by(legal_hold.c.said_at, legal_hold.c.customer_id)
    if customer is not None:
        asked = asked.where(legal_hold.c.customer_id == customer)
    return [LegalHold(*row) for row in tx.execute(asked)]


def reach(tx: Connection, customer: int) -> Reach:
    def count(*conditions: ColumnElement[bool]) -> int:
        mine = (
            select(func.count())
            .select_from(recording)
            .outerjoin(mirrored, mirrored.c.key == recording.c.path)
            .where(bound.by(customer), recording.c.disposal.is_distinct_from("disposed"))
            .where(*conditions)
        )
        found: int = tx.execute(mine).scalar_one()
        return found

    refused = _refused(tx, customer)
    return Reach(
        recordings=count(),
        objects=count(mirrored.c.key.is_not(None)),
        shown=count(mirrored.c.legal_hold.is_(True)),
        unknown=count(mirrored.c.legal_hold.is_(False)),
        error=unpack(refused.error) if refused else None,
    )


def _refused(tx: Connection, customer: int) -> Row[tuple[object]] | None:
    asked = (
        select(outbox.c.error)
        .join(recording, recording.c.id == outbox.c.recording_id)
        .where(bound.by(customer), outbox.c.action == HOLD)
        .where(outbox.c.error.is_not(None))
        .order_by(outbox.c.id)
        .limit(1)
    )
    return tx.execute(asked).first()


def _event(event: str, of: Customer, by: str, reason: str) -> Event:
    """Under the digest of the customer's key: it is about recordings yet to come, too."""
    details = {"customer": of.name, "customer_key": of.key, "by": by}
    if reason:
        details["reason"] = reason
    return Event(event, digest(of.key), details)


def digest(key: str) -> str:
    """Under which the custody log has what is said of the customer of this key."""
    return hashlib.sha256(key.encode()).hexdigest()
