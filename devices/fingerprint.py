"""Fingerprint sensors: a finger taken with its quality, and compared where something can compare.

To take a finger and to say whose it is are two things. A sensor with a comparer of its own does
both; one that only takes (as MOSIP SBI has it) answers a comparison with CannotCompare unless the
office has set up a comparer beside it. The KTP-el's own minutiae never leave its reader, so the
match with the KTP-el is the reader's verdict (`EidCard.fingerprint`) and nobody else's.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from devices.device import Cancel, Device


@dataclass(frozen=True, slots=True)
class FingerMatch:
    """How alike (0 to 1) and how good the picture (0 to 100); `matched` by the sensor's limit."""

    score: float
    quality: int
    matched: bool


@dataclass(frozen=True, slots=True)
class FingerSample:
    """A finger as it was taken. `record` is the sensor's own (ISO/IEC 19794-4), never shown.

    `device` is the serial number that the sensor signed with, `at` its own time.
    """

    quality: int
    record: bytes = field(repr=False)
    device: str = ""
    at: datetime | None = None


class FingerComparer(Protocol):
    """Compares two fingers; brought by the office, none is part of this program."""

    def compare(self, reference: bytes, sample: bytes) -> FingerMatch:
        """How alike they are. Raises ValueError for records that it can't read."""
        ...


class FingerprintSensor(Device):
    """A sensor for one finger."""

    @abstractmethod
    def take(self, *, timeout: float, cancel: Cancel = None) -> FingerSample:
        """Wait for a finger and take it. Raises the LinkFaults, NoFinger, PoorFinger."""

    @abstractmethod
    def match(self, reference: bytes, *, timeout: float, cancel: Cancel = None) -> FingerMatch:
        """Wait for a finger and compare it.

        Raises what `take` raises, and CannotCompare where nothing here can compare.
        """
