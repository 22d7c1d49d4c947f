"""Which customers a cluster of days knows from elsewhere: other days, and what people said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.catalogue import customers, memory
from archive.catalogue.database import Transaction
from archive.records import Customer
from archive.said_records import Confirmed, Kind
from ingest.mentioned import Mentioned
from matcher.customers import Known
from matcher.evidence import Row


@dataclass(frozen=True, slots=True)
class Acquaintance:
    customers: tuple[Customer, ...]
    to_rows: tuple[Known, ...]
    """Those to whom a row can belong: of earlier days, and whom people named."""
    to_recordings: tuple[Known, ...]
    """Those to whom a recording can: in addition whoever other days' rows name, later ones too, or
    a person confirmed, by a name or number that a recording says."""
    later: tuple[Known, ...]
    """Those whom only later days' rows name."""
    elsewhere: Mapping[int, frozenset[str]]
    """Customers whom other days' rows name, with their numbers there."""

    def with_rows(self, rows: Sequence[Row]) -> Sequence[Known]:
        """Whom a recording can belong to, once these rows tell of whom they are, too."""
        known = {one.customer: one for one in self.to_recordings}
        for row in rows:
            if row.customer is not None:
                new = Known(row.customer, row.name or "", frozenset())
                mine = known.get(row.customer, new)
                known[row.customer] = replace(mine, numbers=mine.numbers | set(row.numbers))
        return list(known.values())


def acquaintance(tx: Transaction, said: Mentioned, days: Collection[date]) -> Acquaintance:
    """Who is known to `days` of what is `said` on them."""
    before = customers.named(tx, said.names, said.numbers, before=min(days))
    others = customers.named(tx, said.names, said.numbers, but=days)
    elsewhere = {one.id: one.numbers for one in others}
    remembered = {one.customer for one in memory.of_values(tx, said.values)}
    named = customers.by_person(tx, said.names, said.numbers, remembered)
    numbers: dict[int, frozenset[str]] = {one.id: one.numbers for one in before}
    for one in named:
        numbers[one.id] = numbers.get(one.id, frozenset()) | _given(one)
    everyone = customers.by_ids(tx, remembered | numbers.keys() | elsewhere.keys())
    confirmed = _by_customer(memory.of_customers(tx, [one.id for one in everyone]))
    known = {
        one.id: _known(one, numbers.get(one.id, frozenset()), confirmed[one.id]) for one in everyone
    }
    return Acquaintance(
        customers=tuple(everyone),
        to_rows=tuple(
            replace(known[id], numbers=known[id].numbers | known[id].confirmed_numbers)
            for id in known
            if id in numbers
        ),
        to_recordings=tuple(
            replace(one, numbers=one.numbers | elsewhere.get(id, frozenset()))
            for id, one in known.items()
        ),
        later=tuple(
            replace(known[id], numbers=of) for id, of in elsewhere.items() if id not in numbers
        ),
        elsewhere=elsewhere,
    )


def _given(customer: Customer) -> frozenset[str]:
    """The number by which a person told a new customer apart."""
    return frozenset({customer.key.rpartition("|")[2]} - {""})


def _known(one: Customer, numbers: frozenset[str], confirmed: Collection[Confirmed]) -> Known:
    return Known(
        customer=one.key,
        name=one.name,
        numbers=numbers,
        confirmed_numbers=_values(confirmed, Kind.NUMBER),
        confirmed_names=_values(confirmed, Kind.NAME),
    )


def _values(confirmed: Collection[Confirmed], kind: Kind) -> frozenset[str]:
    return frozenset(one.value for one in confirmed if one.kind is kind)


def _by_customer(confirmed: Sequence[Confirmed]) -> defaultdict[int, list[Confirmed]]:
    found: defaultdict[int, list[Confirmed]] = defaultdict(list)
    for one in confirmed:
        found[one.customer].append(one)
    return found
