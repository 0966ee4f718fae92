"""Topaz signature pads on a serial line (the BSB models bring their own USB converter).

The pad only sends, so its adapter listens for a signature, tells its end by the pen staying away,
and knows that the cable is there by the port. A pad that is silent looks like one that nobody
signs on: the answer is NoSignature, and a test with a hand tells more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.adapters.options import TOPAZ
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, Garbage, NoSignature, PenStuck, TimedOut
from devices.options import read_options
from devices.pen_trace import Area, PenTrace
from devices.signature_pad import SignaturePad
from devices.strokes import Strokes
from devices.wire.serial_line import FoundPort, SerialLine, ports
from devices.wire.tape import NO_TAPE, Tape
from devices.wire.topaz import (
    CLEAR,
    MODELS,
    PACKET,
    AboutPacket,
    PadModel,
    PenPacket,
    PressurePacket,
    TopazDecoder,
)

if TYPE_CHECKING:
    from devices.catalog import Place

DURING = "pad.capture"
CONVERTER = (0x0403, 0x6001)
"""The converter inside the BSB models; other things have the same one."""
WORST = 0.25
"""More than this share of broken packets is a broken cable, not a signature."""


def found() -> list[FoundPort]:
    """Ports that may be a pad: those with the converter that these pads have."""
    return [port for port in ports() if (port.vendor, port.product) == CONVERTER]


class TopazPad(SignaturePad):
    """One Topaz pad."""

    OPTIONS = TOPAZ

    def __init__(
        self,
        name: str,
        port: str,
        model: PadModel,
        finish_seconds: float = 1.5,
        tape: Tape = NO_TAPE,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._clock = clock
        self._model = model
        self._finish = finish_seconds
        self._tape = tape
        self._line = SerialLine(DeviceKind.SIGNATURE_PAD, port, model.line, tape)
        self._serial = ""
        self.lost = 0

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(
            DeviceKind.SIGNATURE_PAD, self._name, "Topaz", self._model.name, self._serial
        )

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    @property
    def line(self) -> SerialLine:
        """The line, for whoever looks at its settings."""
        return self._line

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._line.open(cancel)

    def close(self) -> None:
        self._line.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.SIGNATURE_PAD, "health")
        if not self._line.is_open:
            return Health.judged((HealthReason.CLOSED,))
        if not self._line.alive():
            return Health.judged((HealthReason.UNPLUGGED,))
        return Health.judged(())

    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._wipe("pad.clear")

    def _wipe(self, during: str) -> None:
        self._line.forget_input(during)
        if self._model.display:
            self._line.write(CLEAR, during)

    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        """Raises PenStuck too, when a pen lies on the pad."""
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.SIGNATURE_PAD, DURING)
        self._wipe(DURING)
        self._tape.noted(DURING)
        deadline = Deadline(timeout, self._clock)
        decoder = TopazDecoder()
        model = self._model
        trace = PenTrace(Area(model.width, model.height, model.per_mm), self._finish)
        heard = _Hearing(model)
        while True:
            data = self._line.read(DURING, cancel, deadline.left())
            now = self._clock() * 1000
            if data:
                heard.take(decoder, data, now, trace)
                self._serial = heard.serial or self._serial
            if trace.is_done(now):
                break
            if trace.is_stuck(now):
                raise PenStuck
            if not deadline.left():
                if decoder.bad + decoder.stray > decoder.good:
                    raise Garbage(DeviceKind.SIGNATURE_PAD, DURING)
                if not trace.inked:
                    raise NoSignature
                if trace.writing:  # half a signature is none
                    raise TimedOut(DeviceKind.SIGNATURE_PAD, timeout, DURING)
                break
        self.lost = decoder.bad
        if decoder.bad > WORST * (decoder.good + decoder.bad):
            raise Garbage(DeviceKind.SIGNATURE_PAD, DURING)
        strokes = trace.strokes()
        if strokes.empty:
            raise NoSignature
        return strokes


class _Hearing:
    """Puts packets on the pad's own clock: they come in bursts, but were sent one by one."""

    def __init__(self, model: PadModel) -> None:
        self._model = model
        self._packet_ms = PACKET * model.line.seconds_a_byte * 1000
        self._pressure = -1
        self.serial = ""

    def take(self, decoder: TopazDecoder, data: bytes, now: float, trace: PenTrace) -> None:
        """Packets of one burst, the last of them sent just now."""
        packets = decoder.feed(data)
        for index, packet in enumerate(packets):
            match packet:
                case PressurePacket(pressure):
                    self._pressure = pressure
                case AboutPacket(_, serial):
                    self.serial = str(serial)
                case PenPacket(x, y, near, down):
                    at = now - (len(packets) - 1 - index) * self._packet_ms
                    trace.add(
                        x - self._model.left, y - self._model.top, at,
                        down=down, near=near, pressure=self._pressure,
                    )  # fmt: skip


def make(place: Place) -> TopazPad:
    """The pad at a place."""
    options = read_options(TOPAZ, place.options)
    return TopazPad(
        place.name,
        str(options["port"]),
        MODELS[str(options["pad_model"])],
        float(options["finish_seconds"]),
        place.tape,
    )
