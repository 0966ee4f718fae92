"""A serial barcode scanner at the far end of its cable: it sends a line for each beep.

The core is the in-process simulator's ScannerCore, whose listener this is: whoever pulls the
trigger calls `core.scan(text)` and its faults spoil what goes out.
"""

from __future__ import annotations

from pathlib import Path

from devices.simulators.faults import FaultName
from devices.simulators.pty_line import PtyLine
from devices.simulators.scanner import ScannerCore, garbled


class ScannerSerial:
    """The scanner on its cable; a context manager that plugs it in and takes it away."""

    def __init__(
        self,
        port: Path,
        core: ScannerCore | None = None,
        *,
        prefix: str = "",
        suffix: str = "\r\n",
    ) -> None:
        self.core = core or ScannerCore()
        self.line = PtyLine(port)
        self._prefix = prefix
        self._suffix = suffix

    @property
    def port(self) -> str:
        """The name to open."""
        return str(self.line.port)

    def __enter__(self) -> ScannerSerial:
        self.line.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.line.unplug()

    def unplug(self) -> None:
        """Pull the cable."""
        self.core.unplug()
        self.line.unplug()

    def plug(self) -> None:
        """Put it back."""
        self.core.remedy()
        self.line.plug()

    def scan(self, text: str) -> bool:
        """Pull the trigger; whether it beeped."""
        if not self.core.connected:
            return False
        fault = self.core.script.strike("scan")
        raw = f"{self._prefix}{text}{self._suffix}".encode()
        match fault.fault if fault else None:
            case FaultName.SILENT:
                return False
            case FaultName.UNPLUGGED | FaultName.POWER_CUT:
                self.unplug()
                return False
            case FaultName.DOUBLE_SCAN:
                return self.line.send(raw + raw)
            case FaultName.GARBLED_SCAN | FaultName.GARBAGE:
                return self.line.send(f"{self._prefix}{garbled(text)}\x00{self._suffix}".encode())
            case FaultName.SPLIT_SCAN:
                return all(self.line.send(raw[at : at + 3]) for at in range(0, len(raw), 3))
            case _:
                return self.line.send(raw)
