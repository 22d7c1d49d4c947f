"""A month of an office's daemon within minutes: all is real but the time that passes.

    python -m tests.simulated_month --days 31 --mirror

Each working day two collectors hand over; the share with the inbox and the disk of the archive go
away and come back, the clock is set wrong and right again, summer time ends, the computer is off
at night, and the daemon starts anew each day. At the end every recording is kept, every day with a
hand-off has its report, and the daemon takes no more memory than in the first days.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import shutil
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from audit.report import write_nightly
from config.language import Message
from config.settings import Settings
from ingest.daemon import Daemon, Surroundings
from ingest.inbox_pass import Clock
from ingest.service import Service
from ingest.status_board import StatusBoard
from tests.ingest.small_office import SmallOffice, office, sheet, sound
from tests.s3_server import S3Server

ZONE = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 10, 22)
"""A Thursday; summer time ends on the Sunday after."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COLLECTORS = ("王芳", "李娜")
FORMS = {".html", ".xlsx", ".json"}


@dataclass
class Month:
    """The office; `true` is the time, `off` by how much the computer's clock is wrong."""

    desk: SmallOffice
    true: datetime
    off: timedelta = timedelta(0)
    said: list[tuple[datetime, Message]] = field(default_factory=list)
    handed_over: dict[str, date] = field(default_factory=dict)
    """Each recording by its hash, and of which day it is."""
    waiting: list[tuple[date, str]] = field(default_factory=list)
    """Hand-offs that find no inbox, or a computer that is off."""
    service: Service | None = None
    board: StatusBoard | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def now(self) -> datetime:
        return self.true + self.off

    def start(self) -> None:
        given = Surroundings(
            Clock(self.now, own=False),
            report=lambda catalogue, due, now: write_nightly(
                catalogue, self.desk.settings, due, now
            ),
            tell=lambda said: self.said.append((self.true, said)),
        )
        daemon = Daemon(self.desk.settings, given)
        self._stack.callback(daemon.close)
        self.board = daemon.begin()
        self.service = daemon.service(lambda: True)

    def stop(self) -> None:
        self.service = None
        self._stack.close()

    def pass_time(self, span: timedelta, step: timedelta) -> None:
        """What is handed over meanwhile is there at its beginning."""
        end = self.true + span
        while self.true < end:
            self._hand_over()
            if self.service is not None:
                self.service.turn()
            self.true += min(step, end - self.true)

    def hand_over(self, day: date, collector: str) -> None:
        self.waiting.append((day, collector))

    def _hand_over(self) -> None:
        if not self.desk.inbox.is_dir():
            return
        for day, collector in self.waiting:
            number = len(self.handed_over)
            content = sound(number)
            phone = f"1540538{number:04}"
            name = f"通话录音@客户{number}({phone})_{day:%Y%m%d}091207.amr"
            folder = self.desk.inbox / f"{day}" / collector
            folder.mkdir(parents=True, exist_ok=True)
            rows = [(f"客户{number}", phone, "9:12")]
            for path, bytes_ in ((folder / name, content), (folder / "记录表.csv", sheet(rows))):
                path.write_bytes(bytes_)
                put = (self.now() - MINUTE).timestamp()
                os.utime(path, (put, put))
            self.handed_over[hashlib.sha256(content).hexdigest()] = day
        self.waiting.clear()

    @contextmanager
    def away(self, folder: Path) -> Iterator[None]:
        """Nothing is left of it but, of the archive, its mount point."""
        hidden = folder.rename(folder.with_name(f"{folder.name}-away"))
        if folder == self.desk.archive:
            folder.mkdir()
        yield
        if folder == self.desk.archive:
            folder.rmdir()  # fails where anything was made there
        hidden.rename(folder)


