"""Cells that say "as above", merged cells and blanks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlwt

from tests.ingest.written_sheets import TZ, Cells, csv_file, keys, read, xlsx


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


def test_an_empty_date_is_that_of_the_row_above(tmp_path: Path) -> None:
    rows: Cells = [
        ["日期", "姓名", "电话", "通话时间"],
        ["11.14", "张三", "13812345678", "9:05"],
        [None, "李四", "13912345678", "9:15"],
        [None, "王五", "13712345678", "2026-11-15 9:25"],
        [datetime(2026, 11, 15, 9, 30), "赵六", "13612345678"],  # noqa: DTZ001
        [None, "钱七", "13512345678"],
    ]
    found = read(xlsx(tmp_path, rows)).rows
    assert [row.day.day for row in found] == [14, 14, 15, 15, 15]
    times = [row.called_at and f"{row.called_at:%d %H:%M}" for row in found]
    assert times == ["14 09:05", "14 09:15", "15 09:25", "15 09:30", None]


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
