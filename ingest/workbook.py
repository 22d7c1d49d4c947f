"""Any spreadsheet file, bounded, as tabs of plain cells.

Owns csv here, and the spreadsheet reader by way of `ingest.opening`. A file is taken for what its
bytes are, whatever its name says: WPS's .et opens as .xls, and an .xls is often a web page.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite
from pathlib import Path

from config.language import Message
from ingest.opening import Opening

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""`None` is an empty cell; a date without a time of day is a `date`."""
Region = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of merged cells, counted from 0, both inclusive."""

# An encrypted .xlsx is wrapped in an OLE file; an encrypted .xls has a FilePass record (0x2F) after
# its first one, perhaps behind WriteProtect (0x86) (MS-XLS 2.1.7.20.3).
OLE_PASSWORD = re.compile(
    "EncryptedPackage".encode("utf-16-le")
    + rb"|\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|meta|table|\?xml|\w+:workbook)|mime-version:", re.IGNORECASE
)
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, OSError, ValueError)
DELIMITERS = ",\t;|"
HEAD = 1 << 16
"""Characters of a text file by which its delimiter is found."""
# Excel keeps the digits of a number in text files by writing it as a formula: ="13800138000".
AS_FORMULA = re.compile(r'="([^"]*)"')
ELEMENT = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])([^>]*)>(?!</)")
REFERENCE = re.compile(rb"""\br=["']([A-Z]*)(\d+)["']""")


class SheetError(Exception):
    """The file as a whole cannot be read; `message` names the remedy."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message

    @classmethod
    def of(cls, key: str, **values: object) -> SheetError:
        return cls(Message.of(f"problems.{key}", **values))


class FileError(SheetError):
    """The disk does not give the file, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sheet may cost. A real one of 2,000 rows unpacks to some 2 MB."""

    file_bytes: int = 50 * 1024**2
    entries: int = 2_000
    unpacked_bytes: int = 300 * 1024**2
    ratio: int = 200
    """Repetitive XML reaches 100; looked at only in entries over `ratio_from` bytes."""
    ratio_from: int = 10 * 1024**2
    rows: int = 200_000
    columns: int = 2_000
    cells: int = 5_000_000
    """The reader allots rows times columns at once, however few cells are filled."""
    seconds: float = 120


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    """From the first row and column on, so that `rows[0]` is the row a spreadsheet calls 1."""
    merged: tuple[Region, ...] | None
    """`None` where the format does not say (text, .ods)."""


def read_workbook(
    path: Path, name: str, limits: Limits = Limits(), opening: Opening | None = None
) -> tuple[Tab, ...]:
    """All tabs, hidden ones too, in the workbook's order; a text file is one tab called `name`.

    Args:
        path: the file's bytes, under any name.
        name: of the tab of a text file.
        limits: what the sheet may cost.
        opening: opens it where other sheets are read too; else a process of its own does.

    Raises:
        SheetError: too large, locked, empty, password-protected, or no spreadsheet.

    """
    content = _content(path, limits.file_bytes)
    if not content.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise SheetError.of("empty_file")
    if content.startswith(ZIP):
        _check_zip(content, limits)
    elif content.startswith(OLE):
        if OLE_PASSWORD.search(content):
            raise SheetError.of("password")
    elif MARKUP.match(content.lstrip(b"\xef\xbb\xbf\r\n\t ")):
        raise SheetError.of("html_table")
    else:
        return (_text_tab(content, name, limits),)
    if opening is not None:
        return _workbook_tabs(content, limits, opening)
    with Opening() as alone:
        return _workbook_tabs(content, limits, alone)


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except PermissionError as error:
        raise FileError.of("locked") from error
    except OSError as error:
        raise FileError.of("unreadable_file", reason=error.strerror) from error
    if len(content) > most:
        raise SheetError.of("too_large", megabytes=most // 1024**2)
    return content


def _workbook_tabs(content: bytes, limits: Limits, opening: Opening) -> tuple[Tab, ...]:
    bounds = (limits.rows, limits.columns, limits.cells, limits.unpacked_bytes)
    answer = opening.tabs(content, bounds, limits.seconds)
    if answer is None:
        raise SheetError.of("not_a_sheet")
    if isinstance(answer, tuple):
        key, values = answer
        if key == "unpacks_too_large":
            values = {"megabytes": limits.unpacked_bytes // 1024**2}
        raise SheetError.of(key, **values)
    return tuple(_tab(*tab) for tab in answer)


def _tab(name: str, rows: list[list[Cell]], merged: list[Region] | None) -> Tab:
    return Tab(
        name,
        tuple(tuple(map(_cell, row)) for row in rows),
        None if merged is None else tuple(merged),
    )


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, float) and not isfinite(cell):
        return str(cell)  # no spreadsheet has it, so it is no number for us either
    return None if cell == "" else cell


def _check_extent(tab: str, rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise SheetError.of("too_many_cells", tab=tab, rows=rows, columns=columns)


def _check_zip(content: bytes, limits: Limits) -> None:
    """Refuse what would unpack, or spread out in memory, beyond all bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, limits)
            names = {entry.filename.lower() for entry in entries}
            if names.isdisjoint({"content.xml", "xl/workbook.xml"}):
                raise SheetError.of("not_a_sheet")
            if b"encryption-data" in _manifest(archive, names):
                raise SheetError.of("password")
            for entry in entries:
                if re.fullmatch(r"(xl/.*|content)\.xml", entry.filename, re.IGNORECASE):
                    rows, columns = _extent(_part(archive, entry))
                    _check_extent(Path(entry.filename).stem, rows, columns, limits)
    except (*DAMAGED, NotImplementedError) as error:
        raise SheetError.of("not_a_sheet") from error
    except RuntimeError as error:  # zipfile's way of asking for a password
        raise SheetError.of("password") from error


