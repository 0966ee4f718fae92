"""What can be said of the exchange with the centre: facts for lower edge and sync screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLOCK_OFF = timedelta(minutes=5)
"""More than this between the PC's clock and the centre's is told."""


class LineState(StrEnum):
    """How the line to the centre is."""

    NONE = "none"
    NOT_YET = "not_yet"
    WORKING = "working"
    STOPPED = "stopped"
    """Somebody stopped it: what came is kept, and isn't all."""
    UP = "up"
    DOWN = "down"
    FAULT = "fault"
    REFUSED = "refused"
    FORKED = "forked"
    TOO_OLD = "too_old"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """One look. `oldest` is when the oldest unsent act was made; `word` the centre's own."""

    state: LineState = LineState.NONE
    waiting: int = 0
    oldest: datetime | None = None
    contact: datetime | None = None
    down_since: datetime | None = None
    parked: int = 0
    strays: int = 0
    recheck: int = 0
    word: str = ""
    clock_off: timedelta | None = None
    done: int = 0
    whole: int = 0
    next_in: float = 0.0

    @property
    def reachable(self) -> bool:
        """Whether what needs the centre can be tried."""
        return self.state in (LineState.UP, LineState.WORKING, LineState.STOPPED)

    @property
    def needs_hand(self) -> int:
        """How much waits for a supervisor."""
        return self.parked + self.strays + self.recheck
