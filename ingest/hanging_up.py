"""What ends a command from outside, such as its window being closed, counts as Ctrl-C: what it laid
down for a while is cleared away.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""The last is what Windows makes of a closed console."""


@contextmanager
def as_ctrl_c() -> Iterator[None]:
    """In the main thread. What is ignored already, as under nohup, stays so."""
    known = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
