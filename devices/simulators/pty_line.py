"""The far end of a serial cable: a pseudo-terminal whose other side a program opens as a port.

The port keeps its name (a link in a folder) however often the cable is pulled and put back, as a
pattern in the settings does in the field. Where there are no pseudo-terminals (Windows), the same
simulators run in process.
"""

from __future__ import annotations

import os
import select
import threading
from pathlib import Path


class PtyLine:
    """One cable. `plug` makes the port appear, `unplug` hangs it up in mid-word."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self._lock = threading.Lock()
        self._hand = threading.Lock()
        self._pulling = threading.Event()
        self._master: int | None = None
        self._slave: int | None = None
        self._wake: tuple[int, int] | None = None

    @property
    def plugged(self) -> bool:
        """Whether there is a port to open."""
        return self._master is not None

    def plug(self) -> None:
        """Let the port appear."""
        import pty
        import tty

        with self._lock:
            if self._master is not None:
                return
            master, slave = pty.openpty()
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._master, self._slave, self._wake = master, slave, os.pipe()
            self.port.unlink(missing_ok=True)
            self.port.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        """Pull the cable: whoever reads the port learns it before this returns."""
        with self._hand:  # two may pull at once: whoever comes second finds it pulled
            wake = self._wake
            self._pulling.set()
            if wake is not None:
                os.write(wake[1], b"x")  # nobody may sit in a select: it would hold the line up
            with self._lock:
                ends = [self._master, self._slave, *(self._wake or ())]
                self._master = self._slave = self._wake = None
                self.port.unlink(missing_ok=True)
                for end in ends:
                    if end is not None:
                        os.close(end)
                self._pulling.clear()

    def send(self, data: bytes, stop: threading.Event | None = None) -> bool:
        """Send all of it, waiting while the listener is slow; False when the cable was pulled."""
        rest = data
        while rest:
            if stop is not None and stop.is_set():
                return False
            with self._lock:
                if self._master is None:
                    return False
                try:
                    rest = rest[os.write(self._master, rest) :]
                    continue
                except BlockingIOError:
                    pass
                except OSError:
                    return False
            if not self._wait(writing=True):
                return False
        return True

    def heard(self, seconds: float = 0.05) -> bytes:
        """What the program sent, within that time."""
        if not self._wait(writing=False, seconds=seconds):
            return b""
        with self._lock:
            if self._master is None:
                return b""
            try:
                return os.read(self._master, 4096)
            except OSError:  # nothing there after all, or nobody has the port open
                return b""

    def _wait(self, *, writing: bool, seconds: float = 0.05) -> bool:
        """Until the line can be used, or so long; False when there is none."""
        if self._pulling.is_set():
            return False
        with self._lock:
            if self._master is None or self._wake is None:
                return False
            ends, wake = [self._master], self._wake[0]
            ready = select.select(
                [wake] if writing else [wake, *ends], ends if writing else [], [], seconds
            )
            if wake in ready[0]:
                return False
            return True if writing else bool(ready[0])
