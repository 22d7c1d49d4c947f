"""The outbox: what the first mirror still owes, how it is worked off, and how far that has come.

Errands come into it by what happens to recordings (`outbox_recordings`), by legal holds
(`outbox_holds`), and by comparing (`outbox_enlisting`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from archive.batches import batches
from archive.catalogue import log
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
    refused_by_itself,
)
from archive.catalogue.kept import STAYS
from archive.catalogue.outbox_errands import About, may_be_on_hold, owe
from archive.catalogue.outbox_holds import align
from archive.catalogue.schema import legal_hold, mirrored, outbox, recording
from archive.catalogue.shapes import pack, unpack
from archive.fixity import Kept
from archive.layout import CUSTODY
from archive.mirror_records import Errand, MirrorState, Shown
from config.language import Message
from config.settings import FIRST_MIRROR

name = FIRST_MIRROR
"""Of the mirror whose outbox it is."""
_paper, _hold = outbox.alias("paper"), outbox.alias("hold")
_ANY_HOLD = select(legal_hold.c.customer_id).limit(1)
_COPY_OF = (
    select(func.min(mirrored.c.key))
    .where(
        mirrored.c.recording_id == outbox.c.recording_id,
        mirrored.c.checksum == outbox.c.sha256,
        mirrored.c.key != outbox.c.key,
    )
    .scalar_subquery()
)


def due(tx: Connection, now: datetime | None, limit: int) -> Sequence[Errand]:
    """The errands whose time has come (`now` = None: all that are possible), oldest first."""
    query = (
        _errands()
        .add_columns(_COPY_OF.label("copy_of"))
        .where(_possible())
        .order_by(outbox.c.id)
        .limit(limit)
    )
    if now is not None:
        query = query.where(has_come(outbox.c.next_at, now))
    return [errand_of(row, row.copy_of) for row in tx.execute(query)]


def _possible() -> ColumnElement[bool]:
    """A removal waits until the recording's object under its present key is confirmed, and under
    legal hold where it is to be.

    And until the mirror has the custody files: from older ones alone a catalogue would be made that
    asks for the old key. Of a recording that is to go for good nothing else is waited for.
    """
    confirmed = select(mirrored.c.key).where(mirrored.c.key == recording.c.path).exists()
    unsaid = select(_paper.c.id).where(
        _paper.c.recording_id.is_(None), _paper.c.key.like(f"{CUSTODY}/%.jsonl")
    )
    unheld = select(_hold.c.id).where(_hold.c.key == recording.c.path, _hold.c.action == HOLD)
    elsewhere = and_(STAYS, confirmed, ~unheld.exists())
    ready = and_(or_(elsewhere, may_go()), ~unsaid.exists())
    return or_(outbox.c.action != REMOVE, ready)


def _errands() -> Select[Any]:
    """As `errand_of` reads them."""
    of_recording = recording.c.id == outbox.c.recording_id
    told = select(outbox, recording.c.call_day, recording.c.disposal)
    return told.outerjoin(recording, of_recording)


def send(tx: Connection, errands: Collection[Errand]) -> None:
    """Writes down, before anything is sent, that the store may have these from now on.

    What is to be removed is no longer called confirmed: it may be gone, whatever is answered.
    """
    ids = [errand.id for errand in errands]
    tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent=True))
    leaving = [errand.key for errand in errands if errand.action == REMOVE]
    tx.execute(delete(mirrored).where(mirrored.c.key.in_(leaving)))


def confirm(tx: Connection, done: Errand, now: datetime, shown: Shown = Shown()) -> None:  # noqa: B008 - frozen
    """The store has shown that `done` is done: the errand goes, the object is known or gone.

    What is to be under legal hold by now, or no more, is owed; and where a hold of ours may be or
    not be on what was put, it is set or lifted once more. One that others set is not lifted.
    """
    confirm_all(tx, [(done, shown)], now)


def confirm_all(tx: Connection, done: Sequence[tuple[Errand, Shown]], now: datetime) -> None:
    """`confirm` for many, in a few statements: each costs more than what it writes."""
    any_hold = bool(done) and tx.execute(_ANY_HOLD).first() is not None
    for some in batches(done):
        tx.execute(delete(outbox).where(outbox.c.id.in_([one.id for one, _ in some])))
        anew = [one.key for one, _ in some if one.action != HOLD]
        tx.execute(delete(mirrored).where(mirrored.c.key.in_(anew)))
        if objects := [_object(one, shown, now) for one, shown in some if one.action == PUT]:
            tx.execute(insert(mirrored), objects)
        for one, shown in some:
            if one.action == HOLD:
                held = mirrored.c.key == one.key
                tx.execute(update(mirrored).where(held).values(legal_hold=hold_of(one, shown)))
            elif one.action == PUT and one.legal_hold and not shown.legal_hold:
                of = About(one.recording, one.sha256, one.size, one.source)
                owe(tx, of, HOLD, one.key, now, sent=True, legal_hold=True)
        for one, shown in some:
            doubtful = one.legal_hold or hold_of(one, shown)
            if one.recording is not None and (any_hold or doubtful):
                align(tx, now, recording_id=one.recording)
        events = [event_of(one, shown) for one, shown in some]
        log.append(tx, [event for event in events if event is not None], now)


def _object(done: Errand, shown: Shown, now: datetime) -> Mapping[str, Any]:
    return {
        "key": done.key,
        "recording_id": done.recording,
        "checksum": done.sha256,
        "confirmed_at": now,
        "locked_until": shown.locked_until,
        "unlocked": pack(shown.unlocked) if shown.unlocked else None,
        "legal_hold": hold_of(done, shown),
    }


def postpone(tx: Connection, refused: Errand, next_at: datetime, error: Message) -> None:
    """Keeps an errand that the store refused until `next_at`."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == refused.id)
        .values(attempts=refused.attempts + 1, next_at=next_at, error=pack(error))
    )


