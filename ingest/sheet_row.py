"""A row of a call-log sheet as one call, every cell read or kept as text and named in a problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.forms import LEGAL_ALONE
from config.language import Message
from ingest import row_numbers, titles
from ingest.cells import (
    NO,
    Outcomes,
    is_blank,
    plain,
    read_duration,
    read_hours,
    read_reached,
    text,
)
from ingest.columns import letters
from ingest.customer_cell import names_several, read_customer, without_place
from ingest.dates import read_day, read_moment, read_promise
from ingest.tables import Entry
from ingest.workbook import Cell
from matcher import names, numbers
from matcher.evidence import Precision

NO_PROMISE = re.compile(r"无|没有|[未无没]承诺|不详|未知")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One call."""

    line: int
    """As a spreadsheet counts, from 1."""
    tab: str
    day: date
    collector: str | None
    department: str | None
    customer: str | None
    """Without spaces in a Chinese name and without `(配偶)`, `（本人）`, `机主`."""
    numbers: tuple[str, ...]
    """In the normal form of `matcher.numbers`: of the number columns, then of name and remark."""
    misread: tuple[str, ...]
    """Digits that are no number: one is missing, or one too many."""
    called_at: datetime | None
    """Aware; a bare time is completed with the row's day."""
    precision: Precision | None
    reached: bool | None
    """`None` where the outcome is blank or cannot be told; `True` in a tab without outcomes."""
    promised: date | None
    promised_text: str | None
    location: str | None
    hours: str | None
    raw: tuple[tuple[str, str], ...]
    """Header and cell of every filled cell, as they stand."""
    problems: tuple[Message, ...]
    duration_seconds: float | None = None
    further: tuple[tuple[str, str], ...] = ()
    """Fields of `config.forms.LEGAL_ALONE` that are filled in, and `grade`, with their texts."""
    masked: tuple[str, ...] = ()
    """Numbers of which only the ends stand there: `138****8000`."""
    of_others: tuple[str, ...] = ()
    """Those of the numbers that are a guarantor's or a contact's, which customers may share."""


def read_row(entry: Entry, tz: ZoneInfo, outcomes: Outcomes, unsaid: bool | None) -> SheetRow:
    """The call of one row; `unsaid` is what holds where no column tells whether it reached them."""
    cells, context = entry.cells, entry.table.context
    day, called_at, precision = _when(entry, tz)
    name = _name_cell(entry)
    masked, without = numbers.split_masked(text(name))
    name = without if masked else name
    customer, in_name = read_customer(name)
    if names_several(name):
        entry.problem("customers_several", "customer", name)
        customer = None
    masked = tuple(dict.fromkeys([*row_numbers.masked(entry), *masked]))
    found = [*row_numbers.whole(entry), *in_name, *numbers.find(text(cells.get("remark")))]
    collector, department = _words(cells.get("collector")), _words(cells.get("department"))
    return SheetRow(
        line=entry.at + 1,
        tab=entry.table.tab.name,
        day=day,
        collector=(collector and (titles.person(collector) or collector)) or context.collector,
        department=department or context.department,
        customer=without_place(customer) if customer and (found or masked) else customer,
        numbers=tuple(dict.fromkeys(found)),
        misread=tuple(dict.fromkeys(row_numbers.misread(entry))),
        masked=masked,
        called_at=called_at,
        precision=precision,
        reached=_reached(entry, outcomes, unsaid),
        promised=_promised(entry, day),
        promised_text=_words(cells.get("promised")),
        location=_words(cells.get("location")),
        hours=_hours(entry),
        raw=_raw(entry),
        duration_seconds=_duration(entry, outcomes),
        further=_further(entry),
        of_others=tuple(row_numbers.of_others(entry)),
        problems=tuple(entry.problems),  # last: by now every cell was read
    )


def _words(cell: Cell) -> str | None:
    return None if is_blank(cell) else text(cell)


