"""Lets every catalogue that a test process opens share what SQLAlchemy compiled for the first.

An engine compiles each statement once and keeps it for itself, so a process that opens thousands of
catalogues spends a third of its time on compiling the same statements.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

_MOST = 5000


def share_compiled() -> None:
    """From now on, in this process and in those that are forked from it."""
    shared: LRUCache[Any, Any] = LRUCache(_MOST)
    # Statements are kept by their dialect, and every engine has an object of its own.
    SQLiteDialect_pysqlite.__eq__ = _same  # type: ignore[method-assign]
    SQLiteDialect_pysqlite.__hash__ = _alike  # type: ignore[method-assign,assignment]

    @event.listens_for(Engine, "engine_connect")
    def _(connection: Any) -> None:
        connection.engine._compiled_cache = shared


def _same(one: object, other: object) -> bool:
    return type(one) is type(other)


def _alike(one: object) -> int:
    return hash(type(one))
