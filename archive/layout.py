"""Where things lie in the archive, and names that every file system can hold. Pure.

<archive>/张三/2026-11-16/20261116_103000_张三_8000.mp3   filed
<archive>/_holding/2026-11-16/000017 <original name>      held
<archive>/.callvault/                                     callvault's own, bad copies aside too
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from config.visible import UNSEEN

HOLDING = "_holding"
PRIVATE = ".callvault"
STAGING = f"{PRIVATE}/staging"
SHEETS = f"{PRIVATE}/sheets"
CUSTODY = f"{PRIVATE}/custody"
ACCESS = f"{PRIVATE}/access"
"""Who saw what, until the next pass takes it into the custody log."""
ASIDE = f"{PRIVATE}/aside"
"""What was found bad, or was replaced: kept, and never looked at again."""

NAME_BYTES = 180
"""Longest name part in UTF-8: file systems allow 255 bytes; room is left for ` (2)` and such."""
NAME_UNITS = 80
"""Longest name part as Windows counts, in UTF-16: most of its programs open no path over 260."""

_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE
)
"""Device names on Windows, with any extension (https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""
_CUSTODY_FILE = re.compile(
    rf"{re.escape(CUSTODY)}/\d{{4}}-\d\d-\d\d/(\d{{8,}})\.(?:jsonl|tsr)", re.ASCII
)
_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_MARKS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control, formatting (RTL marks, zero width), private and unassigned characters."""


@dataclass(frozen=True, slots=True)
class NameFields:
    """What a filed recording's name can be made of."""

    customer: str
    started_at: datetime | None
    """In the office's time zone."""
    to_the_second: bool
    day: date
    numbers: tuple[str, ...]
    collector: str | None
    original: str
    """The file's name as it was handed over, with its extension."""


def fold(path: str) -> str:
    """What two paths have in common if a file system could take one for the other."""
    return unicodedata.normalize("NFKC", path).casefold()


def safe_name(text: str, limit: int = NAME_BYTES) -> str:
    """`text` as one name that NTFS, ext4, APFS and S3 can hold; never empty, `.` or `..`.

    What cannot stand in a name becomes `_`, so that it is seen that something stood there.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = "".join("_" if unicodedata.category(c) in _MARKS or c in UNSEEN else c for c in plain)
    plain = re.sub(r"\s+", " ", _ILLEGAL.sub("_", plain)).strip()
    plain = _cut(plain, limit).rstrip(" .")
    if not plain.strip("_. "):
        return "_" * max(1, len(plain))
    if _RESERVED.fullmatch(plain.split(".")[0].strip()) or fold(plain).startswith((".", HOLDING)):
        plain = _cut(f"_{plain}", limit).rstrip(" .")
    return plain


def customer_folder(name: str, number: str | None) -> Iterator[str]:
    """Names for a customer's folder, best first, without end: the caller takes the first free one.

    A second customer of the same name is told apart by the number's last four digits.
    """
    plain = safe_name(name)
    yield plain
    if number:
        yield f"{plain} ({number[-4:]})"
        yield f"{plain} ({number})"
    yield from (f"{plain} ({count})" for count in itertools.count(2))


def sheet_path(sha256: str, source: str) -> str:
    """Where a version of a sheet is kept as it was handed in."""
    return f"{SHEETS}/{sha256}{extension(source)}"


def custody_path(number: int, day: date, before: str = "") -> str:
    """Where the custody file of this number lies, which was written on `day`.

    Under no earlier date than `before`, the one before it, though the clock was set back: whoever
    looks for later ones in a mirror lists what comes after the last.
    """
    folder = max(f"{CUSTODY}/{day.isoformat()}", before.rpartition("/")[0])
    return f"{folder}/{number:08d}.jsonl"


def custody_number(path: str) -> int | None:
    """The number of the custody file, or of its time stamp, at `path`; `None` of anything else."""
    found = _CUSTODY_FILE.fullmatch(path)
    return int(found[1]) if found else None


def stamp_path(file: str) -> str:
    """Where the time stamp of a custody file lies: beside it."""
    return f"{file.removesuffix('.jsonl')}.tsr"


def aside_path(path: str, day: date) -> Iterator[str]:
    """Where a bad copy is kept that a repair on `day` took the place of: the first that is free."""
    stem, suffix = _split(f"{ASIDE}/{day.isoformat()}/{path}")
    yield f"{stem}{suffix}"
    yield from (f"{stem} ({count}){suffix}" for count in itertools.count(2))


def holding_path(day: date, token: str, original: str) -> str:
    """Where a recording waits; `token` makes it unique."""
    stem, suffix = _split(original)
    return f"{HOLDING}/{day.isoformat()}/{token} {safe_name(stem, 120)}{suffix}"


def filed_path(folder: str, template: str, fields: NameFields) -> Iterator[str]:
    """Paths for a filed recording, best first, without end: the caller takes the first free one.

    Fields that nothing is known of are left out of the name, with their separator.
    """
    stem, suffix = _split(fields.original)
    name = safe_name(_fill(template, fields, stem))
    below = f"{folder}/{fields.day.isoformat()}"
    yield f"{below}/{name}{suffix}"
    yield from (f"{below}/{name} ({count}){suffix}" for count in itertools.count(2))


def _fill(template: str, fields: NameFields, stem: str) -> str:
    number = fields.numbers[0] if fields.numbers else ""
    time = ""
    if fields.started_at is not None:
        time = fields.started_at.strftime("%H%M%S" if fields.to_the_second else "%H%M")
    values = {
        "date": fields.day.strftime("%Y%m%d"),
        "time": time,
        "customer": fields.customer,
        "number": number,
        "last4": number[-4:],
        "collector": fields.collector or "",
        "original": stem,
    }
    filled, *rest = re.split(r"\{(\w+)\}", template)
    for field, between in zip(rest[::2], rest[1::2], strict=True):
        filled = filled + values[field] if values[field] else filled.rstrip("_- ")
        filled += between
    return filled.strip("_- ") or stem


def extension(name: str) -> str:
    """The extension in lower case with its dot, where it is short and plain; else nothing."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def _split(original: str) -> tuple[str, str]:
    suffix = extension(original)
    return original[: len(original) - len(suffix)], suffix


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8 and `NAME_UNITS` of UTF-16, cut between characters."""
    short = text.encode("utf-16-le", "replace")[: 2 * NAME_UNITS].decode("utf-16-le", "ignore")
    return short.encode("utf-8")[:limit].decode("utf-8", "ignore")
