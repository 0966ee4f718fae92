"""Walking parcels and returns: their tables are asked here and nowhere else, as for applications.

What both shipping and returns do with a card that is lost, spoiled or made again stands here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desktop.domain.application import Application, Approval, Delivery, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor
from desktop.domain.reasons import HoldReason, MissingReason, ReprintReason
from desktop.domain.service import Channel
from desktop.domain.shipment import (
    CardNotChecked,
    Parcel,
    ParcelAction,
    ParcelState,
    ReturnAction,
    ReturnCase,
    ReturnState,
    UnknownWaybill,
)
from desktop.domain.stock import Blank, BlankAction, BlankState
from desktop.domain.waybill import read_waybill
from desktop.domain.workflow import PARCEL, RETURN, Action, Facts, Gate
from desktop.ledger import Reading, Writing
from desktop.notices import ShipmentMoved
from desktop.services.base import Frame, signatures_for
from desktop.services.licences import Licences

GONE = (ParcelState.UNPACKED, ParcelState.RETURN_RECEIVED, ParcelState.LOST)
"""States in which a parcel doesn't hold its application's card any more."""

OUT = (
    ParcelState.PACKED,
    ParcelState.DISPATCHED,
    ParcelState.IN_TRANSIT,
    ParcelState.FAILED,
    ParcelState.RETURNING,
    ParcelState.DELIVERED,
    ParcelState.DISPUTED,
)


class CaseOnHold(Problem):
    """The card's case was set aside for a cause that isn't settled by what becomes of the card."""

    number: str


UNDECIDED = (ReturnState.RECEIVED, ReturnState.VERIFIED)
"""States of a return whose card has no way yet: it leaves by an outcome of the return alone."""


def _facts(by: Actor, gates: Iterable[Gate], second: str) -> Facts:
    have = set(gates) | ({Gate.SECOND_OFFICER} if second else set())
    return Facts(roles=by.roles, officer=by.officer, gates=frozenset(have), second_officer=second)


def move_parcel(
    frame: Frame,
    w: Writing,
    parcel: Parcel,
    action: ParcelAction,
    *,
    gates: Iterable[Gate] = (),
    second: str = "",
    told: dict[str, Any] | None = None,
    approvals: tuple[Approval, ...] = (),
    record: bool = True,
    **changes: Any,
) -> Parcel:
    """Walk one step of the parcel's table. Raises the walker's problems, StaleCase."""
    state, _ = PARCEL.walk(parcel.state, action, _facts(w.by, gates, second))
    after = w.change(parcel, state=state, moved_at=frame.now(), **changes)
    if record:
        w.record(
            f"parcel.{action}",
            parcel.id,
            {"awb": parcel.awb, "from": parcel.state, "to": state, **(told or {})},
            approvals or signatures_for(w, second),
        )
    w.notify(ShipmentMoved(parcel.id))
    return after


def move_return(
    frame: Frame,
    w: Writing,
    case: ReturnCase,
    action: ReturnAction,
    *,
    gates: Iterable[Gate] = (),
    second: str = "",
    told: dict[str, Any] | None = None,
    approvals: tuple[Approval, ...] = (),
    **changes: Any,
) -> ReturnCase:
    """Walk one step of the return's table. Raises the walker's problems, StaleCase."""
    state, _ = RETURN.walk(case.state, action, _facts(w.by, gates, second))
    if state not in (ReturnState.VERIFIED, ReturnState.HELD_FOR_COLLECTION, ReturnState.RECALLED):
        changes["closed_at"] = frame.now()
    after = w.change(case, state=state, **changes)
    w.record(
        f"return.{action}",
        case.id,
        {"awb": case.awb, "from": case.state, "to": state, **(told or {})},
        approvals or signatures_for(w, second),
    )
    w.notify(ShipmentMoved(case.id))
    return after


def parcel_by_awb(frame: Frame, r: Reading, awb: str) -> Parcel:
    """The parcel with a scanned waybill. Raises CodeMalformed, CodeCheckDigitWrong and
    UnknownWaybill.
    """
    code = read_waybill(frame.rules().codes, awb)
    parcel = r.first(Parcel, awb=code.text)
    if parcel is None:
        raise UnknownWaybill(awb=code.text)
    return parcel


def current_parcel(r: Reading, app: Application) -> Parcel | None:
    """The parcel in which the application's card lies now, if any."""
    found = r.find(Parcel, application_id=app.id, state=list(OUT), order="id", descending=True)
    return next((parcel for parcel in found if parcel.serial == app.blank_serial), None)


def owner_of(r: Reading, serial: str) -> Application | None:
    """Whose card a serial is or was; a card replaced meanwhile still names its case."""
    app = r.first(Application, blank_serial=serial)
    if app is None:
        blank = r.look(Blank, serial)
        app = r.look(Application, blank.application_id) if blank and blank.application_id else None
    return app


