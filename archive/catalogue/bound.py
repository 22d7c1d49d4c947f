"""Which recordings are under legal hold: their customer's, or that of whose they once were."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from archive.catalogue.acts import PASS
from archive.catalogue.schema import act, act_change, legal_hold, recording, word

_before, _after = act_change.c.customer_before, act_change.c.customer_after
_Is = Callable[[ColumnElement[int | None]], ColumnElement[bool]]


def under_legal_hold() -> ColumnElement[bool]:
    """Whether a row of `recording` is."""
    held = select(legal_hold.c.customer_id)
    return _bound(lambda customer: customer.in_(held))


def by(customer: int) -> ColumnElement[bool]:
    """Whether a row of `recording` is under legal hold where this customer is."""
    return _bound(lambda one: one == customer)


def may_be_by(customer: int) -> ColumnElement[bool]:
    """Whether it ever was, perhaps: whose it was, is all that is asked."""
    mine = _once(or_(_before == customer, _after == customer))
    return or_(recording.c.customer_id == customer, mine)


def of(tx: Connection, recordings: Collection[int]) -> frozenset[int]:
    """Those of `recordings` that are under legal hold."""
    mine = recording.c.id.in_(sorted(recordings))
    return frozenset(tx.execute(select(recording.c.id).where(mine, under_legal_hold())).scalars())


def _bound(held: _Is) -> ColumnElement[bool]:
    """By the customer whose it is; where it is nobody's, by whose it was: whose it is, is open.

    And by whose it was until the machine gave it to somebody else: a corrected sheet that has one
    more number of a customer makes them another one. Only a person takes it out of the hold, by a
    word that stands: after one that was taken back it is the machine that decides again.
    """
    nobodys = recording.c.customer_id.is_(None)
    once = _once(or_(held(_before), held(_after)))
    by_machine = select(act.c.id).where(act.c.id == act_change.c.act_id, act.c.kind == PASS)
    spoken = select(word.c.recording_id).where(
        word.c.recording_id == recording.c.id, word.c.customer_id.is_not(None)
    )
    taken = and_(_once(held(_before), by_machine.exists()), ~spoken.exists())
    return or_(held(recording.c.customer_id), and_(nobodys, once), taken)


def _once(*changed: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an act changed the recording so."""
    mine = select(act_change.c.act_id).where(act_change.c.recording_id == recording.c.id)
    return mine.where(*changed).exists()
