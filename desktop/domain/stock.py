"""Blank cards: numbered, each with one custodian, moved only by recorded movements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.ribbon import RibbonMark
from desktop.domain.states import OPEN_JOBS as OPEN_JOBS
from desktop.domain.states import BlankAction as BlankAction
from desktop.domain.states import BlankState as BlankState
from desktop.domain.states import JobState as JobState
from desktop.domain.states import ShiftState as ShiftState


@dataclass(frozen=True, slots=True)
class Blank:
    """A numbered plastic card. `id` is its serial."""

    id: str
    lot: str
    state: BlankState
    custodian: str
    movement: int
    version: int = 0
    application_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One append-only line of the stock ledger, unique by (serial, number)."""

    id: str
    serial: str
    number: int
    lot: str
    action: BlankAction
    before: BlankState | None
    after: BlankState
    custodian: str
    officer: str
    at: datetime
    shift: str
    reason: str = ""
    application_id: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The invariant of one lot over one shift or day."""

    lot: str
    opening: int = 0
    received: int = 0
    transferred_in: int = 0
    issued: int = 0
    spoiled: int = 0
    transferred_out: int = 0
    to_be_destroyed: int = 0
    missing: int = 0
    closing: int = 0

    @property
    def holds(self) -> bool:
        """opening + received + transferred in = everything that left + closing."""
        came = self.opening + self.received + self.transferred_in
        left = self.issued + self.spoiled + self.transferred_out + self.to_be_destroyed
        return came == left + self.missing + self.closing


@dataclass(frozen=True, slots=True)
class CardLook:
    """One look of the machine at a printed card, kept whether the card was passed or not.

    `verdict` is its answer (`CardVerdict`), `findings` the checks that failed, the gravest first.
    `front` and `back` are the digests of the pictures that were judged; `kept` those that are in
    the store, with the faults marked. `chip_read` says whether the chip of this very card was.
    """

    at: datetime
    officer: str
    verdict: str
    findings: tuple[str, ...]
    front: str
    back: str
    kept: tuple[str, ...] = ()
    chip_read: bool = False
    override: str = ""
    second: str = ""

    @property
    def refused(self) -> bool:
        """Whether a plain yes isn't enough to pass the card, nor a reason alone."""
        return self.verdict == "refused"

    @property
    def faulty(self) -> bool:
        """Whether passing it takes a reason."""
        return self.verdict in ("faulty", "refused")


class CardFaulty(Problem):
    """The machine found a fault of the print; `check` is the first. A coded reason passes it."""

    check: StrEnum


class CardRefused(Problem):
    """It is another card, or contradicts itself; only a reason and two officers pass it."""

    check: StrEnum


class CardNotOurs(CardRefused):
    """Its seal or its chip isn't the one that was made for this case; nobody passes it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One try at making one card out of one blank.

    `reached` is how far a job came before it fell into doubt; `serial_read` is False where nobody,
    neither machine nor officer, has read the fed card's own serial yet. `printer` is the serial of
    the machine that made it: another one's counters say nothing of this card.
    """

    id: str
    application_id: str
    blank_serial: str
    state: JobState
    officer: str
    started_at: datetime
    shift: str
    chip_uid: str = ""
    faces_digest: str = ""
    chip_digest: str = ""
    cards_before: int = 0
    panels_before: int = 0
    fault: str = ""
    batch: str = ""
    finished_at: datetime | None = None
    reached: JobState | None = None
    serial_read: bool = True
    printer: str = ""
    looks: tuple[CardLook, ...] = ()
    version: int = 0

    def made_by(self, printer: str) -> bool:
        """Whether a machine of this serial may have made it; True where nobody noted one."""
        return self.printer in ("", printer)


class DoubtAnswer(StrEnum):
    """The answers to the one question about a job in doubt.

    Three at most; PRINT_ON is the fourth where the untouched card still waits inside.
    """

    CARD_GOOD = "card_good"
    CARD_SPOILED = "card_spoiled"
    NO_CARD = "no_card"
    PRINT_ON = "print_on"


class UnnumberedUse(StrEnum):
    """Cards that are not accountable blanks but still move the printer's counter."""

    TEST = "test"
    ALIGNMENT = "alignment"
    CLEANING = "cleaning"


