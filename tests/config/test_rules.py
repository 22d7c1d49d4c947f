"""The calendar and the office's rules as they are written in the settings."""

from __future__ import annotations

from datetime import UTC, date, time
from pathlib import Path

import pytest

from config.calendar import Calendar, Days
from config.forms import REQUIRABLE, required
from config.language import LANGUAGES, Words
from config.load import load
from config.quiet import Hours
from config.settings import CallRules, KeepRule, Retention, Settings, Sheet
from tests.config.settings_files import PATHS, fault, write


def loaded(folder: Path, text: str, **environment: str) -> Settings:
    return load(write(folder, PATHS + text), environment)


def test_without_them_all_is_as_the_law_and_the_trade_have_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "")
    assert settings.calendar == Calendar(frozenset({1, 2, 3, 4, 5}), (), frozenset())
    assert settings.handoff.off_due == "same_day"
    assert settings.rules == CallRules(Hours(time(8), time(22)), 3, 15, 1, 0, ())
    assert settings.sheet == Sheet((), (), ())


def test_all_that_is_stated_is_taken(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
[handoff]
off_due = "next_working_day"
[calendar]
working_days = "1-6"
holidays = ["2026-10-01 至 2026-10-08", "2027-1-1", 2027-05-01, "2027-02-05 to 2027-02-11"]
extra_working_days = ["2026-09-27", 2026-10-10]
[rules]
call_hours = "9：00 至 20:30"
calls_a_day = 2
due_day = 31
grace_days = 0
completeness_percent = 95
required = { credit = ["customer"], "门店" = ["numbers", "duration"] }
[sheet]
reached = ["已通知"]
not_reached = ["秒挂", " 家人代接 "]
""",
    )
    assert settings.handoff.off_due == "next_working_day"
    assert settings.calendar == Calendar(
        frozenset(range(1, 7)),
        (
            Days(date(2026, 10, 1), date(2026, 10, 8)),
            Days(date(2027, 1, 1), date(2027, 1, 1)),
            Days(date(2027, 5, 1), date(2027, 5, 1)),
            Days(date(2027, 2, 5), date(2027, 2, 11)),
        ),
        frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
    )
    assert settings.rules == CallRules(
        Hours(time(9), time(20, 30)),
        calls_a_day=2,
        due_day=31,
        grace_days=0,
        completeness_percent=95,
        required=(("credit", ("customer",)), ("门店", ("numbers", "duration"))),
    )
    assert settings.sheet == Sheet((), ("已通知",), ("秒挂", "家人代接"))


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ('"1-5, 7"', {1, 2, 3, 4, 5, 7}),
        ('"1~5、7"', {1, 2, 3, 4, 5, 7}),
        ('["1-3", 6]', {1, 2, 3, 6}),
        ("[1]", {1}),
    ],
)
def test_working_days_as_people_write_them(tmp_path: Path, said: str, days: set[int]) -> None:
    assert loaded(tmp_path, f"[calendar]\nworking_days = {said}\n").calendar.working_days == days


def test_they_can_be_set_from_the_environment(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "",
        CALLVAULT_CALENDAR_WORKING_DAYS="1-6",
        CALLVAULT_CALENDAR_HOLIDAYS="2026-10-01",
        CALLVAULT_CALENDAR_EXTRA_WORKING_DAYS='["2026-10-10"]',
        CALLVAULT_RULES_GRACE_DAYS="0",
        CALLVAULT_SHEET_NOT_REACHED='["秒挂"]',
    )
    assert settings.calendar.working_days == set(range(1, 7))
    assert settings.calendar.holidays == (Days(date(2026, 10, 1), date(2026, 10, 1)),)
    assert settings.calendar.extra_working_days == {date(2026, 10, 10)}
    assert settings.rules.grace_days == 0
    assert settings.sheet.not_reached == ("秒挂",)


@pytest.mark.parametrize(
    ("section", "line", "code"),
    [
        ("handoff", "off_due = 'later'", "not_one_of"),
        ("calendar", "working_days = ''", "empty"),
        ("calendar", "working_days = []", "not_weekdays"),
        ("calendar", "working_days = '0-5'", "not_weekdays"),
        ("calendar", "working_days = '5-1'", "not_weekdays"),
        ("calendar", "working_days = [true]", "not_weekdays"),
        ("calendar", "working_days = 5", "text_needed"),
        ("calendar", "holidays = ['国庆']", "not_a_date"),
        ("calendar", "holidays = ['2026-02-30']", "not_a_date"),
        ("calendar", "holidays = ['2026-10-08 至 2026-10-01']", "not_a_date"),
        ("calendar", "holidays = [2026-10-01T00:00:00]", "not_a_date"),
        ("calendar", "holidays = [7]", "not_a_date"),
        ("calendar", "extra_working_days = ['2026-10-01 至 2026-10-08']", "not_a_date"),
        ("rules", "call_hours = '08:00'", "not_quiet_hours"),
        ("rules", "calls_a_day = 0", "not_positive"),
        ("rules", "due_day = 32", "out_of_range"),
        ("rules", "due_day = '15'", "whole_number_needed"),
        ("rules", "grace_days = -1", "out_of_range"),
        ("rules", "grace_days = true", "whole_number_needed"),
        ("rules", "completeness_percent = 101", "out_of_range"),
        ("rules", "required = ['customer']", "required_needed"),
        ("rules", "required = { credit = 'customer' }", "required_needed"),
        ("rules", "required = { ' ' = ['customer'] }", "required_needed"),
        ("rules", "required = { credit = ['name'] }", "field_not_requirable"),
        ("rules", "required = { credit = [1] }", "field_not_requirable"),
        ("sheet", "reached = '接'", "list_needed"),
        ("sheet", "not_reached = ['']", "empty"),
        ("sheet", "reached = ['秒挂']\nnot_reached = ['秒挂']", "outcome_twice"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(
    tmp_path: Path, section: str, line: str, code: str
) -> None:
    problem = fault(write(tmp_path, f"{PATHS}[{section}]\n{line}\n"))
    assert (problem.message.key, problem.line) == (f"settings.{code}", 6)


@pytest.mark.parametrize(
    ("department", "fields"),
    [
        ("信贷部", ("customer",)),
        ("济宁门店一部", ("numbers",)),
        ("法规部", ("promised",)),
        (None, ("promised",)),
    ],
)
def test_the_first_rule_about_a_department_is_the_one_that_counts(
    department: str | None, fields: tuple[str, ...]
) -> None:
    own = (("门店", ("numbers",)), ("credit", ("customer",)), ("all", ("promised",)))
    assert required(department, ["works_name"], own) == fields


def test_a_department_without_a_rule_keeps_its_form() -> None:
    own = (("credit", ("customer",)), ("门店", ("numbers",)))
    assert required("法规部", ["works_name"], own) == required("法规部", ["works_name"])
    assert required(None, [], own) == required(None, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_can_be_asked_for_has_a_name(language: str) -> None:
    assert all(Words(language)(f"findings.field_{field}") for field in REQUIRABLE)


@pytest.mark.parametrize(
    ("years", "day", "last"),
    [
        (5, date(2031, 11, 17), date(2026, 11, 16)),
        (5, date(2032, 3, 1), date(2027, 2, 28)),
        (5, date(2033, 3, 1), date(2028, 2, 28)),
        (5, date(2033, 3, 2), date(2028, 3, 1)),
        (4, date(2032, 3, 1), date(2028, 2, 29)),
        (1, date(2027, 1, 1), date(2025, 12, 31)),
    ],
)
def test_whose_retention_is_over(years: int, day: date, last: date) -> None:
    retention = Retention(years)
    assert retention.over_before(day) == last
    assert retention.until(last, UTC).date() <= day
    assert retention.until(date.fromordinal(last.toordinal() + 1), UTC).date() > day


def test_of_the_rules_that_apply_the_longest_goes() -> None:
    rule = Retention(5, (("legal", 8), ("贷后", 6)), (("D", 10), ("B", 5)))
    everybody = KeepRule("years", "", 5)
    assert rule.applying((), ()) == everybody
    assert rule.applying(["信用部"], ["A"]) == everybody
    assert rule.applying(["信用部"], ["B"]) == everybody  # as long, and told more plainly
    assert rule.applying(["贷后管理部"], ()) == KeepRule("department", "贷后", 6)
    assert rule.applying(["贷后管理部", "法务部"], ["B"]) == KeepRule("department", "legal", 8)
    assert rule.applying(["法务部"], ["D", "A"]) == KeepRule("grade", "D", 10)
    assert KeepRule("grade", "D", 10).last_day(date(2016, 2, 29)) == date(2026, 3, 1)


def test_the_lock_of_a_store_ends_no_later_than_any_rule() -> None:
    rule = Retention(5, (("legal", 8),))
    last = rule.applying(["法务部"], ()).last_day(date(2026, 11, 16))
    assert rule.until(date(2026, 11, 16), UTC).date() <= last
