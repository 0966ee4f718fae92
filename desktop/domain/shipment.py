"""Parcels, manifests and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.reasons import ReturnReason
from desktop.domain.states import ParcelAction as ParcelAction
from desktop.domain.states import ParcelState as ParcelState
from desktop.domain.states import ReturnAction as ReturnAction
from desktop.domain.states import ReturnState as ReturnState


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes."""

    recipient: str
    line: str
    city: str
    postcode: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ProofOfDelivery:
    """What the courier says of the handover; the receiver's relation matters."""

    receiver: str
    relation: str
    at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel with one waybill (AWB) for one application."""

    id: str
    application_id: str
    awb: str
    courier: str
    state: ParcelState
    address: Address
    packed_by: str
    packed_at: datetime
    serial: str = ""
    moved_at: datetime | None = None
    manifest_id: str = ""
    proof: ProofOfDelivery | None = None
    fail_reason: str = ""
    answer_by: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the courier signed for: scanned, counted, closed."""

    id: str
    number: int
    courier: str
    closed: bool
    made_by: str
    made_at: datetime
    counted: int = 0
    parcels: int = 0
    closed_at: datetime | None = None
    paper: str = ""
    version: int = 0


class ContactWay(StrEnum):
    """How the office tried to reach an applicant."""

    PHONE = "phone"
    MESSAGE = "message"
    LETTER = "letter"
    PORTAL = "portal"
    VISIT = "visit"


class ContactResult(StrEnum):
    """What came of it."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    NEW_ADDRESS = "new_address"
    WILL_COLLECT = "will_collect"
    REFUSES = "refuses"
    UNKNOWN_THERE = "unknown_there"


@dataclass(frozen=True, slots=True)
class Contact:
    """One try to reach the applicant about a parcel that came back."""

    at: datetime
    officer: str
    way: ContactWay
    result: ContactResult
    note: str = ""


class CourierWord(StrEnum):
    """What a courier's list says of a parcel."""

    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNING = "returning"


class CourierFault(StrEnum):
    """Why a line of a courier's list couldn't be taken."""

    UNREADABLE = "unreadable"
    NO_WAYBILL = "no_waybill"
    UNKNOWN_WAYBILL = "unknown_waybill"
    UNKNOWN_WORD = "unknown_word"
    NO_PROOF = "no_proof"
    NOT_POSSIBLE = "not_possible"


class Contents(StrEnum):
    """What lay in a parcel that came back."""

    OWN_CARD = "own_card"
    OTHER_CARD = "other_card"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """A parcel that came back, from receipt to its one outcome."""

    id: str
    parcel_id: str
    application_id: str
    awb: str
    state: ReturnState
    received_by: str
    received_at: datetime
    reason: ReturnReason | None = None
    seal_intact: bool | None = None
    picture: str = ""
    card_serial: str = ""
    card_matches: bool | None = None
    chip_matches: bool | None = None
    opened_with: str = ""
    slot: str = ""
    contact_log: tuple[Contact, ...] = ()
    contents: Contents | None = None
    other_application: str = ""
    verified_at: datetime | None = None
    outcome_reason: str = ""
    new_parcel: str = ""
    minutes: str = ""
    closed_at: datetime | None = None
    version: int = 0

    @property
    def right_number(self) -> bool | None:
        """Whether the card was the one that was sent; None where none was there to compare."""
        return None if self.contents is Contents.EMPTY else self.card_matches

    @property
    def lies_in(self) -> str:
        """The slot in which the card lies now; `slot` says where it once did."""
        kept = (ReturnState.HELD_FOR_COLLECTION, ReturnState.RECALLED)
        return self.slot if self.state in kept else ""


class UnknownWaybill(Problem):
    """No parcel of this office has this waybill."""

    awb: str


class WaybillUsed(Problem):
    """The waybill is already on another parcel."""

    awb: str


class CountDiffers(Problem):
    """Manifest and physical count disagree; a recount by scan names the one."""

    manifest: int
    counted: int
    missing: tuple[str, ...] = ()


class NoWaybill(Problem):
    """This card isn't in a parcel."""

    number: str


class AddressMissing(Problem):
    """The case has no address to send to."""

    number: str


class ParcelNotOut(Problem):
    """The parcel isn't on its way, so it can't have come back."""

    awb: str
    state: ParcelState


class ParcelHeld(Problem):
    """A binding hold came in while the parcel waited; it stays here."""

    awb: str


class CourierListUnreadable(Problem):
    """The courier's list is no CSV or JSON with the described columns."""


class PictureOfSealMissing(Problem):
    """A broken seal is kept on record with a picture."""


class CardNotChecked(Problem):
    """The card that came back was not compared with its case yet, or it failed."""

    awb: str


class CardCameBack(Problem):
    """The card lies in a parcel that came back; what becomes of it is decided at that return."""

    number: str
    awb: str


class LicenceRanOut(Problem):
    """The dates that the card would carry are past; another card can't be made for them."""

    number: str
    valid_until: date


class ProofIncomplete(Problem):
    """A proof of delivery names who took the parcel."""

    awb: str


class NothingToSend(Problem):
    """The manifest holds no parcel."""
