"""Statements that every act runs, compiled once and handed to the driver as they are.

SQLAlchemy builds and compiles them like any other; what is left out is its way through every single
execution (cache key, context, result), four fifths of what such a statement takes. The transaction
stays SQLAlchemy's, and `Store` translates the driver's errors like its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select
from sqlalchemy.types import TypeEngine

_PLAIN = (String, Text, Integer, BigInteger, LargeBinary)
"""Types whose values the driver takes and gives as they are."""


class Quick:
    """One statement for the counter's store. Raises TypeError for columns that need converting."""

    def __init__(self, statement: UpdateBase | Select[*tuple[Any, ...]]) -> None:
        self._statement = statement

    @cached_property
    def _made(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        """Its text, the parameters in their order, and the values of those that it brings along."""
        made = self._statement.compile(dialect=dialect(paramstyle="qmark"))
        for name, bind in made.binds.items():
            _need_plain(name, bind.type, (*_PLAIN, Boolean))
        return str(made), tuple(getattr(made, "positiontup", None) or ()), dict(made.params)

    @cached_property
    def _flags(self) -> tuple[int, ...]:
        """Which of a row's columns are truth values: the driver gives those as numbers."""
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        for column in columns:
            _need_plain(str(column.name), column.type, (*_PLAIN, Boolean))
        return tuple(at for at, column in enumerate(columns) if isinstance(column.type, Boolean))

    def run(self, conn: Connection, values: Mapping[str, Any]) -> int:
        """Execute it in the connection's transaction; how many rows it touched."""
        return int(self._cursor(conn, values).rowcount)

    def first(self, conn: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Execute it; the first row, or None."""
        flags, cursor = self._flags, self._cursor(conn, values)
        row = cursor.fetchone()
        # A cursor that isn't run to its end would keep the transaction's look at the store.
        cursor.close()
        if row is None or not flags:
            return row
        cells = list(row)
        for at in flags:
            cells[at] = None if cells[at] is None else bool(cells[at])
        return tuple(cells)

    def _cursor(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        if not conn.in_transaction():
            conn.begin()
        text, order, own = self._made
        line: Any = conn.connection.driver_connection
        return line.execute(text, [values[n] if n in values else own[n] for n in order])


def _need_plain(name: str, kind: TypeEngine[Any], known: tuple[type, ...]) -> None:
    if not isinstance(kind, known):
        raise TypeError(f"{name}: {kind!r} needs SQLAlchemy's own way")
