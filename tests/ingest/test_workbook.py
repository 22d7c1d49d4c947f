from __future__ import annotations

import io
import os
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.chart import LineChart, Reference

from config.language import Words
from ingest import opener
from ingest.workbook import Cell, Limits, SheetError, Tab, read_workbook

TEXT = "姓名,电话,备注\r\n张三,13812345678,约好\r\n李䶮,13912345678,\r\n"
SHEET_XML = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main"><sheetData>%s</sheetData></worksheet>'
)
ODS_XML = (
    '<?xml version="1.0"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="一">%s</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "handed-over"
    path.write_bytes(content)
    return path


def tabs(tmp_path: Path, content: bytes, limits: Limits | None = None) -> tuple[Tab, ...]:
    return read_workbook(write(tmp_path, content), "记录表", limits or Limits())


def refusal(tmp_path: Path, content: bytes, limits: Limits | None = None) -> str:
    """The key of the refusal, which has a sentence in both languages."""
    with pytest.raises(SheetError) as caught:
        tabs(tmp_path, content, limits)
    assert all(Words(language).say(caught.value.message) for language in ("zh", "en"))
    return caught.value.message.key.removeprefix("problems.")


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def xls(*rows: list[object]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return content.getvalue()


def with_sheet(xml: str) -> bytes:
    """A real workbook whose first worksheet's cells are replaced."""
    with zipfile.ZipFile(io.BytesIO(xlsx(["x"]))) as book:
        entries = {name: book.read(name) for name in book.namelist()}
    entries["xl/worksheets/sheet1.xml"] = (SHEET_XML % xml).encode()
    return zipped(entries)


# --- workbooks ----------------------------------------------------------------------------------


def test_cells_keep_their_types_and_their_places(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 16, 9, 5, 30)  # noqa: DTZ001  # Excel knows no time zones
    cells: list[Cell] = [None, "张三", 13812345678, 8.5, True, date(2026, 11, 16), moment,
                         time(9, 5), timedelta(hours=30)]  # fmt: skip
    (tab,) = tabs(tmp_path, xlsx([], [], list(cells)))
    assert tab == Tab("Sheet", ((None,) * 9, (None,) * 9, tuple(cells)), ())


def test_every_tab_is_read_hidden_and_empty_ones_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("隐藏").sheet_state = "hidden"
    book["隐藏"]["B2"] = "x"
    book.create_chartsheet("图表")
    found = tabs(tmp_path, saved(book))
    assert [(tab.name, len(tab.rows)) for tab in found] == [("Sheet", 0), ("隐藏", 2)]


def test_merged_cells_are_told_where_the_format_tells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book["Sheet"]["B3"] = "x"
    book["Sheet"].merge_cells("B3:C5")
    assert tabs(tmp_path, saved(book))[0].merged == (((2, 1), (4, 2)),)
    assert tabs(tmp_path, TEXT.encode())[0].merged is None


def test_an_old_workbook_and_wps_et_are_known_by_their_bytes(tmp_path: Path) -> None:
    (tab,) = tabs(tmp_path, xls(["姓名"], ["张三", 13812345678]))
    assert tab.rows == (("姓名", None), ("张三", 13812345678.0))


def test_an_ods_keeps_the_lines_of_repeated_empty_rows(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
    empty = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    row = "<table:table-row><table:table-cell/>%s</table:table-row>"
    content = zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest/>',
            "content.xml": (
                ODS_XML % (empty + row % (cell % "姓名") + empty + row % (cell % "张三") + empty)
            ).encode(),
        }
    )
    (tab,) = tabs(tmp_path, content)
    assert (tab.name, tab.merged, len(tab.rows)) == ("一", None, 8)
    assert (tab.rows[3], tab.rows[7]) == ((None, "姓名"), (None, "张三"))


def test_a_number_that_no_spreadsheet_has_is_text(tmp_path: Path) -> None:
    assert tabs(tmp_path, with_sheet('<row r="1"><c r="A1"><v>inf</v></c></row>'))[0].rows == (
        ("inf",),
    )


# --- text files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
def test_text_in_every_encoding_an_office_saves(tmp_path: Path, encoding: str) -> None:
    (tab,) = tabs(tmp_path, TEXT.encode(encoding))
    assert tab.name == "记录表"
    assert tab.rows == (
        ("姓名", "电话", "备注"),
        ("张三", "13812345678", "约好"),
        ("李䶮", "13912345678", None),
    )


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_with_every_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = TEXT.replace(",", delimiter).replace("约好", "约好" + ("," if delimiter != "," else ""))
    (tab,) = tabs(tmp_path, text.encode())
    assert [row[0] for row in tab.rows] == ["姓名", "张三", "李䶮"]
    assert {len(row) for row in tab.rows} == {3}


def test_quoted_cells_and_numbers_kept_as_formulas(tmp_path: Path) -> None:
    text = '姓名,电话,备注\n"张三","=""13812345678""","先忙,\n再打"\n\n李四,"""",x\n'
    (tab,) = tabs(tmp_path, text.encode())
    assert tab.rows == (
        ("姓名", "电话", "备注"),
        ("张三", "13812345678", "先忙,\n再打"),
        (),
        ("李四", '"', "x"),
    )


def test_a_stray_quotation_mark_never_swallows_rows(tmp_path: Path) -> None:
    blank_lines = '姓名,电话\n\n\n\n张三,"先忙\n再打"\n\n'
    assert tabs(tmp_path, blank_lines.encode())[0].rows[4] == ("张三", "先忙\n再打")
    assert refusal(tmp_path, b"a,b\n" + b"x" * 200_000) == "broken_quotes"
    assert refusal(tmp_path, '姓名,电话\n张三,"138\n李四,139\n'.encode()) == "broken_quotes"
    pair = '姓名,电话,备注\n张三,138,a\n李四,",b\n王五,137,c\n赵六,",d\n钱七,136,e\n孙八,135,f\n'
    assert refusal(tmp_path, pair.encode()) == "swallowed_rows"


def test_bytes_that_are_no_text_are_no_sheet(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"\xff\xd8\xff\xe0\x00\x10JFIF" * 10) == "not_a_sheet"
    assert refusal(tmp_path, b"abc\0def") == "not_a_sheet"


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\r\n \t", b"\xef\xbb\xbf", bytes(4096)])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "empty_file"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body><table><tr><td>1</td></tr></table>",
        b"\xef\xbb\xbf\r\n <TABLE border=1>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
    ],
)
def test_a_web_page_called_xls(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "html_table"


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert refusal(tmp_path, ole + "EncryptedPackage".encode("utf-16-le")) == "password"


def test_an_old_workbook_with_a_password(tmp_path: Path) -> None:
    # A FilePass record (0x2F) in the place of the record that follows the workbook's first one.
    content = bytearray(xls(["x"]))
    first = content.index(b"\x09\x08\x10\x00")
    second = first + 4 + 16
    content[second : second + 2] = b"\x2f\x00"
    content[second + 4 : second + 6] = b"\x01\x00"
    assert refusal(tmp_path, bytes(content)) == "password"


def test_an_ods_with_a_password(tmp_path: Path) -> None:
    entries = {"META-INF/manifest.xml": b"<manifest:encryption-data/>", "content.xml": b"\x01\x02"}
    assert refusal(tmp_path, zipped(entries)) == "password"


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    content = bytearray(xlsx(["x"]))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    assert refusal(tmp_path, bytes(content)) == "password"


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    whole = xlsx(["x"] * 50)
    assert refusal(tmp_path, whole[: len(whole) // 2]) == "not_a_sheet"
    assert refusal(tmp_path, zipped({"word/document.xml": b"<w/>"})) == "not_a_sheet"
    assert refusal(tmp_path, zipped({"xl/workbook.xml": b"<workbook/>"})) == "not_a_sheet"
    assert refusal(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)) == "not_a_sheet"
    flipped = bytearray(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        flipped[book.getinfo("xl/worksheets/sheet1.xml").header_offset + 80] ^= 0xFF
    assert refusal(tmp_path, bytes(flipped)) == "not_a_sheet"


def test_a_damaged_old_workbook_that_ends_the_reader_does_not_end_us(tmp_path: Path) -> None:
    # The last cell's column becomes 65,535: the reader asks for more memory than there is.
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    sheet.write(0, 0, "x")
    sheet.write(65_535, 255, "y")
    saved_book = io.BytesIO()
    book.save(saved_book)
    content = bytearray(saved_book.getvalue())
    at = content.rindex(b"\xfd\x00\x0a\x00\xff\xff\xff\x00")
    content[at + 7] = 0xFF
    assert refusal(tmp_path, bytes(content)) == "not_a_sheet"


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    assert refusal(tmp_path, xlsx(["x"]), Limits(seconds=0.0001)) == "not_a_sheet"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may read it all the same"
)
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode())
    path.chmod(0)
    with pytest.raises(SheetError) as caught:
        read_workbook(path, "x")
    assert caught.value.message.key == "problems.locked"


def test_a_file_that_is_gone_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        read_workbook(tmp_path / "gone", "x")
    assert caught.value.message.key == "problems.unreadable_file"


# --- bounds -------------------------------------------------------------------------------------


def test_a_file_too_large(tmp_path: Path) -> None:
    assert refusal(tmp_path, TEXT.encode() * 9, Limits(file_bytes=100)) == "too_large"


def test_too_many_entries_and_too_much_when_unpacked(tmp_path: Path) -> None:
    book = xlsx(["x"])
    assert refusal(tmp_path, book, Limits(entries=3)) == "unpacks_too_large"
    assert refusal(tmp_path, book, Limits(unpacked_bytes=1000)) == "unpacks_too_large"


def test_an_entry_that_swells_a_thousandfold(tmp_path: Path) -> None:
    bomb = zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(11 << 20)})
    assert len(bomb) < 20_000
    assert refusal(tmp_path, bomb) == "unpacks_too_large"


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        "<row>" + '<c r="ZZZ1"><v>1</v></c>' + "</row>",
    ],
)
def test_two_cells_in_opposite_corners_do_not_cost_the_area_between(
    tmp_path: Path, xml: str
) -> None:
    assert refusal(tmp_path, with_sheet(xml)) == "too_many_cells"


