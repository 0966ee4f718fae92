"""The far ends of a replay: one for each kind of wire, answering from the recording alone.

A family that isn't in `ENDS` says why in `UNPLAYED`. Nothing here knows what a message means but
where a message ends: TCP and serial lines of card printers, the pen stream of a serial pad, the
results of PC/SC, and questions of IPP.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from devices.device import Device
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.pty_line import PtyLine
from devices.wire.replay import (
    Ear,
    NotReplayable,
    OpenEnd,
    Recording,
    Step,
)
from devices.wire.replay_ipp import queue_end
from devices.wire.replay_people import camera_end, scanner_end, sensor_end, stu_end
from devices.wire.replay_scard import scard_end
from devices.wire.replay_script import Script, cable, options_of, stand_in
from devices.wire.topaz import MODELS, PACKET, AboutPacket, PadModel, PenPacket, encode

MOST = 1 << 24
SLICE = 0.05

UNPLAYED: dict[str, str] = {
    "windows_card": "windows",
    "windows_document": "windows",
    "evolis_sdk": "sdk",
    "camera_scanner": "pictures",
    "camera_viewer": "pictures",
    "folder_viewer": "pictures",
    "sane_viewer": "pictures",
    "screen": "no_wire",
}
"""Why a family has no far end; words under `devices_command.unplayed.<word>`."""


def end_of(family: str) -> OpenEnd:
    """The far end for a family. Raises NotReplayable."""
    if family not in ENDS:
        raise NotReplayable(family, UNPLAYED.get(family, "no_wire"))
    return ENDS[family]


class PrinterEnd:
    """A card printer's side of TCP (one connection a message) or of a serial cable."""

    def __init__(self) -> None:
        self.script = Script()
        self.device: Device
        self._ending = threading.Event()

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self.script.begin(step, cancel)

    def left(self) -> int:
        return self.script.left()

    def serve_tcp(self, server: socket.socket) -> None:
        """Answer callers until the end."""
        while not self._ending.is_set():
            try:
                caller, _ = server.accept()
            except TimeoutError:
                continue
            with caller:
                self._answer(caller)

    def _answer(self, caller: socket.socket) -> None:
        caller.settimeout(5.0)
        count = 0
        try:
            while piece := caller.recv(1 << 16):
                count += len(piece)
                if count > MOST:
                    return
        except OSError:
            return
        exchange = self.script.take() if count else None
        if exchange is None or "reset" in exchange.notes:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if "timeout" in exchange.notes:
            self._outlast(caller)
            return
        try:
            for heard in exchange.heard:
                caller.sendall(stand_in(heard))
        except OSError:
            return  # the adapter went away first; what it sent next is compared

    def _outlast(self, caller: socket.socket) -> None:
        """Say nothing until the other side gives up."""
        caller.settimeout(SLICE)
        while not self._ending.is_set():
            try:
                caller.send(b"")
                if caller.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO) == 7:
                    return
            except OSError:
                return
            if self._ending.wait(SLICE):
                return

    def serve_serial(self, line: PtyLine) -> None:
        """Answer each message as its last piece has come."""
        held = bytearray()
        while not self._ending.is_set():
            held += line.heard(SLICE)
            expected = self.script.peek()
            if not held or expected is None:
                continue
            tail = stand_in(expected.sent[-1:])[-8:] if "hex" in expected.sent[-1] else b"\r"
            if held.endswith(tail) or (len(expected.sent) == 1 and held.endswith(b"\r")):
                held.clear()
                self.script.take()
                for heard in expected.heard:
                    line.send(stand_in(heard), self._ending)

    def end(self) -> None:
        """Answer no more."""
        self._ending.set()


@contextmanager
def _serving(end: PrinterEnd, serve: Callable[[], None]) -> Generator[None]:
    """The far end answers in a thread of its own until the replay is over."""
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.end()
        thread.join(10)


@contextmanager
def _evolis(recording: Recording, ear: Ear) -> Generator[PrinterEnd]:
    from devices.adapters.evolis import make
    from devices.catalog import Place

    end = PrinterEnd()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SLICE)
        place = f"127.0.0.1:{server.getsockname()[1]}"
        options = {**options_of(recording), "printer_address": place}
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        with _serving(end, lambda: end.serve_tcp(server)):
            yield end


@contextmanager
def _evolis_serial(recording: Recording, ear: Ear) -> Generator[PrinterEnd]:
    from devices.adapters.evolis import make
    from devices.catalog import Place

    end = PrinterEnd()
    with cable("evolis_serial") as line:
        options = {**options_of(recording), "port": str(line.port)}
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        with _serving(end, lambda: end.serve_serial(line)):
            yield end


# -- the serial pad --------------------------------------------------------------------------


class PadEnd:
    """A Topaz pad: after the adapter began to listen, it sends as much as was heard then.

    A recording keeps of a signature only how long it was, so the stand-in is a drawn zigzag; it
    is noise where the call ended in garbage, and a pen that hovers where nobody signed.
    """

    def __init__(self, line: PtyLine, model: PadModel, ear: Ear) -> None:
        self.device: Device
        self._line = line
        self._model = model
        self._step = Step("")
        ear.on_note = self._noted

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self._step = step
        if step.ended == "Cancelled":
            cancel.set()
        if step.verb == "open" and step.ended == "ok" and not self._line.plugged:
            self._line.plug()
        elif step.verb == "open" and step.ended == "NotConnected":
            self._line.unplug()

    def left(self) -> int:
        return 0

    def _noted(self, what: str) -> None:
        if what != "pad.capture":
            return
        step = self._step
        # In bytes: what was heard in this step, and whether the line was lost after it.
        heard = [line.heard for line in step.lines if line.heard is not None]
        count = sum(len(stand_in(pieces)) for pieces in heard)
        if step.ended == "Garbage":
            self._line.send(bytes(count))
        elif step.ended == "NoSignature":
            self._line.send(self._pen(count, near=False))
        elif step.ended != "Cancelled":
            self._line.send(self._pen(count, near=True))
        if step.ended == "NotConnected":
            self._line.unplug()

    def _pen(self, count: int, *, near: bool) -> bytes:
        model, packets = self._model, max(1, count // PACKET)
        out = bytearray(encode(AboutPacket(1, 1)))
        for index in range(packets - 1):
            x = model.left + model.width * (index % 40) // 40
            y = model.top + model.height // 4 + model.height * (index % 7) // 14
            down = near and index < packets - 5
            out += encode(PenPacket(x, y, near=down, down=down))
        return bytes(out)


@contextmanager
def _topaz(recording: Recording, ear: Ear) -> Generator[PadEnd]:
    from devices.adapters.topaz_pad import make
    from devices.catalog import Place

    options = options_of(recording)
    with cable("topaz") as line:
        end = PadEnd(line, MODELS[str(options["pad_model"])], ear)
        options["port"] = str(line.port)
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        yield end


ENDS: dict[str, OpenEnd] = {
    "evolis": _evolis,
    "evolis_serial": _evolis_serial,
    "topaz": _topaz,
    "stu": stu_end,
    "serial_scanner": scanner_end,
    "sbi": sensor_end,
    "opencv_camera": camera_end,
    "pcsc_reader": scard_end,
    "pcsc_eid": scard_end,
    "ipp_card": queue_end,
    "spooler_card": queue_end,
    "spooler_document": queue_end,
}
"""The families that can be played back."""
