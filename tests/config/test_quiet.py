"""Quiet hours: when they are, when they end, and whether they leave anything of the day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.quiet import Hours, quiet_until, quiet_within, some_time_is_free

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def at(clock: str, day: int = 16) -> datetime:
    return datetime.combine(datetime(2026, 11, day), time.fromisoformat(clock), ZONE)  # noqa: DTZ001


def hours(*spans: str) -> list[Hours]:
    ends = (span.split("-") for span in spans)
    return [Hours(time.fromisoformat(start), time.fromisoformat(end)) for start, end in ends]


OFFICE = hours("08:30-18:00")
LUNCH_FREE = hours("08:30-12:00", "13:30-18:00")
NIGHT = hours("22:00-06:00")
MET = hours("08:00-12:00", "12:00-14:00", "13:00-15:00")


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ([], at("12:00"), None),
        (OFFICE, at("08:29:59"), None),
        (OFFICE, at("08:30"), at("18:00")),
        (OFFICE, at("17:59:59"), at("18:00")),
        (OFFICE, at("18:00"), None),
        (LUNCH_FREE, at("12:30"), None),
        (LUNCH_FREE, at("13:30"), at("18:00")),
        (NIGHT, at("21:59"), None),
        (NIGHT, at("22:00"), at("06:00", 17)),
        (NIGHT, at("23:59"), at("06:00", 17)),
        (NIGHT, at("00:00", 17), at("06:00", 17)),
        (NIGHT, at("06:00"), None),
        (MET, at("09:00"), at("15:00")),
        (hours("22:00-00:00"), at("23:00"), at("00:00", 17)),
        (hours("22:00-00:00", "00:00-01:00"), at("23:00"), at("01:00", 17)),
    ],
)
def test_when_quiet_hours_end(quiet: list[Hours], now: datetime, until: datetime | None) -> None:
    assert quiet_until(quiet, now) == until


def test_quiet_hours_never_ended_before_now_where_an_hour_comes_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for fold in (0, 1):
        now = datetime(2026, 10, 25, 2, 10, fold=fold, tzinfo=berlin)
        until = quiet_until(hours("22:00-02:30"), now)
        assert until is not None
        assert until.astimezone(UTC) - now.astimezone(UTC) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        ([], at("12:00"), False),
        (OFFICE, at("08:00"), False),
        (OFFICE, at("09:00"), True),
        (OFFICE, at("18:59"), True),
        (OFFICE, at("19:00"), False),
        (hours("12:00-12:10"), at("12:59"), True),
        (hours("12:00-12:10"), at("13:10"), False),
        (NIGHT, at("06:59"), True),
        (hours("20:00-23:30"), at("00:15", 17), True),
    ],
)
def test_whether_some_of_the_last_hour_was_quiet(
    quiet: list[Hours], now: datetime, *, expected: bool
) -> None:
    assert quiet_within(quiet, now, timedelta(hours=1)) == expected


@pytest.mark.parametrize(
    ("end", "now", "expected"),
    [
        ("01:50", datetime(2027, 3, 28, 3, 5, tzinfo=BERLIN), True),  # a quarter of an hour later
        ("01:50", datetime(2027, 3, 28, 3, 55, tzinfo=BERLIN), False),
        ("02:30", datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN), True),
        ("02:30", datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=BERLIN), True),
        ("02:30", datetime(2026, 10, 25, 3, 20, tzinfo=BERLIN), True),
        ("02:30", datetime(2026, 10, 25, 3, 30, tzinfo=BERLIN), False),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_are_changed(
    end: str, now: datetime, *, expected: bool
) -> None:
    assert quiet_within(hours(f"22:00-{end}"), now, timedelta(hours=1)) == expected


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        ([], True),
        (OFFICE, True),
        (NIGHT, True),
        (hours("08:00-20:00", "20:00-08:00"), False),
        (hours("00:00-12:00", "11:00-00:00"), False),
        (hours("08:00-20:00", "20:01-08:00"), True),
    ],
)
def test_whether_any_of_the_day_is_left(quiet: list[Hours], *, expected: bool) -> None:
    assert some_time_is_free(quiet) == expected
