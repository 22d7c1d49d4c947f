"""Customers under legal hold; what the store showed of an object's lock and hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_legal_hold_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_legal_hold")),
    )
    op.add_column("outbox", sa.Column("legal_hold", sa.Boolean(), nullable=True))
    op.add_column("object", sa.Column("locked_until", sa.DateTime(), nullable=True))
    op.add_column("object", sa.Column("unlocked", sa.JSON(), nullable=True))
    op.add_column("object", sa.Column("legal_hold", sa.Boolean(), nullable=True))
