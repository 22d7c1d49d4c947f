"""Until when a recording is retained by rule."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from config.settings import Retention


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 11, 16), "2031-11-17T00:00:00+08:00"),
        (date(2026, 12, 31), "2032-01-01T00:00:00+08:00"),
        (date(2028, 2, 29), "2033-03-02T00:00:00+08:00"),
        (date(2027, 2, 28), "2032-02-29T00:00:00+08:00"),
    ],
)
def test_what_is_retained_is_kept_to_the_end_of_its_last_day(day: date, until: str) -> None:
    assert Retention(5).until(day, ZoneInfo("Asia/Shanghai")).isoformat() == until


def test_a_leap_day_stays_one_where_the_year_has_it() -> None:
    until = Retention(4).until(date(2028, 2, 29), ZoneInfo("UTC"))
    assert until.isoformat() == "2032-03-01T00:00:00+00:00"
