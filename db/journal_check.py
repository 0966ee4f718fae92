"""Check a chain: find every edit, deletion and reorder, and any cut behind an anchor.

The walk is one pass in the order in which entries are given. It doesn't stop at a fault: each is
named with its place. Keys come from the caller (`KeyOf`), who knows certificates and roots.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rfc8785 import CanonicalizationError
from sqlalchemy import Connection, func, select

from db import tables as t
from db.chain import (
    BEGINNING,
    WITNESS_HEX,
    Anchor,
    AnchorKind,
    Entry,
    Head,
    canonical,
    hash_of,
    signature_fits,
)
from db.journal import EPOCH_OPENED, ERASED, anchors_of, entry_from_fields

KeyOf = Callable[[str, str, str, str], bytes | None]
"""(key id, role, subject, time) -> the public key, or None when nobody vouches for it."""

COUNTER_ROLE = "counter"
OFFICER_ROLE = "officer"
NOTARY_ROLE = "notary"


class FaultKind(StrEnum):
    """What can be wrong at one place of a journal."""

    NOT_CANONICAL = "not_canonical"
    EDITED = "edited"
    FORGED = "forged"
    DELETED = "deleted"
    REORDERED = "reordered"
    BROKEN_LINK = "broken_link"
    FOREIGN = "foreign"
    UNKNOWN_KEY = "unknown_key"
    APPROVAL_FORGED = "approval_forged"
    PAYLOAD_EDITED = "payload_edited"
    PAYLOAD_MISSING = "payload_missing"
    PAYLOAD_STRAY = "payload_stray"
    ANCHOR_FORGED = "anchor_forged"
    ANCHOR_MISMATCH = "anchor_mismatch"
    CUT = "cut"
    TRAILER = "trailer"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: entries `seq` to `until` of `epoch`; `line` is 0 where there are no lines."""

    epoch: int
    seq: int
    kind: FaultKind
    until: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Witness:
    """What a receipt bears of the head at its time."""

    seq: int
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Witness:
        """From `SEQ:HEX` with 16 bytes of hex; raises ValueError for anything else."""
        seq, _, prefix = text.strip().lower().partition(":")
        if len(bytes.fromhex(prefix)) * 2 != WITNESS_HEX or len(prefix) != WITNESS_HEX:
            raise ValueError("an anchor carries 16 bytes")
        return cls(int(seq), prefix)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry with its payload's canonical text; `entry` is None where it couldn't be read."""

    entry: Entry | None
    payload: str | None = None
    line: int = 0
    epoch: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `unanchored` entries stand after the last anchor that fits."""

    counter: str
    realm: str
    head: Head
    entries: int
    payloads: int
    erased: int
    anchored: int
    unanchored: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


