"""Which days hang on a name or a number: what becomes known of it has them decided again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from archive.batches import batches
from archive.catalogue.schema import mention


def note(tx: Connection, said: Mapping[date, Collection[str]]) -> None:
    """Writes down what is said on each of these days, over what was noted of them before."""
    tx.execute(delete(mention).where(mention.c.day.in_(sorted(said))))
    values = [{"day": day, "value": value} for day, of in said.items() for value in sorted(of)]
    if values:
        tx.execute(insert(mention), values)


def days_of(tx: Connection, values: Iterable[str], after: date | None = None) -> frozenset[date]:
    """The days, or those `after` one, on which one of `values` is said."""
    in_time = [] if after is None else [mention.c.day > after]
    found: set[date] = set()
    for batch in batches(sorted(set(values))):
        some = mention.c.value.in_(batch)
        found |= set(tx.execute(select(mention.c.day).where(some, *in_time).distinct()).scalars())
    return frozenset(found)
