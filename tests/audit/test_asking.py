"""What a person types who searches: days in words, names by sound, numbers as they are dialled."""

from __future__ import annotations

from datetime import date

import pytest

from audit.asking import days, spell, take_apart, understand

TODAY = date(2026, 11, 16)  # a Monday


def span(*ends: tuple[int, int, int]) -> tuple[date, date]:
    first, last = (date(*end) for end in (ends[0], ends[-1]))
    return first, last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-03", span((2026, 11, 3))),
        ("2026年11月3日", span((2026, 11, 3))),
        ("11月3日", span((2026, 11, 3))),
        ("11/3", span((2026, 11, 3))),
        ("12月3日", span((2025, 12, 3))),
        ("2026-11", span((2026, 11, 1), (2026, 11, 30))),
        ("2024年2月", span((2024, 2, 1), (2024, 2, 29))),
        ("12月", span((2025, 12, 1), (2025, 12, 31))),
        ("2025年", span((2025, 1, 1), (2025, 12, 31))),
        ("today", span((2026, 11, 16))),
        ("昨天", span((2026, 11, 15))),
        ("上周", span((2026, 11, 9), (2026, 11, 15))),
        ("This  Week", span((2026, 11, 16), (2026, 11, 22))),
        ("上个月", span((2026, 10, 1), (2026, 10, 31))),
        ("last month", span((2026, 10, 1), (2026, 10, 31))),
        ("去年", span((2025, 1, 1), (2025, 12, 31))),
        ("2026-11-03..2026-11-09", span((2026, 11, 3), (2026, 11, 9))),
        ("2026-10~2026-11", span((2026, 10, 1), (2026, 11, 30))),
        ("11月3日到11月9日", span((2026, 11, 3), (2026, 11, 9))),
        ("１１月３日～１１月９日", span((2026, 11, 3), (2026, 11, 9))),
        ("11月3日——11月9日", span((2026, 11, 3), (2026, 11, 9))),
        ("２０２６－１１－０３", span((2026, 11, 3))),
        ("2月29日", span((2024, 2, 29))),
        ("2026-11-03..", None),
        ("2026-02-30", None),
        ("2月30日", None),
        ("2026", None),
        ("1201", None),
        ("13800138000", None),
        ("张三", None),
        ("到家", None),
        ("", None),
    ],
)
def test_spans_of_days_are_named_in_many_ways(
    text: str, expected: tuple[date, date] | None
) -> None:
    assert days(text, TODAY) == expected


def test_last_month_in_january_is_december() -> None:
    assert days("上个月", date(2027, 1, 31)) == span((2026, 12, 1), (2026, 12, 31))
    assert days("1月", date(2027, 1, 31)) == span((2027, 1, 1), (2027, 1, 31))


def test_days_are_taken_out_of_the_words_in_one_or_in_two() -> None:
    said = take_apart(["张三", "last", "month", "5678"], TODAY)
    assert said.words == ("张三", "5678")
    assert said.span == span((2026, 10, 1), (2026, 10, 31))
    assert take_apart(["张三"], TODAY).span is None


def test_of_several_spans_the_days_that_all_have_count() -> None:
    assert take_apart(["2026-11", "2026-11-03"], TODAY).span == span((2026, 11, 3))
    first, last = take_apart(["2026-10", "2026-11"], TODAY).span or span((2026, 1, 1))
    assert first > last


@pytest.mark.parametrize(
    ("word", "digits"),
    [
        ("5678", "5678"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("0531-87654321", "053187654321"),
        ("(0531)87654321", "053187654321"),
        ("\u202d138 0013 8000\u202c", "13800138000"),  # as a contacts app gives it
        ("138–0013–8000", "13800138000"),
        ("138.0013.8000", "13800138000"),
        ("５６７８", "5678"),
        ("１３８００１３８０００", "13800138000"),
        ("张三5678", ""),
        ("张三", ""),
    ],
)
def test_numbers_are_looked_for_without_the_country_s_code(word: str, digits: str) -> None:
    assert understand(word).digits == digits


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张伟", "zhangwei zw"),
        ("单雄信", "shanxiongxin danxiongxin sxx"),
        ("曾国藩", "zengguofan zgf"),
        ("仇英", "qiuying qy"),
        ("查良镛", "zhaliangyong zly"),
        ("解缙", "xiejin xj"),
        ("乐嘉", "lejia yuejia"),
        ("盖叫天", "gejiaotian gaijiaotian"),
        ("吕布", "lvbu lubu lyubu lb"),
        ("济南市重工机械", "jinanshizhonggongjixie jnszgjx"),
        ("張偉", "zhangwei zw"),
    ],
)
def test_names_are_typed_by_every_usual_reading(name: str, typed: str) -> None:
    assert set(typed.split()) <= set(spell(name)[1])


@pytest.mark.parametrize("word", ["-", "' ", "\U0010ffff", "\ud7ff", "\udce5", ""])
def test_what_nobody_is_called_is_no_error(word: str) -> None:
    asked = understand(word)
    assert (asked.sounds, asked.digits) == ((), "")
    asked.text.encode()


def test_what_is_not_chinese_is_typed_as_it_is_written() -> None:
    assert spell("Smith") == ("smith", frozenset())
    assert understand("Zhang Wei").sounds == ("zhangwei",)
    assert understand("lü").sounds == ("lv",)
    assert understand("ｚｗ").sounds == ("zw",)
    assert understand("张伟").alike == ("zhangwei",)
