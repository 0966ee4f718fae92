"""Parcels on their way: what couriers say, disputes, and parcels that nobody finds.

The courier's word moves the parcel; the application ends when the delivery is confirmed, so that
a delivery that never was can still be disputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from desktop.domain.application import Application, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.calendar import office_date
from desktop.domain.codes import CodeCheckDigitWrong, CodeMalformed
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.periods import PeriodKind
from desktop.domain.person import Licence
from desktop.domain.reasons import MissingReason, ReprintReason
from desktop.domain.shipment import (
    CourierFault,
    CourierWord,
    NoWaybill,
    Parcel,
    ParcelAction,
    ParcelState,
    ProofIncomplete,
    ProofOfDelivery,
    UnknownWaybill,
)
from desktop.domain.workflow import Action, Gate
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require_second
from desktop.services.courier_file import BadCourierLine, CourierLine, read_courier_file
from desktop.services.licences import Licences
from desktop.services.parcels import (
    REISSUABLE,
    current_parcel,
    miss_card,
    move_parcel,
    open_incident,
    parcel_by_awb,
    reissue,
)
from desktop.services.signing import sign_both

LOST = "parcel.lost"
"""The act that two officers sign."""

ON_THE_WAY = (
    ParcelState.DISPATCHED,
    ParcelState.IN_TRANSIT,
    ParcelState.FAILED,
    ParcelState.RETURNING,
)

_STEPS = {
    CourierWord.IN_TRANSIT: (ParcelAction.TRANSIT, ParcelState.IN_TRANSIT),
    CourierWord.DELIVERED: (ParcelAction.DELIVER, ParcelState.DELIVERED),
    CourierWord.FAILED: (ParcelAction.FAIL, ParcelState.FAILED),
    CourierWord.RETURNING: (ParcelAction.RETURN, ParcelState.RETURNING),
}


@dataclass(frozen=True, slots=True)
class CourierReport:
    """What became of a courier's list, line by line."""

    applied: tuple[CourierLine, ...]
    known: tuple[CourierLine, ...]
    refused: tuple[BadCourierLine, ...]


