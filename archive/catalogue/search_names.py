"""Whom and what a word of a question may mean: customers, numbers, collectors, file names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    cast,
    exists,
    false,
    or_,
    select,
    union,
)

from archive.catalogue.schema import customer_number, recording
from archive.catalogue.search_index import first_piece
from archive.catalogue.search_schema import entry, gram, held, number, spelled

FEW = 400
"""Customers or numbers whose recordings are looked through; more are met on the way from the newest
call on. Of ten million recordings of 200,000 customers either way costs about the same there."""
_A_COLLECTOR = 1000
"""Customers that a collector counts for, where it is asked which way is the shortest."""

_PAIRS = 3
"""Of a long text beside its beginning: more leave hardly less to look at."""

Many = Select[Any]
"""A question that finds what would be too much to carry about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of a question, in the forms in which names and numbers are kept."""

    text: str
    spelling: str
    """As `search_customer` spells names."""
    sounds: tuple[str, ...] = ()
    """Letters that may be the beginning of how a name sounds, or of its initials."""
    alike: tuple[str, ...] = ()
    """How the word itself sounds: where no name is spelled so, those that sound so are meant."""
    digits: str = ""
    """Part of a number, without the country's code; or how one begins and ends, with a `*` for what
    is between."""


Understand = Callable[[str], Asked]


def plain(text: str) -> Asked:
    """A word of which nothing is known but how it is written."""
    return Asked(text, text.casefold(), digits=text if text.isdecimal() else "")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word leads to: all of it, or the question that finds it where it is much."""

    customers: Sequence[int] | Many = ()
    numbers: Sequence[str] | Many = ()
    collectors: Sequence[str] = ()
    file: str | None = None
    """Part of a held recording's file name, which may say whose it is."""

    @property
    def size(self) -> int | None:
        """How much there is to look through, roughly; `None`: too much."""
        if isinstance(self.customers, Select) or isinstance(self.numbers, Select):
            return None
        return len(self.customers) + len(self.numbers) + _A_COLLECTOR * len(self.collectors)

    def ways(self) -> Iterator[ColumnElement[bool]]:
        """Conditions that each have an index, and together with `numbered` are the word's."""
        if isinstance(self.customers, Select) or self.customers:
            yield entry.c.customer_id.in_(self.customers)
        for name in self.collectors:
            yield entry.c.collector == name
            yield entry.c.caller == name
        if self.file:
            yield entry.c.recording_id.in_(_held(self.file))

    def numbered(self) -> ColumnElement[bool] | None:
        """What holds of numbers, which are in the order of hits without their entries."""
        if isinstance(self.numbers, Select) or self.numbers:
            return number.c.number.in_(self.numbers)
        return None

    def condition(self) -> ColumnElement[bool]:
        """What holds of an entry that fits, on no index of its own: SQLite would begin at the bare
        column, and sort all that it finds there.
        """
        fits: list[ColumnElement[bool]] = []
        if isinstance(self.customers, Select) or self.customers:
            fits.append((entry.c.customer_id + 0).in_(self.customers))
        numbered = self.numbered()
        if numbered is not None:
            recordings = select(number.c.recording_id).where(numbered)
            fits.append((entry.c.recording_id + 0).in_(recordings))
        if self.collectors:
            names = (entry.c.collector, entry.c.caller)
            fits += [name.concat("").in_(self.collectors) for name in names]
        if self.file:
            fits.append((entry.c.recording_id + 0).in_(_held(self.file)))
        return or_(false(), *fits)


def meant(tx: Connection, asked: Asked) -> Meant:
    """All that a word may mean."""
    numbers = _numbers(tx, asked.digits)
    return Meant(_customers(tx, asked, numbers), numbers, _collectors(tx, asked.text), asked.text)


def meant_customer(tx: Connection, asked: Asked) -> Meant:
    return Meant(_customers(tx, asked, ()))


def meant_number(tx: Connection, asked: Asked) -> Meant:
    numbers = _numbers(tx, asked.digits)
    return Meant(_bounded(tx, _owners(numbers)), numbers)


