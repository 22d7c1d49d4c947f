from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from audit.day import CandidateLine, DayReport, Finding, RecordingLine, Severity
from audit.xlsx import write
from tests.audit.days import (
    AT,
    DAY,
    HOSTILE,
    call,
    day,
    filed,
    hostile,
    large,
    ordinary,
    ref,
)


def read(reports: Sequence[DayReport], folder: Path) -> Workbook:
    write(reports, folder / "report.xlsx")
    return load_workbook(folder / "report.xlsx")


def tab(book: Workbook, name: str) -> list[dict[str, object]]:
    """The rows of the tab's table, by the words of its heads."""
    sheet = worksheet(book, name)
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def worksheet(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("zh", ["概览", "发现", "通话", "录音"]),
        ("en", ["Summary", "Findings", "Calls", "Recordings"]),
    ],
)
def test_four_tabs_in_the_offices_language(language: str, names: list[str], tmp_path: Path) -> None:
    book = read([ordinary(language)], tmp_path)
    assert book.sheetnames == names
    assert "济南分公司" in str(worksheet(book, names[0])["A1"].value)


def test_every_finding_call_and_recording_is_a_row(tmp_path: Path) -> None:
    report = ordinary("en")
    book = read([report], tmp_path)
    findings, calls, lines = tab(book, "Findings"), tab(book, "Calls"), tab(book, "Recordings")
    assert sorted(str(row["Message"]) for row in findings) == sorted(
        finding.message for finding in report.findings
    )
    assert [row["Customer"] for row in calls] == [line.customer for line in report.calls]
    assert [row["File"] for row in lines] == [line.source for line in report.recordings]
    first = findings[0]
    assert first["Severity"] == "Error"
    assert first["What"] == "Missing recording"
    assert first["To do"] == "Hand in what is missing"
    assert (first["Tab"], first["Row"]) == (report.findings[0].tab, 5)


def test_numbers_are_numbers_and_dates_are_dates(tmp_path: Path) -> None:
    source = "2026-11-16/王芳/a.mp3"
    book = read(
        [day([filed(source, "张三", ref(4))], [call(4, "张三", source)], language="en")], tmp_path
    )
    (recording,), (spoken,) = tab(book, "Recordings"), tab(book, "Calls")
    assert recording["Length (s)"] == 83.4
    assert recording["Size (bytes)"] == 120_000
    assert recording["Date"] == datetime(2026, 11, 16)  # noqa: DTZ001 Excel knows no zones
    assert spoken["Row"] == 4
    assert spoken["Files"] == 1
    assert spoken["Reached"] == "Yes"


