"""Signing on the officer's or the applicant's screen: the fall-back where there is no pad.

The window draws and this kind of pad waits: whoever draws writes into the pad's inlet, from any
thread, and the call that waits for a signature gets it. Nothing here knows a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, NoSignature, NotConnected
from devices.signature_pad import PenInlet, SignaturePad
from devices.strokes import Strokes

if TYPE_CHECKING:
    from devices.catalog import Place

DURING = "pad.capture"
SLICE = 0.05


class ScreenPad(SignaturePad):
    """A pad that is a part of the screen."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open = False
        self._inlet = PenInlet()

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(DeviceKind.SIGNATURE_PAD, self._name, "", "Screen", "")

    @property
    def inlet(self) -> PenInlet:
        return self._inlet

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.SIGNATURE_PAD, "open")
        self._open = True

    def close(self) -> None:
        self._open = False

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.SIGNATURE_PAD, "health")
        return Health.judged(() if self._open else (HealthReason.CLOSED,))

    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._inlet.wipe()

    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        if not self._open:
            raise NotConnected(DeviceKind.SIGNATURE_PAD, DURING)
        deadline = Deadline(timeout)
        with self._inlet.waiting_for_it():
            while True:
                if cancel is not None and cancel.is_set():
                    raise Cancelled(DeviceKind.SIGNATURE_PAD, DURING)
                strokes = self._inlet.take(min(SLICE, deadline.left()))
                if strokes is not None:
                    break
                if not deadline.left():
                    raise NoSignature
        if strokes.empty:
            raise NoSignature
        return strokes


def make(place: Place) -> ScreenPad:
    """The pad at a place."""
    return ScreenPad(place.name)
