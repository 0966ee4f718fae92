"""What a scanner would read next, for a training counter without scanner, labels and plastic.

A live counter has none of this. In training one key stands for the hand that holds the next card
or envelope under the scanner; the chip of a card that nobody kept is written anew.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from desktop.domain.application import Application
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.domain.requirements import RequirementKind
from desktop.domain.shipment import Parcel, ParcelState
from desktop.domain.waybill import make_domestic
from desktop.services.desk import Desk

HANDS = "hands"
"""The lane of a hand that is played while a device waits for it on the device's own lane."""


def can_play(desk: Desk) -> bool:
    """Whether hands may be played here."""
    return desk.realm is Realm.TRAINING and desk.bench is not None


def next_waybill(desk: Desk) -> str:
    """A label from a roll that no parcel has used."""
    with desk.ledger.reading() as r:
        number = r.count(Parcel) + 1
        while r.first(Parcel, awb=make_domestic(desk.frame.today(), number)) is not None:
            number += 1
    return make_domestic(desk.frame.today(), number)


def parcel_to_bring_back(desk: Desk) -> str:
    """The waybill of a parcel that a courier brings back; empty when none is on its way.

    The ones that the courier said are coming back go before the others.
    """
    on_their_way = desk.tracking.parcels()
    coming = (ParcelState.RETURNING, ParcelState.FAILED)
    on_their_way.sort(key=lambda one: coming.index(one.state) if one.state in coming else 2)
    return on_their_way[0].awb if on_their_way else ""


def has_code(desk: Desk, kind: RequirementKind | None) -> bool:
    """Whether a played party gives papers of this kind, with a code on them."""
    from desktop.outside.simulators import ISSUERS, OutsideSimulator

    return kind in ISSUERS and isinstance(desk.outside, OutsideSimulator)


def paper_code(desk: Desk, app: Application, kind: RequirementKind) -> str:
    """The code on the paper of this kind that the applicant brings."""
    from desktop.training.proof_paper import code_on_paper

    return code_on_paper(desk, app, kind)


@contextmanager
def envelope_shown(desk: Desk, parcel: Parcel | None, *, torn: bool) -> Generator[None]:
    """In training the envelope lies before the camera meanwhile; elsewhere it really does."""
    bench = desk.bench
    if bench is None or parcel is None:
        yield
        return
    from desktop.training.envelope import draw_envelope

    with bench.camera.before(draw_envelope(parcel.awb, parcel.address, torn=torn)):
        yield


def lay_card(desk: Desk, app: Application, serial: str) -> None:
    """Lay a finished card on the desk reader: the one that was kept, or one just like it.

    Its chip is written before it lies there, for the reader may wait for it already.
    """
    bench = desk.bench
    if bench is None:
        return
    truth = bench.printer.truth
    kept = [card for card in (*truth.output, *truth.by_hand) if card.serial == serial]
    if kept:
        bench.put_card_on_reader(kept[-1])
        return
    card = bench.fresh_card(serial)
    if app.blank_serial == serial:
        from desktop.training.tray import write_aside

        write_aside(desk, card, desk.cardmaker.chip_image(app))
    bench.put_card_on_reader(card)


def bring_card(desk: Desk, app: Application) -> None:
    """In training: a card that was printed before a restart lies in the tray again."""
    if can_play(desk):
        from desktop.training.tray import back_in_tray

        back_in_tray(desk, app)


def code_on(desk: Desk, app: Application, serial: str) -> str:
    """What a scanner reads from this case's card: its seal, else (an older card) its number."""
    if app.blank_serial != serial or not app.photo:
        return serial
    try:
        return desk.cardmaker.seal_of(app)
    except Problem:
        return serial  # the key is gone meanwhile: the number is printed beside the code


def into_envelope(desk: Desk, serial: str) -> None:
    """The card that is packed lies nowhere else any more: not in the tray, not on the reader."""
    if can_play(desk) and desk.bench is not None:
        desk.bench.hand_over(serial)


def take_card(desk: Desk) -> None:
    """Take the card off the desk reader: a chip that lies there is read for the next card."""
    if desk.bench is not None:
        desk.bench.put_card_on_reader(None)
