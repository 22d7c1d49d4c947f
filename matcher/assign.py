"""Which call is which recording's, all calls and recordings of one customer weighed together.

Owns the optimal assignment (the Hungarian method, by shortest augmenting paths) and nothing about
evidence: what goes in are weights. It never decides *whose* recording it is; see `matcher.match`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

LARGEST = 60
"""Beyond this many recordings or rows of one customer the exact method, cubic, gives way to
taking the heaviest pair first. All of them are one customer's, so none can become wrong by it."""

ORDER = 1e-9
"""What leaving the order costs, per place squared: far below any evidence, so it only decides
between rows that weigh the same. The first recording is then the first call."""

Costs = Sequence[Sequence[float]]


def assign(weights: Sequence[Sequence[float]]) -> list[int | None]:
    """The column of each recording such that the weights sum to the most, no column used twice;
    `None` for the surplus where rows are fewer.

    `weights` has one line a recording and one column a row, both in the order of the day, all
    lines equally long.
    """
    lines, columns = len(weights), len(weights[0]) if weights else 0
    costs = [
        [ORDER * (line - column) ** 2 - weight for column, weight in enumerate(row)]
        for line, row in enumerate(weights)
    ]
    if not columns:
        return [None] * lines
    if lines == 1:
        return [min(range(columns), key=costs[0].__getitem__)]
    if max(lines, columns) > LARGEST:
        return _cheapest_first(costs)
    if lines <= columns:
        return list(_cheapest(costs))
    found: list[int | None] = [None] * lines
    for column, line in enumerate(_cheapest(list(zip(*costs, strict=True)))):
        found[line] = column
    return found


def _cheapest(costs: Costs) -> list[int]:
    """The column of each line at the least sum of costs; at most as many lines as columns.

    Lines and columns count from 1 in the work lists; 0 is the place from which each line enters.
    """
    columns = len(costs[0])
    line_price, column_price = [0.0] * (len(costs) + 1), [0.0] * (columns + 1)
    line_in = [0] * (columns + 1)
    for line in range(1, len(costs) + 1):
        line_in[0] = line
        column, came_from = _free_column(costs, line_price, column_price, line_in)
        while column:  # back along the path, everyone moves up by one
            line_in[column] = line_in[came_from[column]]
            column = came_from[column]
    found = [0] * len(costs)
    for column in range(1, columns + 1):
        if line_in[column]:
            found[line_in[column] - 1] = column - 1
    return found


def _free_column(
    costs: Costs, line_price: list[float], column_price: list[float], line_in: list[int]
) -> tuple[int, list[int]]:
    """The free column nearest to the line in place 0, and the path to it; adjusts the prices."""
    columns = range(1, len(line_in))
    nearest, came_from = [inf] * len(line_in), [0] * len(line_in)
    reached, waiting, column = [0], set(columns), 0
    while line_in[column]:
        line = line_in[column]
        for other in waiting:
            distance = costs[line - 1][other - 1] - line_price[line] - column_price[other]
            if distance < nearest[other]:
                nearest[other], came_from[other] = distance, column
        column = min(waiting, key=lambda other: (nearest[other], other))
        step = nearest[column]
        for other in reached:
            line_price[line_in[other]] += step
            column_price[other] -= step
        for other in waiting:
            nearest[other] -= step
        reached.append(column)
        waiting.discard(column)
    return column, came_from


def _cheapest_first(costs: Costs) -> list[int | None]:
    pairs = sorted(
        (cost, line, column) for line, row in enumerate(costs) for column, cost in enumerate(row)
    )
    found: list[int | None] = [None] * len(costs)
    used: set[int] = set()
    for _, line, column in pairs:
        if found[line] is None and column not in used:
            found[line] = column
            used.add(column)
    return found
