"""Which department a sheet is of, and the legal department's own form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.ingest.written_sheets import SOURCE, Cells, read, xlsx


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
