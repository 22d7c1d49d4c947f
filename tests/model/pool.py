"""All that can come into the model's office: so few names, sounds and sheets that they meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tests.ingest.small_office import DAY, sheet, sound

DAYS: Sequence[date] = [DAY + timedelta(days=count) for count in range(3)]
COLLECTORS = ("王芳", "李强")

CHEN, LIU, MA = ("陈建国", "15405381201"), ("刘海燕", "13869170000"), ("马俊峰", "15405381205")
WANG, OTHER_WANG = ("王伟", "15405381401"), ("王伟", "15405381402")
CUSTOMERS = (CHEN, LIU, MA, WANG, OTHER_WANG)

Row = tuple[str, str, str]
ROWS: Sequence[Row] = (
    (*CHEN, "9:12"),
    (*LIU, "9:40"),
    (*WANG, "10:12"),
    (*OTHER_WANG, "10:48"),
    ("王伟", "", "11:05"),
    (MA[0], CHEN[1], "9:12"),
    (*MA, "14:20"),
    (CHEN[0], "15405381231", "9:12"),
    ("陈建国", "", "15:30"),
)
"""Also a row without a number, one with another's number, and one with a slip in it."""

BROKEN_SHEETS = (b"\x00\xff\x00\xfe", "谁,什么\n1,2\n".encode("utf-8-sig"), b"")
"""None of these can be read as a call-log sheet."""

NAMES: Sequence[str] = (
    "通话录音@陈建国(15405381201)_{day}091207.amr",
    "通话录音@154 0538 1201(15405381201)_{day}091300.amr",
    "通话录音@刘海燕(13869170000)_{day}094011.amr",
    "通话录音@刘海燕(13869170000)_{day}094011 (1).amr",
    "通话录音@王伟(15405381402)_{day}104800.amr",
    "王伟-{day}1030.amr",
    "通话录音@陈建国(13869170000)_{day}151500.amr",
    "通话录音@妈妈(15405389999)_{day}120533.amr",
    "通话录音@工地老赵(15405387777)_{day}101530.amr",
    "新录音 7.amr",
)
"""Clear ones, a copy's, one of two namesakes, a conflict, nobody's, and one that says nothing."""

TOLD: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    NAMES[0]: (frozenset({"陈建国"}), frozenset({"15405381201"})),
    NAMES[1]: (frozenset(), frozenset({"15405381201"})),
    NAMES[2]: (frozenset({"刘海燕"}), frozenset({"13869170000"})),
    NAMES[3]: (frozenset({"刘海燕"}), frozenset({"13869170000"})),
    NAMES[4]: (frozenset({"王伟"}), frozenset({"15405381402"})),
    NAMES[5]: (frozenset({"王伟"}), frozenset()),
    NAMES[6]: (frozenset({"陈建国"}), frozenset({"13869170000"})),
    NAMES[7]: (frozenset(), frozenset({"15405389999"})),
    NAMES[8]: (frozenset({"工地老赵"}), frozenset({"15405387777"})),
    NAMES[9]: (frozenset(), frozenset()),
}
"""The names and numbers that each of `NAMES` says."""

JUNK = ("Thumbs.db", "说明.txt", "~$记录表.csv", "上传.part")

STRANGERS = ("赵新 15405389001", "王伟 15405381409", "工地老赵 15405387777")
"""Customers whom no sheet names."""


_SIX_TENTHS = 6 + 31 * 32
"""Bytes of 31 frames of AMR with its head."""


def _sounds() -> Sequence[bytes]:
    whole = [sound(number)[:_SIX_TENTHS] for number in range(5)]
    return [*whole, whole[0][:57], b"#!AMR\n", b"", b"RIFF\x00\x00no sound at all"]


SOUNDS = _sounds()
"""Whole ones of less than a second, then damaged and empty ones."""


def source(name: str, day: date, collector: str) -> str:
    """Where in the inbox a recording of this name lies."""
    at = f"{day:%y%m%d}" if name.startswith("王伟") else f"{day:%Y%m%d}"
    return f"{day}/{collector}/{name.format(day=at)}"


def told(place: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names and numbers that a recording's place in the inbox says."""
    return _BY_SOURCE[place]


def sheet_source(day: date, collector: str) -> str:
    return f"{day}/{collector}/记录表.csv"


def sheet_of(rows: Sequence[int]) -> bytes:
    """A sheet with these of `ROWS`, in this order."""
    return sheet([ROWS[number] for number in rows])


_BY_SOURCE = {
    source(name, day, collector): TOLD[name]
    for name in NAMES
    for day in DAYS
    for collector in COLLECTORS
}
