from __future__ import annotations

import csv
import io
import time as clock
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlwt

from config.language import Words
from ingest.sheet import Sheet, SheetRow, read_sheet
from ingest.workbook import SheetError
from matcher.evidence import Precision

Rows = Iterable[Sequence[object]]
Cells = list[Sequence[object]]
TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
SECOND = datetime(2026, 11, 14, 9, 5, 30)  # noqa: DTZ001  # Excel knows no time zones
SOURCE = "2026-11-16/王芳/电话催收客户信息记录表.xlsx"
HEADER = ["序号", "客户姓名", "联系电话", "催收员", "通话时间", "是否接通", "预计存款时间",
          "车辆位置", "工作小时数", "备注"]  # fmt: skip
ZHANG = [1, "张三", "13812345678", "王芳", "9:05", "已接通", "11月20日", "济南", 8, None]


def xlsx(tmp_path: Path, rows: Rows, *merges: str, tab: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = tab
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    path = tmp_path / "sheet.xlsx"
    book.save(path)
    return path


def read(
    path: Path, source: str = SOURCE, collector: str | None = "王芳", day: date = DAY
) -> Sheet:
    return read_sheet(path, source, TZ, day, collector)


def one(tmp_path: Path, header: Sequence[str], *cells: object) -> SheetRow:
    sheet = read(xlsx(tmp_path, [header, cells]))
    assert len(sheet.rows) == 1
    return sheet.rows[0]


def keys(row: SheetRow) -> list[str]:
    return [problem.key.removeprefix("problems.") for problem in row.problems]


def csv_file(tmp_path: Path, rows: Rows, encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


# --- a plain sheet ------------------------------------------------------------------------------


def test_a_plain_sheet_is_read_whole(tmp_path: Path) -> None:
    sheet = read(xlsx(tmp_path, [HEADER, ZHANG]))
    (row,) = sheet.rows
    assert sheet.problems == ()
    assert row == SheetRow(
        line=2,
        tab="Sheet1",
        day=DAY,
        collector="王芳",
        department=None,
        customer="张三",
        numbers=("13812345678",),
        misread=(),
        called_at=datetime(2026, 11, 16, 9, 5, tzinfo=TZ),
        precision=Precision.MINUTE,
        reached=True,
        promised=date(2026, 11, 20),
        promised_text="11月20日",
        location="济南",
        hours="8",
        raw=(
            ("序号", "1"), ("客户姓名", "张三"), ("联系电话", "13812345678"), ("催收员", "王芳"),
            ("通话时间", "9:05"), ("是否接通", "已接通"), ("预计存款时间", "11月20日"),
            ("车辆位置", "济南"), ("工作小时数", "8"),
        ),
        problems=(),
    )  # fmt: skip


def test_columns_that_were_found_are_named(tmp_path: Path) -> None:
    sheet = read(
        xlsx(tmp_path, [["姓名", "电话", "客户等级", "催收对象"], ["张三", "13812345678"]])
    )
    assert sheet.columns == ("customer", "numbers", "grade", "whom")


def test_a_customers_grade_is_kept_as_it_is_said(tmp_path: Path) -> None:
    header = ["姓名", "电话", "客户等级"]
    rows: Cells = [header, ["张三", "13812345678", "A类"], ["李四", "13812345679", None]]
    sheet = read(xlsx(tmp_path, rows))
    assert [row.further for row in sheet.rows] == [(("grade", "A类"),), ()]


def test_title_rows_push_the_header_down(tmp_path: Path) -> None:
    rows: Cells = [
        ["电话催收客户信息记录表"],
        ["部门：信贷部", None, "催收员：李娜", None, "日期：2026年11月14日"],
        ["客户 姓名", "联系\n方式", "预计存款\n时间（必填）"],
        ["张 三", "138 1234 5678", "20号前"],
    ]
    (row,) = read(xlsx(tmp_path, rows, "A1:J1")).rows
    assert (row.line, row.customer, row.numbers) == (4, "张三", ("13812345678",))
    assert (row.collector, row.department, row.day) == ("李娜", "信贷部", date(2026, 11, 14))
    assert (row.promised, row.promised_text) == (date(2026, 11, 20), "20号前")
    assert row.raw == (("客户姓名", "张 三"), ("联系方式", "138 1234 5678"),
                       ("预计存款时间（必填）", "20号前"))  # fmt: skip


def test_title_values_beside_their_labels(tmp_path: Path) -> None:
    rows: Cells = [
        ["部门", "法务部", "催收员", "王 芳", "日期", date(2026, 11, 14)],
        ["姓名", "电话"],
        ["张三", "13812345678"],
    ]
    (row,) = read(xlsx(tmp_path, rows), collector=None).rows
    assert (row.collector, row.department, row.day) == ("王芳", "法务部", date(2026, 11, 14))


def test_leading_empty_rows_and_columns_keep_the_line_a_spreadsheet_shows(tmp_path: Path) -> None:
    blank: list[object] = []
    rows: Cells = [blank, blank, [None, "姓名", "电话"], blank, [None, "张三", 13812345678]]
    (row,) = read(xlsx(tmp_path, rows)).rows
    assert (row.line, row.customer, row.numbers) == (5, "张三", ("13812345678",))


def test_a_header_in_two_storeys(tmp_path: Path) -> None:
    rows: Cells = [
        ["序号", "客户信息", None, "催收员", "催收情况", None],
        [None, "姓名", "电话", None, "通话时间", "联系结果"],
        [1, "张三", "13812345678", "李娜", "10:30", "无人接听"],
    ]
    (row,) = read(xlsx(tmp_path, rows, "B1:C1", "D1:D2", "E1:F1")).rows
    assert (row.customer, row.collector, row.reached) == ("张三", "李娜", False)
    assert row.called_at == datetime(2026, 11, 16, 10, 30, tzinfo=TZ)


def test_a_header_whose_second_storey_details_the_first(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "催收情况", None],
        [None, None, "通话时间", "联系结果"],
        ["张三", "13812345678", "10:30", "无人接听"],
    ]
    (row,) = read(xlsx(tmp_path, rows, "C1:D1")).rows
    assert (row.line, row.reached, row.problems) == (3, False, ())


def test_the_legal_departments_sheet_keeps_its_own_columns(tmp_path: Path) -> None:
    rows: Cells = [
        ["法规部电话催收记录表"],
        ["客户姓名", "电话/地址", "逾期原因", "工程名称", "设备所在地", "承诺日期", "资金来源"],
        ["张三", "139 1234 5678/0531-87654321\n济南市历城区", "工程款未到", "济南地铁", "济南",
         "2026.11.25", "工程款"],
    ]  # fmt: skip
    (row,) = read(xlsx(tmp_path, rows), "2026-11-16/赵强/法规部.xlsx", None).rows
    assert row.department == "法规部"
    assert row.numbers == ("13912345678", "053187654321")
    assert (row.location, row.promised) == ("济南", date(2026, 11, 25))
    assert ("逾期原因", "工程款未到") in row.raw
    assert ("工程名称", "济南地铁") in row.raw


# --- which rows are calls -----------------------------------------------------------------------


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


def test_a_sheet_without_calls_says_so(tmp_path: Path) -> None:
    sheet = read(xlsx(tmp_path, [HEADER]))
    assert sheet.rows == ()
    assert [problem.key for problem in sheet.problems] == ["problems.no_calls"]


# --- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张三", "张三"), ("张　三", "张三"), ("张三（本人）", "张三"), ("张三(配偶)", "张三"),
        ("张三 机主", "张三"), ("张三配偶", "张三"), ("张三(章丘)", "张三(章丘)"),
        ("欧阳 锋", "欧阳锋"), ("老张", "老张"),
        ("济南ABC工程机械有限公司", "济南ABC工程机械有限公司"),
        ("John Smith", "John Smith"), ("买买提·艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"), ("䶮䶮", "䶮䶮"),
    ],
)  # fmt: skip
def test_a_customers_name_is_cleaned_of_what_is_no_name(
    tmp_path: Path, cell: str, name: str
) -> None:
    assert one(tmp_path, ["姓名", "电话"], cell, "13812345678").customer == name


