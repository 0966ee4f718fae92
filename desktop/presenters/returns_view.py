"""What the returns screen shows: a parcel that came back, from its scan to its one outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.application import Application, ApplicationState, Incident
from desktop.domain.reasons import ReturnReason
from desktop.domain.shipment import Address, Contents, Parcel, ReturnCase, ReturnState
from desktop.presenters.asked import AskingView
from desktop.services.returns import AgedReturn, CardCheck


class ReturnStep(StrEnum):
    """Where a return stands; the screen's bar shows the first four."""

    SCAN = "scan"
    SEAL = "seal"
    CARD = "card"
    DECIDE = "decide"
    OTHER_CARD = "other_card"
    HELD = "held"
    DESTROY = "destroy"
    DONE = "done"


class ReturnFilter(StrEnum):
    """Which returns the list shows."""

    WAITING = "waiting"
    HELD = "held"
    LATE = "late"
    TO_DESTROY = "to_destroy"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A returned card on the shelf."""

    aged: AgedReturn
    name: str
    city: str

    @property
    def case(self) -> ReturnCase:
        return self.aged.case


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """The return on show. `check` is what scan and chip said in this sitting.

    `other` is the case whose card lay in the parcel instead, `other_photo` its holder, b"" where
    this counter has no picture of them.
    """

    case: ReturnCase
    app: Application
    parcel: Parcel
    photo: bytes = field(default=b"", repr=False)
    seal_picture: bytes = field(default=b"", repr=False)
    face: bytes = field(default=b"", repr=False)
    incidents: tuple[Incident, ...] = ()
    other: Application | None = None
    other_photo: bytes = field(default=b"", repr=False)
    opener: str = ""
    receiver: str = ""
    manifest: int = 0
    check: CardCheck | None = None

    @property
    def step(self) -> ReturnStep:
        """What has to be done next."""
        case = self.case
        ends = {
            ReturnState.RECEIVED: ReturnStep.SEAL,
            ReturnState.HELD_FOR_COLLECTION: ReturnStep.HELD,
            ReturnState.RECALLED: ReturnStep.DESTROY,
        }
        if case.state is not ReturnState.VERIFIED:
            return ends.get(case.state, ReturnStep.DONE)
        if case.contents is Contents.OTHER_CARD:
            return ReturnStep.OTHER_CARD
        if case.contents is Contents.OWN_CARD:
            return ReturnStep.DECIDE
        return ReturnStep.CARD

    @property
    def good(self) -> bool:
        """Serial, chip and case agree: the card may go to its holder."""
        return bool(self.case.card_matches and self.case.chip_matches) and not self.replaced

    @property
    def doubted(self) -> bool:
        """A card that came out and doesn't agree yet: it may be read once more."""
        return bool(self.case.card_serial) and not self.good and not self.replaced

    @property
    def recallable(self) -> bool:
        """Whether two may recall it: a card that doesn't agree is made again, or is read well."""
        app = self.app
        stands = app.held_from if app.state is ApplicationState.ON_HOLD else app.state
        doubted = self.step is ReturnStep.DECIDE and self.doubted
        return not doubted or stands is ApplicationState.READY

    @property
    def replaced(self) -> bool:
        """Its own card, but lost, missing or corrected meanwhile: another one is made for it."""
        own = self.case.contents is Contents.OWN_CARD
        return own and self.app.blank_serial != self.case.card_serial

    @property
    def mine_due(self) -> bool:
        """Whether the parcel's own card, being gone, is made again: not if it was already."""
        return self.app.blank_serial == self.parcel.serial

    @property
    def cards_due(self) -> int:
        """How many cards are made when a card found here in place of another is settled."""
        other = self.other is not None and self.other.blank_serial == self.case.card_serial
        return self.mine_due + other


WAITED_FOR = ("doing.compare_chip", "doing.write_order", "doing.picture_seal")
"""Work that Esc ends: a card or a picture is waited for."""
BESIDE = "doing.print_minutes"
"""Work that is over whatever is on show: the next parcel needn't wait for the paper."""


@dataclass(frozen=True)
class ReturnsView(AskingView):
    """The whole screen. Reason, seal, picture and note are kept until both officers sign."""

    lines: tuple[ReturnLine, ...] = ()
    filter: ReturnFilter = ReturnFilter.WAITING
    counts: dict[ReturnFilter, int] = field(default_factory=dict[ReturnFilter, int])
    open: OpenReturn | None = None
    reason: ReturnReason | None = None
    seal_intact: bool | None = None
    picture: bytes = field(default=b"", repr=False)
    note: str = ""
    scanned: str = ""
    sending: bool = False
    card_scanned: str = ""
    address: Address | None = None

    @property
    def waits(self) -> bool:
        """Whether Esc ends what is going on."""
        return self.doing in WAITED_FOR

    @property
    def step(self) -> ReturnStep:
        return ReturnStep.SCAN if self.open is None else self.open.step
