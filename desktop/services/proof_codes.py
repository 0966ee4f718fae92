"""Proofs whose code verifies: *scanned* evidence.

A certificate's code carries the issuer's signature, so it serves while the issuer's line is silent,
needs no typing, and waits for nobody's answer. Whom a counter believes stands in the file
`issuers.jsonl` of its profile: certificates of the role `issuer`, one a line, which the realm's
root vouches for. A training profile has one for each party that its simulators play.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from desktop.cards import cose
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceContradicts,
    EvidenceSource,
    ProofCodeForged,
    ProofCodeNotNow,
    ProofCodeUnknown,
    ProofCodeUnreadable,
    ProofNotAsked,
    StatedFact,
    Verdict,
)
from desktop.domain.officer import Actor
from desktop.domain.requirements import RequirementKind
from desktop.domain.validity import StayPermitMissing, check_stay
from desktop.keys.certificates import Certificate, KeyRole, Trust, read_trust
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.outside.proof_code import NotAProofCode, ProofStatement, issuer_named, read
from desktop.profile import Profile
from desktop.services.base import Frame, require
from desktop.services.proofs import DESKS, Proofs
from desktop.services.requirements import BROUGHT_ALONG, LATER, Requirements, kept_number

_LOG = logging.getLogger(__name__)

ISSUERS_FILE = "issuers.jsonl"


class ProofCodes:
    """Takes a proof by its code."""

    def __init__(
        self,
        frame: Frame,
        profile: Profile,
        proofs: Proofs,
        requirements: Requirements,
        played: Callable[[Profile], Iterable[Certificate]] | None = None,
    ) -> None:
        self._frame = frame
        self._profile = profile
        self._proofs = proofs
        self._requirements = requirements
        self._played = played
        self._trust: Trust | None = None

    def scan(self, by: Actor, application_id: str, text: str) -> Evidence:
        """Keep what a code says as evidence of the case.

        A typed piece of the same kind that still waits for its issuer is settled by it.
        Raises ProofCodeUnreadable, ProofCodeUnknown, ProofCodeForged, ProofNotAsked,
        ProofCodeNotNow, EvidenceContradicts (NIK or class of somebody else's paper), EvidenceUsed,
        StayPermitMissing, StayPermitEnded, RoleMissing.
        """
        require(by, *DESKS)
        said, issuer = self.verified(text)
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            checklist = self._requirements.checklist(r, app)
        if app.state is not S.REGISTERED and app.requirements_met:
            raise ProofCodeNotNow
        number = kept_number(said.kind, said.reference, app)
        known = checklist.evidence.get(said.kind)
        if known is None or known.reference != number:
            asked = {v.requirement.kind for v in checklist.verdicts if not v.met}
            asked |= {kind for kind, piece in checklist.evidence.items() if piece.open_typed}
            if said.kind not in asked - BROUGHT_ALONG - LATER:
                raise ProofNotAsked(kind=said.kind)
        self._refuse_other(app, said)
        facts = said.stay.facts() if said.stay is not None else {}
        answer = Answer(Verdict.YES, number, said.issued_on, issuer, facts)
        return self._proofs.keep(by, app, said.kind, EvidenceSource.SCANNED, answer)

    def verified(self, text: str) -> tuple[ProofStatement, str]:
        """What a code says, and its issuer's name. Raises the problems of a code."""
        try:
            signed, said = read(text)
        except NotAProofCode as error:
            raise ProofCodeUnreadable from error
        now = self._frame.now()
        signer = next(
            (c for c in self._issuers().known if cose.kid_of(c.key_id) == signed.kid), None
        )
        if signer is None or said.realm is not self._profile.realm:
            raise ProofCodeUnknown
        kind, name = issuer_named(signer)
        made = datetime.combine(said.issued_on, datetime.min.time(), UTC)
        current = signer.role is KeyRole.ISSUER and signer.not_before <= now < signer.not_after
        if kind != said.kind or not current or not self._frame.believed(signer.key_id, made):
            raise ProofCodeUnknown
        if not signed.holds(signer.public):
            raise ProofCodeForged
        return said, name

    def _refuse_other(self, app: Application, said: ProofStatement) -> None:
        """Somebody else's paper, or one for another class."""
        differs = None
        if said.nik != app.nik:
            differs = StatedFact.NIK
        elif said.licence_class not in (None, app.licence_class):
            differs = StatedFact.LICENCE_CLASS
        if differs is not None:
            raise EvidenceContradicts(kind=said.kind, field=differs)
        if said.kind is RequirementKind.IMMIGRATION_DOCUMENT and said.stay is None:
            raise StayPermitMissing
        for problem in check_stay(said.stay, self._frame.today()) if said.stay else ():
            raise problem

    def _issuers(self) -> Trust:
        """Whom this counter believes; read when the first code is scanned."""
        if self._trust is None:
            trust = Trust(self._profile.realm, self._profile.trust.roots)
            path = self._profile.path / ISSUERS_FILE
            try:
                kept = read_trust(path) if path.exists() else []
            except (BadCertificate, OSError):
                _LOG.warning("%s can't be read", ISSUERS_FILE)
                kept = []
            played = self._played(self._profile) if self._played is not None else ()
            for certificate in (*kept, *played):
                try:
                    trust.add(certificate)
                except (BadCertificate, WrongRealm):
                    _LOG.warning("a certificate in %s isn't vouched for", ISSUERS_FILE)
            self._trust = trust
        return self._trust
