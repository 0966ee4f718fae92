"""One way to sign, whoever holds the key.

Ed25519 throughout: signatures repeat for the same key and message, which lets a seeded training
day repeat itself, and need no randomness that could fail.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32


class Signer(Protocol):
    """Signs bytes; the private key may be in memory, on a card or in a token."""

    @property
    def key_id(self) -> str:
        """The short name of the public key (32 hex digits)."""
        ...

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes."""
        ...


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


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """True when `signature` over `message` is by this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
