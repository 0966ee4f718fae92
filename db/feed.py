"""Rows that the feed brings, laid down in the counter's own tables.

A row is laid down only if it is newer than ours and no local work that the centre hasn't judged
yet changed that thing; else it waits in `deferred`. `db` knows no domain: what makes a row
searchable and which pictures it names is asked of whoever stands above.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    Connection,
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from db import rows, sync_state
from db import tables as t
from db import tables_sync as s
from db.outbox import Touched, held_back
from db.sync_state import Lease

Row = dict[str, Any]


class Above(Protocol):
    """What `db` must ask about a row that came from the centre."""

    def findable(self, conn: Connection, kind: str, some: Sequence[Row]) -> None:
        """Make rows of one kind searchable."""
        ...

    def pictures(self, kind: str, row: Row) -> Iterable[str]:
        """Digests of the pictures that this counter will need for it."""
        ...


_UNDEFER = delete(s.deferred).where(
    s.deferred.c.kind == bindparam("the_kind"), s.deferred.c.id == bindparam("the_id")
)
_WAITING = select(s.deferred)
_BLOBS_HERE = select(t.blobs.c.sha).where(t.blobs.c.sha.in_(bindparam("shas", expanding=True)))
_BLOBS_NOTED = select(s.blobs_wanted.c.sha).where(
    s.blobs_wanted.c.sha.in_(bindparam("shas", expanding=True))
)


def lay(
    conn: Connection,
    above: Above,
    counter: str,
    lines: Sequence[Mapping[str, Any]],
    touched: Touched = frozenset(),
) -> None:
    """Lay rows down in the order of the feed; the newest of a thing counts."""
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for line in lines:
        key = (str(line["kind"]), str(line["id"]))
        newest.pop(key, None)  # its place is that of its last change
        newest[key] = line
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for (kind, key), line in newest.items():
        if kind not in rows.metadata.tables:
            continue  # of a later form of the store; the upgrade pulls anew
        if (kind, key) in touched:
            defer(conn, line, "unsent")
        else:
            by_kind.setdefault(kind, []).append(line)
    _note_holders(
        conn, counter, [line for (kind, _), line in newest.items() if kind == "applications"]
    )
    for kind, some in by_kind.items():
        _lay_kind(conn, above, kind, some)


def _lay_kind(conn: Connection, above: Above, kind: str, lines: list[Mapping[str, Any]]) -> None:
    have = versions(conn, kind, [str(line["id"]) for line in lines])
    fresh = [row_of(kind, line["row"]) for line in lines if str(line["id"]) not in have]
    newer = [
        row_of(kind, line["row"])
        for line in lines
        if str(line["id"]) in have and version_of(line) > have[str(line["id"])]
    ]
    try:
        with conn.begin_nested():
            write_rows(conn, kind, newer, fresh)
    except IntegrityError:
        _lay_singly(conn, kind, lines, have)
    told = [dict(line["row"]) for line in lines]
    above.findable(conn, kind, told)
    want_blobs(conn, [sha for row in told for sha in above.pictures(kind, row)])


def _lay_singly(
    conn: Connection, kind: str, lines: list[Mapping[str, Any]], have: dict[str, int]
) -> None:
    """A unique key is taken by local work: what fits is laid down, the rest waits."""
    for line in lines:
        key = str(line["id"])
        row = [row_of(kind, line["row"])]
        if key in have and version_of(line) <= have[key]:
            continue
        try:
            with conn.begin_nested():
                write_rows(conn, kind, row if key in have else [], [] if key in have else row)
        except IntegrityError:
            defer(conn, line, "collides")


def _note_holders(conn: Connection, counter: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Whoever changed a case last has it, unless the centre says who holds it."""
    if not lines:
        return
    known = sync_state.leases_of(conn, [str(line["id"]) for line in lines])
    new: list[Lease] = []
    for line in lines:
        # Where nobody holds a case, the centre says so; it must be asked for all the same.
        told = line["holder"] if "holder" in line else line.get("counter")
        lease = Lease(str(line["id"]), str(told or ""), 0, str(line.get("until") or ""))
        before = known.get(lease.application_id)
        if before is not None and before.counter == counter:
            continue  # whether it still is ours, the list of our leases says
        if lease.counter != counter and lease != before:
            new.append(lease)
    sync_state.put_leases(conn, new, known)


