"""How a return ends: sent again, made again, or recalled and destroyed. One outcome each."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.application import Application, Delivery, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import Actor, Role
from desktop.domain.reasons import DestroyReason, MissingReason, ReprintReason, SpoilReason
from desktop.domain.shipment import (
    Address,
    CardNotChecked,
    Contents,
    LicenceRanOut,
    Parcel,
    ReturnAction,
    ReturnCase,
    ReturnState,
)
from desktop.domain.stock import Blank, BlankAction, BlankState
from desktop.domain.workflow import Action, Gate, NoSuchStep
from desktop.ledger import Writing
from desktop.papers import ContactTry
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require_second
from desktop.services.destruction import Destruction, Manner, burials_of, end_return
from desktop.services.licences import Licences
from desktop.services.paper_minutes import Opening, destruction_minutes, return_minutes
from desktop.services.papers import MadePaper, Papers
from desktop.services.parcels import (
    REISSUABLE,
    checked_card,
    lay_aside,
    miss_card,
    move_return,
    open_incident,
    reissue,
    taken_up,
)
from desktop.services.returns import VERIFIED, Returns
from desktop.services.shipping import Shipping
from desktop.services.signing import sign_both

REPRINT = "return.reprint"
RECALL = "return.recall"
"""Acts that two officers sign."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Both cases of two swapped cards, as they stand after the settlement."""

    case: ReturnCase
    mine: Application
    other: Application | None


