"""Customers in the catalogue: who is known, by which numbers, and their folders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Select, insert, select, union, update

from archive.catalogue.schema import (
    act_change,
    confirmed,
    customer,
    customer_number,
    legal_hold,
    recording,
    sheet,
    sheet_row,
    word,
)
from archive.layout import customer_folder, fold
from archive.records import Customer, SheetState


def named(
    tx: Connection,
    names: Collection[str],
    numbers: Collection[str],
    *,
    before: date | None = None,
    but: Collection[date] = (),
) -> Sequence[Customer]:
    """Customers of these names or with one of these numbers, as rows name them.

    Names are in their normal form. With `before` only what is earlier counts, and of numbers too,
    so that what a row means does not hang on when it was handed in; with `but` what these days say
    does not. A corrected row leaves nothing behind.
    """
    told = (
        select(sheet_row.c.customer_id, sheet_row.c.numbers)
        .join(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .where(sheet.c.state == SheetState.READ)
        .where(sheet_row.c.customer_id.in_(_asked(names, numbers)))
    )
    if before is not None:
        told = told.where(sheet_row.c.day < before)
    if but:
        told = told.where(sheet_row.c.day.not_in(sorted(but)))
    earlier: dict[int, set[str]] = {}
    for row in tx.execute(told):
        earlier.setdefault(row.customer_id, set()).update(row.numbers)
    return [
        replace(one, numbers=frozenset(earlier[one.id]))
        for one in by_ids(tx, earlier)
        if one.spelling in names or not earlier[one.id].isdisjoint(numbers)
    ]


def by_person(
    tx: Connection, names: Collection[str], numbers: Collection[str], ids: Collection[int] = ()
) -> Sequence[Customer]:
    """Customers whom a person named, by name, number or id, while something said of them stands.

    What people say knows no day: they count on all days.
    """
    said = select(word.c.customer_id).where(word.c.customer_id.is_not(None))
    stands = customer.c.id.in_(said.union(select(confirmed.c.customer_id)))
    asked = customer.c.id.in_(_asked(names, numbers)) | customer.c.id.in_(sorted(ids))
    mine = customer.c.by_person & stands & asked
    return by_ids(tx, tx.execute(select(customer.c.id).where(mine)).scalars().all())


def by_ids(tx: Connection, ids: Collection[int]) -> Sequence[Customer]:
    """These customers, with every number that a sheet ever gave them."""
    numbers: dict[int, set[str]] = {}
    mine = customer_number.c.customer_id.in_(sorted(ids))
    for row in tx.execute(select(customer_number).where(mine)):
        numbers.setdefault(row.customer_id, set()).add(row.number)
    found = select(customer).where(customer.c.id.in_(sorted(ids))).order_by(customer.c.id)
    return [
        Customer(row.id, row.key, row.name, row.folder, frozenset(numbers.get(row.id, ())))
        for row in tx.execute(found)
    ]


def everyone(tx: Connection) -> Sequence[Customer]:
    """All customers that are of any use: a row or a word names them, something is filed, or
    they are under legal hold.
    """
    named = select(sheet_row.c.customer_id).join(sheet, sheet.c.id == sheet_row.c.sheet_id)
    of_use = union(
        named.where(sheet.c.state == SheetState.READ, sheet_row.c.customer_id.is_not(None)),
        select(recording.c.customer_id).where(recording.c.customer_id.is_not(None)),
        select(word.c.customer_id).where(word.c.customer_id.is_not(None)),
        select(confirmed.c.customer_id),
        select(legal_hold.c.customer_id),
    )
    return by_ids(tx, tx.execute(of_use).scalars().all())


def former(tx: Connection) -> Sequence[Customer]:
    """Customers whose a recording once was, be it somebody else's or nobody's by now."""
    once = union(select(act_change.c.customer_before), select(act_change.c.customer_after))
    ids = tx.execute(once).scalars()
    return by_ids(tx, [id for id in ids if id is not None])


def register(tx: Connection, key: str, name: str, numbers: Collection[str]) -> int:
    """The id of the customer `key`, entered with a folder of their own where new."""
    id = _registered(tx, key)
    if id is None:
        folder = _free_folder(tx, name, numbers)
        values = {"key": key, "name": name, "folder": folder, "folder_fold": fold(folder)}
        values["spelling"] = key.rpartition("|")[0]
        tx.execute(insert(customer).values(values))
        id = _registered(tx, key)
        assert id is not None  # just entered, in this transaction
    learn(tx, id, numbers)
    return id


def add_by_person(tx: Connection, key: str, name: str, numbers: Collection[str]) -> int:
    """Enters a customer whom a person names; one that is there already stays what they are."""
    known = _registered(tx, key) is not None
    id = register(tx, key, name, numbers)
    if not known:
        tx.execute(update(customer).where(customer.c.id == id).values(by_person=True))
    return id


def was_by_person(tx: Connection, customer_id: int) -> bool:
    mine = (customer.c.id == customer_id) & customer.c.by_person
    return tx.execute(select(customer.c.id).where(mine)).first() is not None


def learn(tx: Connection, customer_id: int, numbers: Collection[str]) -> None:
    """Adds what is new to a customer's numbers."""
    known = select(customer_number.c.number).where(customer_number.c.customer_id == customer_id)
    missing = set(numbers) - set(tx.execute(known).scalars())
    if missing:
        learned = [{"customer_id": customer_id, "number": number} for number in sorted(missing)]
        tx.execute(insert(customer_number), learned)


def folder_of(tx: Connection, customer_id: int) -> str:
    mine = customer.c.id == customer_id
    folder: str = tx.execute(select(customer.c.folder).where(mine)).scalar_one()
    return folder


def _asked(names: Collection[str], numbers: Collection[str]) -> Select[tuple[int]]:
    owners = select(customer_number.c.customer_id).where(
        customer_number.c.number.in_(sorted(numbers))
    )
    named = customer.c.spelling.in_(sorted(names))
    return select(customer.c.id).where(named | customer.c.id.in_(owners))


def _registered(tx: Connection, key: str) -> int | None:
    found: int | None = tx.execute(select(customer.c.id).where(customer.c.key == key)).scalar()
    return found


def _free_folder(tx: Connection, name: str, numbers: Collection[str]) -> str:
    """The first folder name for this customer that no other customer's equals when folded."""
    candidates = customer_folder(name, min(numbers, default=None))
    return next(folder for folder in candidates if not _belongs(tx, folder))


def _belongs(tx: Connection, folder: str) -> bool:
    owner = select(customer.c.id).where(customer.c.folder_fold == fold(folder))
    return tx.execute(owner).first() is not None
