"""Which customers a cluster of days knows from elsewhere: earlier days, and what people said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.catalogue import customers, memory
from archive.catalogue.database import Transaction
from archive.records import Confirmed, Customer, Kind
from ingest.mentioned import Mentioned
from matcher.customers import Known


@dataclass(frozen=True, slots=True)
class Acquaintance:
    customers: tuple[Customer, ...]
    to_rows: tuple[Known, ...]
    """Those to whom a row can belong."""
    to_recordings: tuple[Known, ...]
    """Those to whom a recording can: in addition whoever other days' rows name, or a person
    confirmed, by a name or number that a recording says, be it that only later days know them."""


def acquaintance(tx: Transaction, said: Mentioned, first: date) -> Acquaintance:
    """Who is known to the days from `first` on of what is `said` on them."""
    before = customers.named(tx, said.names, said.numbers, first)
    ever = customers.named(tx, said.names, said.numbers)
    remembered = {one.customer for one in memory.of_values(tx, said.values)}
    named = customers.by_person(tx, said.names, said.numbers, remembered)
    numbers: dict[int, frozenset[str]] = {one.id: one.numbers for one in before}
    for one in named:
        numbers[one.id] = numbers.get(one.id, frozenset()) | _given(one)
    elsewhere = {one.id: one.numbers | numbers.get(one.id, frozenset()) for one in ever}
    everyone = customers.by_ids(tx, remembered | numbers.keys() | elsewhere.keys())
    confirmed = _by_customer(memory.of_customers(tx, [one.id for one in everyone]))
    known = [_known(one, numbers.get(one.id, frozenset()), confirmed[one.id]) for one in everyone]
    all_days = {**numbers, **elsewhere}
    return Acquaintance(
        customers=tuple(one for one in everyone if one.id in numbers or one.id in remembered),
        to_rows=tuple(
            replace(of, numbers=of.numbers | of.confirmed_numbers)
            for one, of in zip(everyone, known, strict=True)
            if one.id in numbers
        ),
        to_recordings=tuple(
            replace(of, numbers=all_days.get(one.id, frozenset()))
            for one, of in zip(everyone, known, strict=True)
        ),
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
