"""The journal as a file: what is handed to an inspector, and read back to be checked.

JSON Lines, each line in RFC 8785 form with bytes as lowercase hex: a header (format, realm,
counter, epochs, certificates, anchors), each entry followed by its payload unless that was
erased, and a trailer with the head and a signature over the SHA-256 of all lines before it.
A line that isn't canonical is a fault, so one journal has one file.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, func, select

from db import tables as t
from db.chain import (
    Anchor,
    Entry,
    Head,
    Signer,
    approvals_from,
    canonical,
    iso,
    plain,
    sealed_body,
    signature_fits,
)
from db.errors import JournalUnreadable
from db.journal import PARTS, anchors_of, certificates_of, entry_from_fields, head_of
from db.journal_check import (
    COUNTER_ROLE,
    Fault,
    FaultKind,
    Item,
    KeyOf,
    Verdict,
    Witness,
    check,
)

FORMAT = "loket-journal"
VERSION = 1
LONGEST_LINE = 64 * 1024 * 1024

_ENTRY_FIELDS = frozenset(field.name for field in dataclasses.fields(Entry))
_WHOLE = frozenset(("epoch", "seq", "tick_us", "version"))
_OPTIONAL = frozenset(("offset_ms", "officer", "session"))
_TEXT = _ENTRY_FIELDS - _WHOLE - _OPTIONAL - {"approvals"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    head: Head
    entries: int
    payloads: int
    sha: str


class _Sink:
    """Writes canonical lines and keeps the digest of all of them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.digest = hashlib.sha256()

    def line(self, value: dict[str, Any]) -> None:
        raw = canonical(value) + b"\n"
        self.digest.update(raw)
        self._out.write(raw)


