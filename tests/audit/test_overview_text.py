"""Several days in a terminal: the tables before the days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from audit.overview_text import render
from tests.audit.days import DAY, HOSTILE, call, day, filed, hostile, ordinary, ref


def test_months_weeks_days_and_collectors_are_told() -> None:
    days = [ordinary("en", DAY - timedelta(number)) for number in (0, 7, 21)]
    lines = [line.split() for line in render(days, 120, colour=False).splitlines()]
    assert ["November", "2026", "106", "100", "94.3%", "6"] in lines
    assert ["2026-11-16", "–", "11-22", "53", "50", "94.3%", "3"] in lines
    assert ["2026-11-09", "53", "50", "94.3%", "3"] in lines
    assert ["赵敏", "39", "33", "84.6%", "6"] in lines
    assert ["Everybody", "159", "150", "94.3%", "9"] in lines


def test_late_and_corrected_have_columns_of_their_own() -> None:
    late = replace(call(4, "张三", "a"), late=True, corrected=True)
    report = day([filed("a", "张三", ref(4))], [late], language="en")
    quiet = day(on=DAY + timedelta(1), language="en")
    lines = [line.split() for line in render([report, quiet], 120, colour=False).splitlines()]
    assert ["2026-11-16", "1", "1", "100%", "1", "1"] in lines
    assert ["2026-11-17", "0", "0"] in lines


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [60, 100])
def test_hostile_names_stay_text_within_the_width(name: str, width: int) -> None:
    said = render([hostile(name), hostile(name)], width, colour=False)
    assert "\x1b" not in said
    assert all(cell_len(line) <= width for line in said.splitlines())


def test_without_a_day_there_is_nothing_to_tell() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        render([], 80, colour=False)
