"""Contacts' names and numbers that people confirmed to be a customer's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from archive.catalogue.schema import confirmed
from archive.catalogue.shapes import confirmed_values, to_confirmed
from archive.said_records import Confirmed, Kind


def everything(tx: Connection) -> Sequence[Confirmed]:
    """All that is remembered, in the order in which it was confirmed."""
    return _confirmed(tx)


def of_values(tx: Connection, values: Collection[str]) -> Sequence[Confirmed]:
    """Who was confirmed to have one of these names or numbers."""
    return _confirmed(tx, confirmed.c.value.in_(sorted(values)))


def of_customers(tx: Connection, customers: Collection[int]) -> Sequence[Confirmed]:
    return _confirmed(tx, confirmed.c.customer_id.in_(sorted(customers)))


def of_recordings(tx: Connection, recordings: Collection[int]) -> Sequence[Confirmed]:
    """What was confirmed of these recordings."""
    return _confirmed(tx, confirmed.c.recording_id.in_(sorted(recordings)))


def owner(tx: Connection, kind: Kind, value: str) -> int | None:
    """The customer whose this name or number was confirmed to be."""
    mine = (confirmed.c.kind == kind) & (confirmed.c.value == value)
    found: int | None = tx.execute(select(confirmed.c.customer_id).where(mine)).scalar()
    return found


def remember(tx: Connection, new: Sequence[Confirmed]) -> None:
    """Adds what nobody has confirmed yet; ValueError where it is confirmed already."""
    for one in new:
        if owner(tx, one.kind, one.value) is not None:
            raise ValueError(f"{one.kind} is confirmed already")
        tx.execute(insert(confirmed).values(confirmed_values(one)))


def forget(tx: Connection, gone: Sequence[Confirmed]) -> None:
    for one in gone:
        mine = (confirmed.c.kind == one.kind) & (confirmed.c.value == one.value)
        tx.execute(delete(confirmed).where(mine))


def _confirmed(tx: Connection, *which: ColumnElement[bool]) -> list[Confirmed]:
    found = select(confirmed).where(*which).order_by(confirmed.c.id)
    return [replace(to_confirmed(row), id=row.id) for row in tx.execute(found)]
