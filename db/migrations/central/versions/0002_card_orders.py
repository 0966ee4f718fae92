"""Orders for cards' chips are kept at the centre, with who wrote them: the file `card_orders.sql`.

Nothing that counters of the version before call is changed; they go on while this runs.
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
    """Add two tables and the trigger that fills the second; the caller acts as the owner."""
    text = (SQL / "card_orders.sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(text, execution_options={"no_parameters": True})
