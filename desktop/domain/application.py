"""One applicant, one service, one licence class, one channel: the case that a counter works on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.online import RefusedLine, SentBackPoint
from desktop.domain.person import Applicant
from desktop.domain.service import Channel, Service
from desktop.domain.shipment import Address
from desktop.domain.states import ENDS as ENDS
from desktop.domain.states import ApplicationState as ApplicationState


class Delivery(StrEnum):
    """How the finished card reaches the person."""

    COLLECT = "collect"
    PROXY = "proxy"
    COURIER = "courier"


class IdentitySource(StrEnum):
    """How the identity was established; MANUAL is marked for ever."""

    CHIP = "chip"
    CONFIRMED = "confirmed"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class ExamPhoto:
    """Who sat a test, as its own camera saw them: a RequirementKind and the picture's digest."""

    kind: str
    picture: str


@dataclass(frozen=True, slots=True)
class Application:
    """A case. `version` is compared inside every UPDATE; `held_from` is where a hold returns to."""

    id: str
    number: str
    visit_id: str
    person_id: str
    service: Service
    licence_class: LicenceClass
    channel: Channel
    state: ApplicationState
    applicant: Applicant
    maker: str
    created_at: datetime
    changed_at: datetime
    rules_version: str
    nik: str
    delivery: Delivery = Delivery.COLLECT
    address: Address | None = None
    proxy: str = ""
    loss: str = ""
    identity: IdentitySource | None = None
    photo: str = ""
    signature: str = ""
    cannot_sign: str = ""
    accommodation: str = ""
    fee: int = 0
    billing_code: str = ""
    requirements_met: bool = False
    tests_passed: bool = False
    exam_photos: tuple[ExamPhoto, ...] = ()
    paid: bool = False
    pictures_checked: bool = False
    jkn_hold: bool = False
    pictures_overruled: bool = False
    """Whether a picture from home was taken though the machine doubted it."""
    faces_doubted: bool = False
    """Whether an officer who laid the faces side by side ever saw anybody but one person."""
    old_card_taken: bool = False
    """Whether the card that this case replaces was taken in, at whichever counter."""
    data_altered: bool = False
    """Whether data were ever altered by hand; a telephone, which no chip tells, isn't counted."""
    confirmed_digest: str = ""
    approved_digest: str = ""
    approved_by: str = ""
    reason: str = ""
    note: str = ""
    held_from: ApplicationState | None = None
    held_note: str = ""
    """What an approver wrote when sending it back; `note` tells the hold's own reason meanwhile."""
    previous_licence: str = ""
    issue_on: date | None = None
    valid_until: date | None = None
    keep_validity: bool = False
    no_fee: bool = False
    sim_number: str = ""
    blank_serial: str = ""
    old_blank: str = ""
    job_id: str = ""
    licence_id: str = ""
    reprints: int = 0
    reissued: str = ""
    faces_digest: str = ""
    chip_uid: str = ""
    inspected_by: str = ""
    batch_id: str = ""
    external_id: str = ""
    filing: str = ""
    revision: int = 0
    sent_back: tuple[SentBackPoint, ...] = ()
    claimed_by: str = ""
    handed_to: str = ""
    makers: frozenset[str] = frozenset()
    version: int = 0

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    @property
    def waived(self) -> bool:
        """Whether a decree stands in the fee's place."""
        return self.paid and not self.fee and not self.no_fee

    @property
    def at_the_counter(self) -> bool:
        """Whether it goes on at the walk-in: begun there, or filed from home and fetched here."""
        held = self.state is ApplicationState.ON_HOLD
        made = (self.held_from if held else self.state) is ApplicationState.READY
        return bool(self.visit_id) or (made and self.delivery is Delivery.COLLECT)

    @property
    def keeps_dates(self) -> bool:
        """Whether the next card carries the dates of the one that it stands for."""
        return self.keep_validity or bool(self.reissued)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the queue."""

    id: str
    number: str
    lane: str
    day: date
    issued_at: datetime
    state: str = "waiting"
    service: Service | None = None
    visit_id: str = ""
    called_at: datetime | None = None
    called_by: str = ""
    call_reason: str = ""
    done_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One applicant, one ticket, any number of applications; identity, photo and signature once."""

    id: str
    ticket_id: str
    officer: str
    opened_at: datetime
    person_id: str = ""
    identity: IdentitySource | None = None
    fingerprint: str = ""
    eid_photo: str = ""
    photo: str = ""
    signature: str = ""
    cannot_sign: str = ""
    held: bool = False
    closed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Approval:
    """An officer's signature over (act, subject, content digest, time)."""

    id: str
    act: str
    subject: str
    digest: str
    officer: str
    signature: str
    at: datetime
    key_id: str = ""
    void: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a photo, kept with its findings whether it was taken or not."""

    id: str
    visit_id: str
    picture: str
    findings: tuple[str, ...]
    accepted: bool
    at: datetime
    officer: str
    override: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed but no act yet, saved at every field; without an officer the counter's."""

    id: str
    officer: str
    form: str
    saved_at: datetime
    fields: dict[str, str]
    ticket_id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """An interim letter: redeemed once, in order, when stock lands."""

    id: str
    number: int
    application_id: str
    issued_at: datetime
    expires: date
    redeemed_at: datetime | None = None
    paper: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that a supervisor must look at, with the officer's own words."""

    id: str
    kind: str
    subject: str
    opened_by: str
    opened_at: datetime
    details: dict[str, str]
    statement: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that was made: its kind, number, subject and the blob that holds it."""

    id: str
    kind: str
    number: str
    subject: str
    blob: str
    made_by: str
    made_at: datetime
    printed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """An imported file of online applications; the same file twice changes nothing."""

    id: str
    digest: str
    imported_by: str
    imported_at: datetime
    count: int
    refused: tuple[RefusedLine, ...] = ()
    exported_at: datetime | None = None
    version: int = 0


class UnknownApplication(Problem):
    """No case with this id at this counter."""


class PictureAway(Problem):
    """A picture or paper isn't at this counter: the next exchange brings it, or it is erased."""


