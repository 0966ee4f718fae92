"""An officer's own key, sealed by the password.

One Argon2id derivation gives 64 bytes: half of them seal the Ed25519 key, the hash of the other
half tells a wrong password. A reset makes a new key; what the old one signed stays valid.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from desktop.keys.errors import PasswordMismatch, SealBroken
from desktop.keys.secret_box import NONCE_BYTES, SoftBox
from desktop.keys.signer import SEED_BYTES, Signer, SoftSigner
from desktop.sources import KeySource

SALT_BYTES = 16
_LABEL = "loket officer key"


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's work: passes over `memory` KiB in one lane."""

    passes: int
    memory: int


STANDARD = Cost(passes=2, memory=38 * 1024)
"""About 50 ms on a counter's PC; twice OWASP's least memory (19 MiB, 2 passes)."""


@dataclass(frozen=True, slots=True)
class OfficerSecret:
    """What may be kept of an officer's credentials; none of it is the password or the key."""

    password_hash: str
    salt: bytes
    sealed_key: bytes
    public: bytes


def make_officer_secret(password: str, keys: KeySource, cost: Cost = STANDARD) -> OfficerSecret:
    """A new key for an officer, sealed by the password."""
    return _seal(keys.take(SEED_BYTES), password, keys, cost)


def unlock(secret: OfficerSecret, password: str) -> Signer:
    """The officer's signer; raises PasswordMismatch."""
    return SoftSigner(_open(secret, password))


def change_password(
    secret: OfficerSecret, old: str, new: str, keys: KeySource, cost: Cost = STANDARD
) -> OfficerSecret:
    """The same key under another password; raises PasswordMismatch."""
    return _seal(_open(secret, old), new, keys, cost)


def _seal(seed: bytes, password: str, keys: KeySource, cost: Cost) -> OfficerSecret:
    salt = keys.take(SALT_BYTES)
    seal_key, check = _derive(password, salt, cost)
    # The seal key follows from a fresh salt and seals once, so its nonce may come from the source.
    sealed = SoftBox(seal_key).seal(seed, _LABEL, nonce=keys.take(NONCE_BYTES))
    written = f"argon2id$19$m={cost.memory},t={cost.passes},p=1${check.hex()}"
    return OfficerSecret(written, salt, sealed, SoftSigner(seed).public)


def _open(secret: OfficerSecret, password: str) -> bytes:
    _, _, costs, check = secret.password_hash.split("$")
    given = dict(part.split("=") for part in costs.split(","))
    cost = Cost(passes=int(given["t"]), memory=int(given["m"]))
    seal_key, found = _derive(password, secret.salt, cost)
    if not hmac.compare_digest(found.hex(), check):
        raise PasswordMismatch
    try:
        return SoftBox(seal_key).open(secret.sealed_key, _LABEL)
    except SealBroken as error:
        raise PasswordMismatch from error


def _derive(password: str, salt: bytes, cost: Cost) -> tuple[bytes, bytes]:
    raw = hash_secret_raw(
        unicodedata.normalize("NFC", password).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory,
        parallelism=1,
        hash_len=64,
        type=Type.ID,
    )
    return raw[:32], hashlib.sha256(raw[32:]).digest()
