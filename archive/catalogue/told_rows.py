"""What the custody log tells of each recording's row, and whether it is so.

An entry is chained and bound to what was filed; a row can be altered by whoever has a tool for the
database, and the next custody file then has it as it was altered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from archive.batches import batches
from archive.catalogue.schema import custody, customer, recording

PAGE = 500
_PLACED = ("admitted", "filed", "held")
"""Events that tell where a recording lies."""
_TELLING = (*_PLACED, "decided")
"""Those, and the one that tells whose it is, which comes before it is moved."""

Entries = Sequence[Mapping[str, Any]]
"""What entries about one recording say, oldest first."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a recording's entries say of its row."""

    row: Mapping[str, Any]
    """By column; `None` where an entry lacks it, or has no time there."""
    customer: Mapping[str, Any]
    """Of the customer's row, by column. Its `key` alone until the recording is filed as theirs, and
    `None` where it is nobody's; nothing where no entry tells whose it is.
    """

    @property
    def is_nobodys(self) -> bool:
        return "key" in self.customer and self.customer["key"] is None


def page(tx: Connection, after: int) -> Sequence[Row[Any]]:
    """The next recordings after this id, with their customers' `folder`, `key` and `name`."""
    return tx.execute(_recordings(after)).all()


def entries_of(tx: Connection, hashes: Collection[str]) -> Mapping[str, Entries]:
    """What custody tells of where these recordings came from and lie, by SHA-256."""
    told: dict[str, list[Mapping[str, Any]]] = {}
    for some in batches(sorted(hashes)):
        asked = select(custody.c.sha256, custody.c.entry).where(
            custody.c.sha256.in_(some), custody.c.event.in_(_TELLING)
        )
        for row in tx.execute(asked.order_by(custody.c.seq)):
            told.setdefault(row.sha256, []).append(body(row.entry))
    return told


def body(entry: str) -> dict[str, Any]:
    """What an entry says; nothing where it is damaged, which the chain tells."""
    try:
        said = json.loads(entry)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def differing(row: Row[Any], told: Told) -> Sequence[str]:
    """The columns in which a row of `page` is not as its entries tell."""
    wrong = [name for name, value in told.row.items() if getattr(row, name) != value]
    return wrong or list(_customer_differs(row, told.customer))


def utc(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        return None


def _recordings(after: int) -> Select[Any]:
    return (
        select(recording, customer.c.folder, customer.c.key, customer.c.name)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .where(recording.c.id > after)
        .order_by(recording.c.id)
        .limit(PAGE)
    )


def told_of(entries: Entries) -> Told | None:
    """`None` where they have no admission."""
    admitted = next((one for one in entries if one.get("event") == "admitted"), None)
    if admitted is None:
        return None
    last = next(one for one in reversed(entries) if one.get("event") in _PLACED)
    path, filed = last.get("path"), last.get("event") == "filed"
    row = {
        "size": admitted.get("size"),
        "source": admitted.get("original_name"),
        "collector": admitted.get("collector"),
        "day": _day(admitted.get("handed_over_for")),
        "arrived_at": utc(admitted.get("arrived_at")),
        "path": path,
        "filed": filed,
    }
    return Told(row, _customer_told(entries[-1], last))


def _customer_told(last: Mapping[str, Any], placed: Mapping[str, Any]) -> Mapping[str, Any]:
    """By the last entry of all, and the last one that tells where the recording lies."""
    if "customer_key" not in last:
        return {}
    key = last["customer_key"]
    if placed.get("event") != "filed" or placed.get("customer_key") != key:
        return {"key": key}
    folder = str(placed.get("path")).partition("/")[0]
    return {"key": key, "name": placed.get("customer"), "folder": folder}


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None


def _customer_differs(row: Row[Any], told: Mapping[str, Any]) -> Iterator[str]:
    differing = [name for name, value in told.items() if getattr(row, name) != value]
    if "folder" in differing or ("key" in differing and "folder" not in told):
        yield "customer_id"
    elif differing:
        yield "customer"
