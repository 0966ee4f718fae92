"""Signature pads: strokes with time and pressure, in the channels of ISO/IEC 19794-7."""

from __future__ import annotations

from abc import abstractmethod

from devices.device import Cancel, Device
from devices.strokes import PenPoint, Strokes

__all__ = ["PenPoint", "SignaturePad", "Strokes"]


class SignaturePad(Device):
    """A pad with a pen."""

    @abstractmethod
    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        """Wait for a signature and its confirmation.

        Raises the LinkFaults; NoSignature when nobody signed in time; Garbage when what came
        can't be strokes.
        """

    @abstractmethod
    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Wipe the pad, so that the applicant may sign again."""
