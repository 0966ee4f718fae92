"""What the feed brings, laid down in the counter's own tables.

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
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from db import rows, sync_state
from db import tables as t
from db import tables_sync as s
from db.chain import Anchor, Head
from db.outbox import Touched, held_back
from db.sync_state import Lease

Row = dict[str, Any]

UNHEARD = "UnknownOrder"
"""The problem of an order of a type that this program doesn't know; a later one may."""


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


_ORDER = select(s.orders.c.type).where(
    s.orders.c.feed == bindparam("feed"), s.orders.c.number == bindparam("number")
)
_ADD_ORDER = insert(s.orders)
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


# -- what the centre says of our entries, of leases, of everything else ----------------------


def put_parked(conn: Connection, item: Mapping[str, Any], at: str) -> None:
    """Keep that an entry was parked; one that is kept already is left as it is.

    One of which nothing waits (a sign-in, a question that was refused) is settled as it comes.
    """
    known = select(s.parked.c.state).where(s.parked.c.entry_id == str(item["entry_id"]))
    if conn.execute(known).first() is None:
        row = {
            "entry_id": str(item["entry_id"]),
            "seq": int(item.get("seq") or 0),
            "reason": str(item.get("reason") or ""),
            "detail": json.dumps(item.get("detail") or {}, ensure_ascii=False),
            "at": at,
            "state": "settled" if item.get("settled") else "open",
        }
        conn.execute(insert(s.parked), row)


def settle_parked(conn: Connection, entry_id: str) -> None:
    """The centre knows what became of a parked entry."""
    conn.execute(update(s.parked).where(s.parked.c.entry_id == entry_id).values(state="settled"))


def take_claims(
    conn: Connection, counter: str, claims: Iterable[Mapping[str, Any]], *, whole: bool
) -> None:
    """Keep the leases that were granted; with `whole`, those not named have ended."""
    named: set[str] = set()
    for claim in claims:
        key = str(claim["application"])
        named.add(key)
        until = str(claim.get("until") or "")
        sync_state.put_lease(conn, Lease(key, counter, int(claim["fence"]), until))
    if whole:
        mine = select(s.leases.c.application_id).where(s.leases.c.counter == counter)
        for key in set(conn.execute(mine).scalars()) - named:
            # Lost or over: somebody else may have it by now, so it must be asked for again.
            sync_state.put_lease(conn, Lease(str(key), "", 0, ""))


def put_order(conn: Connection, item: Mapping[str, Any]) -> int:
    """Keep an order of the centre until it is carried out; 0 for one that is known."""
    at = {"feed": str(item.get("feed") or "office"), "number": int(item["n"])}
    if conn.execute(_ORDER, at).first() is not None:
        return 0
    body = json.dumps(dict(item), ensure_ascii=False, separators=(",", ":"))
    row = {**at, "type": str(item["type"]), "body": body, "state": "open", "problem": ""}
    conn.execute(_ADD_ORDER, row)
    return 1


def anchor_from(item: Mapping[str, Any]) -> Anchor:
    """A head that the centre's notary signed."""
    return Anchor(
        counter=str(item["counter"]),
        kind=str(item["kind"]),
        epoch=int(item["epoch"]),
        seq=int(item["seq"]),
        hash=str(item["hash"]),
        time=str(item["time"]),
        officer=item.get("officer"),
        key_id=str(item["key_id"]),
        signature=str(item["signature"]),
    )


def leave_beside(conn: Connection, counter: str, acked: Head) -> int:
    """Everything behind the last acknowledged entry stands beside the chain from now on."""
    here = t.journal.c.counter == counter
    behind = (t.journal.c.epoch > acked.epoch) | (
        (t.journal.c.epoch == acked.epoch) & (t.journal.c.seq > acked.seq)
    )
    known = select(s.strays.c.entry_id)
    query = select(t.journal.c.entry_id, t.journal.c.epoch, t.journal.c.seq).where(
        here, behind, t.journal.c.entry_id.not_in(known)
    )
    found = [
        {"entry_id": row[0], "epoch": int(row[1]), "seq": int(row[2]), "state": "open"}
        for row in conn.execute(query)
    ]
    if found:
        conn.execute(insert(s.strays), found)
    return len(found)


def counts(conn: Connection) -> tuple[int, int]:
    """How many parked entries and how many beside the chain wait for somebody to decide."""
    found: list[int] = []
    for table in (s.parked, s.strays):
        query = select(func.count()).select_from(table).where(table.c.state == "open")
        found.append(int(conn.execute(query).scalar_one()))
    return found[0], found[1]


def open_orders(conn: Connection) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Orders that wait to be carried out, as (feed, number, type, body), the national first."""
    query = (
        select(s.orders)
        .where(s.orders.c.state == "open")
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [(r.feed, int(r.number), r.type, json.loads(r.body)) for r in conn.execute(query)]


def orders_of(conn: Connection, *types: str) -> list[dict[str, Any]]:
    """Everything that the centre ever ordered of these types, in the order of its feeds."""
    query = (
        select(s.orders.c.body)
        .where(s.orders.c.type.in_(types), s.orders.c.state != "failed")
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [json.loads(body) for body in conn.execute(query).scalars()]


def orders_naming(conn: Connection, kind: str, name: str, value: str) -> list[dict[str, Any]]:
    """What was carried out of this type and has `value` under `name`, in the order of its feeds.

    There may be thousands of them, of which one thing has few: the text is looked through where it
    lies, and only those are read.
    """
    told = json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1]
    query = (
        select(s.orders.c.body)
        .where(s.orders.c.type == kind, s.orders.c.state == "done")
        .where(s.orders.c.body.contains(told, autoescape=True))
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    found = [json.loads(body) for body in conn.execute(query).scalars()]
    return [body for body in found if body.get(name) == value]


def unheard_orders(conn: Connection) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Orders of types that the program didn't know which was to carry them out."""
    query = (
        select(s.orders)
        .where(s.orders.c.state == "failed", s.orders.c.problem == UNHEARD)
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [(r.feed, int(r.number), r.type, json.loads(r.body)) for r in conn.execute(query)]


def newest_order(conn: Connection, kind: str) -> tuple[int, int]:
    """How many orders of this type there are, and the highest number: changes when one comes."""
    query = select(func.count(), func.max(s.orders.c.number)).where(s.orders.c.type == kind)
    count, highest = conn.execute(query).one()
    return int(count), int(highest or 0)


def close_order(conn: Connection, feed: str, number: int, problem: str = "") -> None:
    """An order was carried out, or can't be: `problem` names why."""
    state = "failed" if problem else "done"
    at = (s.orders.c.feed == feed) & (s.orders.c.number == number)
    conn.execute(update(s.orders).where(at).values(state=state, problem=problem[:64]))
