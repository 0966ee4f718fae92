"""What card printers count by themselves: their readings, and one count against the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.ribbon import RibbonMark

NOT_COUNTED = -1
"""Stands for a count that the machine doesn't keep: nothing is expected of it."""


@dataclass(frozen=True, slots=True)
class PrinterReading:
    """The counter's card printers' own counts, as they told them; NOT_COUNTED where they don't."""

    cards: int
    errors: int
    panels: int
    panels_per_card: int
    machines: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        cards: int,
        errors: int | None,
        panels: int | None,
        per_card: int,
        machine: str = "",
    ) -> PrinterReading:
        """One printer's counts; `machine` is its serial."""
        return cls(
            cards,
            NOT_COUNTED if errors is None else errors,
            NOT_COUNTED if panels is None else panels,
            per_card,
            (machine,),
        )

    @classmethod
    def together(cls, found: Sequence[PrinterReading]) -> PrinterReading | None:
        """Several printers' counts as one; what one of them doesn't count, nobody counted.

        Panels can be told apart only where every printer uses as many for a card.
        """
        if not found:
            return None
        errors = [reading.errors for reading in found]
        panels = [reading.panels for reading in found]
        alike = len({reading.panels_per_card for reading in found}) == 1
        return cls(
            sum(reading.cards for reading in found),
            NOT_COUNTED if NOT_COUNTED in errors else sum(errors),
            NOT_COUNTED if NOT_COUNTED in panels or not alike else sum(panels),
            found[0].panels_per_card,
            tuple(sorted(machine for reading in found for machine in reading.machines)),
        )


@dataclass(frozen=True, slots=True)
class AtPrinters:
    """What the counter's card printers tell now: counts only where all count, each one's ribbon."""

    counts: PrinterReading | None = None
    ribbons: tuple[RibbonMark, ...] = ()


class CounterKind(StrEnum):
    """Which of the printer's counts."""

    CARDS = "cards"
    ERRORS = "errors"
    PANELS = "panels"


def beyond(difference: int, spoiled_most: int) -> int:
    """What of a difference in panels isn't explained by cards that failed while they were printed.

    Nobody knows how many panels such a card used: any number up to a whole card's.
    """
    return min(difference, 0) + max(0, difference - spoiled_most)


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One count of the printer over a shift, against what the ledger expects of it.

    `spoiled_most` is what cards that failed in printing may have used besides.
    """

    kind: CounterKind
    before: int
    after: int
    ledger: int
    spoiled_most: int = 0

    @property
    def moved(self) -> int:
        return self.after - self.before

    @property
    def difference(self) -> int:
        return self.moved - self.ledger

    @property
    def unexplained(self) -> int:
        """What asks for a statement."""
        return beyond(self.difference, self.spoiled_most)


@dataclass(frozen=True, slots=True)
class RibbonLine:
    """One printer's ribbon over a shift, in panels; without `told` there is nothing to compare.

    `put_in` is what the ribbons put in meanwhile began with, less what the old ones had left;
    `spoiled` cards failed while they were printed and may have used `spoiled_most` panels.
    """

    printer: str
    told: bool
    lot_before: str = ""
    lot_after: str = ""
    before: int = 0
    after: int = 0
    put_in: int = 0
    expected: int = 0
    changes: int = 0
    spoiled: int = 0
    spoiled_most: int = 0

    @property
    def gone(self) -> int:
        return self.before + self.put_in - self.after

    @property
    def difference(self) -> int:
        """Panels that left the ribbon beyond those of the shift's cards; 0 where untold."""
        return self.gone - self.expected

    @property
    def unexplained(self) -> int:
        """What asks for a statement: neither whole cards nor spoiled ones used it."""
        return beyond(self.difference, self.spoiled_most)
