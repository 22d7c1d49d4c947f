"""The list of what is due, as a file that a person strikes lines out of and signs with a command.

Each line has a check over itself and over the whole list, so that a line that was changed, added or
taken from another list is refused, and one that is missing was struck out. Pure.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from archive.records import Recording
from archive.retention import Over
from config.csv_text import csv_line, harmless
from config.language import Message
from config.settings import KeepRule
from ingest.errors import WordError

_SAID = (
    "recording",
    "sha256",
    "customer",
    "folder",
    "path",
    "last",
    "rule",
    "name",
    "years",
    "until",
    "on",
)
HEAD = (*_SAID, "list", "check")
_DAYS = ("last", "until", "on")
_MOST = 1 << 31
"""No catalogue's numbers reach so far."""
_BOM = "\ufeff"
_ENCODINGS = ("utf-8-sig", "gb18030")
"""As it is written, and as Excel saves CSV in Chinese."""


@dataclass(frozen=True, slots=True)
class Line:
    """One recording that is due."""

    recording: int
    sha256: str
    customer: str
    folder: str
    path: str
    last: date
    """Of the customer's last recording or call."""
    rule: KeepRule
    until: date
    on: date
    """The day by which it is due."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What is left of a list."""

    lines: tuple[Line, ...]
    digest: str
    """SHA-256 of the list as it was written, whole."""


def lines_of(due: Sequence[Over], recordings: Sequence[Recording], on: date) -> Iterator[Line]:
    """A line for each of `recordings`, which are those of the customers that are `due`."""
    files = {one.file.customer: one for one in due}
    for one in recordings:
        over = files[one.customer or 0]
        file = over.file
        yield Line(
            recording=one.id,
            sha256=one.sha256,
            customer=file.name,
            folder=file.folder,
            path=one.path,
            last=file.last,
            rule=over.rule,
            until=over.until,
            on=on,
        )


def written(lines: Sequence[Line]) -> str:
    """The list as CSV."""
    bodies = [_body(one) for one in lines]
    digest = _digest("\n".join(map(_joined, bodies)))
    rows = [(*body, digest, _check(digest, body)) for body in bodies]
    return _BOM + "".join(csv_line(row) for row in (HEAD, *rows))


def read(contents: bytes) -> Signed:
    """WordError where it is no list, or lines were changed, added or doubled; these are named."""
    rows = _rows(contents)
    lines: list[Line] = []
    wrong: list[str] = []
    digests: set[str] = set()
    for number, row in rows:
        said = {name: _day(cell) if name in _DAYS else cell for name, cell in row.items()}
        body = tuple(said[name] for name in _SAID)
        digest = said["list"]
        if not lines and not wrong:
            digests.add(digest)
        if digest not in digests or said["check"] != _check(digest, body):
            wrong.append(str(number))
            continue
        try:
            lines.append(_line(said))
        except ValueError:  # a check over it is easily made
            wrong.append(str(number))
    twice = len({one.recording for one in lines}) < len(lines)
    if wrong or twice:
        raise WordError(Message.of("retention.list_changed", lines=", ".join(wrong) or "–"))
    if not lines:
        raise WordError(Message.of("retention.list_empty"))
    return Signed(tuple(lines), digests.pop())


def _rows(contents: bytes) -> Sequence[tuple[int, Mapping[str, str]]]:
    text = _text(contents)
    mark = text.lstrip('"').removeprefix(HEAD[0]).lstrip('"')[:1]  # a comma, or what Excel takes
    told: list[list[str]] = []
    with suppress(csv.Error):
        delimiter = mark if mark in (";", "\t") else ","
        told = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not told or tuple(cell.strip() for cell in told[0]) != HEAD:
        raise WordError(Message.of("retention.no_list"))
    rows = []
    for number, row in enumerate(told[1:], 2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        rows.append((number, dict(zip(HEAD, [*cells, *[""] * len(HEAD)], strict=False))))
    return rows


def _text(contents: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return contents.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WordError(Message.of("retention.no_list"))


def _day(said: str) -> str:
    """Excel writes days as the computer does, 2026/11/6."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", said)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else said


def _body(one: Line) -> tuple[str, ...]:
    """The cells as they are written, without spaces around them."""
    said = (
        one.recording,
        one.sha256,
        one.customer,
        one.folder,
        one.path,
        one.last,
        one.rule.kind,
        one.rule.name,
        one.rule.years,
        one.until,
        one.on,
    )
    return tuple(as_written(str(cell)) for cell in said)


def as_written(said: str) -> str:
    """As it stands in the list, where no cell may run as a formula."""
    return str(harmless(said)).strip()


def _line(said: Mapping[str, str]) -> Line:
    """Of cells whose check holds; ValueError where they are none that were ever written."""
    number = int(said["recording"])
    if not 0 < number < _MOST:
        raise ValueError(number)
    return Line(
        recording=number,
        sha256=said["sha256"],
        customer=said["customer"],
        folder=said["folder"],
        path=said["path"],
        last=date.fromisoformat(said["last"]),
        rule=KeepRule(said["rule"], said["name"], int(said["years"])),
        until=date.fromisoformat(said["until"]),
        on=date.fromisoformat(said["on"]),
    )


def _joined(body: Sequence[str]) -> str:
    return "\x1f".join(body)


def _check(digest: str, body: Sequence[str]) -> str:
    """Begins with a letter: Excel would make a number of some."""
    return "c" + _digest(f"{digest}\x1f{_joined(body)}")[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
