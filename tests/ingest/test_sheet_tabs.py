"""What the names of a file and of its tabs state, and which tabs are none of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from config.language import Words
from ingest.workbook import SheetError
from tests.ingest.written_sheets import DAY, HEADER, ZHANG, csv_file, read, xlsx


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


@pytest.mark.parametrize(
    "tab", ["11月13日-14日", "13-14日", "11.13~14", "11.13-11.14", "11.13至14"]
)
def test_a_tab_of_several_days_is_of_none_of_them(tmp_path: Path, tab: str) -> None:
    (row,) = read(xlsx(tmp_path, [["姓名", "电话"], ["张三", "13812345678"]], tab=tab)).rows
    assert row.day == DAY
