"""Runs the migrations on the connection that `archive.catalogue.database` hands over."""

from __future__ import annotations

from alembic import context

from archive.catalogue.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
