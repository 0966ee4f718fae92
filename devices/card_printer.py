"""Card printers: a card goes from the feeder inside, to the chip station, to print, and out.

The position is part of the interface because a chip is written and read back before ribbon is
spent, and because after a power cut the card inside is the only honest witness.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from devices.device import Cancel, Device, Hopper, Station, Supply

__all__ = [
    "CardInside",
    "CardPrinter",
    "Counters",
    "Hopper",
    "LoadedCard",
    "PrinterCapabilities",
    "Station",
    "Tray",
    "Unnumbered",
]


class Tray(StrEnum):
    """Where a card may leave to."""

    OUTPUT = "output"
    REJECT = "reject"


class Unnumbered(StrEnum):
    """Cards without a number, printed for the machine's sake."""

    TEST = "test"
    ALIGNMENT = "alignment"
    CLEANING = "cleaning"


@dataclass(frozen=True, slots=True)
class PrinterCapabilities:
    """What the machine can do; sizes in dots at `dpi`, panels in the order they are laid.

    `moves_card` is False where the driver feeds, prints and puts out in one go: then the verbs
    that move a card do nothing, `card_inside` knows of none, and after a fault only somebody who
    looks can say what became of the card.
    """

    two_sided: bool
    chip_stations: frozenset[Station]
    reads_serial: bool
    width: int
    height: int
    dpi: int
    front_panels: tuple[str, ...]
    back_panels: tuple[str, ...]
    moves_card: bool = True

    @property
    def panels_per_card(self) -> int:
        """Ribbon panels that one two-sided card uses."""
        return len(self.front_panels) + len(self.back_panels)


@dataclass(frozen=True, slots=True)
class LoadedCard:
    """A card just fed; its serial where the printer has a camera or reader for it, else None."""

    serial: str | None


@dataclass(frozen=True, slots=True)
class CardInside:
    """The card inside now. `job_id` is the last job begun on it, where the printer knows.

    None for `half_printed` and `printed` where nobody knows how far it is.
    """

    serial: str | None
    station: Station
    half_printed: bool | None
    printed: bool | None
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """The machine's own counts since it was made; they never go back.

    `cards` printed to the end, `errors` of the mechanics, `panels` of ribbon, cards `inserted`.
    None for what the machine doesn't count.
    """

    cards: int
    errors: int | None
    panels: int | None
    inserted: int


class CardPrinter(Device):
    """A printer of plastic cards.

    Every verb may raise the LinkFaults; CoverOpen, CardJam while one stands; and what it names.
    """

    @property
    @abstractmethod
    def capabilities(self) -> PrinterCapabilities:
        """What the machine can do; known once it was opened."""

    @abstractmethod
    def check_clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Raise what stands already and would stop a card before it is fed; nothing moves.

        Where a driver feeds, what the queue tells of its printer is all there is.
        """

    @abstractmethod
    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        """Feed one card from the hopper inside. Raises OutOfCards, CardLeftIn, CardJam."""

    @abstractmethod
    def move_to(self, station: Station, *, timeout: float, cancel: Cancel = None) -> None:
        """Bring the card inside to CONTACT, CONTACTLESS or PRINT.

        Raises NoCardInside, CardJam; ValueError for a station that the machine hasn't.
        """

    @abstractmethod
    def print_card(
        self, front: bytes, back: bytes, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """Print both faces (PNG; `back` empty for one side) on the card inside, which stays inside.

        Raises NoCardInside, CardNotBlank, AlreadyPrinted before anything is spent; CardJam,
        RibbonEnded, CoverOpen, HalfPrinted in the course of it. A return says only what the
        machine says: `counters` tell whether panels were really used.
        """

    @abstractmethod
    def eject(self, tray: Tray, *, timeout: float, cancel: Cancel = None) -> None:
        """Send the card inside out. Raises NoCardInside, RejectBoxFull, OutputTrayFull, CardJam."""

    @abstractmethod
    def card_inside(self, *, timeout: float, cancel: Cancel = None) -> CardInside | None:
        """The card inside, or None. Answers with an open cover or a jam too."""

    @abstractmethod
    def counters(self, *, timeout: float, cancel: Cancel = None) -> Counters | None:
        """The machine's own counts; None where it doesn't tell any."""

    @abstractmethod
    def supplies(self, *, timeout: float, cancel: Cancel = None) -> tuple[Supply, ...]:
        """Cards, ribbon and free places."""

    @abstractmethod
    def print_unnumbered(self, what: Unnumbered, *, timeout: float, cancel: Cancel = None) -> None:
        """Run a test, alignment or cleaning card through. Raises OutOfCards, CardLeftIn."""
