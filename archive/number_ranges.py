"""Many recordings' numbers as one custody entry tells them: `1-17,19`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as `1-17,19`."""
    told = []
    in_order: Sequence[tuple[int, int]] = list(enumerate(sorted(numbers)))
    for _, run in groupby(in_order, key=lambda pair: pair[1] - pair[0]):
        each = [number for _, number in run]
        told.append(str(each[0]) if len(each) == 1 else f"{each[0]}-{each[-1]}")
    return ",".join(told)


def is_among(number: int, told: str) -> bool:
    """Whether `told`, as `ranges` writes it, has this number."""
    for one in filter(None, told.split(",")):
        first, _, last = one.partition("-")
        if int(first) <= number <= int(last or first):
            return True
    return False
