"""Whom the quarter is about: collectors, and customers nobody can take for each other.

Namesakes, slips and families are `bench/office`'s subject; here two people are alike only where a
fault is planted by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from pypinyin import lazy_pinyin

from bench.office.people import CHARACTERS, SURNAMES

_SURNAMES = [one for one in SURNAMES if len(one) == 1]


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    number: str


class People:
    """Makes up people, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._names: set[str] = set()
        self._sounds: set[str] = set()
        self._numbers: set[str] = set()

    def name(self) -> str:
        while True:
            first, second = self._rng.sample(CHARACTERS, 2)
            name = self._rng.choice(_SURNAMES) + first + second
            sound = " ".join(lazy_pinyin(name))
            if sound not in self._sounds and not any(_alike(name, one) for one in self._names):
                self._names.add(name)
                self._sounds.add(sound)
                return name

    def number(self) -> str:
        """One of 154, which China gives nobody; no slip leads from it to another."""
        while True:
            number = f"154{self._rng.randrange(10**8):08}"
            if all(_apart(number, one) > 3 for one in self._numbers):
                self._numbers.add(number)
                return number

    def customer(self, name: str | None = None) -> Customer:
        return Customer(name or self.name(), self.number())


def _alike(one: str, other: str) -> bool:
    return _apart(one, other) < 2


def _apart(one: str, other: str) -> int:
    return sum(here != there for here, there in zip(one, other, strict=True))
