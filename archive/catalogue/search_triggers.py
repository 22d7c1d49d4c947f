"""Triggers that note which recordings and customers searching is to look at anew."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from archive.catalogue.changes import has_trigger

_IN_ENTRIES = (
    "call_day collector filed started_at numbers duration_seconds condition silent verdict "
    "customer_id row_id"
)
_NOTES = (
    ("recording", "insert", "'recording'", "NEW.id", ""),
    (
        "recording",
        "update",
        "'recording'",
        "NEW.id",
        _IN_ENTRIES,
    ),
    ("customer", "insert", "'customer'", "NEW.id", ""),
    ("customer_number", "insert", "'customer'", "NEW.customer_id", ""),
)
"""Of which table what happening notes which kind and number, and which columns count."""


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
        tx.exec_driver_sql(statement)


def _triggers(dialect: str) -> Iterator[str]:
    for table, happening, kind, id, columns in _NOTES:
        yield from _trigger(dialect, table, happening, _note(kind, id, ""), columns)
    # A row is corrected in its place, or its customer named, whatever its recordings are.
    of_row = _note("'recording'", "r.id", "FROM recording AS r WHERE r.row_id = NEW.id AND")
    columns = "day collector department reached further"
    yield from _trigger(dialect, "sheet_row", "update", of_row, columns)


def _name(table: str, happening: str) -> str:
    return f"{table}_{happening}_is_searched"


def _note(kind: str, id: str, found: str) -> str:
    return (
        f"INSERT INTO search_stale SELECT {kind}, {id} {found or 'WHERE'} NOT EXISTS "  # noqa: S608
        f"(SELECT 1 FROM search_stale WHERE kind = {kind} AND id = {id})"
    )


def _trigger(dialect: str, table: str, happening: str, note: str, columns: str) -> Iterator[str]:
    name = _name(table, happening)
    head = f'CREATE TRIGGER {name} AFTER {happening.upper()} ON "{table}" FOR EACH ROW'
    differ = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    kind = "" if dialect == "sqlite" else "::text"
    when = " OR ".join(f'OLD."{one}"{kind} {differ} NEW."{one}"{kind}' for one in columns.split())
    when = f" WHEN ({when})" if when else ""
    if dialect == "sqlite":
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"{head}{when} BEGIN {note}; END"
    else:  # pragma: no cover - no test starts PostgreSQL
        yield f'DROP TRIGGER IF EXISTS {name} ON "{table}"'
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {note}; RETURN NULL; END $$"
        )
        yield f"{head}{when} EXECUTE FUNCTION {name}()"
