"""The flight recorder's tape: what an adapter sent and heard on its wire, scrubbed.

Every adapter gets a tape with its place at the counter and speaks to it at each exchange. What
tells of a person (a photo, a signature, a chip's content) is told as `Hidden`: its length and a
digest, enough to compare two recordings and too little to know anybody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hidden:
    """Bytes that a recording must not keep: their number and SHA-256, in hex."""

    length: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Hidden:
        """What may be said of these bytes."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


Said = tuple[bytes | Hidden, ...]
"""One message in pieces: what may be kept as it is, and what may not."""


class Tape(Protocol):
    """Where an adapter tells its traffic. Never raises; costs next to nothing when nobody records.

    `recording` may be asked before a message is cut into pieces for nothing.
    """

    @property
    def recording(self) -> bool:
        """Whether anybody keeps what is told."""
        ...

    def sent(self, *pieces: bytes | Hidden) -> None:
        """One message to the device."""
        ...

    def heard(self, *pieces: bytes | Hidden) -> None:
        """One message from the device; an empty one is a line that was closed."""
        ...

    def noted(self, what: str) -> None:
        """Something on the wire that is no message: "open", "closed", "timeout", "reset"."""
        ...


class NoTape:
    """Keeps nothing."""

    recording = False

    def sent(self, *pieces: bytes | Hidden) -> None:
        """Forget it."""

    def heard(self, *pieces: bytes | Hidden) -> None:
        """Forget it."""

    def noted(self, what: str) -> None:
        """Forget it."""


NO_TAPE = NoTape()
