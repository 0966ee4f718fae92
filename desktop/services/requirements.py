"""The requirement step: what a case needs, what was brought, and what still blocks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import LostOrSeized
from desktop.domain.errors import Problem
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceDenied,
    EvidenceSource,
    IssuerSilent,
    JknInArrears,
    JknSilent,
    ReferenceMissing,
    Verdict,
    used_once,
)
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Hold, Licence
from desktop.domain.requirements import (
    CertificateNotYetValid,
    Enforcement,
    IssuerKnowsNone,
    Requirement,
    RequirementKind,
    RequirementMissing,
    RequirementVerdict,
    judge,
    judge_all,
    requirements_for,
)
from desktop.domain.service import Service
from desktop.domain.validity import Stay, StayPermitMissing, check_stay, stay_of
from desktop.domain.workflow import Action
from desktop.ledger import Reading
from desktop.services.base import Frame, require
from desktop.services.in_time import refuse_late
from desktop.services.payment import Payment, billing_code
from desktop.services.proofs import DESKS, Proofs, made_on, to_approve_anew

K = RequirementKind
LATER = frozenset({K.PAYMENT, K.BIOMETRICS, K.THEORY_TEST, K.SIMULATOR_TEST, K.PRACTICAL_TEST})
"""Kinds with a step of their own; the requirement step doesn't wait for them."""

SHOWN_AGAIN = frozenset({K.IMMIGRATION_DOCUMENT, K.WORK_PERMIT})
"""Papers that serve every case of their holder while they run; the other kinds serve one case."""

BROUGHT_ALONG = frozenset({K.REGISTRATION_FORM, K.IDENTITY_CARD})
"""What the registration itself proves: the form is what was registered, the card was read."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Requirements of one case with their verdicts and the evidence behind them."""

    verdicts: tuple[RequirementVerdict, ...]
    evidence: dict[RequirementKind, Evidence]
    holds: tuple[Hold, ...]

    @property
    def blocking(self) -> tuple[RequirementVerdict, ...]:
        return tuple(v for v in self.verdicts if v.effect is Enforcement.BLOCK)

    @property
    def holds_handover(self) -> bool:
        return any(v.effect is Enforcement.HOLD_HANDOVER for v in self.verdicts)


