"""Recordings whose bytes a person ordered to go, once their time was over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "disposal",
        sa.Column("recording_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("disposed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_disposal_recording_id")
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_disposal")),
    )
    op.add_column("recording", sa.Column("disposal", sa.String(length=8), nullable=True))
    few = sa.text("disposal = 'ordered'")
    op.create_index(
        "ix_recording_leaving", "recording", ["id"], sqlite_where=few, postgresql_where=few
    )
