"""Custody files and their time stamps, as the catalogue knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from archive.catalogue.kept import shown
from archive.catalogue.schema import custody_file
from archive.custody import GENESIS
from archive.custody_files import CustodyFile


@dataclass(frozen=True, slots=True)
class KnownFile:
    number: int
    path: str
    sha256: str
    size: int
    last: int
    """Number of the last entry in it or before it."""
    head: str
    """Hash of that entry."""


@dataclass(frozen=True, slots=True)
class KnownStamp:
    number: int
    """Of its custody file; 0: there is none."""
    at: datetime | None
    """When the authority saw the file, as an aware time in UTC."""


@dataclass(frozen=True, slots=True)
class StampedFile:
    file: KnownFile
    at: datetime
    """As of KnownStamp."""
    stamp_sha256: str
    """Of the authority's answer, in hex."""


_NONE = KnownFile(0, "", GENESIS, 0, 0, GENESIS)
_COLUMNS = [custody_file.c[name] for name in ("number", "path", "sha256", "size", "last", "head")]


def last_file(tx: Connection) -> KnownFile:
    """The newest custody file; before the first one, number 0."""
    newest = select(*_COLUMNS).order_by(custody_file.c.number.desc()).limit(1)
    row = tx.execute(newest).first()
    return KnownFile(*row) if row else _NONE


def file_of_number(tx: Connection, number: int) -> KnownFile:
    """A custody file that is known."""
    return KnownFile(*tx.execute(select(*_COLUMNS).where(custody_file.c.number == number)).one())


def file_with(tx: Connection, seq: int) -> KnownFile | None:
    """The custody file that has the entry of this number; `None`: none was written since."""
    later = select(*_COLUMNS).where(custody_file.c.last >= seq)
    row = tx.execute(later.order_by(custody_file.c.number).limit(1)).first()
    return KnownFile(*row) if row else None


def first_mirrored(tx: Connection, mirror: str) -> KnownFile:
    """The oldest custody file that the mirror of this name has shown; before any, number 0."""
    return _mirrored(tx, mirror, custody_file.c.number.asc())


def last_mirrored(tx: Connection, mirror: str) -> KnownFile:
    """The newest one; before any, number 0."""
    return _mirrored(tx, mirror, custody_file.c.number.desc())


def _mirrored(tx: Connection, mirror: str, order: ColumnElement[int]) -> KnownFile:
    there = shown(mirror)
    with_copy = select(*_COLUMNS).join(there, there.c.key == custody_file.c.path)
    row = tx.execute(with_copy.order_by(order).limit(1)).first()
    return KnownFile(*row) if row else _NONE


def custody_files(tx: Connection) -> Sequence[KnownFile]:
    """All of them, oldest first."""
    return files_since(tx, 0)


def files_since(tx: Connection, number: int) -> Sequence[KnownFile]:
    """Those after `number`, oldest first."""
    later = select(*_COLUMNS).where(custody_file.c.number > number)
    return [KnownFile(*row) for row in tx.execute(later.order_by(custody_file.c.number))]


def files_written(tx: Connection, start: datetime, end: datetime) -> Sequence[KnownFile]:
    """Those that were written from `start` to `end`, both aware; oldest first."""
    then = (custody_file.c.written_at >= start) & (custody_file.c.written_at < end)
    mine = select(*_COLUMNS).where(then).order_by(custody_file.c.number)
    return [KnownFile(*row) for row in tx.execute(mine)]


def file_of(tx: Connection, number: int) -> KnownFile | None:
    """The one of this number; of number 0 what stands before the first."""
    if number == 0:
        return _NONE
    row = tx.execute(select(*_COLUMNS).where(custody_file.c.number == number)).first()
    return KnownFile(*row) if row else None


def last_stamp(tx: Connection) -> KnownStamp:
    """The time stamp of the newest custody file that has one."""
    stamped = select(custody_file.c.number, custody_file.c.stamped_at).where(
        custody_file.c.stamped_at.is_not(None)
    )
    row = tx.execute(stamped.order_by(custody_file.c.number.desc()).limit(1)).first()
    return KnownStamp(*row) if row else KnownStamp(0, None)


def stamped(tx: Connection) -> Sequence[StampedFile]:
    """The custody files that have a time stamp, oldest first."""
    stamps = select(*_COLUMNS, custody_file.c.stamped_at, custody_file.c.stamp_sha256).where(
        custody_file.c.stamped_at.is_not(None)
    )
    rows = tx.execute(stamps.order_by(custody_file.c.number))
    return [StampedFile(KnownFile(*row[:-2]), row.stamped_at, row.stamp_sha256) for row in rows]


def enter_stamp(tx: Connection, number: int, sha256: str, at: datetime) -> None:
    """A custody file has a time stamp, of which `sha256` is the hash in hex."""
    mine = update(custody_file).where(custody_file.c.number == number)
    tx.execute(mine.values(stamped_at=at, stamp_sha256=sha256))


def enter_found(tx: Connection, path: str, found: CustodyFile) -> None:
    """A custody file that lies at `path` is known from now on, as of when it was written."""
    of = found.heading
    known = KnownFile(of.number, path, found.sha256, found.size, of.last, of.head)
    enter_file(tx, known, datetime.fromisoformat(of.written_at))


def enter_file(tx: Connection, new: KnownFile, now: datetime) -> None:
    tx.execute(insert(custody_file).values(asdict(new) | {"written_at": now}))
