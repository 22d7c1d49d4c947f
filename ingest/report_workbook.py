"""A report of callvault's own that comes back with reasons filled in. Pure.

It is told by the head of its column of ids, which no other table has, or by the names of all its
tabs; by nothing that saving it in another program or format would lose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from archive.answer_form import plain_id, plain_reason
from config.language import LANGUAGES, sentences
from ingest.cells import plain, text
from ingest.columns import find_header
from ingest.workbook import Cell, Tab

_HEAD_ROWS = 15
"""So far down the heads may stand: somebody may have put a title above them."""
_TABS = ("summary", "findings", "calls", "recordings")


@dataclass(frozen=True, slots=True)
class Filled:
    """A row with something in its column for reasons."""

    tab: str
    line: int
    """As a spreadsheet counts, from 1."""
    id: str
    """Of the finding; empty where none stands there."""
    reason: str


@dataclass(frozen=True, slots=True)
class ReportWorkbook:
    filled: tuple[Filled, ...]
    has_columns: bool
    """False where the heads of ids or reasons are gone, so that nothing can be read."""


def report_in(tabs: Sequence[Tab]) -> ReportWorkbook | None:
    """The report that these tabs are; `None` where they are none, or hold calls beside it."""
    own = [tab for tab in tabs if is_of_report(tab)]
    if not _is_whole(tabs) and not own:
        return None
    if not _is_whole(tabs) and any(tab not in own and find_header(tab.rows) for tab in tabs):
        return None
    filled = [row for tab in own for row in _filled(tab)]
    return ReportWorkbook(tuple(filled), any(_heads(tab) is not None for tab in own))


def is_of_report(tab: Tab) -> bool:
    """Whether this tab lists findings with their ids."""
    return any(_said(row, "finding_id") is not None for row in _top(tab))


def _is_whole(tabs: Sequence[Tab]) -> bool:
    names = {tab.name for tab in tabs}
    return any(
        {sentences()[f"report.{name}"][language] for name in _TABS} <= names
        for language in LANGUAGES
    )


def _top(tab: Tab) -> Iterator[tuple[Cell, ...]]:
    return islice(tab.rows, _HEAD_ROWS)


def _heads(tab: Tab) -> tuple[int, int, int] | None:
    """The row of the heads, and the columns of ids and of reasons, counted from 0."""
    for at, row in enumerate(_top(tab)):
        ids, reasons = _said(row, "finding_id"), _said(row, "reason")
        if ids is not None and reasons is not None:
            return at, ids, reasons
    return None


def _said(row: Sequence[Cell], head: str) -> int | None:
    """The column under this head, in whatever language."""
    names = _names(head)
    found = (at for at, cell in enumerate(row) if cell and plain(cell).casefold() in names)
    return next(found, None)


@cache
def _names(head: str) -> frozenset[str]:
    return frozenset(plain(name).casefold() for name in sentences()[f"report.{head}"].values())


def _filled(tab: Tab) -> Iterator[Filled]:
    heads = _heads(tab)
    if heads is None:
        return
    first, ids, reasons = heads
    for line, row in enumerate(tab.rows[first + 1 :], first + 2):
        reason = plain_reason(text(row[reasons])) if reasons < len(row) else ""
        if reason:
            id = plain_id(text(row[ids])) if ids < len(row) else ""
            yield Filled(tab.name, line, id, reason)
