"""Alembic's environment for the centre: in the transaction of the connection it is given."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="schema_revision",
    version_table_schema="centre",
    transactional_ddl=False,  # the caller holds the transaction
)
context.run_migrations()
