"""Triggers that note which recordings and customers searching is to look at anew."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from archive.catalogue.changes import differ, has_trigger, run, trigger

_OF_RECORDINGS = [
    "call_day",
    "collector",
    "filed",
    "started_at",
    "numbers",
    "duration_seconds",
    "condition",
    "silent",
    "verdict",
    "customer_id",
    "row_id",
]
_OF_ROWS = ["day", "collector", "department", "reached", "further"]
"""What entries are made from."""
_ALWAYS = "1 = 1"


def install(tx: Connection) -> None:
    """Sees to it that changes are noted; what was there before is noted all.

    Called after every migration, as `changes.install`, and for its reasons.
    """
    for table in ("recording", "customer"):
        if has_trigger(tx, _name(table, "insert")):
            continue
        tx.execute(
            text(
                f"INSERT INTO search_stale SELECT '{table}', id FROM {table} AS t WHERE NOT "  # noqa: S608
                f"EXISTS (SELECT 1 FROM search_stale WHERE kind = '{table}' AND id = t.id)"
            )
        )
    for statement in _triggers(tx.dialect.name):
        run(tx, statement)


def _triggers(dialect: str) -> Iterator[str]:
    recording, customer = _note("recording", "NEW.id"), _note("customer", "NEW.id")
    # A row is corrected in its place, or its customer named, whatever its recordings are.
    of_row = _note("recording", "r.id", "FROM recording AS r WHERE r.row_id = NEW.id AND")
    for table, happening, when, note in (
        ("recording", "insert", _ALWAYS, recording),
        ("recording", "update", differ(_OF_RECORDINGS, dialect), recording),
        ("customer", "insert", _ALWAYS, customer),
        ("customer_number", "insert", _ALWAYS, _note("customer", "NEW.customer_id")),
        ("sheet_row", "update", differ(_OF_ROWS, dialect), of_row),
    ):
        yield from trigger(dialect, _name(table, happening), f"{happening} ON {table}", when, note)


def _name(table: str, happening: str) -> str:
    return f"{table}_{happening}_is_searched"


def _note(kind: str, id: str, found: str = "WHERE") -> str:
    return (
        f"INSERT INTO search_stale SELECT '{kind}', {id} {found} NOT EXISTS "  # noqa: S608
        f"(SELECT 1 FROM search_stale WHERE kind = '{kind}' AND id = {id})"
    )