class Outcomes:
    """The acts that end a return."""

    def __init__(
        self,
        frame: Frame,
        approvals: Approvals,
        licences: Licences,
        shipping: Shipping,
        destruction: Destruction,
        papers: Papers,
        returns: Returns,
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._licences = licences
        self._shipping = shipping
        self._destruction = destruction
        self._papers = papers
        self._returns = returns

    # -- to the person ---------------------------------------------------------------------

    def redispatch(
        self,
        by: Actor,
        case_id: str,
        scanned_serial: str,
        awb: str,
        courier: str = "",
        address: Address | None = None,
    ) -> Parcel:
        """Send the checked card again: new envelope, new waybill, both scanned.

        From a card held for collection too. Raises CardNotChecked, CaseOnHold, what packing raises.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            app = checked_card(frame, w, case)
            to = address or app.address
            app, parcel = self._shipping.pack_in(
                w, app, scanned_serial, awb, courier, delivery=Delivery.COURIER, address=to
            )
            move_return(
                frame, w, case, ReturnAction.REDISPATCH,
                gates=(Gate.CARD_CHECKED, Gate.PARCEL),
                told={"awb": case.awb, "new_awb": parcel.awb},
                new_parcel=parcel.id,
            )  # fmt: skip
        return parcel

    # -- made again ------------------------------------------------------------------------

    def reprint(
        self,
        by: Actor,
        second: Actor,
        case_id: str,
        reason: ReprintReason = ReprintReason.RETURNED_DAMAGED,
        note: str = "",
    ) -> Application:
        """The card that came back is no good: spoiled and set aside, the case prints again, free.

        Raises SameOfficer, CardNotChecked (nothing was found yet), CaseOnHold, NoSuchStep,
        RoleMissing.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            app = w.get(Application, case.application_id)
            good = case.card_matches and case.chip_matches
            if case.contents is not Contents.OWN_CARD or app.blank_serial != case.card_serial:
                raise CardNotChecked(awb=case.awb)
            app = taken_up(frame, w, app)
            if good and app.state is not S.READY:  # it was here, and went elsewhere since
                raise CardNotChecked(awb=case.awb)
            app = self._again(w, by, second, case, app, reason, note)
            blank = w.get(Blank, case.card_serial)
            blank = frame.move_blank(
                w, blank, BlankAction.SPOIL, reason=SpoilReason.RETURNED_DAMAGED
            )
            frame.move_blank(w, blank, BlankAction.SET_ASIDE)
        return app

    def found_empty(self, by: Actor, second: Actor, case_id: str, statement: str) -> Application:
        """No card in the parcel: loss report, its serial blocked, the case prints again, free.

        Raises ReasonMissing without a statement, SameOfficer, NoSuchStep, RoleMissing.
        """
        frame = self._frame
        if not statement.strip():
            raise ReasonMissing
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            if case.state is not ReturnState.VERIFIED or case.contents is not None:
                raise CardNotChecked(awb=case.awb)
            parcel = w.get(Parcel, case.parcel_id)
            number = frame.serial(w.number(f"loss_report:{frame.today().year}"))
            case = w.change(case, contents=Contents.EMPTY, card_matches=False)
            open_incident(
                frame, w, "parcel_empty", case.id,
                {"awb": case.awb, "serial": parcel.serial, "loss_report": str(number)},
                statement,
            )  # fmt: skip
            miss_card(frame, w, parcel.serial, MissingReason.ENVELOPE_EMPTY)
            app = w.get(Application, case.application_id)
            return self._again(w, by, second, case, app, ReprintReason.LOST_IN_DELIVERY, statement)

    def settle_swap(self, by: Actor, second: Actor, case_id: str, statement: str) -> Resolved:
        """Somebody else's card lay inside: both licences are made again, free, both cards void.

        The card found is set aside for destruction; this case's own card, wherever it is, is
        blocked, and destroyed if it comes back. The other case is made again where its card isn't
        in its holder's hands. Raises ReasonMissing, CardNotChecked, SameOfficer, RoleMissing.
        """
        frame = self._frame
        if not statement.strip():
            raise ReasonMissing
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            if case.contents is not Contents.OTHER_CARD:
                raise CardNotChecked(awb=case.awb)
            parcel = w.get(Parcel, case.parcel_id)
            mine = w.get(Application, case.application_id)
            miss_card(frame, w, parcel.serial, MissingReason.LOST_IN_DELIVERY)
            mine = self._again(
                w, by, second, case, mine, ReprintReason.GIVEN_TO_OTHER_PERSON, statement
            )
            other: Application | None = None
            if case.other_application:
                other = w.get(Application, case.other_application)
                if other.blank_serial == case.card_serial and other.state in REISSUABLE:
                    other = reissue(
                        frame, self._licences, w, other,
                        reason=ReprintReason.GIVEN_TO_OTHER_PERSON, second=second.officer,
                    )  # fmt: skip
            lay_aside(frame, w, case.card_serial, SpoilReason.RECALLED)
            case = w.get(ReturnCase, case_id)
        return Resolved(case, mine, other)

    def _again(
        self,
        w: Writing,
        by: Actor,
        second: Actor,
        case: ReturnCase,
        app: Application,
        reason: ReprintReason,
        note: str,
    ) -> Application:
        """End a return by another card, under two signatures."""
        frame = self._frame
        content = {
            "awb": case.awb, "case": app.number, "note": note, "reason": str(reason),
            "serial": case.card_serial,
        }  # fmt: skip
        require_second(second, Role.DISPATCH, Role.SUPERVISOR)
        signed = sign_both(self._approvals, w, by, second, REPRINT, case.id, content)
        move_return(
            frame, w, case, ReturnAction.REPRINT,
            gates=(Gate.REASON,),
            second=second.officer,
            told={**content, "second": second.officer},
            approvals=signed,
            outcome_reason=reason,
        )  # fmt: skip
        parcel = w.get(Parcel, case.parcel_id)
        if app.blank_serial != parcel.serial or app.state not in REISSUABLE:
            return app
        return reissue(
            frame, self._licences, w, app, reason=reason, second=second.officer, note=note
        )

    def reissue_recalled(
        self,
        by: Actor,
        application_id: str,
        reason: ReprintReason = ReprintReason.OWNER_FOUND,
    ) -> Application:
        """The applicant of a recalled card was found after all: made again, free.

        The new card bears the dates of the recalled one. Raises LicenceRanOut when they are past,
        NoSuchStep for a case that wasn't recalled, RoleMissing.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.state is not S.RECALLED:
                raise NoSuchStep(state=app.state, action=Action.REISSUE)
            if app.valid_until is not None and app.valid_until < frame.today():
                raise LicenceRanOut(number=app.number, valid_until=app.valid_until)
            return reissue(frame, self._licences, w, app, reason=reason)

    # -- recalled and destroyed ------------------------------------------------------------

    def recall(
        self,
        by: Actor,
        second: Actor,
        case_id: str,
        reason: DestroyReason = DestroyReason.UNDELIVERABLE,
        note: str = "",
    ) -> ReturnCase:
        """Take the card out of the world: licence withdrawn, card set aside, two signatures.

        Also for a card that turned up after it was declared lost; one that was destroyed already
        ends its return by this. Raises SameOfficer,
        CardNotChecked, CaseOnHold, NoSuchStep, RoleMissing.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            app = w.get(Application, case.application_id)
            if not case.card_serial or (
                case.contents is Contents.OTHER_CARD and not self._void(w, case.card_serial)
            ):
                raise CardNotChecked(awb=case.awb)
            content = {
                "awb": case.awb, "case": app.number, "note": note, "reason": str(reason),
                "serial": case.card_serial,
            }  # fmt: skip
            require_second(second, Role.DISPATCH, Role.SUPERVISOR)
            signed = sign_both(self._approvals, w, by, second, RECALL, case.id, content)
            case = move_return(
                frame, w, case, ReturnAction.RECALL,
                gates=(Gate.REASON,),
                second=second.officer,
                told={**content, "second": second.officer},
                approvals=signed,
                outcome_reason=reason,
            )  # fmt: skip
            if app.blank_serial == case.card_serial:
                app = taken_up(frame, w, app)
                if app.state is not S.READY:
                    raise CardNotChecked(awb=case.awb)
                self._licences.withdraw(w, app)
                frame.move(
                    w, app, Action.RECALL,
                    also=(Gate.REASON,),
                    second=second.officer,
                    told={"reason": reason, "serial": app.blank_serial},
                    licence_id="",
                    old_blank=app.blank_serial,
                )  # fmt: skip
            lay_aside(frame, w, case.card_serial, SpoilReason.RECALLED)
            if w.get(Blank, case.card_serial).state is BlankState.DESTROYED:
                # A card that was replaced may be destroyed with the spoiled ones before this.
                burials = burials_of(w, frame.counter, [case.card_serial])
                case = end_return(frame, w, case, second, next(iter(burials), ""))
        return case

    @staticmethod
    def _void(w: Writing, serial: str) -> bool:
        """Whether a card is one that was replaced meanwhile: nobody is waiting for it."""
        blank = w.look(Blank, serial)
        return blank is not None and blank.state is not BlankState.ISSUED

    def destroy(
        self,
        by: Actor,
        second: Actor,
        case_id: str,
        method: DestroyMethod = DestroyMethod.SHREDDED,
        note: str = "",
    ) -> MadePaper:
        """Destroy a recalled card before two officers, with minutes; both sign one content.

        Raises SameOfficer, RoleMissing, NotSetAside, NoSuchStep; nothing is destroyed then.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            case = w.get(ReturnCase, case_id)
            causes = DestroyReason(case.outcome_reason or DestroyReason.RECALLED)
            burial, subject = self._destruction.destroy_in(
                w, by, second, [case.card_serial], causes, Manner(method=method, note=note)
            )
            end_return(frame, w, case, second, subject, burial.digest)
            return destruction_minutes(self._papers, by, w, subject, burial)

    # -- minutes ---------------------------------------------------------------------------

    def minutes(self, by: Actor, case_id: str) -> MadePaper:
        """The minutes of a return as it stands: what two officers saw and what was decided."""
        case = self._returns.case(case_id)
        signed = [one for one in self._returns.signatures(case_id) if one.act == VERIFIED]
        incidents = self._returns.incidents(case_id)
        words = self._papers.words()
        with self._frame.ledger.reading() as r:
            new = r.look(Parcel, case.new_parcel) if case.new_parcel else None
        opening = Opening(
            decision=case.state,
            approvals=tuple(signed),
            opened_at=case.verified_at or case.received_at,
            contacts=tuple(
                ContactTry(self._papers.local(one.at), words.of(one.way), words.of(one.result))
                for one in case.contact_log
            ),
            new_waybill=new.awb if new else "",
        )
        return return_minutes(self._papers, by, case, opening, incidents[0] if incidents else None)
