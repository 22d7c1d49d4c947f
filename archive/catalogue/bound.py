"""Which recordings are under legal hold: their customer's, or nobody's by now and once theirs."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from archive.catalogue.schema import act_change, legal_hold, recording


def under_legal_hold() -> ColumnElement[bool]:
    """Whether a row of `recording` is.

    What has no customer (it went back into holding) is bound by whose it was: whose it is, is open.
    """
    customer, change = legal_hold.c.customer_id, act_change.c
    theirs = select(customer).where(customer == recording.c.customer_id)
    once = (
        select(change.act_id)
        .join(
            legal_hold, or_(customer == change.customer_before, customer == change.customer_after)
        )
        .where(change.recording_id == recording.c.id)
    )
    return or_(theirs.exists(), and_(recording.c.customer_id.is_(None), once.exists()))


def of(tx: Connection, recordings: Collection[int]) -> frozenset[int]:
    """Those of `recordings` that are under legal hold."""
    mine = recording.c.id.in_(sorted(recordings))
    return frozenset(tx.execute(select(recording.c.id).where(mine, under_legal_hold())).scalars())
