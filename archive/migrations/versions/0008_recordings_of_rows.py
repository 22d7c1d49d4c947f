"""Recordings are found by the row they are filed under without looking at all of them."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(op.f("ix_recording_row_id"), "recording", ["row_id"])
