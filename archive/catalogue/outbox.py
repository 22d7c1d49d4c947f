"""The outbox: what the mirror still owes, written in the transaction that made it owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from archive.batches import batches
from archive.catalogue import log
from archive.catalogue.bound import may_be_by, under_legal_hold
from archive.catalogue.schema import (
    custody_file,
    legal_hold,
    mirrored,
    outbox,
    recording,
    sheet,
)
from archive.catalogue.shapes import pack, unpack
from archive.custody import Event
from archive.fixity import Kept
from archive.layout import CUSTODY, sheet_path, stamp_path
from archive.records import Errand, MirrorState, Shown
from config.language import Message

PUT, HOLD, REMOVE = "put", "hold", "remove"
LONGEST_WAIT = timedelta(hours=6)
"""No errand is put off for longer."""
_ANY_HOLD = select(legal_hold.c.customer_id).limit(1)
_STAMP = func.replace(custody_file.c.path, ".jsonl", stamp_path(".jsonl"))
"""As `stamp_path` has it."""
_COPY_OF = (
    select(func.min(mirrored.c.key))
    .where(
        mirrored.c.recording_id == outbox.c.recording_id,
        mirrored.c.checksum == outbox.c.sha256,
        mirrored.c.key != outbox.c.key,
    )
    .scalar_subquery()
)


def put(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    """Owes the objects of recordings, each under its path."""
    for some in batches(ids):
        asked = select(*_OWED, recording.c.path).where(recording.c.id.in_(some))
        rows = tx.execute(asked.order_by(recording.c.id)).all()
        tx.execute(insert(outbox), [_errand(_Owed(*row[:4]), PUT, row.path, now) for row in rows])


def follow(tx: Connection, recording_id: int, old: str, new: str, now: datetime) -> None:
    """A recording moved: owes its object under the new key, and the old one's removal.

    What was sent may be there, confirmed or not: its upload may have been cut short between the
    store's answer and the catalogue's.
    """
    left, returned = _may_be_there(tx, old), _may_be_there(tx, new)
    held = {key: _may_be_on_hold(tx, key) for key in (old, new)}
    tx.execute(delete(outbox).where(outbox.c.key.in_([old, new])))
    mine = _of_recording(tx, recording_id)
    _owe(tx, mine, PUT, new, now, sent=returned, legal_hold=held[new])
    if left:
        _owe(tx, mine, REMOVE, old, now, legal_hold=held[old])


def again(tx: Connection, kept: Kept, now: datetime) -> Errand:
    """Owes an object anew that is not what was confirmed; the store may have anything there."""
    held = _may_be_on_hold(tx, kept.path)
    tx.execute(delete(mirrored).where(mirrored.c.key == kept.path))
    tx.execute(delete(outbox).where(outbox.c.key == kept.path))
    of = _Owed(kept.recording, kept.sha256, kept.size, kept.source)
    _owe(tx, of, PUT, kept.path, now, sent=True, legal_hold=held)
    return errand_of(tx.execute(_errands().where(outbox.c.key == kept.path)).one())


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
            fresh = {"legal_hold": row.bound, "attempts": 0, "next_at": now, "error": None}
            tx.execute(update(outbox).where(outbox.c.key == row.path).values(fresh))
        elif row.action is None and row.shown is (None if row.bound else True):
            _owe(tx, _Owed(*row[:4]), HOLD, row.path, now, legal_hold=row.bound)
            owed += 1
    return owed


def _holds_to_compare(customer: int | None, recording_id: int | None) -> Select[Any]:
    """Objects that are to be, are, or may have to be under legal hold."""
    bound = under_legal_hold()
    asked = (
        select(*_OWED, recording.c.path, bound.label("bound"), outbox.c.action)
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


def try_holds_again(tx: Connection, customer: int) -> None:
    """Forgets that the store knew no legal hold for this customer's objects: it may by now."""
    mine = select(recording.c.path).where(may_be_by(customer))
    unknown = mirrored.c.legal_hold.is_(False) & mirrored.c.key.in_(mine)
    tx.execute(update(mirrored).where(unknown).values(legal_hold=None))