def explain(tx: Connection, waiting: Errand, error: Message) -> None:
    """Says why an errand still waits; its turn does not change."""
    tx.execute(update(outbox).where(outbox.c.id == waiting.id).values(error=pack(error)))


def explain_all(tx: Connection, error: Message) -> None:
    """Says of every errand that none was tried, and why; what one was refused for stands."""
    tx.execute(update(outbox).where(outbox.c.attempts == 0).values(error=pack(error)))


def again(tx: Connection, kept: Kept, now: datetime) -> Errand:
    """Owes an object anew that is not what was confirmed; the store may have anything there."""
    held = may_be_on_hold(tx, kept.path)
    tx.execute(delete(mirrored).where(mirrored.c.key == kept.path))
    tx.execute(delete(outbox).where(outbox.c.key == kept.path))
    of = About(kept.recording, kept.sha256, kept.size, kept.source)
    owe(tx, of, PUT, kept.path, now, sent=True, legal_hold=held)
    return errand_of(tx.execute(_errands().where(outbox.c.key == kept.path)).one())


def knows(tx: Connection, key: str) -> bool:
    """Whether the mirror has or owes an object under `key`."""
    return any(
        tx.execute(select(table.c.key).where(table.c.key == key)).first() is not None
        for table in (mirrored, outbox)
    )


def owed(tx: Connection) -> int:
    """How many errands there are."""
    return tx.execute(select(func.count()).select_from(outbox)).scalar_one()


def waiting(tx: Connection) -> int:
    """As `owed`, but for what the store keeps until a day of its own: that is not behind."""
    asked = select(func.count()).select_from(outbox)
    return tx.execute(asked.where(~kept_by_store(outbox.c.action, outbox.c.error))).scalar_one()


def next_at(tx: Connection) -> datetime | None:
    """When the next possible errand's time comes, as an aware time in UTC."""
    possible = select(func.min(outbox.c.next_at)).select_from(
        outbox.outerjoin(recording, recording.c.id == outbox.c.recording_id)
    )
    earliest: datetime | None = tx.execute(possible.where(_possible())).scalar_one()
    return earliest


def owed_since(tx: Connection) -> datetime | None:
    """Since when the oldest possible errand of `waiting` has been owed, as an aware time in UTC.

    Not of one that is refused for its own object's sake: of the store that says nothing.
    """
    since = func.min(func.coalesce(outbox.c.owed_at, outbox.c.next_at))
    asked = select(since).select_from(
        outbox.outerjoin(recording, recording.c.id == outbox.c.recording_id)
    )
    silent = and_(
        ~kept_by_store(outbox.c.action, outbox.c.error), ~refused_by_itself(outbox.c.error)
    )
    oldest: datetime | None = tx.execute(asked.where(silent, _possible())).scalar_one()
    return oldest


def last_confirmed(tx: Connection, now: datetime) -> datetime | None:
    """When the store last showed an object, as an aware time in UTC.

    A time after `now` was dated by a wrong clock, and counts for none.
    """
    asked = select(func.max(mirrored.c.confirmed_at)).where(mirrored.c.confirmed_at <= now)
    found: datetime | None = tx.execute(asked).scalar_one()
    return found


def states(tx: Connection, recordings: Collection[int]) -> Mapping[int, MirrorState]:
    """Where the mirroring of each recording under its present path stands."""
    query = (
        select(recording.c.id, recording.c.path, mirrored.c.checksum, mirrored.c.unlocked)
        .add_columns(outbox.c.attempts, outbox.c.error)
        .outerjoin(mirrored, mirrored.c.key == recording.c.path)
        .outerjoin(outbox, and_(outbox.c.key == recording.c.path, outbox.c.action == PUT))
        .where(recording.c.id.in_(sorted(recordings)))
    )
    return {
        row.id: MirrorState(
            row.path,
            row.checksum,
            row.attempts or 0,
            unpack(row.error) if row.error else None,
            unpack(row.unlocked) if row.unlocked else None,
        )
        for row in tx.execute(query)
    }
