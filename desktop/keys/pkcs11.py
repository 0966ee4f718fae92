"""A session with a token: whatever speaks PKCS#11 (an HSM, a USB token, a smart card under OpenSC).

What is done with its keys is in `token_signer` and `token_provider`. A session that died (the
token was pulled, the module restarted) is opened again when the PIN is at hand: a counter's comes
from the system's keyring (`token_pin`), an officer's is asked for each time and kept nowhere.

PINs are never part of a problem. The library is loaded when it is first needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.keys.errors import (
    LastPinTry,
    MechanismMissing,
    NoModule,
    NoToken,
    PinLocked,
    TokenFailed,
    TokenInUse,
    TokenPulled,
    WrongPin,
)

if TYPE_CHECKING:
    from pkcs11 import Session

T = TypeVar("T")


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
    """The token in its slot, the first where several are alike. Raises NoModule, NoToken."""
    return find_tokens(place)[0]


def find_tokens(place: TokenPlace) -> list[Any]:
    """Every token of this place that is plugged in, one at the least. Raises NoModule, NoToken."""
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
    return found


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
