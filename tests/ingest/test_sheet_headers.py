"""Where a sheet's columns, its title and its first row are found."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from ingest.sheet_row import SheetRow
from matcher.evidence import Precision
from tests.ingest.written_sheets import DAY, HEADER, TZ, ZHANG, Cells, read, xlsx


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