@dataclass(slots=True)
class _Walk:
    counter: str
    realm: str
    key_of: KeyOf
    anchors: dict[tuple[int, int], list[Anchor]]
    witnesses: list[Witness]
    last: Entry | None = None
    entries: int = 0
    payloads: int = 0
    anchored: int = 0
    since_anchor: int = 0
    gaps: list[tuple[int, int, int, int]] = field(default_factory=list)
    missing: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, kind: FaultKind, entry: Entry, line: int = 0) -> None:
        self.faults.append(Fault(entry.epoch, entry.seq, kind, line=line))

    def take(self, item: Item) -> None:
        entry = item.entry
        if entry is None:
            self.faults.append(Fault(item.epoch, item.seq, FaultKind.EDITED, line=item.line))
            return
        self.entries += 1
        if entry.counter != self.counter or entry.realm != self.realm:
            self.fault(FaultKind.FOREIGN, entry, item.line)
        self._seal(entry, item.line)
        self._place(entry, item.line)
        self._payload(entry, item)
        self._anchor(entry)

    def _seal(self, entry: Entry, line: int) -> None:
        try:
            fits = hash_of(entry) == entry.hash
        except CanonicalizationError:
            fits = False
        if not fits:
            self.fault(FaultKind.EDITED, entry, line)
            return
        public = self.key_of(entry.key_id, COUNTER_ROLE, entry.counter, entry.time)
        if public is None:
            self.fault(FaultKind.UNKNOWN_KEY, entry, line)
        elif not signature_fits(public, entry.signature, bytes.fromhex(entry.hash)):
            self.fault(FaultKind.FORGED, entry, line)
        for approval in entry.approvals:
            key = self.key_of(approval.key_id, OFFICER_ROLE, approval.officer, approval.time)
            statement = approval.statement(entry.realm)
            if key is None:
                self.fault(FaultKind.UNKNOWN_KEY, entry, line)
            elif not signature_fits(key, approval.signature, statement):
                self.fault(FaultKind.APPROVAL_FORGED, entry, line)

    def _place(self, entry: Entry, line: int) -> None:
        last = self.last
        if last is None:
            self._after(entry, 1, 0, BEGINNING, line)
        elif entry.epoch == last.epoch:
            self._after(entry, last.epoch, last.seq, last.hash, line)
        elif entry.epoch < last.epoch:
            self._out_of_order(entry, line)
        else:
            # A new epoch forks from an entry at or before the last one; anchors of the former
            # epoch still show whether something was cut off behind the fork. Epochs between may
            # have been opened by another store of this counter.
            forks = entry.act == EPOCH_OPENED
            if not forks:
                self.fault(FaultKind.BROKEN_LINK, entry, line)
                self.last = entry
            elif entry.seq > last.seq:
                self._after(entry, last.epoch, last.seq, last.hash, line)
            else:
                self.last = entry

    def _after(self, entry: Entry, epoch: int, seq: int, link: str, line: int) -> None:
        if entry.seq <= seq:
            self._out_of_order(entry, line)
            return
        if entry.seq > seq + 1:
            self.gaps.append((epoch, seq + 1, entry.seq - 1, line))
        elif entry.previous != link:
            self.fault(FaultKind.BROKEN_LINK, entry, line)
        self.last = entry

    def _out_of_order(self, entry: Entry, line: int) -> None:
        self.fault(FaultKind.REORDERED, entry, line)
        for gap in self.gaps:
            epoch, low, high, at = gap
            if epoch == entry.epoch and low <= entry.seq <= high:
                self.gaps.remove(gap)
                parts = ((low, entry.seq - 1), (entry.seq + 1, high))
                self.gaps += [(epoch, a, b, at) for a, b in parts if a <= b]
                return

    def _payload(self, entry: Entry, item: Item) -> None:
        if item.payload is None:
            self.missing[entry.entry_id] = (entry.epoch, entry.seq, item.line)
            return
        self.payloads += 1
        content = _content(item.payload, entry.payload_digest)
        if content is None:
            self.fault(FaultKind.PAYLOAD_EDITED, entry, item.line)
        elif entry.act == ERASED:
            self.erased.update(str(entry_id) for entry_id in content.get("entries", ()))

    def _anchor(self, entry: Entry) -> None:
        self.since_anchor += 1
        fits = False
        for anchor in self.anchors.pop((entry.epoch, entry.seq), ()):
            if anchor.hash == entry.hash:
                fits = True
            else:
                self.fault(FaultKind.ANCHOR_MISMATCH, entry)
        for witness in [w for w in self.witnesses if w.seq == entry.seq]:
            if entry.hash.startswith(witness.prefix):
                fits = True
                self.witnesses.remove(witness)
        if fits:
            self.anchored = entry.seq
            self.since_anchor = 0

    def finish(self) -> None:
        for epoch, low, high, line in self.gaps:
            self.faults.append(Fault(epoch, low, FaultKind.DELETED, high, line))
        for entry_id, (epoch, seq, line) in self.missing.items():
            if entry_id not in self.erased:
                self.faults.append(Fault(epoch, seq, FaultKind.PAYLOAD_MISSING, line=line))
        for (epoch, seq), _ in self.anchors.items():
            if seq:
                self.faults.append(Fault(epoch, seq, FaultKind.CUT))
        end = self.last.seq if self.last else 0
        for witness in self.witnesses:
            kind = FaultKind.CUT if witness.seq > end else FaultKind.ANCHOR_MISMATCH
            self.faults.append(Fault(self.last.epoch if self.last else 1, witness.seq, kind))


