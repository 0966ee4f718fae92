"""Parcels that came back: opened by two, compared, and each given its one outcome."""

from __future__ import annotations

from desktop.domain.destruction import DestroyMethod
from desktop.domain.reasons import DestroyReason, ReturnReason
from desktop.domain.shipment import (
    ContactResult,
    ContactWay,
    CourierWord,
    Parcel,
    ParcelState,
)
from desktop.presenters.returns import Returns
from desktop.presenters.returns_view import ReturnStep
from desktop.training.day import CREDENTIALS, Day, OffScript
from desktop.training.day_ship import send_manifest

WITNESS = "bambang"


def courier_comes_back(day: Day) -> None:
    """In the afternoon the courier brings two parcels back; Nyoman takes them with Bambang."""
    day.sign_in("nyoman")
    tracking = day.desk.tracking
    moved, gone = tracking.parcels((ParcelState.DISPATCHED,))[:2]
    for parcel, reason in ((moved, ReturnReason.ADDRESS), (gone, ReturnReason.DECEASED)):
        for word in (CourierWord.FAILED, CourierWord.RETURNING):
            tracking.courier_says(day.by, parcel.awb, word, reason=str(reason))
    returns = Returns(day.desk)
    returns.enter()
    _send_again(day, returns, moved)
    _destroy(day, returns, gone)
    returns.leave()
    returns.close()
    send_manifest(day)


def _open(day: Day, returns: Returns, parcel: Parcel, reason: ReturnReason) -> None:
    """Scan it, look at the seal, open it by two, compare the card by scan and chip."""
    day.press(returns, returns.scanned, parcel.awb)
    at(returns, ReturnStep.SEAL)
    day.press(returns, returns.pick_reason, reason)
    returns.judge_seal(intact=True)
    day.press(returns, returns.open_parcel, *CREDENTIALS[WITNESS], takes=30)
    at(returns, ReturnStep.CARD)
    day.bench.put_card_on_reader(day.cards[parcel.serial])
    day.press(returns, returns.scanned, parcel.serial, takes=8)
    day.bench.put_card_on_reader(None)
    at(returns, ReturnStep.DECIDE)
    day.tell("came_back", awb=parcel.awb, reason=reason)


def _send_again(day: Day, returns: Returns, parcel: Parcel) -> None:
    """The applicant gives another address on the telephone: new envelope, new waybill."""
    _open(day, returns, parcel, ReturnReason.ADDRESS)
    way, result = ContactWay.PHONE, ContactResult.NEW_ADDRESS
    day.press(returns, returns.contact, way, result, takes=90)
    old = parcel.address
    day.press(returns, returns.send_again)
    returns.new_address(f"{old.line}, Blok B", old.city, old.postcode, old.phone)
    again = day.waybill()
    day.press(returns, returns.scanned, again, takes=20)
    at(returns, ReturnStep.DONE)
    day.press(returns, returns.print_minutes)
    day.bench.take_papers()
    day.tell("sent_again", awb=parcel.awb, again=again)
    returns.close_case()


def _destroy(day: Day, returns: Returns, parcel: Parcel) -> None:
    """The holder has died: recalled, and destroyed before two officers."""
    _open(day, returns, parcel, ReturnReason.DECEASED)
    day.press(returns, returns.contact, ContactWay.PHONE, ContactResult.REACHED, takes=60)
    signed = CREDENTIALS[WITNESS]
    day.press(returns, returns.recall, DestroyReason.RECALLED, *signed, takes=20)
    at(returns, ReturnStep.DESTROY)
    day.press(returns, returns.destroy, DestroyMethod.SHREDDED, *signed, takes=60)
    at(returns, ReturnStep.DONE)
    day.press(returns, returns.print_minutes)
    day.bench.take_papers()
    day.tell("recalled", awb=parcel.awb, serial=parcel.serial)
    returns.close_case()


def at(returns: Returns, step: ReturnStep) -> None:
    """The script and the screen agree where the return stands."""
    if returns.view.step is not step:
        raise OffScript(f"at {returns.view.step}, not {step}")
