from __future__ import annotations

from datetime import date

import pytest

from ingest.titles import Context, department_of, month_of_file, of_file, of_rows, of_tab, person

NEAR = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("stem", "day", "collector", "department"),
    [
        ("王芳11.16电话催收客户信息记录表", date(2026, 11, 16), "王芳", None),
        ("2026年11月14日电话催收客户信息记录表（李娜）", date(2026, 11, 14), "李娜", None),
        ("电话催收客户信息记录表-欧阳锋-1114", date(2026, 11, 14), "欧阳锋", None),
        ("法规部电话催收记录表20261114", date(2026, 11, 14), None, "法规部"),
        ("信贷部王芳催收日报14日(1)", date(2026, 11, 14), "王芳", "信贷部"),
        ("法规电话催收记录表11.14", date(2026, 11, 14), None, "法规部"),
        ("信用管理部11.14", date(2026, 11, 14), None, "信用管理部"),
        ("王芳、李娜11.14", date(2026, 11, 14), None, None),
        ("新建 Microsoft Excel 工作表", None, None, None),
        ("电话催收客户信息记录表 - 副本", None, None, None),
        ("通话明细汇总最终版", None, None, None),
    ],
)
def test_a_files_name(
    stem: str, day: date | None, collector: str | None, department: str | None
) -> None:
    assert of_file(stem, NEAR) == Context(day, collector, department)


@pytest.mark.parametrize(
    ("stem", "month"),
    [
        ("王芳11月催收记录", date(2026, 11, 1)),
        ("王芳12月催收记录", date(2025, 12, 1)),
        ("2025年3月", date(2025, 3, 1)),
        ("王芳11月16日", None),
        ("催收记录", None),
    ],
)
def test_a_months_workbook_lies_in_the_past_or_present(stem: str, month: date | None) -> None:
    assert month_of_file(stem, NEAR) == month


@pytest.mark.parametrize(
    ("tab", "month", "day"),
    [
        ("16", None, date(2026, 11, 16)),
        ("17", None, date(2026, 10, 17)),
        ("31", None, date(2026, 10, 31)),
        ("16号", date(2026, 3, 1), date(2026, 3, 16)),
        ("31", date(2026, 2, 1), None),
        ("11.14", None, date(2026, 11, 14)),
        ("11月14日 王芳", None, date(2026, 11, 14)),
        ("Sheet1", None, None),
        ("Sheet1 (2)", None, None),
        ("工作表1", None, None),
        ("11.14王芳", None, date(2026, 11, 14)),
        ("王芳11-14", None, date(2026, 11, 14)),
        ("1114", None, date(2026, 11, 14)),
        ("11.14 (2)", None, date(2026, 11, 14)),
        ("14日 (2)", None, date(2026, 11, 14)),
        ("14号下午", None, date(2026, 11, 14)),
        ("30号补", None, date(2026, 10, 30)),
        ("13-14", None, None),
        ("13日-14日", None, None),
        ("11.13-11.14", None, None),
        ("表1-2", None, None),
        ("2号楼", None, None),
    ],
)
def test_a_tabs_name(tab: str, month: date | None, day: date | None) -> None:
    assert of_tab(tab, NEAR, month).day == day


def test_title_rows_in_one_cell_or_in_several() -> None:
    said = Context(date(2026, 11, 14), "王芳", "信贷部")
    assert of_rows([["部门：信贷部 催收员：王芳 日期：2026年11月14日"]], NEAR) == said
    cells = ["部门:", "信贷部", None, "催收员", None, "王芳", "日期", "11.14"]
    assert of_rows([cells], NEAR) == said
    assert of_rows([["2026年11月14日信贷部电话催收记录"], ["催收人 王芳"]], NEAR) == said
    assert of_rows([[None, 5], ["日期：", date(2026, 11, 14)]], NEAR) == Context(said.day)


def test_titles_left_blank_or_saying_two_things_say_nothing() -> None:
    assert of_rows([["部门：", "催收员：", "日期：    年   月   日"]], NEAR) == Context()
    for collector in ("______", "王芳 李娜", "王芳、李娜"):
        assert of_rows([[f"催收员：{collector}"]], NEAR) == Context()
    assert of_rows([["11月14日"], ["11月15日"]], NEAR) == Context()


@pytest.mark.parametrize(
    ("said", "name"),
    [("王芳", "王芳"), ("王 芳", "王芳"), ("欧阳 锋", "欧阳锋"), ("王芳 李娜", None),
     ("王芳/李娜", None),
     ("John Smith", "John Smith"), ("赵小二毛", "赵小二毛"), ("12", None), ("", None)],
)  # fmt: skip
def test_a_collectors_name(said: str, name: str | None) -> None:
    assert person(said) == name


def test_what_is_nearer_to_the_call_outranks_what_is_farther() -> None:
    near, far = Context(NEAR, None, "信贷部"), Context(date(2026, 1, 1), "王芳", "法规部")
    assert near.over(far) == Context(NEAR, "王芳", "信贷部")


@pytest.mark.parametrize(
    ("source", "department"),
    [
        ("法规部/2026-11-16/记录表.xlsx", "法规部"),
        ("2026-11-16/法务/记录表.xlsx", "法务"),
        ("2026-11-16/信贷科 王芳/记录表.xlsx", "信贷科"),
        ("信贷部/法规部转来/记录表.xlsx", "法规部"),
        ("2026-11-16/Legal Department/log.xlsx", "Legal Department"),
        ("2026-11-16/王芳/法规部.xlsx", None),
        ("记录表.xlsx", None),
    ],
)
def test_the_department_whose_folder_a_sheet_lies_in(source: str, department: str | None) -> None:
    assert department_of(source) == department


def test_a_tab_of_a_department() -> None:
    assert of_tab("法规", NEAR, None).department == "法规"
    assert of_tab("信贷部", NEAR, None).department == "信贷部"
