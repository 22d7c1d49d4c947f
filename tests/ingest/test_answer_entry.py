"""A report that comes back through the inbox: its reasons are read, and nothing else of it."""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from commands.exit_codes import DONE, NEEDS_A_PERSON
from tests.audit.offices import DAY, NEXT_DAY, SHEET, Row, miui
from tests.desk import IN_TIME, Desk

CHEN, ZHANG = Row("陈建国", "15405381201"), Row("张三", "13800000001", hours=None)
MORNING = "2026-11-17T09:00"
REPORT = f"{NEXT_DAY}/李经理/随便什么名字.xlsx"
HEADS = ("callvault 编号", "原因（填在这里）")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A day on which 张三's recording is missing, and his row has a blank."""
    desk = Desk(tmp_path)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(CHEN, ZHANG)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


def report(desk: Desk, *, language: str = "en") -> Path:
    """The Excel report of the day, as the office gets it."""
    path = desk.config.parent / "report.xlsx"
    args = ("report", "--date", f"{DAY}", "--format", "xlsx", "-o", str(path))
    desk.run(*args, CALLVAULT_OFFICE_LANGUAGE=language)
    return path


def findings(desk: Desk, day: str = f"{DAY}") -> dict[str, Any]:
    return {one["code"]: one for one in desk.told("report", "--date", day)["findings"]}


def rows_of(path: Path) -> list[list[Any]]:
    (tab,) = (tab for tab in openpyxl.load_workbook(path) if tab["O1"].value in HEADS_OF_ID)
    assert isinstance(tab, Worksheet)
    return [list(row) for row in tab.iter_rows(values_only=True)]


HEADS_OF_ID = ("callvault 编号", "callvault ID")
HEADS_OF_REASON = ("原因（填在这里）", "Reason (fill in here)")


def fill(path: Path, reasons: Mapping[str, str]) -> Path:
    """Loads the workbook and saves it anew, as another program does, with reasons by code."""
    book = openpyxl.load_workbook(path)
    for tab in book.worksheets:
        heads = [cell.value for cell in tab[1]]
        ids = [at for at, head in enumerate(heads) if head in HEADS_OF_ID]
        if not ids:
            continue
        (reason,) = [at for at, head in enumerate(heads) if head in HEADS_OF_REASON]
        (code,) = [at for at, head in enumerate(heads) if head in ("代码", "Code")]
        for row in tab.iter_rows(min_row=2):
            if said := reasons.get(str(row[code].value)):
                row[reason].value = said
    book.save(path)
    return path


def hand_in(desk: Desk, path: Path, source: str = REPORT, at: str = MORNING) -> None:
    target = desk.inbox / source
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    assert desk.run("ingest", "--as-of", at).exit_code in (DONE, NEEDS_A_PERSON)


def answers(desk: Desk) -> list[tuple[str, str, str]]:
    """Code, reason and by whom, the latest first."""
    return [(one["code"], one["reason"], one["by"]) for one in desk.told("resolve")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reasons_filled_in_come_back_as_answers(desk: Desk, language: str) -> None:
    filled = fill(report(desk, language=language), {"missing_recording": "手机送修\n已换新机"})
    hand_in(desk, filled)
    assert answers(desk) == [("missing_recording", "手机送修 已换新机", "李经理")]
    assert findings(desk)["missing_recording"]["answer"]["at"].startswith("2026-11-17T09:00")
    assert findings(desk)["incomplete_row"]["answer"] is None


def test_the_report_is_accounted_for_and_is_no_sheet_of_calls(desk: Desk) -> None:
    before = desk.told("report", "--date", f"{DAY}")
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}), at="2026-11-17T21:00")
    told = desk.told("report", "--date", f"{NEXT_DAY}")
    assert (told["calls"], told["recordings"]) == ([], [])
    assert {one["code"] for one in told["findings"]} == {"answers_read", "mirror_off"}
    read = findings(desk, f"{NEXT_DAY}")["answers_read"]
    assert (read["code"], read["severity"], read["sheet"]) == ("answers_read", "info", REPORT)
    assert "1 reasons were read from it, as said by 李经理" in read["message"]
    assert desk.told("report", "--date", f"{DAY}")["calls"] == before["calls"]
    latest = desk.told("report")
    assert latest["date"] == f"{DAY}", "what a manager hands in is no day of calls"
    assert desk.run("verify").exit_code == DONE


