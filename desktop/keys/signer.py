"""One way to sign, whoever holds the key.

Ed25519 throughout, and P-256 for seals and chips whose readers know nothing else. Signatures repeat
for the same key and message (ECDSA as in RFC 6979), which lets a seeded training day repeat
itself, and need no randomness that could fail. A public key's length tells its algorithm.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SEED_BYTES = 32
ES256_PUBLIC = 33
"""Bytes of a compressed P-256 point."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Signer(Protocol):
    """Signs bytes; the private key may be in memory, on a card or in a token."""

    @property
    def key_id(self) -> str:
        """The short name of the public key (32 hex digits)."""
        ...

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes of Ed25519, or 33 of a compressed P-256 point."""
        ...

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes."""
        ...


@lru_cache(maxsize=4096)
def key_id_of(public: bytes) -> str:
    """The first 16 bytes of the public key's SHA-256, as hex."""
    return hashlib.sha256(public).hexdigest()[:32]


class SoftSigner:
    """A key held in memory, made from its 32-byte seed."""

    __slots__ = ("_key", "key_id", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SoftSigner({self.key_id})"


class SoftEs256Signer:
    """A P-256 key held in memory, made from a 32-byte seed; a signature is r and s, 64 bytes."""

    __slots__ = ("_key", "key_id", "public")

    def __init__(self, seed: bytes) -> None:
        # The seed's number brought into 1 … n-1; the bias of one in 2^32 tells nobody anything.
        secret = int.from_bytes(seed, "big") % (_P256_ORDER - 1) + 1
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        self.public = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )
        self.key_id = key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        how = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(message, how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"SoftEs256Signer({self.key_id})"


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """True when `signature` (64 bytes) over `message` is by this key."""
    try:
        if len(public) == ES256_PUBLIC:
            if len(signature) != 64:
                return False
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
            return True
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
