"""A whole counter on its wires: chip station, card printer, pad, camera, scanner and paper.

Set up as in the field, through the profile's settings: the smart card service of the machine with
a card that the printer's simulator puts there, a printer's own language over TCP, a pad and a
scanner on pseudo-terminals, a network camera, and a print service with a printer behind it. The
KTP-el stays simulated in process: its content and its SAM come with the card, so on the wire there
is nothing yet to read but its presence.

`Officer` goes the walk-in's way with it, looks at what the screen says, and does what an officer
does: puts plugs back, cards back into the feeder, answers the one question from what they see.
"""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.desk import open_desk
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState, DoubtAnswer, JobState
from desktop.lanes import LaneRunner
from desktop.notices import Notice, Post, ScanArrived, at_once
from desktop.outside.simulators import OutsideSimulator
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.settings import DeviceChoice, Settings, load_settings, save_settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import make_people
from desktop.training.stage import portrait, strokes_of
from desktop.words import Words
from devices.device import Station
from devices.simulators.camera import CameraCore
from devices.simulators.card_reader import ReaderCore
from devices.simulators.evolis_printer import EvolisPrinter, at_chip_station
from devices.simulators.faults import Fault
from devices.simulators.mjpeg_camera import MjpegCamera
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.simulators.scanner_serial import ScannerSerial
from devices.simulators.topaz_serial import TopazSerial
from tests.walks.world import IDS_OF_THE_OFFICE, MORNING, World, furnished_profile
from tests.wires.rigs.cups import CupsRig, Machine
from tests.wires.rigs.pcscd import PcscdRig, Slot
from tests.wires.rigs.truth import untrue

PAD = "siglite_lcd_1x5"
HEARD = 10.0
"""Seconds in which a beep must have arrived."""


