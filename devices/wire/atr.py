"""What a card says of itself when it is powered up (answer to reset, ISO/IEC 7816-3, 8).

Readers' drivers are lenient: some hand on what dirty contacts gave. What isn't an ATR is refused
here, so that garbage has its name before the first command. The historical bytes may tell whether
the card takes extended lengths (ISO/IEC 7816-4, 12.1.1.9, third software function table).
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 33
_DIRECT, _INVERSE = 0x3B, 0x3F


@dataclass(frozen=True, slots=True)
class Atr:
    """Protocols offered (0 where none is named) and the historical bytes."""

    protocols: tuple[int, ...]
    historical: bytes
    extended: bool = False


def parse_atr(raw: bytes) -> Atr:
    """The ATR in these bytes. Raises ValueError for what isn't one."""
    if not 2 <= len(raw) <= LONGEST or raw[0] not in {_DIRECT, _INVERSE}:
        raise ValueError("no ATR")
    count = raw[1] & 0x0F
    follows, place = raw[1] >> 4, 2
    protocols: list[int] = []
    while follows:
        size = follows.bit_count()
        if place + size > len(raw):
            raise ValueError("ends within the interface bytes")
        announced = raw[place + size - 1] if follows & 0x08 else None
        place += size
        if announced is None:
            break
        protocol, follows = announced & 0x0F, announced >> 4
        if protocol not in protocols:
            protocols.append(protocol)
    checked = any(protocol != 0 for protocol in protocols)
    end = place + count
    if end + int(checked) != len(raw):
        raise ValueError("announces another length than it has")
    if checked:
        sum_of = 0
        for byte in raw[1:]:
            sum_of ^= byte
        if sum_of:
            raise ValueError("check byte")
    historical = raw[place:end]
    real = tuple(protocol for protocol in protocols if protocol != 15)
    return Atr(real or (0,), historical, _extended(historical))


def _extended(historical: bytes) -> bool:
    """Whether the compact TLV objects among the historical bytes promise extended lengths."""
    if historical[:1] not in {b"\x80", b"\x00"}:
        return False
    rest = historical[1:] if historical[0] == 0x80 else historical[1:-3]
    while rest:
        tag, size = rest[0] >> 4, rest[0] & 0x0F
        value = rest[1 : 1 + size]
        if tag == 7:
            return len(value) == 3 and bool(value[2] & 0x40)
        rest = rest[1 + size :]
    return False
