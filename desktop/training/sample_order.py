"""An order of the centre for a card, as a training counter would be sent one.

A training realm holds the centre's key itself, so the file is as good as a real one there and
nowhere else. Each further one for the same card is the next order: a warning, then the card is
blocked, then all is settled.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from desktop.centre.points import key_of_profile, signed_order
from desktop.domain.violations import PointsVerdict, Violation, ViolationLevel
from desktop.profile import Profile

FOLDER = "orders"


def sample_order(profile: Profile, serial: str, now: datetime, after: int = 0) -> Path:
    """The file, in the profile's folder; its number is higher than `after`, of an order that came
    otherwise. Raises NoCentreKey, OSError.
    """
    path = profile.path / FOLDER / f"{serial}.json"
    sequence = max(_sequence_in(path), after) + 1
    verdict, violations = _list_of(sequence, now.date())
    body = signed_order(key_of_profile(profile), serial, sequence, verdict, violations, now)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return path


def _sequence_in(path: Path) -> int:
    try:
        return int(json.loads(path.read_bytes())["sequence"])
    except (OSError, ValueError, TypeError, KeyError):
        return 0


def _list_of(sequence: int, today: date) -> tuple[PointsVerdict, tuple[Violation, ...]]:
    speeding = Violation(
        today - timedelta(days=60), ViolationLevel.MEDIUM, 3, f"TILANG-{today:%y}-000017"
    )
    accident = Violation(
        today - timedelta(days=9), ViolationLevel.SERIOUS, 12, f"LAKA-{today:%y}-000003"
    )
    return (
        (PointsVerdict.CLEAR, ()),
        (PointsVerdict.WARN, (speeding,)),
        (PointsVerdict.BLOCKED, (speeding, accident)),
    )[sequence % 3]
