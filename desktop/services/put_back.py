"""Blanks that came out of a printer unused: none is fed after them while they still lie outside.

Known for as long as the program runs, and only of a machine that counts its stack: where the count
is what it was when the blank came out, nobody has put anything back, and one more try would bring
out one more blank.
"""

from __future__ import annotations

from desktop.domain.stock import Blank, BlankNotBack, BlankState
from desktop.services.base import Frame
from desktop.services.doubts import ASK_SECONDS
from desktop.services.pool import printers
from devices.card_printer import CardPrinter
from devices.device import SupplyName
from devices.errors import DeviceFault


class PutBack:
    """Which blank each printer's stack waits for."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._waits: dict[str, tuple[str, int]] = {}

    def came_out(self, printer: CardPrinter, serial: str) -> None:
        """This blank belongs on top again before the next card is fed."""
        try:
            left = _stack(printer)
        except DeviceFault:
            return
        if left:  # an empty feeder may go on saying so until the next feed
            self._waits[printer.info.serial] = (serial, left)

    def check(self, printer: CardPrinter) -> None:
        """Raises BlankNotBack where the next blank in turn still lies outside."""
        waits = self._waits.get(printer.info.serial)
        if waits is None or len(printers(self._frame.hub)) > 1:
            return
        serial, left = waits
        with self._frame.ledger.reading() as r:
            top = r.first(Blank, custodian=self._frame.counter, state=BlankState.ASSIGNED)
        if top is not None and top.id == serial and _stack(printer) == left:
            raise BlankNotBack(expected=serial)
        del self._waits[printer.info.serial]


def _stack(printer: CardPrinter) -> int | None:
    """How many cards the feeder holds, where the machine counts them."""
    supplies = printer.supplies(timeout=ASK_SECONDS)
    return next((one.left for one in supplies if one.name is SupplyName.CARDS), None)
