"""The tables that searching looks at, derived from the others and made anew from them at any time.

They are in no custody file. Of ten million recordings a question must not touch more than it shows,
so each way to ask has an index whose order is the one in which hits are shown.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from archive.catalogue.schema import metadata

_BY_CODE_POINT = Text().with_variant(Text(collation="C"), "postgresql")
"""What is looked for from one text to the next one, whatever the language."""

entry = Table(
    "search_entry",
    metadata,
    Column("recording_id", Integer, primary_key=True, autoincrement=False),
    # The day of the call and the second in it, as one number: `search_index.rank`.
    Column("rank", BigInteger, nullable=False),
    Column("customer_id", Integer),
    Column("collector", Text),
    # The row's collector, where it is another one than the recording's.
    Column("caller", Text),
    Column("department", Text),
    Column("grade", Text),
    Column("reached", Boolean),
    Column("seconds", Float),
    # `filed`, `ambiguous`, `unmatched` or `waiting`.
    Column("status", String(12), nullable=False),
    Column("damaged", Boolean, nullable=False),
    Column("silent", Boolean, nullable=False),
)
Index("ix_search_entry_rank", entry.c.rank, entry.c.recording_id)
Index("ix_search_entry_customer", entry.c.customer_id, entry.c.rank, entry.c.recording_id)
Index("ix_search_entry_collector", entry.c.collector, entry.c.rank, entry.c.recording_id)
for _name, _few in (
    ("caller", entry.c.caller.is_not(None)),
    ("held", entry.c.status != "filed"),
    ("damaged", entry.c.damaged.is_(True)),
    ("silent", entry.c.silent.is_(True)),
):
    _first = [entry.c.caller] if _name == "caller" else []
    Index(
        f"ix_search_entry_{_name}",
        *_first,
        entry.c.rank,
        entry.c.recording_id,
        sqlite_where=_few,
        postgresql_where=_few,
    )

number = Table(
    "search_number",
    metadata,
    # Numbers in recordings' names, each with its entry's rank: hits are put in order by it alone.
    Column("number", String(32), nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("recording_id", Integer, nullable=False),
    PrimaryKeyConstraint("number", "rank", "recording_id"),
    sqlite_with_rowid=False,
)
Index("ix_search_number_recording", number.c.recording_id)

held = Table(
    "search_held",
    metadata,
    # Pieces of held recordings' file names: nobody else says whose they are.
    Column("gram", _BY_CODE_POINT, nullable=False),
    Column("recording_id", Integer, nullable=False),
    PrimaryKeyConstraint("gram", "recording_id"),
    sqlite_with_rowid=False,
)
Index("ix_search_held_recording", held.c.recording_id)

gram = Table(
    "search_gram",
    metadata,
    # Where a piece of a name, number or sound leads to. `kind`: see `search_index`.
    Column("kind", String(12), nullable=False),
    Column("gram", _BY_CODE_POINT, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("kind", "gram", "value"),
    sqlite_with_rowid=False,
)

spelled = Table(
    "search_customer",
    metadata,
    # Customers whose names are in `search_gram`, as they are looked for.
    Column("customer_id", Integer, primary_key=True, autoincrement=False),
    Column("spelling", Text, nullable=False),
)

stale = Table(
    "search_stale",
    metadata,
    # Recordings and customers of which something changed since they were entered here.
    Column("kind", String(12), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
)

DERIVED = (entry, number, held, gram, spelled, stale)
