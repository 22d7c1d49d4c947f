"""The pace of uploads: so many bytes a second in all, whatever the number of workers.

A token bucket over what is sent, in the small pieces that a connection takes.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Any

_CATCH_UP = 0.5  # seconds of a pause that may be made good: a line is never used exactly evenly


class Pace:
    def __init__(
        self,
        megabits: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`megabits` a second, each a million bits; `clock` and `sleep` are in seconds."""
        self._seconds_per_byte = 8 / (megabits * 1_000_000)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at = clock()

    def keep(self, size: int) -> None:
        """Waits until so many bytes may be sent."""
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now - _CATCH_UP) + size * self._seconds_per_byte
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)

    def slow_down(self, request: Any, **_: object) -> None:
        """For boto's event `before-send`: it has read the body before, for what it signs.

        boto hands bytes over as a BytesIO.
        """
        if isinstance(request.body, io.BytesIO):
            request.body = _Paced(request.body.getvalue(), self)


class _Paced(io.BytesIO):
    def __init__(self, body: bytes, pace: Pace) -> None:
        super().__init__(body)
        self._pace = pace

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self._pace.keep(len(chunk))
        return chunk
