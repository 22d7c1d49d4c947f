"""Copies, impossible dates and other odd names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.evidence import Precision
from tests.ingest.recorder_names import at, read


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ("张三 (1).mp3", "张三"),
        ("张三(2).mp3", "张三"),
        ("张三（2）.mp3", "张三"),
        ("张三 - 副本.mp3", "张三"),
        ("张三 - 副本 (2).mp3", "张三"),
        ("张三 - 副本 - 副本.mp3", "张三"),
        ("张三 - Copy.mp3", "张三"),
        ("张三 - Copy (2).mp3", "张三"),
        ("张三_copy.mp3", "张三"),
        ("张三 copy 2.mp3", "张三"),
        ("张三副本.mp3", "张三"),
        ("张三的副本.mp3", "张三"),
        ("副本 张三.mp3", "张三"),
        ("复件 (2) 张三.mp3", "张三"),
        ("常汉杰(15967387860)_20230714151024(1).mp3", "常汉杰"),
        ("常汉杰(15967387860)_20230714151024 (1).mp3", "常汉杰"),
        ("[张三]_13800138000-100_20190211124743(3) (1).wav", "张三"),
    ],
)
def test_copies_are_read_as_what_they_are_copies_of(name: str, contact: str) -> None:
    evidence = read(name)
    assert evidence.is_copy
    assert evidence.contact == contact


@pytest.mark.parametrize(
    "name",
    [
        "常汉杰(15967387860)_20230714151024.mp3",
        "[张三]_13800138000-100_20190211124743(38).wav",
        "王五-2.amr",
        "张三.mp3",
    ],
)
def test_what_is_no_copy(name: str) -> None:
    assert not read(name).is_copy


@pytest.mark.parametrize(
    "name",
    [
        "常汉杰(15967387860)_20231314151024.mp3",
        "常汉杰(15967387860)_20230714251024.mp3",
        "常汉杰(15967387860)_20990714151024.mp3",
        "13823605460_20220431143025.amr",
        "Papa-2513232146.mp3",
        "19145520861_通话_13月13日_15点26分.amr",
        "[张三]_100-13800138000_20190211124799(2).wav",
    ],
)
def test_an_impossible_date_fits_no_form(name: str) -> None:
    evidence = read(name)
    assert evidence.reader == "general"
    assert evidence.precision is not Precision.SECOND


def test_an_impossible_zone_is_not_taken_for_one() -> None:
    evidence = read("20230414_215701+9900_out.oga")
    assert (evidence.reader, evidence.started_at) == ("general", at(2023, 4, 14, 21, 57, 1))


def test_a_leap_day_without_year_finds_its_year() -> None:
    name = "张三_通话_02月29日_15点26分.amr"
    assert read(name).started_at == at(2024, 2, 29, 15, 26)


def test_escaped_plus_and_wide_characters_are_read() -> None:
    assert read("%2B61403692612 2019-05-16 10-06-40.amr").numbers == ("+61403692612",)
    assert read("张三（１３８００１３８０００）_20230714151024.mp3").reader == "miui"
    assert read("张三（１３８００１３８０００）_20230714151024.mp3").numbers == ("13800138000",)


@pytest.mark.parametrize(
    ("name", "reader", "contact", "direction"),
    [
        ("2026-11-16 09.30.15 13800138000 呼出 张三.mp3", "axet", "张三", "out"),
        ("张三 呼入 2026-11-16 09-30-15.amr", "vivo", "张三", "in"),
        ("张三(去电)_261116_093015.m4a", "samsung", "张三", "out"),
        ("来电通-2611160930.mp3", "coloros", "来电通", None),
    ],
)
def test_a_direction_in_words_beside_the_contact_is_no_part_of_it(
    name: str, reader: str, contact: str, direction: str | None
) -> None:
    found = read(name)
    assert (found.reader, found.contact, found.direction) == (reader, contact, direction)


@settings(max_examples=300, deadline=None)
@given(st.text("张三老总20261381234567890+-_ ().@#年月日点分录音通话inoutTAC副本", max_size=40))
def test_no_name_is_too_strange(name: str) -> None:
    evidence = read(name)
    assert evidence.started_at is None or evidence.started_at.tzinfo is not None
    assert (evidence.started_at is None) == (evidence.precision is None)
    if evidence.precision is Precision.DAY:
        assert evidence.started_at is not None
        assert evidence.started_at.hour == 0