def test_a_chart_in_the_workbook_does_no_harm(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("图")
    for value in range(2_500):
        sheet.append([value])
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=2_500))
    sheet.add_chart(chart, "C3")
    assert len(tabs(tmp_path, saved(book))[1].rows) == 2_500
    points = b"<c:chart>" + b"<c:v>1</c:v>" * 2_500 + b"</c:chart>"
    with zipfile.ZipFile(io.BytesIO(xlsx(["x"]))) as plain:
        entries = {name: plain.read(name) for name in plain.namelist()}
    assert len(tabs(tmp_path, zipped(entries | {"xl/charts/chart1.xml": points}))) == 1


def test_formats_without_contents_at_the_sheets_end_do_no_harm(tmp_path: Path) -> None:
    xml = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048575" ht="15"/><row r="1048576"><c r="XFD1048576" s="0"/>'
        '<c r="XFD1048576" s="0"></c></row>'
    )
    assert tabs(tmp_path, with_sheet(xml))[0].rows == ((1.0,),)


def test_too_many_rows_name_tab_and_reach(tmp_path: Path) -> None:
    limits = Limits(rows=3)
    for content in (TEXT.encode() + b"a,b\nc,d\n", xls(["a"], ["b"], ["c"], ["d"])):
        with pytest.raises(SheetError) as caught:
            tabs(tmp_path, content, limits)
        values = dict(caught.value.message.values)
        assert caught.value.message.key == "problems.too_many_cells"
        assert int(values["rows"]) > 3
        assert values["tab"] in Words("zh").say(caught.value.message)


# --- the opener, as it runs in its own process --------------------------------------------------


def test_the_opener_answers_with_tabs_or_a_refusal() -> None:
    assert opener.tabs(xlsx(["x"], []), 10, 10, 100, 50) == [("Sheet", [["x"]], [])]
    assert opener.tabs(xlsx(["x"] * 11), 10, 10, 100, 50) == (
        "too_many_cells", {"tab": "Sheet", "rows": 1, "columns": 11},
    )  # fmt: skip
    assert opener.tabs(xlsx(["x" * 26], ["x" * 25]), 10, 10, 100, 50) == ("unpacks_too_large", {})
    assert opener.tabs(b"nothing", 10, 10, 100, 50) == ("not_a_sheet", {})


def test_one_long_text_in_every_cell_is_refused(tmp_path: Path) -> None:
    """The file names it by its number and stays small."""
    rows: list[list[object]] = [["张" * 1000] for _ in range(60)]
    content = xlsx(*rows)
    limits = Limits(unpacked_bytes=50_000)
    assert refusal(tmp_path, content, limits) == "unpacks_too_large"
    assert len(tabs(tmp_path, xlsx(["张" * 1000]), limits)) == 1
