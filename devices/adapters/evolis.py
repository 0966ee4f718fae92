"""Card printers that speak the Evolis language, over TCP or a serial line.

What the language can't tell is said to be unknown: it has no counts of errors and panels, reads no
serial, and knows only whether a card is inside, not how far it is printed. That is remembered
here for the cards that this adapter brought in itself; of a card that it finds inside, nobody
knows. Seen on the wire from the maker's SDK, and not yet on a machine: the reply to a job, and
that the status shows PRINTING until the card is done.
"""

from __future__ import annotations

import platform
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from devices.adapters.evolis_talk import KIND, EvolisTalk, Inside
from devices.card_printer import (
    CardInside,
    Counters,
    LoadedCard,
    PrinterCapabilities,
    Tray,
    Unnumbered,
)
from devices.device import (
    Cancel,
    Deadline,
    DeviceInfo,
    Health,
    HealthReason,
    Hopper,
    Station,
    Supply,
    SupplyName,
)
from devices.errors import (
    AlreadyPrinted,
    Busy,
    CardLeftIn,
    CardNotBlank,
    DeviceFault,
    Garbage,
    HalfPrinted,
    NoCardInside,
    NotConnected,
    OutOfCards,
    TimedOut,
)
from devices.wire.evolis import (
    ERROR_TEXTS,
    OK,
    Config,
    Error,
    Info,
    Warn,
)
from devices.wire.evolis_job import Job, encode_job
from devices.wire.evolis_line import Line, SerialLine, TcpLine

if TYPE_CHECKING:
    from devices.catalog import Place

MAKER = "Evolis"
DPI = 300
TCP_PORT = 9100
SESSION_SECONDS = 45
BEGINS_WITHIN = 2.0
"""Seconds in which a job that was taken must show: printing, done, or stopped."""
LOOK_FIRST, LOOK_LAST = 0.01, 0.25
REMEMBERED = 500

RIBBONS = {"ymcko": 0, "ymckok": 4}
"""Ribbons by their number in the language; a YMCKO ribbon gives each side a set of its own."""

_FEED = {Station.CONTACT: "Sis", Station.CONTACTLESS: "Sic", Station.PRINT: "Si"}
_OUT = {Tray.OUTPUT: "Se", Tray.REJECT: "Ser"}

_WARNINGS = (
    (Warn.COVER_OPEN, HealthReason.COVER_OPEN),
    (Warn.RECEPTACLE_OPEN, HealthReason.COVER_OPEN),
    (Warn.RIBBON_ENDED, HealthReason.RIBBON_ENDED),
    (Warn.NO_RIBBON, HealthReason.RIBBON_ENDED),
    (Warn.UNSUPPORTED_RIBBON, HealthReason.RIBBON_ENDED),
    (Warn.REJECT_BOX_FULL, HealthReason.REJECT_BOX_FULL),
    (Warn.HOPPER_FULL, HealthReason.OUTPUT_TRAY_FULL),
    (Warn.FEEDER_EMPTY, HealthReason.OUT_OF_CARDS),
    (Warn.COOLING, HealthReason.SLOW),
    (Warn.LOCKED, HealthReason.IN_USE),
)
_ERRORS = (
    (Error.MECHANICAL, HealthReason.CARD_JAM),
    (Error.FEEDER, HealthReason.CARD_JAM),
    (Error.COVER_OPEN, HealthReason.COVER_OPEN),
    (Error.RIBBON_ENDED | Error.RIBBON | Error.BAD_RIBBON, HealthReason.RIBBON_ENDED),
    (Error.REJECT_BOX_FULL, HealthReason.REJECT_BOX_FULL),
    (Error.HOPPER_FULL, HealthReason.OUTPUT_TRAY_FULL),
)


