"""What verifying found beside faults of copies, and how long that stands. Pure.

A bad copy of a recording is a fault in the catalogue until it is repaired. Of a sheet, a custody
file or the catalogue itself only the run tells that found it, until others have looked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import gcd

from archive.fixity import Slice, Verification


def standing(latest: Sequence[Verification], now: datetime) -> int:
    """How much of it still stands; `latest`: of each scope the last run that says something."""
    return sum(one.beside for one in latest if one.beside and not _seen_again(one, latest, now))


def _seen_again(one: Verification, latest: Sequence[Verification], now: datetime) -> bool:
    """Whether all of its slice was looked at later, by runs as thorough over equal slices.

    A time that is still to come was dated by a wrong clock, and counts for none.
    """
    mine = one.scope
    since = one.ended_at or one.began_at
    seen: dict[int, set[int]] = {}
    for other in latest:
        theirs = other.scope
        later = other.ended_at is not None and since < other.ended_at <= now
        alike = theirs.place is mine.place and theirs.level.includes(mine.level)
        if later and alike and theirs.slice.meets(mine.slice):
            seen.setdefault(theirs.slice.of, set()).add(theirs.slice.number)
    return any(len(numbers) == _meeting(of, mine.slice) for of, numbers in seen.items())


def _meeting(of: int, part: Slice) -> int:
    """How many of so many slices have something of `part`."""
    return of // gcd(of, part.of)