class Tracking:
    """Acts of the dispatch desk on parcels that left."""

    def __init__(self, frame: Frame, approvals: Approvals, licences: Licences) -> None:
        self._frame = frame
        self._approvals = approvals
        self._licences = licences

    def parcels(self, states: Sequence[ParcelState] = ON_THE_WAY) -> list[Parcel]:
        """Parcels in these states, the oldest first."""
        with self._frame.ledger.reading() as r:
            return r.find(Parcel, state=list(states))

    def silent(self) -> list[Parcel]:
        """On their way and unheard of for longer than the office waits: ask the courier."""
        period = self._frame.rules().periods[PeriodKind.PARCEL_SILENT]
        today = self._frame.today()
        return [
            parcel
            for parcel in self.parcels()
            if period.over(
                office_date(parcel.moved_at or parcel.packed_at, self._frame.zone), today
            )
        ]

    def courier_says(
        self,
        by: Actor,
        awb: str,
        word: CourierWord,
        *,
        proof: ProofOfDelivery | None = None,
        reason: str = "",
    ) -> Parcel:
        """Record what a courier says of a parcel; a delivery needs its proof.

        Raises UnknownWaybill, ProofIncomplete, NoSuchStep.
        """
        frame = self._frame
        action, _ = _STEPS[word]
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            changes: dict[str, Any] = {}
            gates: tuple[Gate, ...] = ()
            if word is CourierWord.DELIVERED:
                if proof is None or not proof.receiver.strip() or not proof.relation.strip():
                    raise ProofIncomplete(awb=parcel.awb)
                changes["proof"] = proof
                gates = (Gate.PROOF,)
            elif reason:
                changes["fail_reason"] = reason
            told: dict[str, Any] = {"reason": reason}
            if proof is not None:
                told |= {"relation": proof.relation, "receiver": proof.receiver,
                         "at": proof.at, "reference": proof.reference}  # fmt: skip
            return move_parcel(frame, w, parcel, action, gates=gates, told=told, **changes)

    def import_courier_file(self, by: Actor, path: Path) -> CourierReport:
        """Take a courier's list (CSV or JSON); lines that were known change nothing.

        Known is, too, what leads to where a parcel stands already: lists are often the whole way
        again. Raises CourierListUnreadable.
        """
        applied: list[CourierLine] = []
        known: list[CourierLine] = []
        refused: list[BadCourierLine] = []
        lines = list(read_courier_file(path))
        passed = self._passed(lines)
        for line in lines:
            if isinstance(line, BadCourierLine):
                refused.append(line)
                continue
            try:
                with self._frame.ledger.reading() as r:
                    parcel = parcel_by_awb(self._frame, r, line.awb)
            except (UnknownWaybill, CodeMalformed, CodeCheckDigitWrong):
                refused.append(BadCourierLine(line.line, CourierFault.UNKNOWN_WAYBILL, line.awb))
                continue
            if line.line in passed or parcel.state is _STEPS[line.word][1]:
                known.append(line)
                continue
            proof: ProofOfDelivery | None = None
            if line.word is CourierWord.DELIVERED:
                at = line.at or self._frame.now()
                proof = ProofOfDelivery(line.receiver, line.relation, at, line.reference)
            try:
                self.courier_says(by, parcel.awb, line.word, proof=proof, reason=line.reason)
            except ProofIncomplete:
                refused.append(BadCourierLine(line.line, CourierFault.NO_PROOF, line.awb))
            except Problem:
                refused.append(BadCourierLine(line.line, CourierFault.NOT_POSSIBLE, line.awb))
            else:
                applied.append(line)
        return CourierReport(tuple(applied), tuple(known), tuple(refused))

    def _passed(self, lines: Sequence[CourierLine | BadCourierLine]) -> set[int]:
        """Lines of events before the last one that says where their parcel stands.

        One that is dated later than the parcel's last move is news all the same.
        """
        ways: dict[str, list[CourierLine]] = {}
        for line in lines:
            if isinstance(line, CourierLine):
                ways.setdefault(line.awb, []).append(line)
        found: set[int] = set()
        for awb, way in ways.items():
            try:
                with self._frame.ledger.reading() as r:
                    parcel = parcel_by_awb(self._frame, r, awb)
            except Problem:
                continue  # said line by line
            here = [n for n, line in enumerate(way) if parcel.state is _STEPS[line.word][1]]
            for line in way[: here[-1]] if here else ():
                if line.at is None or parcel.moved_at is None or line.at <= parcel.moved_at:
                    found.add(line.line)
        return found

    # -- the end of the way ----------------------------------------------------------------

    def unconfirmed(self) -> list[Parcel]:
        """Delivered by the courier's word and not yet confirmed."""
        with self._frame.ledger.reading() as r:
            found = r.find(Parcel, state=ParcelState.DELIVERED)
            return [p for p in found if r.get(Application, p.application_id).state is S.IN_DELIVERY]

    def confirm_delivery(self, by: Actor, application_id: str) -> Application:
        """The applicant has the card (their word, or the term for complaints is over).

        Raises NoWaybill, GatesMissing without the courier's proof.
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            parcel = current_parcel(w, app)
            if parcel is None:
                raise NoWaybill(number=app.number)
            proof = parcel.proof if parcel.state is ParcelState.DELIVERED else None
            if proof is not None:
                licence = w.get(Licence, app.licence_id)
                w.change(licence, handed_over_at=proof.at)
            app = frame.move(
                w, app, Action.CONFIRM_DELIVERY,
                also=() if proof is None else (Gate.PROOF,),
                told={"awb": parcel.awb, "relation": proof.relation if proof else ""},
                handed_to="" if proof is None else proof.receiver,
            )  # fmt: skip
            return frame.move(w, app, Action.CLOSE)

    def dispute(self, by: Actor, awb: str, statement: str, answer_by: date | None = None) -> Parcel:
        """The courier says delivered, the applicant says no: a date for the courier's answer.

        Raises ReasonMissing without a statement.
        """
        frame = self._frame
        if not statement.strip():
            raise ReasonMissing
        period = frame.rules().periods[PeriodKind.DELIVERY_DISPUTE]
        until = answer_by or period.end(frame.today())
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            return move_parcel(
                frame, w, parcel, ParcelAction.DISPUTE,
                gates=(Gate.REASON,),
                told={"statement": statement, "answer_by": until},
                answer_by=until,
                fail_reason=statement.strip()[:240],
            )  # fmt: skip

    def disputes(self) -> list[Parcel]:
        """Open disputes, the first due first."""
        found = self.parcels((ParcelState.DISPUTED,))
        return sorted(found, key=lambda parcel: parcel.answer_by or date.max)

    def settle_delivered(self, by: Actor, awb: str, proof: ProofOfDelivery) -> Parcel:
        """The courier proved it: a supervisor ends the dispute. Raises ProofIncomplete."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            if not proof.receiver.strip() or not proof.relation.strip():
                raise ProofIncomplete(awb=parcel.awb)
            return move_parcel(
                frame, w, parcel, ParcelAction.SETTLE_DELIVERED,
                gates=(Gate.PROOF,),
                told={"relation": proof.relation, "reference": proof.reference},
                proof=proof,
                answer_by=None,
                fail_reason="",
            )  # fmt: skip

    def declare_lost(self, by: Actor, second: Actor, awb: str, statement: str) -> Application:
        """Neither delivered nor back: lost under two signatures, and the card is made again, free.

        The card's serial is blocked (missing), its licence withdrawn; if the parcel turns up its
        card is destroyed. Raises ReasonMissing, SameOfficer, NoSuchStep, RoleMissing.
        """
        frame = self._frame
        if not statement.strip():
            raise ReasonMissing
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            app = w.get(Application, parcel.application_id)
            content = {
                "awb": parcel.awb,
                "case": app.number,
                "serial": parcel.serial,
                "statement": statement,
            }
            require_second(second, Role.DISPATCH, Role.SUPERVISOR)
            signed = sign_both(self._approvals, w, by, second, LOST, parcel.id, content)
            move_parcel(
                frame, w, parcel, ParcelAction.DECLARE_LOST,
                gates=(Gate.REASON,),
                second=second.officer,
                told={**content, "second": second.officer},
                approvals=signed,
                fail_reason=statement[:240],
            )  # fmt: skip
            open_incident(frame, w, "parcel_lost", parcel.id, {"awb": parcel.awb}, statement)
            miss_card(frame, w, parcel.serial, MissingReason.LOST_IN_DELIVERY)
            if app.blank_serial == parcel.serial and app.state in REISSUABLE:
                app = reissue(
                    frame, self._licences, w, app,
                    reason=ReprintReason.LOST_IN_DELIVERY, second=second.officer,
                )  # fmt: skip
        return app
