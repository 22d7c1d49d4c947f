"""That a wrong report is told: by a truth that cannot fail nothing would be held."""

from __future__ import annotations

from audit.day import Finding, Severity
from tests.audit.days import DAY, day
from tests.quarter.score import Score
from tests.quarter.truth import Expected, Told

MISSING = Told(DAY, "missing_recording", "张三", "王芳", None, "a.xlsx", 4)
NAMESAKE = Told(DAY, "missing_recording", "张三", "王芳", None, "a.xlsx", 5)


def finding(told: Told) -> Finding:
    named = (told.customer, told.collector, told.source, told.sheet, told.line)
    return Finding(told.code, Severity.ERROR, "", *named)


def counted(told: list[Told], wanted: list[Expected]) -> Score:
    score = Score()
    score.count("here", [day(findings=[finding(one) for one in told])], wanted)
    return score


def test_what_was_planted_and_told_is_right() -> None:
    score = counted([MISSING], [Expected((MISSING,), 0)])
    assert score.perfect
    assert "| `missing_recording` | 1 | 0 | 0 | 1.000 | 1.000 |" in score.table()


def test_what_is_not_told_is_missed() -> None:
    score = counted([], [Expected((MISSING,), 0)])
    assert not score.perfect
    assert score.missed["missing_recording"] == 1
    assert "| `missing_recording` | 0 | 1 | 0 | 0.000 | - |" in score.table()


def test_what_was_not_planted_is_invented() -> None:
    score = counted([MISSING, MISSING], [Expected((MISSING,), 0)])
    assert score.invented["missing_recording"] == 1
    assert "| `missing_recording` | 1 | 0 | 1 | 1.000 | 0.500 |" in score.table()


def test_another_line_is_missed_and_invented() -> None:
    score = counted([NAMESAKE], [Expected((MISSING,), 0)])
    assert score.missed["missing_recording"] == score.invented["missing_recording"] == 1


def test_where_it_is_left_open_either_is_right_and_only_once() -> None:
    wanted = [Expected((MISSING, NAMESAKE), 0)]
    assert counted([NAMESAKE], wanted).perfect
    assert counted([MISSING, NAMESAKE], wanted).invented["missing_recording"] == 1


def test_a_finding_stands_from_its_night_until_it_is_over() -> None:
    expected = Expected((MISSING,), since=2, until=4)
    assert [night for night in range(6) if expected.stands(night)] == [2, 3]
