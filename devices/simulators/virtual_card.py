"""A chip card behind the real PC/SC daemon: the in-process card at the far end of vpcd's wire.

vpcd (the virtual reader of the vsmartcard project) listens on a port and takes a connection for a
card: connecting inserts it, closing removes it. Every message is two bytes of length and a body. A
body of one byte is control (0 power off, 1 power on, 2 reset, none of them answered; 4 asks for
the ATR); any other body is a command APDU, answered with a response APDU.

vpcd writes length and body apart; without TCP_QUICKACK before each read Nagle's algorithm and the
delayed acknowledgement cost 44 ms for each command.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

from devices.simulators.card_reader import CHIP_STEPS, ReaderCore
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import ATR, ChipSession, PlasticCard
from devices.wire.apdu import Response

GARBAGE_ATR = bytes.fromhex("3B1337")
"""Announces what it doesn't bring, as dirty contacts give it."""

_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0, 1, 2, 4
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)

Connect = Callable[[], socket.socket]


def loopback(port: int) -> Connect:
    """Connections to a vpcd on this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=5)


class VirtualReader(ReaderCore):
    """A slot of vpcd and the card that is put into it.

    Cards and faults are those of ReaderCore: the same chip answers, the same script is struck, at
    "wait" when the chip is powered and at "chip.select" and so on by its commands. MUTE and SILENT
    never answer until the card is taken away; TEAR takes it away before the command is done. The
    cable and the power of vpcd's reader are its daemon's: here only the card goes down with them.
    """

    def __init__(
        self,
        connect: Connect,
        name: str = "chip_station",
        serial: str = "SIM-VC-0001",
    ) -> None:
        super().__init__(name, serial)
        self._connect = connect
        self._seat: _Seat | None = None
        self.commands = 0
        self.owes = threading.Event()
        """Set while a card lies there that will never answer."""

    def put(self, card: PlasticCard | None) -> PlasticCard | None:
        """Insert a card, or take it away; the one that lay there before."""
        with self.lock:
            seat, self._seat = self._seat, None
            before = super().put(card)
        if seat is not None:
            seat.leave()
        if card is not None:
            fresh = _Seat(self, self._connect())
            with self.lock:
                self._seat = fresh
            fresh.start()
        return before

    def unplug(self) -> None:
        """Pull the reader's cable; the card goes down with it."""
        super().unplug()
        self.put(None)

    def reset(self) -> None:
        """Power the chip anew: it forgets what was selected."""
        with self.lock:
            card = self._card
            self.session = ChipSession(card.chip) if card is not None else None

    @property
    def on_its_own(self) -> bool:
        """Whether it is the card itself that acts now, and no hand."""
        return isinstance(threading.current_thread(), _Seat)


class _Seat(threading.Thread):
    """One insertion: it answers until the card or the daemon goes away."""

    def __init__(self, core: VirtualReader, line: socket.socket) -> None:
        super().__init__(name=f"virtual card {core.name}", daemon=True)
        self._core = core
        self._line = line
        self._gone = threading.Event()
        self._atr = ATR
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def leave(self) -> None:
        """Take the card out."""
        self._gone.set()
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self:
            self.join(5)

    def run(self) -> None:
        with self._line, contextlib.suppress(OSError, EOFError):
            while not self._gone.is_set():
                body = self._hear(int.from_bytes(self._hear(2), "big"))
                answer = self._control(body[0]) if len(body) == 1 else self._command(body)
                if answer is not None and not self._gone.is_set():
                    self._line.sendall(len(answer).to_bytes(2, "big") + answer)

    def _hear(self, count: int) -> bytes:
        heard = bytearray()
        while len(heard) < count:
            if _QUICKACK is not None:
                self._line.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
            piece = self._line.recv(count - len(heard))
            if not piece:
                raise EOFError
            heard += piece
        return bytes(heard)

    def _control(self, code: int) -> bytes | None:
        if code == _GET_ATR:
            return self._atr
        if code in {_POWER_ON, _RESET}:
            self._core.reset()
            self._power_up()
        return None

    def _power_up(self) -> None:
        """What "wait" orders decides the ATR until the next time."""
        self._atr = ATR
        fault = self._struck("wait")
        if fault is None:
            return
        match fault.fault:
            case FaultName.SLOW:
                self._gone.wait(fault.seconds * self._core.pace)
            case FaultName.GARBAGE:
                self._atr = GARBAGE_ATR
            case FaultName.SILENT:
                self._atr = b""
            case _:
                pass

    def _command(self, raw: bytes) -> bytes | None:
        self._core.commands += 1
        fault = self._struck(CHIP_STEPS.get(raw[1] if len(raw) > 1 else 0, "chip.other"))
        session = self._core.session
        if session is None:
            return None
        if fault is None:
            return session.answer(raw)
        match fault.fault:
            case FaultName.SLOW:
                self._gone.wait(fault.seconds * self._core.pace)
            case FaultName.GARBAGE:
                return b"\x90"
            case FaultName.MUTE | FaultName.SILENT:
                self._core.owes.set()
                self._gone.wait()
                self._core.owes.clear()
                return None
            case FaultName.AUTHENTICATION_FAILED:
                return Response(b"", 0x63C2).encode()
            case FaultName.WRONG_CARD:
                return Response(b"", 0x6A82).encode()
            case FaultName.DEAD_CHIP:
                session.chip.dead = True
            case _:
                return None
        return session.answer(raw)

    def _struck(self, step: str) -> Fault | None:
        fault = self._core.script.strike(step)
        if fault is None:
            return None
        if fault.fault is FaultName.TEAR:
            self._core.put(None)
        elif fault.fault in {FaultName.UNPLUGGED, FaultName.POWER_CUT}:
            self._core.unplug()
            if not fault.stays:
                self._core.plug()
        elif fault.stays:
            self._core.script.stand(fault)
        return fault