def write_export(
    connection: Connection,
    out: BinaryIO,
    *,
    counter: str,
    realm: str,
    signer: Signer,
    at: datetime,
    certificates: Sequence[str] = (),
) -> Exported:
    """Write one counter's whole journal, as this connection's snapshot has it.

    `certificates` (canonical texts) go into the header beside those that the store holds.
    """
    sink = _Sink(out)
    sink.line(_header(connection, counter, realm, certificates))
    query = (
        select(t.journal, t.payloads.c.body)
        .outerjoin(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
        .where(t.journal.c.counter == counter)
        .order_by(t.journal.c.epoch, t.journal.c.seq)
    )
    entries = payloads = 0
    for row in connection.execute(query).yield_per(500).mappings():
        fields: dict[str, Any] = dict(row)
        body = fields.pop("body")
        entry = entry_from_fields(fields)
        entries += 1
        sink.line(sealed_body(entry))
        if body is not None:
            payloads += 1
            named = {"type": "payload", "entry_id": entry.entry_id, "digest": entry.payload_digest}
            sink.line({**named, **json.loads(body)})
    head = head_of(connection, counter)
    trailer = {
        "type": "trailer",
        "realm": realm,
        "counter": counter,
        "head": plain(head),
        "entries": entries,
        "payloads": payloads,
        "time": iso(at),
        "digest": sink.digest.hexdigest(),
        "key_id": signer.key_id,
    }
    sink.line({**trailer, "signature": signer.sign(canonical(trailer)).hex()})
    return Exported(head, entries, payloads, sink.digest.hexdigest())


def _header(
    connection: Connection, counter: str, realm: str, more: Sequence[str]
) -> dict[str, Any]:
    epochs = (
        select(
            t.journal.c.epoch,
            func.min(t.journal.c.seq).label("first"),
            func.max(t.journal.c.seq).label("last"),
        )
        .where(t.journal.c.counter == counter)
        .group_by(t.journal.c.epoch)
        .order_by(t.journal.c.epoch)
    )
    certificates = {*certificates_of(connection), *more}
    return {
        "type": "header",
        "format": FORMAT,
        "version": VERSION,
        "realm": realm,
        "counter": counter,
        "epochs": [dict(row) for row in connection.execute(epochs).mappings()],
        "certificates": [json.loads(body) for body in sorted(certificates)],
        "anchors": [plain(anchor) for anchor in anchors_of(connection, counter)],
    }


@dataclass(slots=True)
class Export:
    """An export being read: the header at once, the rest as `items` is walked."""

    stream: BinaryIO
    realm: str
    counter: str
    certificates: list[dict[str, Any]]
    anchors: list[Anchor]
    digest: Any
    faults: list[Fault] = field(default_factory=list)
    trailer: dict[str, Any] | None = None
    _line: int = 1
    _last: Entry | None = None
    _counts: list[int] = field(default_factory=lambda: [0, 0])

    def items(self) -> Iterator[Item]:
        """Entries with their payloads; what can't be read becomes a fault and is passed over."""
        held: Item | None = None
        while raw := self.stream.readline(LONGEST_LINE):
            self._line += 1
            value = _parse(raw)
            if self.trailer is not None:
                self._fault(FaultKind.TRAILER)
            elif value is None:
                self._fault(FaultKind.NOT_CANONICAL)
            elif value.get("type") == "payload":
                if held is None or not _belongs(value, held):
                    self._fault(FaultKind.PAYLOAD_STRAY)
                else:
                    self._counts[1] += 1
                    yield dataclasses.replace(held, payload=_body(value))
                    held = None
            else:
                if held is not None:
                    yield held
                held = None
                if value.get("type") == "trailer":
                    self.trailer = {**value, "_before": self.digest.hexdigest()}
                elif (entry := _entry(value)) is not None:
                    held = Item(entry, line=self._line)
                    self._last = entry
                    self._counts[0] += 1
                else:
                    self._fault(FaultKind.NOT_CANONICAL)
            self.digest.update(raw)
        if held is not None:
            yield held

    def closing_faults(self, key_of: KeyOf) -> list[Fault]:
        """Faults of the reading and of the trailer, once `items` has been walked."""
        if not self._trailer_fits(key_of):
            self._fault(FaultKind.TRAILER)
        return self.faults

    def _trailer_fits(self, key_of: KeyOf) -> bool:
        if self.trailer is None:
            return False
        body = dict(self.trailer)
        before, signature = body.pop("_before"), body.pop("signature", "")
        head = plain(Head(self._last.epoch, self._last.seq, self._last.hash)) if self._last else {}
        public = key_of(str(body.get("key_id")), COUNTER_ROLE, self.counter, str(body.get("time")))
        return (
            public is not None
            and body.get("digest") == before
            and [body.get("entries"), body.get("payloads")] == self._counts
            and (not self._last or body.get("head") == head)
            and body.get("realm") == self.realm
            and body.get("counter") == self.counter
            and signature_fits(public, str(signature), canonical(body))
        )

    def _fault(self, kind: FaultKind) -> None:
        epoch, seq = (self._last.epoch, self._last.seq) if self._last else (0, 0)
        self.faults.append(Fault(epoch, seq, kind, line=self._line))


def read_export(stream: BinaryIO) -> Export:
    """Begin to read; raises JournalUnreadable when this isn't a journal's export at all."""
    raw = stream.readline(LONGEST_LINE)
    value = _parse(raw)
    if value is None or value.get("type") != "header" or value.get("format") != FORMAT:
        raise JournalUnreadable("header")
    if value.get("version") != VERSION:
        raise JournalUnreadable("version")
    try:
        anchors = [Anchor(**anchor) for anchor in value["anchors"]]
        certificates = [dict(certificate) for certificate in value["certificates"]]
        realm, counter = str(value["realm"]), str(value["counter"])
    except (KeyError, TypeError, ValueError) as error:
        raise JournalUnreadable("header") from error
    return Export(stream, realm, counter, certificates, anchors, hashlib.sha256(raw))


def check_export(export: Export, *, key_of: KeyOf, witnesses: Sequence[Witness] = ()) -> Verdict:
    """Check an export that was just begun to be read."""
    return check(
        export.items(),
        counter=export.counter,
        realm=export.realm,
        key_of=key_of,
        anchors=export.anchors,
        witnesses=witnesses,
        known=lambda: export.closing_faults(key_of),
    )


def _parse(raw: bytes) -> dict[str, Any] | None:
    """The object on a line, or None when the line isn't its own canonical form."""
    try:
        value = json.loads(raw)
        if isinstance(value, dict) and canonical(value) + b"\n" == raw:
            return value
    except (ValueError, RecursionError):
        pass  # CanonicalizationError and UnicodeDecodeError are ValueErrors
    return None


def _entry(value: dict[str, Any]) -> Entry | None:
    fields = dict(value)
    if fields.pop("type", None) != "entry" or fields.keys() != _ENTRY_FIELDS:
        return None
    if not all(isinstance(fields[name], str) for name in _TEXT):
        return None
    if not all(type(fields[name]) is int for name in _WHOLE):
        return None
    try:
        fields["approvals"] = approvals_from(fields["approvals"])
    except ValueError:
        return None
    return Entry(**fields)


def _belongs(value: dict[str, Any], held: Item) -> bool:
    return (
        held.entry is not None
        and value.get("entry_id") == held.entry.entry_id
        and value.keys() - PARTS == {"type", "entry_id", "digest", "content", "salt"}
        and value["digest"] == held.entry.payload_digest
    )


def _body(value: dict[str, Any]) -> str:
    kept = {name: value[name] for name in value if name in PARTS | {"content", "salt"}}
    return canonical(kept).decode()