class EvolisPrinterAdapter(EvolisTalk):
    """One printer behind a line."""

    def __init__(
        self, name: str, line: Line, *, ribbon: str = "ymckok", overlay: bool = True,
        ribbon_holds: int = 200,
    ) -> None:  # fmt: skip
        super().__init__(line, ribbon_holds, 2 if ribbon == "ymcko" else 1)
        self._name = name
        self._ribbon = ribbon
        self._overlay = overlay
        self._model = self._serial = self._firmware = ""
        self._config = Config(0)
        self._session = zlib.crc32(f"{platform.node()} {name}".encode()) % 65_000 + 1
        """The same after a restart: a printer that was reserved by a killed program is ours."""
        self._jobs: dict[str, None] = {}

    # -- the line --------------------------------------------------------------------------

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(
            KIND, self._name, MAKER, self._model or MAKER, self._serial, self._firmware
        )

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if self._open:
            return
        deadline = Deadline(timeout)
        self._line.open(deadline.left(), cancel)
        try:
            if self._ask("Rok", "open", deadline, cancel) != OK:
                raise Garbage(KIND, "open")
            self._model = self._ask("Rtp", "open", deadline, cancel)[:40]
            self._serial = self._ask("Rsn", "open", deadline, cancel)[:40]
            self._firmware = self._ask("Rfv", "open", deadline, cancel)
            self._ask("Pem;2", "open", deadline, cancel)
            self._config = self._mended("open", deadline, cancel).config
        except DeviceFault:
            self._line.close()
            raise
        self._open = True

    def close(self) -> None:
        self._open = False
        self._inside = None
        self._line.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if not self._open:
            return Health.judged((HealthReason.CLOSED,))
        deadline = Deadline(timeout)
        try:
            inside = self._is_inside("health", deadline, cancel)
            look = self._status if inside else self._mended
            status = look("health", deadline, cancel)
            supplies = self._supplies(status, "health", deadline, cancel)
        except NotConnected:
            return Health.judged((HealthReason.UNPLUGGED,))
        except TimedOut:
            return Health.judged((HealthReason.NOT_ANSWERING,))
        except Garbage:
            return Health.judged((HealthReason.GARBLED,))
        reasons = [reason for bit, reason in _WARNINGS if status.warn & bit]
        reasons += [reason for bit, reason in _ERRORS if status.error & bit]
        if status.info & Info.CLEANING_REQUIRED:
            reasons.append(HealthReason.CLEANING_DUE)
        if status.info & (Info.BUSY | Info.PRINTING):
            reasons.append(HealthReason.IN_USE)
        if inside:
            reasons.append(HealthReason.CARD_INSIDE)
        for supply in supplies:
            if supply.name is SupplyName.RIBBON and supply.low:
                ended = HealthReason.RIBBON_ENDED if not supply.left else HealthReason.RIBBON_LOW
                reasons.append(ended)
        return Health.judged(tuple(dict.fromkeys(reasons)), supplies)

    # -- what it can -----------------------------------------------------------------------

    @property
    def capabilities(self) -> PrinterCapabilities:
        stations = {
            station
            for station, bit in (
                (Station.CONTACT, Config.SMART),
                (Station.CONTACTLESS, Config.CONTACTLESS),
            )
            if self._config & bit
        }
        over = ("o",) if self._overlay else ()
        both = self._ribbon == "ymcko"
        return PrinterCapabilities(
            two_sided=bool(self._config & Config.FLIP),
            chip_stations=frozenset(stations),
            reads_serial=False,
            width=1016,
            height=648,
            dpi=DPI,
            front_panels=("y", "m", "c", "k", *over),
            back_panels=("y", "m", "c", "k", *over) if both else ("k",),
        )

    # -- cards -----------------------------------------------------------------------------

    def check_clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        deadline = self._begin("check", timeout, cancel)
        self._refuse_stopped("check", deadline, cancel)

    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        deadline = self._begin("feed", timeout, cancel)
        if self._ask(f"Psid;{self._session};{SESSION_SECONDS}", "feed", deadline, cancel) != OK:
            raise Busy(KIND)
        self._refuse_stopped("feed", deadline, cancel)
        if self._is_inside("feed", deadline, cancel):
            raise CardLeftIn(None)
        self._order("Si", Station.FEEDER, "feed", deadline, cancel)
        if not self._is_inside("feed", deadline, cancel):
            raise NoCardInside(Station.FEEDER)
        self._fed += 1
        self._inside = Inside(Station.FEEDER)
        return LoadedCard(None)

    def move_to(self, station: Station, *, timeout: float, cancel: Cancel = None) -> None:
        if station is not Station.PRINT and station not in self.capabilities.chip_stations:
            raise ValueError(station)
        step = f"move.{station}"
        deadline = self._begin(step, timeout, cancel)
        if not self._is_inside(step, deadline, cancel):
            raise NoCardInside(station)
        self._order(_FEED[station], station, step, deadline, cancel)
        self._inside = replace(self._known(), station=station)

    def print_card(
        self, front: bytes, back: bytes, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> None:
        job = self._job(front, back, job_id)
        deadline = self._begin("print", timeout, cancel)
        if not self._is_inside("print", deadline, cancel):
            raise NoCardInside(Station.PRINT)
        if job_id in self._jobs:
            raise AlreadyPrinted(job_id)
        if self._known().half is not False or self._known().printed is not False:
            raise CardNotBlank(None)
        self._refuse_stopped("print", deadline, cancel)
        self._print(job, job_id, deadline, cancel)

    def eject(self, tray: Tray, *, timeout: float, cancel: Cancel = None) -> None:
        deadline = self._begin("eject", timeout, cancel)
        if not self._is_inside("eject", deadline, cancel):
            raise NoCardInside(Station.OUTPUT)
        self._order(_OUT[tray], Station(tray.value), "eject", deadline, cancel)
        if self._is_inside("eject", deadline, cancel):
            raise CardLeftIn(None)
        self._inside = None

    def card_inside(self, *, timeout: float, cancel: Cancel = None) -> CardInside | None:
        deadline = self._begin("card_inside", timeout, cancel)
        if not self._is_inside("card_inside", deadline, cancel):
            self._inside = None
            return None
        known = self._known()
        return CardInside(None, known.station, known.half, known.printed, known.job_id)

    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters:
        deadline = self._begin("counters", timeout, cancel)
        printed = self._count("Rco;p", "counters", deadline, cancel)
        inserted = self._count("Rco;c", "counters", deadline, cancel)
        return Counters(printed, None, None, inserted)

    def supplies(self, *, timeout: float, cancel: Cancel = None) -> tuple[Supply, ...]:
        deadline = self._begin("supplies", timeout, cancel)
        status = self._status("supplies", deadline, cancel)
        return self._supplies(status, "supplies", deadline, cancel)

    def print_unnumbered(self, what: Unnumbered, *, timeout: float, cancel: Cancel = None) -> None:
        deadline = self._begin("unnumbered", timeout, cancel)
        self._refuse_stopped("unnumbered", deadline, cancel)
        if self._is_inside("unnumbered", deadline, cancel):
            raise CardLeftIn(None)
        self._ask("Pcim;M", "unnumbered", deadline, cancel)
        try:
            self._run_unnumbered(what, deadline, cancel)
        except OutOfCards as empty:
            raise OutOfCards(Hopper.UNNUMBERED, 0) from empty
        finally:
            self._ask("Pcim;F", "unnumbered", Deadline(5.0), None)

    # -- inside ----------------------------------------------------------------------------

    def _run_unnumbered(self, what: Unnumbered, deadline: Deadline, cancel: Cancel) -> None:
        """From the manual slot: the machine's own test card, our frame, or a cleaning card."""
        match what:
            case Unnumbered.TEST:
                self._order("St", Station.PRINT, "unnumbered", deadline, cancel)
            case Unnumbered.CLEANING:
                self._order("Sie", Station.PRINT, "unnumbered", deadline, cancel)
            case Unnumbered.ALIGNMENT:
                from devices.wire.evolis_faces import alignment_card

                self._order("Si", Station.FEEDER, "unnumbered", deadline, cancel)
                self._inside = Inside(Station.FEEDER)
                job = self._job(alignment_card(), alignment_card(), "alignment")
                self._print(job, "", deadline, cancel)
                self._order("Se", Station.OUTPUT, "unnumbered", deadline, cancel)
                self._inside = None

    def _job(self, front: bytes, back: bytes, job_id: str) -> Job:
        """The job's panels. Raises ValueError for faces that can't be printed."""
        from devices.wire.evolis_faces import separated

        colour_back = self._ribbon == "ymcko"
        faces = [separated(front, back=False, colour=True, overlay=self._overlay)]
        if back:
            over = self._overlay and colour_back
            faces.append(separated(back, back=True, colour=colour_back, overlay=over))
        number = zlib.crc32(job_id.encode()) % 99_999_999 + 1
        return Job(tuple(faces), number, RIBBONS[self._ribbon], eject=False)

    def _print(self, job: Job, job_id: str, deadline: Deadline, cancel: Cancel) -> None:
        """Send a job and see it to its end; from the first byte on the card counts as begun."""
        before = self._count("Rco;p", "print", deadline, cancel)
        if job_id:
            self._jobs[job_id] = None
            while len(self._jobs) > REMEMBERED:
                del self._jobs[next(iter(self._jobs))]
        known = replace(self._known(), station=Station.PRINT, job_id=job_id or None)
        self._inside = replace(known, half=None)
        reply = self._send(encode_job(job), "print", deadline, cancel)
        if reply != self._firmware:
            if reply in ERROR_TEXTS:
                self._inside = known
                self._jobs.pop(job_id, None)
            self._refused(reply, Station.PRINT, "print", deadline, cancel)
        self._see_through(before, deadline, cancel)

    def _see_through(self, before: int, deadline: Deadline, cancel: Cancel) -> None:
        begins = Deadline(BEGINS_WITHIN)
        look = LOOK_FIRST
        while True:
            status = self._status("print", deadline, cancel)
            done = self._count("Rco;p", "print", deadline, cancel) > before
            busy = status.info & (Info.BUSY | Info.PRINTING)
            if done and not busy:
                self._inside = replace(self._known(), half=False, printed=True)
                return
            if status.error:
                self._inside = replace(self._known(), half=True)
                self._stopped(status.error, Station.PRINT, begun=True)
                raise HalfPrinted(Station.PRINT)
            if not busy and not begins.left():
                # It says that it has nothing to do, and counted nothing: the counters tell.
                return
            self._rest(look, "print", cancel)
            look = min(look * 2, LOOK_LAST)


def make(place: Place) -> EvolisPrinterAdapter:
    """The printer of these settings, closed."""
    options = place.options
    line: Line
    if "printer_address" in options:
        host, _, port = str(options["printer_address"]).rpartition(":")
        if not port.isdigit():
            host, port = str(options["printer_address"]), str(TCP_PORT)
        line = TcpLine(host, int(port), place.tape)
    else:
        line = SerialLine(str(options["port"]), int(float(options["baud"])), place.tape)
    return EvolisPrinterAdapter(
        place.name,
        line,
        ribbon=str(options["evolis_ribbon"]),
        overlay=bool(options["overlay"]),
        ribbon_holds=int(float(options["ribbon_cards"])),
    )
