"""The morning's walk-ins: each visit from ticket to handover, as keys on the walk-in screen."""

from __future__ import annotations

from desktop.domain.application import Application, CardSwapped, PhotoRefused
from desktop.domain.correction import LostOrSeized
from desktop.domain.licence_class import LicenceClass
from desktop.domain.reasons import OverrideReason, RejectReason
from desktop.domain.service import Service
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.services.doubts import Outcome
from desktop.training.day import Day, OffScript
from desktop.training.day_approve import sign_waiting
from desktop.training.people import Person
from devices.simulators.faults import Fault, FaultName


class Visit:
    """One person at the counter, and the keys that serve them."""

    def __init__(self, day: Day, person: Person) -> None:
        self.day = day
        self.person = person
        self.walk = WalkIn(day.desk)

    # -- steps -----------------------------------------------------------------------------

    def call(self, service: Service) -> None:
        """A ticket is drawn, the person is called and lays the KTP-el on the reader."""
        day = self.day
        ticket = day.desk.queue.take_ticket(day.by, service)
        day.spend(45)
        self.walk.enter()
        day.stage.lay_eid(self.person)
        day.press(self.walk, self.walk.call_next)
        day.tell("called", ticket=ticket.number, service=service)

    def register(self, service: Service, licence_class: LicenceClass) -> Application:
        """Choose what is asked for and register it."""
        view = self.walk.view
        wanted = next(
            (i for i, choice in enumerate(view.choices)
             if (choice.service, choice.licence_class) == (service, licence_class)),
            None,
        )  # fmt: skip
        if wanted is None:
            raise OffScript(f"{service} {licence_class} isn't offered")
        self.walk.choose(wanted)
        self.enter(takes=15)
        return self.app

    def enter(self, takes: float = 4.0) -> None:
        """The Enter key."""
        self.day.press(self.walk, self.walk.enter_key, takes=takes)

    @property
    def app(self) -> Application:
        app = self.walk.view.app
        if app is None:
            raise OffScript("no case on show")
        return app

    def at(self, step: WalkStep) -> None:
        """The script and the screen agree where the case stands."""
        if self.walk.view.step is not step:
            raise OffScript(f"at {self.walk.view.step}, not {step}")

    def requirements_and_payment(self) -> None:
        """What issuers confirm, and the bank's word."""
        self.at(WalkStep.REQUIREMENTS)
        self.enter(takes=20)
        self.at(WalkStep.PAYMENT)
        self.enter(takes=30)

    def tests(self) -> None:
        """Theory and practice, an hour later; the examiner passes them."""
        self.at(WalkStep.TESTS)
        with self.day.officer("dewi"):
            self.day.press(self.walk, self.walk.fetch_tests)
            self.enter()

    def photo_and_signature(self) -> None:
        """Once for the whole visit."""
        day = self.day
        self.at(WalkStep.CAPTURE)
        day.stage.sit(self.person)
        day.stage.ready_to_sign(self.person)
        day.spend(15)
        self.walk.take_photo()
        if isinstance(self.walk.view.problem, PhotoRefused):
            # A drawn face may fail a check that a real one would pass: the officer's eye decides.
            reason = OverrideReason.PHOTO_CHECK_MISTAKEN
            day.press(self.walk, self.walk.overrule, reason, takes=10)
            day.tell("photo_overruled")
        self.enter()
        day.stage.stand_up()

    def confirm(self) -> None:
        """The applicant reads the card's preview, case by case."""
        for index, case in enumerate(self.walk.view.cases):
            if not case.ended:
                self.walk.pick(index)
                self.at(WalkStep.CONFIRM)
                self.enter(takes=25)

    def approve(self) -> None:
        """The approver signs what waits, under an own name."""
        with self.day.officer("sri"):
            sign_waiting(self.day)

    def produce(self) -> None:
        """Encode, print, look at each card."""
        with self.day.officer("rahmat"):
            for index, case in enumerate(self.walk.view.cases):
                if not case.ended:
                    self.walk.pick(index)
                    self.print_one()

    def print_one(self) -> None:
        """One card that prints at once and passes the officer's eye."""
        self.at(WalkStep.PRODUCTION)
        self.enter()
        if self.walk.view.outcome is not Outcome.PRINTED:
            raise OffScript(f"{self.walk.view.outcome}: {self.walk.view.fault!r}")
        self.enter(takes=12)

    def hand_over(self) -> None:
        """Every card is scanned, named and given; the receipt prints by itself."""
        day, walk = self.day, self.walk
        day.clear_trays()
        cards = self.open_cases()
        for _ in cards:
            self.at(WalkStep.HANDOVER)
            walk.scanned(self.app.blank_serial)
            self.enter(takes=10)
        day.bench.take_papers()
        day.tell("handed_over", cards=len(cards), receipt=walk.view.receipt_number)
        self.enter()
        walk.leave()
        walk.close()
        day.stage.take_eid()

    def open_cases(self) -> list[Application]:
        """Cases of this visit that go on."""
        return [case for case in self.walk.view.cases if not case.ended]


