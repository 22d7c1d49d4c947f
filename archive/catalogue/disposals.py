"""Recordings whose bytes a person ordered to go: what was said of each, and how far it has come.

An order stands in the catalogue and in custody before anything is deleted. The recording itself,
its history, hash and custody stay for good.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    delete,
    exists,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy import Row as SqlRow

from archive.batches import batches
from archive.catalogue import files, further_enlisting, log, outbox_recordings
from archive.catalogue.bound import under_legal_hold
from archive.catalogue.errands import kept_by_store
from archive.catalogue.recordings import selected
from archive.catalogue.schema import (
    disposal,
    fault,
    further_object,
    mirrored,
    outbox,
    recording,
)
from archive.catalogue.shapes import to_recording, unpack
from archive.custody import Event
from archive.records import Recording
from archive.said_records import Disposal
from config.language import Message

ORDERED, DISPOSED = "ordered", "disposed"
_LEAVING = recording.c.disposal == literal_column(f"'{ORDERED}'")  # as its index has it


def order(
    tx: Connection,
    recordings: Sequence[Recording],
    said: Mapping[int, Disposal],
    now: datetime,
    *,
    mirrored: bool,
) -> None:
    """Writes down that the bytes of these go, by what was `said` of each.

    ValueError for one that is under legal hold, on its way, in holding, or leaving already:
    whoever asks has looked in this transaction. `mirrored` owes the first mirror their removal.
    """
    fit = {one.id for one in recordings if one.filed and one.target is None and not one.disposal}
    bound = _bound(tx, fit)
    if unfit := {one.id for one in recordings} - fit | bound:
        raise ValueError(f"recordings {sorted(unfit)} must not be disposed of")
    for some in batches(recordings):
        ids = [one.id for one in some]
        tx.execute(update(recording).where(recording.c.id.in_(ids)).values(disposal=ORDERED))
        tx.execute(insert(disposal), [_values(one.id, said[one.id]) for one in some])
    log.append(tx, [_ordered(one, said[one.id]) for one in recordings], now)
    for one in recordings:
        former = _former_keys(tx, one)
        if mirrored:
            outbox_recordings.leave(tx, one, former.get(None, ()), now)
        for name, keys in former.items():
            if name is not None:
                further_enlisting.leave(tx, name, one, keys, now)


def leaving(tx: Connection) -> Sequence[Recording]:
    """Recordings whose bytes are to go yet."""
    rows = tx.execute(selected().where(_LEAVING).order_by(recording.c.id))
    return [to_recording(row) for row in rows]


def any_leaving(tx: Connection) -> bool:
    return tx.execute(select(recording.c.id).where(_LEAVING).limit(1)).first() is not None


def owe_again(tx: Connection, now: datetime) -> None:
    """Owes the first mirror the removal of objects that it was not owed: they were on their way to
    it when the order came, or there was no mirror then.
    """
    asked = selected().join(mirrored, mirrored.c.recording_id == recording.c.id)
    asked = asked.outerjoin(outbox, outbox.c.key == mirrored.c.key)
    for row in tx.execute(asked.where(_LEAVING, outbox.c.id.is_(None))).all():
        outbox_recordings.leave(tx, to_recording(row), (), now)


def ready(
    tx: Connection,
    others: Collection[str],
    *,
    first: bool,
    limit: int | None = None,
    among: Collection[int] | None = None,
) -> Sequence[Recording]:
    """Those whose file may go: no mirror that is listed has, or may have, an object of theirs but
    such as its store keeps until a day of its own.

    `first` tells whether the first one is listed, `others` names those beside it. Up to `limit`
    of all, or of those `among` which it is asked.
    """
    own, errand = further_object.c, outbox.c
    waits = [
        own.recording_id == recording.c.id,
        own.mirror.in_(sorted(others)),
        ~kept_by_store(own.action, own.error),
    ]
    asked = selected().where(_LEAVING, ~exists().where(*waits))
    if first:
        asked = asked.where(
            ~exists().where(mirrored.c.recording_id == recording.c.id),
            ~exists().where(
                errand.recording_id == recording.c.id,
                ~kept_by_store(errand.action, errand.error),
            ),
        )
    if among is not None:
        asked = asked.where(recording.c.id.in_(sorted(among)))
    rows = tx.execute(asked.order_by(recording.c.id).limit(limit))
    return [to_recording(row) for row in rows]


def bound(tx: Connection, among: Collection[int] | None = None) -> Sequence[Recording]:
    """Recordings that are to go and came under legal hold since: of all, or of a few."""
    asked = selected().where(_LEAVING, under_legal_hold())
    if among is not None:
        asked = asked.where(recording.c.id.in_(sorted(among)))
    return [to_recording(row) for row in tx.execute(asked.order_by(recording.c.id))]


def withdraw(
    tx: Connection, back: Sequence[Recording], reason: str, now: datetime, *, mirrored: bool
) -> None:
    """Takes orders back; what the first mirror lacks of these is owed again where it is `mirrored`,
    and by comparing in the others. Their days are decided anew, for what is to go is not moved.
    """
    for some in batches(back):
        ids = [one.id for one in some]
        tx.execute(delete(disposal).where(disposal.c.recording_id.in_(ids)))
        tx.execute(update(recording).where(recording.c.id.in_(ids)).values(disposal=None))
    said = {"reason": reason}
    log.append(tx, [Event("disposal_withdrawn", one.sha256, said) for one in back], now)
    for one in back:
        files.reopen_of(tx, one.id)
    if mirrored:
        for one in back:
            outbox_recordings.come_back(tx, one, now)


def end(tx: Connection, gone: Recording, file: str, aside: str | None, now: datetime) -> None:
    """The file of `gone` is gone. `file` says how: it was `removed`, was `absent` already, or
    something else lay there, which is `aside` now.
    """
    tx.execute(update(recording).where(recording.c.id == gone.id).values(disposal=DISPOSED))
    mine = disposal.c.recording_id == gone.id
    tx.execute(update(disposal).where(mine).values(disposed_at=now))
    tx.execute(delete(fault).where(fault.c.recording_id == gone.id))
    details: dict[str, object] = {"path": gone.path, "file": file}
    if aside is not None:
        details["aside"] = aside
    log.append(tx, [Event("disposed", gone.sha256, details)], now)


def locked(tx: Connection) -> Sequence[Message]:
    """Why stores keep a version of what was to go for good, of each such object in any mirror."""
    own, errand = further_object.c, outbox.c
    told = [
        select(action_error[1]).where(kept_by_store(*action_error))
        for action_error in ((errand.action, errand.error), (own.action, own.error))
    ]
    return [unpack(error) for asked in told for error in tx.execute(asked).scalars()]


def of(tx: Connection, recordings: Collection[int]) -> Mapping[int, Disposal]:
    """What was said of those of `recordings` that are disposed of, or are to be."""
    found: dict[int, Disposal] = {}
    for some in batches(sorted(recordings)):
        mine = select(disposal).where(disposal.c.recording_id.in_(some))
        found |= {row.recording_id: _disposal(row) for row in tx.execute(mine)}
    return found


def _bound(tx: Connection, ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(sorted(ids)):
        mine = select(recording.c.id).where(recording.c.id.in_(some), under_legal_hold())
        found |= set(tx.execute(mine).scalars())
    return found


def _former_keys(tx: Connection, one: Recording) -> Mapping[str | None, Sequence[str]]:
    """Under which keys each mirror ever showed its object, by custody; `None` is the first one.

    Where a store keeps versions, its bytes lie there still.
    """
    return log.mirrored_keys(tx, one.sha256)


def _values(id: int, said: Disposal) -> dict[str, Any]:
    return {
        "recording_id": id,
        "reason": said.reason,
        "said_by": said.said_by,
        "said_at": said.said_at,
        "rule": dict(said.rule),
        "list": said.list,
    }


def _disposal(row: SqlRow[Any]) -> Disposal:
    return Disposal(row.reason, row.said_by, row.said_at, row.rule, row.list, row.disposed_at)


def _ordered(one: Recording, said: Disposal) -> Event:
    details = {
        "by": said.said_by,
        "reason": said.reason,
        "customer": one.customer_name,
        "path": one.path,
        "rule": dict(said.rule),
        "list_sha256": said.list,
    }
    return Event("disposal_ordered", one.sha256, details)
