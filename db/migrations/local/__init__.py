"""Alembic's folder for the counter's store."""
