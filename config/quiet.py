"""Quiet hours: times of day in which the daemon leaves the office's line alone. Pure.

Every `now` is aware, in the office's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one local time of day to another; over midnight where the end is the earlier one."""

    start: time
    end: time

    def has(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def quiet_until(quiet: Sequence[Hours], now: datetime) -> datetime | None:
    """When the quiet hours end that it is now; `None` outside of them.

    Some time of the day must be free of them.
    """
    until, at = None, now
    while ends := [_next(one.end, at) for one in quiet if one.has(at.time())]:
        until = at = max(ends)
    return until


def quiet_within(quiet: Sequence[Hours], now: datetime, span: timedelta) -> bool:
    """Whether some of the last `span`, less than a day, was quiet."""
    # As moments: two times of one zone are compared as its clocks show them. Of an hour that
    # comes twice the second time, which was quiet as well.
    last = ((_next(one.end, now) - _DAY).replace(fold=1) for one in quiet)
    ended = (at.astimezone(UTC) for at in last)
    return quiet_until(quiet, now) is not None or any(now - at < span for at in ended)


def some_time_is_free(quiet: Iterable[Hours]) -> bool:
    """Whether they leave any of the day: if so, then the end of one of them."""
    every = list(quiet)
    return not every or any(not any(other.has(one.end) for other in every) for one in every)


def _next(at: time, now: datetime) -> datetime:
    """The first moment after `now` at which it is so late; of an hour that comes twice, `now`'s."""
    today = datetime.combine(now.date(), at, now.tzinfo).replace(fold=now.fold)
    return today if today > now else today + _DAY
