"""Whole rows in and out by table name: insert, compare-and-set, find.

The version is compared inside the UPDATE and the row count is the answer: comparing first in the
program would let two callers both win.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    select,
)

from db.engine import IntegrityError
from db.errors import StoreProblem
from db.quick import Quick
from db.tables import journal
from db.tables_counter import metadata, numbers

Row = dict[str, Any]


class DuplicateRow(StoreProblem):
    """The table already holds a row with this id or unique key."""

    table: str


@lru_cache(maxsize=64)
def columns(table: str) -> tuple[str, ...]:
    """The table's column names, `body` included where it has one."""
    return tuple(str(column.name) for column in metadata.tables[table].columns)


@lru_cache(maxsize=64)
def _insert(table: str) -> Quick:
    return Quick(metadata.tables[table].insert())


@lru_cache(maxsize=64)
def _update(table: str) -> Quick:
    target = metadata.tables[table]
    values = {name: bindparam(f"new_{name}") for name in columns(table) if name != "id"}
    return Quick(
        target.update()
        .where(target.c.id == bindparam("the_id"), target.c.version == bindparam("the_version"))
        .values(values)
    )


@lru_cache(maxsize=64)
def _by_id(table: str) -> Quick:
    target = metadata.tables[table]
    return Quick(select(target).where(target.c.id == bindparam("the_id")))


@lru_cache(maxsize=64)
def _delete(table: str) -> Delete:
    target = metadata.tables[table]
    return target.delete().where(target.c.id == bindparam("the_id"))


def insert(conn: Connection, table: str, row: Row) -> None:
    """Add one row. Raises DuplicateRow."""
    try:
        _insert(table).run(conn, row)
    except IntegrityError as problem:
        raise DuplicateRow(table=table) from problem


def update_if(conn: Connection, table: str, key: str, version: int, row: Row) -> bool:
    """Replace the row if its version is still `version`; False if somebody was faster.

    Raises DuplicateRow when the new values collide with a unique key.
    """
    values = {f"new_{name}": value for name, value in row.items() if name != "id"}
    try:
        changed = _update(table).run(conn, {**values, "the_id": key, "the_version": version})
    except IntegrityError as problem:
        raise DuplicateRow(table=table) from problem
    return changed == 1


def delete(conn: Connection, table: str, key: str) -> None:
    """Take a row away (drafts only; everything else is history)."""
    conn.execute(_delete(table), {"the_id": key})


def by_id(conn: Connection, table: str, key: str) -> Row | None:
    """One row or None."""
    found = _by_id(table).first(conn, {"the_id": key})
    return None if found is None else dict(zip(columns(table), found, strict=True))


# Building a statement costs more than running it, so each shape of question is built once: which
# columns it names and whether it wants one value, one of several, or none.
Shape = tuple[tuple[str, str], ...]
_ONE, _MANY, _NULL = "one", "many", "null"


def _shape(wanted: Mapping[str, object]) -> tuple[Shape, dict[str, object]]:
    shape: list[tuple[str, str]] = []
    values: dict[str, object] = {}
    for name, value in wanted.items():
        if value is None:
            shape.append((name, _NULL))
        elif isinstance(value, Collection) and not isinstance(value, str):
            shape.append((name, _MANY))
            values[f"want_{name}"] = list(value)
        else:
            shape.append((name, _ONE))
            values[f"want_{name}"] = value
    return tuple(shape), values


def _where(target: Table, shape: Shape) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for name, manner in shape:
        column = target.c[name]
        if manner == _NULL:
            clauses.append(column.is_(None))
        elif manner == _MANY:
            clauses.append(column.in_(bindparam(f"want_{name}", expanding=True)))
        else:
            clauses.append(column == bindparam(f"want_{name}", type_=column.type))
    return clauses


