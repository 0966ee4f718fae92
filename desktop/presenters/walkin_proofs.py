"""The walk-in's middle: requirements, tests and the fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.application import Application
from desktop.domain.correction import LostOrSeized
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence, ProofCodeNotNow, is_proof_code
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.validity import Stay
from desktop.ledger import Reading
from desktop.presenters.problems import DateUnreadable, WorkUnanswered
from desktop.presenters.training_scans import can_play, has_code, paper_code
from desktop.presenters.typed_proofs import read_slip, stay_typed, typed_before
from desktop.presenters.walkin_base import WalkInBase, parse_day
from desktop.presenters.walkin_view import ASKING, TestLine, Typing, WalkStep, roles_for
from desktop.services.likeness import sat_by_another
from desktop.services.requirements import Checklist


class ProofSteps(WalkInBase):
    """Evidence from issuers, and evidence typed in while their lines are silent."""

    _laid_aside: tuple[tuple[object, ...], Mapping[str, str]] = ((), {})
    """The form that was left last, and what stood in it."""

    def gather(self) -> None:
        """Ask every issuer for what is missing; what that is stands there meanwhile."""
        app = self.view.app
        if app is None or self.view.doing:
            return
        self.show(asked_kind=None, gathered=())
        self.look_at_checklist()
        if not self._at_work():
            self._waits_for_unlock = app.id
            return
        by = self.by

        def act() -> tuple[tuple[Exception, ...], Checklist]:
            problems = tuple(self.desk.requirements.gather(by, app.id))
            return problems, self.desk.requirements.look(app.id)

        def then(found: tuple[tuple[Exception, ...], Checklist]) -> None:
            self.show(gathered=found[0], checklist=found[1])

        self.work(act, then, doing=ASKING)

    def look_at_checklist(self) -> None:
        """What is there and what is missing, as far as it is known here."""
        app = self.view.app
        if app is None:
            return

        def known(found: Checklist) -> None:
            if self.view.app is not None and self.view.app.id == app.id:
                self.show(checklist=found)

        self.read(lambda: self.desk.requirements.look(app.id), known)

    def ask_again(self, kind: RequirementKind) -> None:
        """Ask one issuer again; what still doesn't serve is said.

        About a typed proof the issuer is asked by its number: the answer closes it.
        """
        app, by = self.view.app, self.by
        if app is None:
            return
        known = self.view.checklist.evidence.get(kind) if self.view.checklist else None

        def act() -> Checklist:
            if known is not None and known.open_typed:
                self.desk.proofs.confirm_later(known.id)
            else:
                self.desk.requirements.ask(by, app.id, kind)
            return self.desk.requirements.look(app.id)

        def then(found: Checklist) -> None:
            self.show(checklist=found, gathered=(), problem=problem_of(found, kind))

        self.show(asked_kind=kind)
        self.work(act, then, doing=ASKING)

    def scan_proof(self, text: str) -> bool:
        """A proof's code was scanned: it is kept as evidence. False for any other code.

        While issuers are asked it waits its turn: that's just when papers are scanned.
        """
        if not is_proof_code(text):
            return False
        app, by = self.view.app, self.by
        if app is None or self.view.step is not WalkStep.REQUIREMENTS:
            self.show(problem=ProofCodeNotNow())
            return True

        def act() -> tuple[Evidence, Checklist]:
            piece = self.desk.proof_codes.scan(by, app.id, text)
            return piece, self.desk.requirements.look(app.id)

        def then(found: tuple[Evidence, Checklist]) -> None:
            piece, checklist = found
            if self.view.app is None or self.view.app.id != app.id:
                return
            if self.view.typed_kind is piece.kind:
                self.forget_draft()
                self.show(typing=None, typed_kind=None, form={})
            still = problem_of(checklist, piece.kind)
            self.show(
                checklist=checklist, problem=still,
                gathered=tuple(
                    one for one in self.view.gathered if getattr(one, "kind", None) != piece.kind
                ),
                said=None if still else
                self.say("walkin.scanned_proof", kind=piece.kind, issuer=piece.issuer),
            )  # fmt: skip

        if self.view.doing:
            self.show(said=self.say("walkin.scan_waits"))
            self.read(act, then)
        else:
            self.work(act, then)
        return True

    @property
    def paper_to_play(self) -> RequirementKind | None:
        """In training: the first proof that is still due and comes as a paper with a code."""
        app, checklist = self.view.app, self.view.checklist
        if app is None or checklist is None or not can_play(self.desk):
            return None
        return next((k for k in waiting_kinds(checklist) if has_code(self.desk, k)), None)

    def play_proof(self, kind: RequirementKind | None) -> None:
        """In training: hold the paper of this kind, or of the first that is due, to the scanner."""
        app, checklist, first = self.view.app, self.view.checklist, self.paper_to_play
        if app is None or checklist is None or first is None or self.view.doing:
            return
        due = kind in waiting_kinds(checklist) and has_code(self.desk, kind)
        code_kind = kind if due and kind is not None else first

        def then(code: str) -> None:
            self.scan_proof(code)

        self.read(lambda: paper_code(self.desk, app, code_kind), then)

    def begin_typing(self, typing: Typing, kind: RequirementKind | None = None) -> None:
        """Open the form for a certificate, a bank slip or a proxy.

        A proof that was typed already comes with what was typed, to be mended.
        """
        if self.view.app is not None and not self.view.doing:
            if typing is Typing.BANK_SLIP and not self.may_settle():
                return
            known = self.view.checklist.evidence.get(kind) if self.view.checklist and kind else None
            form = typed_before(known) if known is not None and known.open_typed else {}
            if typing is Typing.BANK_SLIP:
                form = {"paid_on": f"{self.desk.frame.today():%d/%m/%Y}"}
            laid, form_left = self._laid_aside
            if form_left and laid == self._form_on_show(typing, kind):
                form, self._laid_aside = form_left, ((), {})
            self.show(typing=typing, typed_kind=kind, form=form, problem=None)

    def _form_on_show(self, *form: object) -> tuple[object, ...]:
        """Whose it is, of which case, and what it asks for."""
        app = self.view.app
        return (app.id if app is not None else "", self.by.officer, *form)

    def cancel_typing(self) -> None:
        """Close the form; opened again for the same it shows what was typed."""
        view = self.view
        self._laid_aside = self._form_on_show(view.typing, view.typed_kind), view.form
        self.forget_draft()
        self.show(typing=None, typed_kind=None, form={}, problem=None)

    def save_typed(self) -> None:
        """The open form is complete."""
        form, kind = self.view.form, self.view.typed_kind
        if self.view.typing is Typing.BANK_SLIP:
            self.type_payment(
                form.get("ntpn", ""), form.get("amount", ""), form.get("bank", ""),
                form.get("paid_on", ""),
            )  # fmt: skip
        elif self.view.typing is Typing.EVIDENCE and kind is not None:
            stay = None
            if kind is RequirementKind.IMMIGRATION_DOCUMENT:
                try:
                    stay = stay_typed(form)
                except ValueError:
                    self.show(problem=DateUnreadable(field="permit_until"))
                    return
                if stay is not None and not form.get("working"):
                    self.show(problem=WorkUnanswered())
                    return
            self.type_evidence(
                kind, form.get("reference", ""), form.get("issued_on", ""),
                form.get("issuer", ""), stay,
            )  # fmt: skip

    def type_evidence(
        self,
        kind: RequirementKind,
        reference: str,
        issued_on: str,
        issuer: str,
        stay: Stay | None = None,
    ) -> None:
        """Write down a certificate while its issuer's line is silent."""
        app, by = self.view.app, self.by
        if app is None:
            return
        try:
            day = parse_day(issued_on) if issued_on else None
        except ValueError:
            self.show(problem=DateUnreadable(field="issued_on"))
            return

        def act() -> Checklist:
            self.desk.requirements.type_in(by, app.id, kind, reference, day, issuer, stay)
            return self.desk.requirements.look(app.id)

        def then(checklist: Checklist) -> None:
            self.forget_draft()
            self.show(
                checklist=checklist, typing=None, typed_kind=None, form={}, gathered=(),
                said=self.say("walkin.typed_in"),
            )  # fmt: skip

        self.work(act, then)

    def check(self) -> None:
        """Pass the requirements."""
        app, by = self.view.app, self.by
        if app is None:
            return
        if app.service is Service.REPLACE_LOST and not app.loss:
            self.show(problem=LostOrSeized())
            return
        self.work(lambda: self.desk.requirements.check(by, app.id), self.stands)

    def card_was_lost(self) -> None:
        """Asked whether lost or seized, the applicant says lost."""
        app, by = self.view.app, self.by
        if app is None:
            return

        def act() -> Application:
            self.desk.intake.answer_loss(by, app.id)
            return self.desk.requirements.check(by, app.id)

        self.work(act, self.stands)

    # -- tests -----------------------------------------------------------------------------

    def load_tests(self) -> None:
        """Read what the tests brought so far."""
        app = self.view.app
        if app is None:
            return

        def look() -> tuple[Application, tuple[TestLine, ...]]:
            with self.desk.ledger.reading() as r:
                now, needed = r.get(Application, app.id), self.desk.exams.needed(app)
                others = sat_by_another(r, self.desk.frame.counter, now)
                lines = (self._test_line(r, now, kind) for kind in needed)
                return now, tuple(replace(one, another_sat=one.kind in others) for one in lines)

        def then(found: tuple[Application, tuple[TestLine, ...]]) -> None:
            now, tests = found
            cases = (now if known.id == now.id else known for known in self.view.cases)
            self.show(tests=tests, cases=tuple(cases))

        self.read(look, then)

    def _test_line(self, r: Reading, app: Application, kind: RequirementKind) -> TestLine:
        found = r.find(Evidence, application_id=app.id, kind=kind)
        found.sort(key=lambda piece: piece.recorded_at)
        score = int(found[-1].facts["score"]) if found else None
        passed = any(piece.facts.get("passed") == "1" for piece in found)
        return TestLine(kind, len(found), score, passed)

    def fetch_tests(self) -> None:
        """Take the results of every test that isn't passed yet."""
        app, by = self.view.app, self.by
        if app is None:
            return
        open_kinds = [line.kind for line in self.view.tests if not line.passed]

        def act() -> None:
            for kind in open_kinds:
                self.desk.exams.fetch(by, app.id, kind)

        def refused(problem: Exception) -> None:
            self.show(problem=problem)
            self.load_tests()

        self.work(act, lambda _: self.load_tests(), doing="doing.fetch_tests", failed=refused)

    def pass_tests(self) -> None:
        """Pass the test step, or take the results that are still missing."""
        app, by = self.view.app, self.by
        if app is None:
            return
        if any(line.attempts == 0 for line in self.view.tests):
            self.fetch_tests()
            return
        self.work(lambda: self.desk.exams.pass_step(by, app.id), self.stands)

    # -- the fee ---------------------------------------------------------------------------

    def load_fee(self) -> None:
        """The bill, and decrees that would waive it."""
        app = self.view.app
        if app is not None:
            self.read(
                lambda: (self.desk.payment.fee(app), self.desk.payment.waivers(app)),
                lambda found: self.show(fee=found[0], waivers=found[1]),
            )

    def may_settle(self) -> bool:
        """Whether the officer has the duty; if not, that is said before a slip is typed."""
        return self.may(*roles_for(WalkStep.PAYMENT))

    def match_payment(self) -> None:
        """Ask the bank about the billing code."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(
                lambda: self.desk.payment.match(by, app.id),
                self.stands,
                doing="doing.ask_bank",
            )

    def type_payment(self, ntpn: str, amount: str, bank: str, paid_on: str = "") -> None:
        """A bank slip while the line is silent; it stays on the list of open evidence.

        No day is today.
        """
        app, by = self.view.app, self.by
        if app is None:
            return
        try:
            slip = read_slip(self.desk.frame.rules().codes, ntpn, amount, paid_on)
        except Problem as wrong:
            self.show(problem=wrong)
            return

        def then(moved: Application) -> None:
            self.forget_draft()
            self.stands(moved)

        pay = self.desk.payment.type_in
        self.work(lambda: pay(by, app.id, ntpn, slip.amount, bank, slip.paid_on), then)

    def waive(self, decree: str) -> None:
        """A waiver by decree."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.payment.waive(by, app.id, decree), self.stands)

    def clear_jkn(self) -> None:
        """Ask JKN whether the arrears are settled."""
        app, by = self.view.app, self.by

        def then(cleared: Application) -> None:
            view = self.view
            if view.typing is None and not view.correcting:
                self.stands(cleared)
                return
            # What is being typed beside it, as a proxy's letter, stays.
            cases = tuple(cleared if one.id == cleared.id else one for one in view.cases)
            self.show(cases=cases, lacks=self.lacking_at(cleared))

        if app is not None:
            self.work(lambda: self.desk.requirements.clear_jkn(by, app.id), then, doing=ASKING)


def problem_of(checklist: Checklist, kind: RequirementKind) -> Exception | None:
    """Why what was brought of a kind doesn't serve, if it doesn't."""
    verdicts = (v for v in checklist.verdicts if v.requirement.kind is kind)
    return next((v.problem for v in verdicts if not v.met), None)


def waiting_kinds(checklist: Checklist) -> tuple[RequirementKind, ...]:
    """What isn't there yet, or waits for its issuer, in the order of the list."""
    typed = {kind for kind, piece in checklist.evidence.items() if piece.open_typed}
    kinds = ((v.requirement.kind, v.met) for v in checklist.verdicts)
    return tuple(kind for kind, met in kinds if not met or kind in typed)