class Requirements:
    """What a case needs, gathered from its issuers or typed, and the step that asks for it."""

    def __init__(self, frame: Frame, proofs: Proofs, payment: Payment) -> None:
        self._frame = frame
        self._proofs = proofs
        self._payment = payment

    def needed(
        self, app: Application, *, revoked: bool = False, working: bool = False
    ) -> tuple[Requirement, ...]:
        """What this case needs by the rules of the day on which it was made.

        `revoked`: the licence that the person had of this class was revoked by order. `working`:
        the immigration document says that a foreigner works here.
        """
        made = self._frame.today() if app.state is S.REGISTERED else made_on(self._frame, app)
        return requirements_for(
            self._frame.rules(made).requirements,
            app.service,
            app.licence_class,
            channel=app.channel,
            foreigner=app.applicant.foreigner,
            revoked=revoked,
            working=working,
            simulator=self._frame.place.driving_simulator,
        )

    def _revoked(self, r: Reading, app: Application) -> bool:
        """Whether this class was revoked, or a higher one that covered it."""
        held = r.find(Licence, person_id=app.person_id)
        gone = self._frame.revoked.licences(held)
        graph = self._frame.rules().classes
        return any(graph.covers(one.licence_class, app.licence_class) for one in gone)

    def checklist(self, r: Reading, app: Application) -> Checklist:
        """How the case stands today."""
        found = {e.kind: e for e in r.find(Evidence, application_id=app.id)}
        brought: dict[RequirementKind, date | None] = {
            kind: e.issued_on for kind, e in found.items() if e.closed is not False
        }
        for kind in BROUGHT_ALONG:
            brought.setdefault(kind, made_on(self._frame, app))
        stay = _stay(found)
        needed = self.needed(
            app, revoked=self._revoked(r, app), working=stay is not None and stay.working
        )
        needed = tuple(need for need in needed if need.kind not in LATER)
        verdicts = judge_all(needed, brought, self._frame.today())
        return Checklist(verdicts, found, tuple(r.find(Hold, nik=app.nik, active=True)))

    def look(self, application_id: str) -> Checklist:
        """The checklist of a case, read by itself."""
        with self._frame.ledger.reading() as r:
            return self.checklist(r, r.get(Application, application_id))

    def gather(
        self, by: Actor, application_id: str, *, but: frozenset[RequirementKind] = frozenset()
    ) -> list[Problem]:
        """Ask every issuer for what is still missing; what can't be had comes back as problems.

        `but` are kinds that nobody is asked about.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            checklist = self.checklist(r, app)
        problems: list[Problem] = []
        for verdict in checklist.verdicts:
            kind = verdict.requirement.kind
            if verdict.met or not kind.has_line or kind in BROUGHT_ALONG | but:
                continue
            try:
                if kind is K.OLD_LICENCE:
                    self._old_licence(by, app)
                else:
                    self.ask(by, application_id, kind)
            except RequirementMissing:
                continue
            except Problem as problem:
                problems.append(problem)
        return problems

    def ask(
        self, by: Actor, application_id: str, kind: RequirementKind, reference: str = ""
    ) -> Evidence:
        """Ask the issuer of one piece.

        Raises IssuerSilent, EvidenceDenied, EvidenceContradicts, EvidenceUsed, and
        RequirementMissing where the issuer knows of none.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        answer = self._proofs.said_yes(app, kind, reference)
        return self._proofs.keep(by, app, kind, EvidenceSource.CONFIRMED, answer)

    def type_in(
        self,
        by: Actor,
        application_id: str,
        kind: RequirementKind,
        reference: str,
        issued_on: date | None,
        issuer: str,
        stay: Stay | None = None,
    ) -> Evidence:
        """An officer's word for a piece that no line confirms now; it stays open.

        `stay` is what an immigration document says: the licence ends with it.
        Raises ReferenceMissing, StayPermitMissing, StayPermitEnded, EvidenceUsed, RoleMissing, and
        RequirementUndated, CertificateNotYetValid or CertificateExpired for a date with which it
        couldn't serve.
        """
        require(by, *DESKS)
        if not reference.strip():
            raise ReferenceMissing(kind=kind)
        if kind is K.IMMIGRATION_DOCUMENT:
            if stay is None:
                raise StayPermitMissing
            for problem in check_stay(stay, self._frame.today()):
                raise problem
        today = self._frame.today()
        if issued_on is not None and issued_on > today:  # also where nothing has a shelf life
            raise CertificateNotYetValid(kind, issued_on, today)
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            verdicts = self.checklist(r, app).verdicts
        for need in (verdict.requirement for verdict in verdicts):
            dated = judge(need, issued_on, today) if need.kind is kind else None
            if dated is not None and dated.problem is not None:
                raise dated.problem
        facts = stay.facts() if stay is not None else {}
        answer = Answer(Verdict.YES, kept_number(kind, reference, app), issued_on, issuer, facts)
        return self._proofs.keep(by, app, kind, EvidenceSource.TYPED, answer)

    def _old_licence(self, by: Actor, app: Application) -> Evidence:
        """The old licence stands in our own records: that is the confirmation."""
        with self._frame.ledger.reading() as r:
            old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        if old is None:
            return self.ask(by, app.id, K.OLD_LICENCE)
        answer = Answer(
            Verdict.YES, f"{old.id}:{app.number}", old.issued_on, self._frame.place.office_name
        )
        return self._proofs.keep(by, app, K.OLD_LICENCE, EvidenceSource.CONFIRMED, answer)

    def check(self, by: Actor, application_id: str) -> Application:
        """Pass the requirement step, or stand there again after a piece was denied.

        Raises the first blocking verdict, Blocked by a hold, LostOrSeized where a lost card's
        holder wasn't asked yet, RenewalTooLate and its kin, StayPermitEnded, StayPermitMissing,
        RoleMissing.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            checklist = self.checklist(w, app)
            frame.refuse_held(w, app.nik)
            if app.service is Service.REPLACE_LOST and not app.loss:
                raise LostOrSeized
            for verdict in checklist.blocking:
                if verdict.problem is not None:
                    raise verdict.problem
            if app.state is not S.REGISTERED and not app.requirements_met:
                require(by, Role.REGISTRATION)
                makers = app.makers | {by.officer}
                app = w.change(app, requirements_met=True, makers=makers, changed_at=frame.now())
                w.record("application.proved_again", app.id, {"number": app.number})
                return to_approve_anew(frame, w, app)
            refuse_late(frame, w, app, frame.today())
            stay = _stay(checklist.evidence)
            if stay is None and K.IMMIGRATION_DOCUMENT in checklist.evidence:
                raise StayPermitMissing
            for problem in check_stay(stay, frame.today()) if stay is not None else ():
                raise problem
            fee = self._payment.fee(app)
            return frame.move(
                w, app, Action.CHECK_REQUIREMENTS,
                told={
                    "jkn_hold": checklist.holds_handover,
                    "holds": [h.reference for h in checklist.holds],
                    "rules": frame.rules().version,
                },
                rules_version=frame.rules().version,
                requirements_met=True,
                jkn_hold=checklist.holds_handover,
                fee=fee.total,
                billing_code=app.billing_code or billing_code(app.number),
            )  # fmt: skip

    def clear_jkn(self, by: Actor, application_id: str) -> Application:
        """Ask JKN again; settled arrears lift the hold on the handover.

        Raises JknSilent, JknInArrears, EvidenceContradicts.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        try:
            self._proofs.said_yes(app, K.JKN_STATUS, enforcement=Enforcement.HOLD_HANDOVER)
        except IssuerSilent as silent:
            raise JknSilent(kind=silent.kind) from silent
        except (EvidenceDenied, IssuerKnowsNone) as no:
            raise JknInArrears from no
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            app = w.change(app, jkn_hold=False, changed_at=self._frame.now())
            w.record("application.jkn_cleared", app.id, {"number": app.number})
        return app


def _stay(found: Mapping[RequirementKind, Evidence]) -> Stay | None:
    """A foreigner's stay permit by the immigration document that wasn't denied."""
    piece = found.get(K.IMMIGRATION_DOCUMENT)
    return None if piece is None or piece.closed is False else stay_of(piece.facts)


def kept_number(kind: RequirementKind, number: str, app: Application) -> str:
    """A paper's number as it is used once: with the case, where the paper serves several."""
    return used_once(number) + (f":{app.number}" if kind in SHOWN_AGAIN else "")


def shown_number(piece: Evidence) -> str:
    """A proof's number as it stands on the paper, without the case that it was shown for."""
    number, mark, _ = piece.reference.rpartition(":")
    return number if mark and piece.kind in SHOWN_AGAIN else piece.reference