def test_a_text_that_is_too_long_for_a_name_is_cut_and_noted(tmp_path: Path) -> None:
    long, longest = "张" * 201, "李" * 200
    row = one(tmp_path, ["姓名", "电话"], long, "13800138000")
    assert (row.customer, keys(row)) == (long[:200], ["customer_long"])
    assert Words("zh").say(row.problems[0]).startswith("工作表“Sheet1”第 2 行“姓名”以“张张")
    row = one(tmp_path, ["姓名", "电话"], longest, "13800138000")
    assert (row.customer, keys(row)) == (longest, [])


def test_a_number_in_the_names_cell_counts(tmp_path: Path) -> None:
    row = one(tmp_path, ["客户姓名/电话", "催收员"], "张三 13812345678", "王芳")
    assert (row.customer, row.numbers) == ("张三", ("13812345678",))


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (13812345678, ("13812345678",)),
        (13812345678.0, ("13812345678",)),
        ("138 1234 5678", ("13812345678",)),
        ("１３８１２３４５６７８", ("13812345678",)),
        ("13812345678、13912345678；13712345678", ("13812345678", "13912345678", "13712345678")),
        ("13812345678\n0531-87654321", ("13812345678", "053187654321")),
    ],
)
def test_numbers_as_people_type_them(
    tmp_path: Path, cell: object, numbers: tuple[str, ...]
) -> None:
    row = one(tmp_path, ["姓名", "电话"], "张三", cell)
    assert (row.numbers, row.problems) == (numbers, ())


