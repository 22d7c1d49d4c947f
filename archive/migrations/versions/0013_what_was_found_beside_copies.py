"""What a verification found beside faults of copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "verification", sa.Column("beside", sa.Integer(), nullable=False, server_default="0")
    )
