"""Customers' grades as sheets write them, and the plan that the office sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.grades import DEFAULT_PLAN, Days, grade_of, plan
from config.values import WrongValueError


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ("A", "A"),
        ("a类", "A"),
        ("Ｂ级客户", "B"),
        ("类别：C", "C"),
        ("D+", "D"),
        (" B ", "B"),
        ("VIP", None),
        ("A/B", None),
        ("一级", None),
        ("", None),
        (None, None),
    ],
)
def test_the_one_letter_of_a_cell_is_the_grade(said: str | None, grade: str | None) -> None:
    assert grade_of(said) == grade


def test_the_default_is_the_legal_departments_plan() -> None:
    assert plan(DEFAULT_PLAN, Path()) == (
        ("A", Days(1, 7)), ("B", Days(8, 21)), ("C", Days(8, 21)), ("D", Days(1, 31)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "days"), [("1-7", Days(1, 7)), ("8 至 21", Days(8, 21)), ("15", Days(15, 15))]
)
def test_days_are_one_or_a_range(said: str, days: Days) -> None:
    assert plan({"A": said}, Path()) == (("A", days),)
    assert plan({"A": 15}, Path()) == (("A", Days(15, 15)),)
    assert plan({}, Path()) == ()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("1-7", "plan_needed"),
        ({"A类": "1-7"}, "grade_unfit"),
        ({"a": "1-7"}, "grade_unfit"),
        ({"一": "1-7"}, "grade_unfit"),
        ({"A": "0-7"}, "plan_days_unfit"),
        ({"A": "7-1"}, "plan_days_unfit"),
        ({"A": "25-32"}, "plan_days_unfit"),
        ({"A": "first week"}, "plan_days_unfit"),
        ({"A": ["1-7"]}, "plan_days_unfit"),
    ],
)
def test_what_is_no_plan_is_refused(said: object, code: str) -> None:
    with pytest.raises(WrongValueError) as caught:
        plan(said, Path())
    assert caught.value.code == code
