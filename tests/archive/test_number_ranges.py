from __future__ import annotations

import pytest

from archive.number_ranges import is_among, ranges


def test_numbers_are_told_in_ranges() -> None:
    assert ranges([]) == ""
    assert ranges([7, 1, 3, 2, 9, 10]) == "1-3,7,9-10"


@pytest.mark.parametrize("numbers", [set(), {7}, {1, 2, 3, 7, 9, 10}, {19, *range(11, 18)}])
def test_what_is_told_is_found_again_and_nothing_else(numbers: set[int]) -> None:
    told = ranges(numbers)
    assert {one for one in range(30) if is_among(one, told)} == numbers
