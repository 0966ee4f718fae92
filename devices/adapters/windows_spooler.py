"""Printers behind Windows' own spooler: Qt draws (`windows_drawing`), the queue is followed.

Not run on Windows yet: written against the same contract as the other queues, with drawing and
following tried where the tests run.
"""

from __future__ import annotations

from devices.adapters.queue_reasons import card_fault, paper_fault
from devices.adapters.windows_drawing import DPI, draw_card, draw_paper, pdf_pages
from devices.adapters.windows_queue import WindowsQueue
from devices.card_printer import (
    CardInside,
    CardPrinter,
    Counters,
    LoadedCard,
    PrinterCapabilities,
    Tray,
    Unnumbered,
)
from devices.catalog import Place
from devices.device import Cancel, DeviceInfo, DeviceKind, Health, HealthReason, Station, Supply
from devices.document_printer import DocumentPrinter, PaperJobState
from devices.errors import Cancelled, DeviceFault, NotConnected, OnlyByDriver
from devices.wire.winspool import WinSpool

PNG = b"\x89PNG\r\n\x1a\n"


class _Behind:
    """What both printers share."""

    _kind: DeviceKind

    def __init__(self, name: str, queue: WindowsQueue) -> None:
        self._name = name
        self._queue = queue
        self._open = False
        self._gone = False

    @property
    def info(self) -> DeviceInfo:
        # A driver tells no serial number; the queue's name tells two printers apart.
        return DeviceInfo(self._kind, self._name, "Windows", self._queue.queue, self._queue.queue)

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, "open")
        self._gone = False
        try:
            self._queue.check("open")
        except NotConnected:
            self._gone = True
            raise
        self._open = True

    def close(self) -> None:
        self._open = False

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if not self._open:
            gone = HealthReason.SPOOLER_GONE if self._gone else HealthReason.CLOSED
            return Health.judged((gone,))
        try:
            return Health.judged(self._queue.reasons(self._kind is DeviceKind.CARD_PRINTER))
        except NotConnected:
            self._open, self._gone = False, True
            return Health.judged((HealthReason.SPOOLER_GONE,))

    def _check(self, cancel: Cancel, during: str) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, during)
        if not self._open:
            raise NotConnected(self._kind, during)


class WindowsCardPrinter(_Behind, CardPrinter):
    """A card printer behind a queue of Windows; it moves no card for us."""

    _kind = DeviceKind.CARD_PRINTER

    @property
    def capabilities(self) -> PrinterCapabilities:
        return PrinterCapabilities(
            True, frozenset(), False, 1011, 638, DPI, (), (), moves_card=False
        )

    def check_clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._check(cancel, "check")

    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        self._check(cancel, "feed")
        return LoadedCard(None)

    def move_to(self, station: Station, *, timeout: float, cancel: Cancel = None) -> None:
        if station is not Station.PRINT:
            raise ValueError(station)
        self._check(cancel, "move")

    def print_card(
        self, front: bytes, back: bytes, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> None:
        if not front.startswith(PNG) or (back and not back.startswith(PNG)):
            raise ValueError("card faces are PNG")
        self._check(cancel, "print")
        pages = [front, back] if back else [front]
        self._queue.print(pages, job_id, timeout, cancel, self._fault)

    def _fault(self) -> DeviceFault | None:
        return card_fault(self._queue.reasons(self._kind is DeviceKind.CARD_PRINTER), begun=True)

    def eject(self, tray: Tray, *, timeout: float, cancel: Cancel = None) -> None:
        self._check(cancel, "eject")

    def card_inside(self, *, timeout: float, cancel: Cancel = None) -> CardInside | None:
        self._check(cancel, "card_inside")
        return None

    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters | None:
        self._check(cancel, "counters")
        return None

    def supplies(self, *, timeout: float, cancel: Cancel = None) -> tuple[Supply, ...]:
        self._check(cancel, "supplies")
        return ()

    def print_unnumbered(self, what: Unnumbered, *, timeout: float, cancel: Cancel = None) -> None:
        raise OnlyByDriver


class WindowsDocumentPrinter(_Behind, DocumentPrinter):
    """A document printer behind a queue of Windows; a PDF is drawn page by page at 300 dpi."""

    _kind = DeviceKind.DOCUMENT_PRINTER

    def __init__(self, name: str, queue: WindowsQueue) -> None:
        super().__init__(name, queue)
        self._done: set[str] = set()

    def print_pdf(
        self, pdf: bytes, copies: int, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> str:
        if not pdf.startswith(b"%PDF-") or copies < 1:
            raise ValueError("a PDF and at least one copy")
        self._check(cancel, "paper")
        if job_id not in self._done:
            self._queue.print(pdf_pages(pdf) * copies, job_id, timeout, cancel, self._fault)
            self._done.add(job_id)
        return job_id

    def _fault(self) -> DeviceFault | None:
        return paper_fault(self._queue.reasons(self._kind is DeviceKind.CARD_PRINTER))

    def job_state(self, job_id: str, *, timeout: float, cancel: Cancel = None) -> PaperJobState:
        self._check(cancel, "job_state")
        if self._queue.state(job_id) is not None:
            return PaperJobState.PRINTING
        return PaperJobState.DONE if job_id in self._done else PaperJobState.UNKNOWN


def make(place: Place) -> WindowsCardPrinter | WindowsDocumentPrinter:
    """The adapter, closed; a card printer where the place has a card's options."""
    queue, spooler = str(place.options["queue"]), WinSpool()
    if "page_width" in place.options:
        kind = DeviceKind.CARD_PRINTER
        return WindowsCardPrinter(
            place.name, WindowsQueue(queue, kind, place.pause, spooler, draw_card)
        )
    kind = DeviceKind.DOCUMENT_PRINTER
    return WindowsDocumentPrinter(
        place.name, WindowsQueue(queue, kind, place.pause, spooler, draw_paper)
    )
