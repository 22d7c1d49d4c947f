"""What the catalogue knows of the inbox's files, and the days that are to be matched again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from archive.batches import batches
from archive.catalogue.schema import inbox_file, open_day, recording
from archive.catalogue.shapes import pack, to_inbox_file
from archive.records import FileState, InboxFile
from config.language import Message

Known = tuple[int, int, FileState]
"""Size, mtime in ns, and what became of it."""
_FETCHED = 1000
"""Rows at a time, which takes half as long as one by one."""
_STATES = {state.value: state for state in FileState}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file of the inbox as a scan saw it, with what is to be remembered of it."""

    source: str
    size: int
    mtime_ns: int
    state: FileState
    day: date
    collector: str | None
    reason: Message | None = None


def known(tx: Connection) -> Mapping[str, Known]:
    """Every file ever seen, by its source."""
    columns = select(
        inbox_file.c.source, inbox_file.c.size, inbox_file.c.mtime_ns, inbox_file.c.state
    )
    return {
        source: (size, mtime_ns, _STATES[state])
        for some in tx.execute(columns).partitions(_FETCHED)
        for source, size, mtime_ns, state in some
    }


def note(tx: Connection, sightings: Sequence[Sighting], now: datetime) -> Sequence[InboxFile]:
    """Remembers each sighting, over what was known of its source; returns them with their ids.

    A file keeps the time it was first seen at; a recording whose bytes changed is another one, and
    what it was a duplicate of loses what its name said. No source may stand twice.
    """
    return note_each(tx, [(seen, now) for seen in sightings])


def note_each(tx: Connection, sighted: Sequence[tuple[Sighting, datetime]]) -> Sequence[InboxFile]:
    """As `note`, each with a time of its own, in a few statements."""
    known = {row.source: row for row in _rows(tx, [seen.source for seen, _ in sighted])}
    new, again = [], []
    for seen, now in sighted:
        if before := known.get(seen.source):
            again.append(_again(tx, before, seen, now))
        else:
            new.append(_values(seen) | {"arrived_at": now})
    if new:
        tx.execute(insert(inbox_file), new)
    if again:
        tx.execute(update(inbox_file).where(inbox_file.c.id == bindparam("noted")), again)
    noted = {row.source: row for row in _rows(tx, [seen.source for seen, _ in sighted])}
    return [to_inbox_file(noted[seen.source]) for seen, _ in sighted]


def _rows(tx: Connection, sources: Sequence[str]) -> Iterator[Row[Any]]:
    for some in batches(sources):
        yield from tx.execute(select(inbox_file).where(inbox_file.c.source.in_(some)))


def _again(tx: Connection, before: Row[Any], seen: Sighting, now: datetime) -> dict[str, object]:
    """What a known file's row is to say."""
    if before.state == FileState.DUPLICATE:
        reopen_of(tx, before.recording_id)
    anew = before.state in (FileState.RECORDING, FileState.DUPLICATE)
    return _values(seen) | {"noted": before.id, "arrived_at": now if anew else before.arrived_at}


def _values(seen: Sighting) -> dict[str, object]:
    return {
        "source": seen.source,
        "size": seen.size,
        "mtime_ns": seen.mtime_ns,
        "state": seen.state,
        "day": seen.day,
        "collector": seen.collector,
        "reason": pack(seen.reason) if seen.reason else None,
        "recording_id": None,  # of the bytes that lie there now nothing is known yet
    }


def reserve(tx: Connection, paths: Mapping[int, str]) -> None:
    """Writes down where in holding each planned file, by its number, is going to lie."""
    mine = inbox_file.c.id == bindparam("planned")
    reserved = [{"planned": file, "path": path} for file, path in paths.items()]
    tx.execute(update(inbox_file).where(mine), reserved)


def end_as_recordings(tx: Connection, recordings: Mapping[int, int]) -> None:
    """Ends the admission of files, by their numbers, that became recordings of these numbers."""
    mine = inbox_file.c.id == bindparam("ended")
    values = {"state": FileState.RECORDING, "path": None, "reason": None}
    ended = [values | {"ended": file, "recording_id": id} for file, id in recordings.items()]
    if ended:
        tx.execute(update(inbox_file).where(mine), ended)


def end(
    tx: Connection,
    file: int,
    state: FileState,
    recording: int | None,
    reason: Message | None = None,
    arrived_at: datetime | None = None,
) -> None:
    """Ends a file's admission; `arrived_at` is given where its bytes came earlier than noted."""
    values: dict[str, object] = {
        "state": state,
        "recording_id": recording,
        "path": None,
        "reason": pack(reason) if reason else None,
    }
    if arrived_at is not None:
        values["arrived_at"] = arrived_at
    tx.execute(update(inbox_file).where(inbox_file.c.id == file).values(values))


def planned(tx: Connection) -> Sequence[InboxFile]:
    """Files whose admission was cut short."""
    rows = tx.execute(select(inbox_file).where(inbox_file.c.state == FileState.PLANNED))
    return [to_inbox_file(row) for row in rows]


def untaken(tx: Connection) -> int:
    """How many files of the inbox were seen and not taken yet: they do not stand still."""
    waiting = select(func.count()).where(inbox_file.c.state == FileState.WAITING)
    counted: int = tx.execute(waiting).scalar_one()
    return counted


def forget(tx: Connection, file: int) -> None:
    """Takes a sighting back, so that the next scan meets the file as new."""
    tx.execute(delete(inbox_file).where(inbox_file.c.id == file))


def let_go(tx: Connection, sources: Collection[str]) -> None:
    """Forgets files that left the inbox before they were taken."""
    for source in sources:
        tx.execute(delete(inbox_file).where(inbox_file.c.source == source))


def open_days(tx: Connection) -> frozenset[date]:
    return frozenset(tx.execute(select(open_day.c.day)).scalars())


def reopen(tx: Connection, days: Iterable[date]) -> None:
    """Asks for `days` to be matched again."""
    missing = frozenset(days) - open_days(tx)
    if missing:
        tx.execute(insert(open_day), [{"day": day} for day in sorted(missing)])


def reopen_of(tx: Connection, recording_id: int) -> None:
    """Asks for the days of a recording to be matched again."""
    days = select(recording.c.day, recording.c.call_day).where(recording.c.id == recording_id)
    reopen(tx, tx.execute(days).one())


def other_names(tx: Connection, recordings: Collection[int]) -> Mapping[int, Sequence[InboxFile]]:
    """The files that proved to be duplicates of each of `recordings`, by source."""
    found: dict[int, list[InboxFile]] = {}
    copies = (inbox_file.c.state == FileState.DUPLICATE) & inbox_file.c.recording_id.in_(
        sorted(recordings)
    )
    for row in tx.execute(select(inbox_file).where(copies).order_by(inbox_file.c.source)):
        found.setdefault(row.recording_id, []).append(to_inbox_file(row))
    return found


def close(tx: Connection, days: Iterable[date]) -> None:
    tx.execute(delete(open_day).where(open_day.c.day.in_(sorted(days))))
