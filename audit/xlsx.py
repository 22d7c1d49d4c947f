"""The report as an Excel workbook to filter and sort. The one owner of xlsxwriter.

Users' words are written as constant strings with a quote prefix: a name such as `=cmd|...` is text,
and stays text when somebody edits the cell. Equal reports give equal bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from audit import tables
from audit.day import DayReport
from audit.tables import Cell, Table
from audit.wording import period
from config.language import Words
from config.visible import visible

_LONGEST = 32_767
"""Characters that Excel allows in a cell."""
_WIDEST = 60
_FIT_ROWS = 200
"""So many rows decide a column's width; a large report need not measure every cell."""
_NO_GUESSING = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LOOKS = {
    "error": {"font_color": "#9C1A13", "bg_color": "#FBE3E1", "bold": True},
    "warning": {"font_color": "#6D4400", "bg_color": "#FBEFD9"},
    "info": {"font_color": "#44525E"},
    "good": {"font_color": "#1D6B45", "bg_color": "#E4F2EA"},
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook holds."""

    title: str
    office: str
    period: str
    generated: datetime
    """Aware."""
    summary: Sequence[Table]
    """The tables of the first tab."""
    tabs: Sequence[Table]
    """Of a tab each."""


def write(reports: Sequence[DayReport], path: Path) -> None:
    """Replaces `path` by a workbook of four tabs, in the language of the first day.

    ValueError if there is no report, OSError if the file cannot be written: on Windows also while
    Excel has it open.
    """
    if not reports:
        raise ValueError("a report needs at least one day")
    days = sorted(reports, key=lambda report: report.date)
    words = Words(days[0].language)
    write_contents(_contents(days, words), words, path)


def write_contents(contents: Contents, words: Words, path: Path) -> None:
    """Replaces `path` by a workbook: its summary on the first tab, then a tab a table.

    OSError as of `write`.
    """
    out = BytesIO()
    book = Workbook(out, _NO_GUESSING)
    created = contents.generated.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": contents.title, "created": created})
    pen = _Pen(book, words)
    at = words("report.generated", at=contents.generated.strftime("%Y-%m-%d %H:%M %z"))
    heading = f"{visible(contents.office)} · {contents.title}"
    pen.summary((heading, contents.period, at), contents.summary)
    for table in contents.tabs:
        pen.tab(table)
    book.close()
    path.write_bytes(out.getvalue())


def _contents(days: Sequence[DayReport], words: Words) -> Contents:
    summary = [tables.days(days, words), tables.collectors(days, words)]
    if len(days) > 1:
        summary[:0] = [tables.months(days, words), tables.weeks(days, words)]
    parts = (tables.findings, tables.calls, tables.recordings)
    return Contents(
        title=words("report.title"),
        office=days[0].office,
        period=period(words, days),
        generated=max(report.generated_at for report in days),
        summary=summary,
        tabs=[part(days, words) for part in parts],
    )


class _Pen:
    """Draws tables, each cell by its type with one of a few formats."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self._book = book
        self._words = words
        top = {"valign": "top"}
        self._text = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
        self._number = book.add_format({**top, "num_format": "#,##0.###"})
        self._whole = book.add_format({**top, "num_format": "#,##0"})
        self._date = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})
        self._head = book.add_format({"bold": True, "valign": "vcenter"})
        self._title = book.add_format({"bold": True, "font_size": 14, "quote_prefix": True})
        self._looks = {name: book.add_format(look) for name, look in _LOOKS.items()}

    def summary(self, lines: Sequence[str], two: Sequence[Table]) -> None:
        """Some lines, then tables one below the other."""
        sheet = self._sheet("summary")
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line[:_LONGEST], None if row else self._title)
        first = len(lines) + 1
        for table in two:
            first = self._table(sheet, table, first) + 2
        self._widen(sheet, two)

    def tab(self, table: Table) -> None:
        """One table as a tab whose heads stay in sight, on the screen and on paper."""
        sheet = self._sheet(table.name)
        self._table(sheet, table, 0)
        self._widen(sheet, [table])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(self._words(f"report.{name}"))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def _table(self, sheet: Worksheet, table: Table, first: int) -> int:
        """Writes `table` with its heads in row `first`; returns its last row. Both count from 0."""
        last = first + max(1, len(table.rows))  # Excel wants a row below the heads, blank or not
        heads = [{"header": label, "header_format": self._head} for label in self._labels(table)]
        look = {"name": table.name, "style": "Table Style Light 1", "columns": heads}
        sheet.add_table(first, 0, last, len(heads) - 1, look)
        for row, cells in enumerate(table.rows, first + 1):
            for column, cell in enumerate(cells):
                self._put(sheet, row, column, cell)
        self._colour(sheet, table, first + 1, last)
        return last

    def _put(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._date)
        elif isinstance(cell, int | float):
            sheet.write_number(
                row, column, cell, self._whole if isinstance(cell, int) else self._number
            )
        elif cell:
            sheet.write_string(row, column, "\n".join(_lines(cell))[:_LONGEST], self._text)

    def _colour(self, sheet: Worksheet, table: Table, first: int, last: int) -> None:
        for head, looks in table.looks.items():
            column = table.heads.index(head)
            for word, look in looks.items():
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"'}
                rule["format"] = self._looks[look]
                sheet.conditional_format(first, column, last, column, rule)

    def _widen(self, sheet: Worksheet, below_each_other: Iterable[Table]) -> None:
        """Room for each column's widest cell, within reason."""
        widths: dict[int, int] = {}
        for table in below_each_other:
            for column, label in enumerate(self._labels(table)):
                cells = (_width(row[column]) for row in table.rows[:_FIT_ROWS])
                # 3: the filter's button beside the head.
                widths[column] = max(widths.get(column, 0), _width(label) + 3, *cells, 8)
        for column, width in widths.items():
            sheet.set_column(column, column, min(width + 2, _WIDEST))

    def _labels(self, table: Table) -> list[str]:
        return [self._words(f"report.{head}") for head in table.heads]


def _lines(cell: str | tuple[str, ...]) -> list[str]:
    return [visible(line) for line in ((cell,) if isinstance(cell, str) else cell)]


def _width(cell: Cell) -> int:
    """In digits, Excel's unit; a Chinese character takes two."""
    lines = _lines(cell) if isinstance(cell, str | tuple) else [str(cell or "")]
    return max((_digits(line) for line in lines), default=0)


def _digits(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
