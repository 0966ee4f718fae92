"""Making an online file's word into evidence: at the online desk, or with the person at hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from desktop.domain.application import Application, Delivery, IdentitySource, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.evidence import (
    DukcapilSilent,
    Evidence,
    EvidenceSource,
    IssuerSilent,
    used_once,
)
from desktop.domain.filing import Filing
from desktop.domain.officer import Actor, Role, RoleMissing, SameOfficer
from desktop.domain.online import NotThisApplicant, UploadsDoubtful
from desktop.domain.person import Blocked, IdentityConflict
from desktop.domain.reasons import Accommodation, OverrideReason
from desktop.domain.reasons import UploadedDocument as Doc
from desktop.domain.requirements import RequirementKind as K
from desktop.domain.service import Channel
from desktop.domain.validity import StayPermitMissing
from desktop.domain.workflow import Action, NoSuchStep
from desktop.ledger import Writing
from desktop.notices import ApprovalsChanged, VisitMoved
from desktop.pictures import encode_jpeg, open_picture
from desktop.services.base import Frame
from desktop.services.cardmaker import CardMaker
from desktop.services.identifying import Identity
from desktop.services.intake import Intake
from desktop.services.online_checks import OnlineChecks
from desktop.services.particulars import check_particulars
from desktop.services.proofs import Proofs
from desktop.services.requirements import Checklist, Requirements
from desktop.services.signature_paper import clean_signature

PORTAL = "SINAR"
FROM_FILE = frozenset({K.MEDICAL_CERT, K.PSYCH_CERT})
"""What the signed file itself proves; nobody is asked again."""


class Verification:
    """Verifies files; one of the online desk's parts."""

    def __init__(
        self,
        frame: Frame,
        intake: Intake,
        proofs: Proofs,
        requirements: Requirements,
        maker: CardMaker,
        checks: OnlineChecks,
    ) -> None:
        self._frame = frame
        self._intake = intake
        self._proofs = proofs
        self._requirements = requirements
        self._maker = maker
        self._checks = checks

    def verify(
        self,
        by: Actor,
        app: Application,
        filing: Filing,
        *,
        override: str,
        identity_override: str,
        note: str,
    ) -> Application:
        """See `Online.verify`; the caller knows that the file is claimed by this officer."""
        frame = self._frame
        if Role.REGISTRATION not in by.roles:
            raise RoleMissing(needed=(Role.REGISTRATION,))
        check_particulars(frame)
        coded = _override(override)
        portal_vouches = OverrideReason(identity_override) if identity_override else None
        check = self._checks.look(app, filing)
        if check.problems:
            raise check.problems[0]
        if check.doubtful and not coded:
            raise UploadsDoubtful(documents=check.doubtful)
        by_portal = self._identity(by, app, filing, portal_vouches)
        self._from_file(by, app, filing)
        self._requirements.gather(by, app.id, but=FROM_FILE)
        photo, signature = self._pictures(by, filing)
        # A face that can't be drawn is found now and not at the printer.
        self._maker.preview(dataclasses.replace(app, photo=photo, signature=signature))
        with frame.ledger.acting(by) as w:
            app = w.get(Application, app.id)
            checklist = self._requirements.checklist(w, app)
            refuse(checklist, but=FROM_FILE)
            person, _ = self._intake.person(w, app.applicant)
            app = frame.move(
                w, app, Action.VERIFY,
                told={
                    "override": coded,
                    "doubtful": list(check.doubtful),
                    "identity_by_portal": portal_vouches if by_portal else "",
                    "photo": photo,
                    "signature": signature,
                    "jkn_hold": checklist.holds_handover,
                    "note": note,
                },
                maker=by.officer,
                person_id=person.id,
                identity=IdentitySource.CONFIRMED,
                requirements_met=True,
                jkn_hold=checklist.holds_handover,
                paid=True,
                fee=filing.payment.amount,
                pictures_checked=True,
                pictures_overruled=bool(coded and check.doubtful),
                photo=photo,
                signature=signature,
                sent_back=(),
                note=note,
            )  # fmt: skip
            w.findable_person(person)
            w.notify(ApprovalsChanged())
        return app

    def take_to_counter(
        self,
        by: Actor,
        app: Application,
        filing: Filing,
        open_visit: Callable[[Writing], Visit],
        identity: Identity,
    ) -> Application:
        """See `Online.take_to_counter`."""
        frame = self._frame
        if Role.REGISTRATION not in by.roles:
            raise RoleMissing(needed=(Role.REGISTRATION,))
        if app.state not in (S.RECEIVED, S.CLAIMED, S.VERIFIED, S.SENT_BACK):
            raise NoSuchStep(state=app.state, action=Action.TAKE_TO_COUNTER)
        if identity.applicant.nik != app.nik:
            raise NotThisApplicant(number=app.number)
        if self._intake.needs_second(identity) and identity.second_officer in ("", by.officer):
            raise SameOfficer
        if identity.applicant.foreigner:
            raise StayPermitMissing
        for problem in self._checks.payment(app, filing):
            raise problem
        usable = FROM_FILE if not self._checks.certificates(app, filing) else frozenset[K]()
        self._from_file(by, app, filing, certificates=bool(usable))
        self._requirements.gather(by, app.id, but=usable)
        applicant = dataclasses.replace(
            identity.applicant, phone=identity.applicant.phone or filing.applicant.phone
        )
        with frame.ledger.acting(by) as w:
            app = w.get(Application, app.id)
            checklist = self._requirements.checklist(w, app)
            refuse(checklist, but=usable)
            visit = open_visit(w)
            signed = self._intake.sign_identity(w, identity, visit.id)
            person, conflict = self._intake.person(w, applicant)
            visit = w.change(
                visit,
                person_id=person.id,
                identity=identity.source,
                fingerprint=identity.fingerprint,
                eid_photo=w.put_blob(identity.photo, "image/jpeg") if identity.photo else "",
            )
            frame.void_approvals(w, app)
            app = frame.move(
                w, app, Action.TAKE_TO_COUNTER,
                approvals=signed,
                told={
                    "visit": visit.id,
                    "identity": identity.source,
                    "fingerprint": identity.fingerprint,
                    "override": identity.override,
                    "second_officer": identity.second_officer,
                    "delivery_was": app.delivery,
                },
                channel=Channel.WALK_IN,
                visit_id=visit.id,
                maker=by.officer,
                person_id=person.id,
                applicant=applicant,
                identity=identity.source,
                delivery=Delivery.COLLECT,
                address=None,
                proxy="",
                requirements_met=True,
                jkn_hold=checklist.holds_handover,
                paid=True,
                fee=filing.payment.amount,
                photo="",
                signature="",
                pictures_checked=False,
                claimed_by="",
                approved_digest="",
                approved_by="",
            )  # fmt: skip
            w.findable_person(person)
            if conflict:
                self._intake.open_conflict(w, app)
            w.notify(VisitMoved(visit.id))
        if conflict:
            raise IdentityConflict(case=app.number)
        return app

    # -- evidence --------------------------------------------------------------------------

    def _identity(
        self, by: Actor, app: Application, filing: Filing, by_portal: OverrideReason | None
    ) -> bool:
        """Dukcapil's answer, or the portal's word while the line is down; whether it was that."""
        try:
            self._requirements.ask(by, app.id, K.IDENTITY_CARD)
        except IssuerSilent as silent:
            if by_portal is None:
                raise DukcapilSilent(kind=silent.kind) from silent
            with self._frame.ledger.acting(by) as w:
                self._add(
                    w, by, app, K.IDENTITY_CARD, f"{PORTAL}:{filing.external_id}",
                    source=EvidenceSource.SCANNED, facts={"reason": str(by_portal)},
                )  # fmt: skip
            return True
        return False

    def _from_file(
        self, by: Actor, app: Application, filing: Filing, *, certificates: bool = True
    ) -> None:
        """Certificates and payment as evidence, confirmed by the portal's signature."""
        with self._frame.ledger.acting(by) as w:
            if certificates:
                for kind, brought in (
                    (K.MEDICAL_CERT, filing.medical),
                    (K.PSYCH_CERT, filing.psychology),
                ):
                    self._add(w, by, app, kind, used_once(brought.number),
                              issued_on=brought.issued_on, issuer=brought.issuer)  # fmt: skip
            paid = filing.payment
            self._add(
                w, by, app, K.PAYMENT, used_once(paid.ntpn),
                issued_on=self._checks.day_of(paid.paid_at),
                issuer=paid.bank,
                facts={"amount": str(paid.amount), "bank": paid.bank,
                       "billing_code": paid.billing_code, "file": app.filing},
            )  # fmt: skip

    def _add(
        self, w: Writing, by: Actor, app: Application, kind: K, reference: str, **more: object
    ) -> None:
        piece = Evidence(
            id=self._frame.ids.new(),
            application_id=app.id,
            kind=kind,
            source=EvidenceSource.CONFIRMED,
            reference=reference,
            recorded_by=by.officer,
            recorded_at=self._frame.now(),
            closed=True,
        )
        self._proofs.add(w, dataclasses.replace(piece, **more))  # type: ignore[arg-type]

    def _pictures(self, by: Actor, filing: Filing) -> tuple[str, str]:
        """The photo without anything of its former file, and the signature's ink: their digests."""
        with self._frame.ledger.reading() as r:
            photo = r.blob(filing.pictures[Doc.PHOTO])
            signature = r.blob(filing.pictures[Doc.SIGNATURE])
        clean_photo = encode_jpeg(open_picture(photo), 95)
        ink = clean_signature(signature)
        with self._frame.ledger.acting(by) as w:
            return w.put_blob(clean_photo, "image/jpeg"), w.put_blob(ink, "image/png")


def refuse(checklist: Checklist, *, but: Iterable[K]) -> None:
    """Raise the first thing that stops the requirements; `but` were judged before."""
    judged = frozenset(but)
    for hold in checklist.holds:
        if hold.binding:
            raise Blocked(hold.kind, hold.reference, hold.authority, hold.settle_at)
    for verdict in checklist.blocking:
        problem: Problem | None = verdict.problem
        if problem is not None and verdict.requirement.kind not in judged:
            raise problem


def _override(reason: str) -> str:
    if not reason:
        return ""
    return Accommodation(reason) if reason in set(Accommodation) else OverrideReason(reason)
