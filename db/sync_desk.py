"""What waits for somebody's decision: parked entries, work beside the chain, the centre's rows.

Nothing here decides: it shows an entry with what it changed, and lays the centre's row down, or
ours on top of it, when somebody has decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from db import rows
from db import tables as t
from db import tables_sync as s
from db.chain import Entry
from db.feed import Above, Row, row_of, write_rows
from db.journal import entry_from_fields


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of ours with all that it told: its content, its changes, its blobs."""

    entry: Entry
    content: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...]
    blobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parked:
    """An entry that the centre keeps and didn't apply."""

    entry_id: str
    seq: int
    reason: str
    detail: Mapping[str, Any]
    told: Told | None


def told(conn: Connection, entry_id: str) -> Told | None:
    """One of our entries with its payload; None where it is gone."""
    query = (
        select(t.journal, t.payloads.c.body)
        .select_from(t.journal.outerjoin(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id))
        .where(t.journal.c.entry_id == entry_id)
    )
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    fields: dict[str, Any] = dict(row)
    body: dict[str, Any] = json.loads(fields.pop("body") or "{}")
    return Told(
        entry_from_fields(fields),
        dict(body.get("content") or {}),
        tuple(body.get("changes") or ()),
        tuple(body.get("blobs") or ()),
    )


def parked(conn: Connection) -> list[Parked]:
    """Parked entries that nobody has decided about, oldest first."""
    return _parked(conn, s.parked.c.state == "open")


def refused(conn: Connection, entry_ids: Iterable[str]) -> list[Parked]:
    """Which of these entries the centre refused, decided about or not."""
    return _parked(conn, s.parked.c.entry_id.in_(list(entry_ids)))


def _parked(conn: Connection, which: ColumnElement[bool]) -> list[Parked]:
    query = select(s.parked).where(which).order_by(s.parked.c.seq)
    return [
        Parked(r.entry_id, int(r.seq), r.reason, json.loads(r.detail), told(conn, r.entry_id))
        for r in conn.execute(query).all()
    ]


def strays(conn: Connection, state: str = "open") -> list[Told]:
    """Entries beside the chain that nobody has decided about, oldest first.

    With another `state` those of which that was decided; see `decide_stray`.
    """
    query = (
        select(s.strays.c.entry_id)
        .where(s.strays.c.state == state)
        .order_by(s.strays.c.epoch, s.strays.c.seq)
    )
    found = [told(conn, str(one)) for one in conn.execute(query).scalars().all()]
    return [one for one in found if one is not None]


def decide_stray(conn: Connection, entry_id: str, state: str) -> None:
    """`released` or `dropped`."""
    conn.execute(update(s.strays).where(s.strays.c.entry_id == entry_id).values(state=state))


def centre_row(conn: Connection, kind: str, key: str) -> Row | None:
    """The centre's flat row of a thing that waits because of ours."""
    at = (s.deferred.c.kind == kind) & (s.deferred.c.id == key)
    body = conn.execute(select(s.deferred.c.body).where(at)).scalar()
    return None if body is None else json.loads(body)


def our_row(conn: Connection, kind: str, key: str) -> Row | None:
    """Our own flat row of a thing."""
    row = rows.by_id(conn, kind, key)
    if row is None:
        return None
    body = row.pop("body")
    return {**row, **json.loads(body)}


def lay_over(conn: Connection, above: Above, kind: str, row: Row) -> None:
    """Put a row in place of ours whatever its version; what waited of it waits no more."""
    put_over(conn, above, kind, row)
    at = (s.deferred.c.kind == kind) & (s.deferred.c.id == str(row["id"]))
    conn.execute(delete(s.deferred).where(at))


def lay_over_if_free(conn: Connection, above: Above, kind: str, row: Row) -> bool:
    """The same; False, and nothing is done, while another row has a unique key of this one."""
    try:
        with conn.begin_nested():
            lay_over(conn, above, kind, row)
    except IntegrityError:
        return False
    return True


def put_over(conn: Connection, above: Above, kind: str, row: Row) -> None:
    """Put a row in place of ours whatever its version; the centre's goes on waiting."""
    known = rows.by_id(conn, kind, str(row["id"])) is not None
    line = [row_of(kind, row)]
    write_rows(conn, kind, line if known else [], [] if known else line)
    above.findable(conn, kind, [row])
