"""What is found about the rows of sheets, on days that were really taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from audit.day import Severity
from tests.audit.offices import DAY, FIRST_LINE, SHEET, Row, SmallOffice, miui, oppo

CHEN, LIU = Row("陈建国", "15405381201"), Row("刘海燕", "15405381202")


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def lines(office: SmallOffice, code: str, day: date = DAY) -> list[int | None]:
    return [finding.line for finding in office.found(code, day)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (replace(CHEN, number=None), "联系方式"),
        (replace(CHEN, promised=None), "预计存款时间"),
        (replace(CHEN, location=None), "车辆位置"),
        (replace(CHEN, hours=None), "工作小时数"),
        (replace(CHEN, location="/"), "车辆位置"),
        (replace(CHEN, customer=None), "客户姓名"),
    ],
)
def test_a_blank_field_of_a_reached_customer_is_named(
    office: SmallOffice, row: Row, field: str
) -> None:
    office.sheet(Row("刘海燕", "15405381202"), row)
    office.take_in()
    (finding,) = office.found("incomplete_row")
    assert (finding.sheet, finding.line) == (SHEET, FIRST_LINE + 1)
    assert (finding.customer, finding.collector) == (row.customer, "王芳")
    assert finding.severity is Severity.WARNING
    assert f"没有填 {field}。" in finding.message


@pytest.mark.parametrize("at", [time(10, 0), None])
def test_a_call_that_stands_in_two_sheets_is_told_once(
    office: SmallOffice, at: time | None
) -> None:
    blank = replace(CHEN, at=at, location=None)
    office.sheet(blank)
    office.sheet(LIU, blank, source=f"{DAY}/汇总表.xlsx")
    office.take_in()
    (finding,) = office.found("incomplete_row")
    assert finding.customer == "陈建国"


@pytest.mark.parametrize(
    "other",
    [
        replace(CHEN, location=None, at=time(11)),
        replace(CHEN, location=None, hours=None),
        replace(CHEN, location=None, collector="李雷"),
        replace(CHEN, location=None, number="15405381209"),
    ],
)
def test_what_is_blank_of_another_call_or_besides_is_told_too(
    office: SmallOffice, other: Row
) -> None:
    office.sheet(replace(CHEN, location=None))
    office.sheet(other, source=f"{DAY}/汇总表.xlsx")
    office.take_in()
    assert len(office.found("incomplete_row")) == 2


def test_two_blank_rows_of_one_sheet_are_told_each(office: SmallOffice) -> None:
    blank = replace(CHEN, at=None, location=None)
    office.sheet(blank, blank)
    office.sheet(LIU, blank, blank, source=f"{DAY}/汇总表.xlsx")
    office.take_in()
    found = office.found("incomplete_row")
    assert len(found) == 2
    assert len({one.sheet for one in found}) == 1


def test_all_blank_fields_of_a_row_stand_in_one_finding(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path, language="en")
    office.sheet(replace(CHEN, promised=None, hours=None))
    office.take_in()
    (finding,) = office.found("incomplete_row")
    assert "these are blank: expected deposit date, working hours." in finding.message


def test_the_row_of_a_customer_who_was_not_reached_may_be_blank(office: SmallOffice) -> None:
    office.sheet(
        Row("陈建国", "15405381201", outcome="关机", promised=None, location=None, hours=None)
    )
    office.take_in()
    assert lines(office, "incomplete_row") == []


def test_a_promise_in_words_and_no_working_hours_are_no_blanks(office: SmallOffice) -> None:
    office.sheet(replace(CHEN, promised="等工程款"), replace(CHEN, hours=0))
    office.take_in()
    assert lines(office, "incomplete_row") == []


def test_a_column_that_the_sheet_does_not_have_is_no_blank_of_each_row(
    office: SmallOffice,
) -> None:
    office.sheet(CHEN, CHEN, without=["工作小时数"])
    office.take_in()
    assert lines(office, "incomplete_row") == []
    (finding,) = office.found("column_missing")
    assert "工作小时数" in finding.message


LEGAL = {
    "逾期原因": "工程款未到",
    "车辆位置": "济宁",
    "工程名称": "环城路三标",
    "工期": "6个月",
    "工程量": "3万方",
    "预计存款时间": DAY,
    "资金来源": "工程款",
}


@pytest.mark.parametrize("field", LEGAL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_blank_field_of_the_legal_departments_own_form_is_named(
    tmp_path: Path, field: str, language: str
) -> None:
    office = SmallOffice(tmp_path, language=language)
    office.own_sheet([LEGAL, LEGAL | {field: None}], department="法规部")
    office.take_in()
    (finding,) = office.found("incomplete_row")
    assert (finding.line, finding.customer) == (FIRST_LINE + 1, "客户2")
    if language == "zh":
        assert f"没有填 {field}。" in finding.message
    else:
        assert "these are blank: " in finding.message
        assert field not in finding.message


def test_each_department_is_held_to_its_own_form(office: SmallOffice) -> None:
    blank = LEGAL | {"工程名称": None}
    office.own_sheet(
        [
            blank | {"部门": "信贷部", "工作小时数": 8},
            blank | {"部门": "信贷部", "工作小时数": None},
            LEGAL | {"部门": "法规部", "工作小时数": None},
            blank | {"部门": "法规部", "工作小时数": 8},
        ]
    )
    office.take_in()
    said = [(one.line, one.message) for one in office.found("incomplete_row")]
    assert [line for line, _ in said] == [FIRST_LINE + 1, FIRST_LINE + 3]
    assert "没有填 工作小时数。" in said[0][1]
    assert "没有填 工程名称。" in said[1][1]


def test_columns_that_the_legal_form_lacks_are_named(office: SmallOffice) -> None:
    office.own_sheet([{key: LEGAL[key] for key in LEGAL if key != "工程量"}], department="法规部")
    office.take_in()
    (finding,) = office.found("column_missing")
    assert finding.message.endswith("工程量")


def test_a_cell_that_cannot_be_read_is_reported_with_its_words(office: SmallOffice) -> None:
    office.sheet(CHEN, replace(CHEN, number="1540538"))
    office.take_in()
    (finding,) = office.found("row_unreadable")
    assert (finding.sheet, finding.line) == (SHEET, FIRST_LINE + 1)
    assert "“1540538”" in finding.message


def test_a_row_that_names_nobody_is_reported(office: SmallOffice) -> None:
    office.sheet(CHEN, replace(CHEN, customer=None, number=None))
    office.take_in()
    assert lines(office, "row_unreadable") == [FIRST_LINE + 1]


def test_a_row_without_number_may_mean_either_of_two_namesakes(office: SmallOffice) -> None:
    office.sheet(Row("王伟", "15405381401"), Row("王伟", "15405381402"), Row("王伟", None))
    office.take_in()
    (finding,) = office.found("customer_unclear")
    assert (finding.customer, finding.line) == ("王伟", FIRST_LINE + 2)
    assert "请补填号码" in finding.message


def test_the_only_customer_of_a_name_needs_no_number_to_be_clear(office: SmallOffice) -> None:
    office.sheet(Row("王伟", "15405381401"), Row("王伟", None), Row("陈建国", None))
    office.take_in()
    assert lines(office, "customer_unclear") == []


@pytest.mark.parametrize("department", ["信贷部", "Credit department"])
@pytest.mark.parametrize("promised", [date(2026, 11, 17), date(2026, 12, 15)])
def test_a_credit_collector_may_not_grant_more_than_a_day(
    office: SmallOffice, department: str, promised: date
) -> None:
    on = date(2026, 11, 13)
    office.sheet(
        replace(CHEN, promised=promised),
        source=f"{on}/记录表.xlsx",
        day=on,
        department=department,
    )
    office.take_in()
    (finding,) = office.found("promise_beyond_authority", on)
    assert (finding.customer, finding.line) == ("陈建国", FIRST_LINE)
    assert f"{promised}" in finding.message
    assert "2026-11-16" in finding.message


@pytest.mark.parametrize(
    ("department", "on", "promised"),
    [
        ("信贷部", date(2026, 11, 13), date(2026, 11, 15)),
        ("信贷部", date(2026, 11, 16), date(2026, 11, 16)),
        ("信贷部", date(2026, 11, 16), None),
        ("信贷部", date(2026, 11, 17), date(2026, 11, 25)),  # overdue already: no grace to grant
        ("法规部", date(2026, 11, 16), date(2026, 11, 25)),
    ],
)
def test_what_a_collector_may_grant_is_no_finding(
    office: SmallOffice, department: str, on: date, promised: date | None
) -> None:
    office.sheet(
        replace(CHEN, promised=promised),
        source=f"{on}/记录表.xlsx",
        day=on,
        department=department,
    )
    office.take_in()
    assert len(office.report(on).calls) == 1
    assert lines(office, "promise_beyond_authority", on) == []


@pytest.mark.parametrize("at", [time(22, 0), time(23, 59), time(7, 59)])
def test_a_call_by_night_is_out_of_hours(office: SmallOffice, at: time) -> None:
    office.sheet(CHEN, replace(CHEN, at=at))
    office.take_in()
    (finding,) = office.found("call_out_of_hours")
    assert (finding.customer, finding.line) == ("陈建国", FIRST_LINE + 1)
    assert f"{at:%H:%M}" in finding.message


@pytest.mark.parametrize("at", [time(8, 0), time(21, 59), None])
def test_a_call_by_day_is_in_hours(office: SmallOffice, at: time | None) -> None:
    office.sheet(replace(CHEN, at=at))
    office.take_in()
    assert lines(office, "call_out_of_hours") == []


def test_the_recording_s_clock_counts_before_the_collector_s_hand(office: SmallOffice) -> None:
    office.record(miui("陈建国", "15405381201", time(22, 5)))
    office.record(miui("刘海燕", "15405381202", time(21, 55)))
    office.sheet(replace(CHEN, at=time(21, 30)), Row("刘海燕", "15405381202", at=time(22, 10)))
    office.take_in()
    assert lines(office, "call_out_of_hours") == [FIRST_LINE]


def test_a_second_recording_by_night_under_a_row_of_the_day_is_out_of_hours(
    office: SmallOffice,
) -> None:
    office.record(miui("陈建国", "15405381201", time(10, 0)))
    office.record(miui("陈建国", "15405381201", time(22, 5)))
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("call_out_of_hours")
    assert "22:05" in finding.message


def test_a_recording_without_time_leaves_it_to_the_sheet(office: SmallOffice) -> None:
    office.record("陈建国 15405381201.mp3")
    office.sheet(replace(CHEN, at=time(22, 30)))
    office.take_in()
    assert len(office.report().calls[0].recordings) == 1
    assert lines(office, "call_out_of_hours") == [FIRST_LINE]


def test_a_fourth_call_to_one_customer_is_too_many(office: SmallOffice) -> None:
    calls = [replace(CHEN, at=time(hour), outcome="未接") for hour in (9, 10, 11, 14)]
    office.sheet(*calls)
    office.take_in()
    (finding,) = office.found("too_many_calls")
    assert (finding.customer, finding.line) == ("陈建国", FIRST_LINE + 3)
    assert "4 次" in finding.message
    assert "3 次" in finding.message


@pytest.mark.parametrize(
    ("in_team", "expected"),
    [
        ([(9, "王芳"), (10, "王芳")], 0),
        ([(9, "王芳"), (10, "王芳"), (11, "李雷"), (12, "王芳")], 1),
        ([(9, "李雷"), (10, "李雷")], 1),  # at the same time, and by another collector
        ([(None, "王芳"), (None, "王芳")], 1),  # nothing tells that these are the same
    ],
)
def test_a_call_that_stands_in_the_teams_sheet_too_is_one(
    office: SmallOffice, in_team: list[tuple[int | None, str]], expected: int
) -> None:
    office.sheet(replace(CHEN, at=time(9)), replace(CHEN, at=time(10)))
    rows = [
        replace(CHEN, at=None if hour is None else time(hour), collector=collector)
        for hour, collector in in_team
    ]
    office.sheet(*rows, source=f"{DAY}/汇总表.xlsx")
    office.take_in()
    assert len(office.found("too_many_calls")) == expected


def test_three_calls_each_to_two_namesakes_are_allowed(office: SmallOffice) -> None:
    office.sheet(
        *(
            Row("王伟", number, time(9 + n))
            for number in ("15405381401", "15405381402")
            for n in range(3)
        ),
        Row(None, "15405389999"),
    )
    office.take_in()
    assert lines(office, "too_many_calls") == []


def test_calls_under_two_numbers_of_one_customer_are_counted_together(office: SmallOffice) -> None:
    office.sheet(
        Row("陈建国", "15405381201/15405381209"),
        Row("陈建国", "15405381201"),
        Row("陈建国", "15405381209"),
        Row("陈建国", "15405381209"),
    )
    office.record(oppo("陈建国"))
    office.take_in()
    assert lines(office, "too_many_calls") == [FIRST_LINE + 3]
