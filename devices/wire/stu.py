"""The reports of Wacom STU signature pads (USB HID, vendor 056A).

The maker's specification isn't public. What stands here is what a public MIT-licensed WebHID
driver for the STU-540 does, seen in several independent copies of it:

    input 0x01    flags and pressure (16 bits, big endian), X (16), Y (16)
    input 0x34    the same, then time (16) and a sequence number (16)
    feature 0x08  name (7 characters), firmware (4 bytes)
    feature 0x09  widest X (16), Y (16), pressure (16), display width (16), height (16), rate (8)
    feature 0x0E  writing mode: 1 asks for report 0x34 instead of 0x01
    feature 0x0F  electronic serial number, text
    feature 0x20  wipe the display        feature 0x21  ink on the display: 1 or 0

LEFT OPEN by that source, and so read with care here:
- which bits of the first byte say "near" and "touches". It tests bits 0 and 1, but takes the low
  twelve bits as pressure, which contain them. So nothing is read from bits 0 and 1: the pen
  touches where the pressure is above zero, and `flags` keeps the upper four bits as they came.
  A session with a real pad has to say what they mean.
- the unit of time in 0x34; it is taken as milliseconds that run over at 65,536, and not believed
  where it contradicts the counter's own clock.
- the size of a unit of X and Y; capability tells display pixels only.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

VENDOR = 0x056A
PRODUCTS = {0x00A4: "STU-430", 0x00A5: "STU-530", 0x00A8: "STU-540"}

PEN, PEN_TIMED = 0x01, 0x34
INFORMATION, CAPABILITY, WRITING_MODE, SERIAL = 0x08, 0x09, 0x0E, 0x0F
CLEAR, INK = 0x20, 0x21
FEATURE_SIZE = 64


class NotStu(ValueError):
    """A report that can't be one of an STU pad."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What a pad can do, in its own units."""

    width: int
    height: int
    pressure: int
    pixels: tuple[int, int]
    rate: int


@dataclass(frozen=True, slots=True)
class PenReport:
    """One sample; `time` and `sequence` only from pads that send them. `flags` mean nothing yet."""

    x: int
    y: int
    pressure: int
    flags: int
    time: int | None = None
    sequence: int | None = None

    @property
    def down(self) -> bool:
        """Whether the pen touches: it presses."""
        return self.pressure > 0


def read_pen(report: bytes) -> PenReport | None:
    """A pen sample, or None for a report of another sort. Raises NotStu for a broken one."""
    if not report or report[0] not in (PEN, PEN_TIMED):
        return None
    timed = report[0] == PEN_TIMED
    body = report[1:]
    if len(body) < (10 if timed else 6):
        raise NotStu("short")
    head, x, y = struct.unpack_from(">HHH", body)
    time, sequence = struct.unpack_from(">HH", body, 6) if timed else (None, None)
    return PenReport(x, y, head & 0x0FFF, head >> 12, time, sequence)


def read_capability(report: bytes) -> Capability:
    """Feature 0x09. Raises NotStu."""
    if len(report) < 12 or report[0] != CAPABILITY:
        raise NotStu("capability")
    width, height, pressure, across, down, rate = struct.unpack_from(">HHHHHB", report, 1)
    if not (width and height and pressure):
        raise NotStu("capability")
    return Capability(width, height, pressure, (across, down), rate)


def read_information(report: bytes) -> tuple[str, str]:
    """Feature 0x08: name and firmware. Raises NotStu."""
    if len(report) < 12 or report[0] != INFORMATION:
        raise NotStu("information")
    return _text(report[1:8]), ".".join(str(part) for part in report[8:12])


def read_serial(report: bytes) -> str:
    """Feature 0x0F. Raises NotStu."""
    if len(report) < 2 or report[0] != SERIAL:
        raise NotStu("serial")
    return _text(report[1:])


def _text(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0].decode("ascii", "replace")
    return "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd")


def encode_pen(sample: PenReport) -> bytes:
    """The report of a sample, as a pad would send it."""
    head = (sample.flags & 0xF) << 12 | sample.pressure & 0xFFF
    if sample.time is None or sample.sequence is None:
        return struct.pack(">BHHH", PEN, head, sample.x, sample.y)
    return struct.pack(
        ">BHHHHH", PEN_TIMED, head, sample.x, sample.y, sample.time & 0xFFFF,
        sample.sequence & 0xFFFF,
    )  # fmt: skip


class SampleClock:
    """A pad's own times, as far as they can be believed, on the counter's clock.

    The gap between two samples is what the pad says where that is near to what the counter saw;
    otherwise, and without times, the counter's own.
    """

    TRUST_MS = 250.0

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def at(self, sample: PenReport, now: float) -> float:
        """The millisecond of a sample that arrived at `now`."""
        if sample.time is None:
            return now
        if self._last is None:
            self._last = (sample.time, now)
            return now
        before, placed = self._last
        mine = placed + ((sample.time - before) & 0xFFFF)
        if abs(mine - now) > self.TRUST_MS:
            mine = now
        mine = max(mine, placed)
        self._last = (sample.time, mine)
        return mine
