"""What a card says of itself when it is powered up (answer to reset, ISO/IEC 7816-3, 8).

Readers' drivers are lenient: some hand on what dirty contacts gave. What isn't an ATR is refused
here, so that garbage has its name before the first command.
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
    return Atr(real or (0,), historical)