def _content(body: str, digest: str) -> dict[str, Any] | None:
    """A payload's content, or None when it isn't the canonical text the digest is of."""
    raw = body.encode("utf-8", "surrogatepass")
    if hashlib.sha256(raw).hexdigest() != digest:
        return None
    try:
        value = json.loads(body)
        if canonical(value) != raw:
            return None
    except (ValueError, RecursionError):
        return None
    content = value.get("content") if isinstance(value, dict) else None
    return content if isinstance(content, dict) else None


def check(
    items: Iterable[Item],
    *,
    counter: str,
    realm: str,
    key_of: KeyOf,
    anchors: Sequence[Anchor] = (),
    witnesses: Sequence[Witness] = (),
    known: Callable[[], Sequence[Fault]] = tuple,
) -> Verdict:
    """Walk a chain and judge it; `known` adds, at the end, faults that the reader found itself."""
    walk = _Walk(counter, realm, key_of, {}, list(witnesses))
    for anchor in anchors:
        if not _anchor_fits(anchor, counter, realm, key_of):
            fault = Fault(anchor.epoch, anchor.seq, FaultKind.ANCHOR_FORGED)
            walk.faults.append(fault)
            continue
        walk.anchors.setdefault((anchor.epoch, anchor.seq), []).append(anchor)
    for item in items:
        walk.take(item)
    walk.finish()
    last = walk.last
    return Verdict(
        counter=counter,
        realm=realm,
        head=Head(last.epoch, last.seq, last.hash) if last else Head(1, 0, BEGINNING),
        entries=walk.entries,
        payloads=walk.payloads,
        erased=len(walk.missing.keys() & walk.erased),
        anchored=walk.anchored,
        unanchored=walk.since_anchor,
        faults=tuple(sorted({*walk.faults, *known()})),
    )


def _anchor_fits(anchor: Anchor, counter: str, realm: str, key_of: KeyOf) -> bool:
    role, subject = OFFICER_ROLE, anchor.officer or ""
    if anchor.kind == AnchorKind.CENTRE:
        role, subject = NOTARY_ROLE, ""
    public = key_of(anchor.key_id, role, subject, anchor.time)
    return (
        public is not None
        and anchor.counter == counter
        and signature_fits(public, anchor.signature, anchor.statement(realm))
    )


def check_store(
    connection: Connection,
    *,
    counter: str,
    realm: str,
    key_of: KeyOf,
    witnesses: Sequence[Witness] = (),
) -> Verdict:
    """Check the chain a store holds, as it stands for this connection."""
    return check(
        _rows(connection, counter),
        counter=counter,
        realm=realm,
        key_of=key_of,
        anchors=anchors_of(connection, counter),
        witnesses=witnesses,
        known=lambda: _strays(connection, counter),
    )


def _rows(connection: Connection, counter: str) -> Iterator[Item]:
    query = (
        select(t.journal, t.payloads.c.body)
        .outerjoin(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
        .where(t.journal.c.counter == counter)
        .order_by(t.journal.c.epoch, t.journal.c.seq)
    )
    for row in connection.execute(query).yield_per(500).mappings():
        fields: dict[str, Any] = dict(row)
        body = fields.pop("body")
        try:
            yield Item(entry_from_fields(fields), body)
        except (ValueError, TypeError):
            yield Item(None, epoch=int(row["epoch"]), seq=int(row["seq"]))


def _strays(connection: Connection, counter: str) -> list[Fault]:
    """Rows that belong to no entry of this counter: nothing of the program writes such."""
    found: list[Fault] = []
    foreign = select(t.journal.c.epoch, t.journal.c.seq).where(t.journal.c.counter != counter)
    found += [Fault(r.epoch, r.seq, FaultKind.FOREIGN) for r in connection.execute(foreign)]
    stray = (
        select(func.count())
        .select_from(t.payloads)
        .outerjoin(t.journal, t.payloads.c.entry_id == t.journal.c.entry_id)
        .where(t.journal.c.entry_id.is_(None))
    )
    if connection.execute(stray).scalar():
        found.append(Fault(0, 0, FaultKind.PAYLOAD_STRAY))
    return found
