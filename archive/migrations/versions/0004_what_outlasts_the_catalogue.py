"""Custody files and what is in none yet; errands for papers; verifications, faults and alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _errands()
    op.create_table(
        "custody_file",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(), nullable=True),
        sa.Column("stamp_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_custody_file")),
    )
    _faults()
    op.add_column("recording", sa.Column("released", sa.String(length=8), nullable=True))
    op.create_table(
        "changed",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "key", name=op.f("pk_changed")),
    )


def _errands() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column("recording_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("size", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=True))
    op.execute(
        "UPDATE outbox SET sha256 = (SELECT r.sha256 FROM recording r WHERE r.id = recording_id), "
        "size = (SELECT r.size FROM recording r WHERE r.id = recording_id), "
        "source = (SELECT r.source FROM recording r WHERE r.id = recording_id)"
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column("sha256", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("source", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("object") as batch_op:
        batch_op.alter_column("recording_id", existing_type=sa.Integer(), nullable=True)


def _faults() -> None:
    op.create_table(
        "fault",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_fault_recording_id")
        ),
        sa.PrimaryKeyConstraint("recording_id", "place", name=op.f("pk_fault")),
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("slice", sa.Integer(), nullable=False),
        sa.Column("slices", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_code"), "alarm", ["code"])
