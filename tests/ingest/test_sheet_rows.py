"""Which rows of a sheet are calls, and which are totals, notes and repeated headers."""

from __future__ import annotations

import time as clock
from pathlib import Path

from config.language import Words
from tests.ingest.written_sheets import HEADER, ZHANG, Cells, keys, read, xlsx


def test_totals_signatures_notes_and_template_lines_are_no_calls(tmp_path: Path) -> None:
    rows: Cells = [
        HEADER,
        ZHANG,
        [2, None, None, "王芳"],
        [3, "/", "——", "王芳"],
        [None, "合 计", "1户", None, None, None, None, None, 8],
        [None, None, None, None, None, None, None, None, 128],
        ["制表：王芳", None, "审核：李经理", None, None, "日期：2026.11.17"],
        ["备注：1、接通的客户各项必填；2、未接通的注明原因"],
        [None, "以上客户均已按要求逐户打过电话并且录音。"],
    ]
    sheet = read(xlsx(tmp_path, rows))
    assert [row.line for row in sheet.rows] == [2]
    assert sheet.rows[0].problems == ()


def test_a_call_whose_words_begin_like_a_total_or_a_note_is_a_call(tmp_path: Path) -> None:
    header = ["序号", "姓名", "电话", "是否接通", "预计存款时间", "工程量", "备注", "沟通内容"]
    rows: Cells = [
        header,
        [1, "张三", "13812345678", "是", "11月20日", "共计2万方"],
        [2, "李四", None, "否", None, None, None, "说明：号码已换"],
        [3, "王五", "13712345678", "是", "日期：20号", None, "好", "总共欠3期"],
        [None, "合计", "3户", "是2", None, "共计2万方"],
        ["合计", "3", "3", "2"],
        ["王芳", None, None, None, None, None, None, "审核：李经理"],
    ]
    found = read(xlsx(tmp_path, rows)).rows
    assert [row.customer for row in found] == ["张三", "李四", "王五"]


def test_of_two_tables_side_by_side_the_left_is_read_and_the_right_is_told(tmp_path: Path) -> None:
    half = ["序号", "姓名", "电话", "通话时间"]
    left, right = [1, "张三", "13812345678", "9:05"], [2, "李四", "13912345678", "9:40"]
    for header, row, column in (
        ([*half, *half], [*left, *right], "E"),
        ([*half, None, *half, "备注"], [*left, None, *right, "13712345678"], "F"),
        ([*half, *half[1:]], [*left, *right[1:]], "E"),
        (["姓名", "电话", "姓名", "电话"], [*left[1:3], *right[1:3]], "C"),
    ):
        sheet = read(xlsx(tmp_path, [["电话催收记录表"], header, row]))
        assert [(row.customer, row.numbers) for row in sheet.rows] == [("张三", ("13812345678",))]
        told = [(problem.key, dict(problem.values)["column"]) for problem in sheet.problems]
        assert told == [("problems.table_beside", column)]
        assert not any("李四" in cells for cells in sheet.rows[0].raw)


def test_an_empty_table_beside_is_no_problem(tmp_path: Path) -> None:
    half = ["姓名", "电话", "通话时间"]
    sheet = read(xlsx(tmp_path, [[*half, *half], ["张三", "13812345678", "9:05"]]))
    assert (len(sheet.rows), sheet.problems) == (1, ())


def test_a_guarantor_headed_like_the_customer_is_of_the_same_row(tmp_path: Path) -> None:
    rows: Cells = [
        ["客户", None, "担保人", None, "结果"],
        ["姓名", "电话", "姓名", "电话", "是否接通"],
        ["张三", "13812345678", "李四", "13912345678", "是"],
    ]
    sheet = read(xlsx(tmp_path, rows))
    assert [row.numbers for row in sheet.rows] == [("13812345678", "13912345678")]
    assert sheet.problems == ()


def test_a_name_alone_and_a_number_alone_are_calls(tmp_path: Path) -> None:
    header = ["姓名", "电话", "备注"]
    sheet = read(xlsx(tmp_path, [header, ["张三"], [None, "13812345678"]]))
    assert [(row.customer, row.numbers) for row in sheet.rows] == [
        ("张三", ()), (None, ("13812345678",)),
    ]  # fmt: skip
    assert [keys(row) for row in sheet.rows] == [[], ["customer_missing"]]


def test_a_call_that_names_nobody_is_kept_and_noted(tmp_path: Path) -> None:
    nobody = [2, None, None, "王芳", "9:30", "已接通"]
    rows = read(xlsx(tmp_path, [HEADER, ZHANG, nobody])).rows
    assert [keys(row) for row in rows] == [[], ["row_unreadable"]]
    assert Words("zh").say(rows[1].problems[0]).startswith("工作表“Sheet1”第 3 行")


