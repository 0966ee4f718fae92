"""Signing keys in a token: made there, found again by their id, destroyed there.

What crosses is a message and a signature: Ed25519, or P-256 as ES256.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktop.keys.errors import MechanismMissing, TokenKeyMissing
from desktop.keys.pkcs11 import Token
from desktop.keys.signer import key_id_of

if TYPE_CHECKING:
    from pkcs11 import ObjectClass, Session

ID_BYTES = 16
"""Bytes of the id under which a key is made in a token."""

_ED25519 = bytes.fromhex("06032b6570")  # RFC 8410
_P256 = bytes.fromhex("06082a8648ce3d030107")


class Algorithm(StrEnum):
    """What a key in a token signs with."""

    ED25519 = "ed25519"
    ES256 = "es256"


class TokenSigner:
    """A key in a token, found by its id (or by its label, as cards name theirs).

    The public key is read at once. Raises TokenKeyMissing, MechanismMissing and the token's
    problems.
    """

    def __init__(self, token: Token, *, key: bytes = b"", label: str = "") -> None:
        self._token = token
        self._id, self._label = key or None, label if not key else None
        self._told = key.hex()[:8] or label
        self._handle: tuple[int, Any] = (-1, None)
        self._curve, self.public = token.run(self._read)
        self.key_id = key_id_of(self.public)

    @property
    def algorithm(self) -> Algorithm:
        return self._curve

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes. Raises the token's problems."""
        from pkcs11 import Mechanism

        if self._curve is Algorithm.ED25519:
            return self._token.run(
                lambda s: self._private(s).sign(message, mechanism=Mechanism.EDDSA)
            )
        digest = hashlib.sha256(message).digest()
        return self._token.run(lambda s: self._private(s).sign(digest, mechanism=Mechanism.ECDSA))

    def _private(self, session: Session) -> Any:
        import pkcs11.exceptions as x
        from pkcs11 import ObjectClass

        if self._handle[0] != self._token.opened:
            try:
                found = self._find(session, ObjectClass.PRIVATE_KEY)
            except (x.NoSuchKey, x.MultipleObjectsReturned) as error:
                raise TokenKeyMissing(self._token.place.label, self._told) from error
            self._handle = (self._token.opened, found)
        return self._handle[1]

    def _find(self, session: Session, kind: ObjectClass) -> Any:
        return session.get_key(object_class=kind, id=self._id, label=self._label)

    def _read(self, session: Session) -> tuple[Algorithm, bytes]:
        import pkcs11.exceptions as x
        from pkcs11 import Attribute, ObjectClass

        self._private(session)
        try:
            public = self._find(session, ObjectClass.PUBLIC_KEY)
        except (x.NoSuchKey, x.MultipleObjectsReturned) as error:
            raise TokenKeyMissing(self._token.place.label, self._told) from error
        try:
            parameters = bytes(public[Attribute.EC_PARAMS])
            point = bytes(public[Attribute.EC_POINT])
        except x.PKCS11Error as error:  # an RSA key: no seal or journal knows it
            raise MechanismMissing(self._token.place.label, "EdDSA, ECDSA P-256") from error
        return _public_of(parameters, point, self._token.place.label)

    def __repr__(self) -> str:
        return f"TokenSigner({self.key_id})"


def signers_in(token: Token) -> list[TokenSigner]:
    """The keys in a token that can sign as we do; others (RSA, without public half) are left out.

    Raises the token's problems.
    """
    from pkcs11 import Attribute, ObjectClass

    def ids(session: Session) -> list[bytes]:
        found = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        return sorted({bytes(key[Attribute.ID]) for key in list(found)} - {b""})

    signers: list[TokenSigner] = []
    for key in token.run(ids):
        try:
            signers.append(TokenSigner(token, key=key))
        except (MechanismMissing, TokenKeyMissing):
            continue
    return signers


def public_keys_of(token: Any) -> list[bytes]:
    """The public halves that a token of `find_tokens` shows without a PIN; cards may show none."""
    import pkcs11.exceptions as x
    from pkcs11 import Attribute, ObjectClass

    shown: list[bytes] = []
    try:
        with token.open() as session:
            for key in list(session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY})):
                try:
                    parameters, point = key[Attribute.EC_PARAMS], key[Attribute.EC_POINT]
                    shown.append(_public_of(bytes(parameters), bytes(point), "")[1])
                except (MechanismMissing, x.PKCS11Error):
                    continue  # an RSA key, or one for something else
    except x.PKCS11Error:
        return shown
    return shown


def make_key(token: Token, label: str, algorithm: Algorithm = Algorithm.ED25519) -> bytes:
    """A new key pair in the token, which can't be read out; its id. Raises MechanismMissing."""
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

    curve = (
        (KeyType.EC_EDWARDS, _ED25519, Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
        if algorithm is Algorithm.ED25519
        else (KeyType.EC, _P256, Mechanism.EC_KEY_PAIR_GEN)
    )
    key = secrets.token_bytes(ID_BYTES)

    def make(session: Session) -> bytes:
        kind, parameters, how = curve
        if how not in session.token.slot.get_mechanisms():
            raise MechanismMissing(token.place.label, how.name)
        domain = session.create_domain_parameters(
            kind, {Attribute.EC_PARAMS: parameters}, local=True
        )
        domain.generate_keypair(
            mechanism=how,
            store=True,
            label=label,
            id=key,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
                Attribute.PRIVATE: True,
            },
        )
        return key

    return token.run(make)


def destroy_key(token: Token, key: bytes) -> None:
    """Take a key out of the token for good; nothing happens where it isn't there."""
    from pkcs11 import Attribute

    def destroy(session: Session) -> None:
        for found in list(session.get_objects({Attribute.ID: key})):
            found.destroy()

    token.run(destroy)


def _public_of(parameters: bytes, point: bytes, label: str) -> tuple[Algorithm, bytes]:
    """Tokens differ: the curve by OID or name, the point bare or inside an octet string."""
    if parameters == _P256:
        point = point[2:] if len(point) == 67 else point
        return Algorithm.ES256, bytes([2 + (point[64] & 1)]) + point[1:33]
    if parameters == _ED25519 or parameters[2:] == b"edwards25519":
        return Algorithm.ED25519, point[-32:]
    raise MechanismMissing(label, "EdDSA, ECDSA P-256")
