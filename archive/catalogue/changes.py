"""Which rows of the catalogue changed since the last custody file, and what they say now.

Triggers note the rows, so that no writer can forget to. A row is noted once, however often it
changed, and told as it is when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    true,
)

from archive.batches import batches
from archive.catalogue.schema import Moment, changed, custody, custody_file, metadata
from archive.catalogue.search_schema import DERIVED
from archive.layout import CUSTODY
from archive.records import Image

_APART = {custody.name, custody_file.name, changed.name, *(table.name for table in DERIVED)}
"""The chain stands in custody files itself; others are about these files, or made from the rest."""
KEPT = tuple(table for table in metadata.sorted_tables if table.name not in _APART)

_Key = tuple[str | int, ...]
_T = TypeVar("_T")

_UNTRIED = {"attempts": 0, "next_at": datetime(1970, 1, 1, tzinfo=UTC), "error": None}
_PASSING: Mapping[str, Mapping[str, object]] = {"outbox": _UNTRIED, "further_object": _UNTRIED}
"""What the tries of an errand came to is in no custody file, for each try would ask for another
one; an errand that comes back begins anew."""

_WITH_OWN = {"outbox", "object", "further_object"}
_OWN_KEYS = f"{CUSTODY}/%"
"""A custody file's own errand and object are in none: each would ask for another file."""


def install(tx: Connection) -> None:
    """Sees to it that changes are noted; rows that were there before are noted all.

    A migration that makes a table anew drops its triggers, and one that adds a column leaves those
    that do not watch it: called after every one.
    """
    for table in KEPT:
        if not has_trigger(tx, _name(table, "insert")):
            tx.execute(text(_note_all(table, tx.dialect.name)))
        for statement in _triggers(table, tx.dialect.name):
            run(tx, statement)


def noted(tx: Connection, limit: int) -> Sequence[Image]:
    """Rows that changed and what they say now, up to `limit`."""
    rows = tx.execute(select(changed).order_by(changed.c.table_name, changed.c.key).limit(limit))
    keys = _by_table((row.table_name, tuple(json.loads(row.key))) for row in rows)
    return [
        image for name, some in keys.items() for image in _images(tx, metadata.tables[name], some)
    ]


def present(tx: Connection, keys: Sequence[tuple[str, _Key]]) -> Mapping[tuple[str, _Key], Image]:
    """What rows of these tables and keys say now, without those that are noted as changed."""
    found: dict[tuple[str, _Key], Image] = {}
    for name, some in _by_table(keys).items():
        texts = {_text(tx, key): key for key in some}
        mine = (changed.c.table_name == name) & changed.c.key.in_(texts)
        lately = {texts[text] for text in tx.execute(select(changed.c.key).where(mine)).scalars()}
        rest = [key for key in some if key not in lately]
        found |= {(name, one.key): one for one in _images(tx, metadata.tables[name], rest)}
    return found


def all_noted(tx: Connection, images: Sequence[Image]) -> bool:
    """Whether all these rows are noted as changed."""
    keys = [(one.table, one.key) for one in images]
    return not any(present(tx, some) for some in batches(keys))


def told(tx: Connection, images: Sequence[Image]) -> None:
    """These rows stand in a custody file: they are noted no more."""
    mine = and_(changed.c.table_name == bindparam("of"), changed.c.key == bindparam("noted"))
    keys = {(one.table, _text(tx, one.key)) for one in images}
    if keys:
        tx.execute(delete(changed).where(mine), [{"of": of, "noted": key} for of, key in keys])


def forget(tx: Connection) -> None:
    """What stands in the catalogue came from custody files: nothing of it is noted."""
    tx.execute(delete(changed))


def bring_back(tx: Connection, images: Sequence[Image]) -> None:
    """Makes rows what `images` say, of which each key stands once.

    A row that has something unique of another one's takes that one's place: the other one gave it
    up, and what it says since stands in a later file.
    """
    by_table = _by_table((one.table, one) for one in images)
    for name, some in by_table.items():
        table = metadata.tables[name]
        for keys in batches([one.key for one in some]):
            tx.execute(delete(table).where(_any_of(table, keys)))
    for name, some in by_table.items():
        table = metadata.tables[name]
        rows = [_values(table, one.row) for one in some if one.row is not None]
        if rows:
            tx.execute(insert(table).prefix_with("OR REPLACE", dialect="sqlite"), rows)


def _images(tx: Connection, table: Table, keys: Sequence[_Key]) -> Iterator[Image]:
    found: dict[_Key, Mapping[str, object]] = {}
    passing = _PASSING.get(table.name, {})
    columns = [column for column in table.columns if column.name not in passing]
    own = [column.name for column in table.primary_key]
    names = [column.name for column in columns]
    for some in batches(keys):
        for row in tx.execute(select(*columns).where(_any_of(table, some), _is_told(table))):
            told = dict(zip(names, map(_plain, row), strict=True))
            found[tuple(told[name] for name in own)] = told  # type: ignore[misc]
    for key in keys:
        yield Image(table.name, key, found.get(key))


