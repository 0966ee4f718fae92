"""The limits of the inspection, read from resources/inspection. Light."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desktop.cards.inspection.facts import BoxMm, CardCheck, CardFinding, CardSide, Severity

FILE = Path(__file__).resolve().parents[3] / "resources" / "inspection" / "limits.toml"


@dataclass(frozen=True, slots=True)
class CheckLimit:
    """On which side of which value a check fails, and what that means."""

    severity: Severity
    low: float | None
    high: float | None

    def judged(
        self,
        check: CardCheck,
        value: float,
        side: CardSide | None = None,
        box: BoxMm | None = None,
        note: str = "",
    ) -> CardFinding:
        """The finding of a value."""
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        limit = self.low if self.high is None or not above else self.high
        return CardFinding(
            check, self.severity, round(value, 4), 0.0 if limit is None else limit,
            above and below, side, box, note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class InspectionLimits:
    """Every check's limit; `calibrated_on` says what they were taken from."""

    calibrated_on: str
    of: Mapping[CardCheck, CheckLimit]


@cache
def limits() -> InspectionLimits:
    """The limits that this program was shipped with."""
    return read_limits(FILE)


def read_limits(path: Path) -> InspectionLimits:
    """Limits of a file. Raises KeyError or ValueError where it names what doesn't exist."""
    told = tomllib.loads(path.read_text("utf-8"))
    found = {
        CardCheck[name]: CheckLimit(Severity(row["severity"]), row.get("low"), row.get("high"))
        for name, row in told["limit"].items()
    }
    missing = [check for check in CardCheck if check not in found]
    if missing:
        raise KeyError(missing[0].name)
    return InspectionLimits(told["calibrated_on"], found)
