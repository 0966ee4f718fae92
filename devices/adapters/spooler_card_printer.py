"""A card printer with any driver that CUPS knows: the family that fits what an office has.

The queue must give up a job that fails (`printer-error-policy=abort-job`): under any other policy
CUPS prints it again by itself, and a second card with the same number is worse than none. Such a
queue is refused when it is opened and before each card.
"""

from __future__ import annotations

from urllib.parse import quote

from devices.adapters.print_queue import PrintQueue
from devices.adapters.queue_cards import QueueCardPrinter
from devices.catalog import Place
from devices.device import DeviceKind
from devices.wire.ipp_line import Address, Dial


class SpoolerCardPrinter(QueueCardPrinter):
    """A card printer behind a queue of CUPS."""

    spooled = True


def make(place: Place, dial: Dial | None = None) -> SpoolerCardPrinter:
    """The adapter, closed."""
    name = str(place.options["queue"])
    queue = PrintQueue(
        Address.read(str(place.options["print_server"])),
        f"/printers/{quote(name, safe='')}",
        DeviceKind.CARD_PRINTER,
        place.pause,
        place.tape,
        queue=name,
        dial=dial,
    )
    return SpoolerCardPrinter(place.name, queue, place.options)
