"""The journals that a centre holds, walked as a store's are: without asking any counter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from db.central_admin import Connection
from db.chain import Anchor, Entry, approvals_from
from db.journal_check import Item, KeyOf, Verdict, check

PAGE = 1000


def counters_with_journals(conn: Connection) -> list[str]:
    """Every counter that has sent anything."""
    rows = conn.execute("SELECT DISTINCT counter FROM centre.journal ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]


def tally(conn: Connection, counter: str) -> tuple[int, int]:
    """How many of a counter's entries were applied, and how many parked."""
    row = conn.execute(
        "SELECT count(*) FILTER (WHERE status = 'applied'),"
        " count(*) FILTER (WHERE status = 'parked') FROM centre.journal WHERE counter = %s",
        [counter],
    ).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def check_centre(conn: Connection, counter: str, realm: str, key_of: KeyOf) -> Verdict:
    """Walk one counter's journal as the centre has it, against the anchors that were signed."""
    return check(
        _items(conn, counter),
        counter=counter,
        realm=realm,
        key_of=key_of,
        anchors=_anchors(conn, counter),
    )


def _items(conn: Connection, counter: str) -> Iterator[Item]:
    epoch, seq = 0, 0
    while True:
        rows = conn.execute(
            "SELECT epoch, seq, entry, signature, payload, hash FROM centre.journal"
            " WHERE counter = %s AND (epoch, seq) > (%s, %s) ORDER BY epoch, seq LIMIT %s",
            [counter, epoch, seq, PAGE],
        ).fetchall()
        for epoch, seq, entry, signature, payload, digest in rows:
            yield _item(epoch, seq, entry, bytes(signature), payload, digest)
        if len(rows) < PAGE:
            return


def _item(
    epoch: int, seq: int, entry: str, signature: bytes, payload: str | None, digest: str
) -> Item:
    try:
        facts = cast("dict[str, Any]", json.loads(entry))
        if facts.pop("type") != "entry":
            return Item(None, epoch=epoch, seq=seq)
        facts["approvals"] = approvals_from(facts["approvals"])
        made = Entry(**facts, hash=digest, signature=signature.hex())
        if (made.epoch, made.seq) != (epoch, seq):
            return Item(None, epoch=epoch, seq=seq)
        return Item(made, payload)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Item(None, epoch=epoch, seq=seq)


def _anchors(conn: Connection, counter: str) -> list[Anchor]:
    rows = conn.execute(
        "SELECT counter, kind, epoch, seq, hash, time, officer, key_id, signature"
        " FROM centre.anchors WHERE counter = %s ORDER BY epoch, seq",
        [counter],
    ).fetchall()
    return [Anchor(*row) for row in rows]
