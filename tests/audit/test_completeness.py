"""How complete days, weeks and months are: who is due, recorded, late, corrected since, missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from archive.catalogue import reached
from archive.catalogue.database import open_catalogue
from archive.catalogue.reached import Reached
from audit.completeness import State, Tally, by_collector, lacking, state, tally
from audit.contract import as_json
from audit.day import DayReport
from audit.periods import Period, by_month, by_week, month_before, month_of, week_of
from audit.reread import reread
from audit.wording import percent
from tests.audit.days import DAY, call, day, filed, missing, ref
from tests.audit.offices import IN_TIME, NEXT_DAY, NEXT_MORNING, Row, SmallOffice, miui

ZHANG, LI = Row("张三", "13800000001"), Row("李四", "13800000002")
A_MONTH = date(2026, 12, 1)


def test_a_recording_after_the_deadline_is_late_and_after_the_report_corrected_since(
    tmp_path: Path,
) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("张三", "13800000001"))
    office.sheet(ZHANG, LI, Row("赵六", "13800000003"))
    office.take_in()
    assert tally([office.report()]) == Tally(due=3, recorded=1, missing=2)
    office.record(miui("李四", "13800000002"))
    office.take_in(IN_TIME.replace(hour=18))
    assert tally([office.report()]) == Tally(due=3, recorded=2, missing=1, late=1)
    office.record(miui("赵六", "13800000003"))
    office.take_in(NEXT_MORNING)
    done = Tally(due=3, recorded=3, late=2, corrected=1)
    assert tally([office.report()]) == done
    assert by_collector([office.report()]) == {"王芳": done}


def test_what_is_handed_over_for_a_day_off_by_monday_was_never_lacking(tmp_path: Path) -> None:
    office, saturday = SmallOffice(tmp_path), DAY - timedelta(days=2)
    handoff = replace(office.settings.handoff, off_due="next_working_day")
    office.settings = replace(office.settings, handoff=handoff)
    office.sheet(ZHANG, LI, source=f"{saturday}/记录表.xlsx", day=saturday)
    office.record(miui("张三", "13800000001", day=saturday), day=saturday)
    office.take_in()
    assert tally([office.report(saturday)]) == Tally(due=2, recorded=1, missing=1)
    office.record(miui("李四", "13800000002", day=saturday), day=saturday)
    office.take_in(NEXT_MORNING)
    assert tally([office.report(saturday)]) == Tally(due=2, recorded=2, late=1, corrected=1)


def test_who_has_one_recording_in_time_is_not_late(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    afternoon = time(15, 0)
    office.record(miui("张三", "13800000001"))
    office.sheet(ZHANG, replace(ZHANG, at=afternoon))
    office.take_in()
    office.record(miui("张三", "13800000001", afternoon))
    office.take_in(NEXT_MORNING)
    assert [line.late for line in office.report().calls] == [False, True]
    assert tally([office.report()]) == Tally(due=1, recorded=1)


def test_two_customers_of_one_name_are_two(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("王伟", "13800000001"))
    office.sheet(Row("王伟", "13800000001"), Row("王伟", "13900000007"), Row("王伟", "13900000007"))
    office.take_in()
    report = office.report()
    assert tally([report]) == Tally(due=2, recorded=1, missing=1)
    assert {place.line for place in lacking(report)} == {4, 5}


def test_by_name_alone_one_namesake_does_not_hide_the_other() -> None:
    report = day(
        [filed("a", "王伟", ref(4))], [call(4, "王伟", "a"), call(5, "王伟")], [missing(5, "王伟")]
    )
    assert tally([report]) == Tally(due=2, recorded=1, missing=1)


def test_who_is_filed_under_a_row_of_another_collector_is_recorded_for_both() -> None:
    report = day(
        [filed("a", "张三", ref(4))],
        [call(4, "张三", "a"), call(5, "张三", collector="李雷")],
    )
    assert by_collector([report]) == {"李雷": Tally(1, 1), "王芳": Tally(1, 1)}


def test_yesterdays_recording_that_comes_today_is_none_of_todays_call(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.sheet(ZHANG)
    office.take_in()
    twice = [replace(ZHANG, at=time(9)), replace(ZHANG, at=time(11))]
    office.sheet(*twice, source=f"{NEXT_DAY}/记录表.xlsx", day=NEXT_DAY)
    office.record(miui("张三", "13800000001"), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    report = office.report(NEXT_DAY)
    assert tally([report]) == Tally(due=1, missing=1)
    assert tally([reread(json.dumps(as_json(report)), "", "zh")]) == Tally(due=1, missing=1)
    assert tally([replace(report, findings=())]) == Tally(due=1), "one that is held may be theirs"
    assert tally([office.report()]) == Tally(due=1, recorded=1, late=1, corrected=1)


def test_the_calendar_counts_what_the_report_counts(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("张三", "13800000001"))
    office.record("新录音 3.mp3")
    office.sheet(
        ZHANG,
        LI,
        Row("王伟", "13900000001"),
        Row("王伟", "13900000007"),
        Row("王伟", None),
        Row("周七", "13800000009", outcome="无人接听"),
    )
    office.take_in()
    office.sheet(ZHANG, LI, ZHANG, Row("王伟", "13900000001"), Row("王伟", "13900000007"))
    office.take_in(NEXT_MORNING)
    people = tally([office.report()])
    catalogue = open_catalogue(office.settings.catalogue.url)
    with catalogue.reading() as tx:
        assert reached.by_day(tx, DAY, DAY) == {DAY: Reached(people.due, people.recorded)}
        assert reached.by_day(tx, DAY + timedelta(1), A_MONTH) == {}
    catalogue.close()
    assert (people.due, people.recorded) == (4, 1)


def sample() -> list[DayReport]:
    """A Friday, the Monday after it, and the first of a month: 1 of 2, 2 of 2, 0 of 1."""
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    return [
        day([], [call(4, "张三", on=A_MONTH)], [missing(4, "张三", on=A_MONTH)], on=A_MONTH),
        day(
            [filed("a", "张三", on=friday)],
            [call(4, "张三", "a", on=friday), call(5, "李四", collector="李雷", on=friday)],
            [missing(5, "李四", "李雷", on=friday)],
            on=friday,
        ),
        day([], [call(4, "张三", "a", on=monday), call(5, "李四", "b", on=monday)], on=monday),
    ]


def test_weeks_go_from_monday_to_sunday_and_sum_their_days() -> None:
    weeks = by_week(sample())
    assert {of: one.whole for of, one in weeks.items()} == {
        Period(date(2026, 11, 23), date(2026, 11, 29)): Tally(2, 1, 1),
        Period(date(2026, 11, 30), date(2026, 12, 6)): Tally(3, 2, 1),
    }
    first, *_ = weeks.values()
    assert first.collectors == {"李雷": Tally(1, 0, 1), "王芳": Tally(1, 1)}


def test_months_are_those_of_the_calendar() -> None:
    assert {of.first: one.whole for of, one in by_month(sample()).items()} == {
        date(2026, 11, 1): Tally(4, 3, 1),
        A_MONTH: Tally(1, 0, 1),
    }
    assert month_of(date(2028, 2, 10)) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == Period(A_MONTH, date(2026, 12, 31))
    assert month_before(date(2026, 1, 15)) == date(2025, 12, 1)
    assert week_of(date(2027, 1, 1)) == Period(date(2026, 12, 28), date(2027, 1, 3))


def test_a_day_with_nobody_missing_and_somebody_undecided_is_open() -> None:
    assert state([day([], [call(4, "张三")])]) is State.OPEN


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 1, "100%"), (1999, 2000, "99.9%"), (93, 100, "93%"), (1, 3, "33.3%"), (0, 5, "0%")],
)
def test_all_is_said_of_nothing_less(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


def test_the_same_line_of_another_tab_is_another_customer() -> None:
    """A sheet with a tab for each collector, in both of which the third line is 张三's."""
    here = replace(call(3, "张三", "a.mp3"), who="#1")
    there = replace(here, call=replace(here.call, tab="李雷"), recordings=(), who="#2")
    told = missing(3, "张三")
    assert tally([day([], [here, there], [replace(told, tab="李雷")])]) == Tally(2, 1, 1)
    assert lacking(day([], [here, there], [replace(told, tab="李雷")])) == {there.call}
    same = replace(there, who="#1")
    both = [replace(here, recordings=()), same]
    assert tally([day([], both, [told])]) == Tally(1, 0, 1), "one customer, by two collectors"
