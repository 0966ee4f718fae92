"""Violations and points as a licence's chip carries them: the centre's list, never ours to compute.

Two countings that run against each other are in use (points that add up, points that are taken
away), so a counter shows what the centre says and the verdict that it gave, and adds up nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.officer import Role
from desktop.domain.realm import Realm

ORDER_WRITERS = (Role.REGISTRATION, Role.PRODUCTION, Role.SUPERVISOR)
"""Who may put an order of the centre on a chip."""


class ViolationLevel(StrEnum):
    """How serious, in the three grades that the Smart SIM is said to keep."""

    LIGHT = "light"
    MEDIUM = "medium"
    SERIOUS = "serious"


class PointsVerdict(StrEnum):
    """What the centre makes of all of them."""

    CLEAR = "clear"
    WARN = "warn"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Violation:
    """One entry: when, how serious, the points as the centre counts them, and whose ticket."""

    on: date
    level: ViolationLevel
    points: int
    reference: str


@dataclass(frozen=True, slots=True)
class CardOrder:
    """What the centre orders to stand on one card's chip: the whole list, not a change of it.

    `sequence` grows with each order for a card, so that an old one can't be played again.
    """

    realm: Realm
    serial: str
    sequence: int
    made: datetime
    verdict: PointsVerdict
    violations: tuple[Violation, ...] = ()

    @property
    def points(self) -> tuple[int, ...]:
        """Each entry's points, as they stand."""
        return tuple(one.points for one in self.violations)


class OrderWay(StrEnum):
    """How an order came to the counter."""

    FILE = "file"
    FEED = "feed"


class OrderFault(StrEnum):
    """What of an order doesn't hold."""

    FORM = "form"
    """Not the file's form, or changed by a byte."""
    REALM = "realm"
    CERTIFICATE = "certificate"
    """Not vouched for by this realm's root, not the centre's key, or not of that day."""
    KEY_WITHDRAWN = "key_withdrawn"
    SIGNATURE = "signature"
    OTHER_CARD = "other_card"
    """It lies on the chip of a card that it isn't for."""


class OrderRefused(Problem):
    """This is no order of the centre; `reason` says which part doesn't hold."""

    reason: OrderFault


class OrderForOtherCard(Problem):
    """The order is for another card than the one on the reader."""

    wanted: str
    found: str


class OrderOutdated(Problem):
    """The chip carries a later order already."""

    sequence: int
    present: int


class OrderOvertaken(Problem):
    """Since the card was read, the centre has ordered something later for it."""

    sequence: int
    newest: int


class NoOrderWaits(Problem):
    """Nothing waits for this card any more that can be believed, or the card was taken back."""

    serial: str


class NoRoomForRecords(Problem):
    """This sort of chip keeps no violations."""
