"""A profile's own keys: sealed in profile.json under its master key, or in a token it refers to.

A key's name is its role; one that waits for its certificate and one that was replaced have the
role's name and an ending. Nothing here is written to disk: each change gives the keys as they are
to be kept, and the profile keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from desktop.keys.certificates import KeyRole
from desktop.keys.errors import KeyMissing
from desktop.keys.providers import KeyHolder, Provider
from desktop.keys.secret_box import SecretBox
from desktop.keys.signer import SEED_BYTES, Signer, SoftEs256Signer, SoftSigner
from desktop.sources import KeySource

NEXT = ".next"
"""After the name of a key that waits for its certificate."""
OLD = ".old"
"""After the name of a key that was replaced and isn't destroyed yet."""
_ES256 = b"es256:"
"""Before the sealed seed of a P-256 key; an Ed25519 key's seed stands alone."""


@dataclass(frozen=True, slots=True)
class ProfileKeys:
    """The keys of one profile by name. They stay sealed until asked for."""

    profile_id: str
    box: SecretBox = field(repr=False)
    provider: Provider = field(repr=False)
    kept: dict[str, str] = field(repr=False)
    """By name: what is sealed, in hex, or a token's reference, which has a colon."""

    def __contains__(self, name: str) -> bool:
        return name in self.kept

    def secret(self, name: str) -> bytes:
        """What is sealed under a name. Raises KeyError, SealBroken."""
        return self.box.open(bytes.fromhex(self.kept[name]), self._label(name))

    def signer(self, name: str) -> Signer:
        """A key that signs. Raises KeyError, SealBroken, and a token's problems."""
        if self.in_token(name):
            return self._holder().signer(self.kept[name])
        secret = self.secret(name)
        if len(secret) > SEED_BYTES and secret.startswith(_ES256):
            return SoftEs256Signer(secret.removeprefix(_ES256))
        return SoftSigner(secret)

    def in_token(self, name: str) -> bool:
        """Whether the key of this name is in a token rather than sealed here."""
        return _is_reference(self.kept.get(name, ""))

    # -- changes ---------------------------------------------------------------------------

    def sealing(self, name: str, secret: bytes) -> ProfileKeys:
        """With these bytes under a name."""
        return self._with(name, self.box.seal(secret, self._label(name)).hex())

    def made(
        self, role: KeyRole, keys: KeySource, ending: str = "", *, es256: bool = False
    ) -> ProfileKeys:
        """With a new key for a role: Ed25519, or P-256 for readers that know nothing of that."""
        if isinstance(self.provider, KeyHolder):
            reference, _ = self.provider.new_signer(role.value, es256=es256)
            return self._with(role.value + ending, reference)
        return self.sealing(role.value + ending, (_ES256 if es256 else b"") + keys.take(SEED_BYTES))

    def moved(self, name: str, to: str) -> ProfileKeys:
        """With a key under another name; what stood there is forgotten."""
        kept = self.kept[name]
        if not self.in_token(name):
            kept = self.box.seal(self.secret(name), self._label(to)).hex()
        return replace(self, kept={**self.without([name]).kept, to: kept})

    def without(self, names: Iterable[str]) -> ProfileKeys:
        """With some keys forgotten; what a token has of them is destroyed by `destroy` alone."""
        gone = frozenset(names)
        return replace(self, kept={n: kept for n, kept in self.kept.items() if n not in gone})

    def destroy(self, names: Iterable[str]) -> None:
        """Take the keys of these names out of the token for good."""
        for name in names:
            if self.in_token(name):
                self._holder().destroy(self.kept[name])

    def _with(self, name: str, kept: str) -> ProfileKeys:
        return replace(self, kept={**self.kept, name: kept})

    def _label(self, name: str) -> str:
        return f"{self.profile_id}:{name}"

    def _holder(self) -> KeyHolder:
        if not isinstance(self.provider, KeyHolder):
            raise KeyMissing(self.provider.name)
        return self.provider


def _is_reference(kept: str) -> bool:
    return ":" in kept  # what is sealed here is hex
