"""The sample office's call-log sheets, as the offices' own forms look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
import xlwt

TITLE = "电话催收客户信息记录表"
COLUMNS = (
    "客户姓名",
    "联系方式",
    "通话时间",
    "联系情况",
    "预计存款时间",
    "车辆位置",
    "工作小时数",
    "备注",
)
FIRST_LINE = 4
"""Title, department and day, and the header stand above."""


@dataclass(frozen=True, slots=True)
class Call:
    """One line of a sheet. Where nobody answered, the fields from `promised` on are blank."""

    collector: str
    customer: str
    number: str
    at: time
    outcome: str
    promised: date | None = None
    location: str = ""
    hours: float | None = None
    remark: str = ""


def write_xlsx(path: Path, day: date, department: str, calls: Sequence[Call]) -> None:
    """One sheet for several collectors; numbers, times and dates are cells of their kinds."""
    book = xlsxwriter.Workbook(path)
    # Else the moment of writing stands in the file.
    book.set_properties({"created": datetime(day.year, day.month, day.day, 16, 40)})  # noqa: DTZ001
    bold = book.add_format({"bold": True, "align": "center"})
    formats = {
        kind: book.add_format({"num_format": code})
        for kind, code in (("time", "hh:mm"), ("date", "yyyy-mm-dd"), ("number", "0"))
    }
    tab = book.add_worksheet("Sheet1")
    tab.merge_range(0, 0, 0, len(COLUMNS), TITLE, bold)
    tab.write_row(1, 0, [f"部门：{department}", "", "", f"日期：{day.isoformat()}"])
    tab.write_row(2, 0, ["催收员", *COLUMNS], bold)
    for row, call in enumerate(calls, start=FIRST_LINE - 1):
        tab.write_string(row, 0, call.collector)
        tab.write_string(row, 1, call.customer)
        tab.write_number(row, 2, int(call.number), formats["number"])
        tab.write_datetime(row, 3, call.at, formats["time"])
        tab.write_string(row, 4, call.outcome)
        if call.promised:
            tab.write_datetime(row, 5, call.promised, formats["date"])
        tab.write(row, 6, call.location)
        tab.write(row, 7, call.hours)
        tab.write(row, 8, call.remark)
    tab.set_column(1, len(COLUMNS), 15)
    book.close()


def write_xls(path: Path, day: date, department: str, calls: Sequence[Call]) -> None:
    """One collector's own sheet: she stands above the header only, and all but hours is text."""
    book = xlwt.Workbook(encoding="utf-8")
    tab = book.add_sheet("Sheet1")
    tab.write_merge(0, 0, 0, len(COLUMNS) - 1, TITLE)
    said = (f"部门：{department}", f"催收员：{calls[0].collector}", f"日期：{day:%Y.%m.%d}")
    for column, text in zip((0, 2, 4), said, strict=True):
        tab.write(1, column, text)
    for column, text in enumerate(COLUMNS):
        tab.write(2, column, text)
    for row, call in enumerate(calls, start=FIRST_LINE - 1):
        number = f"{call.number[:3]} {call.number[3:7]} {call.number[7:]}"
        promised = f"{call.promised.month}月{call.promised.day}日" if call.promised else ""
        cells = (call.customer, number, f"{call.at:%H:%M}", call.outcome, promised)
        for column, cell in enumerate((*cells, call.location, call.hours, call.remark)):
            tab.write(row, column, cell)
    book.save(str(path))
