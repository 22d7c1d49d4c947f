"""How one value of the settings is read: its type, its range, what it is turned into.

A reader takes the value as TOML gave it and the folder that relative paths start from. It raises
WrongValueError with the rest of a sentence in `config/words/settings.toml`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from datetime import time
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from config.language import LANGUAGES
from config.quiet import Hours, some_time_is_free
from config.stores import STORES

NAME_FIELDS = ("date", "time", "customer", "number", "last4", "collector", "original")
"""What a filed recording's name can be made of."""
PATTERN_GROUPS = ("contact", "number", "date", "time", "direction")
"""What the office's own name patterns can point out in a recording's name."""
RAW_FORMATS = ("alaw", "ulaw", "vox")
"""Sound without a header that the office can vouch for; `ingest.raw` says what they are."""


SECRET = re.compile(r"access_?key|secret|passw|token|credential", re.IGNORECASE)
"""Names of what may stand in no settings file."""
SHEET_FIELDS = (
    "customer",
    "numbers",
    "collector",
    "called_at",
    "duration",
    "date",
    "reached",
    "promised",
    "location",
    "hours",
    "overdue_reason",
    "works_name",
    "works_duration",
    "works_quantity",
    "money_source",
    "grade",
    "whom",
    "remark",
    "department",
)
"""What a column of a sheet can hold."""
_DAY = 86_400
"""Seconds."""


class WrongValueError(Exception):
    """A value that cannot be used: `code` is a sentence of `settings`, less the setting's name."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def nearest(word: str, known: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(word, list(known), n=1)
    return found[0] if found else None


def text(value: object, _base: Path) -> str:
    if not isinstance(value, str):
        raise WrongValueError("text_needed")
    return value.strip()


def some_text(value: object, base: Path) -> str:
    said = text(value, base)
    if not said:
        raise WrongValueError("empty")
    return said


def path(value: object, base: Path) -> Path:
    # In "..." a backslash begins an escape: "D:\recordings" is read as "D:" and a line end.
    if isinstance(value, str) and any(ord(character) < 32 for character in value):
        raise WrongValueError("backslash")
    said = some_text(value, base)
    try:
        return base / Path(said).expanduser()
    except RuntimeError:
        raise WrongValueError("no_home", value=said) from None


def zone(value: object, base: Path) -> ZoneInfo:
    said = some_text(value, base)
    try:
        return ZoneInfo(said)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones, `Asia`
        near = nearest(said, available_timezones()) or "Asia/Shanghai"
        raise WrongValueError("timezone_unknown", value=said, near=near) from None


def language(value: object, base: Path) -> str:
    return one_of(some_text(value, base), LANGUAGES)


def watching(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("auto", "native", "polling"))


def releasing(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("keep", "move", "delete"))


def addressing(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("auto", "path", "virtual"))


def store(value: object, base: Path) -> str:
    return one_of(some_text(value, base), tuple(STORES))


def encryption(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("none", "AES256", "aws:kms"))


def locking(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("off", "governance", "compliance"))


def engine(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("boto3", "obstore"))


def one_of(said: str, known: tuple[str, ...]) -> str:
    if said not in known:
        raise WrongValueError("not_one_of", value=said, known=", ".join(known))
    return said


def seconds(value: object, base: Path) -> float:
    """To a day."""
    said = positive(value, base)
    if said > _DAY:
        raise WrongValueError("not_seconds", value=value, most=_DAY)
    return said


def positive(value: object, _base: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError("number_needed")
    if not (math.isfinite(value) and value > 0):
        raise WrongValueError("not_positive", value=value)
    return float(value)


def hours(value: object, base: Path) -> float:
    """From a minute to a day."""
    said = positive(value, base)
    if not 1 / 60 <= said <= 24:
        raise WrongValueError("not_hours", value=value)
    return said


def up_to(most: int, count: Callable[[object, Path], int]) -> Callable[[object, Path], int]:
    """As `count`, and no more than can be meant."""

    def read(value: object, base: Path) -> int:
        said = count(value, base)
        if said > most:
            raise WrongValueError("too_many", value=said, most=most)
        return said

    return read


def count(value: object, _base: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValueError("whole_number_needed")
    if value < 1:
        raise WrongValueError("not_positive", value=value)
    return value


def count_or_none(value: object, base: Path) -> int:
    """0 is none."""
    return 0 if value == 0 and not isinstance(value, bool) else count(value, base)


def workers(value: object, base: Path) -> int:
    """Each has a connection of its own."""
    return up_to(256, count)(value, base)


def clock(value: object, base: Path) -> time:
    """A time of day, `17:00`; a Chinese keyboard's `：` will do."""
    if isinstance(value, time):
        return value
    said = some_text(value, base)
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?", said)
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass  # 24:00, 12:60: as unreadable as any other text
    raise WrongValueError("not_a_time", value=said)


def megabits(value: object, base: Path) -> float:
    """A second; 0 is no limit. With less, a store would give up waiting for the next bytes."""
    said = 0.0 if value == 0 and not isinstance(value, bool) else positive(value, base)
    if said and not 0.1 <= said <= 100_000:
        raise WrongValueError("not_megabits", value=value)
    return said


def quiet(value: object, base: Path) -> tuple[Hours, ...]:
    """`08:30-18:00`, or a list of such."""
    said = value if isinstance(value, list) else [value]
    every = tuple(time_span(one, base) for one in said)
    if not some_time_is_free(every):
        raise WrongValueError("always_quiet")
    return every


