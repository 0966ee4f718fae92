"""All simulated devices of one counter, and the people and hands around them.

The bench outlives the program's adapters: `devices()` gives fresh ones as after a restart, while
cards stay where they are. People act through the methods here; pictures, identities and strokes
come from outside.
"""

from __future__ import annotations

from collections.abc import Iterable

from devices.device import Device, Pause, Station
from devices.eid_reader import EidCard
from devices.simulators.camera import CameraCore, SimulatedCamera, Sitter
from devices.simulators.card_printer import PrinterTimes, SimulatedCardPrinter
from devices.simulators.card_reader import ReaderCore, SimulatedCardReader
from devices.simulators.card_viewer import CardViewerCore, SimulatedCardViewer
from devices.simulators.core import SimulatorCore
from devices.simulators.document_printer import (
    PaperCore,
    PrintedPaper,
    SimulatedDocumentPrinter,
)
from devices.simulators.eid_reader import EidCore, SimulatedEidReader
from devices.simulators.faults import Fault
from devices.simulators.fingerprint import FingerCore, SimulatedFingerprint
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.simulators.scanner import ScannerCore, SimulatedScanner
from devices.simulators.signature_pad import PadCore, SimulatedSignaturePad
from devices.strokes import Strokes


class SimulatedBench:
    """One counter's simulators. `pace` scales every stated time: 1 real, 0 none."""

    def __init__(
        self, pause: Pause, *, pace: float = 1.0, times: PrinterTimes | None = None
    ) -> None:
        self._pause = pause
        self._times = times
        self.printer = PrinterCore()
        self.station = ReaderCore("chip_station", "SIM-CR-0001")
        self.reader = ReaderCore("desk_reader", "SIM-CR-0002")
        self.eid = EidCore()
        self.pad = PadCore()
        self.camera = CameraCore()
        self.scanner = ScannerCore()
        self.paper = PaperCore()
        self.finger = FingerCore()
        self.viewer = CardViewerCore(
            lambda: list(self.printer.truth.output),
            beside=lambda: list(self.printer.truth.by_hand),
        )
        self.card_master = b""
        """The card maker's key; with one, fresh cards can be driving licences."""
        self.printer.on_station(self._card_at)
        for core in self.cores():
            core.pace = pace

    def cores(self) -> tuple[SimulatorCore, ...]:
        """Every simulator, in the order in which a screen lists them."""
        return (
            self.printer,
            self.station,
            self.reader,
            self.eid,
            self.camera,
            self.pad,
            self.scanner,
            self.paper,
            self.finger,
            self.viewer,
        )

    def core(self, name: str) -> SimulatorCore:
        """A simulator by its name, or the first of a kind. Raises KeyError."""
        for core in self.cores():
            if name in {core.name, core.kind.value}:
                return core
        raise KeyError(name)

    def devices(self) -> tuple[Device, ...]:
        """Fresh adapters of all simulators, closed; the printer's chip station before the desk."""
        return tuple(self.adapter(core.name) for core in self.cores())

    def adapter(self, name: str) -> Device:
        """A fresh adapter of one simulator. Raises KeyError."""
        core, pause = self.core(name), self._pause
        if isinstance(core, PrinterCore):
            return SimulatedCardPrinter(core, pause, self._times)
        if isinstance(core, ReaderCore):
            return SimulatedCardReader(core, pause)
        if isinstance(core, EidCore):
            return SimulatedEidReader(core, pause)
        if isinstance(core, PadCore):
            return SimulatedSignaturePad(core, pause)
        if isinstance(core, CameraCore):
            return SimulatedCamera(core, pause)
        if isinstance(core, ScannerCore):
            return SimulatedScanner(core, pause)
        if isinstance(core, PaperCore):
            return SimulatedDocumentPrinter(core, pause)
        if isinstance(core, FingerCore):
            return SimulatedFingerprint(core, pause)
        if isinstance(core, CardViewerCore):
            return SimulatedCardViewer(core, pause)
        raise KeyError(name)

    # faults

    def order(self, device: str, *faults: Fault) -> None:
        """Order faults for a device by name or kind. Raises KeyError."""
        self.core(device).order(*faults)

    def remedy(self, device: str) -> None:
        """Do what an operator does about the faults that stand. Raises KeyError."""
        self.core(device).remedy()

    # people and hands

    def put_eid(self, card: EidCard | None) -> None:
        """Lay a KTP-el on its reader, or take it away."""
        self.eid.put(card)

    def sit_person(self, sitter: Sitter | None) -> None:
        """Let somebody sit before the camera, or leave the chair empty."""
        self.camera.sit(sitter)

    def sign(self, strokes: Strokes) -> None:
        """Sign on the pad."""
        self.pad.sign(strokes)

    def lay_finger(self, finger: bytes | None) -> None:
        """Lay a finger on the sensor, or lift it."""
        self.finger.lay(finger)

    def scan(self, text: str) -> bool:
        """Scan a code; whether the program could hear it."""
        return self.scanner.scan(text)

    def load_blanks(self, serials: Iterable[str]) -> int:
        """Put fresh cards into the feeder, the first serial to be fed first; how many fitted."""
        return self.printer.load_blanks(self.fresh_card(serial) for serial in serials)

    def fill_feeder(self, serials: Iterable[str]) -> int:
        """Put all of these in by number, first those that lie in the trays; how many were fresh."""
        printer, wanted = self.printer, list(serials)
        printer.gather_blanks(wanted)
        truth = printer.truth
        places = (truth.feeder, truth.output, truth.reject, truth.by_hand)
        there = {card.serial for place in places for card in place}
        if truth.inside is not None:
            there.add(truth.inside.serial)
        fresh = self.load_blanks(serial for serial in wanted if serial not in there)
        printer.gather_blanks(())
        return fresh

    def fresh_card(self, serial: str) -> PlasticCard:
        """A card as its maker delivers it."""
        return PlasticCard.blank(serial, self.card_master)

    def take_output(self) -> list[PlasticCard]:
        """Take the finished cards; the first printed comes first."""
        return self.printer.take_output()

    def hand_over(self, serial: str) -> None:
        """A finished card goes away with its holder, wherever it lay."""
        self.printer.hand_over(serial)
        for core in (self.reader, self.viewer):
            lies = core.card if isinstance(core, ReaderCore) else core.laid
            if lies is not None and lies.serial == serial:
                core.put(None)

    def take_rejects(self) -> list[PlasticCard]:
        """Empty the reject box."""
        return self.printer.empty_reject()

    def take_by_hand(self) -> list[PlasticCard]:
        """Take the cards that were pulled out of the printer."""
        return self.printer.take_by_hand()

    def take_papers(self) -> list[PrintedPaper]:
        """Take the printed papers; the first printed comes first."""
        return self.paper.take_papers()

    def put_card_in_viewer(self, card: PlasticCard | None) -> None:
        """Lay a card in the viewer on purpose, or go back to the newest of the tray."""
        self.viewer.put(card)

    def put_card_on_reader(self, card: PlasticCard | None) -> None:
        """Lay a card on the desk's reader, or take it away."""
        self.reader.put(card)

    # a program that was killed finds the printer as it left it

    def save(self) -> bytes:
        """The printer's mechanical state."""
        return self.printer.save()

    def load(self, saved: bytes) -> None:
        """Take the mechanical state up again. Raises ValueError."""
        self.printer.load(saved)

    def _card_at(self, station: Station, card: PlasticCard | None) -> None:
        if station in {Station.CONTACT, Station.CONTACTLESS}:
            self.station.put(card)
