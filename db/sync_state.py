"""Small facts of the exchange with the centre: how far it came, when, and what stopped it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db import tables_sync as s
from db.chain import BEGINNING, Head

NOTHING_ACKED = Head(1, 0, BEGINNING)

_GET = select(s.sync_state.c.value).where(s.sync_state.c.key == bindparam("wanted"))
_SET = (
    update(s.sync_state)
    .where(s.sync_state.c.key == bindparam("wanted"))
    .values(value=bindparam("new"))
)
_ADD = insert(s.sync_state)


def get(conn: Connection, key: str, default: Any = None) -> Any:
    """A fact as plain JSON, or the default."""
    found = conn.execute(_GET, {"wanted": key}).scalar()
    return default if found is None else json.loads(found)


def put(conn: Connection, key: str, value: Any) -> None:
    """Keep a fact; None takes it away."""
    if value is None:
        conn.execute(delete(s.sync_state).where(s.sync_state.c.key == key))
        return
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if conn.execute(_SET, {"wanted": key, "new": text}).rowcount == 0:
        conn.execute(_ADD, {"key": key, "value": text})


def acked(conn: Connection) -> Head:
    """The last entry of this store that the centre has acknowledged."""
    found = get(conn, "acked")
    return NOTHING_ACKED if found is None else Head(*found)


def put_acked(conn: Connection, head: Head) -> None:
    """Remember what the centre has."""
    put(conn, "acked", [head.epoch, head.seq, head.hash])


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a case, by the centre's word; `until` is the centre's time (ISO 8601)."""

    application_id: str
    counter: str
    fence: int
    until: str


_LEASES_OF = select(s.leases).where(
    s.leases.c.application_id.in_(bindparam("wanted", expanding=True))
)
_ADD_LEASE = insert(s.leases)
_CHANGE_LEASE = (
    update(s.leases)
    .where(s.leases.c.application_id == bindparam("new_application_id"))
    .values({n: bindparam(f"new_{n}") for n in ("counter", "fence", "until")})
)
_LEASE = select(s.leases).where(s.leases.c.application_id == bindparam("wanted"))
_FENCES = select(s.leases.c.application_id, s.leases.c.fence).where(
    s.leases.c.counter == bindparam("counter"),
    s.leases.c.application_id.in_(bindparam("wanted", expanding=True)),
)


def lease_of(conn: Connection, application_id: str) -> Lease | None:
    """Who holds a case, if the centre ever said so."""
    row = conn.execute(_LEASE, {"wanted": application_id}).first()
    return None if row is None else Lease(*row)


def leases(conn: Connection) -> list[Lease]:
    """Every lease that the centre told of."""
    return [Lease(*row) for row in conn.execute(select(s.leases))]


def leases_of(conn: Connection, application_ids: list[str]) -> dict[str, Lease]:
    """Who holds some cases, by case."""
    found: dict[str, Lease] = {}
    for start in range(0, len(application_ids), 500):
        some = application_ids[start : start + 500]
        found |= {row[0]: Lease(*row) for row in conn.execute(_LEASES_OF, {"wanted": some})}
    return found


def put_leases(conn: Connection, new: list[Lease], known: Mapping[str, Lease]) -> None:
    """Keep what the centre says of many cases; `known` are those of them that are kept already."""
    names = ("application_id", "counter", "fence", "until")
    fresh = [lease for lease in new if lease.application_id not in known]
    other = [lease for lease in new if lease.application_id in known]
    if fresh:
        conn.execute(_ADD_LEASE, [{n: getattr(x, n) for n in names} for x in fresh])
    if other:
        conn.execute(_CHANGE_LEASE, [{f"new_{n}": getattr(x, n) for n in names} for x in other])


def put_lease(conn: Connection, lease: Lease) -> None:
    """Keep what the centre says of a case."""
    put_leases(conn, [lease], leases_of(conn, [lease.application_id]))


def fences(conn: Connection, counter: str, application_ids: list[str]) -> dict[str, int]:
    """The fencing numbers under which this counter acts on these cases."""
    if not application_ids:
        return {}
    found = conn.execute(_FENCES, {"counter": counter, "wanted": application_ids})
    return {str(row[0]): int(row[1]) for row in found}


def take_claims(
    conn: Connection, counter: str, claims: Iterable[Mapping[str, Any]], *, whole: bool
) -> None:
    """Keep the leases that were granted; with `whole`, those not named have ended."""
    named: set[str] = set()
    for claim in claims:
        key = str(claim["application"])
        named.add(key)
        until = str(claim.get("until") or "")
        put_lease(conn, Lease(key, counter, int(claim["fence"]), until))
    if whole:
        mine = select(s.leases.c.application_id).where(s.leases.c.counter == counter)
        for key in set(conn.execute(mine).scalars()) - named:
            # Lost or over: somebody else may have it by now, so it must be asked for again.
            put_lease(conn, Lease(str(key), "", 0, ""))
