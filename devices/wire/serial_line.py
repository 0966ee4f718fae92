"""A serial line, told in the words of this house: found by pattern, held alone, lost by name.

Everything that pyserial and the system raise becomes a DeviceFault here, so that adapters speak
only of bytes. USB ports change their names when they are plugged elsewhere; a port is therefore
named by a pattern:

    COM3, /dev/ttyUSB0          that port
    /dev/ttyUSB*, COM*          the first that matches, in order
    usb:0403:6001               the first with that USB vendor and product
    usb:0403:6001:FT1234        that very one, by its serial number
"""

from __future__ import annotations

import errno
import fnmatch
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devices.device import Cancel, DeviceKind
from devices.errors import Busy, Cancelled, NotConnected
from devices.wire.tape import NO_TAPE, Hidden, Tape

if TYPE_CHECKING:
    from serial import Serial


def _terminal_errors() -> tuple[type[Exception], ...]:
    """What pyserial lets through from termios, which Windows hasn't."""
    try:
        import termios
    except ImportError:
        return ()
    return (termios.error,)


_TERMINAL = _terminal_errors()
LINE_ERRORS: tuple[type[Exception], ...] = (OSError, *_TERMINAL)
"""What a call on an open port may raise when its cable is gone; SerialException is an OSError."""

SLICE = 0.05
"""Seconds after which a waiting read looks at its cancel event again."""
_TAKEN = frozenset({errno.EAGAIN, errno.EBUSY, errno.EWOULDBLOCK})


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Speed and frame: 19200 8O1 is `LineSettings(19200, 8, "O", 1)`."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: int = 1

    @property
    def seconds_a_byte(self) -> float:
        """What one byte takes on the wire, with its start, parity and stop bits."""
        return (1 + self.bits + (self.parity != "N") + self.stop) / self.baud


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this PC; vendor and product are 0 where it isn't USB."""

    port: str
    about: str = ""
    vendor: int = 0
    product: int = 0
    serial: str = ""


def ports() -> list[FoundPort]:
    """The serial ports that the system lists, in the order of their names."""
    from serial.tools import list_ports

    return sorted(
        (
            FoundPort(
                item.device, item.description or "", item.vid or 0, item.pid or 0,
                item.serial_number or "",
            )
            for item in list_ports.comports()
        ),
        key=lambda found: found.port,
    )  # fmt: skip


def matching(pattern: str, listed: Iterable[FoundPort]) -> list[str]:
    """The ports that a pattern means, best first."""
    wanted = pattern.strip()
    if wanted.lower().startswith("usb:"):
        vendor, _, rest = wanted[4:].partition(":")
        product, _, serial = rest.partition(":")
        return [
            found.port
            for found in listed
            if f"{found.vendor:04x}" == vendor.lower()
            and (not product or f"{found.product:04x}" == product.lower())
            and (not serial or found.serial == serial)
        ]
    if not any(sign in wanted for sign in "*?["):
        return [wanted] if wanted else []
    names = [found.port for found in listed if fnmatch.fnmatch(found.port, wanted)]
    if sys.platform != "win32":
        files = sorted(str(path) for path in Path("/").glob(wanted.lstrip("/")))
        names += [name for name in files if name not in names]
    return names


def is_taken(refusal: Exception) -> bool:
    """Whether a port can't be opened because another program holds it."""
    # Windows says "access denied" where Linux says that the lock is held.
    return getattr(refusal, "errno", None) in _TAKEN or "PermissionError" in str(refusal)


class SerialLine:
    """One port, opened for this program alone."""

    def __init__(
        self,
        kind: DeviceKind,
        pattern: str,
        settings: LineSettings,
        tape: Tape = NO_TAPE,
        *,
        personal: bool = True,
    ) -> None:
        self._kind = kind
        self._pattern = pattern
        self.settings = settings
        self._tape = tape
        self._personal = personal
        self._port: Serial | None = None

    @property
    def is_open(self) -> bool:
        """Whether the port is held, as far as is known without asking."""
        return self._port is not None

    @property
    def port(self) -> Serial | None:
        """The port as pyserial has it."""
        return self._port

    @property
    def name(self) -> str:
        """The port's own name, or the pattern while none is open."""
        return (self._port.port or "") if self._port is not None else self._pattern

    def open(self, cancel: Cancel = None) -> None:
        """Take the first port of the pattern that can be had. Raises NotConnected, Busy."""
        if self._port is not None:
            return
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, "open")
        taken = False
        for name in matching(self._pattern, ports()):
            try:
                self._port = self._opened(name)
            except (*LINE_ERRORS, ValueError) as refusal:
                taken |= is_taken(refusal)
                continue
            self._tape.noted("open")
            return
        if taken:
            raise Busy(self._kind)
        raise NotConnected(self._kind, "open")

    def _opened(self, name: str) -> Serial:
        import serial

        settings = self.settings
        # A pseudo-terminal carries no parity bit, and glibc refuses to pretend (EINVAL).
        bare = str(Path(name).resolve()).startswith("/dev/pts/")
        return serial.Serial(
            name, settings.baud, settings.bits, "N" if bare else settings.parity, settings.stop,
            timeout=SLICE, write_timeout=1.0, exclusive=True,
        )  # fmt: skip

    def read(self, during: str, cancel: Cancel = None, seconds: float = SLICE) -> bytes:
        """What came within at most that time; nothing is an answer too.

        Raises NotConnected when the line was lost, Cancelled.
        """
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._kind, during)
        port = self._held(during)
        try:
            port.timeout = min(seconds, SLICE)
            data = bytes(port.read(1))
            if data:
                data += bytes(port.read(port.in_waiting))
        except LINE_ERRORS as lost:
            self._lose()
            raise NotConnected(self._kind, during) from lost
        except TypeError as lost:  # pyserial, when another thread closed the port meanwhile
            self._lose()
            raise NotConnected(self._kind, during) from lost
        if data:
            self._tell(data)
        return data

    def write(self, data: bytes, during: str) -> None:
        """Send bytes. Raises NotConnected."""
        port = self._held(during)
        try:
            port.write(data)
            port.flush()
        except LINE_ERRORS as lost:
            self._lose()
            raise NotConnected(self._kind, during) from lost
        self._tape.sent(data)

    def forget_input(self, during: str) -> None:
        """Throw away what came and wasn't read. Raises NotConnected."""
        port = self._held(during)
        try:
            while port.in_waiting:
                port.read(port.in_waiting)
        except LINE_ERRORS as lost:
            self._lose()
            raise NotConnected(self._kind, during) from lost

    def alive(self) -> bool:
        """Whether the port still answers; a lost one is let go of."""
        if self._port is None:
            return False
        try:
            _ = self._port.in_waiting
        except LINE_ERRORS:
            self._lose()
            return False
        return True

    def close(self) -> None:
        """Let go of the port."""
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except LINE_ERRORS:
                pass  # it was gone already
            self._tape.noted("closed")

    def _lose(self) -> None:
        self._tape.heard(b"")
        self.close()

    def _held(self, during: str) -> Serial:
        if self._port is None:
            raise NotConnected(self._kind, during)
        return self._port

    def _tell(self, data: bytes) -> None:
        if self._tape.recording:
            # No digest either: a few bytes are quickly guessed, and with them a signature.
            self._tape.heard(Hidden(len(data), "") if self._personal else data)
