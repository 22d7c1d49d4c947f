"""Making many things that stay, without Python's looking for garbage among them meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Until this ends Python looks for no cycles; what nothing refers to goes at once all the same.

    A day of 2,000 rows has Python look through all of it several times, in vain, which was a fifth
    of the CPU of its report (`make bench-report`).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
