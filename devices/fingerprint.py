"""Fingerprint sensors that compare one finger with one reference."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from devices.device import Cancel, Device


@dataclass(frozen=True, slots=True)
class FingerMatch:
    """How alike (0 to 1) and how good the picture (0 to 100); `matched` by the sensor's limit."""

    score: float
    quality: int
    matched: bool


class FingerprintSensor(Device):
    """A sensor for one finger."""

    @abstractmethod
    def match(self, reference: bytes, *, timeout: float, cancel: Cancel = None) -> FingerMatch:
        """Wait for a finger and compare it. Raises the LinkFaults, NoFinger, PoorFinger."""
