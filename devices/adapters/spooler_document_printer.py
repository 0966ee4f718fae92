"""A document printer with any driver that CUPS knows: PDF handed over by IPP, and followed.

A paper that can't be printed now is taken back out of the queue before the officer hears of it:
else it comes out later by itself, beside the one that was printed again. A paper that is in the
queue or came out already isn't handed over a second time.
"""

from __future__ import annotations

import time
from urllib.parse import quote

from devices.adapters.print_queue import Found, Look, PrintQueue
from devices.adapters.queue_reasons import HEARSAY_SECONDS, paper_fault, paper_reasons
from devices.catalog import Place
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.document_printer import DocumentPrinter, PaperJobState
from devices.errors import (
    DeviceFault,
    JobLost,
    JobStopped,
    NotConnected,
    NothingPrinted,
    QueueMissing,
)
from devices.wire.ipp import IppJobState
from devices.wire.ipp_codec import integer, text
from devices.wire.ipp_line import Address, Dial, Limit

ANSWERS_AGAIN = 3.0
"""Seconds in which a printer must tell why its queue gave a paper up."""

_STATES = {
    IppJobState.PENDING: PaperJobState.QUEUED,
    IppJobState.HELD: PaperJobState.HELD,
    IppJobState.PROCESSING: PaperJobState.PRINTING,
    IppJobState.STOPPED: PaperJobState.HELD,
    IppJobState.CANCELED: PaperJobState.FAILED,
    IppJobState.ABORTED: PaperJobState.FAILED,
    IppJobState.COMPLETED: PaperJobState.DONE,
}


