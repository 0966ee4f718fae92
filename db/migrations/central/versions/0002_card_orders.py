"""Orders for cards' chips are kept at the centre, with who wrote them.

What counters call stays as it is; those of the version before go on while this runs.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add two tables, the second filled as entries are kept; the caller acts as the owner."""
    for name in ("card_orders", "keeping"):
        text = (SQL / f"{name}.sql").read_text("utf-8")
        op.get_bind().exec_driver_sql(text, execution_options={"no_parameters": True})
