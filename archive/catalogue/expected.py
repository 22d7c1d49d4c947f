"""All that is to lie in archive and bucket, by key in code-point order, read a little at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from archive.catalogue.schema import (
    custody_file,
    further_object,
    inbox_file,
    mirrored,
    outbox,
    recording,
    sheet,
)
from archive.layout import sheet_path, stamp_path
from archive.sides import MOVE, Expected, merged
from config.settings import FIRST_MIRROR

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Kept:
    key: str
    size: int | None
    moving: bool = False


@dataclass(frozen=True, slots=True)
class _Object:
    key: str


@dataclass(frozen=True, slots=True)
class _Errand:
    key: str
    action: str


def expected(tx: Connection, mirror: str = FIRST_MIRROR) -> Iterator[Expected]:
    """What the catalogue says of every key of which it knows, as to the mirror of that name."""
    there = select(mirrored.c.key)
    # A `hold` is owed to an object that is there.
    moving = select(outbox.c.key, outbox.c.action).where(outbox.c.action != "hold")
    if mirror != FIRST_MIRROR:
        mine = further_object.c.mirror == mirror
        there = select(further_object.c.key).where(mine, further_object.c.confirmed_at.is_not(None))
        owing = further_object.c.action.in_(["put", "remove"])
        moving = select(further_object.c.key, further_object.c.action).where(mine, owing)
    objects = (_Object(row.key) for row in _by(tx, there, there.selected_columns.key))
    owed = _by(tx, moving, moving.selected_columns.key)
    errands = (_Errand(row.key, row.action) for row in owed)
    for kept, shown, errand in merged(_kept(tx), objects, errands):
        key = next(one.key for one in (kept, shown, errand) if one is not None)
        why = errand.action if errand is not None else None
        if kept is not None and kept.moving:
            why = MOVE
        size = kept.size if kept is not None else None
        yield Expected(key, size, kept is not None, shown is not None, why)


def _kept(tx: Connection) -> Iterator[_Kept]:
    """Recordings where they lie and where they are going, and papers; no key twice.

    What is to be disposed of is going, too; what was lies nowhere.
    """
    own, target, planned = recording.c, recording.c.target, inbox_file.c.path
    lying = select(own.path, own.size, target, own.disposal)
    lying = lying.where(own.disposal.is_distinct_from("disposed"))
    going = select(target, own.size).where(target.is_not(None))
    coming = select(planned).where(planned.is_not(None))
    every = merge(
        (
            _Kept(row.path, row.size, row.target is not None or row.disposal is not None)
            for row in _by(tx, lying, own.path)
        ),
        (_Kept(row.target, row.size, True) for row in _by(tx, going, target)),
        (_Kept(row.path, None, True) for row in _by(tx, coming, planned)),
        _sheets(tx),
        _custody(tx),
        key=attrgetter("key"),
    )
    return (next(same) for _, same in groupby(every, attrgetter("key")))


def _sheets(tx: Connection) -> Iterator[_Kept]:
    """A version that was handed in under several names has a path for each of their extensions."""
    rows = _by(tx, select(sheet.c.sha256, sheet.c.source), sheet.c.sha256)
    for sha256, versions in groupby(rows, attrgetter("sha256")):
        for path in sorted({sheet_path(sha256, one.source) for one in versions}):
            yield _Kept(path, None)


def _custody(tx: Connection) -> Iterator[_Kept]:
    own = custody_file.c
    for row in _by(tx, select(own.path, own.size, own.stamp_sha256), own.path):
        yield _Kept(row.path, row.size)
        if row.stamp_sha256:
            yield _Kept(stamp_path(row.path), None)


def _by(tx: Connection, asked: Select[Any], key: ColumnElement[Any]) -> Iterator[Row[Any]]:
    """In code-point order: SQLite compares bytes of UTF-8, PostgreSQL only if it is told to."""
    order = key.collate("C") if tx.dialect.name == "postgresql" else key
    return iter(tx.execute(asked.order_by(order).execution_options(yield_per=_AT_ONCE)))
