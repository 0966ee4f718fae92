"""Signature pads: strokes with time and pressure, in the channels of ISO/IEC 19794-7."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Generator
from contextlib import contextmanager

from devices.device import Cancel, Device
from devices.strokes import PenPoint, Strokes

__all__ = ["PenInlet", "PenPoint", "SignaturePad", "Strokes"]


class PenInlet:
    """Where a window hands over what was drawn on it; safe from any thread.

    Only what is given while somebody waits counts: a signature meant for the last applicant must
    not become the next one's.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._given: Strokes | None = None
        self._wanted = False

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a signature now."""
        with self._changed:
            return self._wanted

    def give(self, strokes: Strokes) -> bool:
        """It is signed and confirmed; False (and forgotten) when nobody waits for it."""
        with self._changed:
            if not self._wanted:
                return False
            self._given = strokes
            self._changed.notify_all()
            return True

    def wipe(self) -> None:
        """Forget what was given."""
        with self._changed:
            self._given = None

    @contextmanager
    def waiting_for_it(self) -> Generator[None]:
        """Let a signature be given meanwhile."""
        with self._changed:
            self._wanted, self._given = True, None
        try:
            yield
        finally:
            with self._changed:
                self._wanted, self._given = False, None

    def take(self, seconds: float) -> Strokes | None:
        """What was given, waiting at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._given is not None, seconds)
            strokes, self._given = self._given, None
            return strokes


class SignaturePad(Device):
    """A pad with a pen."""

    @property
    def inlet(self) -> PenInlet | None:
        """Where to draw, for a pad that is part of the screen; None for one of its own."""
        return None

    @abstractmethod
    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        """Wait for a signature and its confirmation.

        Raises the LinkFaults; NoSignature when nobody signed in time; Garbage when what came
        can't be strokes.
        """

    @abstractmethod
    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Wipe the pad, so that the applicant may sign again."""
