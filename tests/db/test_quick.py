"""What goes to the driver directly reads, writes, sees and refuses as SQLAlchemy's own way does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, String, Table, insert, select

from db import rows
from db.errors import StoreBusy
from db.quick import Quick
from db.store import Store
from db.tables_counter import metadata

KEY = bytes(range(32))
WHOLE = [t.name for t in metadata.sorted_tables if {"id", "body"} <= {c.name for c in t.columns}]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "store.db", KEY)
    yield made
    made.close()


def made_row(table: str) -> rows.Row:
    row: rows.Row = {}
    for column in metadata.tables[table].columns:
        match column.type:
            case Boolean():
                row[column.name] = True
            case Integer():
                row[column.name] = 0
            case String(length=int(length)):
                row[column.name] = f"x'é\u202e\U0001f600\0{column.name}"[:length]
            case _:
                row[column.name] = '{"a": "\u2028"}'
    return row


@pytest.mark.parametrize("table", WHOLE)
def test_a_row_is_the_same_by_either_way(store: Store, table: str) -> None:
    target, row = metadata.tables[table], made_row(table)
    with store.write() as conn:
        rows.insert(conn, table, row)
    with store.read() as conn:
        (slow,) = conn.execute(select(target)).mappings()
        quick = rows.by_id(conn, table, row["id"])
    assert quick is not None
    assert quick == dict(slow) == row
    assert [type(v) for v in quick.values()] == [type(v) for v in slow.values()]


def test_a_row_is_changed_only_under_its_version(store: Store) -> None:
    row = made_row("officers")
    with store.write() as conn:
        rows.insert(conn, "officers", row)
        assert not rows.update_if(conn, "officers", row["id"], 1, {**row, "active": False})
        assert rows.update_if(
            conn, "officers", row["id"], 0, {**row, "version": 1, "active": False}
        )
    with store.read() as conn:
        assert rows.by_id(conn, "officers", row["id"]) == {**row, "version": 1, "active": False}
        assert rows.by_id(conn, "officers", "nobody") is None


def test_a_taken_id_is_refused_and_nothing_of_the_act_stays(store: Store) -> None:
    row, other = made_row("officers"), {**made_row("officers"), "id": "other"}
    with store.write() as conn:
        rows.insert(conn, "officers", row)

    def both() -> None:
        with store.write() as conn:
            rows.insert(conn, "officers", other)
            rows.insert(conn, "officers", row)

    with pytest.raises(rows.DuplicateRow):
        both()
    with store.read() as conn:
        assert rows.by_id(conn, "officers", "other") is None


def test_the_first_question_of_a_look_already_sees_a_snapshot(store: Store) -> None:
    row = made_row("officers")
    with store.read() as look:
        assert rows.by_id(look, "officers", row["id"]) is None
        with store.write() as conn:
            rows.insert(conn, "officers", row)
        assert rows.by_id(look, "officers", row["id"]) is None
        assert rows.count(look, "officers", {}) == 0


def test_what_the_driver_refuses_is_a_problem_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    holder = Store.create(path, KEY)
    other = Store(path, KEY, busy_seconds=0.01)
    with holder.write() as conn:
        rows.insert(conn, "officers", made_row("officers"))
        with pytest.raises(StoreBusy), other.write():
            pass
    other.close()
    holder.close()


def test_a_column_that_needs_converting_is_refused(store: Store) -> None:
    timed = Table("timed", MetaData(), Column("id", String(8)), Column("at", DateTime))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with store.write() as conn:
        with pytest.raises(TypeError, match="at"):
            Quick(insert(timed)).run(conn, {"id": "a", "at": now})
        with pytest.raises(TypeError, match="at"):
            Quick(select(timed)).first(conn, {})
