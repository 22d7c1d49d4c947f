"""When recordings and the sheets of their rows came."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from archive.catalogue import arrivals
from archive.records import Recording, Row
from tests.archive.small_archive import AT, DAY, MATCHED, SmallArchive, row, sheet

SHEET = "2026-11-16/王芳/sheet.xlsx"
TWO_DAYS = timedelta(days=2)


def filed(archive: SmallArchive, contents: bytes, at: datetime, under: Row) -> Recording:
    held = archive.admit(contents, f"{contents.decode()}.mp3", now=at)
    customer = archive.customer(under.said.customer_name or "", *under.said.numbers)
    archive.rule(held, MATCHED, customer, under.id)
    return archive.move(archive.again(held), f"张三/2026-11-16/{contents.decode()}.mp3")


def came(archive: SmallArchive, on: int) -> list[tuple[str, int]]:
    with archive.catalogue.reading() as tx:
        found = arrivals.around(tx, DAY + timedelta(days=on))
    return [(one.source, one.row.said.line) for one in found]


def test_what_came_around_a_day_for_an_earlier_one_is_told(archive: SmallArchive) -> None:
    first, second = archive.enter(sheet(row(5, "张三", "1"), row(6, "李四", "2")))
    filed(archive, b"in time", AT, first)
    filed(archive, b"late", AT + TWO_DAYS, second)
    assert came(archive, 2) == [("late.mp3", 6)]
    assert came(archive, 0) == came(archive, 5) == []
    with archive.catalogue.reading() as tx:
        (late,) = arrivals.around(tx, DAY + TWO_DAYS)
    assert (late.arrived_at, late.row_arrived_at) == (AT + TWO_DAYS, AT)


def test_only_the_first_of_a_customer_on_a_day_is_told(archive: SmallArchive) -> None:
    first, again = archive.enter(sheet(row(5, "张三", "1"), row(6, "张三", "1")))
    filed(archive, b"in time", AT, first)
    filed(archive, b"second", AT + TWO_DAYS, again)
    assert came(archive, 2) == []


def test_what_is_held_is_not_told(archive: SmallArchive) -> None:
    archive.enter(sheet(row(5, "张三", "1")))
    archive.admit(b"held", "held.mp3", now=AT + TWO_DAYS)
    assert came(archive, 2) == []


def test_of_a_corrected_sheet_the_first_version_tells_when_it_came(archive: SmallArchive) -> None:
    archive.enter(sheet(row(5)))
    later = sheet(row(5), row(6), contents=b"corrected")
    archive.enter(replace(later, arrived_at=AT + TWO_DAYS))
    with archive.catalogue.reading() as tx:
        assert arrivals.first_of_sheets(tx, [SHEET, "no.xlsx"]) == {SHEET: AT}
        assert arrivals.first_of_sheets(tx, []) == {}