class PaperElsewhere(Problem):
    """A paper of another counter: what it says is known here, its pages are only there."""

    number: str
    counter: str


class PaperGone(Problem):
    """A paper of this counter whose pages went with the store it had before."""

    number: str


class StaleCase(Problem):
    """Somebody else changed the case meanwhile; it was loaded again."""


class AlreadyOpen(Problem):
    """The person already has an open case for this class."""

    number: str


class PhotoRefused(Problem):
    """The picture fails a check; attempts are kept."""

    check: str
    tries: int


class CardSwapped(Problem):
    """The scanned card belongs to another case; `reason` is "blank" where it belongs to none."""

    expected: str
    found: str
    found_class: str
    reason: str = ""


class CardMisread(Problem):
    """A number that was read off a card by eye isn't this case's.

    The right one is named to nobody: who reads must have it from the card.
    """

    found: str


class OtherCardRead(CardMisread):
    """The number read off the card is that of another case's card."""

    found_class: str


class CardUnproven(Problem):
    """A chip was read for this card and couldn't prove itself; only one that does counts."""


class ProxyLetterMissing(Problem):
    """Somebody else collects and brought no letter."""


class ProxyUnnamed(Problem):
    """Somebody else collects with a letter, and the field for who that is was left empty."""

    field: str


class NoHandoverYet(Problem):
    """The card is ready but may not be handed over (JKN arrears)."""


class QueueEmpty(Problem):
    """Nobody is waiting."""


class NotNext(Problem):
    """Calling somebody who isn't next needs a coded reason."""

    number: str


class ReasonMissing(Problem):
    """The act needs a coded reason."""
