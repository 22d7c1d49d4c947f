"""Of which day and time a row is, and what was promised until when."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from config.language import Words
from matcher.evidence import Precision
from tests.ingest.written_sheets import DAY, SOURCE, TZ, Cells, Rows, keys, one, read, xlsx

SECOND = datetime(2026, 11, 14, 9, 5, 30)  # noqa: DTZ001  # Excel knows no time zones


def test_day_sources_in_their_order(tmp_path: Path) -> None:
    head, cells = ["姓名", "电话", "日期"], ["张三", "13812345678"]
    title = ["日期：2026-11-13"]

    def day(rows: Rows, tab: str, source: str) -> date:
        return read(xlsx(tmp_path, rows, tab=tab), source).rows[0].day

    assert day([title, head, [*cells, "11.12"]], "11.14", "王芳11.15.xlsx") == date(2026, 11, 12)
    assert day([title, head, cells], "11.14", "王芳11.15.xlsx") == date(2026, 11, 13)
    assert day([head, cells], "11.14", "王芳11.15.xlsx") == date(2026, 11, 14)
    assert day([head, cells], "Sheet1", "王芳11.15.xlsx") == date(2026, 11, 15)
    assert day([head, cells], "Sheet1", "王芳.xlsx") == DAY


@pytest.mark.parametrize(
    "line",
    ["11月14日", "11.14", "2026年11月14日 星期六", "以下为11月14日补录", "11月14日通话记录：",
     "日期：11月14日", datetime(2026, 11, 14)],  # noqa: DTZ001
)  # fmt: skip
@pytest.mark.parametrize("column", [0, 1])
def test_a_day_on_a_line_of_its_own_is_that_of_the_calls_below(
    tmp_path: Path, line: object, column: int
) -> None:
    rows: Cells = [
        ["序号", "姓名", "电话", "通话时间"],
        [1, "张三", "13812345678", "9:05"],
        [*[None] * column, line],
        [2, "李四", "13912345678", "9:15"],
        ["序号", "姓名", "电话", "通话时间"],
        [3, "王五", "13712345678", "9:25"],
        ["11月15日"],
        [4, "赵六", "13612345678", "9:35"],
    ]
    found = read(xlsx(tmp_path, rows)).rows
    told = [(row.customer, row.day.day) for row in found]
    assert told == [("张三", 16), ("李四", 14), ("王五", 14), ("赵六", 15)]


def test_a_day_on_a_line_of_its_own_outranks_a_date_above_and_one_in_a_row_outranks_it(
    tmp_path: Path,
) -> None:
    rows: Cells = [
        ["日期", "姓名", "电话"],
        ["11.12", "张三", "13812345678"],
        [None, "11月13日"],
        [None, "李四", "13912345678"],
        ["11.14", "王五", "13712345678"],
    ]
    assert [row.day.day for row in read(xlsx(tmp_path, rows)).rows] == [12, 13, 14]


@pytest.mark.parametrize("cell", ["张三11月14日", "以上为11月14日", "1-2", 14])
def test_what_is_not_plainly_a_day_is_none_of_the_calls_below(tmp_path: Path, cell: object) -> None:
    rows: Cells = [["姓名", "电话"], [cell], ["李四", "13912345678"]]
    assert read(xlsx(tmp_path, rows)).rows[-1].day == DAY


def test_a_promise_alone_in_its_row_is_no_day_of_the_calls_below(tmp_path: Path) -> None:
    rows: Cells = [["姓名", "电话", "预计存款时间"], [None, None, "11月14日"], ["李四", "139"]]
    promise, call = read(xlsx(tmp_path, rows)).rows
    assert (keys(promise), call.day) == (["row_unreadable"], DAY)


def test_a_bare_date_beside_the_calls_is_another_ones(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "日期", "沟通日期"], "张三", "2026-10-01", "2026-11-15")
    assert row.day == date(2026, 11, 15)


def test_a_full_time_states_the_rows_day(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "通话时间"], "张三", "1", SECOND)
    assert row.day == date(2026, 11, 14)
    assert row.called_at == datetime(2026, 11, 14, 9, 5, 30, tzinfo=TZ)
    assert row.precision is Precision.SECOND


def test_a_bare_time_is_completed_with_the_rows_day(tmp_path: Path) -> None:
    header = ["姓名", "日期", "通话时间"]
    row = one(tmp_path, header, "张三", date(2026, 11, 14), time(15, 20))
    assert row.called_at == datetime(2026, 11, 14, 15, 20, tzinfo=TZ)


def test_a_time_in_the_date_column_is_the_calls(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "跟进日期"], "张三", "1", "2026-11-14 09:05")
    assert (row.day, row.called_at) == (
        date(2026, 11, 14), datetime(2026, 11, 14, 9, 5, tzinfo=TZ),
    )  # fmt: skip
    row = one(tmp_path, ["姓名", "电话", "跟进日期"], "张三", "1", "2026-11-14")
    assert (row.day, row.called_at, row.precision) == (date(2026, 11, 14), None, None)


def test_a_date_in_the_time_column_is_known_to_the_day(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "通话时间"], "张三", "1", "11月14日")
    assert (row.called_at, row.precision) == (
        datetime(2026, 11, 14, tzinfo=TZ), Precision.DAY,
    )  # fmt: skip


def test_impossible_values_are_named_and_spoil_nothing_else(tmp_path: Path) -> None:
    header = ["姓名", "电话", "日期", "通话时间", "是否接通", "预计存款时间", "工作小时数"]
    cells = ["张三", "13812345678", "11月31日", "25:70", "再说", "有钱就存", date(2026, 8, 5)]
    row = one(tmp_path, header, *cells)
    assert (row.customer, row.numbers, row.day) == ("张三", ("13812345678",), DAY)
    assert (row.called_at, row.reached, row.promised) == (None, None, None)
    assert (row.promised_text, row.hours) == ("有钱就存", "2026-08-05")
    assert set(keys(row)) == {
        "date_unreadable", "time_unreadable", "outcome_unknown", "promise_unreadable",
        "hours_unreadable",
    }  # fmt: skip
    for language in ("zh", "en"):
        for problem in row.problems:
            said = Words(language).say(problem)
            assert dict(problem.values)["column"] in said
            assert dict(problem.values)["text"] in said
            assert "2" in said


def test_a_promise_that_was_not_given_is_no_problem(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "承诺日期"], "张三", "1", "无")
    assert (row.promised, row.promised_text, keys(row)) == (None, "无", [])
    row = one(tmp_path, ["姓名", "电话", "承诺日期"], "张三", "1", "——")
    assert (row.promised, row.promised_text) == (None, None)


# Days that cannot be a call's


@pytest.mark.parametrize(
    "written", ["2025年11月16日", "2026年11月20日", date(2025, 11, 16), "2023.11.5"]
)
def test_days_far_from_the_hand_off_are_told_once_for_the_sheet(
    tmp_path: Path, written: object
) -> None:
    header = ["日期", "姓名", "电话"]
    rows: Cells = [header, [written, "张三", "13812345678"], ["11月16日", "李四", "13812345679"]]
    sheet = read(xlsx(tmp_path, [*rows, [written, "王五", "13812345670"]]))
    assert [row.problems for row in sheet.rows] == [(), (), ()]
    (problem,) = sheet.problems
    for language in ("zh", "en"):
        said = Words(language).say(problem)
        assert f"Sheet1 2 ({sheet.rows[0].day})、Sheet1 4" in said
        assert "2026-11-16" in said


def test_of_many_far_days_the_first_are_told(tmp_path: Path) -> None:
    rows: Cells = [["2025-11-16", f"客户{number}", "13812345678"] for number in range(9)]
    (problem,) = read(xlsx(tmp_path, [["日期", "姓名", "电话"], *rows])).problems
    said = Words("en").say(problem)
    assert "Sheet1 6 (2025-11-16)…" in said
    assert "Sheet1 7" not in said


@pytest.mark.parametrize("written", ["11月17日", "11月1日", "2026年2月3日", None])
def test_days_of_a_months_or_a_quarters_sheet_are_near_enough(
    tmp_path: Path, written: object
) -> None:
    rows: Cells = [["日期", "姓名", "电话"], [written, "张三", "13812345678"]]
    assert read(xlsx(tmp_path, rows)).problems == ()


@pytest.mark.parametrize(
    "title",
    [
        "截至2026年10月31日逾期客户催收表",
        "客户承诺11月20日还款名单",
        "11月20日前应还款客户",
        "到期日期：2026.10.31",
        "11月13日至15日催收表",
        "11月13-15日催收表",
    ],
)
def test_a_title_of_other_or_several_days_says_no_calls_day(tmp_path: Path, title: str) -> None:
    table = [["姓名", "电话"], ["张三", "13812345678"]]
    for path, source in (
        (xlsx(tmp_path, [[title], *table]), SOURCE),
        (xlsx(tmp_path, table), f"2026-11-16/王芳/{title.replace('：', '')}.xlsx"),
    ):
        (row,) = read(path, source).rows
        assert row.day == DAY


@pytest.mark.parametrize(
    "made",
    [
        ["制表日期：2026年11月17日"],
        ["填表日期：11月17日", None, "制表人：李娜"],
        ["信贷部电话催收记录表", None, "制表日期", "2026-11-17"],
        ["打印时间：", datetime(2026, 11, 17, 8, 30)],  # noqa: DTZ001
        ["电话催收记录表（制表日期2026年11月17日）"],
        ["电话催收记录表 2026年11月17日填报"],
        ["电话催收记录表", None, "填表：2026.11.17"],
    ],
)
def test_the_day_on_which_a_sheet_was_made_is_weaker_than_every_other(
    tmp_path: Path, made: list[object]
) -> None:
    table = [["姓名", "电话"], ["张三", "13812345678"]]

    def told(rows: Cells, tab: str = "Sheet1", source: str = SOURCE) -> tuple[int, list[str]]:
        sheet = read(xlsx(tmp_path, [*rows, *table], tab=tab), source)
        return sheet.rows[0].day.day, [problem.key for problem in sheet.problems]

    assert told([made]) == (16, []), "the folder's"
    assert told([made], source="王芳/11.15记录表.xlsx") == (15, [])
    assert told([made], "11.14", "王芳/11.15记录表.xlsx") == (14, [])
    assert told([["日期：11月13日"], made], "11.14", "王芳/11.15记录表.xlsx") == (13, [])
    assert told([made, ["11月13日电话催收表"]], "11.14") == (13, [])
    assert told([["催收员：王芳", None, *made, None, "日期：11月13日"]]) == (13, [])


def test_where_no_other_day_is_told_a_sheet_is_of_the_day_on_which_it_was_made_and_says_so(
    tmp_path: Path,
) -> None:
    rows: Cells = [["制表日期：2026年11月15日"], ["日期", "姓名", "电话"]]
    undated = ["", "张三", "13812345678"]
    sheet = read(xlsx(tmp_path, [*rows, undated, ["11.14", *undated[1:]]]), "王芳/记录表.xlsx")
    assert [row.day.day for row in sheet.rows] == [15, 14]
    (problem,) = sheet.problems
    assert Words("en").say(problem).startswith('"Sheet1" tells no other day than that')
    same = read(xlsx(tmp_path, [*rows, undated]), "王芳/记录表.xlsx", day=date(2026, 11, 15))
    own = read(xlsx(tmp_path, [*rows, ["11.14", *undated[1:]]]), "王芳/记录表.xlsx")
    assert same.problems == own.problems == ()


def test_a_title_may_state_the_calls_day_beside_another(tmp_path: Path) -> None:
    title = "截至10月31日逾期客户 11月15日电话催收表"
    (row,) = read(xlsx(tmp_path, [[title], ["姓名", "电话"], ["张三", "13812345678"]])).rows
    assert row.day == date(2026, 11, 15)


def test_a_day_in_its_column_alone_holds_for_the_calls_below(tmp_path: Path) -> None:
    rows: Cells = [
        ["日期", "催收员", "客户", "电话"],
        ["11.15", "王芳", None, None],
        [None, None, "张三", "13812345678"],
        ["11.14", "李娜", "李四", "13912345678"],
        [None, "合计", 2, None],
    ]
    assert [row.day.day for row in read(xlsx(tmp_path, rows)).rows] == [15, 14]
