"""Whose a number or a name is by the papers of other days, and by people's word.

A number that is known as a customer's counts for that customer where today's row lacks it, and
against every other; a full name likewise, though two people may share one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from matcher.customers import Known
from matcher.numbers import line_of

_LAST = 4
"""Digits that people tell of a number."""


class Register:
    """The known customers, to be asked by number and by name."""

    def __init__(self, known: Sequence[Known], spelling: Callable[[str], str]) -> None:
        self._by_line: defaultdict[str, set[str]] = defaultdict(set)
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        self._confirmed_lines: defaultdict[str, set[str]] = defaultdict(set)
        self._confirmed_names: defaultdict[str, set[str]] = defaultdict(set)
        self._numbers = {one.customer: one.numbers for one in known}
        self._names = {one.customer: spelling(one.name) for one in known}
        for one in known:
            # Without a number it is most likely the same person's bare row.
            if one.numbers or one.masked:
                self._by_name[spelling(one.name)].add(one.customer)
            for number in one.numbers | one.confirmed_numbers:
                self._by_line[line_of(number)].add(one.customer)
            for number in one.confirmed_numbers:
                self._confirmed_lines[line_of(number)].add(one.customer)
            for name in one.confirmed_names:
                self._confirmed_names[spelling(name)].add(one.customer)

    def of_numbers(self, numbers: Iterable[str]) -> frozenset[str]:
        """Customers who are known to have one of these numbers."""
        return _all(self._by_line, map(line_of, numbers))

    def ending_in(self, tail: str) -> Iterable[tuple[str, str, str]]:
        """Each customer with a number that has these last digits: key, name and number."""
        ending = self._by_last_digits.get(tail[-_LAST:], ())
        return ((who, self._names[who], each) for who, each in ending if each.endswith(tail))

    @cached_property
    def _by_last_digits(self) -> dict[str, list[tuple[str, str]]]:
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for who, numbers in self._numbers.items():
            for number in numbers:
                found[number[-_LAST:]].append((who, number))
        return found

    def of_name(self, name: str | None) -> frozenset[str]:
        """Customers who are known by exactly this name."""
        return _all(self._by_name, [name] if name else ())

    def confirmed_numbers(self, numbers: Iterable[str]) -> frozenset[str]:
        """Customers for whom a person confirmed one of these numbers."""
        return _all(self._confirmed_lines, map(line_of, numbers))

    def confirmed_name(self, name: str | None) -> frozenset[str]:
        """Customers for whom a person confirmed this contact."""
        return _all(self._confirmed_names, [name] if name else ())

    def numbers_of(self, customers: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._numbers[customer] for customer in customers))

    def names_of(self, customers: Iterable[str]) -> frozenset[str]:
        """The names of those of `customers` who are known."""
        return frozenset(self._names[one] for one in customers if one in self._names)


def _all(owners: defaultdict[str, set[str]], keys: Iterable[str]) -> frozenset[str]:
    if not owners:
        return frozenset()
    return frozenset().union(*(owners[key] for key in keys if key in owners))
