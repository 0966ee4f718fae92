"""What leaves a counter when its time is over: payloads of the journal by subject, and pictures.

The entries themselves stay, so that the chain stays whole; see `Journal.erase`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, bindparam, delete, select

from db import sync_state
from db import tables as t
from db.journal import KEPT_CLASS
from db.outbox import unsent_of

CHUNK = 400

_ABOUT = (
    select(t.journal.c.entry_id)
    .join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
    .where(
        t.journal.c.counter == bindparam("counter"),
        t.journal.c.subject.in_(bindparam("subjects", expanding=True)),
        t.payloads.c.data_class != KEPT_CLASS,
    )
    .order_by(t.journal.c.epoch, t.journal.c.seq)
)


_BEFORE = (
    select(t.journal.c.entry_id, t.journal.c.subject)
    .join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
    .where(
        t.journal.c.counter == bindparam("counter"),
        t.journal.c.time < bindparam("day"),
        t.payloads.c.data_class != KEPT_CLASS,
    )
    .order_by(t.journal.c.epoch, t.journal.c.seq)
)


def entries_before(conn: Connection, counter: str, day: date) -> list[tuple[str, str]]:
    """Ids and subjects of the entries written before a day (UTC) that still have a payload."""
    rows = conn.execute(_BEFORE, {"counter": counter, "day": day.isoformat()})
    return [(row.entry_id, row.subject) for row in rows]


def entries_about(conn: Connection, counter: str, subjects: Collection[str]) -> list[str]:
    """Ids of the entries about these subjects that still have a payload, in order."""
    found: list[str] = []
    for some in _chunks(sorted(set(subjects))):
        found += conn.execute(_ABOUT, {"counter": counter, "subjects": some}).scalars()
    return found


def blobs_named_by(conn: Connection, entry_ids: Collection[str]) -> set[str]:
    """Digests of the pictures and pen strokes that came with these entries."""
    found: set[str] = set()
    for some in _chunks(sorted(set(entry_ids))):
        bodies = select(t.payloads.c.body).where(t.payloads.c.entry_id.in_(some))
        for body in conn.execute(bodies).scalars():
            found.update(json.loads(body).get("blobs", ()))
    return found


def all_sent(conn: Connection, counter: str, subjects: Iterable[str]) -> bool:
    """Whether the centre has acknowledged everything about these subjects."""
    acked = sync_state.acked(conn)
    return not any(unsent_of(conn, counter, subject, acked) for subject in subjects)


def forget_blobs(conn: Connection, shas: Collection[str]) -> int:
    """Delete pictures and papers by their digests; how many were there."""
    gone = 0
    for some in _chunks(sorted(set(shas))):
        gone += conn.execute(delete(t.blobs).where(t.blobs.c.sha.in_(some))).rowcount
    return gone


def forget_numbers(conn: Connection, refs: Collection[str]) -> None:
    """Find these things by no number any more."""
    for some in _chunks(sorted(set(refs))):
        conn.execute(delete(t.number_search).where(t.number_search.c.ref.in_(some)))


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]
