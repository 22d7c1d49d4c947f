"""Whether the catalogue is whole, and tells of every recording what its custody tells.

Pages of the log are read one by one: a transaction that stays open would keep writers out.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from archive.catalogue.database import Catalogue
from archive.catalogue.schema import custody, custody_file, customer, recording
from archive.custody import Entry, broken
from archive.errors import CatalogueError
from archive.fixity import Slice
from archive.layout import HOLDING
from config.language import Message

_PAGE = 500
_PLACED = ("admitted", "filed", "held")
"""Events that tell where a recording lies."""


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
            rows = tx.execute(_recordings(last)).all()
            mine = [row for row in rows if part.covers(_hex(row.sha256))]
            entries = _entries(tx, {row.sha256 for row in mine})
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
        page = select(custody).order_by(custody.c.seq).limit(_PAGE)
        with readable(catalogue) as tx:
            rows = tx.execute(page if last is None else page.where(custody.c.seq > last)).all()
            found += _not_recorded(tx, {row.sha256 for row in rows if row.event == "admitted"})
        for row in rows:
            body = _body(row.entry)
            told = (body.get("event"), body.get("sha256"), _utc(body.get("at")))
            if told != (row.event, row.sha256, row.at):
                found.append(Difference("custody_broken", None, row.sha256, str(row.seq)))
            yield Entry(row.seq, row.entry, row.previous, row.hash)
        if not rows:
            return
        last = rows[-1].seq


def _body(entry: str) -> dict[str, Any]:
    """What an entry says; nothing where it is damaged, which the chain tells."""
    try:
        body = json.loads(entry)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


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


def _recordings(after: int) -> Select[Any]:
    return (
        select(recording, customer.c.folder)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .where(recording.c.id > after)
        .order_by(recording.c.id)
        .limit(_PAGE)
    )


def _entries(tx: Connection, hashes: Collection[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
    """What custody tells of where these recordings came from and lie, oldest first."""
    asked = select(custody.c.sha256, custody.c.entry).where(
        custody.c.sha256.in_(hashes), custody.c.event.in_(_PLACED)
    )
    told: dict[str, list[dict[str, Any]]] = {}
    for row in tx.execute(asked.order_by(custody.c.seq)):
        told.setdefault(row.sha256, []).append(_body(row.entry))
    return told


def _differences(row: Row[Any], entries: Sequence[dict[str, Any]]) -> Iterator[Difference]:
    admitted = next((one for one in entries if one.get("event") == "admitted"), None)
    if admitted is None:
        yield Difference("not_in_custody", row.id, row.sha256, "")
        return
    last = entries[-1]
    expected = {
        "size": (row.size, admitted.get("size")),
        "source": (row.source, admitted.get("original_name")),
        "collector": (row.collector, admitted.get("collector")),
        "day": (row.day.isoformat(), admitted.get("handed_over_for")),
        "arrived_at": (row.arrived_at, _utc(admitted.get("arrived_at"))),
        "path": (row.path, last.get("path")),
        "filed": (row.filed, last.get("event") == "filed"),
    }
    wrong = [name for name, (is_, was) in expected.items() if is_ != was]
    # While a move is under way the decision is there and the file is not.
    if row.target is None and not wrong and not _under(row.path, row.folder, row.filed):
        wrong.append("customer_id")
    if wrong:
        yield Difference("told_otherwise", row.id, row.sha256, ", ".join(wrong))


def _under(path: str, folder: str | None, filed: bool) -> bool:
    """Whether a path is where a recording of that customer belongs."""
    if not filed:
        return path.startswith(f"{HOLDING}/")
    return folder is not None and path.startswith(f"{folder}/")


def _utc(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        return None


def _hex(sha256: str) -> str:
    """A damaged hash belongs to some slice, too."""
    return "".join(c if c in "0123456789abcdef" else "0" for c in sha256)
