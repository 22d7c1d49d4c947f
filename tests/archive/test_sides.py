"""Three sorted sides side by side, and what each case of them comes to."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakSet

import pytest

from archive.sides import MOVE, Expected, Sized, compared, merged


def sized(*keys: str) -> Iterator[Sized]:
    return (Sized(key, 1) for key in keys)


def test_each_key_comes_once_and_in_order_with_whoever_has_it() -> None:
    rows = merged(sized("a", "c", "d"), sized("b", "c"), sized("c", "d", "e"))
    told = ["".join("-" if one is None else one.key for one in row) for row in rows]
    assert told == ["a--", "-b-", "ccc", "d-d", "--e"]
    assert list(merged(sized(), sized())) == []


@dataclass(frozen=True)
class Watched:
    key: str


def test_keys_are_never_held_together() -> None:
    alive: WeakSet[Watched] = WeakSet()

    def side(step: int) -> Iterator[Watched]:
        for number in range(0, 3000, step):
            one = Watched(f"{number:04}")
            alive.add(one)
            yield one

    most = 0
    for _ in merged(side(1), side(2), side(3)):
        gc.collect(0)
        most = max(most, len(alive))
    assert most <= 8


KNOWN = Expected("k", 100, kept=True, confirmed=True, owed=None)
UNSENT = Expected("k", 100, kept=True, confirmed=False, owed="put")
UNLISTED = Expected("k", 100, kept=True, confirmed=False, owed=None)
SHEET = Expected("k", None, kept=True, confirmed=True, owed=None)
LEAVING = Expected("k", None, kept=False, confirmed=False, owed="remove")
LEFT = Expected("k", None, kept=False, confirmed=True, owed=None)
MOVING = Expected("k", 100, kept=True, confirmed=False, owed=MOVE)


@pytest.mark.parametrize(
    ("expected", "file", "object_", "told"),
    [
        (KNOWN, 100, 100, "= equal"),
        (SHEET, 7, 7, "= equal"),
        (UNSENT, 100, 100, "= equal"),
        (KNOWN, 100, 99, "* sizes"),
        (KNOWN, 99, 100, "* sizes"),
        (KNOWN, 99, 99, "* sizes"),
        (UNSENT, 100, 99, "* key_taken"),
        (UNLISTED, 100, 99, "* key_taken"),
        (UNSENT, 99, 99, "* sizes"),
        (UNSENT, 99, 100, "* sizes"),
        (UNSENT, 99, None, "* sizes"),
        (KNOWN, 100, None, "- object_missing"),
        (SHEET, 7, None, "- object_missing"),
        (UNLISTED, 100, None, "- not_enlisted"),
        (None, 100, None, "- file_unknown"),
        (LEAVING, 100, None, "- file_unknown"),
        (KNOWN, None, 100, "+ file_missing"),
        (UNSENT, None, 100, "+ file_missing"),
        (None, None, 100, "+ object_unknown"),
        (LEFT, None, 100, "+ object_left"),
        (KNOWN, None, None, "! lost"),
        (UNSENT, None, None, "! lost"),
        (None, 100, 100, "! both_unknown"),
        (UNSENT, 100, None, "~ owed"),
        (LEAVING, None, 100, "~ owed"),
        (LEAVING, None, None, "~ owed"),
        (LEFT, None, None, "~ owed"),
        (MOVING, None, 100, "~ owed"),
        (MOVING, 100, None, "~ owed"),
    ],
)
def test_every_case(
    expected: Expected | None, file: int | None, object_: int | None, told: str
) -> None:
    sides = [None if size is None else Sized("k", size) for size in (file, object_)]
    one = compared(expected, *sides)
    assert f"{one.code.sign} {one.code}" == told
    assert (one.key, one.file, one.object) == ("k", file, object_)


def test_what_is_no_plain_file_is_an_error() -> None:
    one = compared(KNOWN, Sized("k", None), Sized("k", 100))
    assert f"{one.code.sign} {one.code}" == "! no_file"
