"""Which rows are worth weighing against a recording, found by look-ups and not by trying all.

Rows are kept by day and by customer. A recording meets the customers that share its number, name
or number's tail; only where none does, those one slip away, which share a key with one character
left out. So the work grows with the day's calls, not with their square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from matcher.evidence import Row
from matcher.numbers import local_part
from matcher.weigh import Said, Written, alike, base, one_slip, written

MOST = 50
"""No recording meets more customers than this through one key, nor more rows of one customer. A
number or name that more share on one day names nobody, and the recording is held."""

_AROUND = 60  # minutes
_TAIL = 4


class Owner(NamedTuple):
    """The rows of one day that name one customer, or one row that leaves the customer open."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[Written, ...]
    """By time, rows without one last."""

    def rows_near(self, call: Said) -> tuple[Written, ...]:
        return self.rows if len(self.rows) <= MOST else _around(self.rows, call.minute or 0.0)


class Met(NamedTuple):
    """Whom a recording may concern."""

    owners: tuple[Owner, ...]
    crowded: bool
    """More customers share a number or name with it than were looked at."""


class Blocks:
    """All rows, to be asked recording by recording."""

    def __init__(self, rows: Sequence[Row], canonical: Callable[[str], str]) -> None:
        self._days = {day: _Day(owners) for day, owners in _owners_by_day(rows, canonical).items()}

    def meet(self, call: Said) -> Met:
        owners: dict[int, Owner] = {}
        crowded = False
        for day in call.days:
            for block in self._days[day].blocks(call) if day in self._days else ():
                crowded |= len(block) > MOST
                owners |= {id(owner): owner for owner in block[:MOST]}
        return Met(tuple(owners.values()), crowded)

    def around(self, call: Said) -> tuple[Written, ...]:
        """Rows of the recording's collector close to its time, for a person to pick from."""
        day = self._days.get(call.day)
        if day is None or call.minute is None or call.collector is None:
            return ()
        rows = _around(day.by_collector[call.collector], call.minute)
        return tuple(row for row in rows if abs((row.minute or 0) - call.minute) <= _AROUND)

    def of_surname(self, call: Said) -> tuple[Written, ...]:
        """Rows of the recording's collector whose customers have the recording's surname."""
        day = self._days.get(call.day)
        if day is None or call.surname is None or call.collector is None:
            return ()
        return tuple(
            row
            for row in day.by_surname[call.surname[0], call.collector][:MOST]
            if (row.name or "").startswith(call.surname)
        )


class _Day:
    def __init__(self, owners: Sequence[Owner]) -> None:
        self._owners = owners
        self._by_number: defaultdict[str, list[Owner]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Owner]] = defaultdict(list)
        for owner in owners:
            for line in set(map(_line, owner.numbers)):
                self._by_number[line].append(owner)
            for name in {*owner.names, *map(base, owner.names)}:
                self._by_name[name].append(owner)

    def blocks(self, call: Said) -> Iterator[Sequence[Owner]]:
        numbered = [self._by_number.get(_line(number), ()) for number in call.numbers]
        yield from numbered
        if call.tail:
            yield self._by_tail.get(call.tail[-_TAIL:], ())
        if not any(numbered):
            yield from (self._one_digit_off(number) for number in call.numbers)
        if call.name:
            named = self._by_name.get(call.name, ())
            yield named or self._one_character_off(call.name)

    def _one_digit_off(self, number: str) -> Sequence[Owner]:
        return [
            owner
            for owner in _through(self._near_numbers, number)
            if any(one_slip(number, other) for other in owner.numbers)
        ]

    def _one_character_off(self, name: str) -> Sequence[Owner]:
        return [
            owner
            for owner in _through(self._near_names, name)
            if any(alike(name, other) for other in owner.names)
        ]

    @cached_property
    def _by_tail(self) -> dict[str, list[Owner]]:
        return _index(self._owners, lambda owner: {number[-_TAIL:] for number in owner.numbers})

    @cached_property
    def _near_numbers(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners,
            lambda owner: {key for number in owner.numbers for key in _shortened(number)},
        )

    @cached_property
    def _near_names(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners, lambda owner: {key for name in owner.names for key in _shortened(name)}
        )

    @cached_property
    def by_collector(self) -> defaultdict[str, list[Written]]:
        found: defaultdict[str, list[Written]] = defaultdict(list)
        for row in sorted(self._rows, key=_by_time):
            if row.minute is not None and row.collector:
                found[row.collector].append(row)
        return found

    @cached_property
    def by_surname(self) -> defaultdict[tuple[str, str], list[Written]]:
        found: defaultdict[tuple[str, str], list[Written]] = defaultdict(list)
        for row in sorted(self._rows, key=_by_time):
            if row.name and row.collector:
                found[row.name[0], row.collector].append(row)
        return found

    @property
    def _rows(self) -> Iterator[Written]:
        return (row for owner in self._owners for row in owner.rows)


def _owners_by_day(rows: Sequence[Row], canonical: Callable[[str], str]) -> dict[date, list[Owner]]:
    """Every customer's rows of each day, knowing its names and numbers from all its rows."""
    together: defaultdict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter("key")):
        together[row.customer, row.key if row.customer is None else ""].append(row)
    found: defaultdict[date, list[Owner]] = defaultdict(list)
    for group in together.values():
        names = tuple(dict.fromkeys([canonical(row.name) for row in group if row.name]))
        numbers = tuple(dict.fromkeys([number for row in group for number in row.numbers]))
        by_day: defaultdict[date, list[Written]] = defaultdict(list)
        for row in group:
            by_day[row.day].append(written(row, names, numbers, canonical))
        for day, lines in by_day.items():
            lines.sort(key=_by_time)
            found[day].append(Owner(names, numbers, tuple(lines)))
    return found


def _by_time(row: Written) -> tuple[bool, float, str]:
    return row.minute is None, row.minute or 0.0, row.row.key


def _around(rows: Sequence[Written], minute: float) -> tuple[Written, ...]:
    """The rows next to a time, of rows by time."""
    place = bisect_left(rows, (False, minute, ""), key=_by_time)
    start = max(0, min(place - MOST // 2, len(rows) - MOST))
    return tuple(rows[start : start + MOST])


def _line(number: str) -> str:
    """Equal for two ways to write one line, see `matcher.numbers.same`."""
    return local_part(number) or number


def _shortened(text: str) -> set[str]:
    """The text and all that is left when one character is left out: texts one slip apart share
    one of these.
    """
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def _index(owners: Iterable[Owner], keys: Callable[[Owner], set[str]]) -> dict[str, list[Owner]]:
    found: defaultdict[str, list[Owner]] = defaultdict(list)
    for owner in owners:
        for key in keys(owner):
            found[key].append(owner)
    return found


def _through(index: dict[str, list[Owner]], text: str) -> Iterable[Owner]:
    found = {id(owner): owner for key in _shortened(text) for owner in index.get(key, ())}
    return sorted(found.values(), key=lambda owner: owner.rows[0].owner)
