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

PACKETS = frozenset({FaultName.LOST_PACKETS, FaultName.BROKEN_PACKETS, FaultName.CUT_PACKETS})


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
        if fault is not None and fault.fault in PACKETS:
            strokes = thinned(strokes, fault.fault)
        if strokes.empty:
            raise NoSignature
        budget.spend(strokes.milliseconds / 1000, "pad.capture")
        return strokes

    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._begin(timeout, cancel, "pad.clear")
        self._core.wipe()


def thinned(strokes: Strokes, fault: FaultName) -> Strokes:
    """The signature as a poor line leaves it: each packet that failed costs itself alone.

    Lost ones were one moment of the line, broken and cut ones are spread over the whole. The pen's
    lifts are told again and again by a pad, so none of them is lost.
    """
    down = [index for index, point in enumerate(strokes.points) if point.tip]
    third = len(down) // 3
    match fault:
        case FaultName.LOST_PACKETS:
            gone = set(down[third : 2 * third])
        case FaultName.BROKEN_PACKETS:
            gone = set(down[1::4])
        case _:
            gone = set(down[1::3])
    left = tuple(p for index, p in enumerate(strokes.points) if index not in gone)
    return replace(strokes, points=left)
