"""The collectors' sheets as workbooks: each department's fields, each collector's own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from random import Random

import xlsxwriter

from bench.office.sheets import HEADERS

Cell = str | int | float | date | datetime | time | None
Cells = Mapping[str, Cell]
"""What a row says, by field."""

CREDIT, LEGAL = "信贷部", "法规部"
TITLE = "电话催收客户信息记录表"
_COMMON = ("customer", "numbers", "called_at", "reached", "promised", "location")
LEGAL_OWN: Mapping[str, tuple[str, ...]] = {
    "overdue_reason": ("逾期原因", "欠款原因"),
    "works_name": ("工程名称", "项目名称"),
    "works_duration": ("工期", "施工工期"),
    "works_quantity": ("工程量", "施工量"),
    "money_source": ("资金来源", "还款来源"),
}
FIELDS = {CREDIT: (*_COMMON, "hours", "remark"), LEGAL: (*_COMMON, *LEGAL_OWN, "remark")}
_HEADERS: Mapping[str, Sequence[str]] = {**HEADERS, **LEGAL_OWN}
_FORMATS = {date: "yyyy-mm-dd", time: "hh:mm"}


@dataclass(frozen=True, slots=True)
class Form:
    """How one collector writes."""

    department: str
    headers: Mapping[str, str]
    """Field to header, from the left."""
    titled: bool
    times: str
    numbers: str
    days: str
    name: str
    """What the file is called, without what tells the day."""

    @property
    def first_line(self) -> int:
        """The line of the first call, as a spreadsheet counts."""
        return 4 if self.titled else 3


def draw_form(rng: Random, department: str, collector: str) -> Form:
    fields = (*FIELDS[department], "duration") if rng.random() < 0.5 else FIELDS[department]
    return Form(
        department=department,
        headers={field: rng.choice(_HEADERS[field]) for field in fields},
        titled=rng.random() < 0.6,
        times=rng.choice(("cell", "text", "stamp")),
        numbers=rng.choice(("text", "number", "spaced")),
        days=rng.choice(("cell", "month_day", "dotted")),
        name=rng.choice((TITLE, f"{TITLE}（{collector}）", "催收记录表")),
    )


def cells(form: Form, said: Cells) -> dict[str, Cell]:
    """A row's cells in the writer's manner; what is text already stays as it is."""
    written = dict(said)
    at, number, promised = said["called_at"], said["numbers"], said["promised"]
    if isinstance(at, datetime):
        written["called_at"] = _time(form, at)
    if isinstance(number, str) and number.isdigit():
        written["numbers"] = _number(form, number)
    if isinstance(promised, date):
        written["promised"] = _day(form, promised)
    return written


def _time(form: Form, at: datetime) -> Cell:
    if form.times == "cell":
        return at.time()
    return f"{at:%Y-%m-%d %H:%M}" if form.times == "stamp" else f"{at.hour}:{at:%M}"


def _number(form: Form, number: str) -> Cell:
    if form.numbers == "number":
        return int(number)
    return f"{number[:3]} {number[3:7]} {number[7:]}" if form.numbers == "spaced" else number


def _day(form: Form, day: date) -> Cell:
    if form.days == "cell":
        return day
    return (
        f"{day.month}月{day.day}日"
        if form.days == "month_day"
        else f"{day.year}.{day.month}.{day.day}"
    )


def workbook(
    form: Form,
    collector: str,
    day: date,
    rows: Sequence[Cells],
    *,
    without: str | None = None,
    loose: Sequence[str] = (),
) -> bytes:
    """A sheet; `without` leaves a field's column out, `loose` are numbers on a tab of their own."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    # Else the moment of writing stands in the file.
    book.set_properties({"created": datetime(day.year, day.month, day.day, 16, 40)})  # noqa: DTZ001
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    tab = book.add_worksheet("Sheet1")
    if form.titled:
        tab.write(0, 0, TITLE)
    head = form.first_line - 2
    said = (f"部门：{form.department}", f"催收员：{collector}", f"日期：{day.isoformat()}")
    for column, text in enumerate(said):
        tab.write(head - 1, column * 2, text)
    fields = [field for field in form.headers if field != without]
    tab.write_row(head, 0, [form.headers[field] for field in fields])
    for line, row in enumerate(rows, start=head + 1):
        written = cells(form, row)
        for column, field in enumerate(fields):
            cell = written.get(field)
            if cell is not None:
                tab.write(line, column, cell, formats.get(type(cell)))
    if loose:
        other = book.add_worksheet("Sheet2")
        for line, number in enumerate(loose):
            other.write_row(line, 0, ["回访", number])
    book.close()
    return content.getvalue()
