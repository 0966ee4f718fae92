"""Alembic's environment for the centre: on the connection it is given, in the caller's transaction."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="schema_revision",
    version_table_schema="centre",
    transactional_ddl=False,  # the caller holds the transaction
)
context.run_migrations()
