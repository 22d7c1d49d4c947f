"""Things that hang together, directly or through others."""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T", str, date)


class Groups(Generic[T]):
    """Everything is a group of its own until it is joined; the least of a group leads it."""

    def __init__(self) -> None:
        self._leader: dict[T, T] = {}

    def lead(self, one: T) -> T:
        """Equal for all of a group."""
        while (leader := self._leader.setdefault(one, one)) != one:
            self._leader[one] = one = self._leader[leader]
        return one

    def join(self, one: T, other: T) -> None:
        first, second = sorted((self.lead(one), self.lead(other)))
        self._leader[second] = first
