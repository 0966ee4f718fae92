"""A simulated card printer's adapter: the verbs, the stated times, and the mechanics' faults."""

from __future__ import annotations

from dataclasses import dataclass, replace

from devices.card_printer import (
    CardInside,
    CardPrinter,
    Counters,
    LoadedCard,
    PrinterCapabilities,
    Tray,
    Unnumbered,
)
from devices.device import Cancel, Hopper, Pause, Station, Supply
from devices.errors import (
    AlreadyPrinted,
    CardJam,
    CardLeftIn,
    CardNotBlank,
    CoverOpen,
    HalfPrinted,
    NoCardInside,
    OutOfCards,
    OutputTrayFull,
    RejectBoxFull,
    RibbonEnded,
)
from devices.simulators.core import Budget, SimulatedDevice
from devices.simulators.faults import PRINT_DEFECTS, Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import (
    CAPABILITIES,
    OUTPUT_HOLDS,
    REJECT_HOLDS,
    PrinterCore,
)

PNG = b"\x89PNG\r\n\x1a\n"
FOREIGN_LOT = "ZZ"
FULL = {FaultName.REJECT_FULL: Tray.REJECT, FaultName.OUTPUT_FULL: Tray.OUTPUT}


@dataclass(frozen=True, slots=True)
class PrinterTimes:
    """Seconds that the mechanics take; a two-sided card takes 34 from feeder to tray."""

    feed: float = 3.0
    move: float = 2.0
    panel: float = 4.0
    flip: float = 3.0
    eject: float = 2.0
    clean: float = 20.0


