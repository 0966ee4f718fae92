"""An office's own officers name who stands in for them, and the centre judges by it.

What counters call stays as it is; those of the version before go on while this runs.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add a table, and run again what asks it; the caller acts as the owner."""
    for name in ("officers", "stand_ins", "applying", "notary"):
        text = (SQL / f"{name}.sql").read_text("utf-8")
        op.get_bind().exec_driver_sql(text, execution_options={"no_parameters": True})
