"""Call-log sheets as people write them: forms, columns, cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

TITLE = "电话催收客户信息记录表"
Cell = str | int | float | date | datetime | time | None
HEADERS = {
    "customer": (
        "客户姓名",
        "姓名",
        "客户 姓名",
        "借款人",
        "主贷人",
        "用户姓名",
        "债务人姓名",
        "客户名称",
    ),
    "numbers": ("联系方式", "联系电话", "手机号码", "联系\n方式", "电话", "触达号码", "手机号"),
    "collector": ("催收员", "催收人", "催收人员", "经办人", "处理人", "跟进人员", "催员姓名"),
    "called_at": ("通话时间", "拨打时间", "催收时间", "催记时间", "沟通时间"),
    "date": ("日期", "催收日期", "跟进日期", "通话日期"),
    "reached": ("联系情况", "是否接通", "沟通状态", "拨打状态", "电话状态", "联系结果"),
    "promised": ("预计存款时间", "承诺还款时间", "承诺日期", "PTP承诺还款时间", "预计收款日期"),
    "location": ("车辆位置", "设备所在地", "施工地点"),
    "hours": ("工作小时数", "小时数"),
    "remark": ("备注", "催收备注", "催记内容", "沟通内容"),
    "duration": ("通话时长", "时长"),
}
REACHED = ("已接通", "接通", "已联系上", "是", "√", "正常接听")
NOT_REACHED = ("未接", "无人接听", "关机", "停机", "空号", "拒接", "占线", "否", "×")
TIMES = {
    "hhmm": 25,
    "time": 15,
    "datetime": 15,
    "stamp": 10,
    "month_day": 6,
    "halves": 7,
    "date": 10,
    "none": 10,
    "seconds": 6,
}
NUMBERS = ("text", "int", "text", "float", "spaced", "dashed", "fullwidth", "plus86")
KINDS = {"xlsx": 50, "xls": 20, "csv_bom": 8, "csv_utf8": 7, "csv_gb18030": 15}


@dataclass(frozen=True, slots=True)
class SheetForm:
    """The form that a collector or an office always uses."""

    kind: str
    headers: tuple[tuple[str, str], ...]
    """Field and header text, from the left."""
    title: bool
    titled: tuple[str, ...]
    """What the line under the title tells: `collector`, `date`."""
    times: str
    rounded: int
    """Minutes that times are rounded to."""
    numbers: str
    every_number: bool
    """All the numbers of a customer in one cell."""
    separator: str
    merged: bool
    """Several calls of one customer share their cells."""
    ditto: bool
    """A name that stands in the line above is written as 同上."""
    promises: str
    shuffled: bool
    """The rows do not stand in the order of the calls."""

    def has(self, name: str) -> bool:
        return any(field == name for field, _ in self.headers)

    @property
    def suffix(self) -> str:
        return ".csv" if self.kind.startswith("csv") else f".{self.kind}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line as its writer means it; the form decides how it looks."""

    call: int
    day: date
    collector: str
    name: str | None
    """As a person reads it, slips and all."""
    numbers: tuple[str, ...]
    at: datetime
    """With the writer's error."""
    reached: bool
    outcome: str
    customer: int
    suffix: str = ""
    """`(配偶)` behind the name."""
    remark: str = ""
    remarked: str | None = None
    """A further number in the remark."""
    traits: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Context:
    """What stands above a table."""

    collector: str | None
    day: date


def draw_form(rng: Random, mess: float) -> SheetForm:
    times = rng.choices(list(TIMES), list(TIMES.values()))[0]
    fields = ["customer", "numbers", "called_at", "reached", "promised", "location", "hours"]
    if times == "none":
        fields.remove("called_at")
    if times in {"date", "month_day"} or rng.random() < 0.25:
        fields.insert(rng.randrange(2), "date")
    if times == "date":
        fields.remove("called_at")
    if rng.random() < 0.4:
        fields.insert(0, "collector")
    if rng.random() < 0.2:
        fields.append("duration")
    if rng.random() < 0.8:
        fields.append("remark")
    titled = tuple(one for one in ("collector", "date") if rng.random() < 0.5)
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    return SheetForm(
        kind=kind,
        headers=tuple((name, rng.choice(HEADERS[name])) for name in fields),
        title=rng.random() < 0.6,
        titled=titled,
        times=times,
        rounded=rng.choices((1, 5, 10, 30), (80, 10 * mess, 6 * mess, 4 * mess))[0],
        numbers=rng.choice(NUMBERS),
        every_number=rng.random() < 0.25,
        separator=rng.choice(("、", "/", "；", "\n", " ")),
        merged=kind in {"xlsx", "xls"} and rng.random() < 0.25,
        ditto=rng.random() < 0.05,
        promises=rng.choice(("date", "month_day", "dotted")),
        shuffled=rng.random() < 0.15 + 0.2 * mess,
    )


