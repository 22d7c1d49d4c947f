"""An office of a few files for the tests of the flow from inbox to archive."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from archive.catalogue import log
from archive.catalogue.database import open_catalogue
from archive.custody import broken
from audit import report as reports
from audit.contract import as_json
from config.settings import Archive, Catalogue, Handoff, Inbox, Mirror, Office, Report, Settings
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from ingest.summary import Summary
from tests.sample.sound import call, shortened_amr

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
EVENING = datetime(2026, 11, 16, 16, 30, tzinfo=ZONE)
"""Before the deadline."""
SHEET = f"{DAY}/王芳/记录表.csv"
HEADER = ("客户姓名", "联系方式", "通话时间", "联系情况", "预计存款时间", "车辆位置", "工作小时数")

Tree = Mapping[str, tuple[str, int]]
"""Each file below a folder: its SHA-256 and mtime in nanoseconds."""


@dataclass(frozen=True, slots=True)
class SmallOffice:
    folder: Path
    settings: Settings

    @property
    def inbox(self) -> Path:
        return self.settings.inbox.path

    @property
    def archive(self) -> Path:
        return self.settings.archive.path

    def drop(self, source: str, content: bytes, at: time = time(12)) -> Path:
        """Puts a file into the inbox that was last written at `at` of the day."""
        path = self.inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = datetime.combine(DAY, at, ZONE).timestamp()
        os.utime(path, (moment, moment))
        return path

    def ingest(self, at: datetime = EVENING) -> Summary:
        """What `callvault ingest --as-of` does; waits for nothing."""
        with open_session(self.settings) as session:
            return session.ingest(Clock(lambda: at, own=False), Steps(), lambda *_: None)

    def report(self, day: date = DAY, at: datetime = EVENING) -> dict[str, Any]:
        """What `callvault report --format json` prints."""
        with closing(open_catalogue(self.settings.catalogue.url)) as catalogue:
            compiled = reports.compile_days(catalogue, self.settings, [day], at)
        told: dict[str, Any] = json.loads(json.dumps(as_json(compiled[0])))
        return told

    def statuses(self, day: date = DAY) -> dict[str, str]:
        return {one["source"]: one["status"] for one in self.report(day)["recordings"]}

    def codes(self, day: date = DAY) -> list[tuple[str, str | None]]:
        """The findings of a day: each code with the file or sheet it is about."""
        found = self.report(day)["findings"]
        return sorted((one["code"], one["source"] or one["sheet"] or "") for one in found)

    def kept(self) -> Tree:
        """The archive as people see it, without callvault's own folder."""
        return recordings_below(self.archive)

    def mirrored(self) -> Tree:
        """What lies in the bucket `recordings`, without sheets and custody files."""
        return recordings_below(self.folder / "bucket/recordings")

    def filed(self) -> dict[str, str]:
        """`customer/date` of each filed recording, by its source."""
        return {
            one["source"]: one["archive_path"].rpartition("/")[0]
            for one in self.report()["recordings"]
            if one["status"] == "filed"
        }

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table of the catalogue."""
        with closing(sqlite3.connect(self.archive / ".callvault/catalogue.sqlite")) as database:
            asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = [name for (name,) in database.execute(asked)]
            return {
                name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr)  # noqa: S608
                for name in tables
            }

    def custody(self) -> list[dict[str, Any]]:
        """The custody log, whose chain holds."""
        with (
            closing(open_catalogue(self.settings.catalogue.url)) as catalogue,
            catalogue.transaction() as tx,
        ):
            entries = list(log.entries(tx))
        assert broken(entries) is None
        return [json.loads(one.entry) for one in entries]

    def with_limit(self, megabytes: int) -> SmallOffice:
        inbox = replace(self.settings.inbox, max_megabytes=megabytes)
        return replace(self, settings=replace(self.settings, inbox=inbox))

    def with_mirror(self, endpoint_url: str, bucket: str = "recordings") -> SmallOffice:
        mirror = Mirror(bucket, "", endpoint_url, "us-east-1", "path", None, 4)
        return replace(self, settings=replace(self.settings, mirror=mirror))


def office(folder: Path) -> SmallOffice:
    """An office without mirror whose inbox is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inbox").mkdir()
    archive = folder / "archive"
    settings = Settings(
        office=Office("示例公司", ZONE, "en"),
        inbox=Inbox(folder / "inbox", 10.0, 300.0, "auto", 50),
        handoff=Handoff(time(17)),
        archive=Archive(archive, "{date}_{time}_{customer}_{last4}"),
        catalogue=Catalogue(f"sqlite:///{archive}/.callvault/catalogue.sqlite"),
        mirror=None,
        report=Report(time(20), folder / "reports"),
    )
    return SmallOffice(folder, settings)


def recorded(
    customer: str, number: str, at: str, collector: str = "王芳", suffix: str = ".amr"
) -> str:
    """The source of a call as a Xiaomi names it; `at` is such as `091207`."""
    return f"{DAY}/{collector}/通话录音@{customer}({number})_{DAY:%Y%m%d}{at}{suffix}"


def sound(number: int) -> bytes:
    """A short call; another one for each number."""
    return shortened_amr(call("8.amr"), number)


def sheet(rows: Sequence[tuple[str, str, str]]) -> bytes:
    """A complete sheet as CSV: customers who were reached, with their numbers and call times."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for customer, number, at in rows:
        writer.writerow((customer, number, at, "已接通", "2026-11-16", "济宁", "8"))
    return out.getvalue().encode("utf-8-sig")


def workbook(tabs: Mapping[str, tuple[str, str, str]]) -> bytes:
    """A complete sheet with one such row in each tab, by the tab's name."""
    book = openpyxl.Workbook()
    for name, row in tabs.items():
        tab = book.create_sheet(name)
        tab.append(HEADER)
        tab.append([*row, "已接通", "2026-11-16", "济宁", "8"])
    book.remove(book.worksheets[0])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def tree(folder: Path) -> Tree:
    return _seen(folder, folder.rglob("*"))


def recordings_below(folder: Path) -> Tree:
    """Never opens what callvault keeps for itself, which comes and goes while it runs."""
    return _seen(folder, (path for path in folder.rglob("*") if not _own(folder, path)))


def _own(folder: Path, path: Path) -> bool:
    return path.relative_to(folder).parts[0] == ".callvault"


def _seen(folder: Path, paths: Iterable[Path]) -> Tree:
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in paths
        if path.is_file()
    }


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