def _when(entry: Entry, tz: ZoneInfo) -> tuple[date, datetime | None, Precision | None]:
    """The row's day, and when its call took place."""
    own, time = entry.cells.get("date"), _time_cell(entry)
    fallback, lent = entry.table.day, entry.lent("date")
    day = None
    if not is_blank(own):
        day = read_day(own, fallback)
        if day is None:
            entry.problem("date_unreadable", "date", own)
    moment = None
    if not is_blank(time):
        moment = read_moment(time, day or fallback, tz)
        if moment is None:
            entry.problem("time_unreadable", "called_at", time)
    elif day is not None and not lent and (stated := read_moment(own, day, tz)):
        moment = stated if stated[1] is not Precision.DAY else None
    if moment is None:
        return day or fallback, None, None
    # A full time outranks a day that stands only in a row above.
    return moment[0].date() if day is None or lent else day, *moment


def _time_cell(entry: Entry) -> Cell:
    """The cell with the time of the row's call; of several calls none is the row's."""
    filled = [cell for cell in round_cells(entry, "called_at") if not is_blank(cell)]
    return filled[0] if len(filled) == 1 else None


def round_cells(entry: Entry, name: str) -> Sequence[Cell]:
    """The row's cells of a field: one, or one for each round of calls."""
    columns = entry.table.header.rounds.get(name)
    if columns is None:
        return [entry.cells.get(name)]
    first = entry.table.header.fields[name]
    return [
        entry.cells[name] if column == first else entry.own[column]
        for column in columns
        if column < len(entry.own)
    ]


def _name_cell(entry: Entry) -> Cell:
    """The customer's cell; of a text that is no name any more, its beginning."""
    cell = entry.cells.get("customer")
    if len(text(cell)) <= names.LONGEST:
        return cell
    entry.problem("customer_long", "customer", text(cell)[:20])
    return text(cell)[: names.LONGEST]


def _reached(entry: Entry, outcomes: Outcomes, unsaid: bool | None) -> bool | None:
    if "reached" not in entry.table.header.fields:
        return unsaid
    cells = [cell for cell in round_cells(entry, "reached") if not is_blank(cell)]
    told = [read_reached(cell, outcomes) for cell in cells]
    label = entry.table.header.labels[entry.table.header.fields["reached"]]
    if "本人" in label:  # 是否本人接听: 否 may mean that somebody else answered
        bare = [plain(cell).lower() in NO for cell in cells]
        told = [None if no else reached for no, reached in zip(bare, told, strict=True)]
    if None in told and True not in told:
        entry.problem("outcome_unknown", "reached", cells[told.index(None)])
        return None
    return True in told if told else None


def _promised(entry: Entry, day: date) -> date | None:
    cell = entry.cells.get("promised")
    if is_blank(cell):
        return None
    promised = read_promise(cell, day)
    if promised is None and not NO_PROMISE.fullmatch(plain(cell)):
        entry.problem("promise_unreadable", "promised", cell)
    return promised


def _duration(entry: Entry, outcomes: Outcomes) -> float | None:
    cell = entry.cells.get("duration")
    if is_blank(cell):
        return None
    header = entry.table.header
    label = header.labels[header.fields["duration"]]
    units = [seconds for sign, seconds in (("秒", 1), ("分", 60)) if sign in label]
    seconds = read_duration(cell, units[0] if len(units) == 1 else None)
    # How long it rang where nobody answered is of no interest.
    outcome = entry.cells.get("reached")
    if seconds is None and read_reached(outcome, outcomes) is not False:
        entry.problem("duration_unreadable", "duration", cell)
    return seconds


def _hours(entry: Entry) -> str | None:
    cell = entry.cells.get("hours")
    if is_blank(cell):
        return None
    hours = read_hours(cell)
    if hours is None:
        entry.problem("hours_unreadable", "hours", cell)
    return hours or text(cell)


def _further(entry: Entry) -> tuple[tuple[str, str], ...]:
    said = ((field, _words(entry.cells.get(field))) for field in (*LEGAL_ALONE, "grade"))
    return tuple((field, words) for field, words in said if words)


def _raw(entry: Entry) -> tuple[tuple[str, str], ...]:
    labels = entry.table.header.labels
    return tuple(
        (
            labels[column] if column < len(labels) else letters(column),
            cell if isinstance(cell, str) else text(cell),
        )
        for column, cell in enumerate(entry.own)
        if cell is not None
    )
