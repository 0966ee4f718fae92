"""The packets of Topaz signature pads: five bytes each, as long as a pen is near.

Two independent public decoders agree on the frame (the topaz-dext project, MIT, which took it
from the maker's own Java kit; and the serial part of a tablet adapter's firmware, 2011):

    byte 0    1 near 0 0 0 0 0 down     bit 7 marks the start, no other byte has it
    byte 1    X, low 7 bits             byte 2    X, high 5 bits
    byte 3    Y, low 7 bits             byte 4    Y, high 5 bits

Bytes 2 and 4 never use their upper three bits. The line is 8 bits with ODD parity (most papers
say none), 19200 baud for most models. Nothing is asked for: a pad sends while a pen is near, and
one that is quiet can't be told from one that nobody touches.

Only the first of these sources has what follows, so it is marked ONE SOURCE where it is used, and
a session with real pads has to confirm it: packet types in bits 2 to 4 of byte 0 (0, 1 and 4 pen,
7 pressure, 2 model and serial), the control characters of models with a display, each model's
area, and that X and Y of 0xFFF together are noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from devices.wire.serial_line import LineSettings

PACKET = 5
NEAR, DOWN, START = 0x40, 0x01, 0x80
MOST = 0xFFF
CLEAR = b"\x04"
"""ONE SOURCE: wipes a display and lets ink appear."""


class PacketType(StrEnum):
    """What a packet tells (ONE SOURCE)."""

    PEN = "pen"
    PRESSURE = "pressure"
    ABOUT = "about"
    OTHER = "other"


_TYPES = {
    0: PacketType.PEN,
    1: PacketType.PEN,
    4: PacketType.PEN,
    7: PacketType.PRESSURE,
    2: PacketType.ABOUT,
}


@dataclass(frozen=True, slots=True)
class PadModel:
    """A model: its line, and the part of its raw area that can be written on (ONE SOURCE)."""

    name: str
    left: int
    right: int
    top: int
    bottom: int
    line: LineSettings
    dpi: int = 410
    display: bool = False

    @property
    def width(self) -> int:
        """Raw units across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Raw units down."""
        return self.bottom - self.top

    @property
    def per_mm(self) -> float:
        """Raw units in a millimetre."""
        return self.dpi / 25.4


_USUAL = LineSettings(19200, 8, "O", 1)
MODELS = {
    "siglite_1x5": PadModel("SigLite 1x5", 500, 2650, 700, 2100, _USUAL),
    "siglite_lcd_1x5": PadModel("SigLite LCD 1x5", 400, 2400, 350, 1050, _USUAL, display=True),
    "siglite_lcd_4x5": PadModel(
        "SigLite LCD 4x5", 500, 2600, 500, 2100, LineSettings(38400, 8, "O", 1), display=True
    ),
    "siggem_1x5": PadModel("SignatureGem 1x5", 400, 2400, 350, 950, _USUAL),
    "siggem_4x5": PadModel("SignatureGem 4x5", 500, 2650, 700, 2100, _USUAL),
    "siggem_color_5x7": PadModel(
        "SigGem Color 5.7", 300, 2370, 350, 1950, LineSettings(115200, 8, "O", 1), display=True
    ),
    "clipgem": PadModel("ClipGem", 485, 2800, 170, 3200, LineSettings(9600, 8, "O", 1), dpi=275),
}
"""By the option's value. SignatureGem LCD 1x5 isn't among them: it sends seven bits in another
frame, which no second source describes."""


@dataclass(frozen=True, slots=True)
class PenPacket:
    """Where the pen is, in raw units, and whether it touches."""

    x: int
    y: int
    near: bool
    down: bool


@dataclass(frozen=True, slots=True)
class PressurePacket:
    """How hard the pen presses from now on, 0 to 1023 (ONE SOURCE)."""

    pressure: int


@dataclass(frozen=True, slots=True)
class AboutPacket:
    """Which pad this is (ONE SOURCE)."""

    model: int
    serial: int


Packet = PenPacket | PressurePacket | AboutPacket


class TopazDecoder:
    """Packets out of whatever comes; finds the next start after anything broken.

    `good` counts packets that were understood, `bad` those that began and couldn't be.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self.good = 0
        self.bad = 0
        self.stray = 0

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that these bytes complete."""
        found: list[Packet] = []
        for byte in data:
            if byte & START:
                self.bad += bool(self._held)
                self._held = bytearray((byte,))
                continue
            if not self._held:
                self.stray += 1
                continue
            self._held.append(byte)
            if len(self._held) == PACKET:
                whole, self._held = bytes(self._held), bytearray()
                packet = _packet(whole)
                if packet is None:
                    self.bad += 1
                else:
                    self.good += 1
                    found.append(packet)
        return found


def _packet(raw: bytes) -> Packet | None:
    kind = _TYPES.get(raw[0] >> 2 & 7, PacketType.OTHER)
    low, high = raw[1] | raw[2] << 7, raw[3] | raw[4] << 7
    if kind is PacketType.ABOUT:
        return AboutPacket((low & 0xFC) >> 2, (low & 3) << 16 | high)
    if kind is PacketType.PRESSURE:
        return PressurePacket(high & 0x3FF)
    if kind is not PacketType.PEN or (raw[2] | raw[4]) & 0xE0:
        return None
    if low == MOST and high == MOST:
        return None
    return PenPacket(low, high, bool(raw[0] & NEAR), bool(raw[0] & DOWN))


def encode(packet: Packet) -> bytes:
    """The five bytes that a pad would send. Raises ValueError beyond the packet's bounds."""
    match packet:
        case PenPacket(x, y, near, down):
            if not (0 <= x <= MOST and 0 <= y <= MOST) or x == y == MOST:
                raise ValueError("beyond the pad")
            head = START | (NEAR if near else 0) | (DOWN if down else 0)
            return bytes((head, x & 0x7F, x >> 7, y & 0x7F, y >> 7))
        case PressurePacket(pressure):
            if not 0 <= pressure <= 1023:
                raise ValueError("pressure")
            return bytes((START | NEAR | 7 << 2, 0, 0, pressure & 0x7F, pressure >> 7))
        case AboutPacket(model, serial):
            if not (0 <= model < 64 and 0 <= serial < 1 << 14):
                raise ValueError("about")
            low = model << 2
            head = START | 2 << 2
            return bytes((head, low & 0x7F, low >> 7, serial & 0x7F, serial >> 7))
