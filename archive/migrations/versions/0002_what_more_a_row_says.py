"""What more a sheet's row says: how long its call took, what a department's own form asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sheet_row", sa.Column("duration_seconds", sa.Float(), nullable=True))
    op.add_column("sheet_row", sa.Column("further", sa.JSON(), nullable=True))
    op.add_column("sheet_row", sa.Column("misread", sa.JSON(), nullable=True))
