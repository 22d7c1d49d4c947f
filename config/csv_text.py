"""Lines of CSV that are opened in a spreadsheet: no cell of them runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
"""A spreadsheet takes a cell that begins so for a formula; some pass over spaces before it."""


def csv_line(cells: Sequence[object]) -> str:
    """Ends in a line feed; a carriage return within a cell, which ends a line too, is quoted."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def harmless(value: object) -> object:
    """A cell that no spreadsheet runs as a formula."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value
