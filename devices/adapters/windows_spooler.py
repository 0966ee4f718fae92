"""Printers behind Windows' own spooler: Qt draws, the spooler's API (winspool) follows the job.

The one place in `devices` that may import Qt: Windows offers no IPP, and drawing through its
drivers by hand would be Qt written again. Not run on Windows yet: written against the same
contract as the other queues, with drawing and following tried where the tests run.

Exactness: the page is set to the card's size in millimetres and its margins to none, but the face
is drawn into device dots, never into Qt's page rectangle: Qt rounds that to whole points (243 x
153 points make 1012 x 637 dots).

Windows keeps a stopped job and prints it when the printer is back. So a job that isn't out is
deleted and seen to be gone before a fault is told, as with every queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from devices.adapters.queue_reasons import card_fault, paper_fault
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
from devices.device import (
    Cancel,
    Deadline,
    DeviceInfo,
    DeviceKind,
    Health,
    HealthReason,
    Pause,
    Station,
    Supply,
)
from devices.document_printer import DocumentPrinter, PaperJobState
from devices.errors import (
    AlreadyPrinted,
    Busy,
    Cancelled,
    DeviceFault,
    JobStopped,
    NotConnected,
    OnlyByDriver,
    QueueMissing,
    TimedOut,
)
from devices.wire.winspool import Spooler, WindowsJob, WinSpool

OURS = "loket-"
PNG = b"\x89PNG\r\n\x1a\n"
EVERY = 0.25
SETTLING = 10.0
MM_WIDE, MM_HIGH, DPI = 85.6, 53.98, 300

# JOB_INFO_1.Status (winspool.h)
PAUSED, ERROR, DELETING, SPOOLING, PRINTING = 0x1, 0x2, 0x4, 0x8, 0x10
OFFLINE, PAPEROUT, PRINTED, DELETED, BLOCKED = 0x20, 0x40, 0x80, 0x100, 0x200
USER_INTERVENTION, COMPLETE = 0x400, 0x1000
# PRINTER_INFO_2.Status
_PRINTER_BITS: Mapping[int, str] = {
    0x1: "paused",
    0x8: "jam",
    0x10: "empty",
    0x80: "offline",
    0x800: "full",
    0x40000: "supply",
    0x400000: "cover",
}


Draw = Callable[[str, str, list[bytes], bool], None]
"""Draws pages (PNG) as one document of that name on a queue, on two sides or one."""


class WindowsQueue:
    """One queue of Windows: draws, follows, deletes."""

    def __init__(
        self, queue: str, kind: DeviceKind, pause: Pause, spooler: Spooler, draw: Draw
    ) -> None:
        self.queue = queue
        self._kind = kind
        self._pause = pause
        self._spooler = spooler
        self._draw = draw

    def check(self, during: str) -> None:
        """Raises QueueMissing, or NotConnected where the spooler is gone."""
        try:
            names = self._spooler.names()
        except OSError as lost:
            raise NotConnected(self._kind, during) from lost
        if self.queue not in names:
            raise QueueMissing(self.queue)

    def reasons(self, card: bool) -> tuple[HealthReason, ...]:
        """Why the printer isn't well. Raises NotConnected."""
        reason = HealthReason
        table = {
            "paused": HealthReason.QUEUE_STOPPED,
            "jam": reason.CARD_JAM if card else reason.PAPER_JAM,
            "empty": reason.OUT_OF_CARDS if card else reason.OUT_OF_PAPER,
            "offline": HealthReason.NOT_ANSWERING,
            "full": HealthReason.OUTPUT_TRAY_FULL,
            "supply": reason.RIBBON_ENDED if card else reason.SUPPLY_EMPTY,
            "cover": HealthReason.COVER_OPEN,
        }
        try:
            status = self._spooler.status(self.queue)
        except OSError as lost:
            raise NotConnected(self._kind, "health") from lost
        return tuple(table[name] for bit, name in _PRINTER_BITS.items() if status & bit)

    def state(self, job_id: str) -> WindowsJob | None:
        """Our job, where it still stands in the queue. Raises NotConnected."""
        try:
            jobs = self._spooler.jobs(self.queue)
        except OSError as lost:
            raise NotConnected(self._kind, "job") from lost
        return next((job for job in jobs if job.document == f"{OURS}{job_id}"), None)

    def print(
        self,
        pages: list[bytes],
        job_id: str,
        timeout: float,
        cancel: Cancel,
        fault_of: Callable[[], DeviceFault | None],
    ) -> None:
        """One document to its end; raises what stops it, after it was deleted."""
        deadline = Deadline(timeout)
        self.check("print")
        if self.state(job_id) is not None:
            raise AlreadyPrinted(job_id)
        if any(not job.document.startswith(OURS) for job in self._spooler.jobs(self.queue)):
            raise Busy(self._kind)
        self._draw(self.queue, f"{OURS}{job_id}", pages, len(pages) > 1)
        try:
            self._follow(job_id, deadline, timeout, cancel, fault_of)
        except DeviceFault:
            self._end(job_id)
            raise

    def _follow(
        self,
        job_id: str,
        deadline: Deadline,
        timeout: float,
        cancel: Cancel,
        fault_of: Callable[[], DeviceFault | None],
    ) -> None:
        while (job := self.state(job_id)) is not None:
            if job.status & (PRINTED | COMPLETE):
                return
            if job.status & (DELETING | DELETED):
                raise JobStopped(job_id)
            fault = fault_of()
            if fault is not None:
                raise fault
            if job.status & (ERROR | PAUSED | BLOCKED | USER_INTERVENTION):
                raise JobStopped(job_id)
            if job.status & OFFLINE:
                raise NotConnected(self._kind, "print")
            if deadline.left() <= 0:
                raise TimedOut(self._kind, timeout, "print")
            if not self._pause(EVERY, cancel):
                raise Cancelled(self._kind, "print")
        # A spooler that keeps no printed jobs forgets them when the last byte is out.

    def _end(self, job_id: str) -> None:
        """Delete our job and see it gone. Raises TimedOut where it stays."""
        deadline = Deadline(SETTLING)
        while (job := self.state(job_id)) is not None:
            if not job.status & (DELETING | DELETED):
                try:
                    self._spooler.delete(self.queue, job.number)
                except OSError as lost:
                    raise NotConnected(self._kind, "cancel") from lost
            if deadline.left() <= 0:
                raise TimedOut(self._kind, SETTLING, "cancel")
            self._pause(EVERY, None)


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