def test_numbers_of_further_columns_and_of_the_remark_follow(tmp_path: Path) -> None:
    header = ["姓名", "联系电话", "配偶电话", "业务员电话", "身份证号码", "备注"]
    cells = ["张三", "13812345678", "13912345678", "13000000000", "370102198001011234",
             "换号 13712345678，原号 13812345678 停机"]  # fmt: skip
    assert one(tmp_path, header, *cells).numbers == ("13812345678", "13912345678", "13712345678")


def test_a_number_with_a_digit_too_few_is_noted_and_the_others_count(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话"], "张三", "13812345678/1391234567")
    assert row.numbers == ("13812345678",)
    assert keys(row) == ["number_unreadable"]
    assert row.misread == ("1391234567",)
    for written in ("1391234567", "139 1234 567", "+861391234567"):
        assert one(tmp_path, ["姓名", "电话"], "张三", written).misread == ("1391234567",)
    for digits in ("139123456789", "0535485928", "0537548592812"):
        assert one(tmp_path, ["姓名", "电话"], "张三", digits).misread == (digits,)
    assert keys(one(tmp_path, ["姓名", "电话"], "张三", "1391234567")) == ["number_unreadable"]
    assert keys(one(tmp_path, ["姓名", "电话"], "张三", "微信联系")) == []
    second = one(tmp_path, ["姓名", "电话", "联系电话2"], "张三", "13812345678", "1391234567")
    assert dict(second.problems[0].values)["column"] == "联系电话2"


def test_lost_digits_are_noted_and_never_guessed(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [["姓名", "电话"], ["张三", "1.38E+10"], ["李四", "13912345678"]])
    lost, kept = read(path).rows
    assert (lost.numbers, keys(lost)) == ((), ["digits_lost"])
    assert kept.numbers == ("13912345678",)
    said = Words("zh").say(lost.problems[0])
    assert "第 2 行" in said
    assert "“电话”" in said
    assert "1.38E+10" in said
    assert keys(one(tmp_path, ["姓名", "电话"], "王五", 1381234567813912345678)) == ["digits_lost"]


# --- when ---------------------------------------------------------------------------------------


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


# --- outcome ------------------------------------------------------------------------------------


def test_a_blank_outcome_is_unknown_and_no_outcome_column_means_reached(tmp_path: Path) -> None:
    assert one(tmp_path, ["姓名", "是否接通", "电话"], "张三", None, "1").reached is None
    assert one(tmp_path, ["姓名", "是否接通", "电话"], "张三", None, "1").problems == ()
    assert one(tmp_path, ["姓名", "电话"], "张三", "1").reached is True


# --- as above, merged ---------------------------------------------------------------------------


@pytest.mark.parametrize("ditto", ["同上", '"', "〃", "″"])
def test_ditto_takes_the_cell_above(tmp_path: Path, ditto: str) -> None:
    header = ["日期", "催收员", "姓名", "电话", "预计存款时间"]
    rows: Cells = [
        header,
        ["11.14", "李娜", "张三", "13812345678", "11月20日"],
        [ditto, ditto, "李四", ditto, ditto],
        [ditto, ditto, "王五", "13912345678", None],
    ]
    _, second, third = read(xlsx(tmp_path, rows)).rows
    assert (second.day, second.collector) == (date(2026, 11, 14), "李娜")
    assert (second.numbers, second.promised) == (("13812345678",), date(2026, 11, 20))
    assert (third.day, third.collector, third.numbers) == (
        date(2026, 11, 14), "李娜", ("13912345678",),
    )  # fmt: skip


def test_ditto_below_nothing_is_noted_and_a_remarks_ditto_lends_no_number(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "备注"],
        ["张三", "同上", "换号 13712345678"],
        ["李四", "13912345678", "同上"],
    ]
    first, second = read(xlsx(tmp_path, rows)).rows
    assert keys(first) == ["ditto_nothing"]
    assert second.numbers == ("13912345678",)


