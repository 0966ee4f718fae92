"""Keys in a token: whatever speaks PKCS#11 (an HSM, a USB token, a smart card under OpenSC).

The private key is made in the token and never leaves it; what crosses is a message and a
signature. `TokenSigner` signs (Ed25519, or P-256 as ES256), `TokenBox` seals with an AES key of the
token, `TokenProvider` puts both under a profile. A session that died (the token was pulled, the
module restarted) is opened again when the PIN is at hand: a counter's comes from the system's
keyring, an officer's is asked for each time and kept nowhere.

PINs are never written and never part of a problem. The library is loaded when it is first needed.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.keys.errors import (
    KeyMissing,
    LastPinTry,
    MechanismMissing,
    NoModule,
    NoToken,
    PinLocked,
    SealBroken,
    TokenFailed,
    TokenInUse,
    TokenKeyMissing,
    TokenPinMissing,
    TokenPulled,
    WrongPin,
)
from desktop.keys.secret_box import NONCE_BYTES, SecretBox
from desktop.keys.signer import Signer, key_id_of
from desktop.sources import KeySource

if TYPE_CHECKING:
    from pkcs11 import ObjectClass, Session

SERVICE = "loket-token"
REFERENCE = "token:"
"""Before the id of a key in a token, where a profile would keep a sealed key."""

_BOX = "box"
_ID_BYTES = 16
_TAG_BITS = 128
_ED25519 = bytes.fromhex("06032b6570")  # RFC 8410
_P256 = bytes.fromhex("06082a8648ce3d030107")

T = TypeVar("T")


class Algorithm(StrEnum):
    """What a key in a token signs with."""

    ED25519 = "ed25519"
    ES256 = "es256"


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Which token: the path of its module and its label (its serial too, where two are alike)."""

    module: str
    label: str
    serial: str = ""


class Token:
    """One token and the session with it. Safe from any thread.

    `pin` gives the PIN or raises TokenPinMissing; it is asked at the first use, and again after
    the token was pulled if `reopens`, else that raises TokenPulled: somebody must sign in again.
    """

    def __init__(self, place: TokenPlace, pin: Callable[[], str], *, reopens: bool = True) -> None:
        self.place = place
        self._pin = pin
        self._reopens = reopens
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._opened = 0

    @property
    def opened(self) -> int:
        """How often a session was begun; a key's handle is good for one of them."""
        return self._opened

    def run(self, work: Callable[[Session], T]) -> T:
        """Do something in a session that lives; raises the problems of tokens."""
        import pkcs11.exceptions as x

        with self._lock:
            if self._session is None:
                self._open()
            try:
                return work(self._living())
            except _lost() as error:
                if not self._reopens:
                    raise TokenPulled(self.place.label) from error
            except x.PKCS11Error as error:
                raise _named(error, self.place.label) from error
            self._drop()
            self._open()
            try:
                return work(self._living())
            except x.PKCS11Error as error:
                raise _named(error, self.place.label) from error

    def close(self) -> None:
        """End the session; the token forgets that somebody was signed in."""
        with self._lock:
            self._drop()

    def _living(self) -> Session:
        session = self._session
        assert session is not None
        # A search in a dead session leaves an operation behind that can't be ended; this can't.
        session.generate_random(64)
        return session

    def _drop(self) -> None:
        import pkcs11.exceptions as x

        session, self._session = self._session, None
        if session is not None:
            try:
                session.close()
            except x.PKCS11Error:
                pass  # it is gone already, which is what was wanted

    def _open(self) -> None:
        import pkcs11
        import pkcs11.exceptions as x

        if self._opened and not self._reopens:
            raise TokenPulled(self.place.label)
        token = find_token(self.place)
        try:
            try:
                session = token.open(rw=True, user_pin=self._pin())
            except x.UserAlreadyLoggedIn as error:
                # Sign-in belongs to the process. Another part of it is in; a person's PIN must
                # be tried all the same, so a person's token is refused.
                if not self._reopens:
                    raise TokenInUse(self.place.label) from error
                session = token.open(rw=True)
        except (x.PinIncorrect, x.PinInvalid, x.PinLenRange) as error:
            flags = find_token(self.place).flags
            if pkcs11.TokenFlag.USER_PIN_LOCKED in flags:
                raise PinLocked(self.place.label) from error
            if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in flags:
                raise LastPinTry(self.place.label) from error
            raise WrongPin(self.place.label) from error
        except x.PKCS11Error as error:
            raise _named(error, self.place.label) from error
        self._session = session
        self._opened += 1

    def __repr__(self) -> str:
        return f"Token({self.place.label!r})"


