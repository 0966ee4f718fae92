"""A simulated card printer's metal and plastic: where every card really is, and what was used.

This is the truth that the ledger is later compared with. It survives power cuts and adapters that
come and go, and can be saved and loaded, so that a killed program finds the card where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import msgspec

from devices.card_printer import PrinterCapabilities
from devices.device import DeviceKind, HealthReason, Station, Supply, SupplyName
from devices.simulators.core import SimulatorCore
from devices.simulators.faults import FaultName
from devices.simulators.plastic import PlasticCard

CAPABILITIES = PrinterCapabilities(
    two_sided=True,
    chip_stations=frozenset({Station.CONTACT, Station.CONTACTLESS}),
    reads_serial=True,
    width=1011,
    height=638,
    dpi=300,
    front_panels=("y", "m", "c", "k", "o"),
    back_panels=("back",),
)
FEEDER_HOLDS = 100
OUTPUT_HOLDS = 100
REJECT_HOLDS = 30
UNNUMBERED_HOLDS = 20
RIBBON_HOLDS = 200
CARDS_LOW = 5
RIBBON_LOW = 10
CLEAN_EVERY = 1000


@dataclass(slots=True, eq=False)
class PrinterTruth:
    """All that the metal remembers. `ribbon` counts cards; `by_hand` is what people took out."""

    feeder: list[PlasticCard] = field(default_factory=list[PlasticCard])
    fed: int = 0
    inside: PlasticCard | None = None
    station: Station = Station.FEEDER
    job_id: str | None = None
    jobs: list[str] = field(default_factory=list[str])
    output: list[PlasticCard] = field(default_factory=list[PlasticCard])
    reject: list[PlasticCard] = field(default_factory=list[PlasticCard])
    by_hand: list[PlasticCard] = field(default_factory=list[PlasticCard])
    vanished: list[PlasticCard] = field(default_factory=list[PlasticCard])
    unnumbered: int = UNNUMBERED_HOLDS
    ribbon: int = RIBBON_HOLDS
    jam: Station | None = None
    cover_open: bool = False
    cards: int = 0
    errors: int = 0
    panels: int = 0
    inserted: int = 0
    since_cleaning: int = 0


def _begins_back(card: PlasticCard, panel: str) -> bool:
    return panel.startswith("back") and not any(laid.startswith("back") for laid in card.panels)


OnStation = Callable[[Station, PlasticCard | None], None]


class PrinterCore(SimulatorCore):
    """The printer on the desk, and what people do to it."""

    def __init__(self, name: str = "card_printer", serial: str = "SIM-CP-0001") -> None:
        super().__init__(DeviceKind.CARD_PRINTER, name, "Card Printer Simulator", serial)
        self.truth = PrinterTruth()
        self.set_a_face = False
        """Whether the back takes a ribbon's set of its own (a YMCKO ribbon), not its last panel."""
        self._listeners: list[OnStation] = []

    # what the adapter asks of the mechanics

    def on_station(self, listener: OnStation) -> None:
        """Tell of every card that arrives at a station (None: it left)."""
        self._listeners.append(listener)

    def take_in(self) -> PlasticCard:
        """One card from the feeder inside."""
        with self.lock:
            card = self.truth.feeder.pop(0)
            self.truth.inserted += 1
            self.truth.fed += 1
            self.truth.job_id = None
            self.truth.inside = card
        self.place(Station.FEEDER)
        return card

    def place(self, station: Station) -> None:
        """Bring the card inside to a station."""
        with self.lock:
            before, self.truth.station = self.truth.station, station
            card = self.truth.inside
        for listener in self._listeners:
            if before is not station:
                listener(before, None)
            if card is not None:
                listener(station, card)

    def let_out(self) -> PlasticCard | None:
        """Take the card off its station: it is inside no more."""
        with self.lock:
            card, self.truth.inside = self.truth.inside, None
            station, self.truth.station = self.truth.station, Station.FEEDER
            self.truth.job_id = None
        for listener in self._listeners:
            listener(station, None)
        return card

    def lay(self, panel: str, front: bytes, back: bytes) -> None:
        """Lay one ribbon panel onto the card inside."""
        truth = self.truth
        with self.lock:
            card = truth.inside
            if card is None:
                return
            if not card.panels or (self.set_a_face and _begins_back(card, panel)):
                truth.ribbon -= 1
            if not card.panels:
                card.front_ordered, card.back_ordered = front, back
            card.panels.append(panel)
            truth.panels += 1

    def finish(self, job_id: str) -> None:
        """The card inside is whole."""
        truth = self.truth
        with self.lock:
            if truth.inside is not None:
                truth.inside.whole = True
            truth.cards += 1
            truth.since_cleaning += 1
            truth.jobs.append(job_id)

    def spoil(self, defect: FaultName) -> None:
        """The card inside was printed badly, unnoticed by the machine."""
        with self.lock:
            if self.truth.inside is not None:
                self.truth.inside.defects.append(defect.value)

    # what people do

    def load_blanks(self, cards: Iterable[PlasticCard]) -> int:
        """Put cards into the feeder, under those that are there; how many fitted."""
        with self.lock:
            room = FEEDER_HOLDS - len(self.truth.feeder)
            fitting = list(cards)[:room]
            self.truth.feeder += fitting
            self.truth.fed = 0
        self.script.settle(FaultName.OUT_OF_CARDS)
        return len(fitting)

    def gather_blanks(self, serials: Collection[str]) -> None:
        """Put these, where they came out untouched, back; the stack then lies in number order."""
        truth = self.truth
        with self.lock:
            for tray in (truth.output, truth.reject, truth.by_hand):
                back = [card for card in tray if card.serial in serials and not card.panels]
                tray[:] = [card for card in tray if card not in back]
                truth.feeder += back
            truth.feeder.sort(key=lambda card: card.serial)
            truth.by_hand += truth.feeder[FEEDER_HOLDS:]
            del truth.feeder[FEEDER_HOLDS:]

    def unload_blanks(self) -> list[PlasticCard]:
        """Take all cards out of the feeder."""
        with self.lock:
            cards, self.truth.feeder = self.truth.feeder, []
        return cards

    def take_output(self) -> list[PlasticCard]:
        """Empty the output tray; the first printed comes first."""
        with self.lock:
            cards, self.truth.output = self.truth.output, []
        self.script.settle(FaultName.OUTPUT_FULL)
        return cards

    def hand_over(self, serial: str) -> None:
        """One finished card goes away, out of the tray or from beside the printer."""
        with self.lock:
            truth = self.truth
            truth.output = [card for card in truth.output if card.serial != serial]
            truth.by_hand = [card for card in truth.by_hand if card.serial != serial]
            empty = not truth.output
        if empty:
            self.script.settle(FaultName.OUTPUT_FULL)

    def empty_reject(self) -> list[PlasticCard]:
        """Empty the reject box."""
        with self.lock:
            cards, self.truth.reject = self.truth.reject, []
        self.script.settle(FaultName.REJECT_FULL)
        return cards

    def open_cover(self) -> None:
        """Open the cover."""
        with self.lock:
            self.truth.cover_open = True

    def close_cover(self) -> None:
        """Close the cover."""
        with self.lock:
            self.truth.cover_open = False

    def clear_jam(self) -> PlasticCard | None:
        """Open, pull the stuck card out by hand, close; the card, if there was one."""
        with self.lock:
            self.truth.jam = None
            self.truth.cover_open = False
            card = self.let_out()
            if card is not None:
                self.truth.by_hand.append(card)
        return card

    def take_by_hand(self) -> list[PlasticCard]:
        """The cards that people pulled out, as they lie beside the printer."""
        with self.lock:
            cards, self.truth.by_hand = self.truth.by_hand, []
        return cards

    def change_ribbon(self, cards: int = RIBBON_HOLDS) -> int:
        """Put a ribbon in for that many cards; how many were left on the old one."""
        with self.lock:
            left, self.truth.ribbon = self.truth.ribbon, cards
        return left

    def load_unnumbered(self, count: int = UNNUMBERED_HOLDS) -> None:
        """Fill the stock of test and cleaning cards."""
        with self.lock:
            self.truth.unnumbered = count

    def remedy(self) -> None:
        super().remedy()
        with self.lock:
            if self.truth.jam is not None:
                self.clear_jam()
            self.truth.cover_open = False
            if self.truth.ribbon <= 0:
                self.change_ribbon()
            if len(self.truth.reject) >= REJECT_HOLDS:
                self.truth.by_hand += self.empty_reject()
            if len(self.truth.output) >= OUTPUT_HOLDS:
                self.truth.by_hand += self.take_output()

    # what it says of itself

    def reasons(self) -> tuple[HealthReason, ...]:
        truth = self.truth
        checks = (
            (truth.jam is not None, HealthReason.CARD_JAM),
            (truth.cover_open, HealthReason.COVER_OPEN),
            (truth.ribbon <= 0, HealthReason.RIBBON_ENDED),
            (0 < truth.ribbon <= RIBBON_LOW, HealthReason.RIBBON_LOW),
            (len(truth.reject) >= REJECT_HOLDS, HealthReason.REJECT_BOX_FULL),
            (len(truth.output) >= OUTPUT_HOLDS, HealthReason.OUTPUT_TRAY_FULL),
            (not truth.feeder, HealthReason.OUT_OF_CARDS),
            (0 < len(truth.feeder) <= CARDS_LOW, HealthReason.CARDS_LOW),
            (truth.inside is not None, HealthReason.CARD_INSIDE),
            (truth.since_cleaning >= CLEAN_EVERY, HealthReason.CLEANING_DUE),
        )
        own = tuple(reason for holds, reason in checks if holds)
        return tuple(dict.fromkeys(own + super().reasons()))

    def supplies(self) -> tuple[Supply, ...]:
        truth = self.truth
        with self.lock:
            cards, rejected, put_out = len(truth.feeder), len(truth.reject), len(truth.output)
            return (
                Supply(SupplyName.CARDS, cards, FEEDER_HOLDS, cards <= CARDS_LOW),
                Supply(SupplyName.RIBBON, truth.ribbon, RIBBON_HOLDS, truth.ribbon <= RIBBON_LOW),
                Supply(
                    SupplyName.REJECT_BOX,
                    REJECT_HOLDS - rejected,
                    REJECT_HOLDS,
                    rejected >= REJECT_HOLDS - 2,
                ),
                Supply(
                    SupplyName.OUTPUT_TRAY,
                    OUTPUT_HOLDS - put_out,
                    OUTPUT_HOLDS,
                    put_out >= OUTPUT_HOLDS - 5,
                ),
                Supply(SupplyName.UNNUMBERED_CARDS, truth.unnumbered, UNNUMBERED_HOLDS),
            )

    def save(self) -> bytes:
        """The truth as bytes, to be loaded by another process."""
        with self.lock:
            return msgspec.msgpack.encode(self.truth)

    def load(self, saved: bytes) -> None:
        """Be the printer that was saved; a card at a chip station lies on its reader again.

        Raises ValueError for bytes that aren't a saved printer.
        """
        truth = msgspec.msgpack.decode(saved, type=PrinterTruth)
        with self.lock:
            self.truth = truth
        self.place(truth.station)