def test_what_is_unchanged_says_nothing_twice(desk: Desk) -> None:
    filled = fill(report(desk), {"missing_recording": "手机送修"})
    hand_in(desk, filled)
    (first,) = desk.told("resolve")
    hand_in(desk, filled, at="2026-11-17T10:00")
    hand_in(desk, filled, f"{NEXT_DAY}/王芳/副本.xlsx", at="2026-11-17T11:00")
    hand_in(desk, fill(report(desk), {"incomplete_row": "客户不说"}), at="2026-11-17T12:00")
    assert [one["code"] for one in desk.told("resolve")] == ["incomplete_row", "missing_recording"]
    assert desk.told("resolve")[1] == first
    desk.run("resolve", "--undo", first["finding"])
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}), at="2026-11-17T13:00")
    assert [one["code"] for one in desk.told("resolve")] == ["incomplete_row"]


def test_a_later_reason_takes_the_place_of_an_earlier_one(desk: Desk) -> None:
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}))
    hand_in(desk, fill(report(desk), {"missing_recording": "手机丢失"}), at="2026-11-17T10:00")
    assert answers(desk) == [("missing_recording", "手机丢失", "李经理")]


def test_without_a_persons_folder_it_is_the_offices_word(desk: Desk) -> None:
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}), "报告.xlsx")
    assert answers(desk) == [("missing_recording", "手机送修", "济宁分公司")]


def test_one_that_was_only_looked_at_says_nothing(desk: Desk) -> None:
    hand_in(desk, fill(report(desk), {}))
    assert answers(desk) == []
    assert "no new reason" in findings(desk, f"{NEXT_DAY}")["answers_read"]["message"]


def test_reasons_for_what_is_not_found_are_told_and_not_kept(desk: Desk) -> None:
    filled = fill(report(desk), {"missing_recording": "手机送修", "incomplete_row": "客户不说"})
    desk.office.record(miui("张三", "13800000001"))
    desk.run("ingest", "--as-of", "2026-11-17T08:00")
    hand_in(desk, filled)
    assert [code for code, _, _ in answers(desk)] == ["incomplete_row"]
    unknown = findings(desk, f"{NEXT_DAY}")["answer_unknown"]
    assert (unknown["severity"], unknown["sheet"]) == ("warning", REPORT)
    assert "are in no report of their days" in unknown["message"]
    assert "261116-" in unknown["message"]


def own(path: Path, rows: Sequence[Sequence[object]], *more: Sequence[Sequence[object]]) -> Path:
    """A workbook of one tab, or several, that callvault never wrote."""
    book = Workbook(str(path))
    for cells in (rows, *more):
        tab = book.add_worksheet()
        for at, row in enumerate(cells):
            tab.write_row(at, 0, row)
    book.close()
    return path


def test_each_reason_that_has_no_place_is_told_with_its_row(desk: Desk, tmp_path: Path) -> None:
    id = findings(desk)["missing_recording"]["id"]
    days = [
        (f"{year:02}{month:02}01-00000000", "旧") for year in range(1, 10) for month in range(1, 13)
    ]
    rows = [HEADS, ("", "没有编号"), (id, "长" * 1001), ("乱写", "不是编号"), *days]
    hand_in(desk, own(tmp_path / "own.xlsx", rows))
    assert answers(desk) == []
    said = findings(desk, f"{NEXT_DAY}")["answer_unknown"]["message"]
    assert "have a reason and no id and were not kept: Sheet1 2" in said
    assert f"longer than 1000 characters and were not kept: Sheet1 3 ({id})" in said
    assert "Sheet1 4 (乱写)" in said
    assert "for 100 days at most" in said


def test_the_heads_may_stand_lower_and_the_columns_elsewhere(desk: Desk, tmp_path: Path) -> None:
    id = findings(desk)["missing_recording"]["id"]
    rows = [("我的表",), (), ("备注", HEADS[1], HEADS[0].upper()), ("x", 3.0, f" {id.upper()}")]
    hand_in(desk, own(tmp_path / "own.xlsx", rows))
    assert answers(desk) == [("missing_recording", "3", "李经理")]


def as_xls(desk: Desk, path: Path) -> None:
    book = xlwt.Workbook()
    tab = book.add_sheet("发现")
    for at, row in enumerate(rows_of(fill(report(desk), {"missing_recording": "手机送修"}))):
        for column, cell in enumerate(row):
            tab.write(at, column, str(cell or ""))
    book.save(str(path))


def as_csv(desk: Desk, path: Path) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows_of(fill(report(desk), {"missing_recording": "手机送修"})))


@pytest.mark.parametrize(("save", "suffix"), [(as_xls, "xls"), (as_xls, "et"), (as_csv, "csv")])
def test_saved_in_another_format_it_is_still_the_report(
    desk: Desk, tmp_path: Path, save: Callable[[Desk, Path], None], suffix: str
) -> None:
    save(desk, tmp_path / f"saved.{suffix}")
    hand_in(desk, tmp_path / f"saved.{suffix}", f"{NEXT_DAY}/李经理/发现.{suffix}")
    assert answers(desk) == [("missing_recording", "手机送修", "李经理")]
    assert desk.told("report", "--date", f"{NEXT_DAY}")["calls"] == []


