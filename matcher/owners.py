"""The rows of each day by the customers whom they name, made ready to be met and weighed."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, starmap
from math import log2
from operator import attrgetter
from typing import NamedTuple

from matcher.evidence import Row
from matcher.numbers import hides
from matcher.register import Register
from matcher.said import Said, Spelling, Written, written
from matcher.slips import one_slip

MOST = 50
"""No recording meets more customers than this through one key, nor more rows of one customer. A
number or name that more share on one day names nobody, and the recording is held."""
_SURNAME_BITS = (1.0, 5.0)


class Owner(NamedTuple):
    """The rows of one day that name one customer, or one row that leaves the customer open."""

    customer: str | None
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[Written, ...]
    """By time, rows without one last."""

    @property
    def digits(self) -> tuple[str, ...]:
        """The numbers, and what is a number but for a digit."""
        return (*self.numbers, *(digits for row in self.rows for digits in row.row.misread))

    @property
    def masked(self) -> tuple[str, ...]:
        return self.rows[0].masked

    def rows_near(self, call: Said) -> tuple[Written, ...]:
        return self.rows if len(self.rows) <= MOST else around_time(self.rows, call.minute or 0.0)


class _Customer(NamedTuple):
    """What all papers at hand say of one customer, or of one row that leaves it open."""

    customer: str | None
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[Row, ...]


def owners_by_day(
    rows: Sequence[Row], spelling: Spelling, register: Register
) -> dict[date, list[Owner]]:
    """Every customer's rows of each day, knowing its names and numbers from all its rows."""
    customers = _customers(rows, spelling, register)
    bits = _surname_bits([one.rows for one in customers], spelling)
    found: defaultdict[date, list[Owner]] = defaultdict(list)
    for customer, names, numbers, own in customers:
        by_day: defaultdict[date, list[Written]] = defaultdict(list)
        digits = {*numbers, *(digits for row in own for digits in row.misread)}
        alike = len(digits) > 1 and any(starmap(one_slip, combinations(digits, 2)))
        lacking = _days_lacking_numbers(own)
        masked = _masked(customer, own, numbers)
        for row in own:
            rarity = bits.get((row.day, spelling(row.name or "")[:1]), _SURNAME_BITS[0])
            caveats = ["numbers_alike"] * alike + ["number_lacking"] * (row.day in lacking)
            line = written(row, customer, names, numbers, spelling, rarity, tuple(caveats), masked)
            by_day[row.day].append(line)
        for day, lines in by_day.items():
            lines.sort(key=by_time)
            found[day].append(Owner(customer, names, numbers, tuple(lines)))
    return found


def _masked(customer: str | None, rows: Sequence[Row], numbers: Sequence[str]) -> tuple[str, ...]:
    """A customer's masked numbers; which of the whole ones they are is known where one fits."""
    theirs = [masked for row in rows if row.customer == customer for masked in row.masked]
    unknown = (one for one in theirs if not any(hides(one, number) for number in numbers))
    return tuple(dict.fromkeys(unknown))


def _days_lacking_numbers(rows: Sequence[Row]) -> frozenset[date]:
    """Days on which some collectors have a customer with a number, and others without any."""
    numbered: defaultdict[tuple[date, str], bool] = defaultdict(bool)
    for row in rows:
        if row.collector:
            numbered[row.day, row.collector] |= bool(row.numbers or row.misread or row.masked)
    with_one = {day for (day, _), found in numbered.items() if found}
    return frozenset(day for (day, _), found in numbered.items() if not found and day in with_one)


def _customers(rows: Sequence[Row], spelling: Spelling, register: Register) -> Sequence[_Customer]:
    """All customers; a row that leaves open whom of its name it means stands with each of them,
    and by itself.
    """
    together: defaultdict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter("key")):
        together[row.customer, row.key if row.customer is None else ""].append(row)
    of_name: defaultdict[str, set[str]] = defaultdict(set)
    for (customer, _), group in together.items():
        if customer is not None:
            for row in group:
                of_name[spelling(row.name or "")].add(customer)
    open_rows = [row for (customer, _), (row, *_) in together.items() if customer is None]
    for row in open_rows:
        name = spelling(row.name or "")
        for customer in sorted(of_name[name] | register.of_name(name)) if name else ():
            together[customer, ""].append(row)
    return [
        _Customer(
            customer,
            _names(group, register.names_of([customer] if customer else ()), spelling),
            tuple(dict.fromkeys(number for row in group for number in row.numbers)),
            tuple(group),
        )
        for (customer, _), group in together.items()
    ]


def _names(rows: Sequence[Row], known: Iterable[str], spelling: Spelling) -> tuple[str, ...]:
    """As the rows write them, then as other days do."""
    return tuple(dict.fromkeys([*(spelling(row.name) for row in rows if row.name), *known]))


def _surname_bits(
    customers: Iterable[Sequence[Row]], spelling: Spelling
) -> dict[tuple[date, str], float]:
    """What a surname's first character says on each day: log2 of one in how many bears it."""
    count: Counter[tuple[date, str]] = Counter()
    total: Counter[date] = Counter()
    for group in customers:
        for day, name in {(row.day, spelling(row.name or "")[:1]) for row in group}:
            count[day, name] += 1
            total[day] += 1
    least, most = _SURNAME_BITS
    return {
        (day, name): min(most, max(least, log2(total[day] / bearers)))
        for (day, name), bearers in count.items()
    }


def by_time(row: Written) -> tuple[bool, float, str]:
    return row.minute is None, row.minute or 0.0, row.row.key


def around_time(rows: Sequence[Written], minute: float) -> tuple[Written, ...]:
    """The rows next to a time, of rows by time."""
    place = bisect_left(rows, (False, minute, ""), key=by_time)
    start = max(0, min(place - MOST // 2, len(rows) - MOST))
    return tuple(rows[start : start + MOST])
