"""The journal: audit, outbox and recovery log in one.

Every act is one entry of one chain per counter, written in the transaction that changes the
state, so that neither can exist without the other. The table refuses UPDATE and DELETE. What an
act is about (its payload, personal data included) lies beside it under a salted digest, and can
be erased when its retention ends without breaking the chain; erasing is itself an act.

A chain begins with epoch 1. A store that was restored or cloned opens a new epoch: the sequence
goes on, and the first entry of the epoch names the entry from which it forks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, insert, select

from db import tables as t
from db.chain import (
    BEGINNING,
    ENTRY_VERSION,
    Anchor,
    AnchorKind,
    Approval,
    Entry,
    Head,
    Signer,
    canonical,
    entry_body,
    iso,
    plain,
    read_approvals,
)
from db.quick import Quick

SALT_BYTES = 16
ERASED = "journal.payloads_erased"
EPOCH_OPENED = "journal.epoch_opened"
PARTS = frozenset({"blobs", "changes", "fences"})
"""What may stand beside a payload's content: digests of the pictures that came with the act, the
rows it changed (`kind`, `id`, `set`: all fields of a new thing, else those that differ), and the
fencing numbers of the leases it acted under."""
KEPT_CLASS = "journal"
"""Payloads of this data class are the journal's own and are never erased."""


class Clock(Protocol):
    """Wall time (aware, UTC) and monotonic nanoseconds."""

    def now(self) -> datetime: ...
    def tick(self) -> int: ...


class IdSource(Protocol):
    """UUIDv7 as text."""

    def new(self) -> str: ...


class KeySource(Protocol):
    """Random bytes."""

    def take(self, count: int) -> bytes: ...


_HEAD = Quick(
    select(t.journal.c.epoch, t.journal.c.seq, t.journal.c.hash)
    .where(t.journal.c.counter == bindparam("counter"))
    .order_by(t.journal.c.epoch.desc(), t.journal.c.seq.desc())
    .limit(1)
)
_ADD_ENTRY = Quick(insert(t.journal))
_ADD_PAYLOAD = Quick(insert(t.payloads))
_ADD_ANCHOR = insert(t.anchors)


