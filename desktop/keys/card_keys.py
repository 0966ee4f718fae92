"""The cards' master key in a token: each card's own keys follow from it, and it never comes out.

The key is an AES key (128 bits or more) that may compute AES-CMAC (CKM_AES_CMAC); whoever makes the
cards puts it into the token. What is derived for one card is in memory while that card is written,
and opens no other.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from desktop.keys.errors import MechanismMissing, TokenKeyMissing
from devices.wire import scp03

if TYPE_CHECKING:
    from pkcs11 import Session

    from desktop.keys.pkcs11 import Token

LABEL = "loket-cards"
"""The key's label in the token."""


class TokenCardKeys:
    """`CardKeys` by a key in a token. Raises TokenKeyMissing and the token's problems."""

    def __init__(self, token: Token, label: str = LABEL) -> None:
        self._token = token
        self._label = label

    def keys_of(self, card: bytes) -> scp03.StaticKeys:
        """See `CardKeys`: the same as the master key in memory would give."""
        return self._token.run(lambda session: self._derived(session, card))

    def _derived(self, session: Session, card: bytes) -> scp03.StaticKeys:
        from pkcs11 import Attribute, Mechanism

        if Mechanism.AES_CMAC not in session.token.slot.get_mechanisms():
            raise MechanismMissing(self._token.place.label, Mechanism.AES_CMAC.name)
        key = self._key(session)
        bits = int(key[Attribute.VALUE_LEN]) * 8

        def mac(data: bytes) -> bytes:
            return bytes(key.sign(data, mechanism=Mechanism.AES_CMAC))

        return scp03.diversified_by(mac, bits, card)

    def _key(self, session: Session) -> Any:
        import pkcs11.exceptions as x
        from pkcs11 import ObjectClass

        try:
            return session.get_key(object_class=ObjectClass.SECRET_KEY, label=self._label)
        except (x.NoSuchKey, x.MultipleObjectsReturned) as error:
            raise TokenKeyMissing(self._token.place.label, self._label) from error

    def __repr__(self) -> str:
        return f"TokenCardKeys({self._label!r})"


def make_card_master(token: Token, label: str = LABEL) -> None:
    """A new master key in the token, for an issuer's first token; it can't be read out."""
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

    def make(session: Session) -> None:
        if Mechanism.AES_CMAC not in session.token.slot.get_mechanisms():
            raise MechanismMissing(token.place.label, Mechanism.AES_CMAC.name)
        session.generate_key(
            KeyType.AES,
            128,
            label=label,
            id=secrets.token_bytes(8),
            store=True,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )

    token.run(make)
