"""Requirements, payment and tests: evidence with its source, each piece used once.

What an issuer confirms is *confirmed*, what an officer writes down is *typed*: it serves, but it
stays on a list until the issuer answers, whoever typed it can't approve it, and a later "no"
flags the licence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import LostOrSeized, ProofStands
from desktop.domain.errors import Problem
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceContradicts,
    EvidenceDenied,
    EvidenceSource,
    EvidenceUsed,
    IssuerSilent,
    ReferenceMissing,
    Verdict,
)
from desktop.domain.fees import Fee, check_payment, fee_for
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM, Actor, Role
from desktop.domain.person import Hold, Licence, LicenceStatus
from desktop.domain.requirements import (
    Enforcement,
    Requirement,
    RequirementKind,
    RequirementMissing,
    RequirementVerdict,
    judge_all,
    requirements_for,
)
from desktop.domain.retakes import TestAttempt, TestKind, next_attempt, passes
from desktop.domain.service import Service
from desktop.domain.waiver import check_waiver, waivers_for
from desktop.domain.workflow import Action
from desktop.ledger import DuplicateRow, Reading, Writing
from desktop.outside.port import Outside, Question
from desktop.services.base import Frame, require

ASK_SECONDS = 5.0

DESKS = (Role.REGISTRATION, Role.IDENTIFICATION, Role.EXAMINER)
"""Whose word counts for a piece that no line confirms."""

K = RequirementKind
LATER = frozenset({K.PAYMENT, K.BIOMETRICS, K.THEORY_TEST, K.SIMULATOR_TEST, K.PRACTICAL_TEST})
"""Kinds with a step of their own; the requirement step doesn't wait for them."""

BROUGHT_ALONG = frozenset({K.REGISTRATION_FORM, K.IDENTITY_CARD})
"""What the registration itself proves: the form is what was registered, the card was read."""

TEST_KINDS = {
    K.THEORY_TEST: TestKind.THEORY,
    K.SIMULATOR_TEST: TestKind.SIMULATOR,
    K.PRACTICAL_TEST: TestKind.PRACTICAL,
}


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


