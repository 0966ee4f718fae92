"""What keys can say no to.

Problem
├── NoKeyring         the operating system has no keyring to keep the profile's key
├── KeyMissing        the keyring or file doesn't hold this profile's key
├── FileKeysRefused   a live profile can't keep its key in a file
├── OpenKeyFile       others than the owner may read the key file
├── SealBroken        sealed bytes were changed, or belong to another key
├── PasswordMismatch  the password doesn't open this officer's key
├── WrongRealm        something of the other realm
└── BadCertificate    a certificate that doesn't hold
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.errors import Problem


@dataclass(eq=False)
class NoKeyring(Problem):
    """No keyring service answers; `advice` names what to install on this system."""

    advice: str


@dataclass(eq=False)
class KeyMissing(Problem):
    """The place `provider` holds no key for this profile: another user or another PC made it."""

    provider: str


@dataclass(eq=False)
class FileKeysRefused(Problem):
    """A live profile's keys belong in the system's keyring, never in a file."""


@dataclass(eq=False)
class OpenKeyFile(Problem):
    """The key file `path` may be read by others (`mode`)."""

    path: str
    mode: str


@dataclass(eq=False)
class SealBroken(Problem):
    """Sealed bytes don't open: changed, or sealed by another key."""


@dataclass(eq=False)
class PasswordMismatch(Problem):
    """The password doesn't fit."""


@dataclass(eq=False)
class WrongRealm(Problem):
    """Something of realm `found` was offered where `expected` rules."""

    expected: str
    found: str


@dataclass(eq=False)
class BadCertificate(Problem):
    """A certificate doesn't hold; `reason` is one of form, signature, issuer, dates, role."""

    reason: str
