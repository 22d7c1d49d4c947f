"""What the mirrors beside the first owe, how it is worked off, and how far that has come.

It stands with what each has, or may have, and comes there by comparing (`further_enlisting`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from archive.catalogue import log
from archive.catalogue.bound import under_legal_hold
from archive.catalogue.errands import (
    HOLD,
    PUT,
    REMOVE,
    errand_of,
    event_of,
    has_come,
    hold_of,
    kept_by_store,
    may_go,
)
from archive.catalogue.further_enlisting import put_where
from archive.catalogue.further_faults import Copy
from archive.catalogue.further_holds import align
from archive.catalogue.kept import STAYS
from archive.catalogue.schema import further_object, recording
from archive.catalogue.shapes import pack, unpack
from archive.layout import CUSTODY
from archive.mirror_records import Errand, MirrorState, Shown
from config.language import Message

_own = further_object.c
_copy, _new, _paper = (further_object.alias(name) for name in ("copy", "new", "paper"))


class Further:
    """One further mirror; every method works in the transaction that it is given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._mine = _own.mirror == name

    def due(self, tx: Connection, now: datetime | None, limit: int) -> Sequence[Errand]:
        """The errands whose time has come (`now` = None: all that are possible), oldest first."""
        asked = self._asked().where(self._possible()).order_by(_own.id).limit(limit)
        if now is not None:
            asked = asked.where(has_come(_own.next_at, now))
        return [_errand(row) for row in tx.execute(asked)]

    def _asked(self) -> Select[Any]:
        """As `_errand` reads them."""
        copy_of = (
            select(_copy.c.key)
            .where(_copy.c.mirror == self.name, _copy.c.recording_id == _own.recording_id)
            .where(_copy.c.key != _own.key, _copy.c.confirmed_at.is_not(None))
            .order_by(_copy.c.id)  # as its index has them: `min` would look at the whole mirror
            .limit(1)
            .scalar_subquery()
        )
        return (
            select(further_object, recording.c.call_day, copy_of.label("copy_of"))
            .add_columns(under_legal_hold().label("bound"), recording.c.disposal)
            .outerjoin(recording, recording.c.id == _own.recording_id)
            .where(self._mine)
        )

    def _possible(self) -> ColumnElement[bool]:
        """What may be done. A removal waits until the recording's object under its present key is
        there, sound as far as is known, under legal hold where it is to be, and the mirror has the
        custody files: from older ones alone a catalogue would be made that asks for the old key. Of
        a recording that is to go for good only these are waited for.
        """
        there = exists().where(
            _new.c.mirror == self.name,
            _new.c.key == recording.c.path,
            _new.c.recording_id == recording.c.id,
            _new.c.action.is_(None),
            _new.c.fault.is_(None),
        )
        unsaid = exists().where(
            _paper.c.mirror == self.name,
            _paper.c.action == PUT,
            _paper.c.recording_id.is_(None),
            _paper.c.key.like(f"{CUSTODY}/%.jsonl"),
        )
        ready = and_(or_(and_(STAYS, there), may_go()), ~unsaid)
        return and_(_own.action.is_not(None), or_(_own.action != REMOVE, ready))

    def send(self, tx: Connection, errands: Collection[Errand]) -> None:
        """Writes down, before anything is sent, that the store may have these from now on.

        What is to be removed is no longer called confirmed: it may be gone, whatever is answered.
        """
        ids = [errand.id for errand in errands]
        tx.execute(update(further_object).where(_own.id.in_(ids)).values(sent=True))
        holds = [errand.id for errand in errands if errand.action == HOLD and errand.legal_hold]
        tx.execute(update(further_object).where(_own.id.in_(holds)).values(legal_hold=True))
        leaving = [errand.id for errand in errands if errand.action == REMOVE]
        gone = update(further_object).where(_own.id.in_(leaving)).values(confirmed_at=None)
        tx.execute(gone)

    def confirm_all(
        self, tx: Connection, done: Sequence[tuple[Errand, Shown]], now: datetime
    ) -> None:
        """The store has shown that these are done: each object is known or gone."""
        for one, shown in done:
            if one.action == REMOVE:
                self._gone(tx, one, now)
            else:
                self._there(tx, one, shown, now)
        events = [event_of(one, shown, mirror=self.name) for one, shown in done]
        log.append(tx, [event for event in events if event is not None], now)

    def _gone(self, tx: Connection, done: Errand, now: datetime) -> None:
        tx.execute(delete(further_object).where(_own.id == done.id))
        waits = and_(recording.c.path == done.key, STAYS)  # for the key, which is free now
        put_where(tx, self.name, recording.c.id, recording.c.path, recording.c, now, waits)

    def _there(self, tx: Connection, done: Errand, shown: Shown, now: datetime) -> None:
        """Where a hold of ours may be on what was put, and was not shown, it is set once more."""
        lost = done.action == PUT and done.legal_hold and not shown.legal_hold
        held = True if lost else hold_of(done, shown)
        said: dict[str, object] = {"action": HOLD if lost else None, "legal_hold": held}
        said |= {"attempts": 0, "error": None}
        if done.action == PUT:
            said |= {"fault": None, "confirmed_at": now, "locked_until": shown.locked_until}
            said["unlocked"] = pack(shown.unlocked) if shown.unlocked else None
        tx.execute(update(further_object).where(_own.id == done.id).values(said))
        align(tx, self.name, now, _own.id == done.id)

    def postpone(self, tx: Connection, refused: Errand, next_at: datetime, error: Message) -> None:
        """Keeps an errand that the store refused until `next_at`."""
        said = {"attempts": refused.attempts + 1, "next_at": next_at, "error": pack(error)}
        tx.execute(update(further_object).where(_own.id == refused.id).values(said))

    def explain(self, tx: Connection, waiting: Errand, error: Message) -> None:
        """Says why an errand still waits; its turn does not change."""
        said = {"error": pack(error)}
        tx.execute(update(further_object).where(_own.id == waiting.id).values(said))

    def explain_all(self, tx: Connection, error: Message) -> None:
        """Says of every errand that none was tried, and why; what one was refused for stands."""
        owed = and_(self._mine, _own.action.is_not(None), _own.attempts == 0)
        tx.execute(update(further_object).where(owed).values(error=pack(error)))

    def again(self, tx: Connection, copy: Copy, now: datetime) -> Errand:
        """Owes a copy anew that is not what was confirmed; the store may have anything there."""
        row = _own.id == copy.id
        said = {"action": PUT, "sent": True, "confirmed_at": None, "attempts": 0, "next_at": now}
        tx.execute(update(further_object).where(row).values(said))
        return _errand(tx.execute(self._asked().where(row)).one())

    def knows(self, tx: Connection, key: str) -> bool:
        """Whether the mirror has or owes an object under `key`."""
        asked = select(_own.id).where(self._mine, _own.key == key)
        return tx.execute(asked).first() is not None

    def owed(self, tx: Connection) -> int:
        """How many errands there are."""
        asked = select(func.count()).where(self._mine, _own.action.is_not(None))
        return tx.execute(asked).scalar_one()

    def waiting(self, tx: Connection) -> int:
        """As `outbox.waiting`."""
        asked = select(func.count()).where(self._mine, _own.action.is_not(None))
        return tx.execute(asked.where(~kept_by_store(_own.action, _own.error))).scalar_one()

    def refused(self, tx: Connection) -> int:
        """How many of them the store refused."""
        asked = select(func.count()).where(self._mine, _own.action.is_not(None), _own.attempts > 0)
        return tx.execute(asked.where(~kept_by_store(_own.action, _own.error))).scalar_one()

    def next_at(self, tx: Connection) -> datetime | None:
        """When the next possible errand's time comes, as an aware time in UTC."""
        asked = select(func.min(_own.next_at)).select_from(
            further_object.outerjoin(recording, recording.c.id == _own.recording_id)
        )
        possible = asked.where(self._mine, self._possible())
        earliest: datetime | None = tx.execute(possible).scalar_one()
        return earliest

    def states(self, tx: Connection, recordings: Collection[int]) -> Mapping[int, MirrorState]:
        """Where the mirroring of each recording under its present path stands."""
        under = and_(self._mine, _own.key == recording.c.path, _own.recording_id == recording.c.id)
        asked = (
            select(recording.c.id, recording.c.path, further_object.c.action, _own.sha256)
            .add_columns(_own.confirmed_at, _own.attempts, _own.error, _own.unlocked, _own.fault)
            .outerjoin(further_object, under)
            .where(recording.c.id.in_(sorted(recordings)))
        )
        return {row.id: _state(row) for row in tx.execute(asked)}


def _state(row: Row[Any]) -> MirrorState:
    if row.fault is not None:
        wrong = Message.of(f"findings.copy_{row.fault}")
        return MirrorState(row.path, None, 1, wrong)
    lacking = row.confirmed_at is None
    return MirrorState(
        row.path,
        None if lacking else row.sha256,
        row.attempts or 0 if lacking else 0,
        unpack(row.error) if lacking and row.error else None,
        unpack(row.unlocked) if row.unlocked else None,
    )


def _errand(row: Row[Any]) -> Errand:
    copy_of = row.copy_of if row.recording_id is not None else None
    return errand_of(row, copy_of, legal_hold=bool(row.bound) if row.action == HOLD else None)
