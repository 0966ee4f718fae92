"""What one entry of the journal is, in canonical form, and what is signed about it.

An entry's hash is SHA-256 over its RFC 8785 JSON without hash and signature; the counter's key
signs the 32 bytes of the hash. Everything else that is signed (approvals, anchors, trailers) is
itself an RFC 8785 object that names its type and realm, so none can pass for another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Protocol

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ENTRY_VERSION = 1
BEGINNING = "0" * 64
"""What the first entry names as its previous hash."""
WITNESS_HEX = 32
"""A receipt carries 16 bytes of the head."""


class Signer(Protocol):
    """Whoever can sign: the counter, an officer, later a smart card."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


class AnchorKind(StrEnum):
    """Who signed a head."""

    SHIFT_CLOSE = "shift_close"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Approval:
    """An officer's signature over (act, subject, content digest, time); times are ISO, UTC."""

    officer: str
    act: str
    subject: str
    digest: str
    time: str
    key_id: str
    signature: str

    def statement(self, realm: str) -> bytes:
        """The bytes that were signed."""
        return canonical(
            {
                "type": "approval",
                "realm": realm,
                "officer": self.officer,
                "act": self.act,
                "subject": self.subject,
                "digest": self.digest,
                "time": self.time,
            }
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `payload_digest` binds what the act is about, which is kept apart."""

    counter: str
    epoch: int
    seq: int
    entry_id: str
    realm: str
    time: str
    offset_ms: int | None
    tick_us: int
    officer: str | None
    session: str | None
    act: str
    subject: str
    version: int
    approvals: tuple[Approval, ...]
    payload_digest: str
    previous: str
    key_id: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands. The head of an empty chain has seq 0."""

    epoch: int
    seq: int
    hash: str

    @property
    def witness(self) -> str:
        """What a receipt carries: `SEQ:` and the first 16 bytes of the hash as hex."""
        return f"{self.seq}:{self.hash[:WITNESS_HEX]}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that somebody else than the counter signed."""

    counter: str
    kind: str
    epoch: int
    seq: int
    hash: str
    time: str
    officer: str | None
    key_id: str
    signature: str

    def statement(self, realm: str) -> bytes:
        """The bytes that were signed."""
        fields = plain(self)
        del fields["signature"], fields["key_id"]
        return canonical({"type": "anchor", "realm": realm, **fields})


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a value that is plain already.

    Of nearly all that is written here they are the same as sorted JSON, which takes a tenth of the
    time; a test holds both together.
    """
    if _sorts_alike(value):
        try:
            return msgspec.json.encode(value, order="sorted")
        except UnicodeEncodeError:
            pass  # half a character: rfc8785 has the word for it
    return rfc8785.dumps(value)


_EXACT = 2**53 - 1
"""RFC 8785 refuses integers beyond what a double holds exactly."""


def _sorts_alike(value: Any) -> bool:
    """No floats (their text differs), names of ASCII (others sort by UTF-16), exact integers."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_EXACT <= value <= _EXACT
    if kind is dict:
        return all(
            type(name) is str and name.isascii() and _sorts_alike(one)
            for name, one in value.items()
        )
    return kind is list and all(_sorts_alike(one) for one in value)


def digest_of(value: Any) -> str:
    """SHA-256 (hex) over the canonical form: the content digest that approvals sign."""
    return hashlib.sha256(canonical(plain(value))).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON can hold it: bytes as lowercase hex, moments in UTC, enums by value."""
    match value:
        case None | bool() | float():
            return value
        case Enum():
            return plain(value.value)
        case int():
            return int(value)
        case str():
            return _clean(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case Sequence():
            return [plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = dataclasses.fields(value)
            return {field.name: plain(getattr(value, field.name)) for field in fields}
        case _:
            raise TypeError(f"the journal can't hold a {type(value).__name__}")


def _clean(value: str) -> str:
    # Half of a surrogate pair (a bad paste) isn't Unicode text and has no canonical form.
    if value.isascii():
        return str(value)
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def iso(moment: datetime) -> str:
    """A moment as the journal writes it: UTC, microseconds, 27 characters."""
    if moment.tzinfo is None:
        raise ValueError("the journal needs aware times")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_body(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON without hash and signature: what is hashed."""
    return {
        "type": "entry",
        "counter": entry.counter,
        "epoch": entry.epoch,
        "seq": entry.seq,
        "entry_id": entry.entry_id,
        "realm": entry.realm,
        "time": entry.time,
        "offset_ms": entry.offset_ms,
        "tick_us": entry.tick_us,
        "officer": entry.officer,
        "session": entry.session,
        "act": entry.act,
        "subject": entry.subject,
        "version": entry.version,
        "approvals": [approval_body(approval) for approval in entry.approvals],
        "payload_digest": entry.payload_digest,
        "previous": entry.previous,
        "key_id": entry.key_id,
    }


def sealed_body(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON with hash and signature: as it is exported and sent."""
    return {**entry_body(entry), "hash": entry.hash, "signature": entry.signature}


def approval_body(approval: Approval) -> dict[str, Any]:
    """An approval as plain JSON."""
    return {field.name: getattr(approval, field.name) for field in dataclasses.fields(Approval)}


def hash_of(entry: Entry) -> str:
    """The hash an entry must have."""
    return hashlib.sha256(canonical(entry_body(entry))).hexdigest()


def approve(
    signer: Signer, realm: str, *, officer: str, act: str, subject: str, digest: str, at: datetime
) -> Approval:
    """An officer signs that `act` may be done to `subject` with exactly this content."""
    draft = Approval(officer, act, subject, digest, iso(at), signer.key_id, "")
    return dataclasses.replace(draft, signature=signer.sign(draft.statement(realm)).hex())


def signature_fits(public: bytes, signature_hex: str, message: bytes) -> bool:
    """True when the Ed25519 signature (hex) over `message` is by this key.

    Other hex of the same bytes doesn't fit: no hash covers a signature, so one that could be
    written in two ways would let a file change unseen.
    """
    try:
        signature = bytes.fromhex(signature_hex)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return signature.hex() == signature_hex


def read_approvals(body: str) -> tuple[Approval, ...]:
    """Approvals from their canonical text; raises ValueError for anything else."""
    if body == "[]":
        return ()
    return approvals_from(json.loads(body))


def approvals_from(items: Any) -> tuple[Approval, ...]:
    """Approvals from plain JSON; raises ValueError when a field is missing or strange."""
    try:
        made = tuple(Approval(**item) for item in items)
    except TypeError as error:
        raise ValueError("not an approval") from error
    if not all(isinstance(value, str) for a in made for value in approval_body(a).values()):
        raise ValueError("not an approval")
    return made
