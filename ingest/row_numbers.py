"""The numbers of a sheet's row: whole, misread, masked, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.cells import text
from ingest.columns import OTHERS
from ingest.tables import Entry
from ingest.workbook import Cell
from matcher import numbers

NEARLY_A_NUMBER = re.compile(
    r"(?:(?<!\d)(?:\+|00)?86|(?<![\d+]))(1[3-9]\d{8}(?:\d\d)?|0[3-9]\d{8}(?:\d{3})?)(?!\d)",
    re.ASCII,
)
"""A mobile number, or a landline with its area code, with a digit too few or too many."""
DIGITS_LOST = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)


def _number_cells(entry: Entry) -> Iterator[tuple[int, Cell]]:
    header = entry.table.header
    yield header.fields.get("numbers", 0), entry.cells.get("numbers")
    yield from ((at, entry.own[at]) for at in header.more_numbers if at < len(entry.own))


def _own_cells(entry: Entry) -> Iterator[Cell]:
    """The cells with the customer's own numbers."""
    of_others = entry.table.header.of_others
    yield from (cell for column, cell in _number_cells(entry) if column not in of_others)


def whole(entry: Entry) -> Iterator[str]:
    """In the normal form of `matcher.numbers`; what could be one and is none is a problem."""
    for column, cell in _number_cells(entry):
        said = text(cell)
        if DIGITS_LOST.fullmatch(said):
            entry.problem("digits_lost", column, cell)
            continue
        found, rest = numbers.split(said)
        yield from found
        if re.search(r"\d{7}" if found else r"\d{5}", re.sub(r"[\s-]", "", rest)):
            entry.problem("number_unreadable", column, cell)


def misread(entry: Entry) -> Iterator[str]:
    """Numbers with a digit too few or too many."""
    for cell in _own_cells(entry):
        yield from NEARLY_A_NUMBER.findall(re.sub(r"[ -]", "", numbers.split(text(cell))[1]))


def masked(entry: Entry) -> Iterator[str]:
    """Numbers of which only the ends stand there, as `138****8000`."""
    for cell in _own_cells(entry):
        yield from numbers.split_masked(text(cell))[0]


def of_others(entry: Entry) -> Iterator[str]:
    """A guarantor's or a contact's numbers, by the column, or by whom the row says was called."""
    called = text(entry.cells.get("whom"))
    if OTHERS.search(called) and "本人" not in called:
        yield from _found(cell for _, cell in _number_cells(entry))
    elif entry.table.header.of_others:
        own = _found(_own_cells(entry))
        every = _found(cell for _, cell in _number_cells(entry))
        yield from (number for number in every if number not in own)


def _found(cells: Iterable[Cell]) -> Sequence[str]:
    return list(dict.fromkeys(number for cell in cells for number in numbers.find(text(cell))))
