"""What is destroyed under two signatures, and the content that both officers sign.

State property may be destroyed when it is unusable, by a named team, with minutes (PP 27/2014 as
changed by PP 28/2020). Used ribbon holds people's faces, so it goes the same way, by count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop.domain.errors import Problem
from desktop.domain.reasons import DestroyReason


class DestroyMethod(StrEnum):
    """How it is made unusable; the chip is always broken first."""

    SHREDDED = "shredded"
    CUT = "cut"
    BURNED = "burned"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One numbered card, why it goes, and the case it belonged to, if any."""

    serial: str
    lot: str
    cause: DestroyReason
    case: str = ""


def destruction_content(
    cards: Sequence[Destroyed], method: DestroyMethod, ribbons: int, unnumbered: int, day: str
) -> dict[str, Any]:
    """What two officers sign: every serial with its cause, what has no number, how and when."""
    return {
        "cards": [[c.serial, c.lot, str(c.cause), c.case] for c in cards],
        "day": day,
        "method": str(method),
        "ribbons": ribbons,
        "unnumbered": unnumbered,
    }


class NothingToDestroy(Problem):
    """No card was named and no ribbon counted."""


class NotSetAside(Problem):
    """A named card isn't waiting for destruction."""

    serial: str


class RibbonsOvercounted(Problem):
    """More used ribbons were named than were ever taken out."""

    named: int
    known: int
