from itertools import permutations
from random import Random

import pytest

from matcher.assign import LARGEST, assign


def total(weights: list[list[float]], columns: list[int | None]) -> float:
    return sum(weights[line][column] for line, column in enumerate(columns) if column is not None)


def best_total(weights: list[list[float]]) -> float:
    """By trying every way; only for a handful of rows."""
    lines, columns = len(weights), len(weights[0])
    short, long = min(lines, columns), max(lines, columns)
    return max(
        sum(
            weights[small][big] if lines <= columns else weights[big][small]
            for small, big in enumerate(order)
        )
        for order in permutations(range(long), short)
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_sum_is_the_best_there_is(seed: int) -> None:
    dice = Random(seed)
    lines, columns = dice.randint(1, 5), dice.randint(1, 5)
    weights = [[dice.randint(-12, 30) / 2 for _ in range(columns)] for _ in range(lines)]
    found = assign(weights)
    used = [column for column in found if column is not None]
    assert len(used) == len(set(used)) == min(lines, columns)
    assert total(weights, found) == best_total(weights)


def test_a_recording_gives_way_where_another_fits_nowhere_else() -> None:
    assert assign([[9.0, 8.0], [9.0, 1.0]]) == [1, 0]


def test_rows_that_weigh_the_same_go_by_the_order_of_the_day() -> None:
    assert assign([[5.0] * 3] * 3) == [0, 1, 2]
    assert assign([[5.0] * 4] * 2) == [0, 1]
    assert assign([[5.0] * 2] * 3) == [0, 1, None]


def test_nothing_to_assign() -> None:
    assert assign([]) == []
    assert assign([[], []]) == [None, None]


def test_very_many_calls_of_one_customer_are_still_given_out_once_each() -> None:
    size = LARGEST + 20
    weights = [[-float(abs(line - column)) for column in range(size)] for line in range(size + 5)]
    found = assign(weights)
    assert found[:size] == list(range(size))
    assert found[size:] == [None] * 5
