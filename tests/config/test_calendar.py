"""Which days are worked, and by when a day's hand-off is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit.rules import Rules
from config.calendar import Calendar, Days
from config.language import Words

ZONE = ZoneInfo("Asia/Shanghai")
NATIONAL_DAY = Calendar(
    holidays=(Days(date(2026, 10, 1), date(2026, 10, 8)),),
    extra_working_days=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
)
"""From Thursday to Thursday; a Sunday before and a Saturday after are worked."""


def test_without_settings_monday_to_friday_are_worked() -> None:
    monday = date(2026, 11, 16)
    week = [Calendar().is_working(monday + timedelta(days=count)) for count in range(7)]
    assert week == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 26), False),
        (date(2026, 9, 27), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 8), False),
        (date(2026, 10, 9), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_holidays_are_off_and_weekends_are_worked_for_them(day: date, worked: bool) -> None:
    assert NATIONAL_DAY.is_working(day) is worked


def test_a_day_that_is_named_as_worked_is_even_within_a_holiday() -> None:
    first, day = date(2026, 10, 1), date(2026, 10, 7)
    calendar = Calendar(holidays=(Days(first, day),), extra_working_days=frozenset({day}))
    assert calendar.is_working(day)
    assert not calendar.is_working(day - timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 9)),
        (date(2026, 10, 11), date(2026, 10, 12)),
    ],
)
def test_the_next_working_day(day: date, due: date) -> None:
    assert NATIONAL_DAY.working_day_from(day) == due


def test_working_days_before_go_over_a_holiday() -> None:
    before = NATIONAL_DAY.working_days_before(date(2026, 10, 10), 4)
    assert before == (
        date(2026, 10, 9),
        date(2026, 9, 30),
        date(2026, 9, 29),
        date(2026, 9, 28),
    )
    assert NATIONAL_DAY.working_days_before(date(2026, 9, 28), 1) == (date(2026, 9, 27),)


def test_an_office_that_has_closed_has_no_working_day_and_nothing_goes_on_for_ever() -> None:
    day = date(2026, 11, 16)
    closed = Calendar(holidays=(Days(date(2020, 1, 1), date(2030, 1, 1)),))
    assert closed.working_day_from(day) == day
    assert closed.working_days_before(day, 5) == ()


@pytest.mark.parametrize(
    ("off_due", "day", "due"),
    [
        ("same_day", date(2026, 10, 3), datetime(2026, 10, 3, 17, tzinfo=ZONE)),
        ("next_working_day", date(2026, 10, 3), datetime(2026, 10, 9, 17, tzinfo=ZONE)),
        ("next_working_day", date(2026, 10, 10), datetime(2026, 10, 10, 17, tzinfo=ZONE)),
    ],
)
def test_when_the_hand_off_of_a_day_off_is_due(off_due: str, day: date, due: datetime) -> None:
    rules = Rules(
        ZONE, time(17), Words("en"), mirrored=False, calendar=NATIONAL_DAY, off_due=off_due
    )
    assert rules.due(day) == due
