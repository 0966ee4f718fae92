"""The centre as it was first released: the files of `sql/`, in the order in which they build."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
FILES = (
    "tables",
    "feed",
    "incidents",
    "portal",
    "intake",
    "enrol",
    "courier",
    "reading",
    "officers",
    "judging",
    "keeping",
    "landing",
    "licences",
    "claims",
    "parking",
    "placing",
    "applying",
    "push",
    "pull",
    "blobs",
    "notary",
    "admin",
    "walls",
)


def upgrade() -> None:
    """Make everything; the caller acts as the owner already, who can't log in."""
    connection = op.get_bind()
    # Functions may call those of later files.
    connection.exec_driver_sql("SET LOCAL check_function_bodies = off")
    for name in FILES:
        text = (SQL / f"{name}.sql").read_text("utf-8")
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})