def test_merged_cells_count_for_every_row_they_cover(tmp_path: Path) -> None:
    rows: Cells = [
        ["日期", "催收员", "姓名", "电话", "通话时间"],
        ["11.14", "李娜", "张三", "13812345678", "9:05"],
        [None, None, None, None, "10:05"],
        [None, None, "李四", "13912345678", "11:05"],
        [None, None, None, None, None],
    ]
    path = xlsx(tmp_path, rows, "A2:A5", "B2:B5", "C2:C3", "D2:D3")
    found = read(path).rows
    assert [(row.line, row.customer, row.numbers[0], row.collector, row.day) for row in found] == [
        (2, "张三", "13812345678", "李娜", date(2026, 11, 14)),
        (3, "张三", "13812345678", "李娜", date(2026, 11, 14)),
        (4, "李四", "13912345678", "李娜", date(2026, 11, 14)),
    ]


def test_merged_cells_of_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for column, word in enumerate(["姓名", "电话", "通话时间"]):
        sheet.write(0, column, word)
    sheet.write_merge(1, 2, 0, 0, "张三")
    sheet.write(1, 1, 13812345678)
    sheet.write(1, 2, 0.5, xlwt.easyxf(num_format_str="h:mm"))
    sheet.write(2, 2, "13:05")
    book.save(str(tmp_path / "x.xls"))
    first, second = read(tmp_path / "x.xls").rows
    assert (first.customer, first.numbers) == ("张三", ("13812345678",))
    assert first.called_at == datetime(2026, 11, 16, 12, tzinfo=TZ)
    assert (second.customer, second.numbers) == ("张三", ())


def test_unmerged_blanks_stay_blank_where_the_workbook_says_what_is_merged(tmp_path: Path) -> None:
    rows: Cells = [
        ["姓名", "电话", "催收员"],
        ["张三", "13812345678", "李娜"],
        ["李四", "13912345678"],
    ]
    _, second = read(xlsx(tmp_path, rows)).rows
    assert second.collector == "王芳"


