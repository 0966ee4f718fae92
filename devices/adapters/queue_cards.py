"""Card printers behind IPP: through a print service's queue, or direct to the printer.

Such a printer takes a card, prints both sides and puts it out in one job; it has no word for "the
card stands at the chip station". So it moves no card for us (`moves_card` is False), and after any
fault somebody has to look.

Exactness: the faces are handed over as raster of exactly the page's dots and are never scaled. A
page given in millimetres or points is rounded on the way (243 x 153 points make 1012 x 637 dots).
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from devices.adapters.print_queue import SAFE_POLICY, Found, Look, PrintQueue
from devices.adapters.queue_card_job import JobWatch, judge_end
from devices.adapters.queue_reasons import card_fault, card_reasons, ribbon, serial_of
from devices.card_printer import (
    CardInside,
    CardPrinter,
    Counters,
    LoadedCard,
    PrinterCapabilities,
    Tray,
    Unnumbered,
)
from devices.device import (
    Cancel,
    DeviceInfo,
    DeviceKind,
    Health,
    HealthReason,
    Station,
    Supply,
)
from devices.errors import (
    AlreadyPrinted,
    DeviceFault,
    JobLost,
    JobStopped,
    NotConnected,
    OnlyByDriver,
    QueueMissing,
    QueueRepeats,
)
from devices.options import OptionValue
from devices.wire import raster
from devices.wire.ipp_codec import Attributes, collection, integer, keyword, text, texts
from devices.wire.ipp_line import Limit

if TYPE_CHECKING:
    from PIL.Image import Image

PNG = b"\x89PNG\r\n\x1a\n"
DPI = 300
LARGEST_FACE = 4096
CARD = (8560, 5398)
"""ID-1 (ISO/IEC 7810) in hundredths of a millimetre, as media sizes are named (PWG 5101.1)."""


class QueueCardPrinter(CardPrinter):
    """What both ways share; `spooled` says that a print service stands between."""

    spooled: bool

    def __init__(self, name: str, queue: PrintQueue, options: Mapping[str, OptionValue]) -> None:
        self._name = name
        self._queue = queue
        self._mime = str(options["send_as"])
        self._size = (int(options["page_width"]), int(options["page_height"]))
        self._feed = float(options["feed_seconds"])
        self._ribbon_cards = int(options["ribbon_cards"])
        self._tumble = bool(options["tumble"])
        self._open = False
        self._two_sided = True
        self._refused: HealthReason | None = None
        self._model = self._firmware = ""
        self._serial = queue.place
        """The machine's own, or where it is: a job in doubt must be asked about where it was."""

    @property
    def info(self) -> DeviceInfo:
        maker, _, model = self._model.partition(" ")
        where = model or self._queue.name
        return DeviceInfo(
            DeviceKind.CARD_PRINTER, self._name, maker, where, self._serial, self._firmware
        )

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def unanswered(self) -> float:
        return self._queue.unanswered

    @property
    def capabilities(self) -> PrinterCapabilities:
        return PrinterCapabilities(
            two_sided=self._two_sided,
            chip_stations=frozenset(),
            reads_serial=False,
            width=self._size[0],
            height=self._size[1],
            dpi=DPI,
            front_panels=(),
            back_panels=(),
            moves_card=False,
        )

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        """As every device; besides QueueMissing, and QueueRepeats for a queue that isn't safe."""
        if self._open:
            return
        limit = self._queue.limit(timeout, cancel, "open")
        self._refused = None
        try:
            seen = self._queue.look(limit)
            self._queue.end_ours(limit)
            self._refuse_repeats(seen)
        except QueueMissing:
            self._refused = HealthReason.QUEUE_STOPPED
            raise
        except QueueRepeats:
            self._refused = HealthReason.QUEUE_REPEATS
            raise
        except NotConnected:
            self._refused = self._away()
            raise
        self._model = text(seen.attributes, "printer-make-and-model")
        told = seen.behind or seen.attributes
        self._serial = serial_of(text(told, "printer-device-id")) or self._queue.place
        self._firmware = text(seen.attributes, "printer-firmware-string-version")
        sides = texts(seen.attributes, "sides-supported")
        self._two_sided = not sides or any(each.startswith("two-sided") for each in sides)
        self._open = True

    def close(self) -> None:
        self._open = False

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if not self._open:
            refused = self._refused
            return Health.judged((refused or HealthReason.CLOSED,))
        try:
            seen = self._queue.look(self._queue.limit(timeout, cancel, "health"))
            self._refuse_repeats(seen)
        except NotConnected:
            self._open, self._refused = False, self._away()
            return Health.judged((self._refused,))
        except (QueueMissing, QueueRepeats) as refused:
            self._open = False
            missing = isinstance(refused, QueueMissing)
            self._refused = HealthReason.QUEUE_STOPPED if missing else HealthReason.QUEUE_REPEATS
            return Health.judged((self._refused,))
        return Health.judged(self._reasons(seen), self._supplies(seen))

    def _away(self) -> HealthReason:
        return HealthReason.SPOOLER_GONE if self.spooled else HealthReason.UNPLUGGED

    def _reasons(self, seen: Look) -> tuple[HealthReason, ...]:
        reasons = list(card_reasons(seen.state, seen.reasons))
        if seen.silent:
            reasons.append(HealthReason.NOT_ANSWERING)
        if not seen.accepting:
            reasons.append(HealthReason.QUEUE_STOPPED)
        if any(supply.low for supply in self._supplies(seen)):
            reasons.append(HealthReason.RIBBON_LOW)
        return tuple(dict.fromkeys(reasons))

    def _supplies(self, seen: Look) -> tuple[Supply, ...]:
        return ribbon(seen.behind or seen.attributes, self._ribbon_cards)

    def _refuse_repeats(self, seen: Look) -> None:
        if self.spooled and seen.policy != SAFE_POLICY:
            raise QueueRepeats(self._queue.name, seen.policy or "-")

    # -- the card --------------------------------------------------------------------------

    def check_clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._refuse_stopped(self._seen(timeout, cancel, "check"), "check")

    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        """Nothing is fed: the driver does it. What would stop the card is raised already here.

        An empty feeder doesn't: with a single feeder the card is put in when its chip is done.
        """
        self._refuse_stopped(self._seen(timeout, cancel, "feed"), "feed")
        return LoadedCard(None)

    def move_to(self, station: Station, *, timeout: float, cancel: Cancel = None) -> None:
        if station is not Station.PRINT:
            raise ValueError(station)
        self._seen(timeout, cancel, "move")

    def eject(self, tray: Tray, *, timeout: float, cancel: Cancel = None) -> None:
        self._seen(timeout, cancel, "eject")

    def card_inside(self, *, timeout: float, cancel: Cancel = None) -> CardInside | None:
        self._seen(timeout, cancel, "card_inside")
        return None

    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters | None:
        self._seen(timeout, cancel, "counters")
        return None

    def supplies(self, *, timeout: float, cancel: Cancel = None) -> tuple[Supply, ...]:
        return self._supplies(self._seen(timeout, cancel, "supplies"))

    def print_card(
        self, front: bytes, back: bytes, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> None:
        if not front.startswith(PNG) or (back and not back.startswith(PNG)):
            raise ValueError("card faces are PNG")
        self._print([front, back] if back else [front], job_id, timeout, cancel)

    def print_unnumbered(self, what: Unnumbered, *, timeout: float, cancel: Cancel = None) -> None:
        """A test card; raises OnlyByDriver for the rest, which drivers do by tools of their own."""
        if what is not Unnumbered.TEST:
            raise OnlyByDriver
        # The clock only makes the id new; the same test card may be printed again and again.
        self._print([test_face(self._size)], f"test-{time.time_ns()}", timeout, cancel)

    # -- one job ---------------------------------------------------------------------------

    def _print(self, faces: list[bytes], job_id: str, timeout: float, cancel: Cancel) -> None:
        pages = [self._page(page) for page in raster.flat(faces)]
        limit = self._queue.limit(timeout, cancel, "print")
        seen = self._seen_within(limit)
        self._refuse_stopped(seen, "print")
        if self._queue.find(limit, job_id) is not None:
            raise AlreadyPrinted(job_id)
        self._queue.sweep(limit)
        document = self._document(pages)
        job = self._queue.hand_over(
            limit, job_id, document, self._mime_type(), self._attributes(len(pages))
        )
        try:
            self._follow(limit, job, job_id, seen)
        except DeviceFault as fault:
            self._queue.take_back(job, job_id, fault)

    def _follow(self, limit: Limit, job: int, job_id: str, before: Look) -> None:
        """Watch the job to its end; raises what stops it."""
        watch = JobWatch(job_id, self._feed, before)
        while True:
            seen = self._queue.watch(limit, job)
            if seen is None:
                raise JobLost(job_id)
            if not seen.open:
                self._judge(limit, seen, job_id, watch)
                word = self._queue.printers_word(limit, job_id) or seen
                if not word.open:
                    self._judge(limit, word, job_id, watch)
                    return
                seen = word
            self._see(limit, seen, watch)
            self._queue.wait(limit)

    def _judge(self, limit: Limit, seen: Found, job_id: str, watch: JobWatch) -> None:
        """A fault may end the job before anybody looked at the printer: its reasons say which."""
        try:
            judge_end(seen, job_id)
        except JobStopped:
            self._see(limit, seen, watch)
            raise

    def _see(self, limit: Limit, seen: Found, watch: JobWatch) -> None:
        look = self._queue.look(limit)
        reasons = self._reasons(look)
        if look.behind is None:
            reasons += card_reasons(None, seen.printer_reasons)
        watch.see(seen, look, set(reasons))

    def _seen(self, timeout: float, cancel: Cancel, during: str) -> Look:
        return self._seen_within(self._queue.limit(timeout, cancel, during))

    def _seen_within(self, limit: Limit) -> Look:
        limit.check()
        if not self._open:
            raise NotConnected(DeviceKind.CARD_PRINTER, limit.during)
        try:
            seen = self._queue.look(limit)
        except NotConnected:
            self._open, self._refused = False, self._away()
            raise
        self._refuse_repeats(seen)
        return seen

    def _refuse_stopped(self, seen: Look, during: str) -> None:
        """Raise what would stop a card; an empty feeder may be filled yet, hearsay be outdated."""
        reasons = [each for each in self._reasons(seen) if each is not HealthReason.OUT_OF_CARDS]
        fault = None if seen.hearsay else card_fault(reasons, begun=False)
        if fault is not None:
            raise fault
        if seen.silent:
            raise NotConnected(DeviceKind.CARD_PRINTER, during)

    # -- pictures --------------------------------------------------------------------------

    def _page(self, face: Image) -> Image:
        """The face on exactly the page's dots: in its middle, never scaled."""
        if face.size == self._size:
            return face
        from PIL import Image

        width, height = self._size
        if face.width > width or face.height > height:
            raise ValueError("the face is larger than the page")
        page = Image.new("RGB", self._size, "white")
        page.paste(face, ((width - face.width) // 2, (height - face.height) // 2))
        return page

    def _document(self, pages: list[Image]) -> bytes:
        two_sided = len(pages) > 1
        if self._mime == "pdf":
            out = io.BytesIO()
            pages[0].save(
                out, "PDF", resolution=DPI, save_all=True, append_images=pages[1:], quality=100
            )
            return out.getvalue()
        write = raster.write_urf if self._mime == "urf" else raster.write_pwg
        return write(pages, DPI, two_sided=two_sided, tumble=self._tumble)

    def _mime_type(self) -> str:
        return {"pdf": "application/pdf", "urf": raster.URF}.get(self._mime, raster.PWG)

    def _attributes(self, pages: int) -> Attributes:
        edge = "two-sided-short-edge" if self._tumble else "two-sided-long-edge"
        size = {"x-dimension": integer(CARD[0]), "y-dimension": integer(CARD[1])}
        margins = {
            f"media-{edge}-margin": integer(0) for edge in ("top", "bottom", "left", "right")
        }
        return {
            "copies": integer(1),
            "sides": keyword(edge if pages > 1 else "one-sided"),
            "media-col": collection({"media-size": collection(size), **margins}),
            "print-scaling": keyword("none"),
        }


def test_face(size: tuple[int, int]) -> bytes:
    """A face that shows position and colours: a frame at the edge, a cross, four fields."""
    from PIL import Image, ImageDraw

    width, height = size
    face = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(face)
    pen.rectangle((0, 0, width - 1, height - 1), outline="black", width=3)
    pen.line((0, 0, width, height), fill="black")
    pen.line((0, height, width, 0), fill="black")
    for index, colour in enumerate(("yellow", "magenta", "cyan", "black")):
        left = width * (2 * index + 1) // 9
        pen.rectangle((left, height // 3, left + width // 9, height * 2 // 3), fill=colour)
    out = io.BytesIO()
    face.save(out, "PNG")
    return out.getvalue()
