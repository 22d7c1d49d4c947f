"""Recordings against the rows that they are filed under: how long, by whose clock, how many."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from audit.day import Severity
from config.quiet import Hours
from config.settings import CallRules
from ingest.word_told import tell_assign
from tests.audit.every_code import FULL, NOBODYS, _desk
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    SHEET,
    Row,
    SmallOffice,
    miui,
    number_of,
)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def lines(office: SmallOffice, code: str) -> list[int | None]:
    return [finding.line for finding in office.found(code)]


# How long; the recordings here take eight seconds


def test_a_call_far_longer_than_its_recording_is_told_with_both_lengths(
    office: SmallOffice,
) -> None:
    lengths = ("8秒", "68", "69", "1分钟", "2分钟", "12'30\"", "", "0:40")
    at = time(10)
    office.own_sheet([{"通话时间": at, "通话时长": length, **FULL} for length in lengths])
    for customer in range(1, len(lengths) + 1):
        office.record(miui(f"客户{customer}", number_of(customer), at))
    office.take_in()
    assert lines(office, "duration_differs") == [FIRST_LINE + 2, FIRST_LINE + 4, FIRST_LINE + 5]
    finding = office.found("duration_differs")[-1]
    assert (finding.severity, finding.sheet) == (Severity.WARNING, SHEET)
    assert "写的是 12:30，录音却是 0:08" in finding.message
    assert finding.source is not None


def test_of_several_recordings_one_may_be_the_call_or_all_of_them(office: SmallOffice) -> None:
    office.own_sheet([{"通话时间": time(10), "通话时长": "76", **FULL}])
    office.record(miui("客户1", number_of(1), time(10)))
    office.take_in()
    assert lines(office, "duration_differs") == [FIRST_LINE]
    office.record(miui("客户1", number_of(1), time(10, 1)))
    office.take_in()
    assert lines(office, "duration_differs") == []


def test_what_is_damaged_says_nothing_of_its_length(office: SmallOffice) -> None:
    office.own_sheet([{"通话时间": time(10), "通话时长": "5分钟", **FULL}])
    source = office.record(miui("客户1", number_of(1), time(10)))
    office.hand_over(source, (office.inbox / source).read_bytes()[:40] + bytes(20_000))
    office.take_in()
    assert len(office.found("damaged_recording")) == 1
    assert lines(office, "duration_differs") == []


# By whose clock


def record_calls(office: SmallOffice, offs: list[int]) -> None:
    """Calls at the full hour from nine on, whose recordings are so many minutes later."""
    hours = range(9, 9 + len(offs))
    office.own_sheet([{"通话时间": time(hour), **FULL} for hour in hours])
    for customer, (hour, off) in enumerate(zip(hours, offs, strict=True), start=1):
        moment = hour * 60 + off
        at = time(moment // 60, moment % 60)
        office.record(miui(f"客户{customer}", number_of(customer), at))
    office.take_in()


@pytest.mark.parametrize(
    ("offs", "said"),
    [
        ([20, 22, 18, 21, 20], "晚约 20 分钟"),
        ([-40, -38, -41, -40, -44], "早约 40 分钟"),
        ([10, 10, 10, 10, 58], "晚约 10 分钟"),
        ([9, 9, 9, 9, 9], None),  # that is how people write
        ([20, 22, 18, 21], None),  # four may be chance
        ([20, 28, 5, 14, 40], None),
    ],
)
def test_only_recordings_that_are_off_alike_tell_of_a_clock(
    office: SmallOffice, offs: list[int], said: str | None
) -> None:
    record_calls(office, offs)
    found = office.found("clock_drift")
    assert len(found) == (said is not None)
    if said:
        assert (found[0].collector, found[0].severity) == ("王芳", Severity.WARNING)
        assert said in found[0].message
        assert "5 通电话" in found[0].message


def test_by_a_clock_that_is_wrong_nobody_was_called_out_of_hours(office: SmallOffice) -> None:
    """Five calls in the morning, of which the first seems to have been before eight."""
    record_calls(office, [-65, -65, -64, -65, -66])
    assert len(office.found("clock_drift")) == 1
    assert office.found("call_out_of_hours") == []


# How many


def test_what_a_person_filed_without_a_call_is_told_until_its_row_is_there(
    office: SmallOffice,
) -> None:
    office.sheet(Row("陈建国", "15405381201", outcome="未接"))
    source = office.record(NOBODYS)
    office.take_in()
    tell_assign(_desk(office), source, "刘海燕", "json", new=True, remember=False)
    office.take_in()
    (finding,) = office.found("more_recordings_than_calls")
    assert (finding.customer, finding.source) == ("刘海燕", source)
    assert (finding.severity, "1 个录音" in finding.message) == (Severity.INFO, True)
    office.sheet(Row("陈建国", "15405381201", outcome="未接"), Row("刘海燕", None))
    office.take_in()
    assert office.found("more_recordings_than_calls") == []
    assert office.line(source).customer == "刘海燕"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_which_of_several_files_it_names_does_not_hang_on_which_came_first(
    office: SmallOffice, order: tuple[int, int]
) -> None:
    """Found by the model: the same input made another report."""
    names = ("录音甲.mp3", "录音乙.mp3")
    office.sheet(Row("陈建国", "15405381201", outcome="未接"))
    sources = {}
    for number in order:
        sources[number] = office.record(names[number])
        office.take_in()
    for number in order:
        said = _desk(office), sources[number], "刘海燕", "json"
        tell_assign(*said, new=number == order[0], remember=False)
    office.take_in()
    (finding,) = office.found("more_recordings_than_calls")
    assert finding.source == min(sources.values())


# The office's own rules


def test_calls_are_held_to_the_offices_hours_and_number(office: SmallOffice) -> None:
    own = CallRules(Hours(time(9), time(20)), calls_a_day=1)
    office.settings = replace(office.settings, rules=own)
    chen = Row("陈建国", "15405381201", time(8, 59), outcome="未接")
    office.sheet(
        chen, replace(chen, at=time(9)), replace(chen, number="15405381209", customer="高")
    )
    office.take_in()
    assert lines(office, "call_out_of_hours") == [FIRST_LINE, FIRST_LINE + 2]
    assert "20:00 至次日 9:00 不得催收" in office.found("call_out_of_hours")[0].message
    (finding,) = office.found("too_many_calls")
    assert "2 次，每天不得超过 1 次" in finding.message


@pytest.mark.parametrize(
    ("due_day", "grace_days", "beyond"), [(20, 0, True), (20, 1, False), (31, 0, False)]
)
def test_promises_are_held_to_the_offices_due_day(
    office: SmallOffice, due_day: int, grace_days: int, beyond: bool
) -> None:
    own = CallRules(due_day=due_day, grace_days=grace_days)
    office.settings = replace(office.settings, rules=own)
    row = Row("陈建国", "15405381201", promised=DAY.replace(day=21), outcome="未接")
    office.sheet(row, department="信贷部")
    office.take_in()
    assert len(office.found("promise_beyond_authority")) == beyond


def test_the_last_day_of_a_short_month_is_due_where_the_31st_is(office: SmallOffice) -> None:
    office.settings = replace(office.settings, rules=CallRules(due_day=31))
    row = Row("陈建国", "15405381201", promised=DAY.replace(month=12, day=2), outcome="未接")
    office.sheet(row, replace(row, promised=DAY.replace(month=12, day=1)), department="信贷部")
    office.take_in()
    (finding,) = office.found("promise_beyond_authority")
    assert finding.line == FIRST_LINE
    assert "2026-12-01" in finding.message


def test_rows_and_columns_are_held_to_what_the_office_requires(office: SmallOffice) -> None:
    own = CallRules(required=(("法规", ("customer", "called_at", "duration")),))
    office.settings = replace(office.settings, rules=own)
    chen = Row("陈建国", "15405381201", location=None, promised=None)
    office.sheet(chen, replace(chen, at=None))
    office.take_in()
    (finding,) = office.found("incomplete_row")
    assert finding.line == FIRST_LINE + 1
    assert "没有填 通话时间。" in finding.message
    (lacking,) = office.found("column_missing")
    assert lacking.message.endswith("没有这些列：通话时长")


@pytest.mark.parametrize(("target", "low"), [(0, False), (50, False), (51, True)])
def test_a_day_is_held_to_the_offices_target(office: SmallOffice, target: int, low: bool) -> None:
    own = CallRules(completeness_percent=target)
    office.settings = replace(office.settings, rules=own)
    office.sheet(Row("陈建国", "15405381201"), Row("刘海燕", "15405381202"))
    office.record(miui("陈建国", "15405381201"))
    office.take_in()
    found = office.found("completeness_low")
    assert len(found) == low
    if low:
        assert "已联系上 2 位客户，有录音的 1 位，占 50%，低于目标 51%" in found[0].message


def test_of_a_day_on_which_nobody_was_reached_there_is_no_target(office: SmallOffice) -> None:
    office.settings = replace(office.settings, rules=CallRules(completeness_percent=100))
    office.sheet(Row("陈建国", "15405381201", outcome="未接"))
    office.take_in()
    assert office.found("completeness_low") == []