def test_a_text_file_fills_down_collector_and_date_but_nobodys_name(tmp_path: Path) -> None:
    rows: Cells = [
        ["催收员", "日期", "姓名", "电话", "通话时间", "是否接通"],
        ["李娜", "11.14", "张三", "13812345678", "9:05", "是"],
        ["", "", "李四", "13912345678", "9:15", "是"],
        ["", "", "", "13712345678", "9:25", "是"],
        ["", "", "", "", "9:35", "是"],
    ]
    found = read(csv_file(tmp_path, rows)).rows
    assert [(row.collector, row.day) for row in found] == [("李娜", date(2026, 11, 14))] * 4
    assert [row.customer for row in found] == ["张三", "李四", None, None]
    assert [keys(row) for row in found] == [[], [], ["customer_missing"], ["row_unreadable"]]


# --- collector and tabs -------------------------------------------------------------------------


def test_the_files_name_states_day_and_collector(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [["姓名", "电话"], ["张三", "13812345678"]])
    (row,) = read(path, "王芳11.14电话催收客户信息记录表.xlsx", None).rows
    assert (row.collector, row.day) == ("王芳", date(2026, 11, 14))


def test_a_months_workbook_has_a_tab_a_day(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("1", "16日", "11月17日", "11.18", "2026-11-19", "31"):
        tab = book.create_sheet(name)
        tab.append(["姓名", "电话"])
        tab.append([f"张{name}", "13812345678"])
    notes = book.create_sheet("填写说明")
    notes.append(["接通的客户各项必填"])
    book.save(tmp_path / "x.xlsx")
    sheet = read(tmp_path / "x.xlsx", "李娜11月催收记录.xlsx", None, date(2026, 12, 1))
    assert [row.day.isoformat() for row in sheet.rows] == [
        "2026-11-01", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-12-01",
    ]  # fmt: skip
    assert {row.collector for row in sheet.rows} == {"李娜"}
    assert sheet.problems == ()


def test_a_tab_called_by_a_day_of_the_month_never_lies_ahead(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [["姓名", "电话"], ["张三", "13812345678"]], tab="28")
    assert read(path, "王芳.xlsx", day=date(2026, 12, 1)).rows[0].day == date(2026, 11, 28)


def test_an_offices_workbook_has_a_tab_a_collector(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [["姓名", "电话"], ["张三", "13812345678"]], tab="李娜")
    assert read(path, "信贷部催收.xlsx", None).rows[0].collector == "李娜"
    assert read(path, "信贷部催收.xlsx", None).rows[0].department == "信贷部"


def test_a_tab_with_numbers_and_no_header_is_noted_and_the_others_count(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(xlsx(tmp_path, [HEADER, ZHANG]))
    book.create_sheet("补充").append(["李四", "13912345678", "9:15"])
    book.create_sheet("空")
    hidden = book.create_sheet("选项")
    hidden.append(["已接通", "未接通"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    sheet = read(tmp_path / "x.xlsx")
    assert len(sheet.rows) == 1
    assert [dict(problem.values)["tab"] for problem in sheet.problems] == ["补充"]
    assert [problem.key for problem in sheet.problems] == ["problems.no_header"]


def test_a_workbook_without_any_header_is_refused_by_the_names_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        read(xlsx(tmp_path, [["李四", "13912345678", "9:15"]]))
    said = Words("zh").say(caught.value.message)
    assert "客户姓名" in said
    assert "联系方式" in said
    assert "Sheet1" in said


def test_a_workbook_without_contents_is_refused_as_empty(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        read(xlsx(tmp_path, []))
    assert caught.value.message.key == "problems.empty_file"


def test_a_csv_is_a_tab_called_like_the_file_that_was_handed_over(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [["姓名", "电话"], ["张三", "13812345678"]], "gb18030")
    (row,) = read(path, "2026-11-16/王芳/记录表.csv").rows
    assert (row.tab, row.line, row.customer) == ("记录表", 2, "张三")


def test_two_thousand_rows_take_well_under_a_second(tmp_path: Path) -> None:
    rows: Cells = [
        [n, f"张{chr(0x4E00 + n)}", f"138{n:08}", *ZHANG[3:-1], f"第{n}位客户"]
        for n in range(2_000)
    ]
    path = xlsx(tmp_path, [HEADER, *rows])
    start = clock.process_time()
    assert len(read(path).rows) == 2_000
    assert clock.process_time() - start < 3  # 0.4 s without a tracer


# --- the length of a call -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell", "seconds"),
    [
        ("通话时长", "3分20秒", 200),
        ("时长", time(0, 3, 20), 200),
        ("录音时长", 200, 200),
        ("通话时长（秒）", 7, 7),
        ("通话时长(分钟)", 3, 180),
        ("通话时长（分:秒）", "3:20", 200),
        ("通话时长", "/", None),
    ],
)
def test_the_length_of_a_call_is_read(
    tmp_path: Path, header: str, cell: object, seconds: float | None
) -> None:
    row = one(tmp_path, ["姓名", "电话", header], "张三", "13812345678", cell)
    assert row.duration_seconds == seconds
    assert row.problems == ()


def test_a_length_that_cannot_be_told_is_named_and_kept(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "通话时长"], "张三", "13812345678", 3)
    assert row.duration_seconds is None
    assert keys(row) == ["duration_unreadable"]
    assert ("通话时长", "3") in row.raw
    for language in ("zh", "en"):
        assert "3分20秒" in Words(language).say(row.problems[0])


def test_how_long_it_rang_is_no_problem(tmp_path: Path) -> None:
    header = ["姓名", "电话", "是否接通", "通话时长"]
    row = one(tmp_path, header, "张三", "13812345678", "未接", 3)
    assert (row.duration_seconds, row.problems) == (None, ())


# --- the legal department's own form ------------------------------------------------------------

LEGAL = [
    "客户姓名",
    "联系电话",
    "逾期原因",
    "机械所在地",
    "工程名称",
    "工期",
    "工程量",
    "承诺日期",
    "款项来源",
]
LEGAL_ROW = [
    "张三",
    "13812345678",
    "工程款未到",
    "济宁",
    "环城路三标",
    "6个月",
    "土方 3万方",
    "11月20日",
    "工程款",
]


def test_the_legal_departments_form_is_read_whole(tmp_path: Path) -> None:
    sheet = read(xlsx(tmp_path, [["法规部电话催收记录表"], LEGAL, LEGAL_ROW]))
    (row,) = sheet.rows
    assert (row.department, row.location, row.promised) == ("法规部", "济宁", date(2026, 11, 20))
    assert dict(row.further) == {
        "overdue_reason": "工程款未到",
        "works_name": "环城路三标",
        "works_duration": "6个月",
        "works_quantity": "土方 3万方",
        "money_source": "工程款",
    }
    assert row.problems == sheet.problems == ()
    assert row.raw == tuple(zip(LEGAL, LEGAL_ROW, strict=True))


def test_blank_fields_of_the_form_are_blank(tmp_path: Path) -> None:
    cells = ["张三", "13812345678", "/", None, "环城路三标", "——", None, None, ""]
    sheet = read(xlsx(tmp_path, [["法规部电话催收记录表"], LEGAL, cells]))
    assert dict(sheet.rows[0].further) == {"works_name": "环城路三标"}


@pytest.mark.parametrize(
    ("source", "title", "department"),
    [
        ("法规部/2026-11-16/王芳/表.xlsx", "电话催收记录表", "法规部"),
        ("法规部/2026-11-16/王芳/表.xlsx", "信贷部电话催收记录表", "信贷部"),
        ("法规部/2026-11-16/王芳/信贷部.xlsx", "电话催收记录表", "信贷部"),
        (SOURCE, "法务电话催收记录表", "法务部"),
    ],
)
def test_the_department_is_that_of_title_file_or_folder(
    tmp_path: Path, source: str, title: str, department: str
) -> None:
    rows: Cells = [[title], ["姓名", "电话"], ["张三", "13812345678"]]
    assert read(xlsx(tmp_path, rows), source).rows[0].department == department


# --- days that cannot be a call's ---------------------------------------------------------------


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
