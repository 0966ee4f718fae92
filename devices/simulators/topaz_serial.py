"""A Topaz pad at the far end of a serial cable: it streams packets as the pen moves.

Its core is the same PadCore that the in-process simulator has: people sign by handing it strokes,
faults come from the one script format at the step `pad.capture` (one for each packet below it,
`pad.capture.packet`). What is signed is replayed at `rate` packets a second (0 as fast as the
line takes them), once the program has asked for it: a pad with a display hears that as a wipe, for
the others whoever signs calls `scrawl` when the officer says so.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from devices.simulators.faults import Fault, FaultName
from devices.simulators.pty_line import PtyLine
from devices.simulators.signature_pad import PadCore
from devices.strokes import PenPoint, Strokes
from devices.wire.topaz import (
    CLEAR,
    MODELS,
    AboutPacket,
    Packet,
    PadModel,
    PenPacket,
    PressurePacket,
    encode,
)

LINE_RATE = 350.0
"""Packets a second at 19200 baud: the line is full."""
STEP = "pad.capture"
PACKET_STEP = "pad.capture.packet"
_AWAY = 4


def packets_of(strokes: Strokes, model: PadModel) -> Iterator[Packet]:
    """The packets of a signature, fitted into the model's area; the pen leaves at the end."""
    zoom = min(model.width / strokes.width, model.height / strokes.height)
    force = -1
    yield AboutPacket(1, 1234)
    for point in strokes.points:
        x, y = _placed(point, model, zoom)
        if point.tip and point.pressure != force:
            force = point.pressure
            yield PressurePacket(force)
        yield PenPacket(x, y, near=True, down=point.tip)
    if strokes.points:
        x, y = _placed(strokes.points[-1], model, zoom)
        for near in (True, *([False] * _AWAY)):
            yield PenPacket(x, y, near=near, down=False)


def _placed(point: PenPoint, model: PadModel, zoom: float) -> tuple[int, int]:
    return model.left + round(point.x * zoom), model.top + round(point.y * zoom)


class TopazSerial:
    """The pad on its cable; a context manager that plugs it in and takes it away."""

    def __init__(
        self,
        port: Path,
        model: str = "siglite_lcd_1x5",
        core: PadCore | None = None,
        *,
        rate: float = LINE_RATE,
        seed: int = 1,
    ) -> None:
        self.core = core or PadCore()
        self.model = MODELS[model]
        self.rate = rate
        self.line = PtyLine(port)
        self.sent = 0
        self.wiped = 0
        self.ended = 0
        """Signatures that were begun and are over, whatever a fault left of them."""
        self._random = random.Random(f"topaz:{seed}")
        # The core's plug and the line's change together, or a follower undoes half of it.
        self._cable = threading.RLock()
        self._asked = threading.Event()
        self._stop = threading.Event()
        self._quiet = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> str:
        """The name to open."""
        return str(self.line.port)

    def __enter__(self) -> TopazSerial:
        self._follow_plug()
        self._thread = threading.Thread(target=self._serve, name="topaz-pad", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)
        self.line.unplug()

    # hands

    def unplug(self) -> None:
        """Pull the cable."""
        with self._cable:
            self.core.unplug()
            self.line.unplug()

    def plug(self) -> None:
        """Put it back."""
        with self._cable:
            self._asked.clear()  # a pad without power forgets that it was asked
            self.core.plug()
            self.core.restore_power()
            self.line.plug()

    def remedy(self) -> None:
        """What an operator does about any fault that stands."""
        with self._cable:
            self.core.remedy()
            self._quiet.clear()
            self.line.plug()

    def scrawl(self, strokes: Strokes) -> None:
        """Sign at once, asked or not."""
        with self._cable:  # between taking and forgetting the last one this would be forgotten too
            self.core.sign(strokes)
            self._asked.set()

    # the pad's own life

    def _follow_plug(self) -> None:
        with self._cable:
            if self.core.connected:
                self.line.plug()
            else:
                self.line.unplug()

    def _serve(self) -> None:
        while not self._stop.is_set():
            self._follow_plug()
            if not self.line.plugged:
                self._stop.wait(0.01)
                continue
            if CLEAR in self.line.heard(0.01):
                with self._cable:
                    if self.line.plugged:
                        self.wiped += 1
                        self._asked.set()
            if self._asked.is_set() and not self._quiet.is_set():
                with self._cable:
                    strokes = self.core.take()
                    if strokes is not None:
                        self._asked.clear()
                if strokes is not None:
                    self._replay(strokes)
                    self.ended += 1

    def _replay(self, strokes: Strokes) -> None:
        gap = 1 / self.rate if self.rate else 0.0
        batch = max(1, round(self.rate * 0.01)) if self.rate else 64
        waiting: list[bytes] = []
        due = time.monotonic()
        for packet in packets_of(strokes, self.model):
            fault = self.core.script.strike(PACKET_STEP)
            if fault is not None and not self._send(waiting):
                return
            raw = encode(packet) if fault is None else self._spoiled(packet, fault)
            if raw is None:
                return
            waiting.append(raw)
            if len(waiting) >= batch:
                if not self._send(waiting):
                    return
                due += gap * batch
                if gap and self._stop.wait(max(0.0, due - time.monotonic())):
                    return
        self._send(waiting)

    def _send(self, waiting: list[bytes]) -> bool:
        data = b"".join(waiting)
        self.sent += sum(1 for raw in waiting if raw)
        waiting.clear()
        return self.line.send(data, self._stop)

    def _spoiled(self, packet: Packet, fault: Fault) -> bytes | None:
        """The packet as a fault leaves it; None when nothing more comes."""
        raw = encode(packet)
        match fault.fault:
            case FaultName.LOST_PACKETS:
                return b""
            case FaultName.CUT_PACKETS:
                return raw[: self._random.randint(1, 4)]
            case FaultName.BROKEN_PACKETS:
                at = self._random.randrange(5)
                return raw[:at] + bytes((raw[at] ^ 1 << self._random.randrange(8),)) + raw[at + 1 :]
            case FaultName.GARBAGE:
                self.line.send(self._random.randbytes(600).replace(b"\xff", b"\x00"), self._stop)
                return None
            case FaultName.SLOW:
                self._stop.wait(fault.seconds)
                return raw
            case FaultName.STUCK_PEN:
                self._stick(packet)
                return None
            case FaultName.UNPLUGGED | FaultName.POWER_CUT:
                self._pull(fault)
                return None
            case FaultName.SILENT:
                if fault.stays:
                    self._quiet.set()
                return None
            case _:  # NO_STROKES and what a pad doesn't know: nothing was written
                return None

    def _stick(self, packet: Packet) -> None:
        """The pen lies there: the same sample again and again, until somebody acts."""
        at = packet if isinstance(packet, PenPacket) else PenPacket(900, 700, near=True, down=True)
        stuck = encode(PenPacket(at.x, at.y, near=True, down=True))
        while not self._stop.wait(0.01):
            if not self.line.send(stuck * 4, self._stop) or CLEAR in self.line.heard(0.0):
                self._asked.set()
                return

    def _pull(self, fault: Fault) -> None:
        with self._cable:
            if fault.fault is FaultName.UNPLUGGED:
                self.core.unplug()
            else:
                self.core.cut_power()
            self.line.unplug()
        if not fault.stays:
            self.plug()
