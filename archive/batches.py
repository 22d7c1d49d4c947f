"""Long lists in pieces: what is bound in one question, or done at a time, is limited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 400
"""Values in one question: databases limit how many may be bound."""


def batches(things: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
