"""Small offices whose days are really taken in: audio, sheets and a pass with a set clock."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from archive.catalogue.database import open_catalogue
from archive.mirror import Drained
from audit.day import DayReport, Finding, RecordingLine
from audit.report import compile_days
from config.language import Words
from config.settings import Archive, Catalogue, Handoff, Inbox, Mirror, Office, Report, Settings
from ingest.desk import Desk
from ingest.inbox_pass import Clock, Passed, Steps
from ingest.session import open_session
from ingest.word_told import tell_unassign
from tests.sample.sound import AUDIO, call, tagged_mp3

DAY = date(2026, 11, 16)
NEXT_DAY = date(2026, 11, 17)
ZONE = ZoneInfo("Asia/Shanghai")
IN_TIME = datetime(2026, 11, 16, 16, 30, tzinfo=ZONE)
NEXT_MORNING = datetime(2026, 11, 17, 9, 0, tzinfo=ZONE)
SHEET = f"{DAY}/电话催收客户信息记录表.xlsx"
FIRST_LINE = 3
"""Of a sheet: title and header stand above."""
HEADS = (
    "催收员",
    "客户姓名",
    "联系方式",
    "通话时间",
    "联系情况",
    "预计存款时间",
    "车辆位置",
    "工作小时数",
    "备注",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a sheet in which nothing is wrong, unless a test says otherwise."""

    customer: str | None
    number: str | None
    at: time | None = time(10, 0)
    outcome: str | None = "已接通"
    promised: date | str | None = DAY
    location: str | None = "济宁任城工业园"
    hours: float | str | None = 8
    remark: str | None = None
    collector: str | None = "王芳"

    def cells(self) -> dict[str, object]:
        values = (self.collector, self.customer, self.number, self.at, self.outcome)
        return dict(
            zip(
                HEADS,
                (*values, self.promised, self.location, self.hours, self.remark),
                strict=True,
            )
        )


def miui(name: str, number: str, at: time = time(10, 0), day: date = DAY) -> str:
    """A recording's name as a Xiaomi gives it: contact, number and second."""
    return f"通话录音@{name}({number})_{day:%Y%m%d}{at:%H%M%S}.mp3"


def oppo(name: str, at: time = time(10, 0), day: date = DAY) -> str:
    """As an OPPO gives it to a saved contact: no number."""
    return f"{name}-{day:%y%m%d}{at:%H%M}.mp3"


def number_of(customer: int) -> str:
    """That of a customer of `SmallOffice.own_sheet`."""
    return f"154053812{customer:02}"


class SmallOffice:
    """One office: its inbox is filled file by file, and taken in by real passes."""

    def __init__(
        self, folder: Path, *, language: str = "zh", mirror: Mirror | None = None, limit: int = 100
    ) -> None:
        self.inbox = folder / "inbox"
        self.archive = folder / "archive"
        self.inbox.mkdir(parents=True)
        self._written = itertools.count(1)
        self.settings = Settings(
            office=Office("济宁分公司", ZONE, language),
            inbox=Inbox(self.inbox, 10, 300, "polling", limit),
            handoff=Handoff(time(17, 0)),
            archive=Archive(self.archive, "{date}_{time}_{customer}_{last4}"),
            catalogue=Catalogue(f"sqlite:///{self.archive / '.callvault' / 'catalogue.sqlite'}"),
            mirror=mirror,
            report=Report(time(20, 0), folder / "reports"),
        )

    def hand_over(self, source: str, content: bytes) -> str:
        """Puts a file into the inbox, one that has stood still; returns its source."""
        path = self.inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.touch(source, datetime.combine(DAY, time(12), ZONE))
        return source

    def touch(self, source: str, at: datetime) -> None:
        """Sets a file's mtime to `at` and a few seconds, no two alike."""
        moment = (at + timedelta(seconds=next(self._written))).timestamp()
        os.utime(self.inbox / source, (moment, moment))

    def record(self, name: str, collector: str = "王芳", day: date = DAY) -> str:
        """Hands over a sound recording, whose bytes are no other's."""
        sound = tagged_mp3(call("8.mp3"), f"call {next(self._written)}")
        return self.hand_over(f"{day}/{collector}/{name}", sound)

    def record_as(self, name: str, sample: str, collector: str = "王芳") -> str:
        """Hands over `sample`, a file of tests/audio, under a name of its extension."""
        source = f"{DAY}/{collector}/{Path(name).stem}{Path(sample).suffix}"
        return self.hand_over(source, (AUDIO / sample).read_bytes())

    def sheet(
        self,
        *rows: Row,
        source: str = SHEET,
        day: date = DAY,
        department: str = "法规部",
        without: Sequence[str] = (),
    ) -> str:
        """Hands over a sheet of `rows`, the first in line `FIRST_LINE`; `without` some columns."""
        heads = [head for head in HEADS if head not in without]
        book = openpyxl.Workbook()
        tab = book.worksheets[0]
        tab.title = "Sheet1"
        tab.append([f"部门：{department}", None, f"日期：{day.isoformat()}"])
        tab.append(heads)
        for row in rows:
            cells = row.cells()
            tab.append([cells[head] for head in heads])
        path = self.inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        self.touch(source, datetime.combine(DAY, time(12), ZONE))
        return source

    def own_sheet(self, rows: Sequence[Mapping[str, object]], *, department: str = "") -> None:
        """Hands over a sheet with columns of its own; each row is about another customer."""
        heads = ("催收员", "客户姓名", "联系方式", *rows[0])
        book = openpyxl.Workbook()
        tab = book.worksheets[0]
        tab.append([f"{department}电话催收记录表", f"日期：{DAY.isoformat()}"])
        tab.append(heads)
        for number, row in enumerate(rows, 1):
            tab.append(["王芳", f"客户{number}", number_of(number), *row.values()])
        path = self.inbox / SHEET
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        self.touch(SHEET, datetime.combine(DAY, time(12), ZONE))

    def take_in(self, at: datetime = IN_TIME, steps: Steps | None = None) -> Passed:
        """One pass at `at`, without the mirror."""
        with open_session(self.settings) as session:
            return session.take_in(Clock.set_to(at, ZONE), steps or Steps())

    def say_nobodys(self, source: str) -> None:
        """A person at the desk: `callvault unassign`."""
        tell_unassign(
            Desk(self.settings, Words("en"), Clock(lambda: IN_TIME, own=False), "李经理"),
            source,
            "json",
        )

    def list_mirror(self) -> None:
        """One that does not answer stands in the settings from now on."""
        mirror = Mirror("recordings", "", "http://127.0.0.1:9", "us-east-1", "path", None, 4)
        self.settings = replace(self.settings, mirror=mirror)

    def mirror(self, at: datetime = IN_TIME) -> Drained:
        with open_session(self.settings) as session:
            return session.mirror(lambda: at, everything=True)

    def report(
        self, day: date = DAY, *, language: str | None = None, now: datetime = IN_TIME
    ) -> DayReport:
        settings = self.settings
        if language:
            settings = replace(settings, office=replace(settings.office, language=language))
        catalogue = open_catalogue(settings.catalogue.url)
        try:
            (report,) = compile_days(catalogue, settings, [day], now)
        finally:
            catalogue.close()
        return report

    def found(self, code: str, day: date = DAY) -> list[Finding]:
        """The day's findings of one code."""
        return [finding for finding in self.report(day).findings if finding.code == code]

    def line(self, source: str, day: date = DAY) -> RecordingLine:
        """The one line of the day's report that is about `source`."""
        (line,) = (line for line in self.report(day).recordings if line.source == source)
        return line
