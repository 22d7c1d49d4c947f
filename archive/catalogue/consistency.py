"""Whether the catalogue is whole, and tells of every recording what its custody tells.

Pages of the log are read one by one: a transaction that stays open would keep writers out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from archive.catalogue.database import Catalogue
from archive.catalogue.schema import custody, custody_file, recording
from archive.catalogue.told_rows import (
    PAGE,
    Entries,
    body,
    differing,
    entries_of,
    page,
    told_of,
    utc,
)
from archive.custody import Entry, broken
from archive.errors import CatalogueError
from archive.fixity import Slice
from config.language import Message


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the catalogue tells otherwise than the custody log."""

    code: str
    """`custody_broken`, `custody_cut`, `not_in_custody`, `not_in_catalogue`, `told_otherwise`,
    `written_otherwise`."""
    recording: int | None
    sha256: str
    what: str
    """The columns that differ; of the log the number of an entry."""


@contextmanager
def readable(catalogue: Catalogue) -> Iterator[Connection]:
    """Reading, where a value that is none of its column's is the database's damage, too."""
    try:
        with catalogue.reading() as tx:
            where = tx.engine.url.database
            yield tx
    except (ValueError, TypeError) as error:
        raise CatalogueError(
            Message.of("archive.catalogue_damaged", url=where, error=error)
        ) from error


def check_database(catalogue: Catalogue) -> None:
    """Raises CatalogueError where SQLite finds its own file damaged; slow with a large one."""
    with readable(catalogue) as tx:
        if tx.dialect.name != "sqlite":  # pragma: no cover - servers see to it themselves
            return
        said = [str(one) for one in tx.exec_driver_sql("PRAGMA integrity_check(3)").scalars()]
        said = [] if said == ["ok"] else said
        loose = tx.exec_driver_sql("PRAGMA foreign_key_check").first()
        if loose is not None:
            said.append(f"a row of {loose[0]} belongs to none of {loose[2]}")
        where = tx.engine.url.database
    if said:
        raise CatalogueError(
            Message.of("archive.catalogue_damaged", url=where, error="; ".join(said))
        )


def check_log(catalogue: Catalogue) -> Iterator[Difference]:
    """Whether the chain holds, reaches what custody files have, and names known recordings only."""
    found: list[Difference] = []
    log = _log(catalogue, found)
    seq = broken(log)
    deque(log, maxlen=0)  # what comes after the break is looked at, too
    if seq is not None:
        yield Difference("custody_broken", None, "", str(seq))
    yield from found
    with readable(catalogue) as tx:
        yield from _cut(tx)


def compare(catalogue: Catalogue, part: Slice) -> Iterator[Difference]:
    """Recordings of a slice of which the catalogue tells otherwise than the log."""
    last = 0
    while True:
        with readable(catalogue) as tx:
            rows = page(tx, last)
            mine = [row for row in rows if part.covers(_hex(row.sha256))]
            entries = entries_of(tx, {row.sha256 for row in mine})
        for row in mine:
            yield from _differences(row, entries.get(row.sha256, ()))
        if not rows:
            return
        last = rows[-1].id


def _log(catalogue: Catalogue, found: list[Difference]) -> Iterator[Entry]:
    """The whole log; what is wrong with it beside the chain is added to `found`.

    Only an entry itself is hashed, so the columns that repeat something of it are compared.
    """
    last: int | None = None
    while True:
        asked = select(custody).order_by(custody.c.seq).limit(PAGE)
        with readable(catalogue) as tx:
            rows = tx.execute(asked if last is None else asked.where(custody.c.seq > last)).all()
            found += _not_recorded(tx, {row.sha256 for row in rows if row.event == "admitted"})
        for row in rows:
            said = body(row.entry)
            told = (said.get("event"), said.get("sha256"), utc(said.get("at")))
            if told != (row.event, row.sha256, row.at):
                found.append(Difference("custody_broken", None, row.sha256, str(row.seq)))
            yield Entry(row.seq, row.entry, row.previous, row.hash)
        if not rows:
            return
        last = rows[-1].seq


def _cut(tx: Connection) -> Iterator[Difference]:
    """Custody files whose last entry the log does not have as it was written."""
    asked = (
        select(custody_file.c.last, custody_file.c.sha256)
        .outerjoin(custody, custody.c.seq == custody_file.c.last)
        .where(custody.c.hash.is_distinct_from(custody_file.c.head), custody_file.c.last > 0)
        .order_by(custody_file.c.number)
    )
    for row in tx.execute(asked):
        yield Difference("custody_cut", None, row.sha256, str(row.last))


def _not_recorded(tx: Connection, admitted: Collection[str]) -> list[Difference]:
    known = select(recording.c.sha256).where(recording.c.sha256.in_(admitted))
    unknown = set(admitted) - set(tx.execute(known).scalars())
    return [Difference("not_in_catalogue", None, sha256, "") for sha256 in sorted(unknown)]


def _differences(row: Row[Any], entries: Entries) -> Iterator[Difference]:
    told = told_of(entries)
    if told is None:
        yield Difference("not_in_custody", row.id, row.sha256, "")
    elif wrong := differing(row, told):
        yield Difference("told_otherwise", row.id, row.sha256, ", ".join(wrong))


def _hex(sha256: str) -> str:
    """A damaged hash belongs to some slice, too."""
    return "".join(c if c in "0123456789abcdef" else "0" for c in sha256)
