"""Tables that searching looks at, made from the others; indexes for what each pass looks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _make_entries()
    op.create_table(
        "search_number",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", "recording_id", name=op.f("pk_search_number")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_number_recording"), "search_number", ["recording_id"])
    op.create_table(
        "search_held",
        sa.Column("gram", _BY_CODE_POINT, nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "recording_id", name=op.f("pk_search_held")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_held_recording"), "search_held", ["recording_id"])
    op.create_table(
        "search_gram",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("gram", _BY_CODE_POINT, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "gram", "value", name=op.f("pk_search_gram")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_customer",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_search_customer")),
    )
    op.create_table(
        "search_stale",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_search_stale")),
    )
    op.create_index(op.f("ix_recording_row_id"), "recording", ["row_id"])
    for name, few in (
        ("on_the_way", "target IS NOT NULL"),
        ("unprobed", "condition IS NULL"),
        ("held", "filed IS FALSE"),
    ):
        _make_index(f"ix_recording_{name}", "recording", ["id"], few)


def _make_entries() -> None:
    op.create_table(
        "search_entry",
        sa.Column("recording_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("collector", sa.Text(), nullable=True),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("damaged", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_search_entry")),
    )
    newest = ["rank", "recording_id"]
    for name, first in (("rank", []), ("customer", ["customer_id"]), ("collector", ["collector"])):
        op.create_index(op.f(f"ix_search_entry_{name}"), "search_entry", [*first, *newest])
    for name, columns, few in (
        ("caller", ["caller", *newest], "caller IS NOT NULL"),
        ("held", newest, "status != 'filed'"),
        ("damaged", newest, "damaged IS TRUE"),
        ("silent", newest, "silent IS TRUE"),
    ):
        _make_index(f"ix_search_entry_{name}", "search_entry", columns, few)


def _make_index(name: str, table: str, columns: list[str], few: str) -> None:
    # SQLite proves that an index serves by the same words, and says `IS 1` for `IS TRUE`.
    sqlite = few.replace("IS TRUE", "IS 1").replace("IS FALSE", "IS 0")
    op.create_index(
        op.f(name),
        table,
        columns,
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(few),
    )