def time_span(value: object, base: Path) -> Hours:
    """`08:30-18:00`, also over midnight."""
    said = some_text(value, base)
    ends = re.split(r"\s*[-–—~～至]\s*", said)
    try:
        start, end = (clock(one, base) for one in ends)
    except (ValueError, WrongValueError):
        raise WrongValueError("not_quiet_hours", value=said) from None
    if start == end:
        raise WrongValueError("not_quiet_hours", value=said)
    return Hours(start, end)


def template(value: object, base: Path) -> str:
    said = some_text(value, base)
    known = " ".join(f"{{{field}}}" for field in NAME_FIELDS)
    for field in re.findall(r"\{([^{}]*)\}", said):
        if field not in NAME_FIELDS:
            raise WrongValueError("field_unknown", field=f"{{{field}}}", known=known)
    rest = re.sub(r"\{\w+\}", "", said)
    if re.search(r'[{}<>:"/\\|?*\x00-\x1f]', rest):
        raise WrongValueError("name_unfit", value=said, known=known)
    return said


def patterns(value: object, _base: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValueError("list_needed")
    for one in value:
        _check_pattern(one)
    return tuple(value)


def raw_formats(value: object, _base: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValueError("list_needed")
    return tuple(one_of(one.strip().removeprefix(".").lower(), RAW_FORMATS) for one in value)


def command(value: object, _base: Path) -> tuple[str, ...]:
    """A program and its arguments."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValueError("list_needed")
    if value and not value[0].strip():
        raise WrongValueError("empty")
    return tuple(value)


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise WrongValueError("pattern_broken", value=pattern, error=error) from None
    known = ", ".join(PATTERN_GROUPS)
    if not groups:
        raise WrongValueError("pattern_without_group", value=pattern, known=known)
    for group in groups:
        if group not in PATTERN_GROUPS:
            raise WrongValueError("group_unknown", value=pattern, group=group, known=known)


def columns(value: object, _base: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Fields of a sheet with the texts of their headers; each text names one field."""
    if not isinstance(value, dict):
        raise WrongValueError("columns_needed")
    seen: set[str] = set()
    for field, headers in value.items():
        if field not in SHEET_FIELDS:
            known = ", ".join(SHEET_FIELDS)
            raise WrongValueError("column_unknown", field=field, known=known)
        if not isinstance(headers, list) or not all(map(_is_header, headers)):
            raise WrongValueError("headers_needed", field=field)
        for header in headers:
            level = "".join(header.split()).casefold()
            if level in seen:
                raise WrongValueError("header_twice", header=header)
            seen.add(level)
    return tuple((field, tuple(headers)) for field, headers in value.items())


def _is_header(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def bucket(value: object, base: Path) -> str:
    said = some_text(value, base)
    if re.search(r"[\s/\\:]", said):
        raise WrongValueError("bucket_is_no_name", value=said)
    return said


def prefix(value: object, base: Path) -> str:
    """Some stores take `..` for the folder above, and others refuse it."""
    said = text(value, base)
    if {".", ".."} & set(re.split(r"[/\\]", said)) or re.search(r"[\x00-\x1f\x7f]", said):
        raise WrongValueError("prefix_unfit", value=said)
    return said


def mirror_name(value: object, base: Path) -> str:
    """It stands in file names, in custody and in what people type."""
    said = some_text(value, base)
    if not re.fullmatch(r"[\w-]{1,32}", said):
        raise WrongValueError("mirror_name_unfit", value=said)
    return said


def endpoint(value: object, base: Path) -> str:
    said = _address(value, base, "endpoint_unfit")
    if any(sign in said for sign in "?#"):  # what a browser's address has; nobody could sign it
        raise WrongValueError("endpoint_unfit")
    return said


def authority(value: object, base: Path) -> str:
    return _address(value, base, "authority_unfit")


def _address(value: object, base: Path, unfit: str) -> str:
    said = some_text(value, base)
    parts = _split(said)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongValueError(unfit)
    if parts.username or parts.password:
        raise WrongValueError("secret")
    return said


def database(value: object, base: Path) -> str:
    """An SQLAlchemy URL; a relative SQLite file is taken from `base`, not the working directory.

    The URL is never shown: it may hold a password.
    """
    said = some_text(value, base)
    kind, found, place = said.partition("://")
    if found and re.fullmatch(r"sqlite(\+\w+)?", kind):
        file = place.removeprefix("/")
        if not place.startswith("/") or not file or file.startswith(":memory:"):
            raise WrongValueError("catalogue_without_file")
        return said if file.startswith("file:") else f"{kind}:///{(base / file).as_posix()}"
    parts = _split(said)
    if parts is None or not re.fullmatch(r"postgresql(\+\w+)?", kind) or not parts.path.strip("/"):
        raise WrongValueError("catalogue_unfit")
    return said


def has_password(url: object) -> bool:
    parts = _split(url) if isinstance(url, str) else None
    return parts is not None and (bool(parts.password) or "password=" in parts.query)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; `None` of another's, which lies elsewhere."""
    kind, _, place = url.partition(":///")
    if not kind.startswith("sqlite"):
        return None
    return Path(place.removeprefix("file:").partition("?")[0])


def sqlite_file(file: Path) -> str:
    """The URL of an SQLite file."""
    # SQLAlchemy would read these as an escape and as the beginning of options.
    if re.search(r"\?|%[0-9A-Fa-f]{2}", str(file)):
        raise WrongValueError("odd_folder", value=file)
    return f"sqlite:///{file.as_posix()}"
