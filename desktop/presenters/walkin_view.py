"""What the walk-in screen shows, whole and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.cards.inspection.facts import Inspection
from desktop.domain.application import Application, Delivery, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.fees import Fee
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Role
from desktop.domain.person import Hold
from desktop.domain.plausible import Doubted
from desktop.domain.reasons import CardKnownBy
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Channel, Service
from desktop.domain.stock import DoubtAnswer
from desktop.domain.waiver import Waiver
from desktop.pictures import PictureFinding
from desktop.presenters.asked import AskingView
from desktop.presenters.base import Said
from desktop.presenters.card_reading import ReadingView
from desktop.services.doubts import Doubt, Outcome
from desktop.services.identifying import Identity
from desktop.services.intake import Standing
from desktop.services.requirements import Checklist


class WalkStep(StrEnum):
    """The steps of the bar, in order; TESTS only where the service has them."""

    IDENTITY = "identity"
    REQUIREMENTS = "requirements"
    TESTS = "tests"
    PAYMENT = "payment"
    CAPTURE = "capture"
    CONFIRM = "confirm"
    APPROVAL = "approval"
    PRODUCTION = "production"
    HANDOVER = "handover"
    DONE = "done"


_STEP_OF: dict[S, WalkStep] = {
    S.DRAFT: WalkStep.IDENTITY,
    S.REGISTERED: WalkStep.REQUIREMENTS,
    S.TESTED: WalkStep.PAYMENT,
    S.PAID: WalkStep.CAPTURE,
    S.CAPTURED: WalkStep.CONFIRM,
    S.CONFIRMED: WalkStep.APPROVAL,
    S.VERIFIED: WalkStep.APPROVAL,
    S.APPROVED: WalkStep.PRODUCTION,
    S.AWAITING_MATERIAL: WalkStep.PRODUCTION,
    S.IN_PRODUCTION: WalkStep.PRODUCTION,
    S.ENCODED: WalkStep.PRODUCTION,
    S.PRINTED: WalkStep.PRODUCTION,
    S.INSPECTED: WalkStep.PRODUCTION,
    S.READY: WalkStep.HANDOVER,
}

_ROLES: dict[WalkStep, frozenset[Role]] = {
    WalkStep.IDENTITY: frozenset({Role.REGISTRATION}),
    WalkStep.REQUIREMENTS: frozenset({Role.REGISTRATION}),
    WalkStep.TESTS: frozenset({Role.EXAMINER}),
    WalkStep.PAYMENT: frozenset({Role.REGISTRATION}),
    WalkStep.CAPTURE: frozenset({Role.IDENTIFICATION}),
    WalkStep.CONFIRM: frozenset({Role.REGISTRATION, Role.IDENTIFICATION}),
    WalkStep.APPROVAL: frozenset({Role.APPROVER}),
    WalkStep.PRODUCTION: frozenset({Role.PRODUCTION}),
    WalkStep.HANDOVER: frozenset(
        {Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION, Role.DISPATCH}
    ),
    WalkStep.DONE: frozenset(),
}


_PROVED = frozenset(
    {S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED, S.APPROVED,
     S.AWAITING_MATERIAL}
)  # fmt: skip
"""States beyond the requirements in which no card is being made."""


def step_of(app: Application | None) -> WalkStep:
    """Where a case stands on the bar; a held case stands where its hold began."""
    if app is None:
        return WalkStep.IDENTITY
    state = app.held_from if app.state is S.ON_HOLD and app.held_from else app.state
    lost = proof_lost(app, state)
    if lost is not None:
        return lost
    if state is S.REQUIREMENTS_CHECKED:
        return WalkStep.TESTS if app.service.needs_tests else WalkStep.PAYMENT
    return _STEP_OF.get(state, WalkStep.DONE)


def proof_lost(app: Application, state: S) -> WalkStep | None:
    """Where to prove again what an issuer denied afterwards; None once a card is being made."""
    if app.channel is not Channel.WALK_IN or state not in _PROVED:
        return None
    if not app.requirements_met:
        return WalkStep.REQUIREMENTS
    if not app.paid and not app.no_fee and state not in (S.REQUIREMENTS_CHECKED, S.TESTED):
        return WalkStep.PAYMENT
    return None


def roles_for(step: WalkStep) -> frozenset[Role]:
    """Who may finish a step; whoever has one of them."""
    return _ROLES[step]


def steps_for(service: Service | None) -> tuple[WalkStep, ...]:
    """The bar of a service."""
    return tuple(
        step
        for step in WalkStep
        if step is not WalkStep.DONE
        and (step is not WalkStep.TESTS or (service is not None and service.needs_tests))
    )


SERVED = frozenset({S.DRAFT, S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED})
"""States in which the applicant stands at the counter."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A service and class that may be asked for, with what speaks against it."""

    service: Service
    licence_class: LicenceClass
    problems: tuple[Problem, ...] = ()
    licence_id: str = ""
    days_left: int | None = None
    by_decree: str = ""
    soon: bool = False
    """The licence to be renewed runs out within the days in which a case must be hurried."""

    @property
    def possible(self) -> bool:
        return not self.problems

    @property
    def anew(self) -> bool:
        """A new issue of what ran out."""
        return self.service is Service.NEW_ISSUE and self.days_left is not None

    def instead_of(self, other: Choice) -> bool:
        """Whether it stands for a renewal that comes too late."""
        same = self.anew and self.licence_class is other.licence_class
        return same and other.service is Service.RENEWAL and not other.possible


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test of a case: how often taken, the last score, whether passed, and by another."""

    __test__ = False

    kind: RequirementKind
    attempts: int
    score: int | None
    passed: bool
    another_sat: bool = False


@dataclass(frozen=True, slots=True)
class PhotoState:
    """The photo step: the last attempt and what was found; `live` is what the camera sees.

    `blind` is a camera that was asked and gave no picture.
    """

    picture: bytes = field(default=b"", repr=False)
    findings: tuple[PictureFinding, ...] = ()
    attempt_id: str = ""
    attempts: int = 0
    accepted: bool = False
    overruled: bool = False
    """Accepted with a reason, though the checks refused it."""
    signature: bytes = field(default=b"", repr=False)
    cannot_sign: str = ""
    live: bytes = field(default=b"", repr=False)
    live_findings: tuple[PictureFinding, ...] = ()
    blind: bool = False

    @property
    def complete(self) -> bool:
        return self.accepted and bool(self.signature or self.cannot_sign)


@dataclass(frozen=True, slots=True)
class CardFaces:
    """Both faces as PNG."""

    front: bytes = field(default=b"", repr=False)
    back: bytes = field(default=b"", repr=False)
    letters: tuple[str, ...] = ()
    """Interim letters that stand in for this card until it is handed over."""


class Typing(StrEnum):
    """What the open form is for; each is kept as a draft at every field."""

    IDENTITY = "identity"
    CORRECTION = "correction"
    EVIDENCE = "evidence"
    BANK_SLIP = "bank_slip"
    PROXY = "proxy"


PRINTING = "doing.print_card"
"""Chip and printer take a minute: the next person may be served meanwhile."""

LOOKING = "doing.look_at_card"

READING_CHIP = "doing.read_sim"

ASKING = "doing.gather"

WAITED_FOR = (
    "doing.read_eid", "doing.match_finger", "doing.take_photo", "doing.take_signature", PRINTING,
    LOOKING, READING_CHIP,
)  # fmt: skip
"""Work that Esc ends: somebody or some device is waited for."""


@dataclass(frozen=True)
class WalkInView(ReadingView, AskingView):
    """The wizard. `form` holds what is typed in the open form, named by `typing`."""

    ticket: Ticket | None = None
    visit: Visit | None = None
    cases: tuple[Application, ...] = ()
    current: int = 0
    waiting: int = 0
    tickets: tuple[Ticket, ...] = ()
    adding: bool = False
    identity: Identity | None = None
    eid_photo: bytes = field(default=b"", repr=False)
    taken_before: bytes = field(default=b"", repr=False)
    """The case's own photo, where it was opened again and no chip's stands beside it."""
    manual: bool = False
    correcting: bool = False
    typing: Typing | None = None
    typed_kind: RequirementKind | None = None
    form: dict[str, str] = field(default_factory=dict[str, str])
    draft_id: str = ""
    standing: Standing | None = None
    choices: tuple[Choice, ...] = ()
    chosen: int = 0
    needs_second: bool = False
    checklist: Checklist | None = None
    gathered: tuple[Exception, ...] = ()
    asked_kind: RequirementKind | None = None
    """The requirement whose issuer is asked while issuers are; None for all that aren't met."""
    fee: Fee | None = None
    waivers: tuple[Waiver, ...] = ()
    tests: tuple[TestLine, ...] = ()
    photo: PhotoState = field(default_factory=PhotoState)
    faces: CardFaces = field(default_factory=CardFaces)
    doubted: tuple[Doubted, ...] = ()
    """Odd values of the case on show, to be asked about before its data is confirmed."""
    inspection: Inspection | None = None
    """The machine's last look at the card of `tried_card`; None where it saw nothing."""
    tried_card: str = ""
    """The case whose card was brought to the viewer, seen or not."""
    to_turn: str = ""
    """The case whose card the viewer has seen one side of, in a look that may be over."""
    can_look: bool = False
    """Whether this counter has a card viewer."""
    outcome: Outcome | None = None
    fault: Exception | None = None
    put_back: Said | None = None
    """Where the untouched blank of a stopped card belongs."""
    past_stop: bool = False
    """Whether the card that is being made can't be stopped any more."""
    written_off: Said | None = None
    """What was recorded of the card that this case just lost; it stays on the page."""
    doubt: Doubt | None = None
    doubt_answers: tuple[DoubtAnswer, ...] = ()
    scanned_serial: str = ""
    read_by_printer: str = ""
    """The number of the card that the printer itself has read; empty where it read none."""
    known_by: CardKnownBy | None = None
    """What told `scanned_serial`, where that was no scanner."""
    old_card_due: bool = False
    """Whether the old card that this one replaces has still to be taken in."""
    blanks_left: int = 0
    reprint_limited: bool = False
    """Printed as often as one officer may, and nobody has signed for one more try."""
    holds: tuple[Hold, ...] = ()
    """What the centre says of the person now: what binds, and what only informs."""
    contested: bool = False
    """Whether a supervisor has yet to decide whose this NIK is."""
    receipt: str = ""
    receipt_number: str = ""
    taken_over: bool = False
    lacks: frozenset[Role] = frozenset()
    can_sign_on_screen: bool = True

    @property
    def handed(self) -> tuple[str, ...]:
        """Cases whose cards went over the counter, once none of this visit waits for that."""
        if any(app.state is S.READY for app in self.cases):
            return ()
        closed = (app for app in self.cases if app.state is S.CLOSED)
        return tuple(app.id for app in closed if app.delivery is not Delivery.COURIER)

    @property
    def app(self) -> Application | None:
        """The case on show; none while identity is being read or another case is being added."""
        if self.adding or not self.cases:
            return None
        return self.cases[min(self.current, len(self.cases) - 1)]

    @property
    def idle(self) -> bool:
        """Nobody is being served."""
        return self.visit is None and self.app is None and not self.adding

    @property
    def step(self) -> WalkStep:
        """The step that Enter finishes."""
        return step_of(self.app)

    @property
    def stands_at(self) -> object:
        return self.app.id if self.app is not None else "", self.step

    @property
    def steps(self) -> tuple[WalkStep, ...]:
        """The bar of the case on show."""
        return steps_for(self.app.service if self.app else None)

    @property
    def turning(self) -> bool:
        """Whether the viewer waits for the card on show to be turned over."""
        shown = self.app.id if self.app is not None else ""
        return self.doing == LOOKING and self.to_turn == self.tried_card == shown != ""

    @property
    def number_read(self) -> bool:
        """Whether the card's own number was scanned or read by the printer, and no other since."""
        own = self.app.blank_serial if self.app is not None else ""
        return bool(own) and (self.scanned_serial or self.read_by_printer) == own

    @property
    def looked(self) -> Inspection | None:
        """What the machine saw of the card on show, if it looked."""
        return self.inspection if self.app is not None and self.app.id == self.tried_card else None

    def asks_for(self, kind: RequirementKind) -> bool:
        """Whether its issuer is being asked now."""
        return self.doing == ASKING and self.asked_kind in (None, kind)

    @property
    def held(self) -> bool:
        return self.app is not None and self.app.state is S.ON_HOLD

    @property
    def bound(self) -> bool:
        """Whether a binding hold forbids the step's way on: no card is made or handed over."""
        if self.app is None or not any(hold.binding for hold in self.holds):
            return False
        waits = self.app.state in (S.APPROVED, S.AWAITING_MATERIAL)
        return waits or self.step is WalkStep.HANDOVER

    @property
    def asks(self) -> bool:
        """Whether the applicant must be asked about odd values before going on."""
        at_check = self.step is WalkStep.CONFIRM and not self.held
        return bool(self.doubted) and at_check and not self.correcting

    @property
    def cancellable(self) -> bool:
        """Whether Esc ends what is going on."""
        return self.doing in WAITED_FOR and not self.unstoppable

    @property
    def unstoppable(self) -> bool:
        """Whether a card is being made whose chip is written: to stop it now would cost it."""
        return self.doing == PRINTING and self.past_stop

    @property
    def may_leave(self) -> bool:
        """Whether the next person may be called: whoever is here waits for others, or is done."""
        if self.idle:
            return True
        if self.adding or not self.cases or self.doing not in ("", PRINTING):
            return False
        return all(
            let_go(app) or (app is self.app and self.doing == PRINTING) for app in self.cases
        )

    @property
    def goes_on(self) -> int | None:
        """Where the visit's next case stands at which somebody is still served, if one does."""
        return next((at for at, app in enumerate(self.cases) if not let_go(app)), None)


def let_go(app: Application) -> bool:
    """Whether nobody is served at this case now: it waits for others, or is done."""
    return step_of(app) in (WalkStep.APPROVAL, WalkStep.DONE) or app.state is S.ON_HOLD
