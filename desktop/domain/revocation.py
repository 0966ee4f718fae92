"""What the centre took back: a key, a document signer's certificate, a card, a licence.

A thief writes any date, so what a revoked key signed is doubtful whatever its date; only of a key
that was *superseded* does everything from before stay good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass

SUPERSEDED = "superseded"
"""The reason that leaves what was made before the moment as good as it was."""


class RevokedKind(StrEnum):
    """What can be taken back, and by what it is named."""

    KEY = "key"
    """By its key id: of a seal, a counter, an officer."""
    SIGNER = "signer"
    """A document signer of chips, by the SHA-256 of its X.509 certificate (DER), in hex."""
    LICENCE = "licence"
    CARD = "card"
    """By the blank's serial."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """One thing that counts no more, since when, why, and by which order."""

    kind: RevokedKind
    id: str
    since: datetime
    reason: str
    order: str

    def covers(self, made: datetime) -> bool:
        """Whether something that says to be made at `made` is not to be believed."""
        return self.reason != SUPERSEDED or made >= self.since


@dataclass(frozen=True, slots=True)
class RevokedLicence:
    """A licence on record that counts no more by order, as an officer must hear of it."""

    licence_class: LicenceClass
    number: str
    since: datetime
    order: str


class OfficerKeyRevoked(Problem):
    """The officer's key was revoked: nothing is signed with it, nobody signs in by it."""

    at: datetime
    order: str


class SealKeyRevoked(Problem):
    """This counter's key for seals was revoked: a card or paper sealed by it proves nothing."""

    at: datetime
    order: str
