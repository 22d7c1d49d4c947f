"""Which of its customer's rows each recording is the call of, all of one day together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from matcher.assign import assign
from matcher.evidence import Row
from matcher.opinion import Opinion
from matcher.weigh import Weighed
from matcher.weights import TIME_APART

_IMPOSSIBLE = -1000.0
_PARTS = re.compile(r"(\D*)(\d*)", re.ASCII)


def choose_rows(opinions: Sequence[Opinion]) -> dict[int, Weighed]:
    """The row of each clear opinion, by its `id`; the surplus stands under its best row."""
    together: defaultdict[tuple[str | None, date], list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        together[opinion.claims[0].customer, opinion.call.day].append(opinion)
    chosen: dict[int, Weighed] = {}
    for group in together.values():
        chosen |= _choose_rows_of_one(group)
    return chosen


def _choose_rows_of_one(group: list[Opinion]) -> Mapping[int, Weighed]:
    if len(group) == 1 and not group[0].claims[0].others:
        return {id(group[0]): group[0].claims[0].best}
    group.sort(key=_in_order)
    weighed = [{row.row.key: row for row in _rows_of(opinion)} for opinion in group]
    rows = {key: row.row for line in weighed for key, row in line.items()}
    keys = sorted(rows, key=lambda key: row_in_order(rows[key]))
    columns = assign(
        [[_fit(line[key]) if key in line else _IMPOSSIBLE for key in keys] for line in weighed]
    )
    return {
        id(opinion): line[keys[column]]
        if column is not None and keys[column] in line
        else max(line.values(), key=_fit, default=opinion.claims[0].best)
        for opinion, line, column in zip(group, weighed, columns, strict=True)
    }


def _rows_of(opinion: Opinion) -> Sequence[Weighed]:
    """The rows that it may be the call of.

    Beside a row with its number, one without may be a namesake's: another collector's, or one
    at another time.
    """
    rows = [row for row in opinion.claims[0].rows if "day_differs" not in row.codes]
    numbered = any("number_equal" in row.codes for row in rows)
    return [row for row in rows if not (numbered and _may_be_a_namesakes(row))]


def _may_be_a_namesakes(row: Weighed) -> bool:
    strange = "collector_differs" in row.codes or bool(row.codes & TIME_APART)
    return strange and not (row.row.numbers or row.row.misread or row.row.masked)


def _fit(weighed: Weighed) -> float:
    """The weight, and where it is even the nearer time: a day's minutes never outweigh a bit."""
    return weighed.weight - weighed.apart / 10_000


def _in_order(opinion: Opinion) -> tuple[bool, float, str]:
    call = opinion.call
    return call.minute is None, call.minute or 0.0, call.recording


def row_in_order(row: Row) -> tuple[object, ...]:
    """By time, then by line: line 10 comes after line 9."""
    line = tuple((text, int(digits or 0)) for text, digits in _PARTS.findall(row.key))
    return row.day, row.called_at is None, row.called_at and row.called_at.timestamp(), line