def _manifest(archive: zipfile.ZipFile, names: set[str]) -> bytes:
    """An .ods says there which of its parts are encrypted."""
    if "meta-inf/manifest.xml" not in names:
        return b""
    return _part(archive, archive.getinfo("META-INF/manifest.xml"))


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """As much as the entry says that it holds; without a size zipfile unpacks all there is."""
    with archive.open(entry) as part:
        return part.read(entry.file_size)


def _check_entries(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swollen = any(
        entry.file_size > max(limits.ratio_from, entry.compress_size * limits.ratio)
        for entry in entries
    )
    if len(entries) > limits.entries or unpacked > limits.unpacked_bytes or swollen:
        raise SheetError.of("unpacks_too_large", megabytes=limits.unpacked_bytes // 1024**2)


def _extent(xml: bytes) -> tuple[int, int]:
    """The last row and column with a filled cell in a worksheet's XML, counted from 1.

    The reader cannot be asked: two cells in opposite corners of a tab make it allot the whole
    area between them, and where memory does not suffice the process is ended, not the call.
    """
    row = column = last_row = last_column = 0
    for element in ELEMENT.finditer(xml):
        kind, attributes = element.groups()
        reference = REFERENCE.search(attributes)
        if kind == b"row":
            row, column = (int(reference[2]) if reference else row + 1), 0
            continue
        column += 1
        if reference:
            column, row = _column(reference[1]), int(reference[2])
        if not attributes.endswith(b"/"):
            last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row, last_column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text_tab(content: bytes, name: str, limits: Limits) -> Tab:
    text = _decoded(content)
    try:
        delimiter = max(DELIMITERS, key=lambda each: _regularity(text, each))
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = list(islice(read, limits.rows + 1))  # an empty one costs more than its line
    except csv.Error as error:
        raise SheetError.of("broken_quotes") from error
    width = max(map(len, rows))
    _check_extent(name, len(rows), width, limits)
    _check_swallowed(rows, delimiter)
    return Tab(name, tuple(tuple(map(_text_cell, row)) for row in rows), None)


def _decoded(content: bytes) -> str:
    """Text as an office saves it. Charset guessers call half of small GBK files Korean."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetError.of("not_a_sheet")


def _regularity(text: str, delimiter: str) -> int:
    """How much of the text's beginning looks like a table cut at this delimiter."""
    head = io.StringIO("\n".join(text[:HEAD].splitlines()[:30]), newline="")
    widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter) if len(row) > 1)
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _check_swallowed(rows: Sequence[Sequence[str]], delimiter: str) -> None:
    """Refuse a text whose stray quotation mark (a ditto, an inch) took whole rows into a cell."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    usual = max(widths, key=lambda width: widths[width], default=2) - 1
    for line, row in enumerate(rows, 1):
        if any("\n" in cell and cell.count(delimiter) >= usual for cell in row):
            raise SheetError.of("swallowed_rows", line=line)


def _text_cell(cell: str) -> str | None:
    formula = AS_FORMULA.fullmatch(cell)
    return (formula[1] if formula else cell) or None
