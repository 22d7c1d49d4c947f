"""The calendar of the last months, as it is laid out and as the page shows it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from archive.catalogue.reached import Reached
from audit import heat_map
from audit.html import render
from audit.periods import Period
from tests.audit.days import DAY, ordinary

PAST = {
    date(2026, 9, 30): Reached(20, 20),
    date(2026, 11, 2): Reached(20, 19),
    date(2026, 11, 13): Reached(20, 15),
    DAY: Reached(53, 30),
}


def looks(past: dict[date, Reached]) -> dict[date, str]:
    months = heat_map.months(past, DAY, DAY)
    return {one.day: one.look for month in months for one in month.squares}


@pytest.mark.parametrize(
    ("first", "last", "begin", "end"),
    [
        (DAY, DAY, date(2026, 9, 1), date(2026, 11, 30)),
        (date(2026, 1, 31), date(2026, 1, 31), date(2025, 11, 1), date(2026, 1, 31)),
        (date(2026, 6, 8), DAY, date(2026, 6, 1), date(2026, 11, 30)),
        (date(2020, 1, 1), DAY, date(2025, 12, 1), date(2026, 11, 30)),
    ],
)
def test_three_whole_months_or_those_of_the_range_but_no_more_than_a_year(
    first: date, last: date, begin: date, end: date
) -> None:
    assert heat_map.shown(first, last) == Period(begin, end)
    months = heat_map.months({}, first, last)
    assert (months[0].first, months[-1].squares[-1].day) == (begin, end)


def test_every_day_stands_once_under_its_weekday() -> None:
    for month in heat_map.months(PAST, DAY, DAY):
        assert [one.day.day for one in month.squares] == list(range(1, len(month.squares) + 1))
        assert all(one.column == one.day.weekday() for one in month.squares)
        assert len({(one.column, one.row) for one in month.squares}) == len(month.squares)
        mondays = [one for one in month.squares if one.column == 0]
        assert all(one.row == mondays[0].row + at for at, one in enumerate(mondays))


def test_a_day_looks_as_it_stands() -> None:
    found = looks(PAST)
    assert found[date(2026, 9, 30)] == "complete"
    assert found[date(2026, 11, 2)] == "few"
    assert found[date(2026, 11, 13)] == "some"
    assert found[DAY] == "many"
    assert found[DAY - timedelta(1)] == "quiet"
    assert found[DAY + timedelta(1)] == "ahead"


def test_only_a_page_about_one_day_marks_it() -> None:
    def marked(first: date) -> list[date]:
        months = heat_map.months(PAST, first, DAY)
        return [one.day for month in months for one in month.squares if one.wanted]

    assert marked(DAY) == [DAY]
    assert marked(DAY - timedelta(7)) == []


@pytest.mark.parametrize(
    ("language", "told", "month"),
    [
        (
            "en",
            "Friday 13 November 2026: reached 20, recorded 15, without a recording 5 (75%)",
            "November 2026: 3 days with calls, 0 complete, 29 customers without a recording",
        ),
        (
            "zh",
            "2026年11月13日 星期五：已联系上 20，有录音 15，没有录音 5（75%）",
            "2026年11月：有通话 3 天，齐全 0 天，没有录音的客户 29 位",
        ),
    ],
)
def test_the_page_says_each_day_in_words_and_numbers(language: str, told: str, month: str) -> None:
    page = render([ordinary(language)], past=PAST)
    assert f"<title>{told}</title>" in page
    (label,) = re.findall(rf'role="img" aria-label="({month}[^"]*)"', page)
    assert told in label
    square = page.partition(f"<title>{told}</title>")[2].partition("</g>")[0]
    assert '<text class="number"' in square
    assert ">5</text>" in square
    complete = page.partition("2026年9月30日" if language == "zh" else "30 September 2026")[2]
    assert ">✓</text>" in complete.partition("</g>")[0]


def test_where_nothing_is_known_there_is_no_calendar() -> None:
    assert 'class="calendar"' not in render([ordinary()])
    assert 'class="calendar"' in render([ordinary()], past=PAST)
