"""Sheets as people write them, said in few words, and what is read of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from ingest.sheet import Sheet, read_sheet
from ingest.sheet_row import SheetRow

Rows = Iterable[Sequence[object]]
Cells = list[Sequence[object]]
TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
SOURCE = "2026-11-16/王芳/电话催收客户信息记录表.xlsx"
HEADER = ["序号", "客户姓名", "联系电话", "催收员", "通话时间", "是否接通", "预计存款时间",
          "车辆位置", "工作小时数", "备注"]  # fmt: skip
ZHANG = [1, "张三", "13812345678", "王芳", "9:05", "已接通", "11月20日", "济南", 8, None]


def xlsx(tmp_path: Path, rows: Rows, *merges: str, tab: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = tab
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    path = tmp_path / "sheet.xlsx"
    book.save(path)
    return path


def read(
    path: Path, source: str = SOURCE, collector: str | None = "王芳", day: date = DAY
) -> Sheet:
    return read_sheet(path, source, TZ, day, collector)


def one(tmp_path: Path, header: Sequence[str], *cells: object) -> SheetRow:
    sheet = read(xlsx(tmp_path, [header, cells]))
    assert len(sheet.rows) == 1
    return sheet.rows[0]


def keys(row: SheetRow) -> list[str]:
    return [problem.key.removeprefix("problems.") for problem in row.problems]


def csv_file(tmp_path: Path, rows: Rows, encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path
