"""Recordings in the catalogue: admitted, found again, moved. Custody and outbox go along."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from archive.batches import batches
from archive.catalogue import further_keys, log, outbox_recordings
from archive.catalogue.schema import customer, inbox_file, recording, sheet, sheet_row
from archive.catalogue.schema import mirrored as mirrored_table
from archive.catalogue.schema import outbox as outbox_table
from archive.catalogue.shapes import to_recording
from archive.custody import Event
from archive.layout import fold
from archive.records import Recording


@dataclass(frozen=True, slots=True)
class Admission:
    """A recording whose bytes lie complete in holding."""

    sha256: str
    size: int
    source: str
    day: date
    collector: str | None
    arrived_at: datetime
    path: str
    started_at: datetime | None
    precision: str | None
    call_day: date
    numbers: tuple[str, ...]


def admit(
    tx: Connection, new: Sequence[Admission], now: datetime, mirrored: bool
) -> Mapping[str, int]:
    """Enters recordings as held, each of bytes of its own; returns their ids by SHA-256.

    `mirrored` asks for their objects.
    """
    if not new:
        return {}
    tx.execute(insert(recording), [_row(one) for one in new])
    ids = ids_by_sha256(tx, [one.sha256 for one in new])
    log.append(tx, [Event("admitted", one.sha256, _details(one)) for one in new], now)
    if mirrored:
        outbox_recordings.put(tx, [ids[one.sha256] for one in new], now)
    return ids


def _row(new: Admission) -> dict[str, object]:
    return {
        "sha256": new.sha256,
        "size": new.size,
        "source": new.source,
        "day": new.day,
        "call_day": new.call_day,
        "collector": new.collector,
        "arrived_at": new.arrived_at,
        "path": new.path,
        "path_fold": fold(new.path),
        "filed": False,
        "started_at": new.started_at,
        "precision": new.precision,
        "numbers": " ".join(new.numbers),
    }


def _details(new: Admission) -> dict[str, object]:
    return {
        "original_name": new.source,
        "collector": new.collector,
        "handed_over_for": new.day.isoformat(),
        "arrived_at": new.arrived_at.isoformat(),
        "size": new.size,
        "path": new.path,
    }


def ids_by_sha256(tx: Connection, hashes: Sequence[str]) -> Mapping[str, int]:
    """The recordings that have these bytes already."""
    found: dict[str, int] = {}
    for some in batches(hashes):
        asked = select(recording.c.sha256, recording.c.id).where(recording.c.sha256.in_(some))
        found.update((sha256, id) for sha256, id in tx.execute(asked))
    return found


def by_sha256(tx: Connection, sha256: str) -> Recording | None:
    row = tx.execute(selected().where(recording.c.sha256 == sha256)).first()
    return to_recording(row) if row else None


def of_source(tx: Connection, source: str) -> Recording | None:
    """The recording whose bytes lie in the inbox under `source` and were first seen there."""
    here = select(inbox_file.c.recording_id).where(inbox_file.c.source == source)
    mine = selected().where(recording.c.id.in_(here), recording.c.source == source)
    row = tx.execute(mine).first()
    return to_recording(row) if row else None


def handed_over_as(tx: Connection, sources: Collection[str]) -> Sequence[tuple[str, str]]:
    """Which recordings came, or lie in the inbox now, under these sources: source and SHA-256."""
    came = select(recording.c.source, recording.c.sha256).where(recording.c.source.in_(sources))
    lie = (
        select(inbox_file.c.source, recording.c.sha256)
        .join(recording, recording.c.id == inbox_file.c.recording_id)
        .where(inbox_file.c.source.in_(sources))
    )
    return [(row.source, row.sha256) for row in tx.execute(came.union(lie))]


def hand_over_again(tx: Connection, of: Recording, source: str, now: datetime) -> None:
    """Writes into custody that the bytes of `of` were handed over once more."""
    details = {"original_name": source, "first": of.source}
    log.append(tx, [Event("duplicate", of.sha256, details)], now)


def by_ids(tx: Connection, ids: Collection[int]) -> Sequence[Recording]:
    rows = tx.execute(selected().where(recording.c.id.in_(sorted(ids))).order_by(recording.c.id))
    return [to_recording(row) for row in rows]


def held(tx: Connection, day: date | None) -> Sequence[Recording]:
    """What lies in holding, of all days or of one: handed over for it, or made on it."""
    found = selected().where(recording.c.filed.is_(False)).order_by(recording.c.id)
    if day is not None:
        found = found.where(or_(recording.c.day == day, recording.c.call_day == day))
    return [to_recording(row) for row in tx.execute(found)]


def by_hash(tx: Connection, prefix: str) -> Sequence[Recording]:
    """Recordings whose SHA-256 begins like this."""
    rows = tx.execute(selected().where(recording.c.sha256.startswith(prefix, autoescape=True)))
    return [to_recording(row) for row in rows]


def by_path(tx: Connection, path: str) -> Sequence[Recording]:
    """Recordings that lie there, or came from there, under whichever name: the whole path, else
    its last parts, else its end.
    """
    columns = (recording.c.source, recording.c.path, inbox_file.c.source)
    for fits in (
        [column == path for column in columns],
        [column.endswith(f"/{path}", autoescape=True) for column in columns],
        [column.endswith(path, autoescape=True) for column in columns],
    ):
        handed_over = select(inbox_file.c.recording_id).where(fits[2])
        found = selected().where(or_(*fits[:2], recording.c.id.in_(handed_over)))
        if rows := tx.execute(found.order_by(recording.c.id)).all():
            return [to_recording(row) for row in rows]
    return []


def of_days(tx: Connection, days: Collection[date]) -> Sequence[Recording]:
    """Recordings handed over for one of `days`, or whose name says they belong to one."""
    wanted = sorted(days)
    rows = tx.execute(
        selected()
        .where(or_(recording.c.day.in_(wanted), recording.c.call_day.in_(wanted)))
        .order_by(recording.c.id)
    )
    return [to_recording(row) for row in rows]


def days_beside(tx: Connection, days: Collection[date]) -> frozenset[date]:
    """`days`, and the days that recordings tie to them: handed over on one, made on another."""
    wanted = sorted(days)
    rows = tx.execute(
        select(recording.c.day, recording.c.call_day)
        .where(or_(recording.c.day.in_(wanted), recording.c.call_day.in_(wanted)))
        .distinct()
    )
    return frozenset(days) | {day for row in rows for day in row}


def taken(tx: Connection, path: str, mover: int | None = None) -> bool:
    """Whether a recording lies at `path` or is promised it, or another's object has that key.

    Paths are compared folded. No mirror overwrites an object, so a key stays taken until the
    object of the recording that lay there is removed; `mover`'s own object is no hindrance.
    """
    folded = fold(path)
    places = or_(recording.c.path_fold == folded, recording.c.target_fold == folded)
    asked = [select(recording.c.id).where(places)]
    for told in (outbox_table, mirrored_table):
        anothers = told.c.recording_id.is_distinct_from(mover)
        asked.append(select(told.c.recording_id).where(told.c.key == path, anothers))
    here = any(tx.execute(one).first() is not None for one in asked)
    return here or further_keys.taken(tx, path, mover)


def any_taken(tx: Connection, paths: Sequence[str]) -> frozenset[str]:
    """Those of `paths` that are `taken`, in a few questions."""
    found: set[str] = set()
    for some in batches(paths):
        folded = {fold(path): path for path in some}
        for column in (recording.c.path_fold, recording.c.target_fold):
            there = tx.execute(select(column).where(column.in_(folded)))
            found.update(folded[one] for one in there.scalars())
        for told in (outbox_table, mirrored_table):
            found.update(tx.execute(select(told.c.key).where(told.c.key.in_(some))).scalars())
        found |= further_keys.any_taken(tx, some)
    return frozenset(found)


def aim(tx: Connection, id: int, target: str | None) -> None:
    """Reserves where a recording is about to be moved to; `None` gives the place back."""
    tx.execute(
        update(recording)
        .where(recording.c.id == id)
        .values(target=target, target_fold=fold(target) if target else None)
    )


def aimed(tx: Connection) -> Sequence[Recording]:
    """Recordings whose move was begun and not ended."""
    rows = tx.execute(selected().where(recording.c.target.is_not(None)).order_by(recording.c.id))
    return [to_recording(row) for row in rows]


def arrive(tx: Connection, moved: Recording, filed: bool, now: datetime, mirrored: bool) -> None:
    """Ends a move: `moved` lies at its target now. The mirror is to follow."""
    if moved.target is None:
        raise ValueError(f"recording {moved.id} was not on its way")
    tx.execute(
        update(recording)
        .where(recording.c.id == moved.id)
        .values(
            path=moved.target,
            path_fold=fold(moved.target),
            target=None,
            target_fold=None,
            filed=filed,
        )
    )
    log.append(tx, [_arrival(tx, moved, filed)], now)
    if mirrored:
        outbox_recordings.follow(tx, moved.id, moved.path, moved.target, now)


def _arrival(tx: Connection, moved: Recording, filed: bool) -> Event:
    """One entry binds the bytes, the customer, the call, the collector and the original name."""
    row = tx.execute(
        select(customer.c.key, customer.c.name, sheet.c.source, sheet.c.sha256, sheet_row.c.tab)
        .add_columns(sheet_row.c.line)
        .select_from(recording)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
        .outerjoin(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(recording.c.id == moved.id)
    ).one()
    details = {
        "customer": row.name,
        "customer_key": row.key,
        "call": {"sheet": row.source, "sheet_sha256": row.sha256, "tab": row.tab, "line": row.line},
        "collector": moved.collector,
        "original_name": moved.source,
        "from": moved.path,
        "path": moved.target,
    }
    return Event("filed" if filed else "held", moved.sha256, details)


def selected() -> Select[Any]:
    """Recordings with their customers' names, as `to_recording` reads them."""
    return select(recording, customer.c.name.label("customer_name")).outerjoin(
        customer, customer.c.id == recording.c.customer_id
    )
