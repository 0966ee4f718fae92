"""The journal as outbox: what the centre hasn't acknowledged yet, in the form in which it is sent.

Nothing is queued beside the journal: an entry is outstanding while it stands behind the last one
that the centre acknowledged. An entry is sent as its canonical text without hash and signature,
which is what was hashed, so that the centre checks the chain over the very bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from db import tables as t
from db import tables_sync as s
from db.chain import BEGINNING, Head, canonical, entry_body
from db.journal import entry_from_fields

MOST_ENTRIES = 200
MOST_BYTES = 8 * 1024 * 1024
"""A call carries this much at most; the centre refuses four times as much."""

Touched = frozenset[tuple[str, str]]
"""Things (kind, id) that some entries changed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries in order, ready to be sent; `payloads[i]` is None where it was erased."""

    epoch: int
    from_seq: int
    last: Head
    entries: tuple[str, ...]
    signatures: tuple[bytes, ...]
    payloads: tuple[str | None, ...]
    ids: tuple[str, ...]
    blobs: tuple[str, ...]

    @property
    def head(self) -> dict[str, Any]:
        """What the call says of the batch."""
        return {"epoch": self.epoch, "from_seq": self.from_seq, "hash": self.last.hash}


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: entries, and when the oldest was made (ISO 8601, UTC; empty for none)."""

    count: int
    oldest: str


_NOT_STRAY = select(s.strays.c.entry_id).where(s.strays.c.entry_id == t.journal.c.entry_id)
_OPEN = (
    (t.journal.c.counter == bindparam("counter"))
    & (t.journal.c.epoch == bindparam("epoch"))
    & (t.journal.c.seq > bindparam("seq"))
    & ~_NOT_STRAY.exists()
)
_NEXT = (
    select(t.journal, t.payloads.c.body)
    .select_from(t.journal.outerjoin(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id))
    .where(_OPEN)
    .order_by(t.journal.c.seq)
    .limit(bindparam("most"))
)
_DEPTH = select(func.count(), func.min(t.journal.c.time)).where(_OPEN)
_BODIES = (
    select(t.payloads.c.body)
    .select_from(t.journal.join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id))
    .where(_OPEN)
)
_UNSETTLED = tuple(
    select(t.payloads.c.body)
    .select_from(table.join(t.payloads, t.payloads.c.entry_id == table.c.entry_id))
    .where(table.c.state == "open")
    for table in (s.parked, s.strays)
)
_EPOCHS = (
    select(t.journal.c.epoch)
    .where(t.journal.c.counter == bindparam("counter"), t.journal.c.epoch >= bindparam("epoch"))
    .distinct()
    .order_by(t.journal.c.epoch)
)
_HASH = select(t.journal.c.hash).where(
    t.journal.c.counter == bindparam("counter"),
    t.journal.c.epoch == bindparam("epoch"),
    t.journal.c.seq == bindparam("seq"),
)


def _stretches(conn: Connection, counter: str, acked: Head) -> Iterator[tuple[int, int]]:
    """Each epoch that may hold outstanding entries, and the sequence behind which they stand."""
    for epoch in conn.execute(_EPOCHS, {"counter": counter, "epoch": acked.epoch}).scalars():
        yield int(epoch), acked.seq if epoch == acked.epoch else 0


def next_batch(
    conn: Connection, counter: str, acked: Head, most: int = MOST_ENTRIES
) -> Batch | None:
    """The oldest outstanding entries, of one epoch, up to the limits; None when all was sent."""
    for epoch, seq in _stretches(conn, counter, acked):
        entries: list[str] = []
        signatures: list[bytes] = []
        payloads: list[str | None] = []
        ids: list[str] = []
        blobs: list[str] = []
        first, last, size = 0, Head(epoch, seq, BEGINNING), 0
        found = conn.execute(_NEXT, {"counter": counter, "epoch": epoch, "seq": seq, "most": most})
        for row in found.mappings():
            fields: dict[str, Any] = dict(row)
            body: str | None = fields.pop("body")
            entry = entry_from_fields(fields)
            text = canonical(entry_body(entry)).decode()
            size += len(text) + len(body or "")
            if entries and size > MOST_BYTES:
                break
            entries.append(text)
            signatures.append(bytes.fromhex(entry.signature))
            payloads.append(body)
            ids.append(entry.entry_id)
            if body is not None and '"blobs":' in body:
                blobs += json.loads(body).get("blobs", ())
            first = first or entry.seq
            last = Head(epoch, entry.seq, entry.hash)
        if entries:
            return Batch(
                epoch, first, last, tuple(entries), tuple(signatures), tuple(payloads),
                tuple(ids), tuple(dict.fromkeys(blobs)),
            )  # fmt: skip
    return None


