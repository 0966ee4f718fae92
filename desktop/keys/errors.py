"""What keys can say no to.

Problem
├── NoKeyring         the operating system has no keyring to keep the profile's key
├── KeyMissing        the keyring or file doesn't hold this profile's key
├── FileKeysRefused   a live profile can't keep its key in a file
├── OpenKeyFile       others than the owner may read the key file
├── SealBroken        sealed bytes were changed, or belong to another key
├── PasswordMismatch  the password doesn't open this officer's key
├── WrongRealm        something of the other realm
├── BadCertificate    a certificate that doesn't hold
├── NoModule          a token's library can't be loaded
├── NoToken           no token of this name is plugged in
├── TokenPinMissing   nobody gave the token's PIN
├── WrongPin          the token refused the PIN
├── LastPinTry        it refused, and one more mistake locks it
├── PinLocked         the token is locked
├── TokenInUse        this program is signed in to the token already
├── TokenPulled       the token was taken out while it was in use
├── TokenKeyMissing   the token doesn't hold the key
├── MechanismMissing  the token can't do what is asked
├── TokenFailed       the token answered with another error
├── NothingToEnrol    a certificate for a key that nobody asked one for
└── KeyWithdrawn      a key that must not be used any more
"""

from __future__ import annotations

from desktop.domain.errors import Problem


class NoKeyring(Problem):
    """No keyring service answers; `advice` names what to install on this system."""

    advice: str


class KeyMissing(Problem):
    """The place `provider` holds no key for this profile: another user or another PC made it."""

    provider: str


class FileKeysRefused(Problem):
    """A live profile's keys belong in the system's keyring, never in a file."""


class OpenKeyFile(Problem):
    """The key file `path` may be read by others (`mode`)."""

    path: str
    mode: str


class SealBroken(Problem):
    """Sealed bytes don't open: changed, or sealed by another key."""


class PasswordMismatch(Problem):
    """The password doesn't fit."""


class WrongRealm(Problem):
    """Something of realm `found` was offered where `expected` rules."""

    expected: str
    found: str


class BadCertificate(Problem):
    """A certificate doesn't hold.

    `reason` is one of form, signature, issuer, dates, role, revoked.
    """

    reason: str


class NoModule(Problem):
    """The library `module` of a token can't be loaded."""

    module: str


class NoToken(Problem):
    """No token labelled `token` answers."""

    token: str


class TokenPinMissing(Problem):
    """The PIN of `token` is neither typed nor in the system's keyring."""

    token: str


class WrongPin(Problem):
    """`token` refused the PIN; it doesn't say how many attempts are left."""

    token: str


class LastPinTry(Problem):
    """`token` refused the PIN, and says that one attempt is left."""

    token: str


class PinLocked(Problem):
    """`token` is locked after too many wrong PINs."""

    token: str


class TokenInUse(Problem):
    """Somebody is signed in to `token` already, so a PIN can't be tried."""

    token: str


class TokenPulled(Problem):
    """`token` was taken out since its owner signed in."""

    token: str


class TokenKeyMissing(Problem):
    """`token` holds no key `key` (or several)."""

    token: str
    key: str


class MechanismMissing(Problem):
    """`token` can't do `mechanism`."""

    token: str
    mechanism: str


class TokenFailed(Problem):
    """`token` answered with an error that says nothing to an officer: `answer`."""

    token: str
    answer: str


class NothingToEnrol(Problem):
    """A certificate names a key that isn't this profile's, or that has one."""


class KeyWithdrawn(Problem):
    """The key was withdrawn and signs no more."""
