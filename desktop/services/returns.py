"""Parcels that came back: opened by two, compared by scan and chip, each with one outcome.

Nobody is sent a card whose way back isn't explained: seal, serial, chip and case must agree before
it is sent again or kept for collection. What doesn't agree is an incident from the first moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.cards.seal_check import SealFault
from desktop.domain.application import Application, Approval, Delivery, Incident, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import CardFact
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Actor, Role
from desktop.domain.periods import PeriodKind
from desktop.domain.person import Licence
from desktop.domain.reasons import ReturnReason, needs_note
from desktop.domain.shipment import (
    CardNotChecked,
    Contact,
    ContactResult,
    ContactWay,
    Contents,
    Parcel,
    ParcelAction,
    ParcelNotOut,
    ParcelState,
    PictureOfSealMissing,
    ReturnAction,
    ReturnCase,
    ReturnState,
)
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Writing
from desktop.pictures import open_picture
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require_second
from desktop.services.card_code import card_serial
from desktop.services.card_reading import CardReadings, ReadCard
from desktop.services.licences import Licences
from desktop.services.parcels import (
    checked_card,
    move_parcel,
    move_return,
    open_incident,
    owner_of,
    parcel_by_awb,
)
from desktop.services.return_doubts import believe_cards, doubt_cards
from desktop.services.signing import sign_both
from devices.device import Cancel
from devices.errors import DeviceFault

VERIFIED = "return.verified"
TAKE_BACK = "application.take_back"
"""The acts that two officers sign."""

OPEN = (ReturnState.RECEIVED, ReturnState.VERIFIED, ReturnState.HELD_FOR_COLLECTION)
BELIEVED = frozenset({CardFact.CHIP_PROVEN, CardFact.CHIP_UNSIGNED})
"""What a chip may turn out to be and still be compared."""


@dataclass(frozen=True, slots=True)
class CardCheck:
    """What scan and chip said of the card in a returned parcel.

    `fault` is the reader's, where the chip couldn't be asked: lay the card down and check again.
    `other` is the case whose card it is instead, if it isn't this one's.
    """

    case: ReturnCase
    serial_matches: bool | None = None
    chip_matches: bool | None = None
    fault: DeviceFault | None = None
    other: Application | None = None
    read: ReadCard | None = None

    @property
    def good(self) -> bool:
        return bool(self.serial_matches and self.chip_matches)


@dataclass(frozen=True, slots=True)
class AgedReturn:
    """A returned card that still waits, for how many days, and whether that is too long."""

    case: ReturnCase
    number: str
    days: int
    alarm: bool


class Returns:
    """Receiving, opening and comparing; `outcomes` ends what begins here."""

    def __init__(
        self, frame: Frame, approvals: Approvals, licences: Licences, readings: CardReadings
    ) -> None:
        self._frame = frame
        self._readings = readings
        self._approvals = approvals
        self._licences = licences

    # -- looking ---------------------------------------------------------------------------

    def open_cases(self) -> list[ReturnCase]:
        """Returned parcels without an outcome yet, and cards held for collection."""
        with self._frame.ledger.reading() as r:
            return r.find(ReturnCase, state=list(OPEN))

    def cases(self, *states: ReturnState) -> list[ReturnCase]:
        """Returns in these states (all of them without any), the oldest first."""
        with self._frame.ledger.reading() as r:
            return r.find(ReturnCase, state=list(states or ReturnState))

    def case(self, case_id: str) -> ReturnCase:
        """A return as it stands. Raises KeyError."""
        with self._frame.ledger.reading() as r:
            return r.get(ReturnCase, case_id)

    def signatures(self, case_id: str) -> list[Approval]:
        """Every officer's signature about a return."""
        with self._frame.ledger.reading() as r:
            return r.find(Approval, subject=case_id)

    def incidents(self, case_id: str) -> list[Incident]:
        """What was found wrong with a return."""
        with self._frame.ledger.reading() as r:
            return r.find(Incident, subject=case_id)

    def ageing(self) -> list[AgedReturn]:
        """Everything still on the shelf, the oldest first, with an alarm past the office's term.

        A card held for collection has the longer term of uncollected cards.
        """
        rules = self._frame.rules()
        today = self._frame.today()
        found: list[AgedReturn] = []
        with self._frame.ledger.reading() as r:
            for case in r.find(ReturnCase, state=list(OPEN)):
                held = case.state is ReturnState.HELD_FOR_COLLECTION
                since = self._day(case)
                over = (
                    today > rules.last_day(PeriodKind.CARD_UNCOLLECTED, since)
                    if held
                    else rules.periods[PeriodKind.RETURN_AGEING].over(since, today)
                )
                app = r.get(Application, case.application_id)
                found.append(AgedReturn(case, app.number, (today - since).days, over))
        return sorted(found, key=lambda aged: -aged.days)

    def _day(self, case: ReturnCase) -> date:
        return case.received_at.astimezone(self._frame.zone.zone).date()

    # -- coming back -----------------------------------------------------------------------

    def receive(self, by: Actor, awb: str) -> ReturnCase:
        """Scan the waybill of a parcel that came back; a second scan gives the same case.

        A parcel that was declared lost has turned up; one that the courier called delivered is
        disputed by being here. Raises UnknownWaybill, CodeMalformed, ParcelNotOut.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            known = w.first(ReturnCase, parcel_id=parcel.id)
            if known is not None:
                return known
            if parcel.state in (ParcelState.PACKED, ParcelState.UNPACKED):
                raise ParcelNotOut(awb=parcel.awb, state=parcel.state)
            if parcel.state is ParcelState.DELIVERED:
                parcel = move_parcel(
                    frame, w, parcel, ParcelAction.DISPUTE,
                    gates=(Gate.REASON,), told={"came_back": True},
                )  # fmt: skip
            lost = parcel.state is ParcelState.LOST
            action = ParcelAction.TURN_UP if lost else ParcelAction.RECEIVE_BACK
            parcel = move_parcel(frame, w, parcel, action, answer_by=None)
            case = w.add(
                ReturnCase(
                    id=frame.ids.new(),
                    parcel_id=parcel.id,
                    application_id=parcel.application_id,
                    awb=parcel.awb,
                    state=ReturnState.RECEIVED,
                    received_by=by.officer,
                    received_at=frame.now(),
                )
            )
            w.record(
                "return.received", case.id, {"awb": parcel.awb, "parcel": parcel.id, "lost": lost}
            )
        return case

    def verify(
        self,
        by: Actor,
        second: Actor,
        case_id: str,
        *,
        seal_intact: bool,
        reason: ReturnReason,
        picture: bytes = b"",
        note: str = "",
    ) -> ReturnCase:
        """Two officers looked at the seal and open the parcel together; both sign it.

        A broken seal needs a picture, and is an incident. Raises SameOfficer, RoleMissing,
        PictureOfSealMissing, NotAPicture, ReasonMissing (OTHER without a note), NoSuchStep.
        """
        frame = self._frame
        if not seal_intact and not picture:
            raise PictureOfSealMissing
        if needs_note(reason) and not note.strip():
            raise ReasonMissing
        if picture:
            open_picture(picture)
        require_second(second, Role.DISPATCH, Role.SUPERVISOR)
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            sha = w.put_blob(picture, "image/jpeg") if picture else ""
            content = {
                "awb": case.awb,
                "case": case.id,
                "picture": sha,
                "reason": str(reason),
                "seal_intact": seal_intact,
            }
            signed = sign_both(self._approvals, w, by, second, VERIFIED, case.id, content)
            case = move_return(
                frame, w, case, ReturnAction.VERIFY,
                gates=(Gate.SEAL_CHECKED, Gate.REASON),
                second=second.officer,
                told={**content, "second": second.officer, "note": note},
                approvals=signed,
                seal_intact=seal_intact,
                reason=reason,
                picture=sha,
                opened_with=second.officer,
                verified_at=frame.now(),
            )  # fmt: skip
            if not seal_intact:
                open_incident(frame, w, "seal_broken", case.id, {"awb": case.awb}, note)
        return case

    def check_card(
        self, by: Actor, case_id: str, scanned: str, *, second: Actor | None = None,
        cancel: Cancel = None,
    ) -> CardCheck:  # fmt: skip
        """Scan the card, lay it on the desk reader: serial, chip and case must agree.

        `scanned` is the blank's serial, or its whole seal: then that is judged as well, and a bad
        one is as good as a bad chip. When all agree, the case is ready again. Another person's card
        opens an incident and flags both licences. `second` is needed where the case was closed as
        delivered: both sign then, and one of them is a supervisor. A reader's fault comes back in
        the result and changes nothing. Raises UnknownBlank (a card that the office never had),
        NoSuchStep, RoleMissing, SameOfficer; GatesMissing where the second officer is; Cancelled.
        """
        serial = card_serial(scanned).upper()
        with self._frame.ledger.reading() as r:
            case = r.get(ReturnCase, case_id)
            parcel = r.get(Parcel, case.parcel_id)
            app = r.get(Application, case.application_id)
            if r.look(Blank, serial) is None:
                raise UnknownBlank(serial=serial[:40])
            other = owner_of(r, serial)
        self._must_be_open(case)
        read = self._readings.read_card(by, scanned, subject=case.id, cancel=cancel)
        if read.fault is not None:
            return CardCheck(case, fault=read.fault)
        matches = serial == parcel.serial
        chip_matches = self._chip_matches(app, parcel, serial, read)
        elsewhere = None if matches or other is None or other.id == app.id else other
        with self._frame.ledger.acting(by) as w:
            case = self._keep_check(w, case_id, serial, matches, chip_matches, elsewhere)
            current = matches and app.blank_serial == serial
            if current and chip_matches:
                self._take_back(w, w.get(Application, app.id), second)
        return CardCheck(case, matches, chip_matches, None, elsewhere, read)

    def _chip_matches(self, app: Application, parcel: Parcel, serial: str, read: ReadCard) -> bool:
        """The chip says exactly what was written; a card replaced since must name its serial."""
        chip, seal = read.chip, read.seal
        if chip.code not in BELIEVED or chip.said is None:
            return False
        if seal is not None and (not seal.good or read.has(CardFact.OTHER_CARD_IN_SEAL)):
            withdrawn = seal.fault is SealFault.WITHDRAWN
            if not withdrawn or read.has(CardFact.OTHER_CARD_IN_SEAL):
                return False
        if app.blank_serial == parcel.serial:
            return self._readings.as_written(chip.told, app) is True
        return chip.said.serial == serial

    def _keep_check(
        self,
        w: Writing,
        case_id: str,
        serial: str,
        matches: bool,
        chip_matches: bool,
        other: Application | None,
    ) -> ReturnCase:
        frame = self._frame
        case = w.get(ReturnCase, case_id)
        first_time = case.card_serial != serial
        case = w.change(
            case,
            card_serial=serial,
            card_matches=matches,
            chip_matches=chip_matches,
            contents=Contents.OWN_CARD if matches else Contents.OTHER_CARD,
            other_application=other.id if other else "",
        )
        w.record(
            "return.card_checked",
            case.id,
            {"serial": serial, "matches": matches, "chip_matches": chip_matches,
             "other": other.number if other else ""},
        )  # fmt: skip
        if matches and chip_matches:
            believe_cards(self._licences, w, case)
        elif not matches and first_time:
            doubt_cards(frame, self._licences, w, case, other)
        return case

    def _take_back(self, w: Writing, app: Application, second: Actor | None) -> None:
        """The case is ready again, its card in hand; nothing to do where it already is."""
        if app.state is S.IN_DELIVERY:
            self._frame.move(w, app, Action.TAKE_BACK, also=(Gate.RETURN_VERIFIED,))
        elif app.state in (S.HANDED_OVER, S.CLOSED):
            signed = () if second is None else self._sign_taken_back(w, app, second)
            self._frame.move(
                w, app, Action.TAKE_BACK,
                also=(Gate.SURRENDERED, Gate.REASON),
                second="" if second is None else second.officer,
                approvals=signed,
                told={"came_back": True},
                handed_to="",
            )  # fmt: skip

    def _sign_taken_back(
        self, w: Writing, app: Application, second: Actor
    ) -> tuple[Approval, Approval]:
        """Two sign that a card told to be with its holder is here; its licence is with nobody."""
        supervised = Role.SUPERVISOR in w.by.roles
        require_second(second, *(Role.DISPATCH,) * supervised, Role.SUPERVISOR)
        signed = sign_both(
            self._approvals, w, w.by, second, TAKE_BACK, app.id,
            {"number": app.number, "serial": app.blank_serial},
        )  # fmt: skip
        licence = w.change(w.get(Licence, app.licence_id), handed_over_at=None)
        denied = any(e.closed is False for e in w.find(Evidence, application_id=app.id))
        if not denied:
            self._licences.clear(w, licence, TAKE_BACK)
        return signed

    # -- reaching the person ---------------------------------------------------------------

    def contact(
        self, by: Actor, case_id: str, way: ContactWay, result: ContactResult, note: str = ""
    ) -> ReturnCase:
        """One more try to reach the applicant, kept with its result."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            tried = Contact(frame.now(), by.officer, way, result, note[:240])
            case = w.change(case, contact_log=(*case.contact_log, tried))
            w.record("return.contact", case.id, {"way": way, "result": result, "note": tried.note})
        return case

    # -- kept for collection ---------------------------------------------------------------

    def hold_for_collection(self, by: Actor, case_id: str, slot: str) -> ReturnCase:
        """Keep the card in a storage slot; the applicant collects it at the counter.

        Raises CardNotChecked, CaseOnHold, ReasonMissing without a slot, NoSuchStep.
        """
        frame = self._frame
        if not slot.strip():
            raise ReasonMissing
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            app = checked_card(frame, w, case)
            app = w.change(app, delivery=Delivery.COLLECT, changed_at=frame.now())
            return move_return(
                frame, w, case, ReturnAction.HOLD_FOR_COLLECTION,
                gates=(Gate.CARD_CHECKED,),
                told={"slot": slot.strip(), "number": app.number},
                slot=slot.strip()[:40],
            )  # fmt: skip

    @staticmethod
    def _must_be_open(case: ReturnCase) -> None:
        if case.state is not ReturnState.VERIFIED:
            raise CardNotChecked(awb=case.awb)
