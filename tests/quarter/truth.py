"""What the reports must say, as the simulator knows it from what it planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as a report names it, without its words."""

    day: date
    code: str
    customer: str | None = None
    collector: str | None = None
    source: str | None = None
    sheet: str | None = None
    line: int | None = None


@dataclass(slots=True)
class Expected:
    """One planted finding; any of `either` will do, where the planted fault leaves open which."""

    either: tuple[Told, ...]
    since: int
    """The night, counted from 0, from which it is in the day's report."""
    until: int | None = None
    """The night from which it is no longer."""

    def stands(self, night: int) -> bool:
        return self.since <= night and (self.until is None or night < self.until)


@dataclass(slots=True)
class Truth:
    expected: list[Expected] = field(default_factory=list)

    def of(self, days: Iterable[date], night: int) -> list[Expected]:
        """What the reports of these days must say at a night."""
        wanted = frozenset(days)
        return [one for one in self.expected if one.either[0].day in wanted and one.stands(night)]
