"""COSE_Sign1 (RFC 9052, section 4.2), as far as a seal needs it.

Tagged 18, algorithm and key id in the protected header, nothing unprotected, no external data.
What is read must be the deterministic encoding (RFC 8949, section 4.2) of itself, so that one
statement has one seal and no byte can hide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import cast

import cbor2

from desktop.keys.signer import ES256_PUBLIC, Signer, verifies

TAG = 18
KID_BYTES = 8
LONGEST = 1_000_000
"""Bytes that are looked at; a signed list of withdrawn cards is the longest."""

_ALG, _KID = 1, 4


class Algorithm(IntEnum):
    """The registered numbers of the two algorithms."""

    EDDSA = -8
    ES256 = -7


class NotCose(ValueError):
    """The bytes are no COSE_Sign1 in the form that a seal has; the text says where it broke."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it was read; nothing is believed before `holds`."""

    algorithm: Algorithm
    kid: bytes
    payload: bytes
    signature: bytes
    signed: bytes

    def holds(self, public: bytes) -> bool:
        """Whether the key of this public half signed it."""
        return algorithm_of(public) is self.algorithm and verifies(
            public, self.signature, self.signed
        )


def algorithm_of(public: bytes) -> Algorithm:
    """Which algorithm a public key is for: P-256 points are compressed, 33 bytes."""
    return Algorithm.ES256 if len(public) == ES256_PUBLIC else Algorithm.EDDSA


def kid_of(key_id: str) -> bytes:
    """The key id of a header: the first 8 bytes of the public key's SHA-256."""
    return bytes.fromhex(key_id)[:KID_BYTES]


def dumps(value: object) -> bytes:
    """Deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def loads(data: bytes) -> object:
    """CBOR in its deterministic form. Raises NotCose for any other."""
    if len(data) > LONGEST:
        raise NotCose("too long")
    try:
        value = cbor2.loads(data)
        again = dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotCose("no CBOR") from error
    if again != data:
        raise NotCose("not in its one form")
    return value


def sign1(payload: bytes, signer: Signer) -> bytes:
    """The payload, signed."""
    protected = _header(algorithm_of(signer.public), signer.key_id)
    signature = signer.sign(_to_sign(protected, payload))
    return b"".join((_OPENING, protected, _NOTHING_LOOSE, _string(payload), _string(signature)))


def read1(data: bytes) -> Signed:
    """A message, not yet believed. Raises NotCose."""
    outer = loads(data)
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != TAG:
        raise NotCose("not tagged as signed")
    match outer.value:
        case [bytes() as protected, dict() as loose, bytes() as payload, bytes() as signature] if (
            not loose
        ):
            header = loads(protected)
        case _:
            raise NotCose("not four parts")
    if not isinstance(header, dict):
        raise NotCose("no header")
    named = cast("dict[object, object]", header)
    kid = named.get(_KID)
    if set(named) != {_ALG, _KID} or not isinstance(kid, bytes) or len(kid) != KID_BYTES:
        raise NotCose("another header")
    try:
        algorithm = Algorithm(cast("int", named[_ALG]))
    except ValueError as error:
        raise NotCose("another algorithm") from error
    return Signed(algorithm, kid, payload, signature, _to_sign(_string(protected), payload))


# The two arrays that a signature needs are always the same four parts, so they are laid end to end
# here; calling the library for each took half as long as signing.
_OPENING = b"\xd2\x84"
"""Tag 18, an array of four."""
_NOTHING_LOOSE = b"\xa0"
_SIGNED_OPENING = b"\x84\x6aSignature1"
_NO_EXTERNAL = b"\x40"


@lru_cache(maxsize=64)
def _header(algorithm: Algorithm, key_id: str) -> bytes:
    """The protected header as a byte string."""
    return _string(dumps({_ALG: int(algorithm), _KID: kid_of(key_id)}))


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return b"".join((_SIGNED_OPENING, protected, _NO_EXTERNAL, _string(payload)))


def _string(data: bytes) -> bytes:
    """A byte string in its shortest form."""
    length = len(data)
    if length < 24:
        return bytes((0x40 | length,)) + data
    if length < 0x100:
        return bytes((0x58, length)) + data
    if length < 0x10000:
        return b"\x59" + length.to_bytes(2, "big") + data
    return b"\x5a" + length.to_bytes(4, "big") + data
