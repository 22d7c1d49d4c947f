"""A month's calls against the plan, from the rule to every form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from rich.cells import cell_len

from archive.catalogue.customer_calls import CustomerCall
from audit.coverage import CREDIT, UNPLANNED, Coverage, Customer, Standing, cover, in_month
from audit.coverage_told import Telling, as_text, write
from audit.coverage_wording import to_do
from audit.periods import month_of
from config import calendar
from config.calendar import Calendar
from config.grades import DEFAULT_PLAN, Days, plan
from config.language import Words
from config.settings import Coverage as Planned
from tests.audit.days import AT, HOSTILE
from tests.audit.test_html import Page

PLANNED = Planned(plan(DEFAULT_PLAN, Path()))
NOVEMBER = month_of(date(2026, 11, 1))
OVER = date(2026, 12, 1)


def calls(
    *days: int,
    grade: str | None = "A",
    department: str | None = "法规部",
    name: str = "张三",
    reached: bool = True,
    recorded: bool = True,
) -> list[CustomerCall]:
    """Calls on these days of November; 0 is one of 12 October."""
    return [
        CustomerCall(
            customer=hash(name),
            name=name,
            day=date(2026, 11, day) if day else date(2026, 10, 12),
            collector="王芳",
            department=department,
            grade=grade,
            reached=reached,
            recorded=recorded,
        )
        for day in days
    ]


def of_november(of: Sequence[CustomerCall], today: date = OVER) -> Coverage:
    return cover(sorted(of, key=lambda call: call.day), PLANNED, NOVEMBER, today)


def one(of: Sequence[CustomerCall], today: date = OVER) -> Customer:
    (customer,) = of_november(of, today).customers
    return customer


@pytest.mark.parametrize(
    ("grade", "days", "today", "standing"),
    [
        ("A", [3], OVER, Standing.DONE),
        ("A", [7, 20], OVER, Standing.DONE),
        ("A", [8], OVER, Standing.OUTSIDE),
        ("A", [0], OVER, Standing.NOT_CALLED),
        ("A", [0], date(2026, 11, 7), Standing.DUE),
        ("A", [0], date(2026, 11, 8), Standing.NOT_CALLED),
        ("B", [7], date(2026, 11, 21), Standing.DUE),
        ("B", [7, 8], date(2026, 11, 8), Standing.DONE),
        ("B", [7, 22], date(2026, 11, 22), Standing.OUTSIDE),
        ("C", [21], OVER, Standing.DONE),
        ("D", [30], OVER, Standing.DONE),
        ("D", [0], date(2026, 11, 30), Standing.DUE),
        ("D", [0], OVER, Standing.NOT_CALLED),
        ("A", [0], date(2026, 10, 20), Standing.DUE),
        ("E", [3], OVER, Standing.UNPLANNED),
        (None, [3], OVER, Standing.UNPLANNED),
    ],
)
def test_legal_calls_each_grade_on_its_planned_days(
    grade: str | None, days: list[int], today: date, standing: Standing
) -> None:
    customer = one(calls(*days, grade=grade), today)
    assert customer.standing is standing
    group = UNPLANNED if standing is Standing.UNPLANNED else grade
    assert customer.group == group


@pytest.mark.parametrize(
    ("planned", "holiday", "worked", "expected"),
    [
        (Days(1, 7), 8, [], Days(1, 15)),  # it resumes on Friday the 9th
        (Days(1, 7), 8, [5], Days(1, 7)),
        (Days(1, 7), 6, [], Days(1, 7)),
        (Days(8, 21), 8, [], Days(8, 21)),
        (Days(24, 25), 8, [], Days(24, 27)),  # a weekend
        (Days(1, 31), 31, [], Days(1, 31)),
        (Days(25, 31), 30, [30], Days(25, 31)),
        (Days(31, 31), 8, [], Days(31, 31)),  # a Saturday, and no working day after it
    ],
)
def test_planned_days_on_which_nobody_works_last_on_as_long_from_the_first_that_is_worked(
    planned: Days, holiday: int, worked: list[int], expected: Days
) -> None:
    october = month_of(date(2026, 10, 1))
    off = (calendar.Days(october.first, october.first.replace(day=holiday)),)
    extra = frozenset(october.first.replace(day=day) for day in worked)
    ours = Calendar(holidays=off, extra_working_days=extra)
    assert in_month(planned, october, ours) == expected


def test_the_thirty_first_is_the_last_day_of_a_shorter_month_too() -> None:
    last = Planned((("A", Days(31, 31)),))
    (customer,) = cover(calls(30), last, NOVEMBER, OVER).customers
    assert customer.standing is Standing.DONE


@pytest.mark.parametrize(
    ("days", "today", "standing"),
    [
        ([3, 12], date(2026, 11, 12), Standing.DONE),
        ([3, 3], OVER, Standing.PARTLY),
        ([3], date(2026, 11, 30), Standing.DUE),
        ([0], OVER, Standing.NOT_CALLED),
    ],
)
def test_credit_calls_on_two_days_of_the_month(
    days: list[int], today: date, standing: Standing
) -> None:
    customer = one(calls(*days, department="信贷部", grade="A"), today)
    assert (customer.standing, customer.group) == (standing, CREDIT)


def test_the_latest_grade_said_counts_and_the_latest_department() -> None:
    moved = one(calls(0, grade="A") + calls(9, grade=None) + calls(10, grade="b类"))
    assert (moved.grade, moved.standing) == ("B", Standing.DONE)
    silent = one(calls(0, grade="B") + calls(9, grade=None, department=None))
    assert (silent.group, silent.department) == ("B", "法规部")
    handed_over = one(calls(3, department="信贷部") + calls(12, department="法规部", grade="C"))
    assert handed_over.group == "C"


def test_each_day_stands_once_with_what_came_of_it() -> None:
    customer = one(
        [
            *calls(3, reached=False, recorded=False),
            *calls(3, recorded=False),
            *calls(5),
            *calls(6, reached=False, recorded=False),
        ]
    )
    assert [day.day for day in customer.called] == [3, 5, 6]
    assert [day.day for day in customer.reached] == [3, 5]
    assert [day.day for day in customer.recorded] == [5]
    assert [day.day for day in customer.lacking] == [3]


def test_who_was_not_called_is_named_with_the_last_call_and_who_should() -> None:
    coverage = of_november(calls(0) + calls(3, name="李四", department="信贷部"))
    assert coverage.needs_a_person
    assert list(to_do(Words("en"), coverage)) == [
        "张三 was not called this month, the last time on 2026-10-12: have 王芳 call.",
        "李四 was called on 3 only, less than planned: have 王芳 call again.",
    ]
    nameless = cover([], PLANNED, NOVEMBER, OVER, nameless=2)
    assert "2 rows name no clear customer" in " ".join(to_do(Words("en"), nameless))
    assert not nameless.needs_a_person


def test_before_any_earlier_call_whoever_has_them_is_asked() -> None:
    stranger = Customer("张三", "A", "A", None, None, (), (), (), Days(1, 7), None,
                        Standing.NOT_CALLED)  # fmt: skip
    coverage = Coverage(NOVEMBER, OVER, 2, (stranger,), (), 0)
    (said,) = to_do(Words("en"), coverage)
    assert said == "张三 was not called this month: have whoever has them call."


def office() -> Coverage:
    """One of each standing."""
    return cover(
        sorted(
            [
                *calls(3, name="陈按时"),
                *calls(9, name="周计划外", recorded=False),
                *calls(0, name="吴未通话"),
                *calls(3, name="郑次数少", department="信贷部"),
                *calls(3, 20, name="冯信贷", department="信贷部", reached=False, recorded=False),
                *calls(3, name="褚无级", grade=None),
                *calls(0, name="卫待通话", grade="D"),
            ],
            key=lambda call: call.day,
        ),
        PLANNED,
        NOVEMBER,
        date(2026, 11, 30),
        1,
    )


def test_groups_are_counted() -> None:
    groups = {group.name: group for group in office().groups}
    assert list(groups) == ["A", "D", CREDIT, UNPLANNED]
    assert groups["A"].customers == 3
    assert [groups["A"].standings[x] for x in (Standing.DONE, Standing.OUTSIDE)] == [1, 1]
    assert (groups["A"].reached, groups["A"].recorded) == (2, 1)
    assert (office().planned, office().done) == (6, 2)


NAMES = ("陈按时", "周计划外", "吴未通话", "郑次数少", "冯信贷", "褚无级", "卫待通话")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_every_form_names_every_customer(form: str, language: str) -> None:
    said = as_text(office(), form, Telling("济南办", Words(language), AT))
    assert all(name in said for name in NAMES)


def test_as_json_keys_and_codes_are_the_same_in_every_language() -> None:
    told = [
        json.loads(as_text(office(), "json", Telling("济南办", Words(language), AT)))
        for language in ("zh", "en")
    ]
    assert told[0] == told[1]
    assert (told[0]["month"], told[0]["rows_without_customer"]) == ("2026-11", 1)
    (late,) = [one for one in told[0]["customers"] if one["customer"] == "周计划外"]
    assert late == {
        "customer": "周计划外", "group": "A", "grade": "A", "department": "法规部",
        "collector": "王芳", "standing": "outside", "planned_days": [1, 7],
        "called": ["2026-11-09"], "reached": ["2026-11-09"], "recorded": [],
        "last_call_before": None,
    }  # fmt: skip
    assert sum(group["not_called"] for group in told[0]["groups"]) == 1


def test_the_page_shows_days_and_what_lacks() -> None:
    page = Page(as_text(office(), "html", Telling("济南办", Words("en"), AT)))
    assert "✕ Customers were not called 2 / 6" in page.text
    assert "day 9: reached, no recording" in page.text
    assert "吴未通话 was not called this month" in page.text
    assert "script" not in page.tags
    assert not page.links
    assert page.html.count("sha256-") == 1


def test_a_month_without_customers_is_a_whole_page() -> None:
    empty = cover([], PLANNED, NOVEMBER, OVER)
    assert "0 / 0" in Page(as_text(empty, "html", Telling("", Words("en"), AT))).text
    assert "Customers with a plan: 0" in as_text(empty, "text", Telling("", Words("en"), AT))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str, tmp_path: Path) -> None:
    coverage = of_november(calls(0, name=name) + calls(3, name=f"{name}2"))
    how = Telling(name, Words("zh"), AT, width=60)
    said = as_text(coverage, "text", how)
    assert "\x1b" not in said
    assert all(cell_len(line) <= 60 for line in said.splitlines())
    assert "script" not in Page(as_text(coverage, "html", how)).tags
    write(coverage, "xlsx", tmp_path / "c.xlsx", how)
    for tab in openpyxl.load_workbook(tmp_path / "c.xlsx"):
        for row in tab.iter_rows():
            assert all(cell.data_type in ("s", "n", "d") for cell in row)


def test_as_xlsx_groups_are_the_summary_and_customers_a_tab(tmp_path: Path) -> None:
    path = tmp_path / "new" / "coverage.xlsx"
    write(office(), "xlsx", path, Telling("济南办", Words("en"), AT))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Customers"]
    heads, *rows = book["Customers"].iter_rows(values_only=True)
    assert heads is not None
    assert [row[0] for row in rows][:3] == ["吴未通话", "周计划外", "陈按时"]
    first = dict(zip(heads, rows[0], strict=True))
    assert first["Standing"] == "Not called"
    assert first["Last call before"] == datetime(2026, 10, 12)  # noqa: DTZ001 Excel knows no zones
    assert [one.name for one in path.parent.iterdir()] == ["coverage.xlsx"]


def test_a_file_holds_what_would_be_shown(tmp_path: Path) -> None:
    how = Telling("济南办", Words("zh"), AT)
    write(office(), "text", tmp_path / "c.txt", Telling("济南办", Words("zh"), AT, 40, colour=True))
    assert (tmp_path / "c.txt").read_text(encoding="utf-8") == as_text(office(), "text", how)
