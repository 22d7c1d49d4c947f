"""How long what failed rests, and when what recurs is due."""

from __future__ import annotations

from datetime import datetime, timedelta

_DOUBLINGS = 20
"""More would leave what a timedelta can hold; every longest wait comes before."""


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """`first`, doubled so many times, and no longer than `longest`."""
    return min(first * (1 << min(times, _DOUBLINGS)), longest)


def is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether so much time has passed; also where the clock was set back since."""
    return last is None or not timedelta() <= now - last < every
