"""What a person names on the command line: a recording, a customer, a row of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archive.catalogue import customers, recordings, sheets
from archive.catalogue.database import Transaction
from archive.layout import fold
from archive.records import Customer, Recording, Row
from config.language import Message
from config.visible import visible
from ingest.errors import WordError
from matcher.masking import masked
from matcher.names import canonical
from matcher.numbers import find, normalise
from matcher.spelling import spelled

_SHOWN = 10
_HASH = re.compile(r"[0-9a-f]{6,64}")
_TAIL = re.compile(r"(.*?)[\s(（]*(\d{3,})[)）]?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Roots:
    """Where paths may begin that people copy out of a file manager."""

    inbox: Path
    archive: Path


@dataclass(frozen=True, slots=True)
class Whose:
    """A customer, and the row that was named, where one was."""

    customer: Customer
    row: Row | None


def recording_named(tx: Transaction, text: str, roots: Roots) -> Recording:
    """By number, by the first digits of its hash, or by its path in the inbox or the archive, of
    which the end is enough. WordError where it is none, or several.
    """
    asked = text.strip()
    if asked.isdecimal() and len(asked) < 10 and (found := recordings.by_ids(tx, [int(asked)])):
        return found[0]
    if _HASH.fullmatch(asked.lower()):
        found = recordings.by_hash(tx, asked.lower())
        if found:
            return _one_recording(found, text)
    return _one_recording(recordings.by_path(tx, _relative(asked, roots)), text)


def _one_recording(found: Sequence[Recording], text: str) -> Recording:
    if not found:
        raise WordError(Message.of("word.no_recording", text=text))
    if len(found) > 1:
        choices = _listed(f"{one.sha256[:8]}  {masked(one.source)}" for one in found)
        raise WordError(Message.of("word.several_recordings", text=text, choices=choices))
    return found[0]


def _relative(text: str, roots: Roots) -> str:
    path = Path(text)
    for root in (roots.inbox, roots.archive):
        if path.is_absolute() and path.is_relative_to(root.absolute()):
            return path.relative_to(root.absolute()).as_posix()
    return text.replace("\\", "/").removeprefix("./")


def whose(tx: Transaction, text: str, unknown: str = "word.no_customer") -> Whose:
    """A customer by `SHEET:LINE`, by name, by name and last digits, by number, or by folder.

    WordError with the sentence `unknown` where nobody is meant, and where several are.
    """
    row = _row_named(tx, text)
    if row is not None:
        return Whose(_customer_of(tx, row), row)
    found = customers_named(tx, text)
    if not found:
        raise WordError(Message.of(unknown, text=text))
    if len(found) > 1:
        choices = _listed(map(spelt, found))
        raise WordError(Message.of("word.several_customers", text=text, choices=choices))
    return Whose(found[0], None)


def whose_row(tx: Transaction, key: str) -> Whose:
    """The customer of the row under this key; WordError where it is gone or names nobody."""
    row = sheets.row_of_key(tx, key)
    if row is None:
        raise WordError(Message.of("word.row_gone", key=key))
    return Whose(_customer_of(tx, row), row)


def customers_named(tx: Transaction, text: str) -> Sequence[Customer]:
    """Everyone whom `text` can mean. A folder with a `/` after it means that folder alone.

    Whose recordings all went to others, or back into holding, is meant where nobody else is: a
    legal hold may be about them.
    """
    return _meant(text, customers.everyone(tx)) or _meant(text, customers.former(tx))


def _meant(text: str, everyone: Sequence[Customer]) -> Sequence[Customer]:
    if text.endswith("/"):
        return [one for one in everyone if fold(one.folder) == fold(text[:-1])]
    named = [one for one in everyone if one.spelling == spelled(text)]
    if not named:
        named = [one for one in everyone if fold(one.folder) == fold(text)]
    if not named and (parted := _TAIL.fullmatch(text.strip())):
        name, digits = spelled(parted[1]), normalise(parted[2]) or parted[2]
        named = [
            one
            for one in everyone
            if name in ("", one.spelling) and any(number.endswith(digits) for number in one.numbers)
        ]
    return named


def spelt(customer: Customer) -> str:
    """A customer as it can be typed again, and means nobody else."""
    number = min(customer.numbers, default="")
    return f"{customer.name} {number}".strip() if number else f"{customer.folder}/"


def newcomer(text: str) -> tuple[str, str, tuple[str, ...]]:
    """The key, the name and the number of a customer whom no sheet has named yet."""
    numbers = find(text)
    parted = _TAIL.fullmatch(text.strip()) if numbers else None
    name = canonical(parted[1] if parted else text)
    if not name or any(mark in name for mark in "|/\\:"):
        raise WordError(Message.of("word.no_name", text=text))
    return f"{spelled(name)}|{numbers[0] if numbers else ''}", name, numbers[:1]


def _row_named(tx: Transaction, text: str) -> Row | None:
    """The row that `text` names; `None` where it is not of that form."""
    head, colon, line = text.replace("：", ":").rpartition(":")
    if not colon or not line.strip().isdecimal():
        return None
    head, tab = head.strip().replace("\\", "/"), ""
    sources = _sheets_named(tx, head)
    if not sources and ":" in head:
        head, _, tab = head.rpartition(":")
        sources = _sheets_named(tx, head)
    if not sources:
        raise WordError(Message.of("word.no_sheet", text=head))
    if len(sources) > 1:
        choices = _listed(sources)
        raise WordError(Message.of("word.several_sheets", text=head, choices=choices))
    rows = [row for row in sheets.rows_of_sheet(tx, sources[0]) if row.said.line == int(line)]
    rows = [row for row in rows if tab in ("", row.said.tab)]
    if not rows:
        raise WordError(Message.of("word.no_row", sheet=sources[0], line=line))
    if len(rows) > 1:
        choices = _listed(f"{row.sheet}:{row.said.tab}:{row.said.line}" for row in rows)
        raise WordError(Message.of("word.several_rows", text=text, choices=choices))
    return rows[0]


def _sheets_named(tx: Transaction, text: str) -> Sequence[str]:
    sources = sheets.sources(tx)
    if text in sources:
        return [text]
    parts = PurePosixPath(text).parts
    return [one for one in sources if parts and PurePosixPath(one).parts[-len(parts) :] == parts]


def _customer_of(tx: Transaction, row: Row) -> Customer:
    if row.customer is not None:
        return customers.by_ids(tx, [row.customer])[0]
    named = row.said.customer_name or ""
    choices = _listed(map(spelt, customers_named(tx, named))) if named else ""
    raise WordError(Message.of("word.row_of_nobody", line=row.said.line, choices=choices))


def _listed(choices: Iterable[str]) -> str:
    """Each on a line of its own."""
    every = list(choices)
    more = ["…"] if len(every) > _SHOWN else []
    return "".join(f"\n  {visible(one)}" for one in every[:_SHOWN] + more)
