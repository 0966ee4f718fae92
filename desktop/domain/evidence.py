"""Evidence: where a fact comes from, and that each piece is used once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.requirements import RequirementKind


class EvidenceSource(StrEnum):
    """The issuer's answer or signed file; a code that verifies; an officer's word."""

    CONFIRMED = "confirmed"
    SCANNED = "scanned"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for one application.

    `reference` is what makes it unique (an NTPN, a certificate number, a test session, a loss
    report); the pair (kind, reference) is used once, in the whole country. `closed` tells whether
    the issuer has answered on a typed piece: None waits, True confirmed, False denied.
    """

    id: str
    application_id: str
    kind: RequirementKind
    source: EvidenceSource
    reference: str
    recorded_by: str
    recorded_at: datetime
    issued_on: date | None = None
    issuer: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    closed: bool | None = None
    version: int = 0

    @property
    def open_typed(self) -> bool:
        """A typed piece that no issuer has confirmed or denied yet."""
        return self.source is EvidenceSource.TYPED and self.closed is None


class Verdict(StrEnum):
    """What an outside party answers."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """An outside party's answer about one piece of evidence."""

    verdict: Verdict
    reference: str = ""
    issued_on: date | None = None
    issuer: str = ""
    facts: dict[str, str] = field(default_factory=dict)


class EvidenceUsed(Problem):
    """The same piece was used before; the first use is named."""

    kind: RequirementKind
    reference: str
    first_use: str


class EvidenceDenied(Problem):
    """The issuer says no."""

    kind: RequirementKind
    reference: str


class EvidenceContradicts(Problem):
    """The issuer's answer disagrees with the record in a field."""

    kind: RequirementKind
    field: str


class IssuerSilent(Problem):
    """The outside party didn't answer in time; ask again or type the proof, which stays open."""

    kind: RequirementKind


class ReferenceMissing(Problem):
    """A typed piece of evidence needs its number."""

    kind: RequirementKind