@dataclass(frozen=True, slots=True)
class Shift:
    """One counter's working day, from opening to the supervisor's signature.

    `carried` is on hand by lot as the last close left it (None for the first shift), `opening` as
    it was found at the opening. `counters_known` tells whether the printer answered then.
    `printers_at_open` and `printers_at_close` are the serials of the machines that were counted
    ("" for one without): another machine's counters can't be compared with those.
    `after_movement` is the newest movement of the close before, `last_movement` of its own;
    while it is open, of its last count.
    `ribbons_at_open` and `ribbons_at_close` are what those machines told of their ribbons.
    """

    id: str
    counter: str
    day: date
    state: ShiftState
    opened_by: str
    opened_at: datetime
    cards_at_open: int = 0
    errors_at_open: int = 0
    panels_at_open: int = 0
    unnumbered: int = 0
    counted: dict[str, int] | None = None
    counted_by: str = ""
    statement: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    printer_cards: int = 0
    report: str = ""
    version: int = 0
    counters_known: bool = False
    printer_errors: int = 0
    printer_panels: int = 0
    opening: dict[str, int] = field(default_factory=dict[str, int])
    carried: dict[str, int] | None = None
    closing: dict[str, int] | None = None
    seq_at_open: int = 0
    seq_at_close: int = 0
    panels_per_card: int = 0
    after_movement: str = ""
    last_movement: str = ""
    day_report: str = ""
    printers_at_open: tuple[str, ...] = ()
    printers_at_close: tuple[str, ...] = ()
    ribbons_at_open: tuple[RibbonMark, ...] = ()
    ribbons_at_close: tuple[RibbonMark, ...] = ()


class NoBlankAssigned(Problem):
    """This counter has no free blank left.

    `reason` is "batch" where cards are made in a row, for applicants who aren't here.
    """

    counter: str
    reason: str = ""


class FeederUnknown(Problem):
    """A printer reads no serial, and nobody noted which blanks lie in its feeder.

    `number` counts the counter's card printers from 1.
    """

    number: int


class UnknownBlank(Problem):
    """No blank with this serial is on the office's books.

    `reason` is "typed" where hands and no scanner gave it.
    """

    serial: str
    reason: str = ""


class WrongBlank(Problem):
    """The card in the printer isn't the one that was reserved.

    `reason` is "finished" where a made card was scanned that isn't the case's.
    """

    found: str
    expected: str
    reason: str = ""


class BlankOutOfTurn(WrongBlank):
    """A blank of this counter's own came before its turn: the reserved one isn't on top."""


class BlankNotBack(Problem):
    """The blank in turn came out of the printer before, and nobody has put it back."""

    expected: str


class BlankBusy(Problem):
    """The blank is not free for this."""

    serial: str
    state: BlankState


class BlankOfCase(Problem):
    """A case holds this blank: what became of its card is said there."""

    serial: str
    case: str


class SerialMalformed(Problem):
    """A typed or scanned serial doesn't follow the office's pattern."""

    serial: str


class SerialKnown(Problem):
    """A consignment names serials that the books hold already; `reason` loose: loose cards only."""

    count: int
    first: str
    reason: str = ""


class JobInDoubt(Problem):
    """A job was cut off between intent and outcome; it must be answered first."""

    job: str
    serial: str


class AnswerImpossible(Problem):
    """The job never came far enough for this answer."""

    answer: DoubtAnswer
    reached: JobState


class DoubtElsewhere(Problem):
    """The job in doubt is another counter's: whoever stands at its machine answers."""

    number: str
    counter: str


class SerialUnread(Problem):
    """Nobody has read the card's own serial; the reserved one is `expected`.

    `reason` is "batch" where cards are made in a row, and no hand can scan one for its job.
    """

    expected: str
    reason: str = ""


class DatedYesterday(Problem):
    """The day changed while the card was made: it would bear yesterday's date."""

    dated: date
    today: date


class DayStillOpen(Problem):
    """The day can't be closed yet."""

    in_doubt: int
    at_printer: int


class NoShift(Problem):
    """No shift is open at this counter."""


class CountMissing(Problem):
    """A lot with blanks on the books wasn't counted."""

    lot: str


class NotCounted(Problem):
    """The blanks weren't counted by hand yet."""


class MovedSinceCount(Problem):
    """Blanks came or went after the count: it tells of another pile than lies here now."""

    count: int


class StatementMissing(Problem):
    """Something differs, and nobody has said what they know of it."""


class TooManyAsked(Problem):
    """The store room holds fewer blanks than were asked for."""

    asked: int
    there: int


class ConsignmentIncomplete(Problem):
    """A consignment lacks its `reason`: lot or serials."""

    reason: str


class NothingToSetAside(Problem):
    """No card was chosen that isn't set aside already."""


class LoadMiscounted(Problem):
    """The counter's free blanks from the first to the last serial are another number than noted."""

    first: str
    last: str
    count: int
    there: int


class RangeMalformed(Problem):
    """First and last serial don't span a range: other letters, or the wrong way round."""

    first: str
    last: str
