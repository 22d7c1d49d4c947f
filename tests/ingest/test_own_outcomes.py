"""The office's own words for who was reached and who was not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Sheet
from ingest.cells import Outcomes, read_reached
from ingest.inspection import Reading
from tests.audit.offices import Row, SmallOffice, miui

OWN = Outcomes(("已通知", "接"), ("秒挂", "已通知家人", "OK but gone"))


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ("秒挂", False),
        ("接通后 秒挂", False),
        ("已通知", True),
        ("已通知家人", False),
        ("ｏｋ BUT　gone", False),
        ("关机", False),
        ("承诺周五还款", True),
        ("说不清", None),
        (True, True),
    ],
)
def test_the_longest_of_the_offices_words_goes_before_what_is_known(
    said: str | bool, reached: bool | None
) -> None:
    assert read_reached(said, OWN) is reached


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ("未接通", False),
        ("无法接通", False),
        ("接通", True),
        ("第一次未接通，第二次接通", True),
        ("无人接听已转告", True),  # the office's word holds one that is known
    ],
)
def test_a_word_for_reached_within_one_for_the_contrary_is_not_meant(
    said: str, reached: bool
) -> None:
    assert read_reached(said, Outcomes(("接通", "无人接听已转告"))) is reached


def test_two_words_as_long_say_nothing_and_what_is_known_counts() -> None:
    even = Outcomes(("家人",), ("代接",))
    assert read_reached("家人代接", even) is read_reached("家人代接")
    assert read_reached("家人", even) is True


def test_who_was_not_reached_by_the_offices_words_owes_no_recording(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    own = replace(office.settings, sheet=Sheet(reached=("已通知",), not_reached=("接通秒挂",)))
    rows = (
        Row("陈建国", "15405381201", outcome="接通秒挂", location=None),
        Row("刘海燕", "15405381202", outcome="已通知"),
    )
    office.settings = own
    office.sheet(*rows)
    office.record(miui("王伟", "15405381401"))
    office.take_in()
    report = office.report()
    assert [call.reached for call in report.calls] == [False, True]
    assert [one.customer for one in office.found("missing_recording")] == ["刘海燕"]
    assert office.found("incomplete_row") == []
    assert Reading.of(own).outcomes == Outcomes(("已通知",), ("接通秒挂",))
