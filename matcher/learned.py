"""What the day's sure calls teach of the rest: each collector's clock, each sheet's order.

A sheet whose author copies times from the phone's list says much by a minute; one written up at
noon says little by ten. Phones and wall clocks go wrong, by the same minutes all day. And where a
sheet has no times at all, its lines mostly stand in the order of the calls.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from statistics import median
from typing import NamedTuple

_ENOUGH, _FEW = 5, 3
"""Sure calls from which a clock or an order can be told; and that a clock is plainly wrong."""
_WITHIN, _ROUNDED = 2.5, 6.0
"""Minutes from the middle within which an exact author's times lie, and one's who rounds."""
_MOST_OFF = 120.0
_SHARE = 0.8
_NOTICED, _WRONG = 2.0, 8.0
"""A drift below this is how people round; of who rounds, it is told only above the other."""
_IN_ORDER = 0.9
_KEY = re.compile(r"(.*?)(\d+)\D*", re.ASCII | re.DOTALL)


class Clock(NamedTuple):
    """How one collector's written times relate to the recordings'."""

    drift: float = 0.0
    """Minutes that a recording's time is later than the row's."""
    exact: bool = False
    """Times lie within minutes of each other, once the drift is allowed for."""


PLAIN = Clock()


class Sure(NamedTuple):
    """A recording and the row that is surely its call."""

    row: str
    """The row's key, which ends in its line."""
    writer: str | None
    """The collector who wrote it."""
    minute: float
    """Of the recording."""
    late: float | None
    """Minutes from the row's time to the recording's."""


class Window(NamedTuple):
    """Between which recordings' minutes a line without a time must lie."""

    after: float
    before: float


class Learned:
    """Nothing, until sure calls have taught something."""

    def __init__(self, sure: Iterable[Sure] = ()) -> None:
        together = list(sure)
        self._clocks = _clocks(together)
        self._lines = _sheets_in_order(together)

    def __bool__(self) -> bool:
        return bool(self._clocks or self._lines)

    def clock(self, writer: str | None) -> Clock:
        return self._clocks.get(writer, PLAIN) if self._clocks else PLAIN

    def window(self, row: str) -> Window | None:
        """Where the row with this key must lie by the order of its sheet's lines."""
        if not self._lines or not (found := _KEY.fullmatch(row)):
            return None
        order = self._lines.get(found[1])
        return order.window(int(found[2])) if order else None

    def span(self, row: str) -> float:
        """Minutes from the first to the last sure call of the row's sheet."""
        found = _KEY.fullmatch(row)
        order = self._lines.get(found[1]) if found else None
        return order.latest[-1] - order.earliest[0] if order else 0.0


class _Order(NamedTuple):
    """The sure calls of a sheet that keeps their order."""

    lines: Sequence[int]
    latest: Sequence[float]
    """The latest minute of this line and those above it."""
    earliest: Sequence[float]
    """The earliest minute of this line and those below it."""

    def window(self, line: int) -> Window | None:
        place = bisect_left(self.lines, line)
        next_place = bisect_right(self.lines, line)
        if place == 0 or next_place == len(self.lines):
            return None
        after, before = self.latest[place - 1], self.earliest[next_place]
        return Window(after, before) if after <= before else None


def _clocks(sure: Iterable[Sure]) -> Mapping[str | None, Clock]:
    apart: defaultdict[str | None, list[float]] = defaultdict(list)
    for one in sure:
        if one.late is not None and abs(one.late) <= _MOST_OFF:
            apart[one.writer].append(one.late)
    clocks = {writer: _clock(minutes) for writer, minutes in apart.items()}
    return {writer: clock for writer, clock in clocks.items() if clock is not PLAIN}


def _clock(apart: Sequence[float]) -> Clock:
    middle = median(apart)
    if len(apart) >= _ENOUGH and _share(apart, middle, _WITHIN) >= _SHARE:
        return Clock(middle if abs(middle) > _NOTICED else 0.0, exact=True)
    wrong = abs(middle) > _WRONG and _share(apart, middle, _ROUNDED) >= _SHARE
    return Clock(middle) if wrong and len(apart) >= _FEW else PLAIN


def _share(apart: Sequence[float], middle: float, within: float) -> float:
    return sum(abs(minutes - middle) <= within for minutes in apart) / len(apart)


def _sheets_in_order(sure: Iterable[Sure]) -> Mapping[str, _Order]:
    sheets: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for one in sure:
        if one.late is None and (found := _KEY.fullmatch(one.row)):
            sheets[found[1]].append((int(found[2]), one.minute))
    return {sheet: order for sheet, found in sheets.items() if (order := _in_order(found))}


def _in_order(calls: list[tuple[int, float]]) -> _Order | None:
    calls.sort()
    minutes = [minute for _, minute in calls]
    # Against the latest so far and not the line above: a sheet of several collectors' lists, one
    # below the other, is no order of the office's calls.
    latest = list(accumulate(minutes, max))
    rising = sum(before <= minute for before, minute in zip(latest, minutes[1:], strict=False))
    if len(calls) < _ENOUGH or rising < _IN_ORDER * (len(calls) - 1):
        return None
    earliest = list(accumulate(reversed(minutes), min))[::-1]
    return _Order([line for line, _ in calls], latest, earliest)