def tells_minute(form: SheetForm) -> bool:
    return form.times not in {"none", "date"}


def number_text(form: SheetForm, number: str) -> Cell:
    if not number.startswith("1"):
        return f"{number[:4]}-{number[4:]}"
    if form.numbers == "int":
        return int(number)
    if form.numbers == "float":
        return float(number)
    if form.numbers == "spaced":
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if form.numbers == "dashed":
        return f"{number[:3]}-{number[3:7]}-{number[7:]}"
    if form.numbers == "fullwidth":
        return number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return f"+86{number}" if form.numbers == "plus86" else number


def _numbers_cell(form: SheetForm, numbers: Sequence[str]) -> Cell:
    if not numbers:
        return None
    if len(numbers) == 1:
        return number_text(form, numbers[0])
    return form.separator.join(numbers)


def _time_cell(form: SheetForm, at: datetime) -> Cell:
    if form.times == "time":
        return at.time().replace(second=0)
    if form.times == "datetime":
        return at.replace(second=0)
    if form.times == "stamp":
        return f"{at:%Y-%m-%d %H:%M}"
    if form.times == "seconds":
        return f"{at:%H:%M:%S}"
    if form.times == "month_day":
        return f"{at.month}月{at.day}日 {at:%H:%M}"
    if form.times == "halves":
        hour = at.hour - 12 if at.hour > 12 else at.hour
        half = "上午" if at.hour < 12 else "下午"
        return f"{half}{hour}点{f'{at.minute:02}分' if at.minute else ''}"
    return f"{at.hour}:{at.minute:02}"


def _date_cell(style: str, day: date) -> Cell:
    if style == "month_day":
        return f"{day.month}月{day.day}日"
    return f"{day.year}.{day.month}.{day.day}" if style == "dotted" else day


def _cell(form: SheetForm, name: str, entry: Entry) -> Cell:
    if name == "customer":
        return entry.name + entry.suffix if entry.name else None
    if name == "numbers":
        return _numbers_cell(form, entry.numbers)
    if name == "called_at":
        return _time_cell(form, entry.at)
    if name == "date":
        return _date_cell(form.promises, entry.day)
    if name == "remark":
        return f"{entry.remark}{f' 换号{entry.remarked}' if entry.remarked else ''}".strip() or None
    if name == "collector":
        return entry.collector
    if name == "reached":
        return entry.outcome
    if not entry.reached:
        return None
    return {
        "promised": _date_cell(form.promises, entry.day),
        "location": "济宁任城",
        "hours": 8,
        "duration": "",
    }[name]


@dataclass(frozen=True, slots=True)
class Grid:
    """A tab as cells; merged ranges as first row, last row and column."""

    rows: list[list[Cell]]
    merged: list[tuple[int, int, int]]
    lines: tuple[int, ...]
    """Where each entry stands, as a spreadsheet counts."""


def grid(form: SheetForm, context: Context, entries: Sequence[Entry]) -> Grid:
    rows: list[list[Cell]] = []
    if form.title:
        rows.append([TITLE])
        told = ["部门：信贷部"]
        if "collector" in form.titled and context.collector:
            told.append(f"催收员：{context.collector}")
        if "date" in form.titled:
            told.append(f"日期：{context.day.year}年{context.day.month}月{context.day.day}日")
        rows.append(list(told))
    rows.append([header for _, header in form.headers])
    first = len(rows)
    rows.extend([_cell(form, name, entry) for name, _ in form.headers] for entry in entries)
    merged = _merge(form, rows, first, entries) if form.merged else []
    if form.ditto and not form.merged:
        _say_ditto(form, rows, first)
    return Grid(rows, merged, tuple(first + at + 1 for at in range(len(entries))))


def _say_ditto(form: SheetForm, rows: list[list[Cell]], first: int) -> None:
    column = [name for name, _ in form.headers].index("customer")
    names = [row[column] for row in rows[first:]]
    for at in range(1, len(names)):
        if names[at] and names[at] == names[at - 1]:
            rows[first + at][column] = "同上"


def _merge(
    form: SheetForm, rows: list[list[Cell]], first: int, entries: Sequence[Entry]
) -> list[tuple[int, int, int]]:
    """Neighbouring rows of one customer share the cells that are equal."""
    merged = []
    at = 0
    while at < len(entries):
        end = at
        while end + 1 < len(entries) and entries[end + 1].customer == entries[at].customer:
            end += 1
        for column, (name, _) in enumerate(form.headers):
            same = {repr(rows[first + one][column]) for one in range(at, end + 1)}
            if name in {"customer", "numbers"} and end > at and len(same) == 1:
                merged.append((first + at, first + end, column))
                for below in range(at + 1, end + 1):
                    rows[first + below][column] = None
        at = end + 1
    return merged
