"""Which recordings are under legal hold: their customer's, or that of whose they once were."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from archive.catalogue.acts import PASS
from archive.catalogue.schema import act, act_change, customer, legal_hold, recording, word

_before, _after = act_change.c.customer_before, act_change.c.customer_after
_was = act_change.alias("was")
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
    return or_(held(recording.c.customer_id), and_(nobodys, once), _taken(held))


def by_former(tx: Connection, recordings: Collection[int]) -> Mapping[int, str]:
    """Those of `recordings` that are bound by the hold of whose they were alone, by that name."""
    held = select(legal_hold.c.customer_id)
    mine = recording.c.id.in_(sorted(recordings)) & recording.c.customer_id.not_in(held)
    bound = (
        select(recording.c.id, func.min(customer.c.name).label("name"))
        .join(_was, _was.c.recording_id == recording.c.id)
        .join(customer, customer.c.id == _was.c.customer_before)
        .where(mine, customer.c.id.in_(held), _taken(lambda one: one.in_(held)))
        .group_by(recording.c.id)
    )
    return {row.id: row.name for row in tx.execute(bound)}


def _taken(held: _Is) -> ColumnElement[bool]:
    """Whether the machine took it from one of whom `held` is so, and no word of a person stands."""
    by_machine = select(act.c.id).where(act.c.id == act_change.c.act_id, act.c.kind == PASS)
    spoken = select(word.c.recording_id).where(
        word.c.recording_id == recording.c.id, word.c.customer_id.is_not(None)
    )
    return and_(_once(held(_before), by_machine.exists()), ~spoken.exists())


def _once(*changed: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an act changed the recording so."""
    mine = select(act_change.c.act_id).where(act_change.c.recording_id == recording.c.id)
    return mine.where(*changed).exists()
