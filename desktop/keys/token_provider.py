"""A profile's keys in a token: an AES key that seals, and the keys that sign.

What the AES key seals is the store's key and whatever else must not lie open in the profile.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from desktop.keys.errors import KeyMissing, MechanismMissing, SealBroken
from desktop.keys.pkcs11 import Token, TokenPlace
from desktop.keys.secret_box import NONCE_BYTES, SecretBox
from desktop.keys.signer import Signer
from desktop.keys.token_signer import ID_BYTES, Algorithm, TokenSigner, destroy_key, make_key
from desktop.sources import KeySource

if TYPE_CHECKING:
    from pkcs11 import Session

REFERENCE = "token:"
"""Before the id of a key in a token, where a profile would keep a sealed key."""

_BOX = "box"
_TAG_BITS = 128


class TokenBox:
    """Seals with an AES-256 key that is in the token and stays there (AES-GCM, as `SoftBox`)."""

    def __init__(self, token: Token, label: str) -> None:
        self._token = token
        self._label = label
        self._handle: tuple[int, Any] = (-1, None)
        token.run(self._key)

    def seal(self, data: bytes, label: str) -> bytes:
        """Sealed bytes: nonce, cipher text, tag. Raises the token's problems."""
        from pkcs11 import GCMParams, Mechanism

        nonce = secrets.token_bytes(NONCE_BYTES)
        how = GCMParams(nonce, label.encode(), _TAG_BITS)
        return nonce + self._token.run(
            lambda s: self._key(s).encrypt(data, mechanism=Mechanism.AES_GCM, mechanism_param=how)
        )

    def open(self, sealed: bytes, label: str) -> bytes:
        """The bytes again; raises SealBroken and the token's problems."""
        import pkcs11.exceptions as x
        from pkcs11 import GCMParams, Mechanism

        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        if len(rest) < _TAG_BITS // 8:
            raise SealBroken
        how = GCMParams(nonce, label.encode(), _TAG_BITS)

        def decrypt(session: Session) -> bytes:
            key = self._key(session)
            try:
                return key.decrypt(rest, mechanism=Mechanism.AES_GCM, mechanism_param=how)
            except (x.EncryptedDataInvalid, x.EncryptedDataLenRange, x.GeneralError) as error:
                raise SealBroken from error  # a wrong tag is a general error to SoftHSM

        return self._token.run(decrypt)

    def _key(self, session: Session) -> Any:
        import pkcs11.exceptions as x
        from pkcs11 import ObjectClass

        if self._handle[0] != self._token.opened:
            try:
                found = session.get_key(object_class=ObjectClass.SECRET_KEY, label=self._label)
            except (x.NoSuchKey, x.MultipleObjectsReturned) as error:
                raise KeyMissing(self._token.place.label) from error
            self._handle = (self._token.opened, found)
        return self._handle[1]

    def __repr__(self) -> str:
        return f"TokenBox({self._label!r})"


class TokenProvider:
    """A profile's keys in a token: the AES key that seals its store's key, and those that sign."""

    name = "token"

    def __init__(self, token: Token) -> None:
        self.token = token

    @property
    def place(self) -> TokenPlace:
        return self.token.place

    def make(self, profile_id: str, keys: KeySource) -> SecretBox:
        """A new AES key in the token. Raises MechanismMissing and the token's problems."""
        from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

        label = f"{_BOX}:{profile_id}"

        def create(session: Session) -> None:
            if Mechanism.AES_GCM not in session.token.slot.get_mechanisms():
                raise MechanismMissing(self.place.label, Mechanism.AES_GCM.name)
            session.generate_key(
                KeyType.AES,
                256,
                label=label,
                id=secrets.token_bytes(ID_BYTES),
                store=True,
                capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )

        self.token.run(create)
        return TokenBox(self.token, label)

    def load(self, profile_id: str) -> SecretBox:
        """The box again; raises KeyMissing and the token's problems."""
        return TokenBox(self.token, f"{_BOX}:{profile_id}")

    def new_signer(self, label: str, *, es256: bool = False) -> tuple[str, Signer]:
        """A new key (Ed25519, or P-256), and the reference under which `signer` finds it."""
        key = make_key(self.token, label, Algorithm.ES256 if es256 else Algorithm.ED25519)
        return f"{REFERENCE}{key.hex()}", TokenSigner(self.token, key=key)

    def signer(self, reference: str) -> Signer:
        """The key of a reference. Raises TokenKeyMissing and the token's problems."""
        return TokenSigner(self.token, key=bytes.fromhex(reference.removeprefix(REFERENCE)))

    def destroy(self, reference: str) -> None:
        """Take a key out for good."""
        destroy_key(self.token, bytes.fromhex(reference.removeprefix(REFERENCE)))