def _is_told(table: Table) -> ColumnElement[bool]:
    """A custody file's own errand may have the number of one that was done: it is none of them."""
    return table.c.key.not_like(_OWN_KEYS) if table.name in _WITH_OWN else true()


def _any_of(table: Table, keys: Sequence[_Key]) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    parsed = [[_value(c.type, part) for c, part in zip(columns, key, strict=True)] for key in keys]
    if len(columns) == 1:
        return columns[0].in_([one for (one,) in parsed])
    return or_(*(and_(*(c == one for c, one in zip(columns, key, strict=True))) for key in parsed))


def _by_table(told: Iterable[tuple[str, _T]]) -> Mapping[str, Sequence[_T]]:
    found: dict[str, list[_T]] = {}
    for name, one in told:
        found.setdefault(name, []).append(one)
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _values(table: Table, row: Mapping[str, object]) -> dict[str, object]:
    """A column that the row's writer did not know yet is left to its default."""
    return dict(_PASSING.get(table.name, {})) | {
        column.name: _value(column.type, row[column.name])
        for column in table.columns
        if column.name in row
    }


def _value(kind: object, told: object) -> object:
    if isinstance(told, str) and isinstance(kind, Moment):
        return datetime.fromisoformat(told)
    if isinstance(told, str) and isinstance(kind, Date):
        return date.fromisoformat(told)
    return told


def _text(tx: Connection, key: _Key) -> str:
    """As the triggers write it."""
    close = (",", ":") if tx.dialect.name == "sqlite" else (", ", ": ")
    return json.dumps(key, ensure_ascii=False, separators=close)


# The triggers


def has_trigger(tx: Connection, name: str) -> bool:
    catalogue, named = (
        ("sqlite_master", "type = 'trigger' AND name")
        if tx.dialect.name == "sqlite"
        else ("pg_trigger", "tgname")
    )
    asked = text(f"SELECT 1 FROM {catalogue} WHERE {named} = :name")  # noqa: S608
    return tx.execute(asked, {"name": name}).first() is not None


def _name(table: Table, happening: str) -> str:
    return f"{table.name}_{happening}_is_noted"


def _triggers(table: Table, dialect: str) -> Iterator[str]:
    for happening, row in (("insert", "NEW."), ("update", "NEW."), ("delete", "OLD.")):
        name = _name(table, happening)
        key = _json(table, row, dialect)
        note = (
            f"INSERT INTO changed SELECT '{table.name}', {key} WHERE NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM changed WHERE table_name = '{table.name}' AND key = {key})"
        )
        when = _counts(table, row)
        if happening == "update":
            when = f"{when} AND ({_differs(table, dialect)})"
        yield from trigger(dialect, name, f"{happening} ON {table.name}", when, note)


def run(tx: Connection, statement: str) -> None:
    """As it stands: in PostgreSQL's drivers `%` would have to be doubled otherwise."""
    tx.exec_driver_sql(statement, execution_options={"no_parameters": True})


def trigger(dialect: str, name: str, event: str, when: str, work: str) -> Iterator[str]:
    """What makes a trigger anew: `work` after each row's `event`, such as `insert ON sheet`."""
    happening, _, table = event.partition(" ON ")
    head = f'CREATE TRIGGER {name} AFTER {happening.upper()} ON "{table}"'
    of_rows = f"FOR EACH ROW WHEN ({when})"
    if dialect == "sqlite":
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"{head} {of_rows} BEGIN {work}; END"
    else:  # pragma: no cover - not every computer has PostgreSQL for the tests
        yield f'DROP TRIGGER IF EXISTS {name} ON "{table}"'
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {work}; RETURN NULL; END $$"
        )
        yield f"{head} {of_rows} EXECUTE FUNCTION {name}()"


def _note_all(table: Table, dialect: str) -> str:
    key = _json(table, "t.", dialect)
    return (
        f"INSERT INTO changed SELECT '{table.name}', {key} FROM \"{table.name}\" AS t "  # noqa: S608
        f"WHERE ({_counts(table, 't.')}) AND NOT EXISTS "
        f"(SELECT 1 FROM changed WHERE table_name = '{table.name}' AND key = {key})"
    )


def _json(table: Table, row: str, dialect: str) -> str:
    columns = ", ".join(f"{row}{column.name}" for column in table.primary_key)
    return f"json_array({columns})" if dialect == "sqlite" else f"json_build_array({columns})::text"


def _differs(table: Table, dialect: str) -> str:
    """What is written anew as it was, or differs in passing only, asks for no file."""
    passing = _PASSING.get(table.name, {})
    return differ([column.name for column in table.columns if column.name not in passing], dialect)


def differ(columns: Iterable[str], dialect: str) -> str:
    """Whether an update alters one of these columns, of whatever type; for a trigger."""
    unlike, kind = ("IS NOT", "") if dialect == "sqlite" else ("IS DISTINCT FROM", "::text")
    named = (f'"{name}"{kind}' for name in columns)
    return " OR ".join(f"OLD.{column} {unlike} NEW.{column}" for column in named)


def _counts(table: Table, row: str) -> str:
    return f"{row}key NOT LIKE '{_OWN_KEYS}'" if table.name in _WITH_OWN else "1 = 1"
