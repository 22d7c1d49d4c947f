"""What people say of recordings, what is remembered of it, and acts that can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _words()
    _acts()
    op.create_table(
        "mention",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "value", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_value"), "mention", ["value"])
    op.create_index(op.f("ix_sheet_row_key"), "sheet_row", ["key"])
    with op.batch_alter_table("customer") as batch_op:
        batch_op.add_column(
            sa.Column("by_person", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("spelling", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_customer_spelling"), ["spelling"])
    _spell()
    # What is held may become clear by what people confirm: its days are to be found by that.
    op.execute(
        "INSERT INTO open_day (day) SELECT DISTINCT day FROM recording WHERE NOT filed "
        "EXCEPT SELECT day FROM open_day"
    )


def _spell() -> None:
    tx = op.get_bind()
    for id, key in tx.execute(sa.text("SELECT id, key FROM customer")).all():
        values = {"id": id, "spelling": key.rpartition("|")[0]}
        tx.execute(sa.text("UPDATE customer SET spelling = :spelling WHERE id = :id"), values)


def _words() -> None:
    op.create_table(
        "word",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        _refers("word", "recording_id", "recording"),
        _refers("word", "customer_id", "customer"),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_word")),
    )
    op.create_index(op.f("ix_word_customer_id"), "word", ["customer_id"])
    op.create_index(op.f("ix_word_row_key"), "word", ["row_key"])
    op.create_table(
        "confirmed",
        sa.Column("id", sa.Integer(), nullable=False),
        *_memory("confirmed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_confirmed_kind_value")),
    )
    op.create_index(op.f("ix_confirmed_customer_id"), "confirmed", ["customer_id"])


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        _refers("act", "undoes", "act"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_table(
        "act_change",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("customer_before", sa.Integer(), nullable=True),
        sa.Column("row_before", sa.Text(), nullable=True),
        sa.Column("word_before", sa.JSON(), nullable=True),
        sa.Column("customer_after", sa.Integer(), nullable=True),
        sa.Column("row_after", sa.Text(), nullable=True),
        sa.Column("word_after", sa.JSON(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        _refers("act_change", "act_id", "act"),
        _refers("act_change", "recording_id", "recording"),
        _refers("act_change", "customer_before", "customer"),
        _refers("act_change", "customer_after", "customer"),
        sa.PrimaryKeyConstraint("act_id", "recording_id", name=op.f("pk_act_change")),
    )
    op.create_index(op.f("ix_act_change_recording_id"), "act_change", ["recording_id"])
    op.create_index(op.f("ix_act_change_settled"), "act_change", ["settled"])
    op.create_table(
        "act_memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        *_memory("act_memory"),
        _refers("act_memory", "act_id", "act"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_memory")),
    )
    op.create_index(op.f("ix_act_memory_act_id"), "act_memory", ["act_id"])


def _memory(table: str) -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        _refers(table, "customer_id", "customer"),
        _refers(table, "recording_id", "recording"),
    )


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
