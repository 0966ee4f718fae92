"""The line to whoever speaks IPP: where it listens, and a socket whose every wait ends in time.

Waits are cut into slices, so that a call ends at its deadline and a cancel is heard within a tenth
of a second, in the middle of a document too.
"""

from __future__ import annotations

import io
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import Cancelled, TimedOut

PORT = 631
SLICE = 0.1


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody listens: host and port, or the path of a socket file."""

    host: str
    port: int = PORT
    path: str = ""

    @classmethod
    def read(cls, server: str) -> Address:
        """From a setting: "host", "host:port", "[::1]:631" or "/run/cups/cups.sock".

        Raises ValueError for anything else.
        """
        server = server.strip()
        if server.startswith("/"):
            return cls("localhost", PORT, server)
        parts = urlsplit(f"//{server}")
        if not parts.hostname or parts.path or parts.query or parts.username is not None:
            raise ValueError("no server")
        return cls(parts.hostname, parts.port or PORT)

    @property
    def authority(self) -> str:
        """Host and port as a URI has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Line:
    """A socket for http.client whose every wait ends at the deadline or on a cancel."""

    def __init__(self, sock: socket.socket, limit: Limit) -> None:
        self._sock = sock
        self._limit = limit
        sock.setblocking(False)

    def _wait(self, *, writing: bool) -> None:
        while True:
            seconds = min(SLICE, self._limit.check())
            wanted = [self._sock]
            read, write, _ = select.select(
                [] if writing else wanted, wanted if writing else [], [], seconds
            )
            if read or write:
                return

    def sendall(self, data: Any) -> None:
        """Send it all. Raises TimedOut, Cancelled, OSError."""
        view = memoryview(data).cast("B")
        while view:
            self._wait(writing=True)
            try:
                view = view[self._sock.send(view[:65536]) :]
            except BlockingIOError:
                continue

    def read_into(self, buffer: Any) -> int:
        """Read what is there; the number of bytes, 0 at the end. Raises as `sendall` does."""
        while True:
            self._wait(writing=False)
            try:
                return self._sock.recv_into(buffer)
            except BlockingIOError:
                continue

    def makefile(self, mode: str, *args: object) -> io.BufferedReader:
        """What http.client reads an answer from."""
        return io.BufferedReader(_Ear(self))

    def close(self) -> None:
        """http.client lets go of a line before its answer is read; `hang_up` ends it."""

    def hang_up(self) -> None:
        """End it."""
        self._sock.close()


class _Ear(io.RawIOBase):
    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._line.read_into(buffer)


class Limit:
    """The seconds and the cancel event of one call that is made of several questions."""

    def __init__(self, kind: DeviceKind, timeout: float, cancel: Cancel, during: str) -> None:
        self.kind = kind
        self.during = during
        self._allowed = timeout
        self._deadline = Deadline(timeout)
        self._cancel = cancel

    def within(self, seconds: float) -> Limit:
        """The limits of one question of the call. Raises TimedOut and Cancelled."""
        return Limit(self.kind, min(seconds, self.check()), self._cancel, self.during)

    def check(self) -> float:
        """Seconds left. Raises TimedOut and Cancelled."""
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled(self.kind, self.during)
        left = self._deadline.left()
        if left <= 0:
            raise TimedOut(self.kind, self._allowed, self.during)
        return left


Dial = Callable[[Address, Limit], socket.socket]
"""How a connection to an address is made."""


def connected(address: Address, limit: Limit) -> socket.socket:
    """A connection over TCP or the service's socket file. Raises OSError."""
    limit.check()
    if address.path:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    # A host that drops packets: a second attempt by somebody else is better than a long wait.
    line = socket.create_connection((address.host, address.port), min(limit.check(), 3.0))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line
