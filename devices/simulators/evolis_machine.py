"""A card printer that understands Evolis commands: the simulated mechanics behind another mouth.

The mechanics, the stock, the ribbon and the ordered faults are those of `PrinterCore`, as the
in-process simulator moves them; this only translates commands into its verbs, and its faults into
replies and status bits. `answer` is one message in, one reply out; the servers carry the bytes.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from devices.card_printer import Tray
from devices.device import Hopper, Pause, Station
from devices.errors import (
    CardJam,
    CardLeftIn,
    CoverOpen,
    DeviceFault,
    Garbage,
    HalfPrinted,
    LinkFault,
    NoCardInside,
    OutOfCards,
    OutputTrayFull,
    RejectBoxFull,
    RibbonEnded,
)
from devices.simulators.card_printer import PrinterTimes
from devices.simulators.evolis_mechanics import ALL_DAY, Mechanics, Silence
from devices.simulators.faults import FaultName, PowerGone
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import (
    CLEAN_EVERY,
    OUTPUT_HOLDS,
    REJECT_HOLDS,
    RIBBON_HOLDS,
    PrinterCore,
)
from devices.wire.evolis import (
    CARD,
    CR,
    ESC,
    NUL,
    OK,
    Command,
    Config,
    Error,
    Info,
    Status,
    Warn,
    WireGarbage,
    decode_command,
    decode_count,
    encode_reply,
)
from devices.wire.evolis_job import Job, after_job, decode_job

MODEL = "Primacy"
YMCKO = 0
"""That ribbon's number: a set of panels for each face."""
FIVE_VOLTS, NO_VOLTS = "5,00 Volts", "0,00 Volts"
FOREIGN_REPLY = "10099999"
ABSURD = "999999999999"

_REPLIES: dict[type[DeviceFault], tuple[str, Error]] = {
    CardJam: ("CARD JAM", Error.MECHANICAL),
    CoverOpen: ("COVER OPEN", Error.COVER_OPEN),
    RibbonEnded: ("ERROR RIBBON", Error.RIBBON_ENDED),
    OutOfCards: ("FEEDER EMPTY", Error(0)),
    RejectBoxFull: ("HOPPER FULL", Error.REJECT_BOX_FULL),
    OutputTrayFull: ("HOPPER FULL", Error.HOPPER_FULL),
    HalfPrinted: ("ERROR HEAD", Error.HEAD_TEMP),
    NoCardInside: ("ERROR", Error.NO_CARD_INSERTED),
    CardLeftIn: ("ERROR", Error(0)),
}

_FEEDS = {
    "Si": None,
    "Sis": Station.CONTACT,
    "Sic": Station.CONTACTLESS,
}
_PLAIN = {
    "Rok": OK,
    "Roem": OK,
    "Rfv": "1.0-LOKET",
    "Rkn": "KIT-SIM-0001",
    "Rzp": "EU",
}
_SETTINGS = frozenset({"Pps", "Rem", "Pem", "Pcem", "Pcrm", "Pr", "Wcb"})


class NoReply(Exception):
    """The machine stays silent."""


class LineDropped(Exception):
    """The line is gone in mid-call."""