def enlist(tx: Connection, now: datetime) -> int:
    """Owes what happened while no mirror was configured; returns how many errands that makes.

    Recordings, sheets, custody files and time stamps that have neither an object nor an errand,
    objects whose recording moved away, and legal holds.
    """
    turned = _turn(tx, now)
    missing = tx.execute(
        select(*_OWED, recording.c.path)
        .outerjoin(mirrored, mirrored.c.key == recording.c.path)
        .outerjoin(outbox, outbox.c.key == recording.c.path)
        .where(mirrored.c.key.is_(None), outbox.c.key.is_(None))
    ).all()
    left = tx.execute(
        select(*_OWED, mirrored.c.key)
        .join(recording, recording.c.id == mirrored.c.recording_id)
        .outerjoin(outbox, outbox.c.key == mirrored.c.key)
        .where(mirrored.c.key != recording.c.path)
        .where(or_(outbox.c.key.is_(None), outbox.c.action == HOLD))
    ).all()
    for row in missing:
        _owe(tx, _Owed(*row[:4]), PUT, row.path, now)
    for row in left:
        held = _may_be_on_hold(tx, row.key)
        tx.execute(delete(outbox).where(outbox.c.key == row.key))
        _owe(tx, _Owed(*row[:4]), REMOVE, row.key, now, legal_hold=held)
    return turned + len(missing) + len(left) + _enlist_papers(tx, now) + align(tx, now)


def _turn(tx: Connection, now: datetime) -> int:
    """Owes the opposite of what lost its sense: an object where its recording lies no more, or the
    removal of one from where its recording is back. No such errand could ever be done.
    """
    away, back = outbox.c.key != recording.c.path, outbox.c.key == recording.c.path
    senseless = or_(and_(outbox.c.action == PUT, away), and_(outbox.c.action == REMOVE, back))
    asked = select(*_OWED, outbox.c.key, outbox.c.action).join(
        recording, recording.c.id == outbox.c.recording_id
    )
    turned = 0
    for row in tx.execute(asked.where(senseless)).all():
        confirmed = tx.execute(select(mirrored.c.key).where(mirrored.c.key == row.key)).first()
        there, held = _may_be_there(tx, row.key), _may_be_on_hold(tx, row.key)
        tx.execute(delete(outbox).where(outbox.c.key == row.key))
        if not there or (confirmed and not held):
            continue
        # Of a hold that may be on what is confirmed, `align` says what it is to be.
        action = HOLD if confirmed else REMOVE if row.action == PUT else PUT
        sent = action != REMOVE
        _owe(tx, _Owed(*row[:4]), action, row.key, now, sent=sent, legal_hold=held)
        turned += 1
    return turned


def enlist_custody_files(tx: Connection, now: datetime) -> int:
    """Owes the custody files and time stamps that have neither an object nor an errand."""
    own = custody_file.c
    files = select(own.path.label("key"), own.sha256, own.size)
    stamps = select(_STAMP.label("key"), own.stamp_sha256.label("sha256"), null().label("size"))
    stamped = stamps.where(own.stamp_sha256.is_not(None))
    missing = [*_without_object(tx, files, own.path), *_without_object(tx, stamped, _STAMP)]
    for row in missing:
        _owe(tx, _Owed(None, row.sha256, row.size, ""), PUT, row.key, now)
    return len(missing)


def _without_object(
    tx: Connection, asked: Select[Any], key: ColumnElement[str]
) -> Sequence[Row[Any]]:
    """Custody files of which neither an object nor an errand has this key."""
    return tx.execute(
        asked.outerjoin(mirrored, mirrored.c.key == key)
        .outerjoin(outbox, outbox.c.key == key)
        .where(mirrored.c.key.is_(None), outbox.c.key.is_(None))
        .order_by(custody_file.c.number)
    ).all()


