"""A simulated barcode scanner: people pull the trigger by handing it a text."""

from __future__ import annotations

from collections.abc import Callable

from devices.device import DeviceKind, Pause
from devices.scanner import OnScan, Scanner
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName


class ScannerCore(SimulatorCore):
    """A scanner and whoever listens on its line."""

    def __init__(self, name: str = "scanner", serial: str = "SIM-SC-0001") -> None:
        super().__init__(DeviceKind.SCANNER, name, "Scanner Simulator", serial)
        self._listeners: list[OnScan] = []

    @property
    def listened_to(self) -> bool:
        """Whether anybody listens on its line."""
        return bool(self._listeners)

    def scan(self, text: str) -> bool:
        """Pull the trigger; whether anybody could hear it."""
        if not self.connected:
            return False
        fault = self.script.strike("scan")
        name = fault.fault if fault else None
        if fault is not None and fault.stays and name is FaultName.SILENT:
            self.script.stand(fault)
        match name:
            case FaultName.SILENT:
                return False
            case FaultName.UNPLUGGED:
                self.unplug()
                return False
            case FaultName.POWER_CUT:
                self.cut_power()
                return False
            case _:
                pass
        if name in {FaultName.GARBLED_SCAN, FaultName.GARBAGE}:
            text = garbled(text)
        for _ in range(2 if name is FaultName.DOUBLE_SCAN else 1):
            for listener in tuple(self._listeners):
                listener(text)
        return self.listened_to

    def listen(self, listener: OnScan) -> Callable[[], None]:
        """Hear scans; returns how to stop."""
        with self.lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self.lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop


class SimulatedScanner(SimulatedDevice[ScannerCore], Scanner):
    """The adapter of a ScannerCore; it hears nothing while it is closed."""

    def __init__(self, core: ScannerCore, pause: Pause) -> None:
        super().__init__(core, pause)
        self._callbacks: list[OnScan] = []
        self._stop: Callable[[], None] = core.listen(self._heard)

    def on_scan(self, callback: OnScan) -> Callable[[], None]:
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def _heard(self, text: str) -> None:
        if self.is_open:
            for callback in tuple(self._callbacks):
                callback(text)


def garbled(text: str) -> str:
    """The text as a bad read gives it: cut short, one character wrong."""
    middle = len(text) // 2
    return text[: middle - 1] + "?" + text[middle:-1] if len(text) > 2 else "?"
