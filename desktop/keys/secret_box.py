"""Bytes sealed at rest: AES-256-GCM under one key, bound to a label.

The label (what the bytes are for) is authenticated, so that one sealed thing can't be put in the
place of another.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.keys.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12


class SecretBox(Protocol):
    """Seals and opens bytes; the key stays inside."""

    def seal(self, data: bytes, label: str) -> bytes:
        """Sealed bytes: nonce, cipher text, tag."""
        ...

    def open(self, sealed: bytes, label: str) -> bytes:
        """The bytes again; raises SealBroken."""
        ...


class SoftBox:
    """A box whose key is held in memory."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a box's key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(key)

    def seal(self, data: bytes, label: str, nonce: bytes | None = None) -> bytes:
        # A nonce from a seeded source would return with the same key after a restart; only a
        # caller whose key is used once may bring its own.
        nonce = secrets.token_bytes(NONCE_BYTES) if nonce is None else nonce
        return nonce + self._cipher.encrypt(nonce, data, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def __repr__(self) -> str:
        return "SoftBox()"
