"""What every output must be, whatever stands in it: read again by readers of others."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from openpyxl import load_workbook

from tests.hostile.names import STARTERS
from tests.hostile.ntfs import is_unseen

_HARMLESS_TAGS = re.compile(
    "html|head|meta|title|style|body|main|header|footer|section|article|nav|div|span|p|h[1-4]|ul|ol|"
    "li|table|caption|thead|tbody|tfoot|tr|t[hd]|a|b|strong|em|i|small|br|hr|details|summary|time|"
    "code|bdi|dl|d[td]|figure|figcaption|svg|rect|text|g"
)
_LOG_LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [a-z_.]+: [a-z0-9 :,._-]*", re.IGNORECASE
)

_NUMBER = re.compile(r"(?<!\d)\d{7,}(?!\d| bytes)")


def csv_faults(text: str) -> list[str]:
    """Cells that a spreadsheet would run; lines that are not as wide as their head."""
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    faults = [f"{len(row)} cells" for row in rows if len(row) != len(rows[0])]
    return faults + [cell for row in rows for cell in row if _runs(cell)]


def _runs(cell: str) -> bool:
    return cell[:1] in set("\t\r\n") or cell.strip()[:1] in set(STARTERS)


def xlsx_texts(path: Path) -> tuple[list[str], list[str]]:
    """All texts of a workbook, and what in it is more than text, number or date."""
    with zipfile.ZipFile(path) as parts:
        active = [
            name for name in parts.namelist() if re.search("external|vba|macro|connections", name)
        ]
    book = load_workbook(path)
    cells = [
        cell for tab in book for row in tab.iter_rows() for cell in row if cell.value is not None
    ]
    active += [
        f"{cell.coordinate} {cell.data_type}" for cell in cells if cell.data_type not in "snd"
    ]
    active += [f"{cell.coordinate} links" for cell in cells if cell.hyperlink]
    return [cell.value for cell in cells if isinstance(cell.value, str)], active


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text = ""
        self.policy = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _HARMLESS_TAGS.fullmatch(tag):
            self.faults.append(f"<{tag}>")
        given = dict(attrs)
        if given.get("http-equiv", ""):
            self.policy += given.get("content") or ""
        for name, value in attrs:
            scheme = (value or "").partition(":")[0].lower()
            if name.startswith("on") or name in ("srcdoc", "src", "action", "formaction"):
                self.faults.append(f"<{tag} {name}>")
            if name == "href" and scheme != "file" and not (value or "").startswith("#"):
                self.faults.append(f"<{tag} href={value}>")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}")


def terminal_faults(text: str) -> list[str]:
    """Signs that would move the screen, turn the direction of writing, or not be seen."""
    return [
        f"U+{ord(sign):04X}"
        for sign in sorted(set(text))
        if sign != "\n" and is_unseen(sign) and _is_shown(sign)
    ]


def _is_shown(sign: str) -> bool:
    """Private and unassigned characters are a box on the screen, and hide nothing."""
    return unicodedata.category(sign) not in {"Co", "Cn"}


def log_faults(log: str) -> list[str]:
    """Lines that hold more than the product's own words and short numbers."""
    lines = log.splitlines()
    return [line for line in lines if not _LOG_LINE.fullmatch(line) or _NUMBER.search(line[30:])]
