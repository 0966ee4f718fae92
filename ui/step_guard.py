"""Keeps a double Enter from skipping a step.

In a trial six quick Enters passed six steps. Here an Enter is refused when the keyboard repeats
it by itself, and within 120 ms after a step was entered; a refused Enter starts the wait anew, so
that hammering passes one step at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable

QUIET_MS = 120.0


def _milliseconds() -> float:
    return time.monotonic() * 1000


class StepGuard:
    """Ask `allows()` before acting on Enter; tell `entered()` when another step is shown."""

    def __init__(
        self, now: Callable[[], float] = _milliseconds, *, quiet_ms: float = QUIET_MS
    ) -> None:
        self._now = now
        self._quiet = quiet_ms
        self._since = float("-inf")

    def entered(self) -> None:
        """Another step is on the screen."""
        self._since = self._now()

    def allows(self, *, auto_repeat: bool = False) -> bool:
        """Whether an Enter pressed now is meant for what is shown."""
        moment = self._now()
        if moment - self._since < self._quiet or auto_repeat:
            self._since = moment
            return False
        return True
