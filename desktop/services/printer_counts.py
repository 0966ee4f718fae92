"""What card printers count by themselves: their readings, and one count against the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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


class CounterKind(StrEnum):
    """Which of the printer's counts."""

    CARDS = "cards"
    ERRORS = "errors"
    PANELS = "panels"


@dataclass(frozen=True, slots=True)
class CounterLine:
    """One count of the printer over a shift, against what the ledger expects of it."""

    kind: CounterKind
    before: int
    after: int
    ledger: int

    @property
    def moved(self) -> int:
        return self.after - self.before

    @property
    def difference(self) -> int:
        return self.moved - self.ledger
