"""Since when an errand of the first mirror has been owed."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_outbox = sa.table(
    "outbox",
    sa.column("id", sa.Integer()),
    sa.column("attempts", sa.Integer()),
    sa.column("next_at", sa.DateTime()),
    sa.column("owed_at", sa.DateTime()),
)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("owed_at", sa.DateTime(), nullable=True))
    op.execute(sa.update(_outbox).values(owed_at=_outbox.c.next_at))
    connection = op.get_bind()
    refused = connection.execute(sa.select(_outbox).where(_outbox.c.attempts > 0)).all()
    for row in refused:
        this = _outbox.c.id == row.id
        owed_at = _reckoned(row.next_at, row.attempts)
        connection.execute(sa.update(_outbox).where(this).values(owed_at=owed_at))


def _reckoned(next_at: datetime, refusals: int) -> datetime:
    """As if it had been put off each time for as long as can be: a minute, doubled to six hours."""
    doublings = min(refusals, 9)
    waits = timedelta(minutes=(1 << doublings) - 1, hours=6 * (refusals - doublings))
    return next_at - waits
