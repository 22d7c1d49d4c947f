"""A recording that comes after a report lacked it: both days' reports say so, and when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from audit.day import Finding, Severity
from tests.audit.offices import DAY, IN_TIME, ZONE, Row, SmallOffice, miui

ZHANG = Row("张三", "13800000001")
LATER = DAY + timedelta(days=2)
CAME = datetime(2026, 11, 18, 9, 5, tzinfo=ZONE)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    """The day's sheet is there, and no recording of 张三."""
    office = SmallOffice(tmp_path)
    office.sheet(ZHANG)
    office.take_in()
    return office


def told(office: SmallOffice, day: date = DAY) -> list[str]:
    return [one.message for one in office.found("missing_closed", day)]


def late(office: SmallOffice, at: datetime = CAME, name: str = "张三") -> None:
    office.record(miui(name, "13800000001"))
    office.take_in(at)


def test_a_late_recording_closes_the_finding_and_both_days_say_when(office: SmallOffice) -> None:
    assert office.found("missing_recording")
    late(office)
    assert not office.found("missing_recording")
    (finding,) = office.found("missing_closed")
    assert finding.severity is Severity.INFO
    assert (finding.customer, finding.collector, finding.line) == ("张三", "王芳", 3)
    expected = "张三：2026-11-16 的录音在 2026-11-18 09:05 才交来，当晚的报告里缺它，现已归档"
    assert told(office) == [expected]
    assert told(office, LATER) == [expected]
    assert told(office, DAY + timedelta(days=1)) == []


def test_what_came_before_that_nights_report_was_never_missing(office: SmallOffice) -> None:
    late(office, IN_TIME.replace(hour=19))
    assert told(office) == []


def test_what_came_in_the_night_is_told_once(office: SmallOffice) -> None:
    late(office, IN_TIME.replace(hour=21))
    assert len(told(office)) == 1


def test_a_second_recording_closes_nothing(office: SmallOffice) -> None:
    late(office, IN_TIME)
    office.record(miui("张三", "13800000001", time(11)))
    office.take_in(CAME)
    assert (told(office), told(office, LATER)) == ([], [])


def test_of_several_that_came_late_the_first_tells_when(office: SmallOffice) -> None:
    office.sheet(ZHANG, Row("张三", "13800000001", time(11)))
    office.take_in(IN_TIME)
    office.record(miui("张三", "13800000001", time(11)))
    office.take_in(CAME)
    late(office, CAME + timedelta(days=1))
    assert len(told(office)) == 1
    assert "2026-11-18 09:05" in told(office)[0]
    assert told(office, LATER + timedelta(days=1)) == []


def test_where_the_sheet_came_as_late_nothing_had_been_missing(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.sheet(ZHANG)
    late(office)
    assert office.report().counts["filed"] == 1
    assert (told(office), told(office, LATER)) == ([], [])


def test_a_sheet_that_came_after_its_days_report_is_missed_by_the_next_one(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.sheet(ZHANG)
    office.take_in(IN_TIME.replace(hour=22))
    late(office, CAME.replace(day=17, hour=9))
    assert told(office) == []
    office.sheet(ZHANG, Row("李四", "13800000002"))
    office.take_in(CAME.replace(day=17, hour=10))
    office.record(miui("李四", "13800000002"))
    office.take_in(CAME)
    assert len(told(office)) == 1
    assert "李四" in told(office)[0]


def test_who_was_not_reached_missed_nothing(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.sheet(Row("张三", "13800000001", outcome="无人接听"))
    office.take_in()
    late(office)
    assert told(office) == []


def test_a_corrected_sheet_does_not_make_the_recording_earlier(office: SmallOffice) -> None:
    """The first version of the row counts."""
    late(office)
    office.sheet(Row("李四", "13800000002", outcome="无人接听"), ZHANG)
    office.take_in(CAME + timedelta(days=1))
    assert len(told(office)) == len(told(office, LATER)) == 1


def test_late_findings_of_a_day_and_of_an_earlier_one_have_their_own_ids(
    office: SmallOffice,
) -> None:
    late(office)
    found: list[Finding] = [*office.found("missing_closed"), *office.found("missing_closed", LATER)]
    assert len({one.id for one in found}) == 2
