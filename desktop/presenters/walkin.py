"""The walk-in: one applicant from ticket to handover; devices make a step ready, Enter accepts it.

Reading the card, gathering evidence, asking the bank and taking the signature begin by
themselves when their step is reached, so that a clean renewal needs hardly a key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from desktop.domain.application import Application, Attempt, IdentitySource, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor
from desktop.domain.person import Applicant, Sex
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.stock import DoubtAnswer
from desktop.domain.validity import ServiceGround, days_left
from desktop.ledger import Reading
from desktop.notices import ApplicationMoved, DutyChanged, Notice, TicketsChanged
from desktop.presenters.base import Presenter
from desktop.presenters.problems import DateUnreadable, ScanTheCard
from desktop.presenters.walkin_view import (
    CardFaces,
    Choice,
    PhotoState,
    TestLine,
    WalkInView,
    WalkStep,
    step_of,
)
from desktop.services.capture import Shot
from desktop.services.desk import Desk
from desktop.services.handover import Recipient
from desktop.services.intake import Identity, Standing
from desktop.services.issuing import Outcome, Result
from devices.strokes import Strokes

K = RequirementKind
TYPED_FIELDS = (
    "nik", "name", "birth_place", "birth_date", "sex", "blood_type", "address", "occupation",
    "phone", "override",
)  # fmt: skip
NEW_CLASSES = (LicenceClass.C, LicenceClass.A, LicenceClass.D, LicenceClass.DI)


class WalkIn(Presenter[WalkInView]):
    """Answers the walk-in screen."""

    hears = (ApplicationMoved, DutyChanged, TicketsChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, WalkInView())
        self._second: Actor | None = None

    # -- opening ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """Show what `payload` names (a ticket or application id), or go on with what is open."""
        if isinstance(payload, str) and payload:
            self.work(lambda: self._find_visit(payload), self._opened)
        else:
            self._refresh()

    def call_next(self, ticket_id: str = "", reason: str = "") -> None:
        """Call the next ticket (or a named one with a reason) and begin."""
        by = self.by
        self.work(lambda: self.desk.queue.call(by, ticket_id, reason), self._called)

    def walk_in(self, service: Service | None = None, lane: str = "regular") -> None:
        """Somebody stands at the counter without a ticket: make one and call it."""
        by = self.by

        def act() -> tuple[Ticket, Visit]:
            ticket = self.desk.queue.take_ticket(by, service, lane)
            waiting = self.desk.queue.waiting()
            mine = "" if waiting and waiting[0].id == ticket.id else "back_with_document"
            return self.desk.queue.call(by, ticket.id, mine)

        self.work(act, self._called)

    def _called(self, found: tuple[Ticket, Visit]) -> None:
        ticket, visit = found
        self.view = WalkInView(
            ticket=ticket, visit=visit, waiting=self.view.waiting, said=self.view.said
        )
        self.show()
        self._step_begins()

    def _find_visit(self, key: str) -> tuple[Ticket | None, Visit | None, list[Application], str]:
        with self.desk.ledger.reading() as r:
            app = r.look(Application, key)
            ticket = r.look(Ticket, key)
            visit_id = app.visit_id if app else (ticket.visit_id if ticket else key)
            visit = r.look(Visit, visit_id) if visit_id else None
            if visit is not None and ticket is None:
                ticket = r.look(Ticket, visit.ticket_id)
            cases = r.find(Application, visit_id=visit.id) if visit else ([app] if app else [])
        if app is not None:
            self.desk.intake.opened(self.by, app.id)
        return ticket, visit, cases, key

    def _opened(self, found: tuple[Ticket | None, Visit | None, list[Application], str]) -> None:
        ticket, visit, cases, key = found
        current = next((i for i, app in enumerate(cases) if app.id == key), 0)
        self.view = WalkInView(
            ticket=ticket, visit=visit, cases=tuple(cases), current=current,
            waiting=self.view.waiting,
        )  # fmt: skip
        self.show()
        if cases and cases[current].state is S.ON_HOLD:
            self.resume()
        else:
            self._step_begins()

    def heard(self, notice: Notice) -> None:
        if not self.view.doing:
            self._refresh()

    def _refresh(self) -> None:
        visit = self.view.visit

        def look() -> tuple[list[Application], int, int]:
            with self.desk.ledger.reading() as r:
                cases = r.find(Application, visit_id=visit.id) if visit else []
                if not cases and self.view.cases:
                    cases = [r.get(Application, app.id) for app in self.view.cases]
            return cases, len(self.desk.queue.waiting()), self.desk.stock.at_counter()

        def then(found: tuple[list[Application], int, int]) -> None:
            cases, waiting, blanks = found
            before = self.view.app
            self.show(
                cases=tuple(cases), waiting=waiting, blanks_left=blanks,
                taken_over=self.desk.duty.taken_over,
            )  # fmt: skip
            after = self.view.app
            if after is not None and step_of(before) is not step_of(after):
                self._step_begins()

        self.read(look, then)

    def _stands(self, app: Application) -> None:
        """A case moved: show it and let its step begin."""
        cases = list(self.view.cases)
        at = next((i for i, known in enumerate(cases) if known.id == app.id), len(cases))
        cases[at : at + 1] = [app]
        self.show(cases=tuple(cases), current=at, adding=False, correcting=False)
        self._step_begins()

    def _step_begins(self) -> None:
        """What a step does by itself when it is reached."""
        begin: dict[WalkStep, Callable[[], None]] = {
            WalkStep.IDENTITY: self.read_card,
            WalkStep.REQUIREMENTS: self.gather,
            WalkStep.TESTS: self._load_tests,
            WalkStep.PAYMENT: self._load_fee,
            WalkStep.CAPTURE: self._load_photo,
            WalkStep.CONFIRM: self._preview,
            WalkStep.APPROVAL: self._preview,
            WalkStep.PRODUCTION: self._preview,
            WalkStep.HANDOVER: self._preview,
        }
        act = begin.get(self.view.step)
        if act is not None and (self.view.visit is not None or self.view.app is not None):
            if not self.view.held and not self.view.correcting:
                act()

    def enter_key(self) -> None:
        """The step's way on; what is missing is shown, nothing is skipped."""
        if self.view.doing:
            return
        if self.view.visit is None and self.view.app is None:
            self.call_next()
            return
        if self.view.held:
            self.resume()
            return
        if self.view.correcting:
            self.correct()
            return
        state = self.view.app.state if self.view.app else None
        step = self.view.step
        if step is WalkStep.PRODUCTION and state is S.PRINTED:
            self.inspect()
            return
        act: dict[WalkStep, Callable[[], None]] = {
            WalkStep.IDENTITY: self.register,
            WalkStep.REQUIREMENTS: self.check,
            WalkStep.TESTS: self.pass_tests,
            WalkStep.PAYMENT: self.match_payment,
            WalkStep.CAPTURE: self.finish_capture,
            WalkStep.CONFIRM: self.confirm,
            WalkStep.APPROVAL: self._refresh,
            WalkStep.PRODUCTION: self.issue,
            WalkStep.HANDOVER: self.hand_over,
            WalkStep.DONE: self.finish_visit,
        }
        act[step]()

    # -- identity --------------------------------------------------------------------------

    def read_card(self) -> None:
        """Read the KTP-el when it is laid down."""
        if self.view.manual or self.view.identity is not None:
            return
        self.work(
            self.desk.intake.read_eid, self._identified, lane="eid_reader", doing="doing.read_eid"
        )

    def _identified(self, identity: Identity) -> None:
        self.show(
            identity=identity,
            eid_photo=identity.photo,
            needs_second=self.desk.intake.needs_second(identity),
        )
        self._look_up(identity)

    def _look_up(self, identity: Identity) -> None:
        def look() -> tuple[Standing, tuple[Choice, ...]]:
            standing = self.desk.intake.standing(identity.applicant, identity.source)
            return standing, self._choices(standing, identity.applicant)

        def then(found: tuple[Standing, tuple[Choice, ...]]) -> None:
            standing, choices = found
            wanted = self.view.ticket.service if self.view.ticket else None
            chosen = next(
                (i for i, c in enumerate(choices) if c.possible and wanted in (None, c.service)),
                next((i for i, c in enumerate(choices) if c.possible), 0),
            )
            self.show(standing=standing, choices=choices, chosen=chosen)

        self.work(look, then)

    def _choices(self, standing: Standing, who: Applicant) -> tuple[Choice, ...]:
        intake, today = self.desk.intake, self.desk.frame.today()
        open_classes = {app.licence_class for app in standing.open_cases}
        found: list[Choice] = []

        def offer(service: Service, cls: LicenceClass, licence_id: str, left: int | None) -> None:
            if cls in open_classes and left is None:
                return
            answer = intake.right_service(standing, service, cls)
            decree = ""
            if answer.ground is not ServiceGround.AS_ASKED and answer.dispensation is not None:
                decree = answer.dispensation.decree
            problems = tuple(intake.may_apply(standing, who, service, cls))
            found.append(Choice(service, cls, problems, licence_id, left, decree))

        for licence in sorted(standing.valid, key=lambda x: x.valid_until):
            left = days_left(licence.valid_until, today)
            for service in (
                Service.RENEWAL, Service.REPLACE_LOST, Service.REPLACE_DAMAGED,
                Service.DATA_CHANGE,
            ):  # fmt: skip
                offer(service, licence.licence_class, licence.id, left)
        held = {licence.licence_class for licence in standing.valid}
        for cls in NEW_CLASSES:
            if cls not in held:
                offer(Service.NEW_ISSUE, cls, "", None)
        if held:
            graph = self.desk.frame.rules(today).classes
            for cls in LicenceClass:
                if cls not in held and any(h in graph.rule(cls).after for h in held):
                    offer(Service.CLASS_UPGRADE, cls, "", None)
        # Renewals first, then what is possible, in the order in which it was offered.
        ranked = sorted(
            enumerate(found),
            key=lambda it: (
                not it[1].possible, it[1].service is not Service.RENEWAL, it[0]
            ),
        )  # fmt: skip
        return tuple(choice for _, choice in ranked)

    def choose(self, index: int) -> None:
        """Choose a service and class."""
        if 0 <= index < len(self.view.choices):
            self.show(chosen=index)

    def type_manually(self) -> None:
        """The chip can't be read: type it, with a reason and a second officer."""
        self.show(manual=True, needs_second=True, identity=None, standing=None, choices=())

    def field_changed(self, name: str, text: str) -> None:
        """A field was left: keep the draft at once."""
        form = {**self.view.form, name: text}
        self.show(form=form)
        if self.view.correcting:
            return
        by, draft = self.by, self.view.draft_id
        ticket = self.view.ticket.id if self.view.ticket else ""

        def then(saved: object) -> None:
            self.show(draft_id=getattr(saved, "id", draft))

        self.desk.lanes.call(
            "desk",
            lambda: self.desk.intake.save_draft(by, self.view.draft_id or draft, "walkin",
                                                ticket, form),
            then,
            lambda problem: self.show(problem=problem),
        )  # fmt: skip

    def open_draft(self, draft_id: str) -> None:
        """Go on with what was typed before a crash."""

        def look() -> tuple[dict[str, str], Ticket | None, Visit | None]:
            for draft in self.desk.intake.drafts(self.by):
                if draft.id == draft_id:
                    with self.desk.ledger.reading() as r:
                        ticket = r.look(Ticket, draft.ticket_id) if draft.ticket_id else None
                        visit = r.look(Visit, ticket.visit_id) if ticket else None
                    return draft.fields, ticket, visit
            return {}, None, None

        def then(found: tuple[dict[str, str], Ticket | None, Visit | None]) -> None:
            form, ticket, visit = found
            self.view = WalkInView(
                ticket=ticket, visit=visit, manual=True, needs_second=True, form=form,
                draft_id=draft_id, said=self.say("walkin.draft_restored"),
            )  # fmt: skip
            self.show()

        self.work(look, then)

    def look_up_typed(self) -> None:
        """What was typed is complete: look the person up."""
        typed = self._typed()
        if typed is not None:
            self.show(identity=typed)
            self._look_up(typed)

    def _typed(self) -> Identity | None:
        form = self.view.form
        try:
            born = parse_day(form.get("birth_date", ""))
        except ValueError:
            self.show(problem=DateUnreadable(field="birth_date"))
            return None
        applicant = Applicant(
            nik="".join(form.get("nik", "").split()),
            name=form.get("name", "").strip().upper(),
            birth_place=form.get("birth_place", "").strip().upper(),
            birth_date=born,
            sex=Sex.FEMALE if form.get("sex", "").upper().startswith("P") else Sex.MALE,
            blood_type=form.get("blood_type", "-") or "-",
            address=form.get("address", "").strip().upper(),
            occupation=form.get("occupation", "").strip().upper(),
            phone=form.get("phone", ""),
        )
        return Identity(
            applicant, IdentitySource.MANUAL, override=form.get("override", ""),
            second_officer=self._second.officer if self._second else "",
        )  # fmt: skip

    def second_officer(self, nrp: str, password: str) -> None:
        """A second officer signs with their own credential, here and for this act alone."""
        by = self.by

        def then(second: Actor) -> None:
            self._second = second
            identity = self.view.identity
            if identity is not None:
                identity = replace(identity, second_officer=second.officer)
            self.show(identity=identity, needs_second=False,
                      said=self.say("walkin.second_signed"))  # fmt: skip

        self.work(lambda: self.desk.duty.second(by, nrp, password), then)

    def register(self) -> None:
        """Make the case out of identity and choice."""
        if self.view.manual and self.view.standing is None:
            self.look_up_typed()
            return
        identity, visit = self.view.identity, self.view.visit
        if identity is None:
            self.read_card()
            return
        if visit is None or not self.view.choices:
            return
        choice, by, draft = self.view.choices[self.view.chosen], self.by, self.view.draft_id
        if choice.problems:
            self.show(problem=choice.problems[0])
            return
        self.work(
            lambda: self.desk.intake.register(
                by, visit.id, identity, choice.service, choice.licence_class, draft_id=draft
            ),
            self._stands,
        )

    def add_case(self) -> None:
        """Another service for the same person in the same visit."""
        identity = self.view.identity
        if identity is None and self.view.cases:
            first = self.view.cases[0]
            identity = Identity(first.applicant, first.identity or IdentitySource.CHIP)
        if identity is None:
            return
        self.show(adding=True, identity=identity)
        self._look_up(identity)

    def pick(self, index: int) -> None:
        """Show another case of this visit."""
        if 0 <= index < len(self.view.cases):
            self.show(current=index, adding=False, outcome=None, fault=None, doubt=None)
            self._step_begins()

    # -- requirements, tests, payment ------------------------------------------------------

    def gather(self) -> None:
        """Ask every issuer for what is missing."""
        app, by = self.view.app, self.by
        if app is None:
            return

        def act() -> tuple[list[Exception], object]:
            problems: list[Exception] = list(self.desk.proofs.gather(by, app.id))
            return problems, self.desk.proofs.look(app.id)

        def then(found: tuple[list[Exception], object]) -> None:
            self.show(gathered=tuple(found[0]), checklist=found[1])

        self.work(act, then, doing="doing.gather")

    def ask_again(self, kind: RequirementKind) -> None:
        """Ask one issuer again."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(
                lambda: (self.desk.proofs.ask(by, app.id, kind), self.desk.proofs.look(app.id)),
                lambda found: self.show(checklist=found[1]),
                doing="doing.gather",
            )

    def type_evidence(
        self, kind: RequirementKind, reference: str, issued_on: str, issuer: str
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
        self.work(
            lambda: (
                self.desk.proofs.type_in(by, app.id, kind, reference, day, issuer),
                self.desk.proofs.look(app.id),
            ),
            lambda found: self.show(checklist=found[1]),
        )

    def check(self) -> None:
        """Pass the requirements."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.proofs.check(by, app.id), self._stands)

    def _load_tests(self) -> None:
        app = self.view.app
        if app is None:
            return

        def look() -> tuple[TestLine, ...]:
            with self.desk.ledger.reading() as r:
                return tuple(self._test_line(r, app, kind) for kind in self.desk.proofs.tests(app))

        self.read(look, lambda tests: self.show(tests=tests))

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
                self.desk.proofs.fetch_test(by, app.id, kind)

        self.work(act, lambda _: self._load_tests(), doing="doing.fetch_tests",
                  failed=self._tests_refused)  # fmt: skip

    def _tests_refused(self, problem: Exception) -> None:
        self.show(problem=problem)
        self._load_tests()

    def pass_tests(self) -> None:
        """Pass the test step, or take the results that are still missing."""
        app, by = self.view.app, self.by
        if app is None:
            return
        if any(line.attempts == 0 for line in self.view.tests):
            self.fetch_tests()
            return
        self.work(lambda: self.desk.proofs.pass_tests(by, app.id), self._stands)

    def _load_fee(self) -> None:
        app = self.view.app
        if app is not None:
            self.read(
                lambda: (self.desk.proofs.fee(app), self.desk.proofs.waivers(app)),
                lambda found: self.show(fee=found[0], waivers=found[1]),
            )

    def match_payment(self) -> None:
        """Ask the bank about the billing code."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(
                lambda: self.desk.proofs.match_payment(by, app.id),
                self._stands,
                doing="doing.ask_bank",
            )

    def type_payment(self, ntpn: str, amount: str, bank: str) -> None:
        """A bank slip while the line is silent; it stays on the list of open evidence."""
        app, by = self.view.app, self.by
        digits = "".join(ch for ch in amount if ch.isdigit())
        if app is not None:
            self.work(
                lambda: self.desk.proofs.type_payment(by, app.id, ntpn, int(digits or 0), bank),
                self._stands,
            )

    def waive(self, decree: str) -> None:
        """A waiver by decree."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.proofs.waive(by, app.id, decree), self._stands)

    # -- photo and signature ---------------------------------------------------------------

    def _load_photo(self) -> None:
        visit = self.view.visit
        if visit is None:
            return

        def look() -> PhotoState:
            with self.desk.ledger.reading() as r:
                now = r.get(Visit, visit.id)
                tries = r.count(Attempt, visit_id=visit.id)
                return PhotoState(
                    picture=r.blob(now.photo) if now.photo else b"",
                    attempts=tries,
                    accepted=bool(now.photo),
                    signature=r.blob(now.signature) if now.signature else b"",
                    cannot_sign=now.cannot_sign,
                )

        self.read(look, lambda photo: self.show(photo=photo))

    def take_photo(self) -> None:
        """Space: take a picture; when it is good the signature is asked for."""
        visit, by = self.view.visit, self.by
        if visit is None or self.view.step is not WalkStep.CAPTURE:
            return

        def act() -> tuple[bytes, Shot, int]:
            with self.desk.hub.camera() as camera:
                picture = camera.capture(timeout=10.0)
            kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
            shot = self.desk.capture.shot(by, visit.id, picture, kind)
            return picture, shot, self.view.photo.attempts + 1

        def then(found: tuple[bytes, Shot, int]) -> None:
            picture, shot, tries = found
            self.show(
                photo=replace(
                    self.view.photo, picture=picture, findings=shot.findings,
                    attempt_id=shot.attempt.id, attempts=tries, accepted=shot.attempt.accepted,
                ),
                problem=self.desk.capture.refused(shot, tries),
            )  # fmt: skip
            if shot.attempt.accepted and not self.view.photo.signature:
                self.take_signature()

        self.work(act, then, lane="camera", doing="doing.take_photo")

    def overrule(self, reason: str) -> None:
        """Take the refused photo after all, with a coded reason."""
        attempt, by = self.view.photo.attempt_id, self.by
        if attempt:
            self.work(
                lambda: self.desk.capture.overrule(by, attempt, reason),
                lambda _: self._overruled(),
            )

    def _overruled(self) -> None:
        self.show(photo=replace(self.view.photo, accepted=True), problem=None)
        if not self.view.photo.signature:
            self.take_signature()

    def take_signature(self) -> None:
        """Wait for the pad."""
        visit, by = self.view.visit, self.by
        if visit is None:
            return

        def act() -> bytes:
            with self.desk.hub.signature_pad() as pad:
                strokes = pad.capture(timeout=60.0)
            sha = self.desk.capture.sign(by, visit.id, strokes)
            with self.desk.ledger.reading() as r:
                return r.blob(sha)

        self.work(
            act,
            lambda picture: self.show(photo=replace(self.view.photo, signature=picture)),
            lane="signature_pad",
            doing="doing.take_signature",
        )

    def signed_on_screen(self, strokes: object) -> None:
        """The on-screen pad delivered strokes."""
        visit, by = self.view.visit, self.by
        if visit is None or not isinstance(strokes, Strokes):
            return

        def act() -> bytes:
            sha = self.desk.capture.sign(by, visit.id, strokes)
            with self.desk.ledger.reading() as r:
                return r.blob(sha)

        self.work(act, lambda sig: self.show(photo=replace(self.view.photo, signature=sig)))

    def cannot_sign(self, reason: str, nrp: str, password: str) -> None:
        """The applicant can't sign; a second officer witnesses."""
        visit, by = self.view.visit, self.by
        if visit is None:
            return

        def act() -> None:
            witness = self.desk.duty.second(by, nrp, password)
            self.desk.capture.cannot_sign(by, visit.id, reason, witness.officer)

        self.work(act, lambda _: self._load_photo())

    def finish_capture(self) -> None:
        """Photo and signature are there: carry them into the visit's cases."""
        visit, by = self.view.visit, self.by
        if visit is None:
            return
        if not self.view.photo.accepted:
            self.take_photo()
            return
        if not self.view.photo.signature and not self.view.photo.cannot_sign:
            self.take_signature()
            return

        def then(moved: list[Application]) -> None:
            cases = {app.id: app for app in moved}
            self.show(cases=tuple(cases.get(app.id, app) for app in self.view.cases))
            self._step_begins()

        self.work(lambda: self.desk.capture.finish(by, visit.id), then)

    # -- confirmation, production, handover ------------------------------------------------

    def _preview(self) -> None:
        app = self.view.app
        if app is None or not app.photo:
            return

        def look() -> CardFaces:
            made = self.desk.cardmaker.preview(app)
            return CardFaces(made.front, made.back)

        self.read(look, lambda faces: self.show(faces=faces, doubt=None))

    def confirm(self) -> None:
        """The applicant says that the data is right."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.confirm_data(by, app.id), self._stands)

    def begin_correction(self) -> None:
        """Open the fields of a case that isn't printed yet."""
        app = self.view.app
        if app is None:
            return
        who = app.applicant
        self.show(
            correcting=True,
            form={
                "nik": who.nik, "name": who.name, "birth_place": who.birth_place,
                "birth_date": f"{who.birth_date:%d/%m/%Y}", "sex": "P" if who.sex is Sex.FEMALE
                else "L", "blood_type": who.blood_type, "address": who.address,
                "occupation": who.occupation, "phone": who.phone,
            },
        )  # fmt: skip

    def correct(self) -> None:
        """Store the corrected fields; approvals given before are void."""
        app, by = self.view.app, self.by
        typed = self._typed()
        if app is not None and typed is not None:
            applicant = replace(typed.applicant, nationality=app.applicant.nationality)
            self.work(lambda: self.desk.intake.correct(by, app.id, applicant), self._stands)

    def cancel_correction(self) -> None:
        """Leave the fields as they were."""
        self.show(correcting=False, form={})

    def issue(self, serial: str = "") -> None:
        """Print and encode."""
        app, by = self.view.app, self.by
        if app is None or app.state is not S.APPROVED:
            self._refresh()
            return
        self.work(
            lambda: self.desk.issuing.issue(by, app.id, serial=serial),
            self._issued,
            lane="card_printer",
            doing="doing.print_card",
        )

    def _issued(self, result: Result) -> None:
        app = result.application
        cases = tuple(app if known.id == app.id else known for known in self.view.cases)
        self.show(cases=cases, outcome=result.outcome, fault=result.fault)
        if result.outcome is Outcome.IN_DOUBT and result.job is not None:
            self.examine(result.job.id)
        elif result.outcome is Outcome.PRINTED:
            self._preview()

    def examine(self, job_id: str) -> None:
        """Ask the hardware about a job in doubt."""
        self.read(
            lambda: self.desk.issuing.examine(job_id),
            lambda doubt: self.show(doubt=doubt),
            lane="card_printer",
        )

    def answer_doubt(self, answer: str, *, blank_here: bool = True) -> None:
        """One question, three answers."""
        doubt, by = self.view.doubt, self.by
        if doubt is not None:
            self.work(
                lambda: self.desk.issuing.answer(
                    by, doubt.job.id, DoubtAnswer(answer), blank_here=blank_here
                ),
                lambda result: (self.show(doubt=None), self._issued(result)),
                lane="card_printer",
            )

    def inspect(self) -> None:
        """The card is good."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.issuing.inspect(by, app.id), self._stands)

    def spoil(self, reason: str) -> None:
        """The card is bad: its blank is spoiled and the case prints again."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.issuing.spoil(by, app.id, reason), self._stands)

    def allow_reprint(self, nrp: str, password: str) -> None:
        """Above the threshold: a second officer signs for one more try."""
        app, by = self.view.app, self.by
        if app is None:
            return

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.issuing.allow_reprint(by, second, app.id)

        self.work(act, self._stands)

    def scanned(self, text: str) -> bool:
        """A card at the handover; anything else goes on to the window's search."""
        if self.view.step is not WalkStep.HANDOVER or self.view.app is None:
            return False
        self.show(scanned_serial=card_serial(text), problem=None)
        return True

    def hand_over(self, recipient: Recipient | None = None) -> None:
        """Give the scanned card to the person (or to a proxy with a letter)."""
        app, by, serial = self.view.app, self.by, self.view.scanned_serial
        if app is None:
            return
        if not serial:
            self.show(problem=ScanTheCard())
            return

        def then(done: Application) -> None:
            self.show(scanned_serial="", said=self.say("walkin.handed_over"))
            self._stands(done)
            waiting = [i for i, c in enumerate(self.view.cases) if not c.ended]
            if waiting:
                self.pick(waiting[0])

        self.work(
            lambda: self.desk.handover.hand_over(by, app.id, serial, recipient),
            then,
            failed=lambda problem: self.show(problem=problem, scanned_serial=""),
        )

    # -- sideways --------------------------------------------------------------------------

    def hold(self, reason: str = "applicant_left") -> None:
        """Set the case aside and serve the next."""
        app, by = self.view.app, self.by
        if app is None:
            return
        self.work(
            lambda: self.desk.intake.hold(by, app.id, reason),
            lambda _: self._leave_visit("walkin.held"),
        )

    def resume(self) -> None:
        """Go on where the hold began."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.resume(by, app.id), self._stands)

    def reject(self, reason: str, note: str = "") -> None:
        """Refuse this case; others of the visit go on."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.reject(by, app.id, reason, note), self._ended)

    def cancel(self, reason: str, note: str = "") -> None:
        """The applicant withdraws."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.intake.cancel(by, app.id, reason, note), self._ended)

    def clear_jkn(self) -> None:
        """Ask JKN whether the arrears are settled."""
        app, by = self.view.app, self.by
        if app is not None:
            self.work(lambda: self.desk.proofs.clear_jkn(by, app.id), self._stands)

    def finish_visit(self) -> None:
        """Everything of this visit has ended: ready for the next."""
        self._leave_visit("")

    def _ended(self, app: Application) -> None:
        self._stands(app)
        left = [i for i, case in enumerate(self.view.cases) if not case.ended]
        if left:
            self.pick(left[0])

    def _leave_visit(self, message: str) -> None:
        self._second = None
        said = self.say(message) if message else self.view.said
        self.view = WalkInView(waiting=self.view.waiting, said=said)
        self.show()
        self._refresh()


def parse_day(text: str) -> date:
    """dd/mm/yyyy, with or without separators. Raises ValueError."""
    digits = "".join(ch for ch in text if ch.isdigit())
    if len(digits) != 8:
        raise ValueError(text)
    return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))


def card_serial(text: str) -> str:
    """The blank's serial out of a scanned code: the card's own QR carries it, or it stands alone."""
    parts = text.strip().split(":")
    if parts and parts[0] == "LOKETSIM1" and len(parts) > 2:
        return parts[2]
    return text.strip()