def find_token(place: TokenPlace) -> Any:
    """The token in its slot. Raises NoModule, NoToken."""
    import pkcs11
    import pkcs11.exceptions as x

    try:
        module = pkcs11.lib(place.module)
    except x.PKCS11Error as error:
        raise NoModule(place.module) from error
    try:
        found = list(
            module.get_tokens(
                token_label=place.label or None, token_serial=place.serial.encode() or None
            )
        )
    except x.PKCS11Error as error:
        raise NoToken(place.label) from error
    if not found:
        raise NoToken(place.label)
    return found[0]


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


def make_key(token: Token, label: str, algorithm: Algorithm = Algorithm.ED25519) -> bytes:
    """A new key pair in the token, which can't be read out; its id. Raises MechanismMissing."""
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

    curve = (
        (KeyType.EC_EDWARDS, _ED25519, Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
        if algorithm is Algorithm.ED25519
        else (KeyType.EC, _P256, Mechanism.EC_KEY_PAIR_GEN)
    )
    key = secrets.token_bytes(_ID_BYTES)

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
                id=secrets.token_bytes(_ID_BYTES),
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


def pin_from_keyring(place: TokenPlace) -> Callable[[], str]:
    """The PIN that the system's keyring holds for this token, read when it is needed."""

    def pin() -> str:
        import keyring
        from keyring.errors import KeyringError

        try:
            found = keyring.get_password(SERVICE, place.label)
        except KeyringError as error:
            raise TokenPinMissing(place.label) from error
        if found is None:
            raise TokenPinMissing(place.label)
        return found

    return pin


def keep_pin(place: TokenPlace, pin: str) -> None:
    """Give the PIN to the system's keyring. Raises NoKeyring."""
    import keyring
    from keyring.errors import KeyringError

    from desktop.keys.errors import NoKeyring
    from desktop.keys.providers import advice

    try:
        keyring.set_password(SERVICE, place.label, pin)
        kept = keyring.get_password(SERVICE, place.label)
    except KeyringError as error:
        raise NoKeyring(advice()) from error
    if kept != pin:
        raise NoKeyring(advice())


def _public_of(parameters: bytes, point: bytes, label: str) -> tuple[Algorithm, bytes]:
    """Tokens differ: the curve by OID or name, the point bare or inside an octet string."""
    if parameters == _P256:
        point = point[2:] if len(point) == 67 else point
        return Algorithm.ES256, bytes([2 + (point[64] & 1)]) + point[1:33]
    if parameters == _ED25519 or parameters[2:] == b"edwards25519":
        return Algorithm.ED25519, point[-32:]
    raise MechanismMissing(label, "EdDSA, ECDSA P-256")


def _lost() -> tuple[type[Exception], ...]:
    """What a library answers in a session whose token went away meanwhile."""
    import pkcs11.exceptions as x

    return (
        x.DeviceRemoved,
        x.KeyHandleInvalid,
        x.ObjectHandleInvalid,
        x.SessionClosed,
        x.SessionHandleInvalid,
        x.TokenNotPresent,
        x.UserNotLoggedIn,
    )


def _named(error: Exception, label: str) -> Exception:
    import pkcs11.exceptions as x

    if isinstance(error, x.PinLocked):
        return PinLocked(label)
    if isinstance(error, (x.PinIncorrect, x.PinInvalid, x.PinLenRange)):
        return WrongPin(label)
    if isinstance(error, (x.TokenNotPresent, x.TokenNotRecognised, x.NoSuchToken)):
        return NoToken(label)
    if isinstance(error, _lost()):
        return TokenPulled(label)
    if isinstance(error, (x.MechanismInvalid, x.MechanismParamInvalid, x.FunctionNotSupported)):
        return MechanismMissing(label, type(error).__name__)
    return TokenFailed(label, type(error).__name__)


__all__ = [
    "Algorithm",
    "Token",
    "TokenBox",
    "TokenPlace",
    "TokenProvider",
    "TokenSigner",
    "destroy_key",
    "find_token",
    "keep_pin",
    "make_key",
    "pin_from_keyring",
    "signers_in",
]
