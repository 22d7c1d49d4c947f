"""With which key a mirror's objects are sealed; all that were there before are plain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "encryption",
        sa.Column("mirror", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("mirror", name=op.f("pk_encryption")),
    )
