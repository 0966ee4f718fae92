"""A card printer that speaks IPP itself, with nothing in between.

Richer than a queue: the printer's own states, supplies and job attributes, and no spool that a
restart would print from once more.
"""

from __future__ import annotations

from devices.adapters.print_queue import PrintQueue
from devices.adapters.queue_cards import QueueCardPrinter
from devices.card_printer import Counters
from devices.catalog import Place
from devices.device import Cancel, DeviceKind
from devices.wire.ipp_codec import number
from devices.wire.ipp_line import Address, Dial


class IppCardPrinter(QueueCardPrinter):
    """A card printer at the other end of an IPP line."""

    spooled = False

    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters | None:
        """Cards that the printer finished, nothing else; None where it counts none."""
        seen = self._seen(timeout, cancel, "counters").attributes
        cards = number(seen, "printer-media-sheets-completed")
        if cards is None or cards < 0:
            return None
        return Counters(cards, 0, 0, cards)


def make(place: Place, dial: Dial | None = None) -> IppCardPrinter:
    """The adapter, closed."""
    path = "/" + str(place.options["printer_path"]).lstrip("/")
    queue = PrintQueue(
        Address.read(str(place.options["printer_address"])),
        path,
        DeviceKind.CARD_PRINTER,
        place.pause,
        place.tape,
        dial=dial,
    )
    return IppCardPrinter(place.name, queue, place.options)
