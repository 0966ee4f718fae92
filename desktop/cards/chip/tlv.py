"""BER-TLV as chip files use it (ISO/IEC 7816-4, 5.2.2): definite lengths, the shortest form only.

There is one way to write anything, so what reads back is what was written: `write(*read(x)) == x`.
"""

from __future__ import annotations

from datetime import datetime

from desktop.domain.errors import Problem

_LONGEST = 0xFFFF
_MORE_TAG = 0x1F


class ChipUnreadable(Problem):
    """The chip's files aren't such files; `part` says where it ends to make sense."""

    part: str


class ChipNotGenuine(Problem):
    """Something on the chip isn't what an authority that we know has signed; `part` says what."""

    part: str


class SignerRevoked(ChipNotGenuine):
    """The document signer was revoked: what it signed proves nothing any more."""

    at: datetime
    order: str


def write(tag: int, value: bytes) -> bytes:
    """One object."""
    count = len(value)
    if count < 0x80:
        length = bytes((count,))
    elif count < 0x100:
        length = bytes((0x81, count))
    elif count <= _LONGEST:
        length = b"\x82" + count.to_bytes(2, "big")
    else:
        raise ValueError("longer than a file can be")
    return tag.to_bytes(1 if tag < 0x100 else 2, "big") + length + value


def read(raw: bytes, place: int = 0) -> tuple[int, bytes, int]:
    """Tag, value and where the next object begins. Raises ChipUnreadable."""
    try:
        tag, at = raw[place], place + 1
        if tag & _MORE_TAG == _MORE_TAG:
            tag, at = tag << 8 | raw[at], at + 1
            if tag & 0x80:
                raise ChipUnreadable("tag")
        first, at = raw[at], at + 1
        count = first
        if first >= 0x80:
            size = first & 0x7F
            count = int.from_bytes(raw[at : at + size], "big")
            shortest = 1 if count < 0x100 else 2
            if size != shortest or count < 0x80 or len(raw) < at + size:
                raise ChipUnreadable("length")
            at += size
    except IndexError:
        raise ChipUnreadable("cut off") from None
    value = raw[at : at + count]
    if len(value) != count:
        raise ChipUnreadable("cut off")
    return tag, value, at + count


def read_all(raw: bytes) -> list[tuple[int, bytes]]:
    """The objects of a constructed value. Raises ChipUnreadable."""
    found: list[tuple[int, bytes]] = []
    place = 0
    while place < len(raw):
        tag, value, place = read(raw, place)
        found.append((tag, value))
    return found


def children(raw: bytes, tag: int) -> dict[int, bytes]:
    """What is inside an object of this tag, each tag once. Raises ChipUnreadable."""
    outer, value, end = read(raw)
    if outer != tag or end != len(raw):
        raise ChipUnreadable(f"{tag:02X}")
    inside = read_all(value)
    found = dict(inside)
    if len(found) != len(inside):
        raise ChipUnreadable(f"{tag:02X}")
    return found
