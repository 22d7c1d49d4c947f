"""Names and paths that every file system can hold, whatever customers and recorders are called."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.layout import (
    NameFields,
    customer_folder,
    extension,
    filed_path,
    fold,
    holding_path,
    safe_name,
)

DAY = date(2026, 11, 16)
TEMPLATE = "{date}_{time}_{customer}_{last4}"
HOSTILE = (
    "../..",
    "..",
    "/etc/passwd",
    r"C:\Windows\system32",
    r"\\server\share",
    "CON",
    "nul.mp3",
    "com¹.x",
    "CONIN$",
    "_holding",
    "_HOLDING",
    "＿ｈｏｌｄｉｎｇ",
    ".callvault",
    "=cmd|' /C calc'!A0",
    "张" * 200,
    "𠮷" * 200,
    "\u202e三张\u200f",
    "张\x00三\n\t",
    'a:b*c?d<e>f|g"h',
    "name. . .",
    " ",
    "",
    "\ud800",
    "e\u0301",
    "🚜",
)
DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"
}
TEXT = st.lists(st.sampled_from(HOSTILE) | st.characters() | st.text(), max_size=6).map("".join)


def fields(
    customer: str = "张三",
    *,
    started_at: datetime | None = None,
    to_the_second: bool = True,
    numbers: tuple[str, ...] = ("13800138000",),
    collector: str | None = "王芳",
    original: str = "通话录音.MP3",
) -> NameFields:
    return NameFields(customer, started_at, to_the_second, DAY, numbers, collector, original)


def is_legal(name: str) -> bool:
    """What Windows says of a file's name (learn.microsoft.com: Naming Files, Paths)."""
    return (
        not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
        and not name.endswith((".", " "))
        and name.split(".", maxsplit=1)[0].rstrip(" ").upper() not in DEVICES
        and len(name.encode()) <= 255
    )


@given(TEXT)
@example("CON")
@example("_HOLDING")
@example("." * 300)
@example("a" * 179 + ". b")
def test_any_text_becomes_a_legal_name(text: str) -> None:
    name = safe_name(text)
    assert name not in {"", ".", ".."}
    assert is_legal(name)
    assert is_legal(f"{name} (2).mp3")
    assert not fold(name).startswith((".", "_holding"))
    assert safe_name(name) == name


@given(TEXT, st.integers(min_value=4, max_value=180))
def test_a_name_is_never_longer_than_asked_for(text: str, limit: int) -> None:
    assert len(safe_name(text, limit).encode()) <= limit


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"),
        ("  张  三 ", "张 三"),
        ("张/三", "张_三"),
        ("e\u0301", "é"),
        ("nul", "_nul"),
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("nullen", "nullen"),
        ("..", "_"),
        ("._.", "__"),
        ("\u202e三张", "_三张"),
        ("张\ufe0f三\u3164", "张_三_"),
        ("a" * 200, "a" * 80),
        ("😀" * 200, "😀" * 40),
        ("=1+1", "=1+1"),
        ("䶮", "䶮"),
    ],
)
def test_what_cannot_stand_in_a_name_is_seen_as_an_underscore(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(TEXT, st.sampled_from([None, "13800138000", "0531-87654321", "12"]))
def test_the_candidates_for_a_folder_never_end_and_are_all_legal(
    name: str, number: str | None
) -> None:
    candidates = list(islice(customer_folder(name, number), 6))
    assert all(is_legal(folder) for folder in candidates)
    assert len({fold(folder) for folder in candidates}) >= 5


def test_a_namesake_is_told_apart_by_the_number() -> None:
    assert list(islice(customer_folder("张三", "13800138000"), 4)) == [
        "张三",
        "张三 (8000)",
        "张三 (13800138000)",
        "张三 (2)",
    ]
    assert list(islice(customer_folder("张三", None), 2)) == ["张三", "张三 (2)"]


@given(TEXT, TEXT, TEXT)
@example("../..", "../../x.mp3", "..")
def test_a_filed_recording_stays_inside_its_customers_folder(
    customer: str, original: str, collector: str
) -> None:
    folder = next(customer_folder(customer, None))
    known = fields(customer, original=original, collector=collector)
    template = "{customer}{collector}{original}"
    for path in islice(filed_path(folder, template, known), 3):
        assert path.count("/") == 2
        first, day, name = path.split("/")
        assert (first, day) == (folder, "2026-11-16")
        assert is_legal(name)
        assert PurePosixPath(name).name == PureWindowsPath(name).name == name
        assert not first.startswith(("_holding", "."))


@given(TEXT)
def test_a_held_recording_lies_below_holding(original: str) -> None:
    path = holding_path(DAY, "000017", original)
    first, day, name = path.split("/")
    assert (first, day) == ("_holding", "2026-11-16")
    assert name.startswith("000017 ")
    assert is_legal(name)


def test_a_held_recording_keeps_its_name_and_extension() -> None:
    assert holding_path(DAY, "000017", "张三.MP3") == "_holding/2026-11-16/000017 张三.mp3"


STARTED = datetime(2026, 11, 16, 10, 30, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("template", "known", "name"),
    [
        (TEMPLATE, fields(started_at=STARTED), "20261116_103005_张三_8000.mp3"),
        (
            TEMPLATE,
            fields(started_at=STARTED, to_the_second=False),
            "20261116_1030_张三_8000.mp3",
        ),
        (TEMPLATE, fields(), "20261116_张三_8000.mp3"),
        (TEMPLATE, fields(numbers=()), "20261116_张三.mp3"),
        ("{collector} - {number}", fields(collector=None), "13800138000.mp3"),
        ("{collector} - {number}", fields(), "王芳 - 13800138000.mp3"),
        ("{customer}_{time}_{number}", fields(numbers=()), "张三.mp3"),
        ("{original}", fields(), "通话录音.mp3"),
        ("{original}", fields(original="a__b - c.amr"), "a__b - c.amr"),
        ("{time}", fields(), "通话录音.mp3"),
        ("{customer}", fields("{number}"), "{number}.mp3"),
        ("{original}", fields(original="FF00A1"), "FF00A1"),
    ],
)
def test_what_is_not_known_is_left_out_with_its_separator(
    template: str, known: NameFields, name: str
) -> None:
    assert next(filed_path("张三", template, known)) == f"张三/2026-11-16/{name}"


def test_a_name_that_is_taken_gets_a_count_before_its_extension() -> None:
    assert list(islice(filed_path("张三", "{date}", fields()), 3)) == [
        "张三/2026-11-16/20261116.mp3",
        "张三/2026-11-16/20261116 (2).mp3",
        "张三/2026-11-16/20261116 (3).mp3",
    ]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.MP3", ".mp3"),
        ("a.tar.gz", ".gz"),
        ("a", ""),
        (".mp3", ""),
        ("a.", ""),
        ("通话.录音", ""),
        ("a.mp3 (1)", ""),
        ("a.verylongending", ""),
    ],
)
def test_only_a_short_plain_ending_is_an_extension(name: str, suffix: str) -> None:
    assert extension(name) == suffix


@pytest.mark.parametrize(
    ("one", "other"), [("ABC", "abc"), ("ＡＢＣ", "abc"), ("e\u0301", "é"), ("Straße", "STRASSE")]
)
def test_names_that_a_file_system_may_take_for_one_are_folded_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_names_stay_different() -> None:
    assert fold("张三") != fold("张叁")
