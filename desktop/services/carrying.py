"""A card on its way between printer and chip reader: moved by the machine, or by the officer.

A printer behind a driver's queue moves no card for us. Then the officer lays the blank on the
reader on the desk and afterwards puts it into the printer; what is asked of the hand is said in
words, and the reader shows that it was done.
"""

from __future__ import annotations

import threading

from desktop.domain.stock import Job
from desktop.notices import Say
from desktop.services.base import Frame
from desktop.services.doubts import ASK_SECONDS, FEED_SECONDS
from devices.card_printer import CardPrinter, Station
from devices.card_reader import CardReader
from devices.device import DeviceKind
from devices.errors import TimedOut

HAND_SECONDS = 300.0
"""How long an officer may take to bring a card from one place to another."""
HAND_LOOK = 0.3


def bring_to_chip(
    frame: Frame,
    printer: CardPrinter,
    reader: CardReader,
    job: Job,
    cancel: threading.Event | None,
) -> None:
    """The card lies on the chip reader and has power. Raises the devices' faults."""
    if printer.capabilities.moves_card:
        printer.move_to(Station.CONTACTLESS, timeout=FEED_SECONDS, cancel=cancel)
        reader.wait_card(timeout=FEED_SECONDS)
        return
    _ask(frame, "issuing.lay_on_reader", job)
    reader.wait_card(timeout=HAND_SECONDS, cancel=cancel)


def bring_to_print(
    frame: Frame,
    printer: CardPrinter,
    reader: CardReader,
    job: Job,
) -> None:
    """The card is at print, or was taken off the reader to be put there; its chip is written.

    Raises the devices' faults; TimedOut where nobody takes it.
    """
    if printer.capabilities.moves_card:
        printer.move_to(Station.PRINT, timeout=FEED_SECONDS)
        return
    _ask(frame, "issuing.put_in_printer", job)
    end = frame.clock.tick() + int(HAND_SECONDS * 1e9)
    while reader.card_present(timeout=ASK_SECONDS):
        if frame.clock.tick() >= end:
            raise TimedOut(DeviceKind.CARD_READER, HAND_SECONDS, "take")
        frame.clock.pause(HAND_LOOK)


def _ask(frame: Frame, message_id: str, job: Job) -> None:
    """Ask the officer's hand for something; the work goes on when the reader shows it."""
    frame.ledger.notices.publish(Say(message_id, {"serial": job.blank_serial}))