@lru_cache(maxsize=512)
def _select(
    table: str, shape: Shape, order: str, descending: bool, limited: bool, since: bool, until: bool
) -> Select[Any]:
    target = metadata.tables[table]
    column = target.c[order]
    statement = select(target).where(*_where(target, shape))
    if since:
        statement = statement.where(column >= bindparam("the_start", type_=column.type))
    if until:
        statement = statement.where(column <= bindparam("the_end", type_=column.type))
    statement = statement.order_by(column.desc() if descending else column)
    return statement.limit(bindparam("the_limit", type_=Integer)) if limited else statement


@lru_cache(maxsize=256)
def _count(table: str, shape: Shape) -> Select[Any]:
    target = metadata.tables[table]
    return select(func.count()).select_from(target).where(*_where(target, shape))


@lru_cache(maxsize=256)
def _tally(table: str, shape: Shape, by: tuple[str, ...]) -> Select[Any]:
    target = metadata.tables[table]
    keys = [target.c[name] for name in by]
    return select(*keys, func.count()).where(*_where(target, shape)).group_by(*keys)


def find(
    conn: Connection,
    table: str,
    wanted: Mapping[str, object],
    *,
    order: str = "id",
    descending: bool = False,
    limit: int | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Sequence[Row]:
    """Rows whose columns equal (or are among) the wanted values, in index order.

    `since` leaves out those whose `order` column stands before it, `until` those behind it.
    """
    shape, values = _shape(wanted)
    if limit is not None:
        values["the_limit"] = limit
    if since is not None:
        values["the_start"] = since
    if until is not None:
        values["the_end"] = until
    statement = _select(
        table, shape, order, descending, limit is not None, since is not None, until is not None
    )
    names = columns(table)
    return [dict(zip(names, row, strict=True)) for row in conn.execute(statement, values)]


def count(conn: Connection, table: str, wanted: Mapping[str, object]) -> int:
    """How many rows match."""
    shape, values = _shape(wanted)
    return int(conn.execute(_count(table, shape), values).scalar_one())


def count_span(
    conn: Connection, table: str, column: str, low: str, high: str, wanted: Mapping[str, object]
) -> int:
    """How many rows match whose column stands from `low` to `high`, both included."""
    shape, values = _shape(wanted)
    target = metadata.tables[table]
    statement = (
        select(func.count())
        .select_from(target)
        .where(*_where(target, shape), target.c[column].between(low, high))
    )
    return int(conn.execute(statement, values).scalar_one())


def tally(
    conn: Connection, table: str, by: Sequence[str], wanted: Mapping[str, object]
) -> dict[tuple[str, ...], int]:
    """Row counts by the values of some columns."""
    shape, values = _shape(wanted)
    found = conn.execute(_tally(table, shape, tuple(by)), values)
    return {tuple(map(str, row[:-1])): int(row[-1]) for row in found}


_RAISE = (
    numbers.update()
    .where(numbers.c.name == bindparam("the_name"))
    .values(value=numbers.c.value + 1)
)
_NUMBER = select(numbers.c.value).where(numbers.c.name == bindparam("the_name"))
_LAST_TIME = (
    select(journal.c.time)
    .where(journal.c.counter == bindparam("the_counter"))
    .order_by(journal.c.epoch.desc(), journal.c.seq.desc())
    .limit(1)
)


def next_number(conn: Connection, name: str) -> int:
    """Raise a running number and give its new value; it falls back with the transaction."""
    at = {"the_name": name}
    if conn.execute(_RAISE, at).rowcount == 0:
        conn.execute(numbers.insert(), {"name": name, "value": 1})
        return 1
    return int(conn.execute(_NUMBER, at).scalar_one())


def skip_numbers(conn: Connection, by: int = 500) -> None:
    """Leave out some numbers of every series; a gap is harmless, a number given twice isn't."""
    conn.execute(numbers.update().values(value=numbers.c.value + by))


def last_time(conn: Connection, counter: str) -> str | None:
    """When this counter's newest entry was written (ISO 8601, UTC), or None for an empty chain."""
    found = conn.execute(_LAST_TIME, {"the_counter": counter}).scalar()
    return None if found is None else str(found)
