"""The names and numbers that rows and recordings say, in the form in which customers are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from archive.catalogue import files, mentions
from archive.catalogue.database import Transaction
from archive.records import NewRow
from matcher.evidence import Evidence
from matcher.numbers import local_part
from matcher.spelling import spelled


@dataclass(frozen=True, slots=True)
class Mentioned:
    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def __or__(self, other: Mentioned) -> Mentioned:
        return Mentioned(self.names | other.names, self.numbers | other.numbers)

    @property
    def values(self) -> frozenset[str]:
        """What they are found by; a landline also without its area code."""
        return self.names | self.numbers | frozenset(filter(None, map(local_part, self.numbers)))


def together(all_of: Iterable[Mentioned]) -> Mentioned:
    every = list(all_of)
    return Mentioned(
        frozenset().union(*(one.names for one in every)),
        frozenset().union(*(one.numbers for one in every)),
    )


def by_row(said: NewRow) -> Mentioned:
    return _mentioned(said.customer_name, said.numbers)


def by_evidence(*evidence: Evidence) -> Mentioned:
    return together(_mentioned(one.contact, one.numbers) for one in evidence)


def reopen_later(tx: Transaction, told: Iterable[tuple[date, Mentioned]]) -> None:
    """Asks for the later days to be decided again that go by what was told on these.

    A day knows the customers of the days before it, and no others.
    """
    by_day: dict[date, Mentioned] = {}
    for day, said in told:
        by_day[day] = by_day.get(day, Mentioned()) | said
    for day, said in by_day.items():
        files.reopen(tx, mentions.days_of(tx, said.values, after=day))


def reopen_others(tx: Transaction, told: Iterable[Mentioned], but: Collection[date] = ()) -> None:
    """Asks for all days, `but` these, to be decided again that say one of what was told: their
    recordings may be of whom it names.
    """
    files.reopen(tx, mentions.days_of(tx, together(told).values) - frozenset(but))


def _mentioned(name: str | None, numbers: Iterable[str]) -> Mentioned:
    named = spelled(name) if name else ""
    return Mentioned(frozenset({named} - {""}), frozenset(numbers))
