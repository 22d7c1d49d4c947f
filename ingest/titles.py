"""What stands around a table: day, collector and department in titles, tab, file and folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.cells import plain
from ingest.dates import find_day, in_month, loose_day, read_day
from ingest.workbook import Cell
from matcher.names import is_person

COLLECTOR = "催收人员|催收员|催收专员|催收人|催员|经办人|跟进人|电催员"
_MAKING = "制表|制单|填表|填报|编制|打印|导出"
MADE = rf"(?:{_MAKING})(?:日期|时间)?|(?:上报|报送)(?:日期|时间)"
DAY = "催收日期|登记日期|通话日期|拨打日期|日期|时间"
DEPARTMENT = "所属部门|部门"
LABEL = re.compile(rf"({COLLECTOR}|{MADE}|{DAY}|{DEPARTMENT})(?:姓名)?(?:\s*:|\s|$)")
OFFICE = re.compile(
    r"(?:信贷|信用|法规|法务|法律|债权|风控|资产管理|融资|催收)(?:管理)?部|"
    r"(?:信贷|信用|法规|法务|法律)(?:管理)?[科处组]"
)
OFFICE_ALONE = re.compile(
    r"信贷|信用|法规|法务|法律|(?:credit|legal)(?: dep(?:t\.?|artment))?", re.IGNORECASE
)
"""A folder or a tab of this name is a department's."""
FORM = re.compile(r"(信贷|信用|法规|法务|法律)\S{0,4}(?:电话|催收|通话)")
"""A sheet's title without the word 部: 法规电话催收记录表."""
DAY_ALONE = re.compile(r"(\d{1,2})(?:[日号](?![楼院线店机组]))?(?:(?<=[日号])\D*(?:\(\d+\))?)?")
"""A tab called by a day of the month: `16`, `16日`, `16号下午`, `16日 (2)`."""
DAYS = re.compile(
    r"\d\s*[日号]\s*(?:(?:[-~—、]|至|到)\s*(?:20\d\d年)?\d{1,2}\s*[日号月]|[至到]\s*\d)|"
    r"(?<![-./\d])\d{1,2}[-~—、至到]\d{1,2}\s*[日号]|"
    r"\d\.\d{1,2}\s*(?:[~至到]\s*\d|[—、]\s*\d\d)"
)
"""Several days: 11月13日-14日, 13-14日, 11.13~14; 11月13日-2 is one."""
_DATE = r"(?:20\d\d\s*[年./-]\s*)?\d{1,2}\s*[月./-]\s*\d{1,2}\s*[日号]?"
OTHER_DAY = re.compile(
    rf"(?:截[至止到]|承诺|预计|约定|应还|到期|放款|打印|导出)\D{{0,4}}{_DATE}|{_DATE}(?=[之以]?前(?!期|端)|为?止)"
)
"""A day of something else than the calls: 截至10月31日逾期客户, 11月20日前还款."""
MADE_THEN = re.compile(rf"(?:{MADE})\D{{0,4}}{_DATE}|{_DATE}\s*(?:{_MAKING})")
"""制表日期：2026年11月17日, 11月17日填报: mostly the next morning."""
LINE_WORDS = re.compile(r"^以下[为是]?|(?:补[录登打填]?|的|电话|催收|通话|记录)*:?$")
SLACK, RECENT = timedelta(1), timedelta(100)
"""How far what is only perhaps a day may lie after the hand-off's, and before it."""
PERSON = re.compile(r"[^\W\d_]+(?:[ ·.][^\W\d_]+)*")
NO_PERSON = re.compile(
    r"客户|信息|记录|登记|日报|周报|月报|明细|汇总|统计|台账|名单|表格?|电话|通话|催收|录音|副本|最终|修改|"
    r"更正|更新|补充|新建|工作|模板|每日|当日|上报|交接|信贷|法规|法务|部门?|[上下]午|[年月日号份版的和]"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a place says about all its calls; `None` where it is silent."""

    day: date | None = None
    collector: str | None = None
    department: str | None = None
    made: date | None = None
    """On which the sheet was made: the day of its calls where nothing tells another one."""

    def over(self, weaker: Context) -> Context:
        return Context(
            self.day or weaker.day,
            self.collector or weaker.collector,
            self.department or weaker.department,
            self.made or weaker.made,
        )


def of_file(stem: str, near: date) -> Context:
    """A file's name, such as `王芳11.16电话催收客户信息记录表`."""
    said = _of_calls(stem)
    day = None if DAYS.search(said) else loose_day(said, near)
    return Context(day, _person_among(stem), _office(stem))


def month_of_file(stem: str, near: date) -> date | None:
    """The first day of the month of a month's workbook, such as `11月催收记录`, past or current."""
    found = re.search(r"(?:(20\d\d)年)?(?<!\d)(1[0-2]|0?[1-9])月(?!\s*\d)", plain(stem))
    if found is None:
        return None
    month = int(found[2])
    return date(int(found[1] or near.year - (month > near.month)), month, 1)


def department_of(source: str) -> str | None:
    """The department whose folder a sheet lies in: the innermost counts."""
    folders = reversed(source.split("/")[:-1])
    return next((office for folder in folders if (office := _office(folder))), None)


def of_tab(name: str, near: date, month: date | None) -> Context:
    """A tab's name: `11月16日`, `11.16`, `16` (of `month`, else not after `near`), a collector."""
    said = _of_calls(name)
    if DAYS.search(said):
        day = None
    elif number := DAY_ALONE.fullmatch(said):
        day = in_month(month or near, 0, int(number[1]))
        if month is None and (day is None or day > near):
            day = in_month(near, -1, int(number[1]))
    else:
        day = read_day(said, near) or find_day(said, near) or _recent_day(said, near)
    return Context(day, _person_among(said), _office(said))


def _recent_day(said: str, near: date) -> date | None:
    """The day of `11.15王芳` or `1115`; 表1-2 in autumn is none."""
    day = loose_day(said, near)
    return day if day is not None and _is_recent(day, near) else None


def _is_recent(day: date, near: date) -> bool:
    return day - SLACK <= near <= day + RECENT


def of_rows(rows: Sequence[Sequence[Cell]], near: date) -> Context:
    """The title rows above a header: `部门：信贷部  催收员：王芳  日期：2026年11月16日`.

    A value stands behind its label or in the next filled cell.
    """
    context, words = Context(made=_made(rows, near)), list[str]()
    for row in rows:
        filled = [
            _of_title(cell) if isinstance(cell, str) else cell for cell in row if cell is not None
        ]
        labelled = list(_labelled(filled))
        for label, value in labelled:
            context = context.over(_said(label, value, near))
        making = [value for label, value in labelled if re.fullmatch(MADE, label)]
        words += [cell for cell in filled if isinstance(cell, str) and cell not in making]
    several = any(DAYS.search(cell) for cell in words)
    days = {day for cell in words if (day := find_day(cell, near)) and not several}
    title = Context(
        days.pop() if len(days) == 1 else None,
        department=next((office for cell in words if (office := _office(cell))), None),
    )
    return context.over(title)


def _of_calls(said: str) -> str:
    """A name or title in its plain form, without the days of something else than its calls."""
    return OTHER_DAY.sub("#", plain(said))


def _of_title(said: str) -> str:
    """As `_of_calls`, without the day on which the sheet was made either."""
    return _of_calls(MADE_THEN.sub("#", plain(said)))


def _made(rows: Sequence[Sequence[Cell]], near: date) -> date | None:
    said = (plain(cell) for row in rows for cell in row if isinstance(cell, str))
    found = (each[0] for cell in said for each in MADE_THEN.finditer(cell))
    return next((day for each in found if (day := loose_day(each, near))), None)


def of_line(cell: Cell, near: date) -> Context | None:
    """A line of its own among calls that holds for those below it; `None` for any other cell.

    `11月15日`, `以下为11月15日补录`, `催收员：李娜`.
    """
    said = plain(cell)
    if isinstance(cell, str) and LABEL.match(said):
        found = of_rows([(cell,)], near)
    elif isinstance(cell, str):
        day = read_day(LINE_WORDS.sub("", said), near)
        found = Context(day if day is not None and _is_recent(day, near) else None)
    else:
        found = Context(read_day(cell, near) if isinstance(cell, date) else None)
    return found if found != Context() else None


def _labelled(filled: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    for place, cell in enumerate(filled):
        if not isinstance(cell, str):
            continue
        # text before the first label, then label and value in turn
        parts = LABEL.split(plain(cell))
        for label, value in zip(parts[1::2], parts[2::2], strict=True):
            if value.strip() or place + 1 == len(filled):
                yield label, value.strip()
            else:
                yield label, filled[place + 1]


def _said(label: str, value: Cell, near: date) -> Context:
    if re.fullmatch(MADE, label):
        return Context(made=read_day(value, near))
    if re.fullmatch(DAY, label):
        return Context(day=read_day(value, near))
    said = plain(value)
    if LABEL.match(said):  # the next label: this one was left blank
        return Context()
    if re.fullmatch(DEPARTMENT, label):
        return Context(department=said if PERSON.fullmatch(said) else None)
    return Context(collector=person(said))


def person(said: str) -> str | None:
    """The one person that a collector's field names; `王 芳` is one, `王芳 李娜` are two."""
    joined = said.replace(" ", "")
    if not PERSON.fullmatch(said):
        return None
    return joined if is_person(joined) else said if said.isascii() or joined == said else None


def _person_among(said: str) -> str | None:
    """The one Chinese name among a file's or tab's other words."""
    words = re.split(r"[^\u3400-\u9fff·]+", NO_PERSON.sub(" ", plain(said)))
    people = [word for word in words if is_person(word)]
    return people[0] if len(people) == 1 else None


def _office(said: str) -> str | None:
    words = plain(said)
    if found := OFFICE.search(words) or OFFICE_ALONE.fullmatch(words):
        return found[0]
    form = FORM.search(words)
    return f"{form[1]}部" if form else None
