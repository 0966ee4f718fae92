"""Models, migrations and `Store.create` make one and the same store."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db import migrations, upgrade
from db import store as store_module
from db.engine import is_engine_table, make_engine
from db.errors import MigrationFailed
from db.migrations import make
from db.store import Store
from db.tables_counter import metadata
from db.upgrade import config, migrate
from tests.db.journal_office import KEY, Office, open_office


def schema(connection: Connection) -> list[tuple[str, list[str]]]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    # Alembic and SQLAlchemy break lines and quote alike, but order constraints differently.
    return sorted((name, sorted(re.findall(r"\w+|[^\w\s]", sql))) for name, sql in rows)


def test_models_equal_the_migrated_schema(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "migrated.db", KEY)
    with engine.connect() as connection:
        migrate(connection)
        connection.commit()
        options = {
            "compare_type": True,
            "include_name": lambda name, kind, parents: (
                not (kind == "table" and is_engine_table(name or ""))
            ),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        migrated = schema(connection)
    engine.dispose()
    created = Store.create(tmp_path / "created.db", KEY)
    with created.read() as connection:
        assert schema(connection) == migrated
    created.close()


def test_first_revision_is_what_the_models_give() -> None:
    fresh = make.formatted(make.source())
    assert make.TARGET.read_text(encoding="utf-8") == fresh, "run python -m db.migrations.make"


def test_known_revisions_are_those_on_disk() -> None:
    scripts = ScriptDirectory.from_config(config())
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == migrations.LOCAL_REVISIONS


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that knows one revision more."""
    monkeypatch.setattr(store_module, "LOCAL_REVISIONS", ("0001", "0002"))
    monkeypatch.setattr(store_module, "LOCAL_HEAD", "0002")


def test_older_store_is_backed_up_and_migrated(
    ten: Office, newer_program: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten.store.close()

    def second(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE meta ADD COLUMN note TEXT")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")

    monkeypatch.setattr(upgrade, "migrate", second)
    store = Store.open(ten.path, KEY)
    assert store.revision() == "0002"
    assert open_office(ten.path, store).verdict().entries == 10
    assert ten.path.with_name("store.db.before-0002").exists()
    store.close()


def test_failed_migration_puts_the_old_store_back(
    ten: Office, newer_program: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten.store.close()

    def breaks(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE anchors")
        raise LookupError

    monkeypatch.setattr(upgrade, "migrate", breaks)
    with pytest.raises(MigrationFailed) as caught:
        Store.open(ten.path, KEY)
    assert (caught.value.before, caught.value.after) == ("0001", "0002")
    monkeypatch.undo()
    store = Store.open(ten.path, KEY)
    assert open_office(ten.path, store).verdict().sound
    store.close()


def test_migration_that_leaves_dangling_references_is_undone(
    ten: Office, newer_program: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten.store.close()

    def dangles(connection: Connection) -> None:
        sha = hashlib.sha256(b"x").hexdigest()
        connection.exec_driver_sql(
            "INSERT INTO payloads (entry_id, digest, body, data_class) VALUES ('none', ?, '', '')",
            (sha,),
        )

    monkeypatch.setattr(upgrade, "migrate", dangles)
    with pytest.raises(MigrationFailed):
        Store.open(ten.path, KEY)
