"""What is an alarm and what is not: facts and limits in, alarms out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.calendar import Calendar
from config.language import LANGUAGES, Message, Words, sentences
from config.quiet import Hours
from ingest.alarms import Facts, Kept, Limits, judge

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 16, 18, 0, tzinfo=ZONE)
"""A Monday, after the deadline."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GIB = 1 << 30
KEPT = Kept(100 * GIB, 500 * GIB, None, None, NOW - MINUTE, True)
FACTS = Facts(NOW, None, NOW, None, KEPT)
LIMITS = Limits(5, 2, time(17), mirrored=True)
AWAY = Message.of("archive.gone", path="/x", list="/y")
CODES = {
    "inbox_unreachable",
    "archive_unreachable",
    "disk_nearly_full",
    "mirror_silent",
    "clock_off",
    "copies_bad",
    "passes_stopped",
    "nothing_handed_over",
}


def raised(
    facts: Facts = FACTS, limits: Limits = LIMITS, standing: Collection[str] = ()
) -> list[str]:
    """The codes of what is the matter, which can be said in every language."""
    found = [(code, message) for code, message in judge(facts, limits, standing) if message]
    for _, message in found:
        assert all(Words(language).say(message) for language in LANGUAGES)
    return [code for code, _ in found]


def kept(**different: Any) -> Facts:
    return replace(FACTS, kept=replace(KEPT, **different))


def test_where_all_is_well_every_code_is_told_to_be_over() -> None:
    assert dict(judge(FACTS, LIMITS, ())) == dict.fromkeys(CODES)


def test_every_code_has_its_sentences() -> None:
    for code in CODES:
        assert f"alarms.{code}_over" in sentences()
        assert f"report.code_{code}" in sentences()


def test_copies_that_are_bad_and_what_is_wrong_beside_them() -> None:
    assert raised(kept(faults=1)) == ["copies_bad"]
    assert raised(kept(beside=1)) == ["copies_bad"]
    (message,) = filter(None, dict(judge(kept(faults=2, beside=3), LIMITS, ())).values())
    assert message == Message.of("alarms.copies_bad", count=5)


def test_an_inbox_that_cannot_be_listed() -> None:
    why = Message.of("ingest.inbox_unreachable", path="/x", error="gone")
    assert raised(replace(FACTS, inbox=why)) == ["inbox_unreachable"]
    assert dict(judge(replace(FACTS, inbox=why), LIMITS, ()))["inbox_unreachable"] == why


def test_before_the_first_pass_nothing_is_known_of_the_inbox() -> None:
    assert "inbox_unreachable" not in dict(judge(replace(FACTS, scanned_at=None), LIMITS, ()))


@pytest.mark.parametrize(("since", "told"), [(HOUR - MINUTE, False), (HOUR, True)])
def test_passes_that_were_stopped_for_an_hour(since: timedelta, told: bool) -> None:
    stopped = replace(FACTS, scanned_at=None, stopped_since=NOW - since)
    assert raised(stopped) == (["passes_stopped"] if told else [])
    # A daemon that was only just started does not know yet that it is over.
    assert ("passes_stopped" in dict(judge(stopped, LIMITS, ["passes_stopped"]))) == told


def test_no_pass_says_anything_while_inbox_or_archive_is_away() -> None:
    stopped = replace(FACTS, stopped_since=NOW - HOUR)
    assert raised(replace(stopped, archive=AWAY, kept=None)) == ["archive_unreachable"]
    lost = Message.of("ingest.inbox_unreachable", path="/x", error="gone")
    assert "passes_stopped" not in dict(judge(replace(FACTS, inbox=lost), LIMITS, CODES))


def test_passes_that_are_stopped_are_told_where_the_catalogue_says_nothing() -> None:
    stopped = replace(FACTS, kept=None, stopped_since=NOW - HOUR)
    assert raised(stopped) == ["passes_stopped"]


def test_while_the_archive_is_away_nothing_else_is_raised_or_over() -> None:
    away = replace(FACTS, archive=AWAY, kept=None)
    assert dict(judge(away, LIMITS, CODES)) == {
        "inbox_unreachable": None,
        "archive_unreachable": AWAY,
    }


@pytest.mark.parametrize(
    ("free", "total", "stands", "expected"),
    [
        (25 * GIB, 500 * GIB, False, False),  # 5 %
        (25 * GIB - 1, 500 * GIB, False, True),
        (2 * GIB, 10 * GIB, False, False),
        (2 * GIB - 1, 10 * GIB, False, True),
        (0, 10 * GIB, False, True),
        (26 * GIB, 500 * GIB, True, True),  # it does not flap around the limit
        (28 * GIB, 500 * GIB, True, False),
    ],
)
def test_a_disk_that_is_nearly_full(free: int, total: int, stands: bool, expected: bool) -> None:
    standing = ["disk_nearly_full"] if stands else []
    found = raised(kept(free=free, total=total), standing=standing)
    assert found == (["disk_nearly_full"] if expected else [])


