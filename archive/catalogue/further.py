"""What the mirrors beside the first have and owe, each by itself.

Nobody owes them anything at the moment it happens, as `outbox` does for the first: what a mirror
has is compared with what lies in the archive, at each pass. So one that is listed anew gets
everything, one that is no longer listed owes nothing more, and what it has stays known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from archive.catalogue import log
from archive.catalogue.bound import may_be_by, under_legal_hold
from archive.catalogue.kept import papers
from archive.catalogue.outbox import (
    HOLD,
    PUT,
    REMOVE,
    errand_of,
    event_of,
    has_come,
    hold_of,
    kept_by_store,
    may_go,
    refused_for_anothers,
)
from archive.catalogue.schema import Moment, custody_file, further_object, legal_hold, recording
from archive.catalogue.shapes import pack, unpack
from archive.custody import Event
from archive.fixity import Flaw, Kept, Place
from archive.layout import CUSTODY, fold
from archive.records import Errand, MirrorState, Recording, Shown
from config.language import Message

_own = further_object.c
_STAYS = recording.c.disposal.is_(None)
_COLUMNS = ("mirror", "key", "recording_id", "sha256", "size", "source")
_FRESH = ("action", "sent", "attempts", "next_at")


class Further:
    """One further mirror; every method works in the transaction that it is given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._mine = _own.mirror == name

    def enlist(self, tx: Connection, now: datetime) -> None:
        """Owes what the mirror lacks of recordings and papers, what it has no more to have, and
        legal holds. Looks at every recording.
        """
        self._turn(tx, now)
        self._insert(tx, recording.c.id, recording.c.path, recording.c, now, _STAYS)
        there = set(
            tx.execute(select(_own.key).where(self._mine, _own.recording_id.is_(None))).scalars()
        )
        missing = [one for one in papers(tx) if one.path not in there]
        fresh = {"action": PUT, "sent": False, "attempts": 0, "next_at": now, "mirror": self.name}
        rows = [
            {"key": one.path, "sha256": one.sha256, "size": one.size, "source": one.source} | fresh
            for one in missing
        ]
        if rows:
            tx.execute(insert(further_object), rows)
        self._align(tx, now)

    def enlist_custody_files(self, tx: Connection, now: datetime) -> None:
        """Owes the custody files that the mirror lacks; their time stamps come with a pass."""
        of = custody_file.c
        self._insert(tx, null(), of.path, of, now, literal(True), source=literal(""))

    def _insert(
        self,
        tx: Connection,
        id: ColumnElement[Any],
        key: ColumnElement[str],
        of: Any,
        now: datetime,
        condition: ColumnElement[bool],
        source: ColumnElement[str] | None = None,
    ) -> None:
        """Owes what stands under no key yet. A key that another recording left is taken until its
        object is removed.
        """
        there = exists().where(self._mine, _own.key == key)
        told = select(
            literal(self.name),
            key,
            id,
            of.sha256,
            of.size,
            of.source if source is None else source,
            literal(PUT),
            literal(False, Boolean),
            literal(0, Integer),
            literal(now, Moment),
        ).where(~there, condition)
        tx.execute(insert(further_object).from_select([*_COLUMNS, *_FRESH], told))

    def _turn(self, tx: Connection, now: datetime) -> None:
        """Follows recordings that moved since, away from a key or back to it, or are to go."""
        moved = or_(recording.c.path != _own.key, _own.action == REMOVE, ~_STAYS)
        some = select(_own.id).join(recording).where(self._mine, moved).limit(1)
        if tx.execute(some).first() is None:
            return
        own_place = select(recording.c.path).where(recording.c.id == _own.recording_id, _STAYS)
        path = func.coalesce(own_place.scalar_subquery(), "")  # nowhere: it is to go
        of_recording = and_(self._mine, _own.recording_id.is_not(None))
        fresh = {"attempts": 0, "next_at": now, "error": None}
        left = and_(of_recording, path != _own.key)
        anothers = and_(_own.action == PUT, refused_for_anothers(_own.error))
        tx.execute(delete(further_object).where(left, or_(~_own.sent, anothers)))
        leaving = and_(left, _own.action.is_distinct_from(REMOVE))
        tx.execute(update(further_object).where(leaving).values(action=REMOVE, **fresh))
        back = and_(of_recording, path == _own.key, _own.action == REMOVE)
        there = _own.confirmed_at.is_not(None)
        tx.execute(update(further_object).where(back, there).values(action=None, **fresh))
        tx.execute(update(further_object).where(back, ~there).values(action=PUT, **fresh))

    def _align(self, tx: Connection, now: datetime, *conditions: ColumnElement[bool]) -> None:
        """Owes legal holds, on or off, where an object's is not as its recording is bound.

        One that was never sent, and is not to be any more, is not ended: it would be another's.
        """
        bound = exists(
            select(recording.c.id).where(recording.c.id == _own.recording_id, under_legal_hold())
        )
        unsaid = and_(self._mine, _own.action == HOLD, _own.legal_hold.is_not(True), ~bound)
        tx.execute(update(further_object).where(unsaid).values(action=None))
        held = exists().where(self._mine, _own.legal_hold.is_(True))
        if not tx.execute(select(or_(exists(select(legal_hold.c.customer_id)), held))).scalar():
            return
        differs = or_(
            and_(bound, _own.legal_hold.is_(None)), and_(~bound, _own.legal_hold.is_(True))
        )
        mine = and_(self._mine, _own.recording_id.is_not(None), _own.action.is_(None), *conditions)
        fresh = {"action": HOLD, "attempts": 0, "next_at": now, "error": None}
        tx.execute(update(further_object).where(mine, differs).values(fresh))

    def due(self, tx: Connection, now: datetime | None, limit: int) -> Sequence[Errand]:
        """The errands whose time has come (`now` = None: all that are possible), oldest first."""
        asked = self._asked().where(self._possible()).order_by(_own.id).limit(limit)
        if now is not None:
            asked = asked.where(has_come(_own.next_at, now))
        return [_errand(row) for row in tx.execute(asked)]

    def _asked(self) -> Select[Any]:
        """As `_errand` reads them."""
        copy = further_object.alias("copy")
        copy_of = (
            select(copy.c.key)
            .where(copy.c.mirror == self.name, copy.c.recording_id == _own.recording_id)
            .where(copy.c.key != _own.key, copy.c.confirmed_at.is_not(None))
            .order_by(copy.c.id)  # as its index has them: `min` would look at the whole mirror
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
        new, paper = further_object.alias("new"), further_object.alias("paper")
        there = exists().where(
            new.c.mirror == self.name,
            new.c.key == recording.c.path,
            new.c.recording_id == recording.c.id,
            new.c.action.is_(None),
            new.c.fault.is_(None),
        )
        unsaid = exists().where(
            paper.c.mirror == self.name,
            paper.c.action == PUT,
            paper.c.recording_id.is_(None),
            paper.c.key.like(f"{CUSTODY}/%.jsonl"),
        )
        ready = and_(or_(and_(_STAYS, there), may_go()), ~unsaid)
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
        waits = and_(recording.c.path == done.key, _STAYS)  # for the key, which is free now
        self._insert(tx, recording.c.id, recording.c.path, recording.c, now, waits)

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
        self._align(tx, now, _own.id == done.id)

    def postpone(self, tx: Connection, refused: Errand, next_at: datetime, error: Message) -> None:
        """Keeps an errand that the store refused until `next_at`."""
        said = {"attempts": refused.attempts + 1, "next_at": next_at, "error": pack(error)}
        tx.execute(update(further_object).where(_own.id == refused.id).values(said))

    def explain(self, tx: Connection, waiting: Errand, error: Message) -> None:
        """Says why an errand still waits; its turn does not change."""
        said = {"error": pack(error)}
        tx.execute(update(further_object).where(_own.id == waiting.id).values(said))

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

    def after(self, tx: Connection, reached: int, limit: int) -> Sequence[Copy]:
        """The next copies that the store has shown, and is to keep, by number."""
        shown = and_(self._mine, _own.confirmed_at.is_not(None), _own.id > reached)
        return [_copy(row) for row in tx.execute(self._copies(shown).limit(limit))]

    def now(self, tx: Connection, copy: Copy) -> Copy | None:
        """The copy as the catalogue knows it by now; `None` where it is shown no more."""
        same = and_(self._mine, _own.id == copy.id, _own.key == copy.kept.path)
        row = tx.execute(self._copies(and_(same, _own.confirmed_at.is_not(None)))).first()
        return _copy(row) if row else None

    def faulty(self, tx: Connection, recordings: Collection[int] | None) -> Sequence[Copy]:
        """Those with a fault; of these recordings alone, or of all and of papers."""
        wrong = and_(self._mine, _own.fault.is_not(None))
        if recordings is not None:
            wrong = and_(wrong, _own.recording_id.in_(sorted(recordings)))
        return [_copy(row) for row in tx.execute(self._copies(wrong))]

    def count_faulty(self, tx: Connection) -> int:
        """How many of its copies are bad."""
        asked = select(func.count()).where(self._mine, _own.fault.is_not(None))
        counted: int = tx.execute(asked).scalar_one()
        return counted

    def _copies(self, condition: ColumnElement[bool]) -> Select[Any]:
        lasting = _own.action.is_distinct_from(REMOVE)
        return select(further_object).where(condition, lasting).order_by(_own.id)

    def found(self, tx: Connection, copy: Copy, flaw: Flaw | None, now: datetime) -> None:
        """Writes a fault down, or that there is none any more, unless that is known already."""
        kind = flaw.kind if flaw is not None else None
        if kind == copy.fault:
            return
        tx.execute(update(further_object).where(_own.id == copy.id).values(fault=kind))
        details = {"place": Place.MIRROR.value, "mirror": self.name, "path": copy.kept.path}
        event = f"found_{kind}" if kind else "found_sound"
        log.append(tx, [Event(event, copy.kept.sha256, details)], now)

    def again(self, tx: Connection, copy: Copy, now: datetime) -> Errand:
        """Owes a copy anew that is not what was confirmed; the store may have anything there."""
        row = _own.id == copy.id
        said = {"action": PUT, "sent": True, "confirmed_at": None, "attempts": 0, "next_at": now}
        tx.execute(update(further_object).where(row).values(said))
        return _errand(tx.execute(self._asked().where(row)).one())

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


def leave(
    tx: Connection, mirror: str, of: Recording, former: Collection[str], now: datetime
) -> None:
    """A recording is to go for good: owes the removal of older versions under the `former` keys,
    but where the mirror has, or owes, an object now, or another recording lies. What it has itself
    is removed by comparing.
    """
    told = select(_own.key).where(_own.mirror == mirror, _own.key.in_(sorted(former)))
    there = frozenset(tx.execute(told).scalars())
    folded = {key: fold(key) for key in former}
    places = (recording.c.path_fold, recording.c.target_fold)
    lying = or_(*(place.in_(folded.values()) for place in places))
    others = tx.execute(select(*places).where(lying, recording.c.id != of.id))
    anothers = {path for row in others for path in row}
    taken = there | {key for key in former if folded[key] in anothers}
    fresh = {"action": REMOVE, "sent": True, "attempts": 0, "next_at": now, "mirror": mirror}
    about = {"recording_id": of.id, "sha256": of.sha256, "size": of.size, "source": of.source}
    rows = [{"key": key} | about | fresh for key in sorted(set(former) - taken)]
    if rows:
        tx.execute(insert(further_object), rows)


def try_holds_again(tx: Connection, customer: int) -> None:
    """As `outbox.try_holds_again`, in every mirror."""
    mine = select(recording.c.id).where(may_be_by(customer))
    unknown = and_(_own.legal_hold.is_(False), _own.recording_id.in_(mine))
    tx.execute(update(further_object).where(unknown).values(legal_hold=None))


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy in a further mirror."""

    id: int
    kept: Kept
    fault: str | None
    """`missing` or `altered`."""


def _copy(row: Row[Any]) -> Copy:
    kept = Kept(row.key, row.sha256, row.size, row.source, True, row.recording_id)
    return Copy(row.id, kept, row.fault)


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