class Proofs:
    """Evidence of every kind."""

    def __init__(self, frame: Frame, outside: Outside) -> None:
        self._frame = frame
        self._outside = outside

    # -- requirements ----------------------------------------------------------------------

    def needed(self, app: Application) -> tuple[Requirement, ...]:
        """What this case needs by the rules of the day on which it was made."""
        made = self._frame.today() if app.state is S.REGISTERED else self._day_of(app)
        return requirements_for(
            self._frame.rules(made).requirements,
            app.service,
            app.licence_class,
            channel=app.channel,
            foreigner=app.applicant.nationality != "WNI",
        )

    def _day_of(self, app: Application) -> date:
        return app.created_at.astimezone(self._frame.zone.zone).date()

    def checklist(self, r: Reading, app: Application) -> Checklist:
        """How the case stands today."""
        found = {e.kind: e for e in r.find(Evidence, application_id=app.id)}
        brought: dict[RequirementKind, date | None] = {
            kind: e.issued_on for kind, e in found.items() if e.closed is not False
        }
        for kind in BROUGHT_ALONG:
            brought.setdefault(kind, app.created_at.date())
        needed = tuple(need for need in self.needed(app) if need.kind not in LATER)
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
            if verdict.met or kind in BROUGHT_ALONG | but:
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
        answer = self._answer(app, kind, reference)
        if answer.verdict is Verdict.UNKNOWN:
            raise RequirementMissing(kind, Enforcement.BLOCK, answer.issuer)
        source = EvidenceSource.CONFIRMED
        return self._keep(by, app, kind, source, answer)

    def _answer(self, app: Application, kind: RequirementKind, reference: str) -> Answer:
        answer = self._outside.ask(
            Question(
                kind=kind,
                nik=app.nik,
                case=app.number,
                service=app.service,
                licence_class=app.licence_class,
                today=self._frame.today(),
                reference=reference,
                amount=app.fee,
            ),
            timeout=ASK_SECONDS,
        )
        if answer.verdict is Verdict.NO:
            raise EvidenceDenied(kind=kind, reference=reference or answer.reference)
        for name, value in answer.facts.items():
            if value == "differs":
                raise EvidenceContradicts(kind=kind, field=name)
        return answer

    def type_in(
        self,
        by: Actor,
        application_id: str,
        kind: RequirementKind,
        reference: str,
        issued_on: date | None,
        issuer: str,
    ) -> Evidence:
        """An officer's word for a piece that no line confirms now; it stays open.

        Raises ReferenceMissing, EvidenceUsed, RoleMissing.
        """
        require(by, *DESKS)
        if not reference.strip():
            raise ReferenceMissing(kind=kind)
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        answer = Answer(Verdict.YES, reference.strip(), issued_on, issuer)
        return self._keep(by, app, kind, EvidenceSource.TYPED, answer)

    def _old_licence(self, by: Actor, app: Application) -> Evidence:
        """The old licence stands in our own records: that is the confirmation."""
        with self._frame.ledger.reading() as r:
            old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        if old is None:
            return self.ask(by, app.id, K.OLD_LICENCE)
        answer = Answer(
            Verdict.YES, f"{old.id}:{app.number}", old.issued_on, self._frame.place.office_name
        )
        return self._keep(by, app, K.OLD_LICENCE, EvidenceSource.CONFIRMED, answer)

    def _keep(
        self,
        by: Actor,
        app: Application,
        kind: RequirementKind,
        source: EvidenceSource,
        answer: Answer,
    ) -> Evidence:
        frame = self._frame
        piece = Evidence(
            id=frame.ids.new(),
            application_id=app.id,
            kind=kind,
            source=source,
            reference=answer.reference,
            recorded_by=by.officer,
            recorded_at=frame.now(),
            issued_on=answer.issued_on,
            issuer=answer.issuer,
            facts=answer.facts,
            closed=True if source is EvidenceSource.CONFIRMED else None,
        )
        with frame.ledger.acting(by) as w:
            return self.add(w, piece)

    def add(self, w: Writing, piece: Evidence) -> Evidence:
        """Keep one piece inside an act. Raises EvidenceUsed naming the first use."""
        known = w.first(Evidence, kind=piece.kind, reference=piece.reference)
        if known is not None:
            if known.application_id == piece.application_id and known.closed is not False:
                return known
            first = w.look(Application, known.application_id)
            raise EvidenceUsed(
                kind=piece.kind,
                reference=piece.reference,
                first_use=first.number if first is not None else "",
            )
        try:
            kept = w.add(piece)
        except DuplicateRow as taken:
            raise EvidenceUsed(kind=piece.kind, reference=piece.reference, first_use="") from taken
        w.record(
            "evidence.recorded",
            piece.application_id,
            {
                "kind": piece.kind,
                "source": piece.source,
                "reference": piece.reference,
                "issued_on": piece.issued_on,
                "issuer": piece.issuer,
                "facts": piece.facts,
            },
        )
        return kept

    def check(self, by: Actor, application_id: str) -> Application:
        """Pass the requirement step, or stand there again after a piece was denied.

        Raises the first blocking verdict, Blocked by a hold, LostOrSeized where a lost card's
        holder wasn't asked yet.
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
                app = w.change(app, requirements_met=True, changed_at=frame.now())
                w.record("application.proved_again", app.id, {"number": app.number})
                return app
            fee = self.fee(app)
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
        """Ask JKN again; settled arrears lift the hold on the handover."""
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        answer = self._answer(app, K.JKN_STATUS, "")
        if answer.verdict is not Verdict.YES:
            raise RequirementMissing(K.JKN_STATUS, Enforcement.HOLD_HANDOVER, answer.issuer)
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            app = w.change(app, jkn_hold=False, changed_at=self._frame.now())
            w.record("application.jkn_cleared", app.id, {"number": app.number})
        return app

    # -- payment ---------------------------------------------------------------------------

    def fee(self, app: Application, waiver_decree: str = "") -> Fee:
        """The bill by the tariff in force on the day of registration."""
        rules = self._frame.rules(self._day_of(app))
        waiver = next((x for x in rules.waivers if x.decree == waiver_decree), None)
        return fee_for(rules.fees, app.service, app.licence_class, waiver)

    def match_payment(self, by: Actor, application_id: str) -> Application:
        """Ask the bank about the billing code and compare to the rupiah.

        Raises IssuerSilent, RequirementMissing (not paid yet), PaymentUnderpaid and its kin,
        EvidenceUsed.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        answer = self._answer(app, K.PAYMENT, app.billing_code)
        if answer.verdict is Verdict.UNKNOWN:
            raise RequirementMissing(K.PAYMENT, Enforcement.BLOCK, answer.issuer)
        return self._pay(by, application_id, answer, EvidenceSource.CONFIRMED)

    def type_payment(
        self, by: Actor, application_id: str, ntpn: str, amount: int, bank: str
    ) -> Application:
        """A bank slip written down while the bank's line is silent; it stays open."""
        require(by, *DESKS)
        if not ntpn.strip():
            raise ReferenceMissing(kind=K.PAYMENT)
        facts = {"amount": str(amount), "bank": bank}
        answer = Answer(Verdict.YES, ntpn.strip().upper(), self._frame.today(), bank, facts)
        return self._pay(by, application_id, answer, EvidenceSource.TYPED)

    def _pay(
        self, by: Actor, application_id: str, answer: Answer, source: EvidenceSource
    ) -> Application:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.paid:
                raise ProofStands
            fee = self.fee(app)
            code = answer.facts.get("billing_code", app.billing_code)
            if code != app.billing_code:
                raise EvidenceContradicts(kind=K.PAYMENT, field="billing_code")
            paid_for = answer.facts.get("licence_class")
            problems = check_payment(
                fee,
                int(answer.facts.get("amount", "0")),
                LicenceClass(paid_for) if paid_for else None,
            )
            if problems:
                raise problems[0]
            self.add(
                w,
                Evidence(
                    id=frame.ids.new(),
                    application_id=app.id,
                    kind=K.PAYMENT,
                    source=source,
                    reference=answer.reference,
                    recorded_by=by.officer,
                    recorded_at=frame.now(),
                    issued_on=answer.issued_on,
                    issuer=answer.issuer,
                    facts=answer.facts,
                    closed=True if source is EvidenceSource.CONFIRMED else None,
                ),
            )
            told = {"ntpn": answer.reference, "amount": fee.total, "source": source}
            if self._was_paid(w, app):
                # The first proof was denied after the step had been passed.
                app = w.change(app, paid=True, fee=fee.total, changed_at=frame.now())
                w.record("application.paid_again", app.id, told)
                return app
            return frame.move(w, app, Action.MATCH_PAYMENT, told=told, paid=True, fee=fee.total)

    def _was_paid(self, r: Reading, app: Application) -> bool:
        pieces = r.find(Evidence, application_id=app.id, kind=K.PAYMENT)
        return app.state not in (S.REQUIREMENTS_CHECKED, S.TESTED) and any(
            piece.closed is False for piece in pieces
        )

    def waive(self, by: Actor, application_id: str, decree: str) -> Application:
        """A waiver by decree: a zero-rupiah line with the decree as evidence.

        Raises WaiverNotInForce, WaiverDoesNotCover, WaiverUsedUp, KeyError for no such decree.
        """
        frame = self._frame
        today = frame.today()
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            waiver = {x.decree: x for x in frame.rules(today).waivers}[decree]
            used = w.number(f"waiver:{decree}") - 1
            problems = check_waiver(waiver, app.service, app.licence_class, today, used)
            if problems:
                raise problems[0]
            piece = Evidence(
                id=frame.ids.new(),
                application_id=app.id,
                kind=K.PAYMENT,
                source=EvidenceSource.CONFIRMED,
                reference=f"{decree}:{app.number}",
                recorded_by=by.officer,
                recorded_at=frame.now(),
                issued_on=today,
                issuer=decree,
                facts={"amount": "0", "waiver": decree},
                closed=True,
            )
            self.add(w, piece)
            return frame.move(
                w, app, Action.MATCH_PAYMENT,
                told={"waiver": decree, "amount": 0}, paid=True, fee=0,
            )  # fmt: skip

    def waivers(self, app: Application) -> tuple[str, ...]:
        """Decrees in force that cover this case."""
        today = self._frame.today()
        rules = self._frame.rules(today)
        return tuple(
            x.decree for x in waivers_for(rules.waivers, app.service, app.licence_class, today)
        )

    # -- tests -----------------------------------------------------------------------------

    def tests(self, app: Application) -> tuple[RequirementKind, ...]:
        """The tests that this case needs."""
        return tuple(need.kind for need in self.needed(app) if need.kind.is_test)

    def attempts(self, r: Reading, app: Application, kind: RequirementKind) -> list[TestAttempt]:
        """Sittings of one test, oldest first."""
        found = r.find(Evidence, application_id=app.id, kind=kind)
        return [
            TestAttempt(piece.issued_on or piece.recorded_at.date(), piece.facts["passed"] == "1")
            for piece in sorted(found, key=lambda piece: piece.recorded_at)
        ]

    def fetch_test(self, by: Actor, application_id: str, kind: RequirementKind) -> Evidence:
        """Take one sitting's result from the test system.

        Raises the retake rules' refusals, IssuerSilent, RequirementMissing, EvidenceUsed.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            attempts = self.attempts(r, app, kind)
        rules = frame.rules()
        verdict = next_attempt(
            rules.retakes, rules.calendar, TEST_KINDS[kind], attempts, frame.today()
        )
        if verdict.problem is not None:
            raise verdict.problem
        answer = self._answer(app, kind, f"{app.number}/{kind}/{len(attempts) + 1}")
        if answer.verdict is Verdict.UNKNOWN:
            raise RequirementMissing(kind, Enforcement.BLOCK, answer.issuer)
        score = int(answer.facts.get("score", "0"))
        passed = passes(rules.retakes, TEST_KINDS[kind], score)
        facts = {"score": str(score), "passed": "1" if passed else "0"}
        return self._keep(
            by, app, kind, EvidenceSource.CONFIRMED,
            Answer(Verdict.YES, answer.reference, answer.issued_on, answer.issuer, facts),
        )  # fmt: skip

    def pass_tests(self, by: Actor, application_id: str) -> Application:
        """Pass the test step: every test of the case has a passed sitting."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            passed = {
                piece.kind
                for piece in w.find(Evidence, application_id=app.id)
                if piece.facts.get("passed") == "1"
            }
            missing = [kind for kind in self.tests(app) if kind not in passed]
            return frame.move(
                w, app, Action.PASS_TESTS,
                told={"tests": sorted(passed)}, tests_passed=not missing,
            )  # fmt: skip

    # -- what was typed --------------------------------------------------------------------

    def open_typed(self) -> list[Evidence]:
        """Typed pieces that still wait for their issuer's word."""
        with self._frame.ledger.reading() as r:
            found = r.find(Evidence, source=EvidenceSource.TYPED)
        return [piece for piece in found if piece.open_typed]

    def confirm_later(self, evidence_id: str) -> Evidence:
        """Ask the issuer about a typed piece again: yes closes it, no flags the licence."""
        frame = self._frame
        with frame.ledger.reading() as r:
            piece = r.get(Evidence, evidence_id)
            app = r.get(Application, piece.application_id)
        try:
            answer = self._answer(app, piece.kind, piece.reference)
            said: bool | None = None if answer.verdict is Verdict.UNKNOWN else True
            if piece.kind is K.PAYMENT and said:
                said = answer.facts.get("amount") == piece.facts.get("amount")
        except (EvidenceDenied, EvidenceContradicts):
            said = False
        if said is None:
            raise IssuerSilent(kind=piece.kind)
        with frame.ledger.acting(PROGRAM) as w:
            piece = w.change(piece, closed=said)
            w.record("evidence.closed", app.id, {"kind": piece.kind, "confirmed": said})
            if said is False:
                self._flag(w, w.get(Application, app.id), piece.kind)
        return piece

    def confirm_all(self) -> list[Evidence]:
        """Ask about every typed piece that still waits; those that were answered, yes or no."""
        answered: list[Evidence] = []
        for piece in self.open_typed():
            try:
                answered.append(self.confirm_later(piece.id))
            except IssuerSilent:
                continue
        return answered

    def _flag(self, w: Writing, app: Application, kind: RequirementKind) -> None:
        licence = w.look(Licence, app.licence_id) if app.licence_id else None
        if licence is not None and licence.status is LicenceStatus.VALID:
            w.change(licence, status=LicenceStatus.FLAGGED)
            w.record("licence.flagged", licence.id, {"application": app.number})
            return
        self._frame.void_approvals(w, app)
        lost = {"paid": False} if kind is K.PAYMENT else {"requirements_met": False}
        w.change(app, **lost)
        w.record("application.doubted", app.id, {"number": app.number, "kind": kind})


def billing_code(case_number: str) -> str:
    """A 15-digit billing code for a case: its digits behind the office's prefix."""
    digits = "".join(ch for ch in case_number if ch.isdigit())
    return f"820{digits:0>12}"[:15]
