"""What verifying found beside copies stands until all of it was looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.beside import standing
from archive.fixity import UNBEGUN, Level, Place, Scope, Slice, Verification

MONDAY = datetime(2026, 11, 16, 21, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(days=400)
ARCHIVE, MIRROR = Place.ARCHIVE, Place.MIRROR
CONTENTS, SIZE = Level.CONTENTS, Level.SIZE


def run(
    part: tuple[int, int],
    day: int,
    beside: int = 0,
    place: Place = ARCHIVE,
    level: Level = CONTENTS,
    *,
    ended: bool = True,
) -> Verification:
    at = MONDAY + timedelta(days=day)
    scope = Scope(place, level, Slice(*part))
    return Verification(0, scope, at, at if ended else None, 0, 0, 0, UNBEGUN, beside)


def test_where_nothing_was_found_nothing_stands() -> None:
    assert standing([], LATER) == 0
    assert standing([run((1, 3), 0), run((2, 3), 1)], LATER) == 0


def test_what_several_slices_found_stands_together() -> None:
    assert standing([run((1, 3), 0, 2), run((2, 3), 1, 1), run((3, 3), 2)], LATER) == 3


FOUND = run((3, 6), 5, 2)


@pytest.mark.parametrize(
    "again",
    [
        [run((1, 1), 6)],
        [run((1, 2), 6)],  # the third of six lies in the first of two
        [run((3, 12), 6), run((9, 12), 7)],
        [run((number, 5), 6) for number in range(1, 6)],
        [run((1, 4), 6), run((3, 4), 6)],
    ],
)
def test_it_is_over_once_all_of_its_slice_was_looked_at_again(again: list[Verification]) -> None:
    assert standing([FOUND, *again], LATER) == 0
    assert standing([FOUND, *again[:-1]], LATER) == 2


@pytest.mark.parametrize(
    "other",
    [
        run((2, 6), 6),
        run((2, 2), 6),
        run((1, 1), 4),  # before
        run((1, 1), 500),  # by a clock that was ahead
        run((1, 1), 6, ended=False),
        run((1, 1), 6, place=MIRROR),
        run((1, 1), 6, level=SIZE),
    ],
)
def test_what_looked_at_less_or_elsewhere_says_nothing_of_it(other: Verification) -> None:
    assert standing([FOUND, other], LATER) == 2


def test_what_is_found_again_counts_once() -> None:
    assert standing([FOUND, run((1, 1), 6, 3)], LATER) == 3


def test_of_a_run_that_was_cut_short_it_counts_from_its_beginning() -> None:
    found = run((1, 1), 5, 1, ended=False)
    assert standing([found, run((1, 1), 4, level=CONTENTS)], LATER) == 1
    assert standing([found, run((1, 2), 6), run((2, 2), 7)], LATER) == 0


def test_size_is_looked_at_where_contents_are() -> None:
    assert standing([run((1, 1), 0, 1, level=SIZE), run((1, 1), 1)], LATER) == 0
