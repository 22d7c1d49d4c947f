"""Custody files: the custody log and the catalogue's rows, written down to outlast the catalogue.

A custody file is never changed. It has the entries since the file before it, and the rows of the
catalogue that changed since, as they are now; it names the hash of the file before it, so that the
files are a chain as the entries are. JSON, one object a line: the heading, then entries, then rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive.custody import GENESIS, Entry, broken
from archive.errors import CustodyError
from archive.records import Image
from config.language import Message

FORM = 1
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Keys keep their order: the catalogue's own JSON comes back to the letter."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the first line says."""

    number: int
    before: str
    """SHA-256 in hex of the custody file before this one; zeros of the first."""
    previous: str
    """Hash of the entry before the first one here."""
    last: int
    """Number of the last entry in this file or before it; 0: there is none yet."""
    head: str
    """Hash of that entry."""
    entries: int
    rows: int
    schema: str
    """The migration that the rows are of."""
    written_at: str
    form: int = FORM


@dataclass(frozen=True, slots=True)
class CustodyFile:
    heading: Heading
    entries: Sequence[Entry]
    rows: Sequence[Image]
    sha256: str
    size: int
    """Bytes."""


def lines(heading: Heading, entries: Sequence[Entry], rows: Sequence[Image]) -> Iterator[bytes]:
    """The file's bytes, line by line; equal contents are equal bytes."""
    yield _line(asdict(heading))
    for one in entries:
        yield _line({"entry": one.entry, "hash": one.hash})
    for row in rows:
        yield _line({"table": row.table, "key": list(row.key), "row": row.row})


def read(path: Path) -> CustodyFile:
    """Reads a custody file and holds it against itself; CustodyError names the file and line."""
    try:
        contents = path.read_bytes()
    except OSError as error:
        said = error.strerror or str(error)
        raise CustodyError(Message.of("custody.unreadable", path=path, error=said)) from error
    return parse(path, contents)


def parse(path: Path, contents: bytes) -> CustodyFile:
    """As `read`, of what was read from `path` already."""
    told = [_parsed(path, number, line) for number, line in enumerate(contents.splitlines(), 1)]
    try:
        heading = Heading(**told[0])
        entries = _entries(heading, told[1 : 1 + heading.entries])
        rows = [_image(one) for one in told[1 + heading.entries :]]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise CustodyError(Message.of("custody.damaged", path=path, line=1)) from error
    if heading.form != FORM:
        raise CustodyError(Message.of("custody.newer", path=path))
    if line := _wrong(heading, entries, rows):
        raise CustodyError(Message.of("custody.damaged", path=path, line=line))
    digest = hashlib.sha256(contents).hexdigest()
    return CustodyFile(heading, entries, rows, digest, len(contents))


def follow(paths: Sequence[Path]) -> Iterator[CustodyFile]:
    """Reads custody files in their order; CustodyError where one is missing, doubled or altered."""
    before, last, head = GENESIS, 0, GENESIS
    in_order = sorted(paths, key=lambda path: path.stem)
    for number, path in enumerate(in_order, 1):
        found = read(path)
        heading = found.heading
        if heading.number != number:
            if heading.number == number - 1 > 0:
                said = {"number": heading.number, "path": path, "other": in_order[number - 2]}
                raise CustodyError(Message.of("custody.doubled", **said))
            raise CustodyError(Message.of("custody.gap", path=path, expected=number))
        began = (heading.before, heading.previous, heading.last - heading.entries)
        if began != (before, head, last):
            raise CustodyError(Message.of("custody.no_successor", path=path, number=number - 1))
        yield found
        before, last, head = found.sha256, heading.last, heading.head


def check_tables(path: Path, found: CustodyFile, known: Container[str]) -> None:
    """CustodyError where a row is of no table that there is: of the newest file no later one has
    the hash yet, so damage may go on until here.
    """
    for line, row in enumerate(found.rows, 2 + len(found.entries)):
        if row.table not in known:
            raise CustodyError(Message.of("custody.damaged", path=path, line=line))


def _line(told: dict[str, object]) -> bytes:
    return _JSON.encode(told).encode() + b"\n"


def _parsed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as error:
        raise CustodyError(Message.of("custody.damaged", path=path, line=number)) from error
    if not isinstance(told, dict):
        raise CustodyError(Message.of("custody.damaged", path=path, line=number))
    return told


def _entries(heading: Heading, told: Sequence[dict[str, Any]]) -> list[Entry]:
    entries, previous = [], heading.previous
    for seq, one in enumerate(told, heading.last - heading.entries + 1):
        entries.append(Entry(seq, one["entry"], previous, one["hash"]))
        previous = one["hash"]
    return entries


def _image(told: dict[str, Any]) -> Image:
    return Image(told["table"], tuple(told["key"]), told["row"])


def _wrong(heading: Heading, entries: Sequence[Entry], rows: Sequence[Image]) -> int | None:
    """The line that is wrong."""
    if (len(entries), len(rows)) != (heading.entries, heading.rows):
        return 1
    first = heading.last - heading.entries + 1
    if seq := broken(entries, first, heading.previous):
        return 2 + seq - first
    return None if heading.head == (entries[-1].hash if entries else heading.previous) else 1