@dataclass(frozen=True, slots=True)
class Received:
    """A job as it arrived: its bytes and its faces."""

    size: int
    job: Job = field(repr=False)

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels in the order in which they were sent."""
        return tuple(panel.name for face in self.job.faces for panel in face.panels)


class EvolisMachine:
    """One printer's mind. Commands come one after the other; a job prints behind its reply."""

    def __init__(self, core: PrinterCore, pause: Pause, times: PrinterTimes | None = None) -> None:
        self.core = core
        self.mechanics = Mechanics(core, pause, times)
        self.model = MODEL
        self.received: list[Received] = []
        self.asked: list[str] = []
        self._one = threading.Lock()
        self._working: threading.Thread | None = None
        self._error = Error(0)
        self._manual = False
        self._session = (0, 0.0)

    # -- one message -----------------------------------------------------------------------

    def answer(self, raw: bytes) -> bytes:
        """The reply's bytes. Raises NoReply and LineDropped for what a server must do itself."""
        if not self.core.connected:
            raise LineDropped
        if not raw.strip(CR + NUL):
            return encode_reply(self.status().encode())
        with self._one:
            try:
                return self._answer(raw)
            except WireGarbage:
                return encode_reply("ERROR CDE")
            except Garbage:
                return b"\x7f\x13\x00\xfe\xed"
            except Silence as silence:
                raise NoReply from silence
            except (LinkFault, PowerGone) as gone:
                raise LineDropped from gone
            except DeviceFault as fault:
                return encode_reply(self._refused(fault))

    def _answer(self, raw: bytes) -> bytes:
        stream = raw.startswith(ESC + b"Psync")
        name = "job" if stream else decode_command(raw).name
        self._tune(name)
        fault = self.core.script.strike(f"wire.{name}")
        match fault.fault if fault else None:
            case FaultName.SILENT:
                raise NoReply
            case FaultName.GARBAGE:
                return b"\x7f\x13\x00\xfe\xed"
            case FaultName.STRANGE_REPLY:
                return encode_reply(FOREIGN_REPLY)
            case FaultName.UNPLUGGED | FaultName.POWER_CUT:
                raise LineDropped
            case FaultName.ABSURD_COUNT:
                return encode_reply(ABSURD)
            case _:
                pass
        if stream:
            text = self._take_job(raw)
            after = after_job(raw)
            text = self._obey(decode_command(after)) if text == OK and after else text
        else:
            text = self._obey(decode_command(raw))
        reply = encode_reply(text)
        half = fault is not None and fault.fault is FaultName.HALF_REPLY
        return reply[: len(reply) // 2] if half else reply

    def _tune(self, name: str) -> None:
        """Take the line anew after somebody pulled and put back the cable."""
        if not self.mechanics.is_open:
            self.mechanics.close()
            self.mechanics.open(timeout=ALL_DAY)
        self.asked.append(name)

    def _refused(self, fault: DeviceFault) -> str:
        text, bit = _REPLIES.get(type(fault), ("ERROR", Error(0)))
        self._error = bit
        return text

    # -- what it is asked ------------------------------------------------------------------

    def _obey(self, command: Command) -> str:
        if command.name in _PLAIN:
            return _PLAIN[command.name]
        if command.name in _SETTINGS:
            return OK
        match command.name, command.params:
            case "Rtp", _:
                return self.model
            case "Rsn", _:
                return self.core.serial
            case "Rpst", _:
                return self.status().encode()
            case "Psid", (number, seconds):
                return self._reserve(decode_count(number), decode_count(seconds))
            case "Pcim", (tray,):
                self._manual = tray == "M"
                return OK
            case "Rlr", ("p",):
                return OK if self.core.truth.inside is None else CARD
            case "Rlr", ("h",):
                return CARD if len(self.core.truth.output) >= OUTPUT_HOLDS - 5 else OK
            case "Rse", ("f",):
                return FIVE_VOLTS if self.core.truth.feeder else NO_VOLTS
            case ("Rco", (what,)) | ("Rrt", (what,)):
                return self._count(command.name, what)
            case _:
                return self._move(command)

    def _count(self, name: str, what: str) -> str:
        truth = self.core.truth
        counts = {
            ("Rco", "p"): truth.cards,
            ("Rco", "card"): truth.cards,
            ("Rco", "c"): truth.inserted,
            ("Rco", "r"): max(0, CLEAN_EVERY - truth.since_cleaning),
            ("Rco", "clean"): truth.since_cleaning,
            ("Rrt", "count"): max(0, truth.ribbon),
            ("Rrt", "all"): RIBBON_HOLDS,
        }
        if (name, what) == ("Rrt", "zone"):
            return "EU"
        return str(counts[name, what]) if (name, what) in counts else "ERROR PARAMETRES"

    def status(self) -> Status:
        """The status words as they stand."""
        truth, core = self.core.truth, self.core
        # First of all: once a job has ended, everything that it left stands.
        busy = self._working is not None and self._working.is_alive()
        standing = {fault.fault for fault in core.script.standing}
        checks = (
            (not truth.feeder or FaultName.OUT_OF_CARDS in standing, Warn.FEEDER_EMPTY),
            (truth.cover_open, Warn.COVER_OPEN),
            (truth.ribbon <= 0, Warn.RIBBON_ENDED),
            (
                len(truth.reject) >= REJECT_HOLDS or FaultName.REJECT_FULL in standing,
                Warn.REJECT_BOX_FULL,
            ),
            (
                len(truth.output) >= OUTPUT_HOLDS or FaultName.OUTPUT_FULL in standing,
                Warn.HOPPER_FULL,
            ),
        )
        warn = Warn(0)
        for holds, bit in checks:
            warn |= bit if holds else Warn(0)
        error = self._error | (Error.MECHANICAL if truth.jam is not None else Error(0))
        info = Info.BUSY | Info.PRINTING if busy else Info(0)
        if truth.since_cleaning >= CLEAN_EVERY:
            info |= Info.CLEANING_REQUIRED
        config = Config.FLIP | Config.CONTACTLESS | Config.SMART | Config.FEEDER
        return Status(config, info, warn, error)

    def _reserve(self, number: int, seconds: int) -> str:
        """A session for one caller; another's is refused until it ran out."""
        holder, until = self._session
        now = time.monotonic()
        if holder not in {0, number} and now < until:
            return "ERROR"
        self._session = (number, now + seconds) if seconds else (0, 0.0)
        return OK

    # -- what it does ----------------------------------------------------------------------

    def _move(self, command: Command) -> str:
        if command.name == "Scs":
            if self.core.truth.jam is not None:
                return "CARD JAM"
            self._error = Error(0)
            return OK
        if self._working is not None and self._working.is_alive():
            return "ERROR"
        match command.name:
            case "Si" | "Sis" | "Sic":
                self._bring(_FEEDS[command.name])
            case "Se" | "Sce":
                self._put_out(Tray.OUTPUT)
            case "Ser":
                self._put_out(Tray.REJECT)
            case "Sie":
                self._clean()
            case "St" | "Stt":
                self._test_card()
            case _:
                return "ERROR CDE"
        self._error = Error(0)
        return OK

    def _bring(self, station: Station | None) -> None:
        """Feed a card if none is inside, and bring it to the station."""
        if self.core.truth.inside is None:
            if self._manual:
                self._take_unnumbered()
            else:
                self.mechanics.load_card(timeout=ALL_DAY)
        elif station is None:
            self.mechanics.move_to(Station.PRINT, timeout=ALL_DAY)
        if station is not None:
            self.mechanics.move_to(station, timeout=ALL_DAY)

    def _take_unnumbered(self) -> None:
        self.mechanics.refuse()
        truth = self.core.truth
        if not truth.unnumbered:
            raise OutOfCards(Hopper.UNNUMBERED, 0)
        with self.core.lock:
            truth.unnumbered -= 1
            truth.feeder.insert(0, PlasticCard.blank(""))
        self.core.take_in()
        truth.fed -= 1

    def _put_out(self, tray: Tray) -> None:
        truth = self.core.truth
        numbered = self.mechanics.refuse_empty().serial != ""
        self.mechanics.eject(tray, timeout=ALL_DAY)
        if not numbered:
            pile = truth.output if tray is Tray.OUTPUT else truth.reject
            pile[:] = [card for card in pile if card.serial]

    def _clean(self) -> None:
        """A cleaning card through the rollers."""
        self._take_unnumbered()
        self.core.truth.since_cleaning = 0
        self._put_out(Tray.OUTPUT)

    def _test_card(self) -> None:
        """The machine's own test card, drawn by itself."""
        self._take_unnumbered()
        truth = self.core.truth
        with self.core.lock:
            truth.ribbon -= 1
            truth.panels += 5
            truth.cards += 1
        self._put_out(Tray.OUTPUT)

    def _take_job(self, raw: bytes) -> str:
        """Take a job, and print it behind the reply. A cut one is refused whole."""
        if self._working is not None and self._working.is_alive():
            return "ERROR"
        job = decode_job(raw)
        self.received.append(Received(len(raw), job))
        self.mechanics.refuse()
        if self.core.truth.inside is None:
            self._bring(None)
        if self.core.truth.ribbon <= 0:
            raise RibbonEnded(half_printed=False)
        self._error = Error(0)
        self.core.set_a_face = job.ribbon == YMCKO
        begun = threading.Event()
        self._working = threading.Thread(
            target=self._print, args=(job, begun), name="evolis-print", daemon=True
        )
        self._working.start()
        begun.wait(10)
        return OK

    def _print(self, job: Job, begun: threading.Event) -> None:
        try:
            self.mechanics.lay(job, f"job {job.number}", begun, self.mechanics.budget())
            if job.eject:
                self._put_out(Tray.OUTPUT)
        except (LinkFault, Silence, PowerGone):
            begun.set()
        except DeviceFault as fault:
            self._refused(fault)
        finally:
            begun.set()

    def settle(self, timeout: float) -> bool:
        """Wait until no job prints; False when the time ran out."""
        working = self._working
        if working is not None:
            working.join(timeout)
        return working is None or not working.is_alive()
