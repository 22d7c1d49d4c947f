"""How the values of `[calendar]` and `[rules]` are read; the rest is as in `config.values`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from config.calendar import Days
from config.forms import REQUIRABLE
from config.quiet import Hours
from config.values import WrongValueError, one_of, some_text, time_span

_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_TO = re.compile(rf"({_DAY})\s*(?:[~～至—–/]|\s-\s|\.\.|to)\s*({_DAY})")


def weekdays(value: object, base: Path) -> frozenset[int]:
    """`"1-5"`, `"1-5, 7"` or `[1, 2, 3]`: Monday is 1."""
    said = value if isinstance(value, list) else re.split(r"[,，、]", some_text(value, base))
    found = frozenset(day for one in said for day in _weekdays(one))
    if not found:
        raise WrongValueError("not_weekdays", value=value)
    return found


def _weekdays(said: object) -> range:
    found = re.fullmatch(r"([1-7])(?:\s*[-~～至—–]\s*([1-7]))?", str(said).strip())
    if found is None:
        raise WrongValueError("not_weekdays", value=said)
    return range(int(found[1]), int(found[2] or found[1]) + 1)


def holidays(value: object, _base: Path) -> tuple[Days, ...]:
    """Dates, and `"2026-10-01 至 2026-10-08"`."""
    return tuple(_days(one) for one in (value if isinstance(value, list) else [value]))


def dates(value: object, _base: Path) -> frozenset[date]:
    return frozenset(_date(one) for one in (value if isinstance(value, list) else [value]))


def _days(said: object) -> Days:
    span = _TO.fullmatch(said.strip()) if isinstance(said, str) else None
    first, last = (_date(span[1]), _date(span[2])) if span else (_date(said),) * 2
    if last < first:
        raise WrongValueError("not_a_date", value=said)
    return Days(first, last)


def _date(said: object) -> date:
    if isinstance(said, date) and not isinstance(said, datetime):
        return said
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", str(said).strip())
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass  # the 31st of February: as unreadable as any other text
    raise WrongValueError("not_a_date", value=said)


def off_due(value: object, base: Path) -> str:
    return one_of(some_text(value, base), ("same_day", "next_working_day"))


def call_hours(value: object, base: Path) -> Hours:
    """From when to when customers may be called."""
    return time_span(value, base)


def _within(least: int, most: int) -> Callable[[object, Path], int]:
    def read(value: object, _base: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongValueError("whole_number_needed")
        if not least <= value <= most:
            raise WrongValueError("out_of_range", value=value, least=least, most=most)
        return value

    return read


day_of_month = _within(1, 31)
days_of_grace = _within(0, 31)
percent = _within(0, 100)


def required(value: object, _base: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Departments with the fields that their rows may not leave blank."""
    if not isinstance(value, dict):
        raise WrongValueError("required_needed")
    for department, fields in value.items():
        if not department.strip() or not isinstance(fields, list):
            raise WrongValueError("required_needed")
        for field in fields:
            if field not in REQUIRABLE:
                known = ", ".join(REQUIRABLE)
                raise WrongValueError("field_not_requirable", field=field, known=known)
    return tuple((department.strip(), tuple(fields)) for department, fields in value.items())


def outcomes(value: object, _base: Path) -> tuple[str, ...]:
    """What stands in a row's outcome."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongValueError("list_needed")
    if not all(one.strip() for one in value):
        raise WrongValueError("empty")
    return tuple(one.strip() for one in value)