class SpoolerDocumentPrinter(DocumentPrinter):
    """A document printer behind a queue of CUPS."""

    def __init__(self, name: str, queue: PrintQueue) -> None:
        self._name = name
        self._queue = queue
        self._open = False
        self._refused: HealthReason | None = None
        """Why it couldn't be opened, or was lost."""
        self._model = ""

    @property
    def info(self) -> DeviceInfo:
        maker, _, model = self._model.partition(" ")
        return DeviceInfo(
            DeviceKind.DOCUMENT_PRINTER, self._name, maker, model or self._queue.name, ""
        )

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def unanswered(self) -> float:
        return self._queue.unanswered

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        """As every device; besides QueueMissing."""
        if self._open:
            return
        self._refused = None
        try:
            seen = self._queue.look(self._queue.limit(timeout, cancel, "open"))
        except QueueMissing:
            self._refused = HealthReason.QUEUE_STOPPED
            raise
        except NotConnected:
            self._refused = HealthReason.SPOOLER_GONE
            raise
        self._model = text(seen.attributes, "printer-make-and-model")
        self._open = True

    def close(self) -> None:
        self._open = False

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if not self._open:
            return Health.judged((self._refused or HealthReason.CLOSED,))
        try:
            seen = self._queue.look(self._queue.limit(timeout, cancel, "health"))
        except NotConnected:
            self._open, self._refused = False, HealthReason.SPOOLER_GONE
            return Health.judged((HealthReason.SPOOLER_GONE,))
        except QueueMissing:
            self._open, self._refused = False, HealthReason.QUEUE_STOPPED
            return Health.judged((HealthReason.QUEUE_STOPPED,))
        return Health.judged(self._reasons(seen))

    def _reasons(self, seen: Look) -> tuple[HealthReason, ...]:
        reasons = list(paper_reasons(seen.state, seen.reasons))
        if seen.silent:
            reasons.append(HealthReason.NOT_ANSWERING)
        if not seen.accepting:
            reasons.append(HealthReason.QUEUE_STOPPED)
        return tuple(dict.fromkeys(reasons))

    def print_pdf(
        self, pdf: bytes, copies: int, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> str:
        """As every document printer; returns when the queue says that the paper is out."""
        if not pdf.startswith(b"%PDF-") or copies < 1:
            raise ValueError("a PDF and at least one copy")
        limit = self._queue.limit(timeout, cancel, "paper")
        self._check_line(limit)
        known = self._queue.find(limit, job_id)
        if known is not None and (known.open or self._out(limit, known)):
            job = known.number
        else:
            before = self._look(limit)
            fault = None if before.hearsay else paper_fault(self._reasons(before))
            if fault is not None:
                raise fault
            attributes = {"copies": integer(copies)}
            job = self._queue.hand_over(limit, job_id, pdf, "application/pdf", attributes)
        try:
            self._follow(limit, job, job_id)
        except DeviceFault as fault:
            self._queue.take_back(job, job_id, fault)
        return str(job)

    def _out(self, limit: Limit, known: Found) -> bool:
        """Whether a paper that was sent before came out."""
        self._look(limit)
        word = self._queue.printers_word(limit, known.job_id) or known
        return word.state is IppJobState.COMPLETED and word.impressions != 0

    def _follow(self, limit: Limit, job: int, job_id: str) -> None:
        started = time.monotonic()
        while True:
            seen = self._queue.watch(limit, job)
            if seen is None:
                raise JobLost(job_id)
            if not seen.open:
                if seen.state is not IppJobState.COMPLETED:
                    raise self._why_stopped(limit, seen, job_id)
                word = self._queue.printers_word(limit, job_id) or seen
                if not word.open:
                    if word.state is not IppJobState.COMPLETED:
                        raise self._why_stopped(limit, word, job_id)
                    if word.impressions == 0:
                        raise NothingPrinted(job_id)
                    return
                seen = word
            look = self._look(limit)
            if not look.hearsay or time.monotonic() - started > HEARSAY_SECONDS:
                self._refuse(seen, look, job_id)
            self._queue.wait(limit)

    def _why_stopped(self, limit: Limit, seen: Found, job_id: str) -> DeviceFault:
        """A fault may end the job before anybody looked at the printer: its reasons say which.

        One that doesn't answer just then, busy with its fault, is asked again for a moment.
        """
        patience = Deadline(ANSWERS_AGAIN)
        look = self._look(limit)
        while look.silent and patience.left() > 0:
            self._queue.wait(limit)
            look = self._look(limit)
        try:
            if not look.hearsay:
                self._refuse(seen, look, job_id)
        except DeviceFault as fault:
            return fault
        return JobStopped(job_id)

    def _refuse(self, seen: Found, look: Look, job_id: str) -> None:
        reasons = self._reasons(look)
        if look.behind is None:
            reasons += paper_reasons(None, seen.printer_reasons)
        fault = paper_fault(reasons)
        if fault is not None:
            raise fault
        if HealthReason.NOT_ANSWERING in reasons:
            raise NotConnected(DeviceKind.DOCUMENT_PRINTER, "paper")
        if seen.state is IppJobState.STOPPED or HealthReason.QUEUE_STOPPED in reasons:
            raise JobStopped(job_id)

    def job_state(self, job_id: str, *, timeout: float, cancel: Cancel = None) -> PaperJobState:
        limit = self._queue.limit(timeout, cancel, "job_state")
        self._check_line(limit)
        found = self._queue.find(limit, job_id)
        return PaperJobState.UNKNOWN if found is None else _STATES[found.state]

    def _check_line(self, limit: Limit) -> None:
        limit.check()
        if not self._open:
            raise NotConnected(DeviceKind.DOCUMENT_PRINTER, limit.during)

    def _look(self, limit: Limit) -> Look:
        try:
            return self._queue.look(limit)
        except NotConnected:
            self._open, self._refused = False, HealthReason.SPOOLER_GONE
            raise


def make(place: Place, dial: Dial | None = None) -> SpoolerDocumentPrinter:
    """The adapter, closed."""
    name = str(place.options["queue"])
    queue = PrintQueue(
        Address.read(str(place.options["print_server"])),
        f"/printers/{quote(name, safe='')}",
        DeviceKind.DOCUMENT_PRINTER,
        place.pause,
        place.tape,
        queue=name,
        dial=dial,
    )
    return SpoolerDocumentPrinter(place.name, queue)