@pytest.mark.parametrize(
    ("owed", "confirmed", "mirrored", "expected"),
    [
        (HOUR, None, True, True),
        (HOUR - MINUTE, None, True, False),
        (HOUR, HOUR, True, True),
        (HOUR, HOUR - MINUTE, True, False),  # it works, slowly
        (None, 10 * HOUR, True, False),  # it owes nothing
        (HOUR, None, False, False),
    ],
)
def test_a_mirror_that_is_silent_for_an_hour(
    owed: timedelta | None, confirmed: timedelta | None, mirrored: bool, expected: bool
) -> None:
    facts = kept(
        owed_since=NOW - owed if owed else None,
        confirmed_at=NOW - confirmed if confirmed else None,
    )
    found = raised(facts, replace(LIMITS, mirrored=mirrored))
    assert found == (["mirror_silent"] if expected else [])


@pytest.mark.parametrize(
    ("quiet", "told"),
    [
        ((time(8, 30), time(19)), False),  # quiet now
        ((time(8, 30), time(17, 1)), False),  # less than an hour ago
        ((time(8, 30), time(17)), True),
        ((time(22), time(6)), True),
    ],
)
def test_in_quiet_hours_a_silent_mirror_is_neither_an_alarm_nor_over(
    quiet: tuple[time, time], *, told: bool
) -> None:
    silent, limits = kept(owed_since=NOW - 10 * HOUR), replace(LIMITS, quiet=(Hours(*quiet),))
    assert ("mirror_silent" in dict(judge(silent, limits, ["mirror_silent"]))) == told
    assert raised(silent, limits) == (["mirror_silent"] if told else [])
    works = kept(owed_since=None)
    assert dict(judge(works, limits, ["mirror_silent"]))["mirror_silent"] is None


@pytest.mark.parametrize(
    ("owed", "confirmed", "told"),
    [(24, None, False), (25, None, True), (25, 24, False), (25, 25, True)],
)
def test_a_mirror_silent_for_a_day_is_an_alarm_even_in_quiet_hours(
    owed: int, confirmed: int | None, *, told: bool
) -> None:
    """The PC is off whenever it is not quiet, or hardly any time is left of the day."""
    limits = replace(LIMITS, quiet=(Hours(time(8, 30), time(8)),))
    facts = kept(
        owed_since=NOW - owed * HOUR, confirmed_at=NOW - confirmed * HOUR if confirmed else None
    )
    assert raised(facts, limits) == (["mirror_silent"] if told else [])


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(None, False), (-HOUR, False), (5 * MINUTE, False), (6 * MINUTE, True)],
)
def test_a_clock_behind_the_custody_log(ahead: timedelta | None, expected: bool) -> None:
    facts = kept(last_entry=NOW + ahead if ahead else None)
    assert raised(facts) == (["clock_off"] if expected else [])


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(None, False), (5 * MINUTE, False), (-5 * MINUTE, False), (6 * MINUTE, True), (-HOUR, True)],
)
def test_a_clock_that_is_not_the_stores(ahead: timedelta | None, expected: bool) -> None:
    facts = kept(store_ahead=ahead)
    assert raised(facts) == (["clock_off"] if expected else [])
    if expected:
        told = dict(judge(facts, LIMITS, ()))["clock_off"]
        assert told is not None
        assert dict(told.values)["minutes"] in ("+6", "-60")


@pytest.mark.parametrize(
    ("now", "arrived", "scanned", "expected"),
    [
        (NOW, False, NOW, True),
        (NOW, True, NOW, False),
        (NOW.replace(hour=16, minute=59), False, NOW.replace(hour=16, minute=59), False),
        (NOW.replace(hour=17), False, NOW.replace(hour=17), True),
        (NOW, False, NOW.replace(hour=16), None),  # something may have come since
        (NOW, False, None, None),
        (NOW + timedelta(days=4), False, NOW + timedelta(days=4), True),  # Friday
        (NOW + timedelta(days=5), False, NOW + timedelta(days=5), False),  # Saturday
        (NOW + timedelta(days=6), False, NOW + timedelta(days=6), False),
    ],
)
def test_nothing_handed_over_by_the_deadline_of_a_working_day(
    now: datetime, arrived: bool, scanned: datetime | None, expected: bool | None
) -> None:
    """`None`: not known, so that it is neither raised nor over."""
    facts = replace(kept(arrived=arrived), now=now, scanned_at=scanned)
    told = dict(judge(facts, LIMITS, ()))
    if expected is None:
        assert "nothing_handed_over" not in told
    else:
        assert (told["nothing_handed_over"] is not None) is expected


def test_a_deadline_in_the_hour_that_comes_twice_is_told_of_once() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    limits = replace(LIMITS, deadline=time(2, 30), calendar=Calendar(frozenset(range(1, 8))))
    told = []
    for fold, minute in ((0, 10), (0, 30), (0, 50), (1, 10), (1, 30)):
        now = datetime(2026, 10, 25, 2, minute, fold=fold, tzinfo=berlin)
        facts = replace(kept(arrived=False, last_entry=None), now=now, scanned_at=now)
        told.append(raised(facts, limits))
    assert told == [[], *[["nothing_handed_over"]] * 4]


def test_of_an_inbox_that_is_away_nobody_says_that_nothing_was_handed_over() -> None:
    why = Message.of("ingest.inbox_unreachable", path="/x", error="gone")
    assert raised(replace(kept(arrived=False), inbox=why)) == ["inbox_unreachable"]
