"""Whether the order of a sheet's lines speaks where it has no times.

A collector who writes line by line leaves the order of the calls. It is believed where recordings
that are clear already show it: at least five of a tab, nine of ten neighbours in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

Anchors = Mapping[str, list[tuple[int, datetime]]]
"""For each tab whose order is believed: lines with their recordings' times, from the top."""
_SLACK = timedelta(minutes=10)


def anchors(clear: Iterable[tuple[str, datetime]]) -> Anchors:
    """From the keys of rows and the times of the recordings that are clearly theirs."""
    found: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    for key, at in clear:
        tab, line = _place(key)
        found[tab].append((line, at))
    return {tab: sorted(lines) for tab, lines in found.items() if _in_order(sorted(lines))}


def _place(key: str) -> tuple[str, int]:
    tab, _, line = key.rpartition("|")
    return tab, int(line)


def _in_order(lines: list[tuple[int, datetime]]) -> bool:
    pairs = list(pairwise(lines))
    falling = sum(before[1] > after[1] for before, after in pairs)
    return len(lines) >= 5 and falling <= len(pairs) / 10


def fits(known: Anchors, key: str, at: datetime) -> bool:
    """Whether a call at `at` can stand in the line; yes where the tab's order is not believed."""
    tab, line = _place(key)
    above = [time for place, time in known.get(tab, ()) if place < line]
    below = [time for place, time in known.get(tab, ()) if place > line]
    return not (above and above[-1] > at + _SLACK) and not (below and below[0] < at - _SLACK)
