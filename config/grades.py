"""Customers' grades, and on which days of a month the office plans to call those of each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from config.values import WrongValueError

DEFAULT_PLAN = {"A": "1-7", "B": "8-21", "C": "8-21", "D": "1-31"}
"""The legal department's: A in the first week of a month, B and C in the second and third."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a month, both ends included; the 31st is the last of a shorter month, too."""

    first: int
    last: int


Plan = tuple[tuple[str, Days], ...]


def grade_of(said: str | None) -> str | None:
    """The one letter in what a sheet says, `A` of `A类`, `a 级` and `Ａ`; `None` where none is."""
    text = unicodedata.normalize("NFKC", said or "").upper()
    letters = re.findall(r"(?<![A-Z])[A-Z](?![A-Z])", text)
    return letters[0] if len(letters) == 1 else None


def plan(value: object, _base: Path) -> Plan:
    """Grades with their days, such as `{ A = "1-7" }`; `{}` plans nothing."""
    if not isinstance(value, dict):
        raise WrongValueError("plan_needed")
    return tuple(sorted((_grade(grade), _days(days)) for grade, days in value.items()))


def _grade(said: str) -> str:
    if grade_of(said) != said:
        raise WrongValueError("grade_unfit", grade=said)
    return said


def _days(said: object) -> Days:
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?:[-–—~～至]\s*(\d{1,2})\s*)?", str(said))
    days = Days(int(found[1]), int(found[2] or found[1])) if found else Days(0, 0)
    if not 1 <= days.first <= days.last <= 31:
        raise WrongValueError("plan_days_unfit", value=said)
    return days
