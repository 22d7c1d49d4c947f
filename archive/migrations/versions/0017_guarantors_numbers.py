"""Which of a sheet row's numbers are a guarantor's or a contact's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("sheet_row", sa.Column("of_others", sa.JSON(), nullable=True))
