"""Legal holds that the first mirror owes its objects: set, or lifted again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select, update

from archive.catalogue.bound import may_be_by, under_legal_hold
from archive.catalogue.errands import HOLD, begun_anew
from archive.catalogue.outbox_errands import ABOUT, About, owe
from archive.catalogue.schema import mirrored, outbox, recording


def align(
    tx: Connection,
    now: datetime,
    *,
    customer: int | None = None,
    recording_id: int | None = None,
) -> int:
    """Owes legal holds, on or off, where an object's is not as its recording is bound to have it.

    Of one customer, one recording, or all; returns how many errands that makes. What binds it says
    the catalogue now, so it matters neither in which order things came nor how often this is asked.
    Where the store knows no legal hold, nothing is owed. One that was never sent, and is not to be
    any more, is not ended: it would be another's.
    """
    owed = 0
    for row in tx.execute(_holds_to_compare(customer, recording_id)).all():
        if row.action == HOLD and bool(row.owed) != row.bound:
            if not (row.bound or row.sent or row.shown):
                tx.execute(delete(outbox).where(outbox.c.key == row.path))
                continue
            fresh = {"legal_hold": row.bound, "error": None}
            fresh |= {"attempts": 0, "next_at": now, "owed_at": now}
            tx.execute(update(outbox).where(outbox.c.key == row.path).values(fresh))
        elif row.action is None and row.shown is (None if row.bound else True):
            owe(tx, About(*row[:4]), HOLD, row.path, now, legal_hold=row.bound)
            owed += 1
    return owed


def _holds_to_compare(customer: int | None, recording_id: int | None) -> Select[Any]:
    """Objects that are to be, are, or may have to be under legal hold."""
    bound = under_legal_hold()
    asked = (
        select(*ABOUT, recording.c.path, bound.label("bound"), outbox.c.action)
        .add_columns(mirrored.c.legal_hold.label("shown"), outbox.c.legal_hold.label("owed"))
        .add_columns(outbox.c.sent)
        .join(mirrored, mirrored.c.key == recording.c.path)
        .outerjoin(outbox, outbox.c.key == recording.c.path)
        .where(or_(bound, mirrored.c.legal_hold.is_(True), outbox.c.action == HOLD))
        .order_by(recording.c.id)
    )
    if customer is not None:
        asked = asked.where(may_be_by(customer))
    return asked if recording_id is None else asked.where(recording.c.id == recording_id)


def try_holds_again(tx: Connection, customer: int, now: datetime) -> None:
    """Forgets that the store knew no legal hold for this customer's objects, or refused it: it may
    by now.
    """
    mine = select(recording.c.path).where(may_be_by(customer))
    unknown = mirrored.c.legal_hold.is_(False) & mirrored.c.key.in_(mine)
    tx.execute(update(mirrored).where(unknown).values(legal_hold=None))
    refused = (outbox.c.action == HOLD) & outbox.c.error.is_not(None) & outbox.c.key.in_(mine)
    tx.execute(update(outbox).where(refused).values(begun_anew(now)))
