"""Weather between callvault and a store: faults of every kind, single ones, series and storms."""

from __future__ import annotations

import random
from collections import Counter

from tests.stores.between import (
    CUT_ANSWER,
    CUT_BODY,
    DROP,
    EXPIRED,
    FAIL,
    FAIL_LATE,
    FLIP_ANSWER,
    FLIP_BIT,
    HANG,
    LOSE_ANSWER,
    SKEWED,
    SLOW_DOWN,
    TRICKLE,
    WRONG_DATE,
    Between,
)

_OF_ANY = (
    DROP,
    LOSE_ANSWER,
    FAIL,
    FAIL_LATE,
    SLOW_DOWN,
    SKEWED,
    EXPIRED,
    HANG,
    TRICKLE,
    WRONG_DATE,
)
_OF_BODIES = (CUT_BODY, FLIP_BIT)
_OF_ANSWERS = (CUT_ANSWER, FLIP_ANSWER)
KINDS = (*_OF_ANY, *_OF_BODIES, *_OF_ANSWERS)
_OFTEN = 0.12
"""Of the requests begin a fault."""
_SERIES, _STORM = 0.3, 0.03
"""Of the faults go on with that address, or with whatever is asked next."""


class Weather(Between):
    """Spoils `faults` requests; every choice is drawn from `seed`, the threads' order is not."""

    def __init__(self, endpoint_url: str, faults: int, seed: int) -> None:
        super().__init__(endpoint_url)
        self.patience = 0.4
        self.left = faults
        self.done: Counter[str] = Counter()
        self.requests = 0
        self._chance = random.Random(seed)
        self._series: dict[str, tuple[str, int]] = {}
        """What goes on with an address, and how often."""
        self._storm = ("", 0)

    def fault_of(self, method: str, path: str, size: int) -> str:
        with self._lock:
            self.requests += 1
            if not self.left:
                return ""
            fault = self._going_on(path) or self._new(method, path, size)
            if fault:
                self.left -= 1
                self.done[fault] += 1
            return fault

    def _going_on(self, path: str) -> str:
        fault, times = self._storm
        if times:
            self._storm = (fault, times - 1)
            return fault
        fault, times = self._series.get(_address(path), ("", 0))
        if times:
            self._series[_address(path)] = (fault, times - 1)
        return fault if times else ""

    def _new(self, method: str, path: str, size: int) -> str:
        if self._chance.random() >= _OFTEN:
            return ""
        fits = [*_OF_ANY]
        fits += _OF_BODIES if size else ()
        fits += _OF_ANSWERS if method in {"GET", "POST"} else ()
        # The rarer ones are those that fit fewer requests.
        fault = min(self._chance.sample(fits, 4), key=self.done.__getitem__)
        drawn = self._chance.random()
        if fault in _OF_ANY and drawn < _STORM:
            self._storm = (fault, self._chance.randint(5, 20))
        elif drawn < _SERIES and fault != HANG:
            self._series[_address(path)] = (fault, self._chance.randint(2, 8))
        return fault


def _address(path: str) -> str:
    return path.partition("?")[0]