def live(month: Month, days: int, each_day: Callable[[int], None] = lambda _: None) -> None:
    """From the morning of the first day to the morning after the last."""
    month.start()
    for number in range(days):
        day = FIRST + number * DAY
        month.true = datetime.combine(day, time(8), ZONE)
        _morning(month, number)
        if day.weekday() < 5:
            for collector in COLLECTORS[: 1 if number % 3 == 1 else 2]:
                month.hand_over(day, collector)
        _afternoon(month, number)
        _night(month, number)
        each_day(number)
    month.true = datetime.combine(FIRST + days * DAY, time(9), ZONE)
    if month.service is None:
        month.start()
    month.pass_time(HOUR, 10 * MINUTE)
    month.stop()


def _morning(month: Month, number: int) -> None:
    if number % 6 == 4:  # the computer is switched on late, with the clock of another year
        month.off = timedelta(days=-700) if number % 4 else timedelta(days=400)
    if month.service is None:
        month.start()
    month.pass_time(HOUR, 20 * MINUTE)
    month.off = timedelta(0)
    month.pass_time(HOUR, 20 * MINUTE)


def _afternoon(month: Month, number: int) -> None:
    month.true = month.true.replace(hour=15)
    if number % 5 == 0:
        with month.away(month.desk.inbox):
            month.pass_time(2 * HOUR, 20 * MINUTE)
    elif number % 5 == 1:
        with month.away(month.desk.archive):
            month.pass_time(2 * HOUR, 20 * MINUTE)
    elif number % 5 == 2:
        month.off = timedelta(hours=3)
        month.pass_time(HOUR, 20 * MINUTE)
        month.off = timedelta(0)
    month.pass_time(3 * HOUR, 15 * MINUTE)


def _night(month: Month, number: int) -> None:
    """Over midnight; every seventh day and the one after it the computer is off at night."""
    if number % 7 in (0, 1):
        month.stop()
        return
    month.true = month.true.replace(hour=20, minute=0)
    month.pass_time(8 * HOUR, HOUR)
    month.stop()
    month.start()
    month.pass_time(HOUR, HOUR)


def lost(month: Month) -> list[str]:
    """What was handed over and is not in the archive, or lies there twice."""
    kept = Counter(digest for digest, _ in month.desk.kept().values())
    return [one for one in month.handed_over if kept[one] != 1]


def without_report(month: Month) -> list[date]:
    """Days with a hand-off of which there is no report in all forms."""
    folder = month.desk.settings.report.folder
    written: dict[str, set[str]] = {}
    for path in folder.iterdir():
        written.setdefault(path.stem, set()).add(path.suffix)
        if path.suffix == ".json":
            assert json.loads(path.read_text(encoding="utf-8"))["date"] == path.stem
    return sorted({day for day in month.handed_over.values() if written.get(f"{day}") != FORMS})


def month_in(folder: Path, settings: Callable[[Settings], Settings] = lambda one: one) -> Month:
    desk = office(folder)
    mine = replace(
        desk.settings,
        source=folder / "callvault.toml",
        office=replace(desk.settings.office, timezone=ZONE),
    )
    desk = replace(desk, settings=settings(mine))
    return Month(desk, datetime.combine(FIRST, time(8), ZONE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--mirror", action="store_true", help="with a local S3 server")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder = Path(made) / "office"
        month = month_in(folder)
        if asked.mirror:
            server = stack.enter_context(S3Server(folder / "bucket"))
            os.environ.update(server.environment)
            month.desk = month.desk.with_mirror(server.endpoint_url)
        tracemalloc.start()

        def told(number: int) -> None:
            gc.collect()
            traced = tracemalloc.get_traced_memory()[0] / 2**10
            objects, resident = len(gc.get_objects()), _resident()
            print(f"day {number + 1}: {traced:.0f} KiB, {objects} objects, resident {resident}")

        live(month, asked.days, told)
        print(f"{len(month.handed_over)} recordings, lost: {lost(month)}")
        print(f"days without report: {without_report(month)}")
        if asked.mirror:
            bucket = {digest for digest, _ in month.desk.mirrored().values()}
            print(f"not mirrored: {len(month.handed_over.keys() - bucket)}")
        print(f"said: {dict(Counter(said.key for _, said in month.said))}")
        shutil.rmtree(folder, ignore_errors=True)


def _resident() -> str:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("VmRSS")), "?")


if __name__ == "__main__":
    main()
