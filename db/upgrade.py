"""Bring a store of an older form to the present one with Alembic.

Kept apart from `db.store` because importing Alembic costs more than opening a store: it is
imported only when a store really is older.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

LOCAL = Path(__file__).parent / "migrations" / "local"


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(LOCAL).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def migrate(connection: Connection, target: str = "head") -> None:
    """Run what is missing up to `target` inside the transaction of `connection`."""
    command.upgrade(config(connection), target)
