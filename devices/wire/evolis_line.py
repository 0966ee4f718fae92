"""The two lines to an Evolis printer: TCP, one connection a command, and serial, one port for all.

Both turn what the operating system says into the devices' own faults, look at the cancel event
while they wait, and tell the tape what went over the wire; panels are told by length and digest,
because they hold a face.
"""

from __future__ import annotations

import select
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import Busy, Cancelled, Garbage, NotConnected, TimedOut
from devices.wire.evolis import (
    CR,
    MOVING,
    NUL,
    REPLY_MOST,
    Command,
    WireGarbage,
    decode_reply,
    is_whole,
)
from devices.wire.serial_line import LINE_ERRORS, is_taken, matching, ports
from devices.wire.tape import NO_TAPE, Hidden, Tape
from devices.wire.waiting import Waiting

if TYPE_CHECKING:
    from serial import Serial

SLICE = 0.05
"""Seconds between two looks at the cancel event."""
PIECE = 1 << 16
SERIAL_PIECE = 512
WRITING = 2.0
"""Seconds that a serial line may take for one piece: half a second at 9,600 baud, and as much again
for what its buffer held before."""


class _Stuck(Exception):
    """A serial line took a piece only in part, and nobody can say which: it can't be sent again."""


class Line(ABC):
    """Sends one message and waits for its reply; `end` closes a command on this line."""

    end: bytes = CR

    def __init__(self, tape: Tape = NO_TAPE) -> None:
        self._tape = tape
        self.waiting = Waiting()
        """Tells other threads how long a reply is owed."""

    def ask(self, command: Command, timeout: float, cancel: Cancel = None, during: str = "") -> str:
        """The reply's text. Raises NotConnected, TimedOut, Cancelled, Garbage."""
        message = command.encode(self.end)
        if self._tape.recording:
            self._tape.sent(message)
        with self.waiting.answer(command.working):
            return self._exchange(message, timeout, cancel, during)

    def send_job(
        self, stream: bytes, timeout: float, cancel: Cancel = None, during: str = ""
    ) -> str:
        """Send a card's whole stream and ask for the firmware behind it; the reply's text.

        A job has no reply of its own: the maker's SDK asks the same, to have one. Raises the same.
        """
        behind = self.end[1:] + Command("Rfv").encode(self.end)
        if self._tape.recording:
            self._tape.sent(Hidden.of(stream), behind)
        with self.waiting.answer(MOVING):
            return self._exchange(stream + behind, timeout, cancel, during)

    @abstractmethod
    def open(self, timeout: float, cancel: Cancel = None) -> None:
        """Take the line up. Raises NotConnected, Busy."""

    @abstractmethod
    def close(self) -> None:
        """Let the line go; never raises."""

    @abstractmethod
    def _talk(self, message: bytes, left: Callable[[], float]) -> bytes:
        """The reply's bytes; `left` gives the seconds left and raises when it is over."""

    def _exchange(self, message: bytes, timeout: float, cancel: Cancel, during: str) -> str:
        deadline = Deadline(timeout)

        def left() -> float:
            if cancel is not None and cancel.is_set():
                raise Cancelled(DeviceKind.CARD_PRINTER, during)
            if deadline.left() <= 0:
                raise TimedOut(DeviceKind.CARD_PRINTER, timeout, during)
            return min(SLICE, deadline.left())

        try:
            left()
            raw = self._talk(message, left)
        except (TimedOut, Cancelled):
            self._tape.noted("timeout")
            raise
        except _Stuck as stuck:
            self._tape.noted("timeout")
            raise TimedOut(DeviceKind.CARD_PRINTER, timeout, during) from stuck
        except LINE_ERRORS as error:
            self._tape.noted("reset")
            raise NotConnected(DeviceKind.CARD_PRINTER, during) from error
        self._tape.heard(raw)
        if not raw:
            raise NotConnected(DeviceKind.CARD_PRINTER, during)
        try:
            return decode_reply(raw)
        except WireGarbage as error:
            raise Garbage(DeviceKind.CARD_PRINTER, during) from error


class TcpLine(Line):
    """One connection a command: send, shut down writing, read until the printer closes."""

    end = CR + NUL

    def __init__(self, host: str, port: int, tape: Tape = NO_TAPE) -> None:
        super().__init__(tape)
        self._place = (host, port)

    def open(self, timeout: float, cancel: Cancel = None) -> None:
        """Nothing stays open between commands."""

    def close(self) -> None:
        """Nothing stays open between commands."""

    def _talk(self, message: bytes, left: Callable[[], float]) -> bytes:
        with self._connect(left) as line:
            rest = memoryview(message)
            while rest:
                _, ready, _ = select.select([], [line], [], left())
                if ready:
                    rest = rest[line.send(rest[:PIECE]) :]
            line.shutdown(socket.SHUT_WR)
            found = bytearray()
            while len(found) <= REPLY_MOST:
                ready, _, _ = select.select([line], [], [], left())
                if not ready:
                    continue
                piece = line.recv(REPLY_MOST)
                if not piece:
                    break
                found += piece
                if found.endswith(NUL):
                    break
            return bytes(found)

    def _connect(self, left: Callable[[], float]) -> socket.socket:
        """A connection, without waiting longer than asked; a printer that is off never answers."""
        family, kind, number, _, place = socket.getaddrinfo(*self._place, type=socket.SOCK_STREAM)[
            0
        ]
        line = socket.socket(family, kind, number)
        try:
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                line.connect(place)
            except BlockingIOError:
                while not select.select([], [line], [], left())[1]:
                    pass
            fault = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if fault:
                raise OSError(fault, "connect")
        except BaseException:
            line.close()
            raise
        return line


class SerialLine(Line):
    """One serial port for all commands: CR ends them and their replies."""

    end = CR

    def __init__(self, port: str, baud: int, tape: Tape = NO_TAPE) -> None:
        super().__init__(tape)
        self._name = port
        self._baud = baud
        self._port: Serial | None = None

    def open(self, timeout: float, cancel: Cancel = None) -> None:
        if self._port is not None:
            return
        from serial import Serial

        taken = False
        for name in matching(self._name, ports() if _is_pattern(self._name) else ()):
            try:
                self._port = Serial(
                    name, self._baud, timeout=SLICE, write_timeout=WRITING, exclusive=True
                )
            except (*LINE_ERRORS, ValueError) as refusal:
                taken |= is_taken(refusal)
                continue
            return
        if taken:
            raise Busy(DeviceKind.CARD_PRINTER)
        raise NotConnected(DeviceKind.CARD_PRINTER, "open")

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except LINE_ERRORS:
                self._tape.noted("reset")

    def _talk(self, message: bytes, left: Callable[[], float]) -> bytes:
        from serial import SerialTimeoutException

        port = self._port
        if port is None:
            raise NotConnected(DeviceKind.CARD_PRINTER, "open")
        port.reset_input_buffer()
        rest = memoryview(message)
        while rest:
            left()
            try:
                rest = rest[port.write(rest[:SERIAL_PIECE]) or 0 :]
            except SerialTimeoutException as stuck:
                raise _Stuck from stuck
        found = bytearray()
        while not is_whole(bytes(found)) and len(found) <= REPLY_MOST:
            port.timeout = left()
            found += port.read(max(1, port.in_waiting))
        return bytes(found)


def _is_pattern(name: str) -> bool:
    """Whether a port's name must be looked up among those that the system lists."""
    return "usb:" in name.lower() or any(sign in name for sign in "*?[")