def pdf_pages(pdf: bytes) -> list[bytes]:
    """A PDF's pages as PNG at 300 dpi."""
    import io

    import pypdfium2

    pages: list[bytes] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            out = io.BytesIO()
            scale: Any = DPI / 72  # whole numbers are all that its annotation knows
            page.render(scale=scale).to_pil().save(out, "PNG")
            pages.append(out.getvalue())
    return pages


def draw_pages(printer: Any, pages: list[bytes]) -> None:
    """Draw pictures on a QPrinter, a page each, dot for dot from the paper's corner."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    painter = QPainter()
    if not painter.begin(printer):
        raise OSError("the printer takes no document")
    try:
        for number, page in enumerate(pages):
            image = QImage.fromData(page)
            if number:
                printer.newPage()
            dots = printer.resolution() / DPI
            target = QRect(0, 0, round(image.width() * dots), round(image.height() * dots))
            painter.drawImage(target, image)
    finally:
        painter.end()


def card_printer(queue: str, title: str, two_sided: bool) -> Any:
    """A QPrinter set to a card without margins."""
    from PySide6.QtCore import QMarginsF, QSizeF
    from PySide6.QtGui import QPageLayout, QPageSize
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if queue:
        printer.setPrinterName(queue)
    printer.setDocName(title)
    printer.setResolution(DPI)
    printer.setFullPage(True)
    size = QPageSize(QSizeF(MM_WIDE, MM_HIGH), QPageSize.Unit.Millimeter, "ID-1")
    landscape = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF())
    landscape.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(landscape)
    side = QPrinter.DuplexMode.DuplexLongSide if two_sided else QPrinter.DuplexMode.DuplexNone
    printer.setDuplex(side)
    return printer


def draw_card(queue: str, title: str, pages: list[bytes], two_sided: bool) -> None:
    """Draw a card's faces on a queue."""
    draw_pages(card_printer(queue, title, two_sided), pages)


def draw_paper(queue: str, title: str, pages: list[bytes], two_sided: bool) -> None:
    """Draw a document's pages on a queue, on its own paper."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(queue)
    printer.setDocName(title)
    printer.setFullPage(True)
    draw_pages(printer, pages)


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
