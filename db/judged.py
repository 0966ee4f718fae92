"""What the centre says of a counter's own entries: parked, beside the chain, anchored.

An entry is parked when the centre couldn't take it as it is; it stands beside the chain when the
store turned out to be another one than the centre knows. Both wait for somebody to decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from db import tables as t
from db import tables_sync as s
from db.chain import Anchor, Head


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