def test_a_repeated_header_is_no_call_and_a_new_table_has_its_own_columns(tmp_path: Path) -> None:
    rows: Cells = [
        ["催收员：王芳"],
        ["姓名", "电话", "通话时间"],
        ["张三", "13812345678", "9:05"],
        ["姓名", "电话", "通话时间"],
        ["李四", "13912345678", "9:15"],
        ["催收员：李娜"],
        ["电话", "姓名", "通话时间"],
        ["13712345678", "王五", "9:25"],
    ]
    found = read(xlsx(tmp_path, rows), collector=None).rows
    assert [(row.line, row.customer, row.collector) for row in found] == [
        (3, "张三", "王芳"), (5, "李四", "王芳"), (8, "王五", "李娜"),
    ]  # fmt: skip


def test_a_collector_on_a_line_of_their_own_has_the_calls_below(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话"],
        ["张三", "13812345678"],
        ["催收员：李娜"],
        ["李四", "13912345678"],
        ["催收员签字：赵敏"],
        ["王五", "13712345678"],
    ]
    found = read(xlsx(tmp_path, rows)).rows
    assert [row.collector for row in found] == ["王芳", "李娜", "李娜"]


def test_a_sheet_without_calls_says_so(tmp_path: Path) -> None:
    sheet = read(xlsx(tmp_path, [HEADER]))
    assert sheet.rows == ()
    assert [problem.key for problem in sheet.problems] == ["problems.no_calls"]


def test_two_thousand_rows_take_well_under_a_second(tmp_path: Path) -> None:
    rows: Cells = [
        [n, f"张{chr(0x4E00 + n)}", f"138{n:08}", *ZHANG[3:-1], f"第{n}位客户"]
        for n in range(2_000)
    ]
    path = xlsx(tmp_path, [HEADER, *rows])
    start = clock.process_time()
    assert len(read(path).rows) == 2_000
    assert clock.process_time() - start < 3  # 0.4 s without a tracer


def test_rates_counts_and_section_lines_between_calls_are_no_customers(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "通话时间"],
        ["一、已接通"],
        ["张三", "13812345678", "9:05"],
        ["11月15日小计", 1],
        ["接通率", "50%"],
        ["未接数", 2, "3"],
        ["共2户"],
        ["本月累计", 2],
        ["（二）未接通"],
        ["李四", "13912345678", "9:15"],
    ]
    assert [row.customer for row in read(xlsx(tmp_path, rows)).rows] == ["张三", "李四"]


def test_a_second_table_is_read_by_its_own_heads(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "通话时间", "是否接通"],
        ["张三", "13812345678", "9:05", "是"],
        ["未接通客户名单"],
        ["序号", "客户", "号码", "原因"],
        [1, "李四", "13912345678", "关机"],
    ]
    first, second = read(xlsx(tmp_path, rows)).rows
    assert (second.customer, second.numbers) == ("李四", ("13912345678",))
    assert (first.reached, second.reached) == (True, None)  # it says nothing of outcomes


def test_titles_that_are_repeated_on_each_page_are_no_customers(tmp_path: Path) -> None:
    header = ["姓名", "电话", "通话时间"]
    rows: Cells = [
        ["催收记录 11月14日"], header, ["张三", "13812345678", "9:05"],
        ["催收记录 11月15日"], header, ["李四", "13912345678", "9:05"],
        ["11.13"], ["催收员：李娜"], header, ["王五", "13712345678", "9:05"],
        ["赵六"], header,
    ]  # fmt: skip
    found = read(xlsx(tmp_path, rows)).rows
    assert [(row.customer, row.day.day, row.collector) for row in found] == [
        ("张三", 14, "王芳"),
        ("李四", 15, "王芳"),
        ("王五", 13, "李娜"),
        ("赵六", 13, "李娜"),
    ]


def test_a_call_in_merged_cells_over_two_rows_is_one(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "通话时间", "是否接通", "机型"],
        ["张三", "13812345678", "9:05", "是", "小松200"],
        [None, None, None, None, "卡特320"],
        ["李四", "13912345678", "9:15", "否"],
        [None, None, "9:25", "是"],
        ["王五", "13712345678", "9:35", "否"],
        [None, None, None, "是"],
    ]
    merged = ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "A4:A5", "B4:B5", "A6:A7", "B6:B7", "C6:C7")
    found = read(xlsx(tmp_path, rows, *merged)).rows
    assert [(row.line, row.customer, row.reached) for row in found] == [
        (2, "张三", True),
        (4, "李四", False),
        (5, "李四", True),
        (6, "王五", False),
        (7, "王五", True),
    ]
