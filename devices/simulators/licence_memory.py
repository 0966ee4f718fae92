"""What a simulated licence chip keeps when its power goes; `lds_card` is the card at work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.wire.chip_state import ChipState, StaticKeys

if TYPE_CHECKING:
    from devices.wire.lds_chip import ChipStatus


@dataclass(slots=True, eq=False)
class LicenceMemory:
    """What the chip keeps. Each act changes it at once and whole, or not at all."""

    keys: StaticKeys
    diversification: bytes
    state: ChipState = ChipState.BLANK
    stream: bytes = b""
    files: dict[int, bytes] = field(default_factory=dict[int, bytes])
    sessions: int = 0
    pending: bytes = b""
    """A list of records that isn't whole yet."""

    @classmethod
    def made(cls, master: bytes, uid: bytes) -> LicenceMemory:
        """A chip as its maker delivers it: with keys of its own."""
        from devices.wire import scp03

        own = uid.rjust(10, b"\x00")
        return cls(scp03.diversified(master, own), own)

    @property
    def status(self) -> ChipStatus:
        """What SELECT tells."""
        from devices.wire.lds_chip import ChipStatus

        return ChipStatus(self.state, len(self.stream), hashlib.sha256(self.stream).digest())
