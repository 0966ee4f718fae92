"""The limits of the face checks, and what a person's need excuses; read from resources/faces.

Light: the window may import this at its start.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from desktop.domain.reasons import Accommodation
from desktop.pictures import Box, PictureCheck, PictureFinding

FILE = Path(__file__).resolve().parents[2] / "resources" / "faces" / "limits.toml"


class Unit(StrEnum):
    """How a value is shown."""

    PERCENT = "percent"
    DEGREE = "degree"
    LEVEL = "level"
    COUNT = "count"


class Side(StrEnum):
    """On which side of its limits a value lies."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Limit:
    """Between which values a check passes."""

    unit: Unit
    low: float | None
    high: float | None

    def judged(self, check: PictureCheck, value: float, box: Box | None) -> PictureFinding:
        """The finding of a value."""
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        return PictureFinding(check, round(value, 4), (self.low, self.high), above and below, box)


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of the face checks."""

    calibrated_on: str
    of: Mapping[PictureCheck, Limit]
    excused: Mapping[Accommodation, frozenset[PictureCheck]]

    def excuses(self, need: Accommodation, findings: tuple[PictureFinding, ...]) -> bool:
        """Whether every fault among the findings is one that this need explains."""
        allowed = self.excused.get(need, frozenset())
        return all(finding.passed or finding.check in allowed for finding in findings)


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding in whole numbers, as an officer reads it."""

    unit: Unit
    value: int
    low: int | None
    high: int | None


def shown(finding: PictureFinding) -> Shown | None:
    """A finding as it is shown; None for a check that isn't one of faces.

    A value that fails is rounded away from its limit, so that it never reads as one that passes.
    """
    limit = limits().of.get(finding.check)
    if limit is None:
        return None
    scale = 100 if limit.unit is Unit.PERCENT else 1
    exact = round(finding.value * scale, 6)
    side = side_of(finding)
    value = round(exact)
    if side is Side.LOW:
        value = math.floor(exact)
    elif side is Side.HIGH:
        value = math.ceil(exact)
    low, high = (None if edge is None else round(edge * scale) for edge in (limit.low, limit.high))
    return Shown(limit.unit, value, low, high)


def side_of(finding: PictureFinding) -> Side | None:
    """On which side a failed value lies."""
    low, high = finding.limit
    if low is not None and finding.value < low:
        return Side.LOW
    return Side.HIGH if high is not None and finding.value > high else None


@cache
def limits() -> Limits:
    """The limits that this program was shipped with."""
    return read_limits(FILE)


def read_limits(path: Path) -> Limits:
    """Limits of a file. Raises KeyError or ValueError where it names what doesn't exist."""
    told = tomllib.loads(path.read_text("utf-8"))
    return Limits(
        calibrated_on=told["calibrated_on"],
        of={
            PictureCheck[name]: Limit(Unit(row["unit"]), row.get("low"), row.get("high"))
            for name, row in told["limit"].items()
        },
        excused={
            Accommodation(need): frozenset(PictureCheck[name] for name in names)
            for need, names in told["accommodation"].items()
        },
    )
