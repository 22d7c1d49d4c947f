"""When each call was, beside the numbers of recordings' names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # The entries have it already: to make all anew would take an hour for ten million recordings.
    op.execute(
        "CREATE TEMPORARY TABLE ranked AS SELECT n.number, e.rank, n.recording_id "
        "FROM search_number n JOIN search_entry e ON e.recording_id = n.recording_id"
    )
    op.drop_table("search_number")
    op.create_table(
        "search_number",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", "rank", "recording_id", name=op.f("pk_search_number")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO search_number SELECT number, rank, recording_id FROM ranked "
        "ORDER BY number, rank, recording_id"
    )
    op.execute("DROP TABLE ranked")
    op.create_index(op.f("ix_search_number_recording"), "search_number", ["recording_id"])
