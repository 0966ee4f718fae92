"""Barcode scanners in serial mode (USB CDC or a real port): one line for each beep.

No focus, no keyboard layout and no doubt whether hands typed it: the mode to prefer where the
scanner has it. A thread of its own listens while the scanner is open, because nobody asks a
scanner: it tells.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.adapters.options import SERIAL_SCANNER
from devices.device import Cancel, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, DeviceFault
from devices.options import read_options
from devices.scanner import OnScan, ScanLines, Scanner
from devices.wire.serial_line import FoundPort, LineSettings, SerialLine, ports
from devices.wire.tape import NO_TAPE, Tape

if TYPE_CHECKING:
    from devices.catalog import Place

PARITIES = {"none": "N", "odd": "O", "even": "E"}
MAKERS = frozenset({0x05E0, 0x0C2E, 0x05F9, 0x1EAB, 0x0483, 0x1A86, 0x2DD6})
"""USB vendors whose scanners are seen with a serial port: Zebra (Symbol), Honeywell, Datalogic,
Newland, and the chips of many cheap ones. A guess to start from; the officer chooses."""


def found() -> list[FoundPort]:
    """USB serial ports; those of scanner makers stand first."""
    usb = [port for port in ports() if port.vendor]
    return sorted(usb, key=lambda port: (port.vendor not in MAKERS, port.port))


class RepeatGuard:
    """Lets the same text through once within so many seconds: triggers are held too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: tuple[str, float] = ("", float("-inf"))

    def fresh(self, text: str, now: float) -> bool:
        """Whether this is a scan of its own."""
        last, at = self._last
        self._last = (text, now)
        return text != last or now - at >= self._seconds


class SerialScanner(Scanner):
    """One scanner on a serial line."""

    OPTIONS = SERIAL_SCANNER

    def __init__(
        self,
        name: str,
        port: str,
        settings: LineSettings | None = None,
        *,
        prefix: str = "",
        suffix: str = "",
        repeat_seconds: float = 1.0,
        tape: Tape = NO_TAPE,
    ) -> None:
        self._name = name
        # What is scanned names a person's case, so a recording keeps only its digest.
        self._line = SerialLine(DeviceKind.SCANNER, port, settings or LineSettings(), tape)
        self._tape = tape
        self._prefix = prefix
        self._suffix = suffix
        self._guard = RepeatGuard(repeat_seconds)
        self._callbacks: list[OnScan] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.lines = ScanLines()

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(DeviceKind.SCANNER, self._name, "", "Serial", self._line.name)

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if self._line.is_open:
            return
        self._hush()
        self._line.open(cancel)
        self._line.forget_input("open")
        self.lines = ScanLines()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._listen, args=(self._stop,), name=f"{self._name}-line", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._hush()
        self._line.close()

    def _hush(self) -> None:
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(2.0)

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.SCANNER, "health")
        if self._line.is_open:
            return Health.judged(())
        lost = self._thread is not None
        return Health.judged((HealthReason.UNPLUGGED if lost else HealthReason.CLOSED,))

    def on_scan(self, callback: OnScan) -> Callable[[], None]:
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def _listen(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                data = self._line.read("scan")
            except DeviceFault:
                return  # the watch sees the closed line and opens it anew
            garbled = self.lines.garbled
            for text in self.lines.feed(data):
                self._tell(self._bare(text))
            if self.lines.garbled > garbled:
                self._tape.noted("garbled")

    def _bare(self, text: str) -> str:
        return text.removeprefix(self._prefix).removesuffix(self._suffix)

    def _tell(self, text: str) -> None:
        if text and self._guard.fresh(text, time.monotonic()):
            self._tape.noted("scan")
            for callback in tuple(self._callbacks):
                callback(text)


def make(place: Place) -> SerialScanner:
    """The scanner at a place."""
    options = read_options(SERIAL_SCANNER, place.options)
    return SerialScanner(
        place.name,
        str(options["port"]),
        LineSettings(int(float(options["baud"])), parity=PARITIES[str(options["parity"])]),
        prefix=str(options["scan_prefix"]),
        suffix=str(options["scan_suffix"]),
        repeat_seconds=float(options["repeat_seconds"]),
        tape=place.tape,
    )
