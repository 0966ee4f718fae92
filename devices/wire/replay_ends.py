"""The far ends of a replay: one for each kind of wire, answering from the recording alone.

A family that isn't in `ENDS` says why in `UNPLAYED`. Nothing here knows what a message means but
where a message ends: TCP and serial lines of card printers, the pen stream of a serial pad, and
the results of PC/SC.
"""

from __future__ import annotations

import re
import socket
import struct
import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devices.device import Device, DeviceKind
from devices.options import OptionValue, read_options
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.pty_line import PtyLine
from devices.wire.pcsc import PcscLine
from devices.wire.pcsc_results import OK, TIMEOUT
from devices.wire.pcsc_worker import STATE_PRESENT
from devices.wire.recorder import Piece
from devices.wire.replay import (
    Ear,
    Exchange,
    NotReplayable,
    OpenEnd,
    Recording,
    Step,
    kind_of,
)
from devices.wire.topaz import MODELS, PACKET, AboutPacket, PadModel, PenPacket, encode

MOST = 1 << 24
SLICE = 0.05

UNPLAYED: dict[str, str] = {
    "spooler_card": "queue",
    "spooler_document": "queue",
    "ipp_card": "queue",
    "windows_card": "windows",
    "windows_document": "windows",
    "evolis_sdk": "sdk",
    "sbi": "signed",
    "opencv_camera": "pictures",
    "camera_scanner": "pictures",
    "stu": "lengths",
    "serial_scanner": "lengths",
    "screen": "no_wire",
}
"""Why a family has no far end; words under `devices_command.unplayed.<word>`."""


def end_of(family: str) -> OpenEnd:
    """The far end for a family. Raises NotReplayable."""
    if family not in ENDS:
        raise NotReplayable(family, UNPLAYED.get(family, "no_wire"))
    return ENDS[family]


def stand_in(pieces: Sequence[Piece]) -> bytes:
    """A message's bytes; zeros where they were hidden."""
    return b"".join(
        bytes.fromhex(str(data["hex"])) if "hex" in data else bytes(int(str(data["hidden"])))
        for data in pieces
    )


class Script:
    """The messages of the step under way, taken one after the other by the far end's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Exchange] = []
        self._cancel: threading.Event | None = None

    def begin(self, step: Step, cancel: threading.Event) -> None:
        """The messages of another step."""
        with self._lock:
            self._waiting = list(step.exchanges)
            self._cancel = cancel if step.ended == "Cancelled" else None
            if self._cancel is not None and not self._waiting:
                self._cancel.set()

    def left(self) -> int:
        """How many messages haven't come yet."""
        with self._lock:
            return len(self._waiting)

    def take(self) -> Exchange | None:
        """The next message's exchange; None when none was expected."""
        with self._lock:
            if not self._waiting:
                return None
            taken = self._waiting.pop(0)
            if self._cancel is not None and not self._waiting:
                self._cancel.set()
            return taken

    def peek(self) -> Exchange | None:
        """The next, left in its place."""
        with self._lock:
            return self._waiting[0] if self._waiting else None


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


def _options(recording: Recording) -> dict[str, OptionValue]:
    from devices.catalog import family

    line = family(kind_of(recording), recording.header.family)
    return read_options(line.options, recording.header.options)


@contextmanager
def _evolis(recording: Recording, ear: Ear) -> Generator[PrinterEnd]:
    from devices.adapters.evolis import make
    from devices.catalog import Place

    end = PrinterEnd()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SLICE)
        place = f"127.0.0.1:{server.getsockname()[1]}"
        options = {**_options(recording), "printer_address": place}
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        thread = threading.Thread(target=end.serve_tcp, args=(server,), daemon=True)
        thread.start()
        try:
            yield end
        finally:
            end.end()
            thread.join(10)


@contextmanager
def _evolis_serial(recording: Recording, ear: Ear) -> Generator[PrinterEnd]:
    from devices.adapters.evolis import make
    from devices.catalog import Place

    end = PrinterEnd()
    with _cable("evolis_serial") as line:
        options = {**_options(recording), "port": str(line.port)}
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        thread = threading.Thread(target=end.serve_serial, args=(line,), daemon=True)
        thread.start()
        try:
            yield end
        finally:
            end.end()
            thread.join(10)


@contextmanager
def _cable(family: str) -> Generator[PtyLine]:
    try:
        import pty
    except ImportError as error:
        raise NotReplayable(family, "windows") from error
    del pty
    with tempfile.TemporaryDirectory(prefix="loket-replay-") as folder:
        line = PtyLine(Path(folder) / "port")
        line.plug()
        try:
            yield line
        finally:
            line.unplug()


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

    options = _options(recording)
    with _cable("topaz") as line:
        end = PadEnd(line, MODELS[str(options["pad_model"])], ear)
        options["port"] = str(line.port)
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        yield end


# -- PC/SC -----------------------------------------------------------------------------------