def test_the_summary_counts_each_day_and_each_collector(tmp_path: Path) -> None:
    days = [ordinary("en", DAY + timedelta(number), rows=20) for number in (1, 0)]
    sheet = worksheet(read(days, tmp_path), "Summary")
    by_day, by_collector = sheet.tables["by_day"], sheet.tables["by_collector"]
    heads, first, second = sheet[by_day.ref]
    assert [cell.value for cell in heads][4:7] == ["Customers reached", "Recorded", "Missing"]
    assert [cell.value for cell in first][4:7] == [18, 17, 1]
    assert first[0].value < second[0].value
    rows = [[cell.value for cell in row] for row in sheet[by_collector.ref]]
    assert rows[0][:4] == ["Date", "Collector", "Customers reached", "Recorded"]
    assert len(rows) == 1 + 2 * 4
    assert sum(int(str(row[2])) for row in rows[1:]) == 2 * 18


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_constant_text(name: str, language: str, tmp_path: Path) -> None:
    book = read([hostile(name, language)], tmp_path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d")
                assert cell.hyperlink is None
                assert "\u202e" not in str(cell.value)
    customer = worksheet(book, book.sheetnames[2])["B2"]
    assert customer.data_type == "s"
    # Excel keeps it text when somebody edits the cell.
    assert customer.quotePrefix
    if name.isprintable():
        assert customer.value == name
    with zipfile.ZipFile(tmp_path / "report.xlsx") as parts:
        sheets = [part for part in parts.namelist() if "worksheets/sheet" in part]
        assert not any(b"<f>" in parts.read(part) for part in sheets)


def test_invisible_characters_show_as_escapes(tmp_path: Path) -> None:
    book = read([hostile("\u202e张\x1b\ud800")], tmp_path)
    assert tab(book, "通话")[0]["客户"] == "\\u202e张␛\\ud800"


def test_reasons_and_candidates_are_lines_of_one_cell(tmp_path: Path) -> None:
    held = RecordingLine(
        "a/b/c.mp3",
        "ambiguous",
        5,
        reasons=("一样像", "时间也一样"),
        candidates=(
            CandidateLine("张三", ref(5), 6.0, ()),
            CandidateLine(None, ref(6), 6.0, ()),
        ),
    )
    (row,) = tab(read([day([held])], tmp_path), "录音")
    assert row["理由"] == "一样像\n时间也一样"
    assert row["可能的通话"] == (
        "张三 · 2026-11-16/王芳/催收记录表.xlsx · Sheet1 · 第 5 行\n"
        "未写明 · 2026-11-16/王芳/催收记录表.xlsx · Sheet1 · 第 6 行"
    )
    assert row["行"] is None
    assert row["时长（秒）"] is None


def test_tables_can_be_filtered_keep_their_heads_in_sight_and_print_on_one_width(
    tmp_path: Path,
) -> None:
    book = read([ordinary("en")], tmp_path)
    for name, rows in (("Findings", 13), ("Calls", 61), ("Recordings", 57)):
        sheet = worksheet(book, name)
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert table.ref.endswith(str(rows))
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 where nothing is said
        assert sheet.page_setup.fitToHeight == 0


def test_columns_are_wide_enough_for_chinese_and_never_endless(tmp_path: Path) -> None:
    finding = Finding("moon_phase", Severity.INFO, "很长的话" * 200, customer="欧阳建国司马相如")
    sheet = worksheet(read([day(findings=[finding])], tmp_path), "发现")
    letters = {str(cell.value): get_column_letter(place) for place, cell in enumerate(sheet[1], 1)}
    widths = {head: sheet.column_dimensions[letter].width for head, letter in letters.items()}
    assert widths["客户"] >= 16
    assert widths["说明"] <= 61


def test_severities_and_statuses_are_coloured_by_their_words(tmp_path: Path) -> None:
    book = read([ordinary("zh")], tmp_path)
    words = {
        name: {
            rule.formula[0]
            for area in worksheet(book, name).conditional_formatting
            for rule in area.rules
        }
        for name in book.sheetnames
    }
    assert words["发现"] == {'"严重"', '"注意"', '"提示"'}
    assert '"待选定"' in words["录音"]
    assert '"需要处理"' in words["概览"]


def test_an_empty_day_is_a_whole_workbook(tmp_path: Path) -> None:
    book = read([day()], tmp_path)
    assert [len(worksheet(book, name).tables) for name in book.sheetnames] == [2, 1, 1, 1]
    assert all(value is None for row in tab(book, "通话") for value in row.values())


def test_equal_reports_give_equal_bytes(tmp_path: Path) -> None:
    write([ordinary()], tmp_path / "a.xlsx")
    write([ordinary()], tmp_path / "b.xlsx")
    later = replace(ordinary(), generated_at=AT + timedelta(hours=1))
    write([later], tmp_path / "c.xlsx")
    first, second, third = (tmp_path.joinpath(f"{name}.xlsx").read_bytes() for name in "abc")
    assert first == second
    assert first != third
    assert load_workbook(tmp_path / "a.xlsx").properties.created == datetime(2026, 11, 16, 12)  # noqa: DTZ001


def test_a_text_too_long_for_a_cell_is_cut_not_lost(tmp_path: Path) -> None:
    finding = Finding("moon_phase", Severity.INFO, "月" * 40_000)
    (row,) = tab(read([day(findings=[finding])], tmp_path), "发现")
    assert row["说明"] == "月" * 32_767


def test_two_thousand_rows_are_written(tmp_path: Path) -> None:
    book = read([large(2000)], tmp_path)
    assert len(tab(book, "Calls")) == 2000
    assert len(tab(book, "Findings")) == 200


def test_a_file_that_cannot_be_written_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no such folder"):
        write([day()], tmp_path / "no such folder" / "report.xlsx")


def test_no_day_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        write([], tmp_path / "report.xlsx")
    assert not list(tmp_path.iterdir())


def test_several_days_are_summed_by_month_and_week(tmp_path: Path) -> None:
    days = [ordinary("en", DAY - timedelta(number), rows=20) for number in (0, 21)]
    sheet = worksheet(read(days, tmp_path), "Summary")
    heads, whole, *collectors = (
        [cell.value for cell in row] for row in sheet[sheet.tables["by_month"].ref]
    )
    assert heads == [
        "Month", "Collector", "Customers reached", "Recorded", "Missing", "Undecided", "Late",
        "Corrected since",
    ]  # fmt: skip
    assert whole[:5] == ["October 2026", "Everybody", 18, 17, 1]
    assert len(collectors) == 4 + 5
    weeks = [row[0].value for row in sheet[sheet.tables["by_week"].ref]]
    assert weeks.count("2026-11-16 – 2026-11-22") == 5
    single = worksheet(read(days[:1], tmp_path), "Summary")
    assert set(single.tables) == {"by_day", "by_collector"}
