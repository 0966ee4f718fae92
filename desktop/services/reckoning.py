"""The reckoning of a shift: lots against the stock ledger, the printer's counters against the jobs.

Nothing here judges. A difference is handed on with the acts behind it and with what the program
can't exclude: jobs in doubt, restarts, clock jumps, prints that failed half-way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.domain.stock import Balance, Shift
from desktop.services.printer_counts import CounterLine, RibbonLine
from desktop.services.shift_causes import Behind, Cause


@dataclass(frozen=True, slots=True)
class LotCount:
    """One lot's balance beside what was counted by hand."""

    balance: Balance
    counted: int

    @property
    def difference(self) -> int:
        return self.counted - self.balance.closing


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The whole reckoning; only known once the count was given."""

    shift: Shift
    lots: tuple[LotCount, ...]
    counters: tuple[CounterLine, ...]
    behind: tuple[Behind, ...]
    causes: tuple[Cause, ...]
    statement: str = ""
    ribbons: tuple[RibbonLine, ...] = ()
    moved: int = 0
    """Blanks that came or went since the count; it has to be counted again."""

    @property
    def differs(self) -> bool:
        """Whether anything asks for a statement."""
        lots = any(lot.difference or not lot.balance.holds for lot in self.lots)
        return lots or any(line.unexplained for line in (*self.counters, *self.ribbons))


def closing_content(reckoned: Reckoning) -> dict[str, Any]:
    """What the supervisor signs: every lot, every counter and ribbon, the statement."""
    return {
        "counters": [[str(c.kind), c.before, c.after, c.ledger] for c in reckoned.counters],
        "day": reckoned.shift.day.isoformat(),
        "lots": {
            lot.balance.lot: {
                "opening": lot.balance.opening,
                "received": lot.balance.received,
                "issued": lot.balance.issued,
                "spoiled": lot.balance.spoiled,
                "transferred_out": lot.balance.transferred_out,
                "missing": lot.balance.missing,
                "closing": lot.balance.closing,
                "counted": lot.counted,
                # Only where several counters share an office: one alone signs what it always did.
                **({"transferred_in": came} if (came := lot.balance.transferred_in) else {}),
            }
            for lot in reckoned.lots
        },
        "ribbons": [
            [line.printer, line.told, line.gone, line.expected] for line in reckoned.ribbons
        ],
        "shift": reckoned.shift.id,
        "statement": reckoned.statement,
    }
