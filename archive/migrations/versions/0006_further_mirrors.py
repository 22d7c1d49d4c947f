"""What mirrors beside the first have, and are yet to get."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "further_object",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mirror", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=True),
        sa.Column("fault", sa.String(length=8), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("unlocked", sa.JSON(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_further_object_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_further_object")),
        sa.UniqueConstraint("mirror", "key", name=op.f("uq_further_object_mirror_key")),
    )
    op.create_index(
        op.f("ix_further_object_recording"), "further_object", ["recording_id", "mirror"]
    )
    owed = sa.text("action IS NOT NULL")
    op.create_index(
        op.f("ix_further_object_owed"),
        "further_object",
        ["mirror", "id"],
        sqlite_where=owed,
        postgresql_where=owed,
    )
