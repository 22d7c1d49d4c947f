"""Custody files that the catalogue knows of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from archive.catalogue.schema import custody_file
from archive.custody import GENESIS


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


_NONE = KnownFile(0, "", GENESIS, 0, 0, GENESIS)
_COLUMNS = [custody_file.c[name] for name in ("number", "path", "sha256", "size", "last", "head")]


def last_file(tx: Connection) -> KnownFile:
    """The newest custody file; before the first one, number 0."""
    newest = select(*_COLUMNS).order_by(custody_file.c.number.desc()).limit(1)
    row = tx.execute(newest).first()
    return KnownFile(*row) if row else _NONE


def custody_files(tx: Connection) -> Sequence[KnownFile]:
    """All of them, oldest first."""
    rows = tx.execute(select(*_COLUMNS).order_by(custody_file.c.number))
    return [KnownFile(*row) for row in rows]


def enter_file(tx: Connection, new: KnownFile, now: datetime) -> None:
    tx.execute(insert(custody_file).values(asdict(new) | {"written_at": now}))
