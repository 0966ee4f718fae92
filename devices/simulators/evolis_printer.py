"""The simulated Evolis printer on its wires: a TCP server on loopback, or a pseudo-terminal.

    with EvolisPrinter(PrinterCore()) as printer:
        port = printer.listen()               # the maker's SDK, or our adapter, may connect
        name = printer.attach(folder / "ttyPRN")  # a serial cable: printer.unplug(), plug()
        printer.core.order(Fault("print.panel.c", FaultName.JAM))
        printer.core.truth                    # its own truth: cards, panels, ribbon
        printer.machine.received              # every job, decoded

Faults come from the one fault script: the mechanics' steps as everywhere, and `wire.<command>`
("wire.Rpst", "wire.job") for what only a wire can do. To let its card meet a real reader:
`printer.core.on_station(...)`, see `at_chip_station`.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from devices.device import Pause, Station
from devices.simulators.card_printer import PrinterTimes
from devices.simulators.evolis_machine import EvolisMachine, LineDropped, NoReply
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.simulators.pty_line import PtyLine
from devices.wire.evolis import CR, NUL
from devices.wire.evolis_job import JOB_BEGINS, JOB_ENDS

FOREIGN_PROBE = b"\x1c\x6e"
"""The SDK asks for another family first, and waits half a minute unless the line is closed."""
IDLE = 5.0
"""Seconds after which a caller that went away without a word is forgotten."""
SILENT_FOR = 600.0
_SLICE = 0.2
_PIECE = 1 << 18

PutCard = Callable[[PlasticCard | None], object]


def at_chip_station(core: PrinterCore, put: PutCard, *stations: Station) -> None:
    """Let the card at these stations (contact and contactless) lie on a reader: `put` gets it."""
    wanted = stations or (Station.CONTACT, Station.CONTACTLESS)

    def moved(station: Station, card: PlasticCard | None) -> None:
        if station in wanted:
            put(card)

    core.on_station(moved)


class EvolisPrinter:
    """One simulated printer and its lines. Ends them when it is closed."""

    def __init__(
        self,
        core: PrinterCore,
        pause: Pause = real_pause,
        times: PrinterTimes | None = None,
    ) -> None:
        self.core = core
        self.machine = EvolisMachine(core, pause, times)
        self._closing = threading.Event()
        self._hands = threading.Lock()
        self._plugs = 0
        self._threads: list[threading.Thread] = []
        self._server: socket.socket | None = None
        self._cable: PtyLine | None = None

    def __enter__(self) -> EvolisPrinter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def listen(self, port: int = 0) -> int:
        """Answer on TCP, on loopback alone; the port."""
        server = socket.create_server(("127.0.0.1", port), backlog=16)
        server.settimeout(_SLICE)
        self._server = server
        self._start(lambda: self._accept(server))
        return int(server.getsockname()[1])

    def attach(self, port: Path) -> str:
        """Answer on a pseudo-terminal that appears as `port`; the name that the other side opens.

        An order to unplug that strikes in mid-call pulls the cable, like `unplug`.
        """
        cable = self._cable = PtyLine(port)
        cable.plug()
        self._start(lambda: self._serve_wire(cable))
        return str(port)

    def unplug(self) -> None:
        """Pull the cable: the port is gone, whoever holds it learns it at once."""
        with self._hands:
            self.core.unplug()
            if self._cable is not None:
                self._cable.unplug()

    def plug(self) -> None:
        """Put the cable back: the port is there again under its name."""
        with self._hands:
            self._plugs += 1
            self.core.plug()
            if self._cable is not None:
                self._cable.plug()

    def close(self) -> None:
        """Let go of all lines and wait for what runs."""
        self._closing.set()
        if self._server is not None:
            _wake(self._server)
        for thread in tuple(self._threads):
            thread.join(10)
        self.machine.settle(10)
        if self._cable is not None:
            self._cable.unplug()

    # -- TCP -------------------------------------------------------------------------------

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="evolis-line", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, server: socket.socket) -> None:
        while not self._closing.is_set():
            try:
                caller, _ = server.accept()
            except TimeoutError:
                continue
            except OSError:
                break
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._start(lambda caller=caller: self._serve(caller))
        server.close()

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            caller.settimeout(_SLICE)
            if not self.core.connected:
                _reset(caller)
                return
            try:
                raw = self._hear(caller)
                if raw is not None:
                    caller.settimeout(IDLE)
                    caller.sendall(self.machine.answer(raw))
            except LineDropped:
                _reset(caller)
            except NoReply:
                self._stay_silent()
            except OSError:
                return

    def _hear(self, caller: socket.socket) -> bytes | None:
        """One message, until the caller ends it; None from one that went away or is foreign."""
        found = bytearray()
        waited = 0.0
        while not self._closing.is_set() and waited < IDLE:
            try:
                piece = caller.recv(_PIECE)
            except TimeoutError:
                waited += _SLICE
                continue
            waited = 0.0
            if not piece:
                return bytes(found)
            found += piece
            if found.startswith(FOREIGN_PROBE):
                return None
            if found.endswith(CR + NUL) and not found.startswith(JOB_BEGINS):
                return bytes(found)
        return None

    def _stay_silent(self) -> None:
        """Hold the line without a word; the caller's patience is its own."""
        self._closing.wait(SILENT_FOR)

    # -- serial ----------------------------------------------------------------------------

    def _serve_wire(self, cable: PtyLine) -> None:
        found = bytearray()
        while not self._closing.is_set():
            if not cable.plugged:
                found.clear()  # what was said before the cable was pulled is nobody's any more
                self._closing.wait(_SLICE / 10)
                continue
            found += cable.heard()
            while (cut := _message_end(found)) is not None:
                raw, found = bytes(found[:cut]), found[cut:]
                if not raw.strip(CR + NUL + b"\n"):
                    continue
                plugs = self._plugs
                try:
                    cable.send(self.machine.answer(raw).rstrip(NUL), self._closing)
                except NoReply:
                    continue
                except LineDropped:
                    found.clear()
                    self._drop(cable, plugs)

    def _drop(self, cable: PtyLine, plugs: int) -> None:
        """Hang up; a cable that somebody put back meanwhile is there again."""
        with self._hands:
            cable.unplug()
            if self._plugs != plugs:
                cable.plug()


def _wake(server: socket.socket) -> None:
    """Let a server that waits for callers look up."""
    try:
        socket.create_connection(server.getsockname(), _SLICE).close()
    except OSError:
        return


def _message_end(found: bytearray) -> int | None:
    """Where the first whole message on a serial line ends."""
    if found.startswith(JOB_BEGINS):
        at = found.rfind(JOB_ENDS)
        if at < 0:
            return None
        end = found.find(CR, at + len(JOB_ENDS))
        return None if end < 0 else end + 1
    at = found.find(CR)
    return None if at < 0 else at + 1


def _reset(caller: socket.socket) -> None:
    """End the line as a pulled plug does: with a reset."""
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
