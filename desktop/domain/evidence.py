"""Evidence: where a fact comes from, and that each piece is used once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.person import fold
from desktop.domain.requirements import RequirementKind

PROOF_CODE = "BUKTI1:"
"""How the text of a proof's code begins; `desktop.outside.proof_code` reads the rest."""


def is_proof_code(text: str) -> bool:
    """Whether a scanned text means to be the code of a proof."""
    return text.strip().startswith(PROOF_CODE)


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


def used_once(number: str) -> str:
    """A paper's number, the same however it is written: "Kes 77/a" is KES77/A.

    Typed without blanks and in capitals, scanned as the issuer prints it, it is one paper.
    """
    return "".join(number.split()).upper()


class Verdict(StrEnum):
    """What an outside party answers."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class StatedFact(StrEnum):
    """What an issuer may state that the case knows too: keys of an answer's facts.

    Dates are ISO 8601, amounts whole rupiah, classes as the law names them.
    """

    NIK = "nik"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    LICENCE_CLASS = "licence_class"
    AMOUNT = "amount"
    BILLING_CODE = "billing_code"

    @property
    def personal(self) -> bool:
        """Whether it tells of a person, so that it is compared and not kept again."""
        return self in (StatedFact.NIK, StatedFact.NAME, StatedFact.BIRTH_DATE)


def contradiction(stated: Mapping[str, str], known: Mapping[StatedFact, str]) -> StatedFact | None:
    """The first fact that an issuer states otherwise than the case has it.

    Names are compared without case, accents and double spaces; a fact left out says nothing.
    """
    for fact, value in known.items():
        said = stated.get(fact)
        if said is None:
            continue
        same = fold(said) == fold(value) if fact is StatedFact.NAME else said.strip() == value
        if not same:
            return fact
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """An outside party's answer about one piece of evidence.

    `facts` has what the issuer states: keys of StatedFact, and its own such as `score` or `bank`.
    `photo` is who sat a test, as the test system's camera saw them; b"" where it tells none.
    """

    verdict: Verdict
    reference: str = ""
    issued_on: date | None = None
    issuer: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    photo: bytes = field(default=b"", repr=False)


class EvidenceUsed(Problem):
    """The same piece was used before; the first use is named."""

    kind: RequirementKind
    reference: str
    first_use: str


class EvidenceDenied(Problem):
    """The issuer says no."""

    kind: RequirementKind
    reference: str


class NoneIssued(EvidenceDenied):
    """The issuer, asked without a number, says that there is none; `reference` is empty."""


class EvidenceContradicts(Problem):
    """The issuer's answer disagrees with the record in a field; it is named, its content isn't."""

    kind: RequirementKind
    field: StatedFact


class IssuerSilent(Problem):
    """The outside party didn't answer in time; ask again or type the proof, which stays open."""

    kind: RequirementKind


class IssuerStillSilent(IssuerSilent):
    """It was asked about a piece that stands typed already, and didn't answer in time."""


class DukcapilSilent(IssuerSilent):
    """A file from home can't be verified yet; the portal's word may serve, with a reason."""


class JknSilent(IssuerSilent):
    """Whether the arrears are paid isn't known: the card stays here."""


class TestSystemSilent(IssuerSilent):
    """A sitting's result can't be fetched now; none is ever typed."""

    __test__ = False


class JknInArrears(Problem):
    """JKN was asked again, and says no or knows of no active member: the card stays here."""


class IssuerUnsure(IssuerSilent):
    """It did answer, but knows of no such paper yet: neither a yes nor a no."""


class ReferenceMissing(Problem):
    """A typed piece of evidence needs its number."""

    kind: RequirementKind


class ProofCodeUnreadable(Problem):
    """The code is cut off, damaged, or no code of a proof."""


class ProofCodeForged(Problem):
    """The signature under the code isn't its issuer's."""


class ProofCodeUnknown(Problem):
    """Nobody vouches for who signed the code, or not for this kind of proof, or not any more."""


class ProofNotAsked(Problem):
    """The case doesn't need what was scanned."""

    kind: RequirementKind


class ProofCodeNotNow(Problem):
    """Proofs are scanned at the requirements, while these aren't passed."""
