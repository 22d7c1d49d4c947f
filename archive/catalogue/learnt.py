"""What becomes known of a recording after admission: what probing finds, its sidecar, its call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from archive.catalogue.recordings import selected
from archive.catalogue.schema import recording
from archive.catalogue.shapes import pack, pack_sidecar, to_recording
from archive.records import Probed, Recording, Sidecar


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a recording's call, apart from whom it was with."""

    started_at: datetime | None
    precision: str | None
    day: date
    """In the office's time; without a time the day the recording came for."""
    numbers: tuple[str, ...]


def unprobed(tx: Connection, after: int = 0) -> Sequence[Recording]:
    """Recordings that no one has probed, of those that were admitted after number `after`."""
    waiting = recording.c.condition.is_(None) & (recording.c.id > after)
    waiting &= recording.c.disposal.is_(None)
    rows = tx.execute(selected().where(waiting).order_by(recording.c.id))
    return [to_recording(row) for row in rows]


def probed(tx: Connection, found: Mapping[int, Probed]) -> None:
    """Writes down what was found in each recording, by its id."""
    told: list[dict[str, object]] = [
        {
            "probed_id": id,
            "container": one.container,
            "codec": one.codec,
            "duration_seconds": one.duration_seconds,
            "condition": one.condition,
            "silent": one.silent,
            "dbfs": one.dbfs,
            "tags": [list(pair) for pair in one.tags],
            "notes": [pack(note) for note in one.notes],
        }
        for id, one in found.items()
    ]
    if told:
        tx.execute(update(recording).where(recording.c.id == bindparam("probed_id")), told)


def probe_anew(tx: Connection, id: int) -> None:
    """Has the next pass probe a recording again, of which other bytes may have been probed."""
    tx.execute(update(recording).where(recording.c.id == id).values(condition=None))


def attach(tx: Connection, id: int, sidecar: Sidecar) -> None:
    """Remembers what a recording's sidecar says, over what an earlier one said."""
    mine = recording.c.id == id
    tx.execute(update(recording).where(mine).values(sidecar=pack_sidecar(sidecar)))


def learn(tx: Connection, calls: Mapping[int, Call]) -> frozenset[date]:
    """Writes down what is known of recordings' calls by now, by their ids, where it is news;
    returns the days on which they bear or bore.
    """
    before = {one.id: one for one in tx.execute(_heard(calls))}
    news = [
        {"learnt_id": id, **said}
        for id, said in ((id, _said_of(call)) for id, call in calls.items())
        if said != {column: getattr(before[id], column) for column in said}
    ]
    if news:
        tx.execute(update(recording).where(recording.c.id == bindparam("learnt_id")), news)
    were = (day for one in before.values() for day in (one.day, one.call_day))
    return frozenset(were) | {call.day for call in calls.values()}


def _heard(of: Collection[int]) -> Select[Any]:
    columns = recording.c
    asked = select(
        columns.id, columns.day, columns.call_day,
        columns.started_at, columns.precision, columns.numbers,
    )  # fmt: skip
    return asked.where(columns.id.in_(sorted(of)))


def _said_of(call: Call) -> dict[str, object]:
    return {
        "started_at": call.started_at,
        "precision": call.precision,
        "call_day": call.day,
        "numbers": " ".join(call.numbers),
    }
