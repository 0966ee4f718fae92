"""A plastic card with a chip, as it is in the world: what is on it is what was really done."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from devices.simulators.licence_memory import LicenceMemory
from devices.wire.apdu import GET_UID, PLAIN_AID, PLAIN_FILE, Command, Response

if TYPE_CHECKING:
    from devices.simulators.lds_card import LicenceApplication

CAPACITY = 32_000
ATR = bytes.fromhex("3B80800101")


def chip_uid(serial: str) -> bytes:
    """The UID that a simulated chip has from its making: 7 bytes, NXP's prefix."""
    return b"\x04" + hashlib.sha256(f"chip:{serial}".encode()).digest()[:6]


class CardApplication(Protocol):
    """What answers commands on a powered card."""

    def act(self, command: Command) -> Response:
        """One command's answer."""
        ...


@dataclass(slots=True, eq=False)
class Chip:
    """A chip: an application with one transparent file, and perhaps the driving licence's."""

    uid: bytes
    memory: bytes = b""
    dead: bool = False
    foreign: bool = False
    licence: LicenceMemory | None = None
    other: Callable[[], CardApplication] | None = None
    """Another sort of card altogether: what answers each time when power comes."""

    def write(self, offset: int, data: bytes) -> None:
        """Change the file's bytes."""
        head = self.memory[:offset].ljust(offset, b"\x00")
        self.memory = head + data + self.memory[offset + len(data) :]


@dataclass(slots=True, eq=False)
class PlasticCard:
    """One card: the faces that were ordered, and the ribbon panels really laid, in order."""

    serial: str
    chip: Chip
    front_ordered: bytes = b""
    back_ordered: bytes = b""
    panels: list[str] = field(default_factory=list[str])
    whole: bool = False
    defects: list[str] = field(default_factory=list[str])
    """What went wrong while it was printed, by the names of print_faults."""

    @classmethod
    def blank(cls, serial: str, card_master: bytes = b"") -> PlasticCard:
        """A fresh card; with a master key its chip can be a driving licence."""
        uid = chip_uid(serial)
        if not card_master:
            return cls(serial, Chip(uid))
        return cls(serial, Chip(uid, licence=LicenceMemory.made(card_master, uid)))

    @property
    def half_printed(self) -> bool:
        """Whether ribbon touched it and printing never came to its end."""
        return bool(self.panels) and not self.whole

    @property
    def front(self) -> bytes:
        """The picture on the front as PNG, with the panels laid so far; empty on a blank."""
        if not self.panels or "o" in self.panels:
            return self.front_ordered if self.panels else b""
        return laid(self.front_ordered, tuple(self.panels))

    @property
    def back(self) -> bytes:
        """The picture on the back as PNG; empty where nothing is printed."""
        begun = any(panel.startswith("back") for panel in self.panels)
        return self.back_ordered if begun else b""


class ChipSession:
    """A powered chip on a reader: which file is selected, until power goes."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self._application = False
        self._file = False
        self._licence: LicenceApplication | None = None
        self._other = chip.other() if chip.other is not None else None

    def answer(self, raw: bytes) -> bytes:
        """The chip's response to a command; empty where it is mute."""
        if raw == GET_UID:
            return Response(self.chip.uid, 0x9000).encode()
        try:
            command = Command.decode(raw)
        except ValueError:
            return Response(b"", 0x6700).encode()
        return self._act(command).encode()

    def _select_licence(self, memory: LicenceMemory, name: bytes) -> LicenceApplication | None:
        """The licence's application, if it is the one that is named."""
        from devices.simulators.lds_card import LicenceApplication
        from devices.wire.lds_chip import AID

        return LicenceApplication(memory) if name == AID else None

    def _act(self, command: Command) -> Response:
        if self.chip.dead:
            return Response(b"", 0x6581)
        if self._other is not None:
            return self._other.act(command)
        place = command.p1 << 8 | command.p2
        match command.ins:
            case 0xA4 if command.p1 == 0x04:
                self._file = False
                self._licence = None
                memory = None if self.chip.foreign else self.chip.licence
                if memory is not None:
                    self._licence = self._select_licence(memory, command.data)
                if self._licence is not None:
                    self._application = False
                    return self._licence.selected()
                self._application = command.data == PLAIN_AID and not self.chip.foreign
                return Response(b"", 0x9000 if self._application else 0x6A82)
            case _ if self._licence is not None:
                return self._licence.act(command)
            case 0xA4:
                self._file = self._application and command.data == PLAIN_FILE.to_bytes(2, "big")
                return Response(b"", 0x9000 if self._file else 0x6A82)
            case 0xB0 if self._file:
                wanted = command.expected or 0
                if place + wanted > CAPACITY:
                    return Response(b"", 0x6B00)
                piece = self.chip.memory[place : place + wanted].ljust(wanted, b"\x00")
                return Response(piece, 0x9000)
            case 0xD6 if self._file:
                if place + len(command.data) > CAPACITY:
                    return Response(b"", 0x6A84)
                self.chip.write(place, command.data)
                return Response(b"", 0x9000)
            case 0xB0 | 0xD6:
                return Response(b"", 0x6986)
            case _:
                return Response(b"", 0x6D00)


_CHANNEL_OF_PANEL = {"c": 0, "m": 1, "y": 2}


def laid(picture: bytes, panels: tuple[str, ...]) -> bytes:
    """The picture as it looks with only these colour panels laid, as PNG.

    Cyan takes red away, magenta green, yellow blue; resin black and overlay change nothing here.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    bands = list(image.split())
    white = Image.new("L", image.size, 255)
    for panel, index in _CHANNEL_OF_PANEL.items():
        if panel not in panels:
            bands[index] = white
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "PNG")
    return out.getvalue()
