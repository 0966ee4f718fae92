"""What both ends of a licence chip name: its keys, and where it is in its life.

Apart from the channel and the commands, because a simulated card is laid up with every start and
the rest is needed by the first card that has such a chip.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class StaticKeys:
    """A card's three keys: encryption, MAC, and the one that would carry other keys."""

    enc: bytes
    mac: bytes
    dek: bytes
    version: int = 0x30

    def __repr__(self) -> str:
        return f"StaticKeys(version={self.version:#04x})"


class ChipState(IntEnum):
    """Where a chip is in its life."""

    BLANK = 0x07
    PERSONALISING = 0x0B
    LOCKED = 0x0F