def meant_collector(tx: Connection, asked: Asked) -> Meant:
    return Meant(collectors=_collectors(tx, asked.text))


def _customers(tx: Connection, asked: Asked, numbers: Sequence[str] | Many) -> Sequence[int] | Many:
    """By their names, how these sound, and by `numbers`."""
    led = [_spelled(asked.spelling)] if asked.spelling else []
    if isinstance(numbers, Select) or numbers:
        led.append(_owners(numbers))
    led += [_led("sound", sound) for sound in asked.sounds]
    found = _bounded(tx, _any_of(led)) if led else ()
    if not isinstance(found, Select) and not found and asked.alike:
        return _bounded(tx, _any_of([_led("sound", one, whole=True) for one in asked.alike]))
    return found


def _spelled(text: str) -> Many:
    customers = _led("name", first_piece(text, "name"))
    if text == first_piece(text, "name"):
        return customers
    written = spelled.c.spelling.icontains(text, autoescape=True)
    return select(spelled.c.customer_id).where(spelled.c.customer_id.in_(customers), written)


def _owners(numbers: Sequence[str] | Many) -> Many:
    return select(customer_number.c.customer_id).where(customer_number.c.number.in_(numbers))


def _numbers(tx: Connection, digits: str) -> Sequence[str] | Many:
    if not digits:
        return ()
    begins, hidden, part = digits.rpartition("*")
    found = _begins(select(gram.c.value).distinct(), "number", first_piece(part, "number"))
    if hidden:
        return _bounded(tx, found.where(gram.c.value.like(f"{begins}%{part}")))
    return _bounded(tx, found.where(gram.c.value.contains(part, autoescape=True)))


def _collectors(tx: Connection, text: str) -> Sequence[str]:
    """There are never many."""
    every = select(gram.c.value).where(gram.c.kind == "collector", gram.c.gram == "")
    names = tx.execute(every.order_by(gram.c.value)).scalars()
    return [name for name in names if text.casefold() in name.casefold()]


def _led(kind: str, piece: str, *, whole: bool = False) -> Many:
    """The customers to whom a piece leads, or what begins with it."""
    customers = select(cast(gram.c.value, Integer))
    if whole:
        return customers.where(gram.c.kind == kind, gram.c.gram == piece)
    return _begins(customers, kind, piece)


def _begins(asked: Many, kind: str, piece: str) -> Many:
    return asked.where(gram.c.kind == kind, *_from(gram.c.gram, piece))


def _any_of(led: Sequence[Many]) -> Many:
    found = union(*led).subquery()
    return select(found.c[0])


def _bounded(tx: Connection, asked: Many) -> Sequence[Any] | Many:
    """What is asked for where it is little, else the question."""
    found = tx.execute(asked.limit(FEW + 1)).scalars().all()
    return found if len(found) <= FEW else asked


def _held(text: str) -> Many:
    """Held recordings in whose file name a text stands.

    Names are looked at only of those that have some of its pairs of characters, as a few digits
    stand in many.
    """
    folded = text.casefold()
    found = select(held.c.recording_id).where(*_from(held.c.gram, first_piece(folded, "held")))
    for at in list(range(2, len(folded) - 1, 2))[:_PAIRS]:
        other = held.alias(f"held_{at}")
        has = select(other.c.recording_id).where(other.c.gram == folded[at : at + 2])
        found = found.where(held.c.recording_id.in_(has))
    return found.where(in_file_name(held.c.recording_id, text))


def in_file_name(id: ColumnElement[int], text: str) -> ColumnElement[bool]:
    named = recording.c.source.icontains(text, autoescape=True)
    return exists().where(recording.c.id == id, named)


def _from(column: ColumnElement[str], piece: str) -> tuple[ColumnElement[bool], ...]:
    """What begins with a piece: ranges have an index where patterns have none."""
    return column >= piece, column < piece + chr(sys.maxunicode)
