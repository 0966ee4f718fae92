"""The PIN of a counter's token, kept in the system's keyring.

It is never written anywhere else and never part of a problem; an officer's is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.keys.errors import TokenPinMissing
from desktop.keys.pkcs11 import TokenPlace

SERVICE = "loket-token"


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
    from desktop.keys.keyring_advice import advice

    try:
        keyring.set_password(SERVICE, place.label, pin)
        kept = keyring.get_password(SERVICE, place.label)
    except KeyringError as error:
        raise NoKeyring(advice()) from error
    if kept != pin:
        raise NoKeyring(advice())
