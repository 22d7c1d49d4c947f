"""`callvault coverage`, from sheets that say grades to the exit code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from archive.catalogue import customer_calls
from archive.catalogue.database import open_catalogue
from commands.exit_codes import DONE, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import miui
from tests.desk import Desk

HEAD = "部门,客户姓名,联系方式,客户等级,通话时间,联系情况"
OCTOBER = """\
法规部,张三,13800000001,A类,2024-10-14 10:00,已接通
法规部,李四,13800000002,A类,2024-10-14 11:00,已接通
法规部,赵六,13800000004,D,2024-10-14 11:30,已接通"""
NOVEMBER = """\
法规部,张三,13800000001,A类,2024-11-05 10:00,已接通
法规部,张三,13800000001,,2024-11-05 15:00,无人接听
信贷部,王五,13800000003,,2024-11-05 11:00,已接通
法规部,,,B,2024-11-05 12:00,无人接听"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("coverage"))
    for day, rows in ((date(2024, 10, 14), OCTOBER), (date(2024, 11, 5), NOVEMBER)):
        content = f"{HEAD}\n{rows}\n".encode("utf-8-sig")
        desk.office.hand_over(f"{day}/王芳/记录表.csv", content)
    november = date(2024, 11, 5)
    desk.office.record(miui("张三", "13800000001", day=november), day=november)
    desk.run("ingest", "--as-of", "2026-11-16T16:30")
    return desk


def test_the_latest_month_is_held_against_the_plan(desk: Desk) -> None:
    told = desk.told("coverage")
    assert told["month"] == "2024-11"
    said = {one["customer"]: one for one in told["customers"]}
    assert (said["张三"]["standing"], said["张三"]["grade"]) == ("done", "A")
    assert said["张三"]["recorded"] == ["2024-11-05"]
    assert (said["李四"]["called"], said["李四"]["last_call_before"]) == ([], "2024-10-14")
    assert said["王五"]["group"] == "credit"


def test_a_month_in_which_nobody_was_forgotten_is_done(desk: Desk) -> None:
    result = desk.run("coverage", "--month", "2024-10")
    assert (result.exit_code, result.stderr) == (DONE, "")
    assert "October 2024" in result.stdout
    assert "赵六" in result.stdout


def test_by_an_own_plan(desk: Desk, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = desk.config.read_text(encoding="utf-8")
    text = text.replace("path = '", f"path = '{desk.config.parent}/")
    own.write_text(f'{text}[coverage]\nplan = {{ A = "1-3", D = "1" }}\n', encoding="utf-8")
    result = desk.run("--config", str(own), "coverage", "--month", "2024-10", "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == DONE
    assert {one["customer"]: one["standing"] for one in told["customers"]} == {
        "张三": "outside", "李四": "outside", "赵六": "outside",
    }  # fmt: skip


def test_holidays_are_the_offices_own(desk: Desk, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = desk.config.read_text(encoding="utf-8")
    text = text.replace("path = '", f"path = '{desk.config.parent}/")
    holidays = '[calendar]\nholidays = ["2024-11-01 to 2024-11-08"]\n'
    own.write_text(f"{text}{holidays}", encoding="utf-8")
    result = desk.run("--config", str(own), "coverage", "--month", "2024-11", "--format", "json")
    groups = {one["group"]: one for one in json.loads(result.stdout)["groups"]}
    assert groups["A"]["planned_days"] == [1, 17]


def test_who_was_not_called_in_a_month_that_is_over_needs_a_person(desk: Desk) -> None:
    result = desk.run("coverage", "--month", "2024-12", "--format", "json")
    told = json.loads(result.stdout)
    assert {one["customer"] for one in told["customers"]} == {"张三", "李四", "赵六", "王五"}
    assert {one["standing"] for one in told["customers"]} == {"not_called"}
    assert result.exit_code == NEEDS_A_PERSON


def test_customers_of_longer_ago_belong_to_a_month_no_more(desk: Desk) -> None:
    result = desk.run("coverage", "--month", "2025-02", "--format", "json")
    assert {one["customer"] for one in json.loads(result.stdout)["customers"]} == {"张三", "王五"}
    nobody = desk.run("coverage", "--month", "2025-06")
    assert "no customers" in nobody.stderr


def test_a_file_takes_the_place_of_stdout_and_xlsx_needs_one(desk: Desk, tmp_path: Path) -> None:
    assert desk.run("coverage", "--format", "xlsx").exit_code == WRONG_USE
    path = tmp_path / "coverage.html"
    result = desk.run("coverage", "--format", "html", "-o", str(path))
    assert result.stdout == ""
    assert "李四" in path.read_text(encoding="utf-8")


def test_rows_without_a_clear_customer_are_counted_and_are_nobodys(desk: Desk) -> None:
    catalogue = open_catalogue(desk.office.settings.catalogue.url)
    with catalogue.reading() as tx:
        first, last = date(2024, 11, 1), date(2024, 11, 30)
        assert customer_calls.nameless(tx, first, last) == 1
        found = customer_calls.between(tx, first, last)
    catalogue.close()
    assert [(one.name, one.grade, one.reached, one.recorded) for one in found] == [
        ("张三", "A类", True, True), ("王五", None, True, False), ("张三", None, False, False),
    ]  # fmt: skip
