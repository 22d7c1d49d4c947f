"""Sheets that were corrected: the report says which rows are others than when they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import NewRow
from audit.corrections import edits
from audit.day import Finding, Severity
from tests.audit.offices import (
    DAY,
    IN_TIME,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    ZONE,
    Row,
    SmallOffice,
)

CHEN = Row("陈建国", "15405381201", time(9, 12))
LIU = Row("刘海燕", "15405381202", time(9, 40))
WANG = Row("王伟", "15405381203", time(10, 15))


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path, language="en")


def hand_in(office: SmallOffice, *versions: Sequence[Row]) -> None:
    """Hands in one version after the other under one name, each taken in by a pass of its own."""
    for number, rows in enumerate(versions):
        office.sheet(*rows)
        office.take_in(IN_TIME + timedelta(hours=number))


def told(office: SmallOffice) -> list[tuple[str | None, int | None, str]]:
    """Customer, line and what was done, of each edited row."""
    return [
        (one.customer, one.line, one.message.partition("handed in. ")[2])
        for one in office.found("row_edited")
    ]


def test_a_sheet_that_was_only_saved_again_gives_no_finding(office: SmallOffice) -> None:
    hand_in(office, [CHEN, LIU], [CHEN, LIU])
    assert told(office) == []


def test_a_changed_remark_or_location_is_no_edit(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [replace(CHEN, location="兖州", hours=9, remark="再打")])
    assert told(office) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(CHEN, customer="陈建军"), 'customer was "陈建国", is "陈建军"'),
        (replace(CHEN, number="15405389999"), 'contact number was "15405381201", is "15405389999"'),
        (
            replace(CHEN, at=time(15, 30)),
            'time of the call was "2026-11-16 09:12", is "2026-11-16 15:30"',
        ),
        (replace(CHEN, at=None), 'time of the call was "2026-11-16 09:12", is "blank"'),
        (replace(CHEN, outcome="未接"), 'outcome was "reached", is "not reached"'),
        (
            replace(CHEN, promised="11月18日"),
            'expected deposit date was "2026-11-16", is "11月18日"',
        ),
        (replace(CHEN, promised=None), 'expected deposit date was "2026-11-16", is "blank"'),
    ],
)
def test_what_was_and_what_is_are_told(office: SmallOffice, after: Row, said: str) -> None:
    hand_in(office, [CHEN, LIU], [after, LIU])
    assert told(office) == [(after.customer, 3, said)]


def test_the_finding_names_the_row_as_a_spreadsheet_shows_it(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [replace(CHEN, outcome="未接")])
    assert [replace(one, id="") for one in office.found("row_edited")] == [
        Finding(
            code="row_edited",
            severity=Severity.INFO,
            message=f"{SHEET}, tab Sheet1, row 3 (陈建国): edited after the sheet had been handed "
            'in. outcome was "reached", is "not reached"',
            customer="陈建国",
            collector="王芳",
            sheet=SHEET,
            line=3,
            tab="Sheet1",
        )
    ]


def test_several_changes_of_a_row_are_one_finding(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [replace(CHEN, customer="陈建军", outcome="未接")])
    ((_, _, said),) = told(office)
    assert said == 'customer was "陈建国", is "陈建军", outcome was "reached", is "not reached"'


def test_a_row_that_was_added_says_what_it_holds(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [CHEN, replace(LIU, promised=None)])
    ((customer, line, said),) = told(office)
    assert (customer, line) == ("刘海燕", 4)
    assert said == (
        "the row was added: customer 刘海燕, contact number 15405381202, "
        "time of the call 2026-11-16 09:40, outcome reached"
    )


def test_a_row_that_was_taken_out_says_what_it_held(office: SmallOffice) -> None:
    hand_in(office, [CHEN, LIU], [CHEN])
    ((customer, line, said),) = told(office)
    assert (customer, line) == ("刘海燕", 4)
    assert said.startswith("the row was taken out; it said: customer 刘海燕, contact number 154")


def test_all_rows_taken_out_are_told(office: SmallOffice) -> None:
    hand_in(office, [CHEN, LIU], [])
    assert [customer for customer, _, _ in told(office)] == ["陈建国", "刘海燕"]


def test_lines_that_moved_are_no_edit(office: SmallOffice) -> None:
    hand_in(office, [CHEN, LIU], [WANG, LIU, CHEN])
    assert [(who, line) for who, line, _ in told(office)] == [("王伟", 3)]


def test_a_row_that_moved_and_changed_is_one_edit(office: SmallOffice) -> None:
    hand_in(office, [CHEN, LIU], [WANG, replace(CHEN, outcome="未接"), LIU])
    assert [(who, line) for who, line, _ in told(office)] == [("陈建国", 4), ("王伟", 3)]


def test_of_equal_calls_the_one_that_was_taken_out_is_told(office: SmallOffice) -> None:
    calls = [replace(CHEN, at=None, promised=f"11月{day}日") for day in (16, 17, 18)]
    hand_in(office, calls, [calls[0], calls[2]])
    ((_, line, said),) = told(office)
    assert line == 4
    assert "11月17日" in said


def test_between_first_and_present_version_every_detour_counts_once(office: SmallOffice) -> None:
    mistaken = replace(CHEN, customer="陈健国")
    hand_in(office, [mistaken], [replace(CHEN, customer="程建国")], [CHEN])
    assert told(office) == [("陈建国", 3, 'customer was "陈健国", is "陈建国"')]


@pytest.mark.parametrize(
    "between", [[replace(CHEN, customer="陈建军"), LIU], [LIU], [LIU, CHEN, WANG], []]
)
def test_a_version_that_is_taken_back_leaves_nothing_but_what_it_alone_had(
    office: SmallOffice, between: Sequence[Row]
) -> None:
    hand_in(office, [CHEN, LIU], between, [CHEN, LIU])
    assert [who for who, _, _ in told(office)] == (["王伟"] if WANG in between else [])


def test_the_same_promise_typed_in_another_way_is_no_edit(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [replace(CHEN, promised="2026年11月16日")])
    assert told(office) == []


def test_an_empty_form_that_is_filled_in_later_is_no_correction(office: SmallOffice) -> None:
    hand_in(office, [], [CHEN, LIU])
    assert told(office) == []


def test_an_unreadable_version_between_is_passed_over(office: SmallOffice) -> None:
    hand_in(office, [CHEN])
    office.hand_over(SHEET, b"no sheet")
    office.take_in(IN_TIME + timedelta(hours=1))
    assert told(office) == []
    hand_in(office, [replace(CHEN, outcome="未接")])
    assert [line for _, line, _ in told(office)] == [3]


def test_two_collectors_sheets_are_two_sheets(office: SmallOffice) -> None:
    for collector, row in (("王芳", CHEN), ("李强", LIU)):
        office.sheet(row, source=f"{DAY}/{collector}/记录表.xlsx")
    office.take_in()
    assert told(office) == []


def test_a_row_without_a_name_is_told_by_its_number(office: SmallOffice) -> None:
    nameless = replace(CHEN, customer=None)
    hand_in(office, [nameless], [replace(nameless, outcome="未接")])
    (finding,) = office.found("row_edited")
    assert "row 3 (15405381201):" in finding.message


def test_a_row_that_names_nobody_is_told_too(office: SmallOffice) -> None:
    nobody = replace(CHEN, customer=None, number=None)
    hand_in(office, [LIU, nobody], [LIU])
    (finding,) = office.found("row_edited")
    assert "row 4 (nobody named):" in finding.message


def test_in_chinese_the_finding_reads_well(office: SmallOffice) -> None:
    hand_in(office, [CHEN], [replace(CHEN, outcome="未接", promised=None)])
    report = office.report(language="zh")
    (finding,) = (one for one in report.findings if one.code == "row_edited")
    assert finding.message == (
        f"{SHEET} 的“Sheet1”第 3 行（陈建国）：交表之后有改动。"
        "联系情况由“已联系上”改为“未联系上”、预计存款时间由“2026-11-16”改为“空白”"
    )


def test_of_a_months_workbook_a_new_days_tab_is_no_correction_of_the_old_days(
    office: SmallOffice,
) -> None:
    month(office, {DAY: [CHEN]})
    office.take_in()
    month(office, {DAY: [CHEN], NEXT_DAY: [LIU, WANG]})
    office.take_in(NEXT_MORNING)
    assert [office.found("row_edited", day) for day in (DAY, NEXT_DAY)] == [[], []]
    month(office, {DAY: [CHEN], NEXT_DAY: [WANG]})
    office.take_in(NEXT_MORNING + timedelta(hours=1))
    assert office.found("row_edited", DAY) == []
    (finding,) = office.found("row_edited", NEXT_DAY)
    assert (finding.customer, finding.line) == ("刘海燕", 2)


def month(office: SmallOffice, days: dict[date, Sequence[Row]]) -> None:
    """Hands in a workbook with a tab for each day."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for day, rows in days.items():
        tab = book.create_sheet(f"{day.month}.{day.day}")
        tab.append(list(rows[0].cells()))
        for row in rows:
            tab.append(list(row.cells().values()))
    path = office.inbox / "11月催收记录.xlsx"
    book.save(path)
    office.touch(path.name, datetime.combine(DAY, time(12), ZONE))


