"""Whole rows in and out by table name: insert, compare-and-set, find.

The version is compared inside the UPDATE and the row count is the answer: comparing first in the
program would let two callers both win.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from db.errors import StoreProblem
from db.tables import journal
from db.tables_counter import metadata, numbers

Row = dict[str, Any]


@dataclass(eq=False)
class DuplicateRow(StoreProblem):
    """The table already holds a row with this id or unique key."""

    table: str


@lru_cache(maxsize=64)
def columns(table: str) -> tuple[str, ...]:
    """The table's column names, `body` included where it has one."""
    return tuple(str(column.name) for column in metadata.tables[table].columns)


@lru_cache(maxsize=64)
def _insert(table: str) -> Insert:
    return metadata.tables[table].insert()


@lru_cache(maxsize=64)
def _update(table: str) -> Update:
    target = metadata.tables[table]
    return target.update().where(
        target.c.id == bindparam("the_id"), target.c.version == bindparam("the_version")
    )


@lru_cache(maxsize=64)
def _by_id(table: str) -> Select[Any]:
    target = metadata.tables[table]
    return select(target).where(target.c.id == bindparam("the_id"))


@lru_cache(maxsize=64)
def _delete(table: str) -> Delete:
    target = metadata.tables[table]
    return target.delete().where(target.c.id == bindparam("the_id"))


def insert(conn: Connection, table: str, row: Row) -> None:
    """Add one row. Raises DuplicateRow."""
    try:
        conn.execute(_insert(table), row)
    except IntegrityError as problem:
        raise DuplicateRow(table=table) from problem


def update_if(conn: Connection, table: str, key: str, version: int, row: Row) -> bool:
    """Replace the row if its version is still `version`; False if somebody was faster.

    Raises DuplicateRow when the new values collide with a unique key.
    """
    values = {name: value for name, value in row.items() if name != "id"}
    try:
        result = conn.execute(
            _update(table).values(values), {"the_id": key, "the_version": version}
        )
    except IntegrityError as problem:
        raise DuplicateRow(table=table) from problem
    return result.rowcount == 1


def delete(conn: Connection, table: str, key: str) -> None:
    """Take a row away (drafts only; everything else is history)."""
    conn.execute(_delete(table), {"the_id": key})


def by_id(conn: Connection, table: str, key: str) -> Row | None:
    """One row or None."""
    found = conn.execute(_by_id(table), {"the_id": key}).first()
    return None if found is None else dict(zip(columns(table), found, strict=True))


def _where(target: Table, wanted: Mapping[str, object]) -> list[Any]:
    clauses: list[Any] = []
    for name, value in wanted.items():
        column = target.c[name]
        if isinstance(value, Collection) and not isinstance(value, str):
            clauses.append(column.in_(list(value)))
        else:
            clauses.append(column == value)
    return clauses


def find(
    conn: Connection,
    table: str,
    wanted: Mapping[str, object],
    *,
    order: str = "id",
    descending: bool = False,
    limit: int | None = None,
    since: str | None = None,
) -> Sequence[Row]:
    """Rows whose columns equal (or are among) the wanted values, in index order.

    `since` leaves out those whose `order` column stands before it.
    """
    target = metadata.tables[table]
    column = target.c[order]
    by = column.desc() if descending else column
    statement = select(target).where(*_where(target, wanted)).order_by(by).limit(limit)
    if since is not None:
        statement = statement.where(column >= since)
    names = columns(table)
    return [dict(zip(names, row, strict=True)) for row in conn.execute(statement)]


def count(conn: Connection, table: str, wanted: Mapping[str, object]) -> int:
    """How many rows match."""
    target = metadata.tables[table]
    statement = select(func.count()).select_from(target).where(*_where(target, wanted))
    return int(conn.execute(statement).scalar_one())


def tally(
    conn: Connection, table: str, by: Sequence[str], wanted: Mapping[str, object]
) -> dict[tuple[str, ...], int]:
    """Row counts by the values of some columns."""
    target = metadata.tables[table]
    keys = [target.c[name] for name in by]
    statement = select(*keys, func.count()).where(*_where(target, wanted)).group_by(*keys)
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in conn.execute(statement)}


def next_number(conn: Connection, name: str) -> int:
    """Raise a running number and give its new value; it falls back with the transaction."""
    at = {"the_name": name}
    changed = conn.execute(
        numbers.update()
        .where(numbers.c.name == bindparam("the_name"))
        .values(value=numbers.c.value + 1),
        at,
    )
    if changed.rowcount == 0:
        conn.execute(numbers.insert(), {"name": name, "value": 1})
        return 1
    return int(conn.execute(select(numbers.c.value).where(numbers.c.name == name)).scalar_one())


def last_time(conn: Connection, counter: str) -> str | None:
    """When this counter's newest entry was written (ISO 8601, UTC), or None for an empty chain."""
    statement = (
        select(journal.c.time)
        .where(journal.c.counter == counter)
        .order_by(journal.c.epoch.desc(), journal.c.seq.desc())
        .limit(1)
    )
    found = conn.execute(statement).scalar()
    return None if found is None else str(found)
