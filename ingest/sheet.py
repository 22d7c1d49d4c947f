"""A call-log sheet (电话催收客户信息记录表) as rows that can be trusted, and its problems as data.

What a row itself says outranks the title above its table, that the tab's name, that the file's,
and that the folder's. A cell that cannot be read without doubt is kept as text and named in a
problem; it never spoils the rest of its row, nor a row the rest of its sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from config.forms import LEGAL_ALONE
from config.language import Message
from ingest import row_numbers, titles
from ingest.cells import (
    NO,
    PLAIN,
    Outcomes,
    is_blank,
    plain,
    read_duration,
    read_hours,
    read_reached,
    text,
)
from ingest.columns import NAMES, Header, find_header, letters, own_names
from ingest.customer_cell import names_several, read_customer, without_place
from ingest.dates import read_day, read_moment, read_promise
from ingest.folders import read_folders
from ingest.opening import Opening
from ingest.report_workbook import ReportWorkbook, is_of_report, report_in
from ingest.tables import Entry, Table, read_tables
from ingest.titles import Context
from ingest.workbook import Cell, SheetError, Tab, read_workbook
from matcher import names, numbers
from matcher.evidence import Precision

SLACK, REACH = timedelta(1), timedelta(300)
"""Calls are written down after they took place; a year's slip of the pen is 365 days."""
MOST_TOLD = 5
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


@dataclass(frozen=True, slots=True)
class SheetTab:
    """A tab with calls, or with room for them."""

    name: str
    header_line: int
    """Where the header of its first table begins, as a spreadsheet counts."""
    columns: tuple[tuple[str, str], ...]
    """Each field of `ingest.columns.NAMES` that is there, with the text of its header, or headers,
    joined by `、`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[SheetRow, ...]
    problems: tuple[Message, ...]
    """Of the sheet or a tab; a row has its own."""
    columns: tuple[str, ...]
    """The fields of `ingest.columns.NAMES` that some table has a column for."""
    tabs: tuple[SheetTab, ...] = ()
    report: ReportWorkbook | None = None
    """The report of callvault's own that came back instead of calls."""


def read_sheet(
    path: Path,
    source: str,
    tz: ZoneInfo,
    day: date,
    collector: str | None,
    columns: Iterable[tuple[str, Sequence[str]]] = (),
    opening: Opening | None = None,
    outcomes: Outcomes = PLAIN,
) -> Sheet:
    """All calls of a sheet.

    Args:
        path: the file's bytes, under any name.
        source: relative to the inbox with `/`; its name may state a day and a collector.
        tz: the office's time zone.
        day: the day it was handed over for, as the folders say; where they say none, the day on
            which it came, which the day on which it was made outranks.
        collector: who handed it over, as the folders say.
        columns: fields of `ingest.columns.NAMES` with the office's own header texts, which go
            before all other names.
        opening: opens the workbook where other sheets are read too.
        outcomes: the office's own words for who was reached and who was not.

    Raises:
        SheetError: the file cannot be read, or no tab has a header.

    """
    stem = PurePosixPath(source).stem
    own = own_names(columns)
    tabs, problems = read_workbook(path, stem, opening=opening), list[Message]()
    if (report := report_in(tabs)) is not None:
        return Sheet((), (), (), report=report)
    if beside := [tab for tab in tabs if is_of_report(tab)]:
        named = "、".join(tab.name for tab in beside)
        problems.append(Message.of("answers.beside_calls", tabs=named))
        tabs = tuple(tab for tab in tabs if tab not in beside)
    told = day if read_folders(source, day).day else None
    folders = Context(told, collector, titles.department_of(source))
    context = titles.of_file(stem, day).over(folders)
    month = titles.month_of_file(stem, day)
    rows: list[SheetRow] = []
    read: list[SheetTab] = []
    headless = [tab for tab in tabs if not find_header(tab.rows, own)]
    if len(headless) == len(tabs):
        raise _no_header([tab for tab in tabs if tab.rows])
    for tab in tabs:
        if tab in headless:
            if _holds_numbers(tab):
                problems.append(_no_header([tab]).message)
            continue
        near = context.day or day
        around = titles.of_tab(tab.name, near, month).over(context)
        tables = list(read_tables(tab, around, near, own))
        read.append(_tab(tab.name, [table.header for table, _ in tables]))
        problems.extend(_beside(table) for table, _ in tables if table.has_calls_beside)
        unsaid = not any("reached" in table.header.fields for table, _ in tables) or None
        for table, entries in tables:
            problems.extend(_rounds(table, entries))
            found = [_row(entry, tz, outcomes, unsaid) for entry in entries]
            problems.extend(_made(table, found, near))
            rows.extend(found)
    if not rows:
        problems.append(Message.of("problems.no_calls"))
    problems.extend(_far_days(rows, day))
    fields = {field for tab in read for field, _ in tab.columns}
    known = tuple(name for name in NAMES if name in fields)
    return Sheet(tuple(rows), tuple(problems), known, tuple(read))


