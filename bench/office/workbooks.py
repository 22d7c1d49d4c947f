"""A sheet's cells as the bytes of a file: .xlsx, .xls, or .csv in one of three encodings."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time

from bench.office.sheets import Cell, Grid


def write(kind: str, tabs: Sequence[tuple[str, Grid]]) -> bytes:
    if kind == "xlsx":
        return _xlsx(tabs)
    if kind == "xls":
        return _xls(tabs)
    out = io.StringIO()
    csv.writer(out).writerows([[_csv(cell) for cell in row] for row in tabs[0][1].rows])
    return out.getvalue().encode(
        {"csv_bom": "utf-8-sig", "csv_utf8": "utf-8", "csv_gb18030": "gb18030"}[kind]
    )


def _csv(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y/%m/%d %H:%M}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return str(int(cell))
    return "" if cell is None else str(cell)


def _xlsx(tabs: Sequence[tuple[str, Grid]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
    formats = {
        kind: book.add_format({"num_format": code})
        for kind, code in ((datetime, "yyyy-mm-dd hh:mm"), (time, "hh:mm"), (date, "yyyy-mm-dd"))
    }
    plain = book.add_format()
    for name, page in tabs:
        tab = book.add_worksheet(name)
        for at, row in enumerate(page.rows):
            for column, cell in enumerate(row):
                if isinstance(cell, (datetime, date, time)):
                    tab.write_datetime(at, column, cell, formats[type(cell)])
                elif cell is not None:
                    tab.write(at, column, cell)
        for top, bottom, column in page.merged:
            tab.merge_range(top, column, bottom, column, page.rows[top][column], plain)
    book.close()
    return out.getvalue()


def _xls(tabs: Sequence[tuple[str, Grid]]) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    styles = {
        kind: xlwt.easyxf(num_format_str=code)
        for kind, code in ((datetime, "yyyy-mm-dd hh:mm"), (time, "hh:mm"), (date, "yyyy-mm-dd"))
    }
    for name, page in tabs:
        tab = book.add_sheet(name)
        merged = {(top, column): bottom for top, bottom, column in page.merged}
        for at, row in enumerate(page.rows):
            for column, cell in enumerate(row):
                if (at, column) in merged:
                    tab.write_merge(at, merged[at, column], column, column, cell)
                elif isinstance(cell, (datetime, date, time)):
                    tab.write(at, column, cell, styles[type(cell)])
                elif cell is not None:
                    tab.write(at, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
