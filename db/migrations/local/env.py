"""Alembic's environment for the counter's store: always on the connection it is given."""

from __future__ import annotations

from alembic import context

from db.tables_sync import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller holds the transaction
)
context.run_migrations()