class Journal:
    """Appends to one counter's chain. Safe from any thread: each call uses the caller's connection.

    `server_offset` answers the difference to the last signed server time in milliseconds, or
    None while none was seen.
    """

    def __init__(
        self,
        counter: str,
        realm: str,
        signer: Signer,
        clock: Clock,
        ids: IdSource,
        keys: KeySource,
        server_offset: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.counter = counter
        self.realm = str(realm)
        self._signer = signer
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._server_offset = server_offset

    def now(self) -> datetime:
        """The moment that the next entry will bear."""
        return self._clock.now()

    def append(
        self,
        connection: Connection,
        *,
        act: str,
        subject: str,
        officer: str | None = None,
        session: str | None = None,
        payload: Mapping[str, Any] | None = None,
        approvals: Sequence[Approval] = (),
        data_class: str = "case",
        parts: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Add one act inside the caller's write transaction.

        `payload` may hold what `db.chain.plain` knows; `officer` stays None for acts of the
        program and the centre. `parts` stand beside it under the same digest (see PARTS): what
        the act changed, for whoever keeps a replica.
        """
        head = self.head(connection)
        return self._add(
            connection,
            head,
            head.epoch,
            act=act,
            subject=subject,
            officer=officer,
            session=session,
            payload=payload or {},
            approvals=tuple(approvals),
            data_class=data_class,
            parts=parts or {},
        )

    def open_epoch(
        self, connection: Connection, reason: str, *, fork: Head | None = None, epoch: int = 0
    ) -> Entry:
        """Go on in a new epoch, after a restore or when a clone was detected.

        It forks from the head, or from an earlier entry of this store (`fork`) where what stands
        behind that one can't be part of the chain any more. `epoch` is the least that the new one
        may have, for where another store has opened some already.
        """
        head = self.head(connection)
        return self._add(
            connection,
            fork or head,
            max(head.epoch + 1, epoch),
            act=EPOCH_OPENED,
            subject=f"counter:{self.counter}",
            officer=None,
            session=None,
            payload={
                "reason": reason,
                "from_epoch": (fork or head).epoch,
                "from_seq": (fork or head).seq,
            },
            approvals=(),
            data_class=KEPT_CLASS,
        )

    def head(self, connection: Connection) -> Head:
        """Where the chain stands as this connection sees it."""
        return head_of(connection, self.counter)

    def erase(
        self,
        connection: Connection,
        entry_ids: Sequence[str],
        *,
        reason: str,
        officer: str | None = None,
        session: str | None = None,
    ) -> Entry:
        """Erase payloads whose retention has ended; the act names the entries they belonged to.

        Raises ValueError for payloads the journal needs itself.
        """
        ids = sorted(set(entry_ids))
        for some in _chunks(ids):
            rows = select(t.payloads.c.entry_id).where(
                t.payloads.c.entry_id.in_(some), t.payloads.c.data_class == KEPT_CLASS
            )
            if connection.execute(rows).first() is not None:
                raise ValueError("the journal's own payloads are kept")
        for some in _chunks(ids):
            connection.execute(delete(t.payloads).where(t.payloads.c.entry_id.in_(some)))
        return self.append(
            connection,
            act=ERASED,
            subject=f"counter:{self.counter}",
            officer=officer,
            session=session,
            payload={"entries": ids, "reason": reason},
            data_class=KEPT_CLASS,
        )

    def anchor(
        self, connection: Connection, signer: Signer, *, officer: str, kind: str = "shift_close"
    ) -> Anchor:
        """Have somebody (the supervisor at shift close) sign the head as it stands, and keep it."""
        head = self.head(connection)
        draft = Anchor(
            self.counter,
            AnchorKind(kind).value,
            head.epoch,
            head.seq,
            head.hash,
            iso(self._clock.now()),
            officer,
            signer.key_id,
            "",
        )
        signature = signer.sign(draft.statement(self.realm)).hex()
        anchor = dataclasses.replace(draft, signature=signature)
        put_anchor(connection, anchor)
        return anchor

    def _add(
        self,
        connection: Connection,
        head: Head,
        epoch: int,
        *,
        act: str,
        subject: str,
        officer: str | None,
        session: str | None,
        payload: Mapping[str, Any],
        approvals: tuple[Approval, ...],
        data_class: str,
        parts: Mapping[str, Any] = {},
    ) -> Entry:
        body = payload_body(payload, self._keys.take(SALT_BYTES), parts)
        draft = Entry(
            counter=self.counter,
            epoch=epoch,
            seq=head.seq + 1,
            entry_id=self._ids.new(),
            realm=self.realm,
            time=iso(self._clock.now()),
            offset_ms=self._server_offset(),
            # Microseconds: nanoseconds leave JSON's exact integers after 104 days of running.
            tick_us=self._clock.tick() // 1000,
            officer=officer,
            session=session,
            act=act,
            subject=subject,
            version=ENTRY_VERSION,
            approvals=approvals,
            payload_digest=hashlib.sha256(body).hexdigest(),
            previous=head.hash,
            key_id=self._signer.key_id,
            hash="",
            signature="",
        )
        row = entry_body(draft)
        digest = hashlib.sha256(canonical(row)).digest()
        signature = self._signer.sign(digest).hex()
        del row["type"]
        row["approvals"] = canonical(row["approvals"]).decode() if approvals else "[]"
        row["hash"] = digest.hex()
        row["signature"] = signature
        _ADD_ENTRY.run(connection, row)
        _ADD_PAYLOAD.run(
            connection,
            {
                "entry_id": draft.entry_id,
                "digest": draft.payload_digest,
                "body": body.decode(),
                "data_class": data_class,
            },
        )
        return dataclasses.replace(draft, hash=row["hash"], signature=signature)


def payload_body(payload: Mapping[str, Any], salt: bytes, parts: Mapping[str, Any] = {}) -> bytes:
    """The canonical text of a payload with its salt; its SHA-256 is what the entry names.

    Without the salt, the digest of an erased payload could be guessed from a list of people.
    """
    more = {name: plain(value) for name, value in parts.items() if value}
    return canonical({**more, "content": plain(payload), "salt": salt.hex()})


def head_of(connection: Connection, counter: str) -> Head:
    """Where one counter's chain stands."""
    row = _HEAD.first(connection, {"counter": counter})
    return Head(1, 0, BEGINNING) if row is None else Head(*row)


def entry_from_fields(fields: dict[str, Any]) -> Entry:
    """An entry from the columns of its row; raises ValueError when its approvals don't parse."""
    read: dict[str, Any] = {**fields, "approvals": read_approvals(fields["approvals"])}
    return Entry(**read)


_WALK = (
    select(t.journal)
    .where(t.journal.c.counter == bindparam("counter"))
    .order_by(t.journal.c.epoch, t.journal.c.seq)
)


def entries(
    connection: Connection, counter: str, *, subject: str | None = None, after: int = 0
) -> Iterator[Entry]:
    """Entries in order, from `after` (a seq) on; `subject` narrows to one thing's history."""
    query = _WALK.where(t.journal.c.seq > after)
    if subject is not None:
        query = query.where(t.journal.c.subject == subject)
    for row in connection.execute(query, {"counter": counter}).yield_per(500).mappings():
        yield entry_from_fields(dict(row))


def payload_of(connection: Connection, entry_id: str) -> dict[str, Any] | None:
    """What an entry is about, or None when it was erased."""
    query = select(t.payloads.c.body).where(t.payloads.c.entry_id == entry_id)
    body = connection.execute(query).scalar()
    return None if body is None else json.loads(body)["content"]


def put_anchor(connection: Connection, anchor: Anchor) -> None:
    """Keep a signed head; a head that is kept already is left as it is."""
    key = {name: getattr(anchor, name) for name in ("counter", "kind", "epoch", "seq")}
    if connection.execute(select(t.anchors.c.seq).filter_by(**key)).first() is None:
        connection.execute(_ADD_ANCHOR, dataclasses.asdict(anchor))


def anchors_of(connection: Connection, counter: str) -> list[Anchor]:
    """Every signed head of a counter, oldest first."""
    query = (
        select(t.anchors)
        .where(t.anchors.c.counter == counter)
        .order_by(t.anchors.c.epoch, t.anchors.c.seq, t.anchors.c.kind)
    )
    return [Anchor(**row) for row in connection.execute(query).mappings()]


def put_certificate(
    connection: Connection, *, key_id: str, role: str, subject: str, body: str
) -> None:
    """Keep a certificate; one that is kept already is left as it is."""
    known = select(t.certificates.c.key_id).where(t.certificates.c.key_id == key_id)
    if connection.execute(known).first() is None:
        row = {"key_id": key_id, "role": role, "subject": subject, "body": body}
        connection.execute(insert(t.certificates), row)


def certificates_of(connection: Connection) -> list[str]:
    """The canonical texts of all certificates, by key id."""
    query = select(t.certificates.c.body).order_by(t.certificates.c.key_id)
    return list(connection.execute(query).scalars())


def _chunks(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
