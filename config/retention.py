"""How the values of `[retention]` are read: years that the law lets nobody go below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from config.given import Found, Key, Problem, Stated
from config.grades import grade_of
from config.values import WrongValueError, count

FLOOR = 2
"""Years that no setting goes below (card business)."""
_MOST = 100


def years(value: object, base: Path) -> int:
    """Up to a hundred: what a store locks for longer nobody can mend."""
    said = count(value, base)
    if said > _MOST:
        raise WrongValueError("not_years", value=value)
    if said < FLOOR:
        raise WrongValueError("years_below_floor", value=value, floor=FLOOR)
    return said


def by_department(value: object, base: Path) -> tuple[tuple[str, int], ...]:
    """`{ legal = 8 }`: `credit`, `legal`, or a part of a department's name."""
    return tuple(_years_of(value, base, lambda name: name.strip() != ""))


def by_grade(value: object, base: Path) -> tuple[tuple[str, int], ...]:
    """`{ D = 10 }`."""
    return tuple(_years_of(value, base, lambda name: grade_of(name) == name))


def _years_of(value: object, base: Path, fits: Callable[[str], bool]) -> Iterator[tuple[str, int]]:
    if not isinstance(value, dict):
        raise WrongValueError("years_by_name_needed")
    for name, said in value.items():
        if not fits(name):
            raise WrongValueError("years_name_unfit", said=name)
        yield name.strip(), years(said, base)


KEYS: Mapping[str, Key] = {
    "years": Key(years, 5),
    "departments": Key(by_department, {}),
    "grades": Key(by_grade, {}),
}


def without_use(found: Found, given: Stated) -> Iterator[Problem]:
    """Fewer years than everybody's: the longest that applies goes, so somebody believes in vain
    that these are kept for less.
    """
    rule = found.get("retention", {})
    for key in ("departments", "grades"):
        for name, years in rule.get(key, ()):
            if years < rule.get("years", 0):
                said = {"name": f"[retention] {key}", "said": name, "years": years}
                at = given["retention", key]
                yield at.problem("years_without_use", general=rule["years"], **said)
