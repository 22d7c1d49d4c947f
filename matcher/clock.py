"""How far a collector's written times lie from the phone's, learned from the day's sure calls.

A sheet whose author copies times from the phone's list says much by a minute; one written up at
noon says little by ten. And phones and wall clocks go wrong, by the same minutes all day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import NamedTuple

_ENOUGH = 5
"""Sure calls from which a clock can be told."""
_WITHIN = 2.5
"""Minutes from the middle within which an exact author's times lie."""
_MOST_OFF = 120.0
_SHARE = 0.8
_NOTICED = 2.0
"""A drift below this is how people round."""


class Clock(NamedTuple):
    """How one collector's written times relate to the recordings'."""

    drift: float = 0.0
    """Minutes that a recording's time is later than the row's."""
    exact: bool = False
    """Times lie within minutes of each other, once the drift is allowed for."""


PLAIN = Clock()

Clocks = Mapping[str | None, Clock]
"""By the collector who wrote the row; who has none there has PLAIN."""


def learn(sure: Iterable[tuple[str | None, float]]) -> Clocks:
    """The clocks that `sure` tells: the row's collector, minutes from row to recording, a call."""
    apart: defaultdict[str | None, list[float]] = defaultdict(list)
    for collector, minutes in sure:
        if abs(minutes) <= _MOST_OFF:
            apart[collector].append(minutes)
    return {
        collector: clock
        for collector, minutes in apart.items()
        if (clock := _clock(minutes)) is not PLAIN
    }


def _clock(apart: list[float]) -> Clock:
    if len(apart) < _ENOUGH:
        return PLAIN
    middle = median(apart)
    near = sum(abs(minutes - middle) <= _WITHIN for minutes in apart)
    if near < _SHARE * len(apart):
        return PLAIN
    return Clock(middle if abs(middle) > _NOTICED else 0.0, exact=True)
