"""A catalogue of made-up days, as passes leave it: sheets, rows, customers, recordings.

Only the catalogue: reports read no recording. What is due, filed and missing is planted by number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from archive.catalogue import customers, files, learnt, recordings, sheets
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.files import Sighting
from archive.catalogue.recordings import Admission
from archive.catalogue.rulings import Ruling, rule
from archive.catalogue.sheets import NewSheet
from archive.records import FileState, NewRow, Outcome, Probed, Row, SheetState, Weighed
from config.language import Message

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = ("王芳", "李雷", "赵敏", "孙丽", "周涛", "吴静", "郑强", "冯洁")
_COLUMNS = ("customer", "numbers", "collector", "called_at", "reached", "promised", "hours")


def working_days(last: date, count: int) -> Sequence[date]:
    """The `count` working days that end with `last`."""
    before = (last - timedelta(days=back) for back in range(count * 2 + 7))
    return sorted(day for day in before if day.weekday() < 5)[-count:]


def enter(catalogue: Catalogue, day: date, calls: int) -> None:
    """A day of `calls` rows of eight collectors: of twenty, one lacks its recording, one was not
    reached, one's recording is held.
    """
    with catalogue.transaction() as tx:
        for at, collector in enumerate(NAMES):
            numbers = range(at, calls, len(NAMES))
            _hand_in(tx, day, collector, list(numbers))
        for number, row in enumerate(sheets.rows_of_days(tx, [day])):
            _decide(tx, day, number, row)
        files.close(tx, [day])


def _hand_in(tx: Transaction, day: date, collector: str, numbers: Sequence[int]) -> None:
    source = f"{day}/{collector}/电话催收客户信息记录表.xlsx"
    rows = tuple(_row(source, day, collector, line, at) for line, at in enumerate(numbers, start=3))
    arrived = datetime.combine(day, time(16, 30), ZONE)
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    files.note(tx, [Sighting(source, 9000, 1, FileState.SHEET, day, collector)], arrived)
    new = NewSheet(source, sha256, day, collector, arrived, SheetState.READ, _COLUMNS, (), rows)
    sheets.enter(tx, new)


def _row(source: str, day: date, collector: str, line: int, number: int) -> NewRow:
    name, phone = f"客户{number:05}", f"138{number:08}"
    at = datetime.combine(day, time(9), ZONE) + timedelta(seconds=number * 25_000 // 5000)
    raw = (("客户姓名", name), ("联系方式", phone), ("联系情况", "已接通"), ("工作小时数", "8"))
    return NewRow(
        key=f"{source}|Sheet1|{line}",
        tab="Sheet1",
        line=line,
        day=day,
        collector=collector,
        department="法规部",
        customer_name=name,
        numbers=(phone,),
        called_at=at,
        precision="minute",
        reached=number % 20 != 7,
        promised=day,
        promised_text=f"{day}",
        location="济宁任城工业园",
        hours="8",
        raw=raw,
        problems=(),
        further=(("grade", "ABCD"[number % 4]),),
    )


def _decide(tx: Transaction, day: date, number: int, row: Row) -> None:
    """Names the row's customer and, unless it is planted otherwise, files a recording under it."""
    said = row.said
    name, phone = str(said.customer_name), said.numbers[0]
    customer = customers.register(tx, f"{name}|{phone}", name, said.numbers)
    sheets.name_customer(tx, row.id, customer)
    if said.reached and number % 20 != 3:
        id = _admit(tx, day, number, row)
        if number % 20 == 11:
            rule(tx, [Ruling(id, _outcome("ambiguous", row, 2.0), None, None)])
        else:
            rule(tx, [Ruling(id, _outcome("matched", row, 22.5), customer, row.id)])
            _file(tx, id, f"{name}/{day}/{day:%Y%m%d}_{phone[-4:]}_{number:05}.mp3")


def _admit(tx: Transaction, day: date, number: int, row: Row) -> int:
    said, at = row.said, datetime.combine(day, time(16, 40), ZONE)
    source = f"{day}/{said.collector}/通话录音@{said.customer_name}({said.numbers[0]})_{number}.mp3"
    seen = Sighting(source, 120_000, 1, FileState.PLANNED, day, said.collector)
    (file,) = files.note(tx, [seen], at)
    new = Admission(
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        size=seen.size,
        source=source,
        day=day,
        collector=said.collector,
        arrived_at=at,
        path=f"_holding/{day}/{number:06} {said.customer_name}.mp3",
        started_at=said.called_at,
        precision="second",
        call_day=day,
        numbers=said.numbers,
    )
    id = recordings.admit(tx, [new], at, mirrored=False)[new.sha256]
    files.end(tx, file.id, FileState.RECORDING, id)
    learnt.probed(tx, {id: Probed("mp3", "mp3", 83.4, "complete", False, -20.0, (), ())})
    return id


def _outcome(verdict: str, row: Row, weight: float) -> Outcome:
    said = row.said
    reasons = (
        Message.of("reasons.number_equal", number=said.numbers[0]),
        Message.of("reasons.name_equal", name=str(said.customer_name)),
    )
    one = Weighed(said.key, row.sheet, said.tab, said.line, said.customer_name, weight, reasons)
    return Outcome(verdict, "clear" if verdict == "matched" else "weak", (one,))


def _file(tx: Transaction, id: int, target: str) -> None:
    recordings.aim(tx, id, target)
    (moved,) = recordings.by_ids(tx, [id])
    recordings.arrive(tx, moved, True, moved.arrived_at, False)
