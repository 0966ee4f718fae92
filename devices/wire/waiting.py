"""Since when an answer is owed on a line, for whoever looks on from another thread.

The call that waits keeps waiting: a late answer is still an answer. But the screen must not stand
still meanwhile. A machine that is slow (some are, while they print) isn't silent: what its answers
took of late is allowed for.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

OF_LATE = 120
"""Answers that tell how slow it is."""
SLOWER = 2.0
"""An answer may take so much longer than the slowest of them."""
MOST = 5.0
"""Seconds that are allowed for slowness at most."""


class Waiting:
    """One question at a time; the newest counts."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due: float | None = None
        self._late: deque[float] = deque(maxlen=OF_LATE)
        self._allowed = 0.0

    @contextmanager
    def answer(self, after: float = 0.0) -> Generator[None]:
        """A question is put; its answer may take `after` seconds before it counts as owed."""
        due = self._due = self._now() + after
        try:
            yield
            self._late.append(max(0.0, self._now() - due))
            self._allowed = min(MOST, SLOWER * max(self._late))
        finally:
            self._due = None

    @property
    def seconds(self) -> float:
        """How long the answer is owed; 0 where none is."""
        due = self._due
        return 0.0 if due is None else max(0.0, self._now() - due - self._allowed)