def retry_deferred(conn: Connection, above: Above, counter: str) -> None:
    """Lay down what waited and has its way free now."""
    waiting = conn.execute(_WAITING).all()
    if not waiting:
        return
    touched = held_back(conn, counter, sync_state.acked(conn))
    for row in waiting:
        if (row.kind, row.id) not in touched:
            conn.execute(_UNDEFER, {"the_kind": row.kind, "the_id": row.id})
            line = {"kind": row.kind, "id": row.id, "row": json.loads(row.body)}
            _lay_kind(conn, above, row.kind, [line])


def version_of(line: Mapping[str, Any]) -> int:
    """The version that a row of the feed has."""
    return int(line["row"].get("version") or 0)


def row_of(kind: str, told: Mapping[str, Any]) -> Row:
    """A thing's flat fields as a row of its table: columns apart, the rest in `body`."""
    values = dict(told)
    row: Row = {}
    for name, empty in _empties(kind):
        value = values.pop(name, None)
        row[name] = empty if value is None else value
    if "version" in row:
        row["version"] = int(row["version"])
    row["body"] = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return row


# Statements and columns are looked up for every row and page: built once, they cost nothing.


@lru_cache(maxsize=64)
def _empties(kind: str) -> tuple[tuple[str, str | int], ...]:
    """A table's columns but `body`, and what stands in each where nothing was told."""
    return tuple(
        (str(column.name), "" if column.type.python_type is str else 0)
        for column in rows.metadata.tables[kind].columns
        if column.name != "body"
    )


@lru_cache(maxsize=64)
def _versions(kind: str) -> Select[Any, Any]:
    table = rows.metadata.tables[kind]
    wanted = table.c.id.in_(bindparam("ids", expanding=True))
    return select(table.c.id, table.c.version).where(wanted)


@lru_cache(maxsize=64)
def _replace(kind: str) -> Update:
    table = rows.metadata.tables[kind]
    values = {name: bindparam(f"new_{name}") for name in rows.columns(kind) if name != "id"}
    return table.update().where(table.c.id == bindparam("the_id")).values(values)


@lru_cache(maxsize=64)
def _add(kind: str) -> Insert:
    return rows.metadata.tables[kind].insert()


def versions(conn: Connection, kind: str, ids: list[str]) -> dict[str, int]:
    """The versions in which we have things."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), 500):
        some = conn.execute(_versions(kind), {"ids": ids[start : start + 500]})
        found |= {str(row[0]): int(row[1]) for row in some}
    return found


def write_rows(conn: Connection, kind: str, newer: list[Row], fresh: list[Row]) -> None:
    """Changed rows first: what they free may be taken by the new ones. Raises IntegrityError."""
    if newer:
        names = [name for name in rows.columns(kind) if name != "id"]
        conn.execute(
            _replace(kind),
            [{"the_id": r["id"], **{f"new_{n}": r[n] for n in names}} for r in newer],
        )
    if fresh:
        conn.execute(_add(kind), fresh)


def defer(conn: Connection, line: Mapping[str, Any], why: str) -> None:
    """Let the centre's row of a thing wait."""
    kind, key = str(line["kind"]), str(line["id"])
    conn.execute(_UNDEFER, {"the_kind": kind, "the_id": key})
    body = json.dumps(line["row"], ensure_ascii=False, separators=(",", ":"))
    conn.execute(
        insert(s.deferred),
        {"kind": kind, "id": key, "version": version_of(line), "why": why, "body": body},
    )


def want_blobs(conn: Connection, shas: Iterable[str]) -> None:
    """Note pictures to fetch that neither lie here nor are noted yet."""
    wanted = sorted(set(filter(None, shas)))
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        have = set(conn.execute(_BLOBS_HERE, {"shas": some}).scalars())
        have |= set(conn.execute(_BLOBS_NOTED, {"shas": some}).scalars())
        fresh = [{"sha": sha, "tries": 0} for sha in some if sha not in have]
        if fresh:
            conn.execute(insert(s.blobs_wanted), fresh)


def media_type_of(data: bytes) -> str:
    """What a fetched blob is, by its first bytes."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    return "image/jpeg" if data.startswith(b"\xff\xd8") else "application/json"
