"""A name completed from a sidecar and from tags: what is added, and what never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from ingest.evidence import completed, completed_by_tags, gather
from matcher.evidence import Direction, Evidence, Precision

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
TOKYO = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 16, 9, 12, 7, tzinfo=TZ)
SIDECAR = Evidence(
    reader="sidecar",
    contact="陈建国",
    note="逾期2期",
    numbers=("15405381201",),
    started_at=AT,
    precision=Precision.SECOND,
    direction=Direction.OUT,
)


def named(name: str) -> Evidence:
    return gather(f"2026-11-16/王芳/{name}", TZ, DAY)[1]


# Sidecars


@pytest.mark.parametrize(
    "name",
    ["录音.oga", "陈建国.oga", "15405381201.oga", "11.16.oga", "老陈.oga", "陈建国-2611160912.oga"],
)
def test_a_sidecar_completes_what_the_name_leaves_out(name: str) -> None:
    found = completed(named(name), SIDECAR, TZ)
    assert (found.contact, found.numbers) == ("陈建国", ("15405381201",))
    assert (found.started_at, found.precision) == (AT, Precision.SECOND)
    assert (found.direction, found.collector) == (Direction.OUT, "王芳")


@pytest.mark.parametrize(
    "name",
    [
        "15405389999_20261116091207.oga",  # another number
        "刘海燕.oga",  # another name
        "老王.oga",  # another surname
        "陈建国-2611160913.oga",  # another minute
        "11.15.oga",  # another day
        "15405381201_20261116091208.oga",  # another second
    ],
)
def test_a_sidecar_that_contradicts_the_name_adds_nothing(name: str) -> None:
    assert completed(named(name), SIDECAR, TZ) == named(name)


def test_the_name_keeps_what_it_says_of_the_contact() -> None:
    name = named("陈建国(配偶)(15405381201)_20261116091207.oga")
    found = completed(name, SIDECAR, TZ)
    assert (found.contact, found.note) == (name.contact, name.note) == ("陈建国", "配偶")


def test_the_sidecar_knows_the_zone_that_the_phones_clock_showed() -> None:
    """A phone set to Tokyo: the name says 9:12, and in the office it was 8:12."""
    sidecar = replace(SIDECAR, started_at=datetime(2026, 11, 16, 9, 12, 7, tzinfo=TOKYO))
    found = completed(named("15405381201_20261116091207.oga"), sidecar, TZ)
    assert found.started_at == AT - timedelta(hours=1)


def test_the_sidecar_knows_the_whole_number() -> None:
    sidecar = replace(SIDECAR, numbers=("053187654321",))
    found = completed(named("87654321_20261116091207.oga"), sidecar, TZ)
    assert found.numbers == ("053187654321",)


def test_a_sidecar_without_time_or_number_leaves_the_names() -> None:
    sidecar = Evidence(reader="sidecar", direction=Direction.IN)
    name = named("15405381201_20261116091207.oga")
    assert completed(name, sidecar, TZ) == replace(name, direction=Direction.IN)


# Tags


def tagged(name: str, **tags: str) -> Evidence:
    return completed_by_tags(named(name), sorted(tags.items()), TZ, DAY)


@pytest.mark.parametrize(
    ("tags", "contact", "number", "at"),
    [
        ({"title": "通话录音@陈建国(15405381201)_20261116091207"}, "陈建国", "15405381201", AT),
        ({"title": "154 0538 1201"}, None, "15405381201", None),
        ({"title": "陈建国"}, "陈建国", None, None),
        ({"comment": "陈建国 15405381201"}, "陈建国", "15405381201", None),
        ({"comment": "陈建国", "title": "15405381201"}, None, "15405381201", None),
    ],
)
def test_tags_speak_where_the_name_says_nothing(
    tags: dict[str, str], contact: str | None, number: str | None, at: datetime | None
) -> None:
    found = tagged("录音 5.m4a", **tags)
    assert (found.contact, found.numbers) == (contact, (number,) if number else ())
    assert found.started_at == at


@pytest.mark.parametrize(
    "tags",
    [
        {"title": "录音 5"},
        {"title": "Track 05 20:15"},
        {"title": "王芳"},  # the collector's own phone
        {"title": "企业文化"},
        {"artist": "陈建国", "album": "15405381201"},
        {"comment": "encoded 2026-11-16 with LAME 3.100"},
        {"date": "2026"},
        {"date": "2026-11-17"},  # exported the day after
        {"date": "2026-10-01"},
        {"date": "1970-01-01"},
        {"date": "昨天"},
    ],
)
def test_what_says_nothing_of_a_call_adds_nothing(tags: dict[str, str]) -> None:
    assert tagged("录音 5.m4a", **tags) == named("录音 5.m4a")


@pytest.mark.parametrize(
    "name", ["刘海燕-2611160912.m4a", "15405389999_20261116091207.m4a", "老刘 11.16 9点12分.m4a"]
)
def test_tags_never_go_before_the_name(name: str) -> None:
    title = "通话录音@陈建国(15405381201)_20261116101010"
    assert tagged(name, title=title, date="2026-11-15") == named(name)


def test_tags_speak_of_a_recording_that_nobody_handed_over_by_name() -> None:
    _, found = gather("录音 5.m4a", TZ, DAY)
    assert completed_by_tags(found, [("title", "陈建国")], TZ, DAY).contact == "陈建国"


def test_a_tag_about_somebody_else_tells_no_time_either() -> None:
    title = "通话录音@陈建国(15405381201)_20261116101010"
    assert tagged("刘海燕.m4a", title=title).started_at is None
    assert tagged("陈建国.m4a", title=title).started_at is not None


@pytest.mark.parametrize(
    "stated", ["2026-11-16", "2026-11-16T09:12:07", "2026-11-15T23:00:00Z", "20261116T011207Z"]
)
def test_a_date_tag_tells_the_day_and_no_hour(stated: str) -> None:
    found = tagged("陈建国.m4a", date=stated)
    assert found.started_at == datetime(2026, 11, 16, tzinfo=TZ)
    assert found.precision is Precision.DAY