class FieldClock(VirtualClock):
    """The walks' morning, but whoever waits for a machine really waits."""

    def pause(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        self.advance(seconds)
        return not (cancel or threading.Event()).wait(seconds)


@dataclass
class WholeCounter:
    """The counter, and the far ends of all its wires."""

    world: World
    printer: EvolisPrinter
    pcscd: PcscdRig
    cups: CupsRig
    paper: Machine
    camera: MjpegCamera
    pad: TopazSerial
    scanner: ScannerSerial
    station: Slot
    heard: queue.Queue[str] = field(default_factory=lambda: queue.Queue[str]())

    @property
    def core(self) -> PrinterCore:
        return self.printer.core

    def put(self, card: PlasticCard | None) -> None:
        """The printer brings a card to the chip station, or takes it away."""
        if self.station.connected and self.pcscd.running:
            self.station.put(card)
        else:
            ReaderCore.put(self.station, card)  # nobody is there to see it

    def seat(self) -> None:
        """A card that lies at the station meets the reader that was just put back."""
        truth = self.core.truth
        lies = truth.inside if truth.station is Station.CONTACTLESS else None
        if lies is not None and self.station.card is None:
            self.station.put(lies)

    # -- plugs -----------------------------------------------------------------------------

    def unplug(self, device: str) -> None:
        """Pull a plug: a device's, or the service's behind which it stands."""
        match device:
            case "card_printer":
                self.core.unplug()
            case "chip_station":
                self.station.unplug()
            case "card_service":
                self.pcscd.kill()
            case "camera":
                self.camera.core.unplug()
            case "signature_pad":
                self.pad.unplug()
            case "scanner":
                self.scanner.unplug()
            case "document_printer":
                self.paper.off()
            case "print_service":
                self.cups.kill_service()
            case _:
                self.world.bench.eid.unplug()

    def plug(self, device: str) -> None:
        """Put it back, and clear what the fault left standing."""
        match device:
            case "card_printer":
                self.core.remedy()
            case "chip_station":
                self.station.plug()
                self.seat()
            case "card_service":
                if not self.pcscd.running:
                    self.pcscd.start()
                self.seat()
            case "camera":
                self.camera.core.remedy()
            case "signature_pad":
                self.pad.core.remedy()
                self.pad.plug()
            case "scanner":
                self.scanner.plug()
            case "document_printer":
                self.paper.folder.mend()
                if self.paper.daemon is None or not self.paper.daemon.alive:
                    self.paper.off()
                    self.paper.on()
            case "print_service":
                self.cups.heal()
            case _:
                self.world.bench.eid.remedy()

    def order(self, device: str, fault: Fault) -> None:
        """Order a fault in mid-work."""
        ends: dict[str, Callable[[Fault], None]] = {
            "card_printer": self.core.order,
            "chip_station": self.station.order,
            "camera": self.camera.core.order,
            "signature_pad": self.pad.core.order,
            "scanner": self.scanner.core.order,
            "document_printer": self.paper.folder.order,
            "eid_reader": self.world.bench.eid.order,
        }
        ends[device](fault)

    # -- looking ---------------------------------------------------------------------------

    def case(self) -> Application | None:
        with self.world.desk.ledger.reading() as r:
            return next(iter(r.find(Application)), None)

    def untrue(self) -> list[str]:
        """What in the ledger doesn't hold, whatever happened: nothing, always."""
        return untrue(self.world.desk)

    def papers(self) -> list[bytes]:
        """What lies in the document printer's tray."""
        return [paper.sides[0].read_bytes() for paper in self.paper.folder.printed()]


@contextmanager
def whole_counter(
    folder: Path,
    pcscd: PcscdRig,
    cups: CupsRig,
    queue_name: str,
    lanes: LaneRunner | None = None,
    post: Post = at_once,
) -> Generator[WholeCounter]:
    """Everything up, and Andi at work. With `lanes` and `post` of a window, behind that window."""
    with ExitStack() as held:
        core = PrinterCore("card_printer", "SIM-EV-0001")
        core.pace = 0
        printer = held.enter_context(EvolisPrinter(core))
        camera = held.enter_context(MjpegCamera(CameraCore(), rate=15))
        pad = held.enter_context(TopazSerial(folder / "ttyPAD", PAD, rate=0))
        scanner = held.enter_context(ScannerSerial(folder / "ttySCAN"))
        paper = cups.queue(queue_name, document=True)
        held.callback(paper.off)
        written = folder / "settings"
        written.mkdir()
        save_settings(written, Settings(devices={
            "card_printer": DeviceChoice(
                "evolis", {"printer_address": f"127.0.0.1:{printer.listen()}"}
            ),
            "chip_station": DeviceChoice(
                "pcsc_reader", {"reader_name": pcscd.readers[0], "answer_seconds": 3.0}
            ),
            "camera": DeviceChoice("opencv_camera", {"source": camera.url}),
            "signature_pad": DeviceChoice(
                "topaz", {"port": pad.port, "pad_model": PAD, "finish_seconds": 0.3}
            ),
            "scanner": DeviceChoice(
                "serial_scanner", {"port": scanner.port, "repeat_seconds": 0.0}
            ),
            "document_printer": DeviceChoice(
                "spooler_document", {"queue": queue_name, "print_server": cups.server}
            ),
        }))  # fmt: skip
        clock = FieldClock(MORNING)
        profile = folder / "l3"
        shutil.copytree(furnished_profile(), profile)
        desk = open_desk(
            profile, clock=clock, ids=SeededIds(1, clock, IDS_OF_THE_OFFICE), keys=SeededKeys(1),
            pace=0,
            outside=OutsideSimulator(VirtualClock(MORNING).pause), settings=load_settings(written),
            lanes=lanes, post=post,
        )  # fmt: skip
        held.callback(desk.close)
        people = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
        world = World(desk, clock, people)
        core.load_blanks(PlasticCard.blank(c.serial) for c in world.bench.printer.unload_blanks())
        desk.hub.remove("card_viewer")  # not on a wire here: the officer's eye inspects
        made = WholeCounter(world, printer, pcscd, cups, paper, camera, pad, scanner,
                            pcscd.slot(0))  # fmt: skip
        at_chip_station(core, made.put, Station.CONTACTLESS)

        def hear(notice: Notice) -> None:
            if isinstance(notice, ScanArrived):
                made.heard.put(notice.text)

        desk.notices.subscribe(hear)
        desk.hub.start()
        world.sign_in("andi")
        yield made


WORDS = tuple(Words.load(language) for language in ("id", "en"))


class Officer:
    """Goes the walk-in's way, step by step, with one applicant.

    In a window's counter `walk` is that window's, and `settle` waits until its threads are done.
    """

    def __init__(
        self,
        counter: WholeCounter,
        number: int = 1,
        walk: WalkIn | None = None,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self.at = counter
        self.settle = settle
        self.person = counter.world.people[number]
        self.walk = walk or WalkIn(counter.world.desk)
        self.seen: list[str] = []
        self.receipts = 0
        counter.world.desk.queue.take_ticket(counter.world.by, Service.RENEWAL)
        counter.world.put_eid(self.person)
        counter.camera.core.sit(portrait(self.person))
        self.walk.enter()
        self.settle()

    @property
    def step(self) -> str:
        """Where the walk stands: the bar's steps, with inspection and the receipt apart."""
        view = self.walk.view
        if view.visit is None:
            return "identity"
        if view.app is not None and view.app.state is S.PRINTED:
            return "inspection"
        if view.step is WalkStep.DONE:
            return "receipt"
        return str(view.step)

    @property
    def finished(self) -> bool:
        """Card given, receipt in hand, nothing on the screen."""
        view = self.walk.view
        said = view.said.message_id if view.said else ""
        return self.step == "receipt" and said == "walkin.receipt_printed" and not self.trouble

    @property
    def trouble(self) -> list[Exception]:
        """What the screen says went wrong."""
        view = self.walk.view
        return [one for one in (view.problem, view.fault) if one is not None]

    def look(self) -> None:
        """Read what the screen says; every refusal has words and a remedy in both languages."""
        for one in self.trouble:
            for words in WORDS:
                text = words.problem(one)
                assert text.text, type(one).__name__
                assert text.remedy, type(one).__name__
                unknown = words("problem.unknown", name=type(one).__name__)
                assert text.text != unknown, type(one).__name__
            self.seen.append(type(one).__name__)

    def act(self) -> None:
        """One act at the step where the walk stands, and a look at the screen."""
        walk = self.walk
        acts: dict[str, Callable[[], Any]] = {
            "identity": self._identify,
            "capture": self._capture,
            "approval": self._approve,
            "production": self._produce,
            "inspection": self._with_scan,
            "handover": self._with_scan,
            "receipt": walk.print_receipt,
        }
        acts.get(self.step, walk.enter_key)()
        self.settle()
        assert not walk.view.doing, walk.view.doing
        self.look()

    def until(self, step: str) -> None:
        """Go on until the walk stands there."""
        for _ in range(25):
            if self.step == step:
                return
            self.act()
        raise AssertionError(f"stuck at {self.step}: {self.seen}")

    def finish(self) -> None:
        """Go on to the end."""
        for _ in range(30):
            if self.finished:
                return
            self.act()
        raise AssertionError(f"stuck at {self.step}: {self.seen}")

    # -- the steps -------------------------------------------------------------------------

    def _identify(self) -> None:
        walk = self.walk
        if walk.view.visit is None:
            walk.call_next()
        elif walk.view.identity is None:
            walk.read_card()
        else:
            walk.enter_key()

    def _sign(self) -> None:
        self.at.pad.core.wipe()
        self.at.pad.core.sign(strokes_of(self.person))

    def _capture(self) -> None:
        photo = self.walk.view.photo
        if not photo.complete:
            self._sign()
        self.walk.enter_key()

    def _approve(self) -> None:
        world, app = self.at.world, self.walk.view.app
        assert app is not None
        world.take_over("sri")
        world.desk.approvals.approve(world.by, app.id)
        world.give_back()
        self.walk.refresh()

    def _produce(self) -> None:
        walk, truth = self.walk, self.at.core.truth
        doubt = walk.view.doubt
        if doubt is None:
            self._cards_back()
            walk.enter_key()
            return
        cards = [*truth.output, *truth.by_hand, *([truth.inside] if truth.inside else [])]
        card = next((one for one in cards if one.serial == doubt.job.blank_serial), None)
        if DoubtAnswer.PRINT_ON in doubt.answers:
            answer = DoubtAnswer.PRINT_ON
        elif card is not None and card.whole:
            answer = DoubtAnswer.CARD_GOOD
        elif doubt.job.reached is JobState.INTENT:
            answer = DoubtAnswer.NO_CARD
        else:
            answer = DoubtAnswer.CARD_SPOILED
        self.seen.append(f"asked:{answer}")
        walk.answer_doubt(answer)

    def _cards_back(self) -> None:
        """Blanks that came out untouched go back on top; spoiled ones are put aside."""
        core = self.at.core
        with self.at.world.desk.ledger.reading() as r:
            for card in (*core.take_output(), *core.take_by_hand()):
                blank = r.get(Blank, card.serial)
                if blank.state is BlankState.ASSIGNED:
                    core.truth.feeder.insert(0, card)
                else:
                    core.truth.reject.append(card)

    def _with_scan(self) -> None:
        """The card under the scanner, then Enter."""
        (card,) = [one for one in self.at.core.truth.output if one.whole]
        if self.at.scanner.scan(card.serial):
            self.walk.scanned(self.at.heard.get(timeout=HEARD))
        self.walk.enter_key()
