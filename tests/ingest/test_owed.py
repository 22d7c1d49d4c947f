"""What is owed by message is owed until it is taken or too old, through restarts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest import owed_file
from ingest.owed import (
    ALARMS,
    GIVEN_UP_AFTER,
    LONGEST_RETRY,
    MOST_ALARMS,
    Letter,
    Owed,
)

NOW = datetime(2026, 11, 16, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
REPORT = Letter("2026-11-16", NOW, "报告", ("一", "二"), "2026-11-16.html")
WITHOUT_ZONE = b"""{"reports": [], "letters": [], "waits": [
    {"channel": "a", "key": "b", "tries": 1, "again_at": "2026-11-16T20:00:00"}]}"""
BOTH = ["mailto", "wecombot"]


def due(owed: Owed, at: datetime = NOW, channels: Sequence[str] = BOTH) -> list[tuple[str, str]]:
    """Each channel with the lines that it is to get."""
    return [
        (channel, " ".join(line for one in letters for line in one.lines))
        for channel, letters in owed.due(channels, at)
    ]


def alarmed(*lines: str) -> Owed:
    owed = Owed()
    for line in lines:
        owed = owed.with_alarm("警报", line, NOW)
    return owed


def test_a_report_is_due_to_everybody_until_it_is_taken() -> None:
    owed = Owed().with_report(REPORT)
    assert due(owed) == [("mailto", "一 二"), ("wecombot", "一 二")]
    owed = owed.taken("mailto", [REPORT])
    assert due(owed) == [("wecombot", "一 二")]
    assert owed.settled(BOTH, NOW) == (owed, [])
    owed, late = owed.taken("wecombot", [REPORT]).settled(BOTH, NOW)
    assert (owed, late) == (Owed(frozenset({"2026-11-16"})), [])


def test_reports_come_one_by_one_and_alarms_together() -> None:
    owed = alarmed("a").with_report(REPORT).with_alarm("警报", "b", NOW)
    assert due(owed, channels=["mailto"]) == [("mailto", "a b"), ("mailto", "一 二")]


def test_an_alarm_that_comes_while_others_are_sent_is_owed_still() -> None:
    owed = alarmed("a")
    ((_, letters),) = owed.due(["mailto"], NOW)
    owed = owed.with_alarm("警报", "b", NOW).taken("mailto", letters)
    assert due(owed) == [("mailto", "b"), ("wecombot", "a b")]


def test_what_failed_waits_ever_longer_and_holds_up_nothing_else() -> None:
    owed = alarmed("a").with_report(REPORT)
    waits = []
    at = NOW
    for _ in range(9):
        owed = owed.put_off("mailto", ALARMS, at)
        again = owed.waits["mailto", ALARMS].again_at
        assert ("mailto", "a") not in due(owed, again - timedelta(seconds=1))
        assert ("mailto", "a") in due(owed, again)
        assert {("mailto", "一 二"), ("wecombot", "a")} <= set(due(owed, at))
        waits.append((again - at) // timedelta(minutes=1))
        at = again
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    ((_, letters),) = [one for one in owed.due(["mailto"], at) if one[1][0].key == ALARMS]
    assert owed.taken("mailto", letters).waits == {}


def test_a_clock_that_is_set_back_keeps_nothing_waiting() -> None:
    owed = alarmed("a").put_off("mailto", ALARMS, NOW)
    assert due(owed, NOW - LONGEST_RETRY, ["mailto"]) == [("mailto", "a")]


def test_after_a_week_it_is_given_up_and_told() -> None:
    owed = Owed().with_report(REPORT).taken("mailto", [REPORT])
    owed = owed.put_off("wecombot", "2026-11-16", NOW)
    almost = NOW + GIVEN_UP_AFTER - timedelta(seconds=1)
    assert owed.settled(BOTH, almost)[1] == []
    left, late = owed.settled(BOTH, NOW + GIVEN_UP_AFTER)
    assert [one.title for one in late] == ["报告"]
    assert left == Owed(frozenset({"2026-11-16"}))


def test_an_alarm_that_flaps_for_days_keeps_the_latest() -> None:
    owed = alarmed(*map(str, range(MOST_ALARMS + 5))).with_report(REPORT)
    lines = [one.lines[0] for one in owed.letters if one.key == ALARMS]
    assert lines == [str(number) for number in range(5, MOST_ALARMS + 5)]
    assert owed.letters[-1] == REPORT


def test_a_day_that_is_known_is_owed_to_nobody() -> None:
    assert Owed().knowing("2026-11-16") == Owed(frozenset({"2026-11-16"}))


def test_a_restart_knows_all_of_it(tmp_path: Path) -> None:
    owed = alarmed("a").with_report(REPORT).taken("mailto", [REPORT])
    owed = owed.put_off("wecombot", "2026-11-16", NOW)
    owed_file.write(tmp_path / "new", owed)
    assert owed_file.read(tmp_path / "new") == owed
    assert [one.name for one in (tmp_path / "new").iterdir()] == [owed_file.NAME]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b'{"reports": [], "letters": [{}], "waits": []}',
        WITHOUT_ZONE,
    ],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / owed_file.NAME).write_bytes(content)
    assert owed_file.read(tmp_path) is None


def test_without_a_folder_there_is_no_file(tmp_path: Path) -> None:
    assert owed_file.read(tmp_path / "none") is None
    (tmp_path / "file").write_bytes(b"")
    assert owed_file.read(tmp_path / "file") is None
