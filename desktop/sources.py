"""Time, ids and random bytes enter the program here, and only here.

The system's own sources serve every real profile. The virtual clock and the seeded sources make
a training day repeat itself exactly; `open_desk` refuses them in the live realm.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time, monotonic time and waiting."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def tick(self) -> int:
        """Monotonic nanoseconds; only differences mean anything."""
        ...

    def pause(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        """Wait; True when the time ran out, False when `cancel` was set first."""
        ...


class IdSource(Protocol):
    """Gives ids that sort by the time they were made."""

    def new(self) -> str:
        """A UUIDv7 (RFC 9562) as text."""
        ...


class KeySource(Protocol):
    """Gives the random bytes of which keys and salts are made."""

    def take(self, count: int) -> bytes: ...


class SystemClock:
    """The PC's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def tick(self) -> int:
        return time.monotonic_ns()

    def pause(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        return not (cancel or threading.Event()).wait(seconds)


class VirtualClock:
    """A clock that moves only when told to, so a scripted day takes no real time."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock's start needs a zone")
        self._lock = threading.Lock()
        self._start = start.astimezone(UTC)
        self._passed = 0.0

    def now(self) -> datetime:
        with self._lock:
            return self._start + timedelta(seconds=self._passed)

    def tick(self) -> int:
        with self._lock:
            return round(self._passed * 1_000_000_000)

    def pause(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        if cancel is not None and cancel.is_set():
            return False
        self.advance(seconds)
        return True

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        with self._lock:
            self._passed += seconds

    def jump_to(self, moment: datetime) -> None:
        """Set the wall clock, as a dead battery or a wrong hand would; ticks don't move."""
        with self._lock:
            self._start = moment.astimezone(UTC) - timedelta(seconds=self._passed)


def uuid7(milliseconds: int, random_bytes: bytes) -> str:
    """A UUIDv7 from its parts: 48 bits of Unix milliseconds and 10 bytes of randomness."""
    head = milliseconds.to_bytes(6, "big")
    body = bytearray(head + random_bytes[:10])
    body[6] = 0x70 | (body[6] & 0x0F)
    body[8] = 0x80 | (body[8] & 0x3F)
    return str(uuid.UUID(bytes=bytes(body)))


def milliseconds_of(moment: datetime) -> int:
    """Unix milliseconds of an aware moment."""
    return int(moment.timestamp() * 1000)


class SystemIds:
    """Ids for real profiles."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self) -> str:
        return uuid7(milliseconds_of(self._clock.now()), secrets.token_bytes(10))


class SeededIds:
    """Ids that repeat with their seed; their order is the order in which they were asked for.

    `used` of them were given out before, in the same profile.
    """

    def __init__(self, seed: int, clock: Clock, used: int = 0) -> None:
        self._clock = clock
        self._seed = seed
        self._count = used
        self._lock = threading.Lock()

    def new(self) -> str:
        with self._lock:
            self._count += 1
            count = self._count
        digest = hashlib.sha256(f"id:{self._seed}:{count}".encode()).digest()
        # Version and variant take 4 and 2 bits: the count stands in the 18 bits that are left.
        high, low = (count >> 6) & 0xFFF, count & 0x3F
        ordered = bytes((high >> 8, high & 0xFF, low))
        return uuid7(milliseconds_of(self._clock.now()), ordered + digest[:7])


class SystemKeys:
    """Random bytes of the operating system."""

    def take(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededKeys:
    """Bytes that repeat with their seed; worthless as keys, which is why live refuses them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> bytes:
        with self._lock:
            self._count += 1
            label = f"key:{self._seed}:{self._count}".encode()
        return hashlib.shake_256(label).digest(count)