def _enlist_papers(tx: Connection, now: datetime) -> int:
    """Owes the sheets, too, that have neither an object nor an errand."""
    sheets = {
        sheet_path(row.sha256, row.source): _Owed(None, row.sha256, None, row.source)
        for row in tx.execute(select(sheet.c.sha256, sheet.c.source))
    }
    there = select(mirrored.c.key).where(mirrored.c.recording_id.is_(None))
    owed_already = select(outbox.c.key).where(outbox.c.recording_id.is_(None))
    missing = sheets.keys() - set(tx.execute(there.union(owed_already)).scalars())
    for key in sorted(missing):
        _owe(tx, sheets[key], PUT, key, now)
    return len(missing) + enlist_custody_files(tx, now)


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


def has_come(turn: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """Whether an errand's turn is now; one too far off was set while the clock was ahead."""
    return or_(turn <= now, turn > now + LONGEST_WAIT)


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
                of = _Owed(one.recording, one.sha256, one.size, one.source)
                _owe(tx, of, HOLD, one.key, now, sent=True, legal_hold=True)
        for one, shown in some:
            doubtful = one.legal_hold or hold_of(one, shown)
            if one.recording is not None and (any_hold or doubtful):
                align(tx, now, recording_id=one.recording)
        events = [event_of(one, shown) for one, shown in some]
        log.append(tx, [event for event in events if event is not None], now)


def hold_of(done: Errand, shown: Shown) -> bool | None:
    """Whether the object is on hold by our doing; `None`: it is not; false: the store knows none.

    Some stores copy a hold along.
    """
    if done.action != HOLD:
        ours = done.legal_hold or done.copy_of is not None
        return (ours and shown.legal_hold) or None
    unknown = done.legal_hold and shown.legal_hold is None
    return False if unknown else shown.legal_hold or None


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


def event_of(done: Errand, shown: Shown, mirror: str | None = None) -> Event | None:
    """What custody tells of it; `mirror` names the mirror where it is not the first.

    `None` of custody files: an entry about one would ask for another one; and of a legal hold that
    came to nothing.
    """
    if done.key.startswith(f"{CUSTODY}/"):
        return None
    details: dict[str, object] = {"key": done.key}
    if mirror is not None:
        details["mirror"] = mirror
    if done.action == HOLD:
        if shown.legal_hold is None:
            return None
        return Event("hold_set" if shown.legal_hold else "hold_lifted", done.sha256, details)
    if shown.locked_until is not None:
        details["locked_until"] = shown.locked_until.isoformat()
    if shown.version_kept:
        details["version_kept"] = True
    return Event("mirrored" if done.action == PUT else "removed", done.sha256, details)


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


def knows(tx: Connection, key: str) -> bool:
    """Whether the mirror has or owes an object under `key`."""
    return any(
        tx.execute(select(table.c.key).where(table.c.key == key)).first() is not None
        for table in (mirrored, outbox)
    )


def owed(tx: Connection) -> int:
    """How many errands there are."""
    return tx.execute(select(func.count()).select_from(outbox)).scalar_one()


def next_at(tx: Connection) -> datetime | None:
    """When the next possible errand's time comes, as an aware time in UTC."""
    possible = select(func.min(outbox.c.next_at)).select_from(
        outbox.outerjoin(recording, recording.c.id == outbox.c.recording_id)
    )
    earliest: datetime | None = tx.execute(possible.where(_possible())).scalar_one()
    return earliest


def earliest(tx: Connection) -> Mapping[int, datetime]:
    """For each number of refusals the first errand's next turn, as an aware time in UTC."""
    turns = select(outbox.c.attempts, func.min(outbox.c.next_at)).group_by(outbox.c.attempts)
    return {row[0]: row[1] for row in tx.execute(turns)}


def last_confirmed(tx: Connection) -> datetime | None:
    """When the store last showed an object, as an aware time in UTC."""
    found: datetime | None = tx.execute(select(func.max(mirrored.c.confirmed_at))).scalar_one()
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


def _errands() -> Select[Any]:
    """As `errand_of` reads them."""
    of_recording = recording.c.id == outbox.c.recording_id
    return select(outbox, recording.c.call_day).outerjoin(recording, of_recording)


def errand_of(
    row: Row[Any], copy_of: str | None = None, *, legal_hold: bool | None = None
) -> Errand:
    """Of a row that says what is owed, and of what day its recording is.

    `legal_hold` is what the hold is to be, where that is not the row's own.
    """
    return Errand(
        id=row.id,
        action=row.action,
        key=row.key,
        recording=row.recording_id,
        source=row.source,
        sha256=row.sha256,
        size=row.size,
        attempts=row.attempts,
        copy_of=copy_of,
        day=row.call_day,
        legal_hold=bool(row.legal_hold if legal_hold is None else legal_hold),
    )


def _may_be_there(tx: Connection, key: str) -> bool:
    """The store has the object, or may have it: it was sent once, or its removal is owed.

    Not where it was refused for what others have there, which is not ours to remove.
    """
    ours = and_(outbox.c.sent, ~refused_for_anothers(outbox.c.error))
    errand = select(outbox.c.id).where(outbox.c.key == key, or_(ours, outbox.c.action == REMOVE))
    confirmed = select(mirrored.c.key).where(mirrored.c.key == key)
    return any(tx.execute(one).first() is not None for one in (errand, confirmed))


def refused_for_anothers(error: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an errand's `error` says that the store has other bytes under its key."""
    return func.coalesce(cast(error, Text).contains('"store.object_differs"'), False)


def _may_be_on_hold(tx: Connection, key: str) -> bool:
    """The store showed the object's legal hold, or may have set it without being heard."""
    doubtful = or_(outbox.c.legal_hold, outbox.c.action == HOLD)
    errand = select(outbox.c.id).where(outbox.c.key == key, doubtful)
    shown = select(mirrored.c.key).where(mirrored.c.key == key, mirrored.c.legal_hold)
    return any(tx.execute(one).first() is not None for one in (errand, shown))


def _possible() -> ColumnElement[bool]:
    """A removal waits until the recording's object under its present key is confirmed, and under
    legal hold where it is to be.

    And until the mirror has the custody files: from older ones alone a catalogue would be made that
    asks for the old key.
    """
    confirmed = select(mirrored.c.key).where(mirrored.c.key == recording.c.path).exists()
    paper = outbox.alias("paper")
    unsaid = select(paper.c.id).where(
        paper.c.recording_id.is_(None), paper.c.key.like(f"{CUSTODY}/%.jsonl")
    )
    hold = outbox.alias("hold")
    unheld = select(hold.c.id).where(hold.c.key == recording.c.path, hold.c.action == HOLD)
    ready = and_(confirmed, ~unsaid.exists(), ~unheld.exists())
    return or_(outbox.c.action != REMOVE, ready)


class _Owed(NamedTuple):
    """What an errand is about."""

    recording_id: int | None
    sha256: str
    size: int | None
    source: str


_OWED = (recording.c.id, recording.c.sha256, recording.c.size, recording.c.source)


def _of_recording(tx: Connection, id: int) -> _Owed:
    return _Owed(*tx.execute(select(*_OWED).where(recording.c.id == id)).one())


def _owe(
    tx: Connection,
    of: _Owed,
    action: str,
    key: str,
    now: datetime,
    *,
    sent: bool = False,
    legal_hold: bool | None = None,
) -> None:
    values = {"sent": sent, "legal_hold": legal_hold}
    tx.execute(insert(outbox).values(_errand(of, action, key, now) | values))


def _errand(of: _Owed, action: str, key: str, now: datetime) -> dict[str, object]:
    values = {"action": action, "key": key, "sent": False, "attempts": 0, "next_at": now}
    return of._asdict() | values
