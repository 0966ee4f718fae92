"""A simulated signature pad: people sign by handing it strokes."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from devices.device import Cancel, DeviceKind
from devices.errors import NoSignature, PenStuck
from devices.signature_pad import SignaturePad
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName
from devices.strokes import Strokes


class PadCore(SimulatorCore):
    """A pad and the signatures given on it that nobody took yet."""

    def __init__(self, name: str = "signature_pad", serial: str = "SIM-SP-0001") -> None:
        super().__init__(DeviceKind.SIGNATURE_PAD, name, "Signature Pad Simulator", serial)
        self._given: deque[Strokes] = deque()

    @property
    def signed(self) -> bool:
        """Whether a signature waits."""
        return bool(self._given)

    def sign(self, strokes: Strokes) -> None:
        """Sign and confirm."""
        with self.lock:
            self._given.append(strokes)

    def take(self) -> Strokes | None:
        """The oldest signature that waits."""
        with self.lock:
            return self._given.popleft() if self._given else None

    def wipe(self) -> None:
        """Forget what was signed."""
        with self.lock:
            self._given.clear()


class SimulatedSignaturePad(SimulatedDevice[PadCore], SignaturePad):
    """The adapter of a PadCore."""

    CONFIRM = 0.5

    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        core = self._core
        budget = self._begin(timeout, cancel, "pad.capture")
        if not budget.wait_for(lambda: core.signed, "pad.capture"):
            raise NoSignature
        fault = self._step("pad.capture", self.CONFIRM, budget)
        strokes = core.take()
        if fault is not None and fault.stays:
            core.script.stand(fault)
        if strokes is None or (fault is not None and fault.fault is FaultName.NO_STROKES):
            raise NoSignature
        if fault is not None and fault.fault is FaultName.STUCK_PEN:
            raise PenStuck
        if fault is not None and fault.fault is FaultName.LOST_PACKETS:
            strokes = thinned(strokes, fault.count)
        if strokes.empty:
            raise NoSignature
        budget.spend(strokes.milliseconds / 1000, "pad.capture")
        return strokes

    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._begin(timeout, cancel, "pad.clear")
        self._core.wipe()


def thinned(strokes: Strokes, count: int) -> Strokes:
    """The signature without so many samples of its middle, as a poor line leaves it."""
    middle = len(strokes.points) // 2
    return replace(strokes, points=strokes.points[:middle] + strokes.points[middle + count :])
