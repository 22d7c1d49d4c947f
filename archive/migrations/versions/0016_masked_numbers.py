"""Numbers that stand masked in a sheet's row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("sheet_row", sa.Column("masked", sa.JSON(), nullable=True))
