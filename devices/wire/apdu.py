"""Commands to a chip card (ISO/IEC 7816-4), and one plain file read and written with them.

Pure bytes: a reader supplies `transmit` and nothing else. The trivial chip profile is a single
transparent file behind an application of our own: four bytes of length, then the data. The length
is zeroed first and written last, so that a write torn in the middle reads as empty and never as a
half file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.device import DeviceKind
from devices.errors import (
    AuthenticationFailed,
    CardMute,
    ChipDead,
    ChipFull,
    ChipRefused,
    Garbage,
    WrongCard,
)

Transmit = Callable[[bytes], bytes]

PLAIN_AID = bytes.fromhex("F04C4F4B4554")
"""Proprietary application identifier (first digit F: ISO/IEC 7816-4, 12.2.3.4)."""
PLAIN_FILE = 0x0101
HEAD = 4
CHUNK = 0xF0
LARGEST = 0x7FFF - HEAD
"""READ and UPDATE BINARY address 15 bits (ISO/IEC 7816-4, 11.2.2)."""

OK = 0x9000
GET_UID = bytes.fromhex("FFCA000000")
"""The reader's own command for the card's UID (PC/SC part 3, 3.2.2.1.3)."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU; `expected` is Le, None for none, 256 as short Le 0."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    def encode(self) -> bytes:
        """The bytes: short form where it fits, extended form otherwise."""
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        short = len(self.data) <= 255 and (self.expected or 0) <= 256
        if short:
            body = bytes((len(self.data),)) + self.data if self.data else b""
            tail = b"" if self.expected is None else bytes((self.expected & 0xFF,))
            return head + body + tail
        body = len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        tail = b"" if self.expected is None else (self.expected & 0xFFFF).to_bytes(2, "big")
        return head + b"\x00" + body + tail

    @classmethod
    def decode(cls, raw: bytes) -> Command:
        """The command in these bytes; raises ValueError for a length that doesn't add up."""
        if len(raw) < 4:
            raise ValueError("shorter than a header")
        cla, ins, p1, p2 = raw[:4]
        rest = raw[4:]
        if not rest:
            return cls(cla, ins, p1, p2)
        if len(rest) == 1:
            return cls(cla, ins, p1, p2, expected=rest[0] or 256)
        wide = rest[0] == 0 and len(rest) >= 3
        size = 2 if wide else 1
        rest = rest[1:] if wide else rest
        if wide and len(rest) == 2:
            return cls(cla, ins, p1, p2, expected=int.from_bytes(rest, "big") or 65536)
        count = int.from_bytes(rest[:size], "big")
        data, tail = rest[size : size + count], rest[size + count :]
        if len(data) != count or len(tail) not in {0, size}:
            raise ValueError("lengths don't add up")
        expected = (int.from_bytes(tail, "big") or 256**size) if tail else None
        return cls(cla, ins, p1, p2, data, expected)


@dataclass(frozen=True, slots=True)
class Response:
    """A response APDU: data and status word."""

    data: bytes
    status: int

    def encode(self) -> bytes:
        """The bytes as the card sends them."""
        return self.data + self.status.to_bytes(2, "big")

    @classmethod
    def decode(cls, raw: bytes) -> Response:
        """The response in these bytes. Raises CardMute for none, Garbage for one byte."""
        if not raw:
            raise CardMute
        if len(raw) < 2:
            raise Garbage(DeviceKind.CARD_READER, "apdu")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))


def exchange(transmit: Transmit, command: Command) -> bytes:
    """Send a command and take its data; a status word other than 9000 becomes a named fault."""
    response = Response.decode(transmit(command.encode()))
    status = response.status
    if status == OK:
        return response.data
    if status & 0xFFF0 == 0x63C0:
        raise AuthenticationFailed(status & 0x0F)
    if status in {0x6982, 0x6300}:
        raise AuthenticationFailed(None)
    if status == 0x6983:
        raise AuthenticationFailed(0)
    if status in {0x6A82, 0x6A81, 0x6E00, 0x6D00}:
        raise WrongCard(DeviceKind.CARD_READER)
    if status in {0x6581, 0x6400, 0x6F00}:
        raise ChipDead
    raise ChipRefused(f"{status:04X}")


def uid(transmit: Transmit) -> bytes:
    """The card's unique identifier."""
    return exchange(transmit, Command.decode(GET_UID))


def select_plain_file(transmit: Transmit) -> None:
    """Select the application and its one file. Raises WrongCard where there is none."""
    exchange(transmit, Command(0x00, 0xA4, 0x04, 0x0C, PLAIN_AID))
    exchange(transmit, Command(0x00, 0xA4, 0x02, 0x0C, PLAIN_FILE.to_bytes(2, "big")))


def update_binary(transmit: Transmit, offset: int, data: bytes) -> None:
    """Write into the selected file at an offset."""
    for start in range(0, len(data), CHUNK):
        place = offset + start
        exchange(
            transmit,
            Command(0x00, 0xD6, place >> 8, place & 0xFF, data[start : start + CHUNK]),
        )


def read_binary(transmit: Transmit, offset: int, count: int) -> bytes:
    """Read from the selected file. Raises Garbage where the card gives fewer bytes than asked."""
    parts: list[bytes] = []
    for start in range(0, count, CHUNK):
        place, wanted = offset + start, min(CHUNK, count - start)
        part = exchange(transmit, Command(0x00, 0xB0, place >> 8, place & 0xFF, expected=wanted))
        if len(part) != wanted:
            raise Garbage(DeviceKind.CARD_READER, "read_binary")
        parts.append(part)
    return b"".join(parts)


def write_plain_file(transmit: Transmit, data: bytes) -> None:
    """Write the trivial profile's file. Raises ChipFull where the data can't fit."""
    if len(data) > LARGEST:
        raise ChipFull(len(data), LARGEST)
    select_plain_file(transmit)
    update_binary(transmit, 0, bytes(HEAD))
    try:
        update_binary(transmit, HEAD, data)
    except ChipRefused as refused:
        if refused.status in {"6A84", "6B00"}:
            raise ChipFull(len(data), 0) from refused
        raise
    update_binary(transmit, 0, len(data).to_bytes(HEAD, "big"))


def read_plain_file(transmit: Transmit) -> bytes:
    """Read the trivial profile's file; empty where nothing (or nothing whole) was written."""
    select_plain_file(transmit)
    count = int.from_bytes(read_binary(transmit, 0, HEAD), "big")
    if count > LARGEST:
        raise Garbage(DeviceKind.CARD_READER, "read_plain_file")
    return read_binary(transmit, HEAD, count)
