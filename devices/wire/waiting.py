"""Since when an answer is owed on a line, for whoever looks on from another thread.

The call that waits keeps waiting: a late answer is still an answer. But the screen must not stand
still meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager


class Waiting:
    """One question at a time; the newest counts."""

    def __init__(self) -> None:
        self._due: float | None = None

    @contextmanager
    def answer(self, after: float = 0.0) -> Generator[None]:
        """A question is put; its answer may take `after` seconds before it counts as owed."""
        self._due = time.monotonic() + after
        try:
            yield
        finally:
            self._due = None

    @property
    def seconds(self) -> float:
        """How long the answer is owed; 0 where none is."""
        due = self._due
        return 0.0 if due is None else max(0.0, time.monotonic() - due)
