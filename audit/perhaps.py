"""What lies in holding and may be a customer's by its name or number, though no row says so.

On a day without a sheet there is no row that it could be the call of; it is a call with them all
the same, or a namesake's, and a person is to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from archive.batches import batches
from archive.catalogue import history, words
from archive.catalogue.database import Transaction
from archive.records import Customer, Recording
from matcher.names import parse_contact
from matcher.spelling import spelled

_TEXT = re.compile(r"[^\W\d_]+")
"""What stands in a name between digits and marks."""


def theirs_perhaps(
    tx: Transaction, customers: Collection[Customer], held: Sequence[Recording]
) -> Iterator[Recording]:
    """Those of `held`, of which no person has said anything, that tell a number of one of
    `customers`; or the whole name of one, and no number that is known to be another's.
    """
    said = {id for some in batches([one.id for one in held]) for id in words.of(tx, some)}
    numbers = {number for one in customers for number in one.numbers}
    names, own = {one.spelling for one in customers}, {one.id for one in customers}
    for one in held:
        if one.id in said or one.customer is not None:
            continue
        numbered = not numbers.isdisjoint(one.numbers)
        if numbered or (_is_named(one, names) and not _is_anothers(tx, one, own)):
            yield one


def _is_named(one: Recording, names: Collection[str]) -> bool:
    """Whether one of `names` stands whole in its path in the inbox, but for the folder of who
    handed it over, or beside it.
    """
    parts = [part for part in one.source.split("/") if part != one.collector]
    told = [text for part in parts for text in _TEXT.findall(part)]
    if one.sidecar and one.sidecar.contact:
        told.append(one.sidecar.contact)
    return any(
        spelled(parse_contact(text).name or text) in names
        for text in map(spelled, told)
        if any(name in text for name in names)  # which costs less than taking it apart
    )


def _is_anothers(tx: Transaction, one: Recording, own: Collection[int]) -> bool:
    owners = {it.id for number in one.numbers for it in history.of_number(tx, number)}
    return bool(owners) and owners.isdisjoint(own)
