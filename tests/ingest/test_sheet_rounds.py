"""Sheets whose row holds several calls, or whose header has heads over several columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.written_sheets import Cells, keys, one, read, xlsx

WHO = ["姓名", "电话"]
ROUNDS = (
    [[*WHO, "第一次", None, "第二次", None], [None, None, "拨打时间", "结果", "拨打时间", "结果"]],
    [[*WHO, "第一次拨打时间", "第一次拨打结果", "第二次拨打时间", "第二次拨打结果"]],
    [[*WHO, "拨打时间1", "拨打结果1", "拨打时间2", "拨打结果2"]],
    [[*WHO, "拨打时间", "拨打结果", "拨打时间", "拨打结果"]],
    [[*WHO, "上午拨打时间", "上午拨打结果", "下午拨打时间", "下午拨打结果"]],
)


@pytest.mark.parametrize("header", ROUNDS)
def test_who_answered_in_any_of_several_rounds_was_reached(tmp_path: Path, header: Cells) -> None:
    rows: Cells = [
        *header,
        ["张三", "13812345678", "9:05", "未接", "10:05", "已接"],
        ["李四", "13912345678", "9:15", "关机", "10:15", "未接"],
        ["王五", "13712345678", "9:25", "已接", None, None],
    ]
    sheet = read(xlsx(tmp_path, rows))
    assert [row.customer for row in sheet.rows] == ["张三", "李四", "王五"]
    assert [row.reached for row in sheet.rows] == [True, False, True]
    times = [row.called_at and f"{row.called_at:%H:%M}" for row in sheet.rows]
    assert times == [None, None, "09:25"]
    assert [problem.key for problem in sheet.problems] == ["problems.several_rounds"]


def test_a_sheet_with_room_for_more_rounds_has_no_problem(tmp_path: Path) -> None:
    rows: Cells = [*ROUNDS[1], ["张三", "13812345678", "9:05", "未接"]]
    sheet = read(xlsx(tmp_path, rows))
    assert (sheet.rows[0].reached, sheet.problems) == (False, ())


def test_numbers_under_one_head_are_all_the_customers(tmp_path: Path) -> None:
    rows: Cells = [
        ["序号", "姓名", "联系方式", None, "催收情况", None, None],
        [None, None, "本人", "配偶", "时间", "结果", "内容"],
        [1, "张三", "13812345678", "13912345678", "9:05", "未接"],
    ]
    (row,) = read(xlsx(tmp_path, rows)).rows
    assert (row.line, row.customer, row.reached) == (3, "张三", False)
    assert row.numbers == ("13812345678", "13912345678")
    assert row.called_at is not None


@pytest.mark.parametrize(
    "call",
    [
        [None, None, "微信", "无电话", "9:05"],
        [None, None, "微信", "已接"],
        [None, None, "无", 1],
        ["王五", "王六"],
        [None, None, "微信", "微信二"],
    ],
)
def test_a_first_call_is_no_second_storey_of_the_header(tmp_path: Path, call: list[object]) -> None:
    head = ["客户姓名", None, "备注", None, "通话时间"]
    rows: Cells = [head, call, ["张三", None, None, None, "9:05"]]
    sheet = read(xlsx(tmp_path, rows))
    assert sheet.tabs[0].header_line == 1
    assert dict(sheet.tabs[0].columns)["customer"] == "客户姓名"
    assert sheet.rows[-1].customer == "张三"


@pytest.mark.parametrize("label", ["首次拨打时间", "开始时间", "外呼时间", "接通时间"])
def test_the_beginning_of_a_call_is_its_time_and_day(tmp_path: Path, label: str) -> None:
    row = one(
        tmp_path,
        [*WHO, label, "结束时间"],
        *("张三", "13812345678", "2026-11-15 9:05", "2026-11-15 9:07"),
    )
    assert f"{row.called_at:%d %H:%M}" == "15 09:05"
    assert row.day.day == 15


@pytest.mark.parametrize(("said", "reached"), [("是", True), ("否", None), ("未接通", False)])
def test_whom_the_customer_did_not_answer_somebody_else_may_have(
    tmp_path: Path, said: str, reached: bool | None
) -> None:
    row = one(tmp_path, [*WHO, "是否本人接听"], "张三", "13812345678", said)
    assert row.reached is reached
    assert keys(row) == (["outcome_unknown"] if reached is None else [])


def test_the_managers_name_is_no_customers(tmp_path: Path) -> None:
    row = one(tmp_path, ["客户经理姓名", "电话", "通话时间"], "王芳", "13812345678", "9:05")
    assert row.customer is None