def depth(conn: Connection, counter: str, acked: Head) -> Depth:
    """How much waits to be sent, and since when."""
    count, oldest = 0, ""
    for epoch, seq in _stretches(conn, counter, acked):
        at = {"counter": counter, "epoch": epoch, "seq": seq}
        number, first = conn.execute(_DEPTH, at).one()
        if number:
            count += int(number)
            oldest = min(filter(None, (oldest, str(first))))
    return Depth(count, oldest)


def hash_at(conn: Connection, counter: str, epoch: int, seq: int) -> str | None:
    """The hash of one's own entry at a place of the chain, or None where there is none."""
    if seq == 0:
        return BEGINNING
    found = conn.execute(_HASH, {"counter": counter, "epoch": epoch, "seq": seq}).scalar()
    return None if found is None else str(found)


def changes_in(bodies: Iterator[str] | list[str], besides: str = "") -> set[tuple[str, str]]:
    """What the payloads say was changed; not of those whose content has a text `besides`."""
    found: set[tuple[str, str]] = set()
    for body in bodies:
        if '"changes":' in body:
            told = json.loads(body)
            if besides and besides in told.get("content", ()):
                continue
            for change in told.get("changes", ()):
                found.add((str(change["kind"]), str(change["id"])))
    return found


def held_back(conn: Connection, counter: str, acked: Head, besides: str = "") -> Touched:
    """Things that local work not yet at the centre changed: unsent, parked or beside the chain.

    Unsent entries whose content has `besides` don't count.
    """
    found: set[tuple[str, str]] = set()
    for epoch, seq in _stretches(conn, counter, acked):
        at = {"counter": counter, "epoch": epoch, "seq": seq}
        found |= changes_in(list(conn.execute(_BODIES, at).scalars()), besides)
    for query in _UNSETTLED:
        found |= changes_in(list(conn.execute(query).scalars()))
    return frozenset(found)


_FIRST_OF = (
    select(t.journal.c.epoch, t.journal.c.seq)
    .where(t.journal.c.counter == bindparam("counter"), t.journal.c.subject == bindparam("what"))
    .order_by(t.journal.c.epoch, t.journal.c.seq)
    .limit(1)
)


def unsent_from_start(conn: Connection, counter: str, subject: str, acked: Head) -> bool:
    """Whether this counter began the history of a thing and the centre knows nothing of it yet."""
    first = conn.execute(_FIRST_OF, {"counter": counter, "what": subject}).first()
    return first is not None and (int(first[0]), int(first[1])) > (acked.epoch, acked.seq)


_NEWEST_OF = (
    select(t.journal.c.epoch, t.journal.c.seq)
    .where(t.journal.c.counter == bindparam("counter"), t.journal.c.subject == bindparam("what"))
    .order_by(t.journal.c.epoch.desc(), t.journal.c.seq.desc())
    .limit(1)
)


_NEWEST_ACT = _NEWEST_OF.where(
    t.journal.c.act.in_(bindparam("acts", expanding=True)),
    t.journal.c.entry_id.not_in(select(s.strays.c.entry_id)),
)


def unsent_acts_of(
    conn: Connection, counter: str, subject: str, acts: Sequence[str], acked: Head
) -> bool:
    """Whether one of these acts about a thing is still to be sent; none beside the chain is."""
    asked = {"counter": counter, "what": subject, "acts": list(acts)}
    newest = conn.execute(_NEWEST_ACT, asked).first()
    return newest is not None and (int(newest[0]), int(newest[1])) > (acked.epoch, acked.seq)


def unsent_of(conn: Connection, counter: str, subject: str, acked: Head) -> bool:
    """Whether something of a thing's history is still to be sent."""
    newest = conn.execute(_NEWEST_OF, {"counter": counter, "what": subject}).first()
    return newest is not None and (int(newest[0]), int(newest[1])) > (acked.epoch, acked.seq)
