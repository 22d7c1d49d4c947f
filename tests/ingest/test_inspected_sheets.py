"""`callvault inspect` on sheets and on what is neither sheet nor recording."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook

from commands.exit_codes import DONE, NEEDS_A_PERSON
from tests.desk import Desk

HEADER = ("客户姓名", "联系方式", "通话时间", "联系情况", "预计存款时间", "车辆位置", "工作小时数")
CHEN = ("陈建国", "15405381201、0531-87654321", "9:05", "已接通", "11月17日", "济宁", "8小时")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def book(path: Path, tabs: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in tabs.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def csv(path: Path, *rows: tuple[str, ...]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    return path


def told(desk: Desk, *paths: Path) -> Any:
    return json.loads(desk.run("inspect", "--format", "json", *map(str, paths)).stdout)


def text(desk: Desk, path: Path) -> str:
    return " ".join(desk.run("inspect", str(path)).stdout.split())


def wide(desk: Desk, path: Path) -> list[str]:
    """The lines on a terminal of 120 columns."""
    return desk.run("inspect", str(path), COLUMNS="120").stdout.splitlines()


def test_a_sheet_in_the_inbox_is_told_whole(desk: Desk) -> None:
    title = ("部门：信贷部  催收员：王芳  日期：2026年11月16日",)
    path = book(
        desk.inbox / "2026-11-16/记录表.xlsx",
        {"通话": [("电话催收客户信息记录表",), title, HEADER, CHEN]},
    )
    result = desk.run("inspect", "--format", "json", str(path))
    assert (result.exit_code, result.stderr) == (DONE, "")
    columns = {
        "customer": "客户姓名",
        "numbers": "联系方式",
        "called_at": "通话时间",
        "reached": "联系情况",
        "promised": "预计存款时间",
        "location": "车辆位置",
        "hours": "工作小时数",
    }
    assert json.loads(result.stdout) == {
        "kind": "sheet",
        "source": "2026-11-16/记录表.xlsx",
        "tab": "通话",
        "header_line": 3,
        "columns": columns,
        "tabs": [{"tab": "通话", "header_line": 3, "columns": columns}],
        "rows": [
            {
                "tab": "通话",
                "line": 4,
                "collector": "王芳",
                "date": "2026-11-16",
                "customer": "陈建国",
                "numbers": ["15405381201", "053187654321"],
                "called_at": "2026-11-16T09:05:00+08:00",
                "duration_seconds": None,
                "reached": True,
                "promised": "2026-11-17",
                "location": "济宁",
                "hours": "8小时",
                "further": {},
                "department": "信贷部",
                "problems": [],
            }
        ],
        "problems": [],
    }


def test_the_text_shows_columns_and_calls(desk: Desk) -> None:
    no = ("李四", "13900139000", "", "关机")
    open_ = ("王五", "13900139001", "", "再联系")
    path = csv(desk.inbox / "2026-11-16/王芳/表.csv", HEADER[:4], CHEN[:4], no, open_)
    lines = [" ".join(line.split()) for line in wide(desk, path)]
    columns = "customer = 客户姓名, number = 联系方式, time of call = 通话时间, outcome = 联系情况"
    assert lines[:6] == [
        "✗ 2026-11-16/王芳/表.csv",
        f'Tab "表": header in row 1; {columns}',
        "No column for: expected deposit date, machine location, working hours",
        "Dates: 2026-11-16",
        "Collector: 王芳",
        "Row Customer Number Time Reached Problems",
    ]
    assert lines[6] == "2 陈建国 15405381201, 053187654321 09:05 yes"
    assert any(line.startswith("3 李四 13900139000 no") for line in lines)
    assert any(line.startswith("4 王五 13900139001 not known tab") for line in lines)


def test_how_long_calls_took_is_shown_where_the_sheet_says_it(desk: Desk) -> None:
    header = ("客户姓名", "联系方式", "通话时长")
    rows = (("陈建国", "15405381201", "3分20秒"), ("李四", "13900139000", ""))
    path = csv(desk.inbox / "2026-11-16/王芳/表.csv", header, *rows)
    assert [row["duration_seconds"] for row in told(desk, path)["rows"]] == [200, None]
    shown = [" ".join(line.split()) for line in wide(desk, path)]
    assert "Row Customer Number Time Length of call Reached Problems" in shown
    assert "2 陈建国 15405381201 200 s yes" in shown
    assert "3 李四 13900139000 yes" in shown


def test_the_legal_departments_own_form_is_told(desk: Desk) -> None:
    header = ("客户姓名", "联系方式", "逾期原因", "工程名称", "工期", "工程量", "资金来源")
    row = ("陈建国", "15405381201", "工程款未到", "环城路三标", "6个月", "", "工程款")
    path = csv(desk.inbox / "2026-11-16/王芳/法规部电话催收记录表.csv", header, row)
    (call,) = told(desk, path)["rows"]
    assert call["department"] == "法规部"
    assert call["further"] == {
        "overdue_reason": "工程款未到",
        "works_name": "环城路三标",
        "works_duration": "6个月",
        "money_source": "工程款",
    }
    lacking = "No column for: time of call, outcome, expected deposit date, machine location"
    assert f"{lacking} Dates:" in text(desk, path)


def test_a_workbook_of_several_tabs_tells_each(desk: Desk) -> None:
    second = ("姓名", "电话", "配偶电话", "催收员", "日期")
    path = book(
        desk.inbox / "11月记录.xlsx",
        {
            "说明": [("请如实填写",)],
            "11月16日": [HEADER, CHEN],
            "11月17日": [("标题",), second, ("李四", "13900139000", "13900139001", "赵敏", "")],
        },
    )
    one = told(desk, path)
    assert (one["tab"], one["header_line"]) == ("11月16日", 1)
    assert [(tab["tab"], tab["header_line"]) for tab in one["tabs"]] == [
        ("11月16日", 1),
        ("11月17日", 2),
    ]
    assert one["tabs"][1]["columns"] == {
        "customer": "姓名",
        "numbers": "电话、配偶电话",
        "collector": "催收员",
        "date": "日期",
    }
    assert [(row["tab"], row["date"], row["collector"]) for row in one["rows"]] == [
        ("11月16日", one["rows"][0]["date"], None),
        ("11月17日", one["rows"][1]["date"], "赵敏"),
    ]
    said = text(desk, path)
    assert "Tab Row Date Customer" in said
    assert "11月17日 3" in said


def test_an_old_workbook_is_read_too(desk: Desk) -> None:
    path = desk.inbox / "2026-11-16" / "王芳.xls"
    path.parent.mkdir()
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Sheet1")
    for at, row in enumerate((HEADER, CHEN)):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    workbook.save(str(path))
    one = told(desk, path)
    assert [(row["customer"], row["collector"]) for row in one["rows"]] == [("陈建国", "王芳")]


def test_cells_that_cannot_be_read_need_a_person(desk: Desk) -> None:
    path = csv(desk.inbox / "表.csv", HEADER, ("张三", "1.38E+10", "25点", "已接通"))
    result = desk.run("inspect", "--format", "json", str(path))
    assert result.exit_code == NEEDS_A_PERSON
    one = json.loads(result.stdout)
    assert one["problems"] == []
    lost, unread = sorted(one["rows"][0]["problems"], key=lambda said: "25点" in said)
    assert 'row 2, column "联系方式"' in lost
    assert 'the time "25点" cannot be read' in unread
    assert 'has become "1.38E+10"' in text(desk, path)


def test_a_sheet_without_calls_needs_a_person(desk: Desk) -> None:
    path = csv(desk.inbox / "表.csv", HEADER)
    result = desk.run("inspect", str(path))
    assert result.exit_code == NEEDS_A_PERSON
    assert "! the sheet has a header but not one call" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("表.csv", b"", "the sheet is empty"),
        ("表.xlsx", b"PK\x03\x04broken", "the file is damaged"),
        ("表.xls", b"<html><table></table></html>", "really a web page"),
        ("表.csv", "甲,乙\n一,二\n".encode(), "no header was found"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(
    desk: Desk, name: str, content: bytes, said: str
) -> None:
    path = desk.inbox / name
    path.write_bytes(content)
    result = desk.run("inspect", "--format", "json", str(path))
    assert result.exit_code == NEEDS_A_PERSON
    one = json.loads(result.stdout)
    assert (one["kind"], one["source"], len(one)) == ("sheet", name, 3)
    assert said in one["problems"][0]
    assert said in text(desk, path)


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("notes.txt", "unknown", "neither a recording nor a sheet"),
        ("data.json", "unknown", "neither a recording nor a sheet"),
        ("Thumbs.db", "ignored", "left behind by a system or program"),
        ("~$表.xlsx", "ignored", "left behind by a system or program"),
    ],
)
def test_a_file_that_is_neither_says_what_would_become_of_it(
    desk: Desk, name: str, kind: str, said: str
) -> None:
    path = desk.inbox / name
    path.write_bytes(b"text")
    result = desk.run("inspect", "--format", "json", str(path))
    assert result.exit_code == NEEDS_A_PERSON
    one = json.loads(result.stdout)
    assert (one["kind"], one["source"]) == (kind, name)
    assert said in one["problems"][0]
    assert said in text(desk, path)


def test_a_file_too_large_for_the_office_is_refused(desk: Desk) -> None:
    path = desk.inbox / "张三.mp3"
    path.write_bytes(b"")
    os.truncate(path, 3 << 20)
    result = desk.run("inspect", str(path), CALLVAULT_INBOX_MAX_MEGABYTES="2")
    assert result.exit_code == NEEDS_A_PERSON
    assert "over the limit of 2 MB" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_links_and_pipes_are_looked_at_and_not_opened(desk: Desk) -> None:
    (desk.inbox / "pipe.mp3").symlink_to("/dev/zero")
    os.mkfifo(desk.inbox / "张三.mp3")
    linked, pipe = told(desk, desk.inbox / "pipe.mp3", desk.inbox / "张三.mp3")
    assert (linked["kind"], pipe["kind"]) == ("ignored", "ignored")
    assert "is a link" in linked["problems"][0]
    assert "no ordinary file" in pipe["problems"][0]


def test_what_a_sheet_holds_cannot_play_with_the_terminal(desk: Desk) -> None:
    hostile = "张三\x1b]0;x\x07[red]\u202e"
    path = csv(desk.inbox / "表.csv", ("客户姓名", "联系方式\x1b[5m"), (hostile, "13800138000"))
    said = desk.run("inspect", str(path)).stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert "[red]" in said.replace("\n", "")


def test_the_office_s_own_columns_count(desk: Desk) -> None:
    more = '[sheet]\ncolumns = { customer = ["户主大名"] }\n'
    desk.config.write_text(desk.config.read_text("utf-8") + more, encoding="utf-8")
    path = csv(desk.inbox / "表.csv", ("户主大名", "联系方式"), ("张三", "13800138000"))
    one = told(desk, path)
    assert one["columns"]["customer"] == "户主大名"
    assert one["rows"][0]["customer"] == "张三"
