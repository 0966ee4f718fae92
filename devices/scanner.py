"""Barcode scanners: they push what they read, whenever an officer pulls the trigger.

Serial ones send lines; keyboard wedges type, and are told from a person by their pace. Both
decoders are plain here, so that adapters only bring the bytes or the keys.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from enum import StrEnum

from devices.device import Device

OnScan = Callable[[str], None]


class ScannerType(StrEnum):
    """How scans arrive."""

    SERIAL = "serial"
    WEDGE = "wedge"


class Scanner(Device):
    """A scanner. Texts arrive without prefix and suffix, once for each time it beeped."""

    @abstractmethod
    def on_scan(self, callback: OnScan) -> Callable[[], None]:
        """Call back for every scan, on whatever thread it arrives; returns how to stop that."""


class ScanLines:
    """Turns the bytes of a serial scanner into scans (each ends with CR, LF or both)."""

    LONGEST = 4096

    def __init__(self) -> None:
        self._rest = b""
        self.garbled = 0

    def feed(self, data: bytes) -> list[str]:
        """The scans completed by these bytes; unreadable ones are counted in `garbled`."""
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        if len(self._rest) > self.LONGEST:
            self._rest, self.garbled = b"", self.garbled + 1
        texts: list[str] = []
        for line in lines:
            if not line:
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                text = ""
            if text and text.isprintable() and len(line) <= self.LONGEST:
                texts.append(text)
            else:
                self.garbled += 1
        return texts


class WedgeKeys:
    """Tells a wedge scanner's keys from a person's by their pace.

    Keys closer together than `gap` seconds form a burst; a burst of at least `shortest` keys that
    ends with Enter is a scan. The caller hands over every key with its monotonic time and swallows
    those of a burst, so that a scan never presses a button.
    """

    def __init__(self, gap: float = 0.035, shortest: int = 4, prefix: str = "") -> None:
        self._gap = round(gap * 1_000_000_000)
        self._shortest = shortest
        self._prefix = prefix
        self._keys = ""
        self._last: int | None = None

    @property
    def in_burst(self) -> bool:
        """Whether the keys so far come faster than fingers."""
        return len(self._keys) >= 2

    def feed(self, text: str, tick: int) -> str | None:
        """Take one key ("\\r" for Enter) at a monotonic nanosecond; the scan when it is whole."""
        if self._last is not None and tick - self._last > self._gap:
            self._keys = ""
        self._last = tick
        if text not in {"\r", "\n"}:
            self._keys += text
            return None
        keys, self._keys, self._last = self._keys, "", None
        if len(keys) < self._shortest or not keys.startswith(self._prefix):
            return None
        return keys.removeprefix(self._prefix)
