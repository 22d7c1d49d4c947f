"""An index for who saw what: a few entries of a long custody log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"

_IS_ACCESS = sa.text(
    "event IN ('access_torn', 'exported', 'history_told', 'listened', 'numbers_shown', 'searched')"
)


def upgrade() -> None:
    op.create_index(
        "ix_custody_access",
        "custody",
        ["event", "at"],
        sqlite_where=_IS_ACCESS,
        postgresql_where=_IS_ACCESS,
    )
