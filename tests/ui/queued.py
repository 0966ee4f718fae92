"""Real lanes for a window's test: what they found arrives when the test lets it."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue

from desktop.lanes import Lanes, raise_it

LONGEST = 20.0
"""Seconds after which work that doesn't end fails the test."""


class Queued:
    """`lanes` for a desk; `deliver()` waits for all work and hands over what came of it."""

    def __init__(self) -> None:
        self._news: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.lanes = Lanes(self._news.put, raise_it)

    def deliver(self) -> None:
        """Until nothing runs, waits or is on its way."""
        while True:
            assert self.lanes.wait_idle(LONGEST)
            try:
                self._news.get_nowait()()
            except Empty:
                return