@pytest.mark.parametrize("head", ["H1", "O1"])
def test_a_report_whose_heads_were_changed_is_told_and_not_taken_for_calls(
    desk: Desk, head: str
) -> None:
    path = fill(report(desk), {"missing_recording": "手机送修"})
    book = openpyxl.load_workbook(path)
    assert book["Findings"][head].value in (*HEADS_OF_ID, *HEADS_OF_REASON)
    book["Findings"][head] = "别的"
    book.save(path)
    hand_in(desk, path)
    told = findings(desk, f"{NEXT_DAY}")["answer_unknown"]["message"]
    assert "no columns “callvault 编号 / callvault ID”" in told
    assert desk.told("report", "--date", f"{NEXT_DAY}")["calls"] == []


def test_findings_beside_a_sheet_of_calls_spoil_neither(desk: Desk, tmp_path: Path) -> None:
    id = findings(desk)["missing_recording"]["id"]
    calls = [
        ("客户姓名", "联系方式", "日期", "联系情况"),
        ("刘海燕", "13869170000", "2026-11-17", "未接"),
    ]
    mixed = own(
        tmp_path / "own.xlsx", calls, [(*HEADS, "客户", "催收员"), (id, "手机送修", "张三", "王芳")]
    )
    hand_in(desk, mixed)
    told = desk.told("report", "--date", f"{NEXT_DAY}")
    assert [one["customer"] for one in told["calls"]] == ["刘海燕"]
    assert answers(desk) == []
    assert "stands beside calls" in findings(desk, f"{NEXT_DAY}")["sheet_problem"]["message"]


def test_where_nobody_can_say_what_was_found_no_reason_is_taken(desk: Desk) -> None:
    (desk.inbox / "x.xlsx").write_bytes(
        fill(report(desk), {"missing_recording": "手机送修"}).read_bytes()
    )
    desk.office.take_in()
    assert answers(desk) == []
    assert "answer_unknown" in findings(desk)


def test_a_version_that_cannot_be_opened_leaves_the_answers(desk: Desk, tmp_path: Path) -> None:
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}))
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    hand_in(desk, tmp_path / "broken.xlsx", at="2026-11-17T10:00")
    assert [reason for _, reason, _ in answers(desk)] == ["手机送修"]
    assert "sheet_unreadable" in findings(desk, f"{NEXT_DAY}")


def test_a_report_that_swells_is_refused_as_any_sheet(desk: Desk) -> None:
    path = fill(report(desk), {"missing_recording": "手机送修"})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/much.bin", b"\0" * (64 << 20))
    hand_in(desk, path)
    assert answers(desk) == []
    assert "sheet_unreadable" in findings(desk, f"{NEXT_DAY}")


def test_inspect_says_what_it_is(desk: Desk) -> None:
    path = fill(report(desk), {"missing_recording": "手机送修"})
    told = desk.run("inspect", str(path))
    assert told.exit_code == DONE
    assert "a report of callvault's with 1 reasons filled in" in " ".join(told.stdout.split())


def test_what_people_say_stands_in_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    filled = fill(report(desk), {"missing_recording": "张三的手机送修"})
    with caplog.at_level("INFO"):
        hand_in(desk, filled)
    assert "is answered" in caplog.text
    assert "张三" not in caplog.text


def test_a_report_saved_over_a_sheet_of_calls_takes_no_call_away(desk: Desk) -> None:
    before = desk.told("report", "--date", f"{DAY}")
    calls = (desk.inbox / SHEET).read_bytes()
    hand_in(desk, fill(report(desk), {"missing_recording": "手机送修"}), SHEET)
    after = desk.told("report", "--date", f"{DAY}")
    assert (after["calls"], after["recordings"]) == (before["calls"], before["recordings"])
    assert findings(desk)["missing_recording"]["answer"]["reason"] == "手机送修"
    told = findings(desk)["sheet_problem"]
    assert (told["severity"], told["sheet"]) == ("warning", SHEET)
    assert "took the place of a sheet of calls" in told["message"]
    assert "answer_unknown" not in findings(desk)
    (desk.inbox / SHEET).write_bytes(calls)
    desk.run("ingest", "--as-of", "2026-11-17T10:00")
    assert not {"sheet_problem", "answers_read"} & findings(desk).keys()
    assert desk.told("report", "--date", f"{DAY}")["calls"] == before["calls"]
    assert [code for code, _, _ in answers(desk)] == ["missing_recording"]
