"""A call-log sheet (电话催收客户信息记录表) as rows that can be trusted, and its problems as data.

What a row itself says outranks the title above its table, that the tab's name, that the file's,
and that the folder's. A cell that cannot be read without doubt is kept as text and named in a
problem; it never spoils the rest of its row, nor a row the rest of its sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from config.forms import LEGAL_ALONE
from config.language import Message
from ingest import titles
from ingest.cells import PLAIN, Outcomes, is_blank, text
from ingest.columns import NAMES, Header, find_header, letters, own_names
from ingest.folders import read_folders
from ingest.opening import Opening
from ingest.report_workbook import ReportWorkbook, is_of_report, report_in
from ingest.sheet_row import SheetRow, read_row, round_cells
from ingest.tables import Entry, Table, read_tables
from ingest.titles import Context
from ingest.workbook import SheetError, Tab, read_workbook
from matcher import numbers

SLACK, REACH = timedelta(1), timedelta(300)
"""Calls are written down after they took place; a year's slip of the pen is 365 days."""
MOST_TOLD = 5


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
    with_calls = [tab for tab in tabs if find_header(tab.rows, own)]
    if not with_calls:
        raise _no_header([tab for tab in tabs if tab.rows])
    told = day if read_folders(source, day).day else None
    folders = Context(told, collector, titles.department_of(source))
    context = titles.of_file(stem, day).over(folders)
    near, month = context.day or day, titles.month_of_file(stem, day)
    rows: list[SheetRow] = []
    read: list[SheetTab] = []
    for tab in tabs:
        if tab in with_calls:
            around = titles.of_tab(tab.name, near, month).over(context)
            tables = list(read_tables(tab, around, near, own))
            read.append(_tab(tab.name, [table.header for table, _ in tables]))
            rows.extend(_calls(tables, near, tz, outcomes, problems))
        elif _holds_numbers(tab):
            problems.append(_no_header([tab]).message)
    if not rows:
        problems.append(Message.of("problems.no_calls"))
    problems.extend(_far_days(rows, day))
    fields = {field for tab in read for field, _ in tab.columns}
    known = tuple(name for name in NAMES if name in fields)
    return Sheet(tuple(rows), tuple(problems), known, tuple(read))


def _calls(
    tables: Sequence[tuple[Table, Sequence[Entry]]],
    near: date,
    tz: ZoneInfo,
    outcomes: Outcomes,
    problems: list[Message],
) -> Iterator[SheetRow]:
    """The rows of a tab's tables; what is the matter with the tables goes to `problems`."""
    problems.extend(_beside(table) for table, _ in tables if table.has_calls_beside)
    unsaid = not any("reached" in table.header.fields for table, _ in tables) or None
    for table, entries in tables:
        problems.extend(_rounds(table, entries))
        rows = [read_row(entry, tz, outcomes, unsaid) for entry in entries]
        problems.extend(_made(table, rows, near))
        yield from rows


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
        cells = (round_cells(entry, name) for entry in entries)
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