def renewal_c(day: Day) -> None:
    """A renewal of SIM C; the first picture has closed eyes and is taken again."""
    visit = Visit(day, day.cast.renewal_c)
    visit.call(Service.RENEWAL)
    visit.register(Service.RENEWAL, LicenceClass.C)
    visit.requirements_and_payment()
    day.stage.sit(visit.person)
    day.bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
    refused = day.refused(visit.walk, PhotoRefused, visit.walk.take_photo, takes=15)
    day.tell("photo_again", tries=refused.tries)
    visit.photo_and_signature()
    visit.confirm()
    visit.approve()
    visit.produce()
    visit.hand_over()


def new_a(day: Day) -> None:
    """A first SIM A: requirements, theory, practice, then like any other."""
    visit = Visit(day, day.cast.new_a)
    visit.call(Service.NEW_ISSUE)
    visit.register(Service.NEW_ISSUE, LicenceClass.A)
    visit.at(WalkStep.REQUIREMENTS)
    visit.enter(takes=20)
    day.spend(45 * 60)
    visit.tests()
    day.tell("tests_passed")
    visit.at(WalkStep.PAYMENT)
    visit.enter(takes=30)
    visit.photo_and_signature()
    visit.confirm()
    visit.approve()
    visit.produce()
    visit.hand_over()


def lost_card(day: Day) -> None:
    """A lost card is replaced against the police's loss report, its validity kept."""
    visit = Visit(day, day.cast.lost_card)
    visit.call(Service.REPLACE_LOST)
    visit.register(Service.REPLACE_LOST, LicenceClass.C)
    visit.at(WalkStep.REQUIREMENTS)
    day.refused(visit.walk, LostOrSeized, visit.walk.enter_key, takes=20)
    day.press(visit.walk, visit.walk.card_was_lost)
    visit.at(WalkStep.PAYMENT)
    visit.enter(takes=30)
    visit.photo_and_signature()
    visit.confirm()
    visit.approve()
    visit.produce()
    visit.hand_over()


def refused_c(day: Day) -> None:
    """A and C in one visit: the C card was seized as evidence and is refused, A goes on."""
    visit = two_renewals(day, day.cast.refused_c, RejectReason.CARD_SEIZED)
    visit.photo_and_signature()
    visit.confirm()
    visit.approve()
    visit.produce()
    visit.hand_over()


def swapped_cards(day: Day) -> None:
    """A and C in one visit: at the handover the wrong card is scanned first, and named."""
    visit = two_renewals(day, day.cast.swapped)
    visit.photo_and_signature()
    visit.confirm()
    visit.approve()
    visit.produce()
    walk = visit.walk
    walk.pick(0)
    day.clear_trays()
    own, other = (case.blank_serial for case in visit.open_cases())
    walk.scanned(other)
    caught = day.refused(walk, CardSwapped, walk.enter_key)
    day.tell("swap_caught", expected=visit.app.licence_class, found=caught.found_class)
    if walk.view.scanned_serial or own == other:
        raise OffScript("the wrong card is still on the screen")
    visit.hand_over()


def two_renewals(day: Day, person: Person, refuse_c: RejectReason | None = None) -> Visit:
    """A and C of one person, registered, checked and paid; C is refused if a reason is given."""
    visit = Visit(day, person)
    visit.call(Service.RENEWAL)
    visit.register(Service.RENEWAL, LicenceClass.A)
    visit.requirements_and_payment()
    day.press(visit.walk, visit.walk.add_case)
    visit.register(Service.RENEWAL, LicenceClass.C)
    if refuse_c is None:
        visit.requirements_and_payment()
        return visit
    refused = visit.app
    day.press(visit.walk, visit.walk.reject, refuse_c, takes=40)
    day.tell("refused", number=refused.number, service=refused.service,
             licence_class=refused.licence_class, reason=refuse_c)  # fmt: skip
    return visit