class SimulatedCardPrinter(SimulatedDevice[PrinterCore], CardPrinter):
    """The adapter of a PrinterCore."""

    def __init__(self, core: PrinterCore, pause: Pause, times: PrinterTimes | None = None) -> None:
        super().__init__(core, pause)
        self._times = times or PrinterTimes()

    @property
    def capabilities(self) -> PrinterCapabilities:
        return CAPABILITIES

    def check_clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._begin(timeout, cancel, "check")
        self._refuse_stopped()

    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        budget = self._begin(timeout, cancel, "feed")
        truth = self._core.truth
        self._refuse_stopped()
        if truth.inside is not None:
            raise CardLeftIn(truth.inside.serial)
        fault = self._step("feed", self._times.feed, budget)
        name = fault.fault if fault else None
        if name is FaultName.SAYS_DONE:
            return LoadedCard(None)
        self._mechanical(fault, Station.FEEDER)
        if name is FaultName.WRONG_LOT:
            with self._core.lock:
                truth.feeder.insert(0, PlasticCard.blank(f"{FOREIGN_LOT}{truth.inserted:07d}"))
        if not truth.feeder:
            raise OutOfCards(Hopper.FEEDER, truth.fed)
        card = self._core.take_in()
        card.chip.dead = card.chip.dead or name is FaultName.DEAD_CHIP
        self._step("feed.done", 0.0, budget)
        return LoadedCard(None if name is FaultName.SERIAL_UNREADABLE else card.serial)

    def move_to(self, station: Station, *, timeout: float, cancel: Cancel = None) -> None:
        if station not in CAPABILITIES.chip_stations | {Station.PRINT}:
            raise ValueError(station)
        step = f"move.{station}"
        budget = self._begin(timeout, cancel, step)
        self._refuse_stopped()
        self._refuse_empty(station)
        self._move(station, budget)

    def print_card(
        self, front: bytes, back: bytes, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> None:
        if not front.startswith(PNG) or (back and not back.startswith(PNG)):
            raise ValueError("card faces are PNG")
        budget = self._begin(timeout, cancel, "print")
        self._refuse_stopped()
        card = self._refuse_empty(Station.PRINT)
        if job_id in self._core.truth.jobs:
            raise AlreadyPrinted(job_id)
        if card.panels:
            raise CardNotBlank(card.serial)
        if self._core.truth.ribbon <= 0:
            raise RibbonEnded(half_printed=False)
        self._lay(
            job_id, (front, back), CAPABILITIES.front_panels,
            CAPABILITIES.back_panels if back else (), budget,
        )  # fmt: skip

    def _lay(
        self,
        job_id: str,
        faces: tuple[bytes, bytes],
        front_panels: tuple[str, ...],
        back_panels: tuple[str, ...],
        budget: Budget,
    ) -> None:
        """Bring the card under the head and lay these panels; back panels begin with "back"."""
        if self._core.truth.station is not Station.PRINT:
            self._move(Station.PRINT, budget)
        self._core.truth.job_id = job_id
        fault = self._step("print.start", 0.0, budget)
        if fault is not None and fault.fault is FaultName.SAYS_DONE:
            return
        self._mechanical(fault, Station.PRINT)
        for panel in front_panels:
            self._panel(panel, *faces, budget)
        if back_panels:
            self._mechanical(self._step("print.flip", self._times.flip, budget), Station.FLIP)
            for panel in back_panels:
                self._panel(panel, *faces, budget)
        self._core.finish(job_id)
        done = self._step("print.done", 0.0, budget)
        if done is not None and done.fault in PRINT_DEFECTS:
            self._core.spoil(done.fault)

    def eject(self, tray: Tray, *, timeout: float, cancel: Cancel = None) -> None:
        budget = self._begin(timeout, cancel, "eject")
        truth = self._core.truth
        self._refuse_stopped()
        self._refuse_empty(Station.OUTPUT)
        if tray is Tray.REJECT and len(truth.reject) >= REJECT_HOLDS:
            raise RejectBoxFull(len(truth.reject))
        if tray is Tray.OUTPUT and len(truth.output) >= OUTPUT_HOLDS:
            raise OutputTrayFull(len(truth.output))
        fault = self._step("eject", self._times.eject, budget)
        name = fault.fault if fault else None
        if name in {FaultName.SAYS_DONE, FaultName.CARD_LEFT_IN}:
            return
        others = None  # the other tray's: it waits for a card that goes there
        if fault is not None and FULL.get(fault.fault, tray) is not tray:
            others, fault = fault, None
        self._mechanical(fault, Station(tray.value))
        card = self._core.let_out()
        if card is not None:
            places = {Tray.OUTPUT: truth.output, Tray.REJECT: truth.reject}
            lost = name is FaultName.CARD_VANISHED
            (truth.vanished if lost else places[tray]).append(card)
        self._step("eject.done", 0.0, budget)
        if others is not None and others.stays:
            self._core.script.stand(others)
        elif others is not None:
            self._core.script.order(replace(others, count=1, skip=0))

    def card_inside(self, *, timeout: float, cancel: Cancel = None) -> CardInside | None:
        self._begin(timeout, cancel, "card_inside")
        with self._core.lock:
            truth = self._core.truth
            card = truth.inside
            if card is None:
                return None
            return CardInside(
                card.serial or None, truth.station, card.half_printed, card.whole, truth.job_id
            )

    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters:
        self._begin(timeout, cancel, "counters")
        truth = self._core.truth
        with self._core.lock:
            return Counters(truth.cards, truth.errors, truth.panels, truth.inserted)

    def supplies(self, *, timeout: float, cancel: Cancel = None) -> tuple[Supply, ...]:
        self._begin(timeout, cancel, "supplies")
        return self._core.supplies()

    def print_unnumbered(self, what: Unnumbered, *, timeout: float, cancel: Cancel = None) -> None:
        budget = self._begin(timeout, cancel, "unnumbered")
        truth = self._core.truth
        self._refuse_stopped()
        if truth.inside is not None:
            raise CardLeftIn(truth.inside.serial)
        if not truth.unnumbered:
            raise OutOfCards(Hopper.UNNUMBERED, 0)
        cleaning = what is Unnumbered.CLEANING
        if not cleaning and truth.ribbon <= 0:
            raise RibbonEnded(half_printed=False)
        seconds = self._times.clean if cleaning else self._times.panel * 6
        self._mechanical(self._step("unnumbered", seconds, budget), Station.PRINT)
        with self._core.lock:
            truth.unnumbered -= 1
            truth.inserted += 1
            if cleaning:
                truth.since_cleaning = 0
            else:
                truth.cards += 1
                truth.ribbon -= 1
                truth.panels += CAPABILITIES.panels_per_card

    def _move(self, station: Station, budget: Budget) -> None:
        fault = self._step(f"move.{station}", self._times.move, budget)
        self._mechanical(fault, station)
        self._core.place(station)

    def _panel(self, panel: str, front: bytes, back: bytes, budget: Budget) -> None:
        fault = self._step(f"print.panel.{panel}", self._times.panel, budget)
        self._mechanical(fault, Station.PRINT)
        self._core.lay(panel, front, back)

    def _refuse_stopped(self) -> None:
        truth = self._core.truth
        begun = truth.inside is not None and truth.inside.half_printed
        if truth.jam is not None:
            raise CardJam(truth.jam, begun)
        if truth.cover_open:
            raise CoverOpen(begun)

    def _refuse_empty(self, at: Station) -> PlasticCard:
        card = self._core.truth.inside
        if card is None:
            raise NoCardInside(at)
        return card

    def _mechanical(self, fault: Fault | None, at: Station) -> None:
        """Answer a fault of the mechanics; those that change only a result are left alone."""
        if fault is None:
            return
        core, truth = self._core, self._core.truth
        begun = truth.inside is not None and truth.inside.half_printed
        match fault.fault:
            case FaultName.JAM:
                if at is Station.FEEDER and truth.inside is None and truth.feeder:
                    core.take_in()
                if fault.stays:
                    truth.jam = at
                truth.errors += 1
                raise CardJam(at, begun)
            case FaultName.COVER_OPEN:
                truth.cover_open = fault.stays
                truth.errors += 1
                raise CoverOpen(begun)
            case FaultName.RIBBON_END:
                truth.ribbon = 0 if fault.stays else truth.ribbon
                truth.errors += 1
                raise RibbonEnded(begun)
            case FaultName.HALF_PRINTED:
                truth.errors += 1
                raise HalfPrinted(at)
            case FaultName.OUT_OF_CARDS:
                self._stand(fault)
                raise OutOfCards(Hopper.FEEDER, truth.fed)
            case FaultName.REJECT_FULL:
                self._stand(fault)
                raise RejectBoxFull(len(truth.reject))
            case FaultName.OUTPUT_FULL:
                self._stand(fault)
                raise OutputTrayFull(len(truth.output))
            case _:
                return

    def _stand(self, fault: Fault) -> None:
        if fault.stays:
            self._core.script.stand(fault)