def _far_days(rows: Sequence[SheetRow], day: date) -> Iterator[Message]:
    """One problem for all rows whose day is hardly that of a call handed over on `day`."""
    far = [row for row in rows if row.day > day + SLACK or row.day < day - REACH]
    if far:
        told = "、".join(f"{row.tab} {row.line} ({row.day})" for row in far[:MOST_TOLD])
        more = "…" if len(far) > MOST_TOLD else ""
        yield Message.of("problems.days_far", rows=told + more, day=day)


def _tab(name: str, headers: Sequence[Header]) -> SheetTab:
    """A tab by the headers of its tables, the first of which is the one that people see."""
    found: dict[str, dict[str, None]] = {}
    for header in headers:
        for field, column in header.fields.items():
            more = header.more_numbers if field == "numbers" else ()
            labels = {header.labels[at]: None for at in (column, *more)}
            found[field] = found.get(field, {}) | labels
    columns = tuple((field, "、".join(found[field])) for field in NAMES if field in found)
    return SheetTab(name, headers[0].first + 1, columns)


def _no_header(tabs: Sequence[Tab]) -> SheetError:
    if not tabs:
        return SheetError.of("empty_file")
    asked = (names for field, names in NAMES.items() if field not in LEGAL_ALONE)
    wanted = "、".join(names.split()[0] for names in asked)
    return SheetError.of("no_header", tab="、".join(tab.name for tab in tabs), headers=wanted)


def _beside(table: Table) -> Message:
    return Message.of(
        "problems.table_beside", tab=table.tab.name, column=letters(table.header.beside or 0)
    )


def _rounds(table: Table, entries: Sequence[Entry]) -> Iterator[Message]:
    """A problem where rows hold several calls each, which count as one."""
    for name, columns in table.header.rounds.items():
        cells = (_round_cells(entry, name) for entry in entries)
        if any(sum(not is_blank(cell) for cell in each) > 1 for each in cells):
            labels = "、".join(dict.fromkeys(table.header.labels[column] for column in columns))
            yield Message.of("problems.several_rounds", tab=table.tab.name, columns=labels)
            return


def _made(table: Table, rows: Sequence[SheetRow], near: date) -> Iterator[Message]:
    """A problem where nothing but the day on which the sheet was made tells that of its calls."""
    made = table.context.made
    if table.context.day is None and made != near and any(row.day == made for row in rows):
        yield Message.of("problems.day_of_making", tab=table.tab.name, day=made, arrived=near)


def _holds_numbers(tab: Tab) -> bool:
    """Whether a tab without header is more than instructions or a list of choices."""
    return any(numbers.find(text(cell)) for row in tab.rows for cell in row if cell is not None)


def _row(entry: Entry, tz: ZoneInfo, outcomes: Outcomes, unsaid: bool | None) -> SheetRow:
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
    filled = [cell for cell in _round_cells(entry, "called_at") if not is_blank(cell)]
    return filled[0] if len(filled) == 1 else None


def _round_cells(entry: Entry, name: str) -> Sequence[Cell]:
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
    cells = [cell for cell in _round_cells(entry, "reached") if not is_blank(cell)]
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
