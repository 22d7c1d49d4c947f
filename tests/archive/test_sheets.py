"""Sheets and customers in the catalogue: which version counts, and whose folder is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import customers, sheets
from archive.catalogue.database import open_catalogue
from archive.layout import fold
from archive.records import NewRow, Sheet, SheetState
from config.language import Message
from tests.archive.small_archive import AT, DAY, SmallArchive, row, sha256, sheet

YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)


def counting(archive: SmallArchive, *days: date) -> list[str]:
    """The rows that count for these days, as `source:line`."""
    with archive.catalogue.transaction() as tx:
        found = sheets.rows_of_days(tx, days or [DAY])
    return [f"{one.sheet}:{one.said.line}" for one in found]


def listed(archive: SmallArchive, day: date = DAY) -> Sequence[Sheet]:
    with archive.catalogue.transaction() as tx:
        return sheets.sheets_of_day(tx, day)


def enter(archive: SmallArchive, new: sheets.NewSheet) -> frozenset[date]:
    with archive.catalogue.transaction() as tx:
        return sheets.enter(tx, new)


# What a sheet says


def test_a_row_comes_back_as_the_sheet_said_it(archive: SmallArchive) -> None:
    said = NewRow(
        key="sheet.xlsx|Sheet1|5",
        tab="Sheet1",
        line=5,
        day=DAY,
        collector="王芳",
        department="信用部",
        customer_name="张三",
        numbers=("13800138000", "053187654321"),
        called_at=datetime(2026, 11, 16, 10, 30, tzinfo=AT.tzinfo),
        precision="minute",
        reached=False,
        promised=TOMORROW,
        promised_text="明天",
        location="济南",
        hours="8小时",
        raw=(("客户姓名", "张三"), ("联系电话", "138 0013 8000")),
        problems=(Message.of("problems.date_unreadable", text="x"),),
    )
    (found,) = archive.enter(sheet(said, row(6, None, day=TOMORROW)))
    assert found.said == said
    assert (found.sheet, found.columns) == ("2026-11-16/王芳/sheet.xlsx", ("customer", "numbers"))
    assert found.customer is None
    with archive.catalogue.transaction() as tx:
        assert sheets.rows_by_id(tx, [found.id, 999]) == [found]
        assert sheets.rows_by_id(tx, []) == []
        (empty,) = sheets.rows_of_days(tx, [TOMORROW])
    assert (empty.said.customer_name, empty.said.numbers, empty.said.called_at) == (None, (), None)


def test_rows_come_in_the_order_of_their_sheets_tabs_and_lines(archive: SmallArchive) -> None:
    late = replace(row(1), key="b|Sheet2|1", tab="Sheet2")
    archive.enter(sheet(late, row(10), row(9), source="b.xlsx"))
    archive.enter(sheet(row(11), source="a.xlsx", contents=b"another"))
    assert counting(archive) == ["a.xlsx:11", "b.xlsx:9", "b.xlsx:10", "b.xlsx:1"]


def test_a_sheet_of_a_month_gives_each_day_its_rows(archive: SmallArchive) -> None:
    month = sheet(row(5, day=YESTERDAY), row(6), row(7, day=TOMORROW), source="m.xlsx")
    assert enter(archive, month) == {YESTERDAY, DAY, TOMORROW}
    assert counting(archive, YESTERDAY) == ["m.xlsx:5"]
    assert counting(archive, DAY, TOMORROW) == ["m.xlsx:6", "m.xlsx:7"]


# Which version counts


def test_a_corrected_sheet_replaces_the_old_one_and_bears_on_the_days_of_both(
    archive: SmallArchive,
) -> None:
    enter(archive, sheet(row(5, day=YESTERDAY), row(6)))
    touched = enter(archive, sheet(row(5), row(8, day=TOMORROW), contents=b"the second version"))
    assert touched == {YESTERDAY, DAY, TOMORROW}
    assert counting(archive, YESTERDAY, DAY) == ["2026-11-16/王芳/sheet.xlsx:5"]
    assert [one.sha256 for one in listed(archive)] == [sha256(b"the second version")]


def test_a_sheet_that_cannot_be_read_leaves_the_version_before_it_in_force(
    archive: SmallArchive,
) -> None:
    enter(archive, sheet(row(5)))
    problem = Message.of("problems.password_protected")
    broken = sheet(contents=b"?", state=SheetState.UNREADABLE, problems=(problem,))
    assert enter(archive, broken) == {DAY}
    assert counting(archive) == ["2026-11-16/王芳/sheet.xlsx:5"]
    assert [(one.state, one.problems) for one in listed(archive)] == [
        (SheetState.READ, ()),
        (SheetState.UNREADABLE, (problem,)),
    ]


def test_each_try_at_a_sheet_replaces_the_failed_one_before(archive: SmallArchive) -> None:
    for contents in (b"1", b"2", b"3"):
        enter(archive, sheet(contents=contents, state=SheetState.UNREADABLE))
    assert [one.sha256 for one in listed(archive)] == [sha256(b"3")]
    enter(archive, sheet(row(5), contents=b"4"))
    assert [(one.sha256, one.state) for one in listed(archive)] == [(sha256(b"4"), SheetState.READ)]


@pytest.mark.parametrize("state", [SheetState.READ, SheetState.DUPLICATE])
def test_a_version_that_is_entered_anew_is_still_followed_by_the_failed_one(
    archive: SmallArchive, state: SheetState
) -> None:
    enter(archive, sheet(contents=b"2", state=SheetState.DUPLICATE))
    enter(archive, sheet(contents=b"3", state=SheetState.UNREADABLE))
    enter(archive, sheet(contents=b"2", state=state))
    assert [(one.sha256, one.state) for one in listed(archive)] == [
        (sha256(b"3"), SheetState.UNREADABLE),
        (sha256(b"2"), state),
    ]


def test_a_copy_that_proves_to_be_unreadable_is_a_copy_no_more(archive: SmallArchive) -> None:
    enter(archive, sheet(contents=b"2", state=SheetState.DUPLICATE))
    enter(archive, sheet(contents=b"2", state=SheetState.UNREADABLE))
    assert [one.state for one in listed(archive)] == [SheetState.UNREADABLE]
    with archive.catalogue.transaction() as tx:
        assert sheets.copied(tx) == []


def test_an_old_version_that_is_back_sets_the_failed_one_aside(archive: SmallArchive) -> None:
    enter(archive, sheet(row(5)))
    enter(archive, sheet(contents=b"?", state=SheetState.UNREADABLE))
    enter(archive, sheet(source="other.xlsx", contents=b"!", state=SheetState.UNREADABLE))
    with archive.catalogue.transaction() as tx:
        there = sheets.standing(tx, "2026-11-16/王芳/sheet.xlsx", sha256(b"the first version"))
        assert there is not None
        sheets.bring_back(tx, there)
    assert [(one.source, one.state) for one in listed(archive)] == [
        ("2026-11-16/王芳/sheet.xlsx", SheetState.READ),
        ("other.xlsx", SheetState.UNREADABLE),
    ]


@pytest.mark.parametrize("state", [SheetState.READ, SheetState.DUPLICATE])
def test_a_report_under_a_sheets_name_leaves_the_sheet_in_force(
    archive: SmallArchive, state: SheetState
) -> None:
    rows = [row(5, day=YESTERDAY)] if state is SheetState.READ else []
    enter(archive, sheet(*rows, contents=b"calls", state=state))
    assert enter(archive, sheet(contents=b"report", state=SheetState.ANSWERS)) == {DAY}
    enter(archive, sheet(contents=b"filled in further", state=SheetState.ANSWERS))
    both = {(state, sha256(b"calls")), (SheetState.ANSWERS, sha256(b"filled in further"))}
    assert {(one.state, one.sha256) for one in listed(archive)} == both
    assert counting(archive, YESTERDAY) == [
        f"2026-11-16/王芳/sheet.xlsx:{one.line}" for one in rows
    ]
    enter(archive, sheet(contents=b"?", state=SheetState.UNREADABLE))
    enter(archive, sheet(contents=b"calls", state=SheetState.DUPLICATE))
    assert [one.state for one in listed(archive)] == [
        SheetState.ANSWERS,
        SheetState.UNREADABLE,
        SheetState.DUPLICATE,
    ]
    enter(archive, sheet(row(7), contents=b"other calls"))
    assert [one.state for one in listed(archive)] == [SheetState.READ]


@pytest.mark.parametrize("back", [b"calls", b"report"])
def test_bytes_that_are_back_set_aside_what_lies_over_them(
    archive: SmallArchive, back: bytes
) -> None:
    enter(archive, sheet(row(5), contents=b"calls"))
    enter(archive, sheet(contents=b"report", state=SheetState.ANSWERS))
    enter(archive, sheet(contents=b"?", state=SheetState.UNREADABLE))
    with archive.catalogue.transaction() as tx:
        there = sheets.standing(tx, "2026-11-16/王芳/sheet.xlsx", sha256(back))
        assert there is not None
        sheets.bring_back(tx, there)
    left = [b"calls"] if back == b"calls" else [b"calls", b"report"]
    assert [one.sha256 for one in listed(archive)] == [sha256(one) for one in left]
    assert counting(archive) == ["2026-11-16/王芳/sheet.xlsx:5"]


def test_the_same_bytes_are_found_under_the_name_that_counts(archive: SmallArchive) -> None:
    enter(archive, sheet(row(5), contents=b"a"))
    enter(archive, sheet(source="copy.xlsx", contents=b"a", state=SheetState.DUPLICATE))
    with archive.catalogue.transaction() as tx:
        first = sheets.same_bytes(tx, sha256(b"a"))
        assert first is not None
        assert (first.source, first.day, first.collector) == (
            "2026-11-16/王芳/sheet.xlsx",
            DAY,
            "王芳",
        )
        assert (first.arrived_at, first.columns) == (AT, ("customer", "numbers"))
        assert sheets.same_bytes(tx, sha256(b"b")) is None
        sheets.enter(tx, sheet(contents=b"b"))
        assert sheets.same_bytes(tx, sha256(b"a")) is None


# Customers


def test_a_customer_keeps_their_folder_and_gathers_numbers(archive: SmallArchive) -> None:
    id = archive.customer("张三", "13800138000", key="k")
    assert archive.customer("张三", "13900139000", "13800138000", key="k") == id
    assert archive.customer("张三", key="k") == id
    with archive.catalogue.transaction() as tx:
        assert customers.folder_of(tx, id) == "张三"
        (known,) = customers.by_ids(tx, [id])
    assert (known.id, known.key, known.name, known.folder) == (id, "k", "张三", "张三")
    assert known.numbers == {"13800138000", "13900139000"}


def test_namesakes_get_folders_of_their_own(archive: SmallArchive) -> None:
    people = [archive.customer("王伟", number) for number in ("15405381401", "15405381402")]
    people += [archive.customer("王伟", "99905381402"), archive.customer("王伟", key="without")]
    with archive.catalogue.transaction() as tx:
        folders = [customers.folder_of(tx, one) for one in people]
    assert folders == ["王伟", "王伟 (1402)", "王伟 (99905381402)", "王伟 (2)"]


NAMES = st.sampled_from(
    [
        "../..",
        "CON",
        "con",
        "ＣＯＮ",
        "张三",
        "张 三",
        "张三\u200b",
        "张三 (8000)",
        "..",
        "a",
        "A",
        "",
    ]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(NAMES | st.text(max_size=8), st.sampled_from(["", "13800138000"]))))
def test_no_two_customers_share_a_folder_on_any_file_system(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "customers.sqlite"
    path.unlink(missing_ok=True)
    catalogue = open_catalogue(f"sqlite:///{path}")
    with catalogue.transaction() as tx:
        folders = [
            customers.folder_of(
                tx, customers.register(tx, str(key), name, [number] if number else [])
            )
            for key, (name, number) in enumerate(people)
        ]
    catalogue.close()
    assert len({fold(folder) for folder in folders}) == len(people)


# Customers of earlier days


def named(archive: SmallArchive, new: sheets.NewSheet, customer: int) -> None:
    """Enters a sheet all of whose rows name one customer."""
    enter(archive, new)
    with archive.catalogue.transaction() as tx:
        for one in sheets.rows_of_days(tx, {said.day for said in new.rows}):
            sheets.name_customer(tx, one.id, customer)


def before(
    archive: SmallArchive,
    *,
    names: Sequence[str] = (),
    numbers: Sequence[str] = (),
    day: date = DAY,
) -> list[str]:
    with archive.catalogue.transaction() as tx:
        return [one.name for one in customers.named(tx, names, numbers, before=day)]


def test_customers_are_known_by_name_or_number_once_an_earlier_day_named_them(
    archive: SmallArchive,
) -> None:
    zhang = archive.customer("张三", "13800138000")
    archive.customer("李四", "13900139000")
    said = row(5, "张三", "13800138000", day=YESTERDAY)
    named(archive, sheet(said, day=YESTERDAY), zhang)
    assert before(archive, names=["张三", "李四"]) == ["张三"]
    assert before(archive, numbers=["13800138000", "13900139000"]) == ["张三"]
    assert before(archive, names=["张三"], numbers=["13800138000"]) == ["张三"]
    assert before(archive, names=["张三"], day=YESTERDAY) == []
    assert before(archive, names=["张"], numbers=["8000"]) == []
    assert before(archive) == []


def test_a_number_that_only_a_later_day_gives_is_not_known_before(archive: SmallArchive) -> None:
    zhang = archive.customer("张三", "13800138000", "13900139000")
    said = [row(5, "张三", "13800138000", day=YESTERDAY), row(6, "张三", "13900139000")]
    named(archive, sheet(*said, day=YESTERDAY), zhang)
    with archive.catalogue.reading() as tx:
        (known,) = customers.named(tx, ["张三"], [], before=DAY)
    assert known.numbers == {"13800138000"}
    assert before(archive, numbers=["13900139000"]) == []


def test_a_row_that_no_longer_counts_makes_nobody_known(archive: SmallArchive) -> None:
    zhang = archive.customer("张三")
    named(archive, sheet(row(5, day=YESTERDAY), day=YESTERDAY), zhang)
    enter(archive, sheet(day=YESTERDAY, contents=b"the second version"))
    assert before(archive, names=["张三"]) == []


def test_a_row_can_be_left_without_a_customer_again(archive: SmallArchive) -> None:
    zhang = archive.customer("张三")
    (entered,) = archive.enter(sheet(row(5)))
    for customer in (zhang, None):
        with archive.catalogue.transaction() as tx:
            sheets.name_customer(tx, entered.id, customer)
            (found,) = sheets.rows_by_id(tx, [entered.id])
        assert found.customer == customer
