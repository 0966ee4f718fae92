"""A simulated fingerprint sensor: a finger matches the reference that equals it."""

from __future__ import annotations

from devices.device import Cancel, DeviceKind
from devices.errors import (
    Busy,
    ClockApart,
    ComparerRefused,
    ComparerUndecided,
    ComparerUnfit,
    NoFinger,
    NotTrusted,
    PoorFinger,
)
from devices.fingerprint import FingerMatch, FingerprintSensor, FingerSample, FingerTrial
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName

QUALITY = 84


class FingerCore(SimulatorCore):
    """A sensor and the finger on it."""

    def __init__(self, name: str = "fingerprint", serial: str = "SIM-FP-0001") -> None:
        super().__init__(DeviceKind.FINGERPRINT, name, "Fingerprint Simulator", serial)
        self._finger: bytes | None = None

    @property
    def finger(self) -> bytes | None:
        """The finger on the sensor."""
        return self._finger

    def lay(self, finger: bytes | None) -> None:
        """Lay a finger on the sensor, or lift it."""
        with self.lock:
            self._finger = finger


class SimulatedFingerprint(SimulatedDevice[FingerCore], FingerprintSensor):
    """The adapter of a FingerCore."""

    COMPARE = 0.8

    def take(self, *, timeout: float, cancel: Cancel = None) -> FingerSample:
        finger, _ = self._laid(timeout, cancel)
        return FingerSample(QUALITY, finger, self._core.serial)

    def match(self, reference: bytes, *, timeout: float, cancel: Cancel = None) -> FingerMatch:
        finger, name = self._laid(timeout, cancel)
        return self._compared(finger, reference, name)

    def try_out(self, *, timeout: float, cancel: Cancel = None) -> FingerTrial:
        finger, name = self._laid(timeout, cancel)
        if not self._compared(finger, finger, name).matched:
            raise ComparerUnfit(QUALITY)
        return FingerTrial(QUALITY, compared=True)

    @staticmethod
    def _compared(finger: bytes, reference: bytes, name: FaultName | None) -> FingerMatch:
        match name:
            case FaultName.COMPARER_ERROR:
                raise ComparerRefused(QUALITY, "SIM-500")
            case FaultName.NO_DECISION:
                raise ComparerUndecided(QUALITY)
            case _:
                same = finger == reference and name is not FaultName.FINGER_MISMATCH
        return FingerMatch(0.97, QUALITY, True) if same else FingerMatch(0.12, QUALITY, False)

    def _laid(self, timeout: float, cancel: Cancel) -> tuple[bytes, FaultName | None]:
        core = self._core
        budget = self._begin(timeout, cancel, "finger")
        if not budget.wait_for(lambda: core.finger is not None, "finger"):
            raise NoFinger
        fault = self._step("finger", self.COMPARE, budget)
        if fault is not None and fault.stays:
            core.script.stand(fault)
        name = fault.fault if fault else None
        finger = core.finger
        if name is FaultName.NO_FINGER or finger is None:
            raise NoFinger
        match name:
            case FaultName.POOR_FINGER:
                raise PoorFinger(21)
            case FaultName.BUSY:
                raise Busy(core.kind)
            case FaultName.BAD_SIGNATURE:
                raise NotTrusted(core.kind, "finger")
            case FaultName.CLOCK_APART:
                raise ClockApart(core.kind, 5400)
            case _:
                return finger, name
