"""Write the store's first revision anew from the models: `python -m db.migrations.make`.

For use until the first release only; from then on a change is a revision of its own, and stores
of every released form lie in `tests/files` to be upgraded by the tests.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from db.engine import extra_ddl
from db.tables_sync import metadata

TARGET = Path(__file__).parent / "local" / "versions" / "0001_initial.py"
HEAD = '''"""The store as it was first released. Written by `python -m db.migrations.make`."""

# ruff: noqa: E501

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, then what the models can't say."""
    '''


def source() -> str:
    """The text of the initial revision for the models as they stand."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        steps = produce_migrations(context, metadata).upgrade_ops
        assert steps is not None
        body = render_python_code(steps)
    engine.dispose()
    extra = "".join(f"\n    op.execute({statement!r})" for statement in extra_ddl(metadata))
    return f"{HEAD}{body}{extra}\n"


def formatted(text: str) -> str:
    """The text as ruff would write it."""
    tidy = subprocess.run(  # noqa: S603 (our own formatter on our own text)
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return tidy.stdout.decode()


def main() -> int:
    """Write the file."""
    TARGET.write_text(formatted(source()), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
