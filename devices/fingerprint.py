"""Fingerprint sensors: a finger taken with its quality, and compared where something can compare.

To take a finger and to say whose it is are two things. A sensor with a comparer of its own does
both; one that only takes (as MOSIP SBI has it) answers a comparison with CannotCompare unless the
office has set up a comparer beside it. One that is set up and gives no verdict is a device's fault
(NotCompared), never a mismatch. Where a KTP-el's reader compares by itself, its verdict
(`EidCard.fingerprint`) is taken and its minutiae stay in it; one that gives them out leaves
comparing to a sensor.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from devices.device import Cancel, Device


@dataclass(frozen=True, slots=True)
class FingerMatch:
    """How alike (0 to 1) and how good the picture (0 to 100); `matched` by the sensor's limit.

    `score` is None where the comparer tells its decision alone.
    """

    score: float | None
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


@dataclass(frozen=True, slots=True)
class FingerTrial:
    """What a trial of the sensor showed: a finger's quality, and whether something compared it."""

    quality: int
    compared: bool


class FingerComparer(Protocol):
    """Compares two fingers; brought by the office, none is part of this program."""

    def answers(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Whether it can be asked now. Raises Cancelled."""
        ...

    def compare(
        self, reference: bytes, sample: FingerSample, *, timeout: float, cancel: Cancel = None
    ) -> FingerMatch:
        """Whether they are one finger. Raises the NotCompared faults, PoorFinger, Cancelled."""
        ...


class FingerprintSensor(Device):
    """A sensor for one finger."""

    @abstractmethod
    def take(self, *, timeout: float, cancel: Cancel = None) -> FingerSample:
        """Wait for a finger and take it. Raises the LinkFaults, NoFinger, PoorFinger."""

    @abstractmethod
    def match(self, reference: bytes, *, timeout: float, cancel: Cancel = None) -> FingerMatch:
        """Wait for a finger and compare it.

        Raises what `take` raises, CannotCompare where nothing here can compare, and the
        NotCompared faults where what is set up for it gives no verdict.
        """

    @abstractmethod
    def try_out(self, *, timeout: float, cancel: Cancel = None) -> FingerTrial:
        """Wait for a finger, and where something compares, have it compared with itself.

        Raises what `take` raises, and the NotCompared faults.
        """