_RESULT = re.compile(r"(?:(\w+): )?result ([0-9a-f]{8})(?:, (\d+) bytes)?")
_CONNECTING = ("wait", "transmit", "uid", "write", "read")
_READ_HEAD = "00b0000004"
_REMOVED = 0x80100069
_ATR = bytes.fromhex("3B8080010101")
_READER = "Replay Reader 00 00"


class ScardEnd:
    """What smartcard.scard answered then: readers, states, ATRs, answers and results."""

    SCARD_PCI_T0 = 1
    SCARD_PCI_T1 = 2

    def __init__(self, pattern: str) -> None:
        self.device: Device
        self.script = Script()
        self._reader = pattern.replace("*", "").replace("?", "") or _READER
        self._step = Step("")
        self._results: list[tuple[str, int]] = []
        self._atr = _ATR

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self.script.begin(step, cancel)
        self._step = step
        found = (_RESULT.fullmatch(note) for note in step.notes)
        self._results = [
            (each[1], int(each[2], 16)) for each in found if each is not None and each[1]
        ]
        for note in step.notes:
            if note.startswith("atr "):
                self._atr = bytes.fromhex(note[4:])

    def left(self) -> int:
        return self.script.left()

    def _result(self, *during: str) -> int:
        if self._results and self._results[0][0] in during:
            return self._results.pop(0)[1]
        return OK

    # the names of PC/SC

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        return self._result("open"), 1

    def SCardReleaseContext(self, context: int) -> int:
        return OK

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:
        gone = self._step.ended == "NotConnected" and self._step.verb == "open"
        return self._result("open"), [] if gone else [self._reader]

    def SCardGetStatusChange(
        self, context: int, milliseconds: int, readers: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        name, known = readers[0]
        step = self._step
        absent = (step.verb == "card_present" and step.gave is False) or (
            step.verb in {"wait_card", "read"} and step.ended in {"CardMissing", "Cancelled"}
        )
        state = 0x10 if absent else STATE_PRESENT
        if result := self._result("present"):
            return result, [(name, state, [])]
        if state == known and milliseconds:
            threading.Event().wait(milliseconds / 1000)
            return TIMEOUT, [(name, state, [])]
        return OK, [(name, state, [])]

    def SCardConnect(
        self, context: int, reader: str, share: int, protocols: int
    ) -> tuple[int, int, int]:
        return self._result(*_CONNECTING), 1, 2

    def SCardReconnect(self, card: int, share: int, protocols: int, start: int) -> tuple[int, int]:
        spoke = self._step.ended in {"ok", "CardMute", "Garbage", "EidUnreadable"}
        return (OK if spoke else _REMOVED), 2

    def SCardStatus(self, card: int) -> tuple[int, str, int, int, list[int]]:
        gone = bool(self._results) and self._results[0][0] in _CONNECTING
        return _REMOVED if gone else OK, self._reader, 0, 2, list(self._atr)

    def SCardTransmit(self, card: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:
        exchange = self.script.take()
        if exchange is None:
            return _REMOVED, []
        if exchange.heard:
            return OK, list(self._answer(exchange))
        for note in exchange.notes:
            if (found := _RESULT.fullmatch(note)) is not None and found[3]:
                return int(found[2], 16), [0] * int(found[3])
        return _REMOVED, []

    def SCardDisconnect(self, card: int, end: int) -> int:
        return OK

    def _answer(self, exchange: Exchange) -> bytes:
        """The answer; a plain file's hidden length is what was read after it."""
        if exchange.sent == ({"hex": _READ_HEAD},) and "hidden" in exchange.heard[0][0]:
            whole = sum(
                int(str(each.heard[0][0]["hidden"]))
                for each in self._step.exchanges
                if each.heard and "hidden" in each.heard[0][0]
                and str(each.sent[0].get("hex", "")).startswith("00b0")
            )  # fmt: skip
            return (whole - 4).to_bytes(4, "big") + stand_in(exchange.heard[0][1:])
        return stand_in(exchange.heard[0])


@contextmanager
def _pcsc(recording: Recording, ear: Ear) -> Generator[ScardEnd]:
    from devices.adapters.pcsc_eid import PcscEidReader
    from devices.adapters.pcsc_reader import PcscReader

    options = _options(recording)
    pattern, kind = str(options["reader_name"]), kind_of(recording)
    end = ScardEnd(pattern)
    line = PcscLine(
        kind, pattern, ear, answer=float(options["answer_seconds"]), load=lambda _kind: end
    )
    made = PcscReader if kind is DeviceKind.CARD_READER else PcscEidReader
    end.device = made(recording.header.name, line, pattern)
    yield end


ENDS: dict[str, OpenEnd] = {
    "evolis": _evolis,
    "evolis_serial": _evolis_serial,
    "topaz": _topaz,
    "pcsc_reader": _pcsc,
    "pcsc_eid": _pcsc,
}
"""The families that can be played back."""
