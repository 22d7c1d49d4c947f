"""What deciding costs, as ratios: beside reading the day's sheet, and from a day to a hundred days.

A day has 2,000 recordings and 2,000 rows of twenty collectors; six recordings of ten tell a number,
three a name only, and one nothing but its time. The days are decided one by one, as they come, and
once more as one cluster, as if late recordings tied them all together: the worst case.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from statistics import median
from time import perf_counter

from bench.in_process import Read, decide, read_rows
from bench.office import people, sheets, workbooks
from bench.office.sheets import Entry, SheetForm
from bench.office.truth import ZONE, SheetFile
from matcher.customers import identify
from matcher.evidence import Evidence, Heard, Precision, Row
from matcher.match import match

A_DAY = 2000
COLLECTORS = 20
_FIRST = date(2026, 3, 2)


def day_of_calls(number: int, customers: Sequence[people.Customer]) -> Read:
    """The calls of the `number`th day."""
    rng = Random(f"cost {number}")
    day = _FIRST + timedelta(days=number)
    heard, rows = [], []
    for at in range(A_DAY):
        customer = customers[(at + number * 37) % len(customers)]
        collector = f"催收{customer.id % COLLECTORS}"
        called = datetime.combine(day, time(9), ZONE) + timedelta(seconds=rng.randrange(28800))
        told = rng.random()
        evidence = Evidence(
            reader="bench",
            contact=customer.name if told < 0.9 else None,
            numbers=(customer.numbers[0],) if told < 0.6 else (),
            started_at=called,
            precision=Precision.SECOND,
            collector=collector,
        )
        heard.append(Heard(f"{number:03}-{at:04}", day, evidence))
        written = Row(
            key=f"sheet|{day}|{at}",
            day=day,
            name=customer.name,
            numbers=(customer.numbers[0],),
            called_at=called.replace(second=0),
            precision=Precision.MINUTE,
            collector=collector,
            reached=True,
        )
        rows.append(written)
    return Read(tuple(heard), tuple(rows), ())


def sheet_of(read: Read) -> SheetFile:
    """The day's sheet as the whole office's .xlsx."""
    fields = ("collector", "customer", "numbers", "called_at", "reached", "promised", "remark")
    form = SheetForm(
        kind="xlsx",
        headers=tuple((name, sheets.HEADERS[name][0]) for name in fields),
        title=True,
        titled=("date",),
        times="hhmm",
        rounded=1,
        numbers="text",
        every_number=False,
        separator="、",
        merged=False,
        ditto=False,
        promises="date",
        shuffled=False,
    )
    entries = [_entry(at, row) for at, row in enumerate(read.rows)]
    day = read.rows[0].day
    page = sheets.grid(form, sheets.Context(None, day), entries)
    return SheetFile("记录表.xlsx", workbooks.write("xlsx", [("Sheet1", page)]), day, ())


def _entry(at: int, row: Row) -> Entry:
    assert row.called_at is not None  # of these rows all tell it
    return Entry(
        call=at,
        day=row.day,
        collector=row.collector or "",
        name=row.name,
        numbers=row.numbers,
        at=row.called_at.replace(tzinfo=None),
        reached=True,
        outcome="已接通",
        customer=at,
    )


def seconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return median(times)


def joined(days: Sequence[Read]) -> Read:
    return Read(
        heard=tuple(one for day in days for one in day.heard),
        rows=tuple(row for day in days for row in day.rows),
        unread=(),
    )


def at_once(read: Read) -> None:
    match(read.heard, identify(read.rows, []).rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--most", type=int, default=200_000, help="recordings at the end")
    most = parser.parse_args().most
    customers = people.customers(Random("cost"), A_DAY * 2, kin=0.05)
    customers = tuple(replace(one, short=None) for one in customers)
    first = day_of_calls(0, customers)
    sheet = sheet_of(first)
    reading = seconds(lambda: read_rows(sheet), 5)
    deciding = seconds(lambda: at_once(first), 5)
    print(
        f"a day of {A_DAY} recordings and rows: deciding takes {deciding / reading:.2f} times "
        f"the reading of its sheet ({deciding * 1000:.0f} and {reading * 1000:.0f} ms here)"
    )
    for count in (10 * A_DAY, 100 * A_DAY):
        if count > most:
            break
        days = joined([day_of_calls(number, customers) for number in range(count // A_DAY)])
        by_day = seconds(partial(decide, days), 1)
        cluster = seconds(partial(at_once, days), 1)
        fair = deciding * count / A_DAY
        print(
            f"{count} recordings over {count // A_DAY} days: {by_day / fair:.2f} times a day's "
            f"cost a recording day by day, {cluster / fair:.2f} times as one cluster"
        )


if __name__ == "__main__":
    main()