def reissue(
    frame: Frame,
    licences: Licences,
    w: Writing,
    app: Application,
    *,
    reason: ReprintReason,
    second: str = "",
    approvals: tuple[Approval, ...] = (),
    note: str = "",
) -> Application:
    """Another card for the same licence, free: the case is approved again, its dates stand.

    The licence of the former card is withdrawn; what becomes of that card is the caller's part.
    """
    if app.licence_id:
        licences.withdraw(w, app)
    return frame.move(
        w, app, Action.REISSUE,
        also=(Gate.REASON,),
        second=second,
        approvals=approvals,
        told={"reason": reason, "serial": app.blank_serial, **({"note": note} if note else {})},
        old_blank=app.blank_serial,
        blank_serial="",
        job_id="",
        chip_uid="",
        licence_id="",
        inspected_by="",
        reissued=reason,
    )  # fmt: skip


REISSUABLE = (S.READY, S.IN_DELIVERY, S.HANDED_OVER, S.CLOSED)


def miss_card(frame: Frame, w: Writing, serial: str, reason: MissingReason) -> None:
    """A finished card that nobody can find. One that is missing or set aside already stays so."""
    blank = w.look(Blank, serial)
    if blank is not None and blank.state is BlankState.ISSUED:
        frame.move_blank(w, blank, BlankAction.MISS, reason=reason)


def lay_aside(frame: Frame, w: Writing, serial: str, reason: str) -> None:
    """Put a finished card with those to be destroyed; one that was missing is found by this."""
    blank = w.get(Blank, serial)
    if blank.state is BlankState.MISSING:
        blank = frame.move_blank(w, blank, BlankAction.FIND_SPOILED, reason=reason)
    if blank.state in (BlankState.ISSUED, BlankState.SPOILED):
        frame.move_blank(w, blank, BlankAction.SET_ASIDE, reason=reason)


def open_incident(
    frame: Frame, w: Writing, kind: str, subject: str, details: dict[str, str], statement: str = ""
) -> Incident:
    """Something that a supervisor must look at."""
    incident = w.add(
        Incident(
            id=frame.ids.new(),
            kind=kind,
            subject=subject,
            opened_by=w.by.officer,
            opened_at=frame.now(),
            details=details,
            statement=statement,
        )
    )
    w.record("incident.opened", incident.id, {"kind": kind, "subject": subject, **details})
    return incident


def came_back(r: Reading, app: Application) -> ReturnCase | None:
    """The undecided return of the parcel in which the case's present card came back, if any."""
    for case in r.find(ReturnCase, application_id=app.id, state=list(UNDECIDED)):
        if r.get(Parcel, case.parcel_id).serial == app.blank_serial:
            return case
    return None


def to_pack(r: Reading, *channels: Channel) -> list[Application]:
    """Finished cards that go by courier, of these channels or all, in the order of their cases.

    One that came back in a parcel isn't among them: its return decides.
    """
    cases = r.find(ReturnCase, state=list(UNDECIDED))
    back = {r.get(Parcel, case.parcel_id).serial for case in cases}
    wanted = list(channels or Channel)
    ready = r.find(Application, state=S.READY, channel=wanted, order="number")
    return [
        app for app in ready
        if app.delivery is Delivery.COURIER and app.blank_serial not in back
    ]  # fmt: skip


def left_behind(app: Application) -> bool:
    """Whether its holder left for a while at the handover; another hold has a cause of its own."""
    ready = app.state is S.ON_HOLD and app.held_from is S.READY
    return ready and app.note == HoldReason.APPLICANT_LEFT


def taken_up(frame: Frame, w: Writing, app: Application) -> Application:
    """The case, going on if its holder merely left. Raises CaseOnHold for another cause."""
    if app.state is not S.ON_HOLD:
        return app
    if not left_behind(app):
        raise CaseOnHold(number=app.number)
    return frame.move(w, app, Action.RESUME, note=app.held_note, held_note="")


def checked_card(frame: Frame, w: Writing, case: ReturnCase) -> Application:
    """The case whose good card lies in hand. Raises CardNotChecked, CaseOnHold."""
    app = w.get(Application, case.application_id)
    if not case.card_matches or not case.chip_matches or app.blank_serial != case.card_serial:
        raise CardNotChecked(awb=case.awb)
    app = taken_up(frame, w, app)
    if app.state is not S.READY:
        raise CardNotChecked(awb=case.awb)
    return app


def to_collect(r: Reading, app: Application) -> ReturnCase | None:
    """The return that ends when the case's card goes over the counter, if it had come back.

    Raises CardNotChecked where it wasn't found good since.
    """
    for held in r.find(ReturnCase, application_id=app.id, state=ReturnState.HELD_FOR_COLLECTION):
        if held.card_serial == app.blank_serial:  # not one that was replaced on the shelf
            return held
    case = came_back(r, app)
    if case is not None and not (case.card_matches and case.chip_matches):
        raise CardNotChecked(awb=case.awb)
    return case


def collected(frame: Frame, w: Writing, app: Application) -> None:
    """A card that had come back went over the counter: its return has its outcome.

    Raises CardNotChecked where it wasn't found good since.
    """
    case = to_collect(w, app)
    if case is not None:
        gates = (Gate.CARD_CHECKED, Gate.RECIPIENT)
        move_return(frame, w, case, ReturnAction.COLLECT, gates=gates)