# The comparison alone


def row(line: int, customer: str, number: str) -> NewRow:
    return NewRow(
        key=f"{SHEET}|Sheet1|{line}",
        tab="Sheet1",
        line=line,
        day=DAY,
        collector="王芳",
        department=None,
        customer_name=customer,
        numbers=(number,),
        called_at=None,
        precision=None,
        reached=True,
        promised=None,
        promised_text=None,
        location=None,
        hours=None,
        raw=(),
        problems=(),
    )


SHEETS = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("12")), max_size=6).map(
    lambda cells: [row(line, *each) for line, each in enumerate(cells, 3)]
)


@given(first=SHEETS, present=SHEETS)
def test_no_row_is_lost_or_told_twice(first: list[NewRow], present: list[NewRow]) -> None:
    found = list(edits([first, present]))
    was = [edit.was for edit in found if edit.was]
    now = [edit.now for edit in found if edit.now]
    assert len(set(was)) == len(was)
    assert len(set(now)) == len(now)
    assert len(first) - len(was) == len(present) - len(now)
    said = [sorted((one.customer_name, one.numbers) for one in rows) for rows in (first, present)]
    assert (found == []) == (said[0] == said[1])


@given(versions=st.lists(SHEETS, min_size=1, max_size=4))
def test_a_sheet_that_comes_back_to_its_first_version_has_only_lost_what_came_between(
    versions: list[list[NewRow]],
) -> None:
    for edit in edits([*versions, versions[0]]):
        assert edit.now is None
        assert edit.was not in versions[0]
