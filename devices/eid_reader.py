"""Readers of the KTP-el: identity, picture, signature, and the finger compared inside the reader.

Religion and marital status are on the chip too; a licence needs neither, so they aren't taken.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from devices.device import Cancel, Device


class FingerprintResult(StrEnum):
    """What the reader says of the finger; the minutiae never leave it."""

    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    NOT_TRIED = "not_tried"


class EidSex(StrEnum):
    """Sex as the KTP-el spells it."""

    MALE = "LAKI-LAKI"
    FEMALE = "PEREMPUAN"


@dataclass(frozen=True, slots=True)
class EidCard:
    """The chip's content. All of it is a person, so `repr` shows nothing."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_place: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: EidSex = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    rt_rw: str = field(repr=False)
    village: str = field(repr=False)
    district: str = field(repr=False)
    regency: str = field(repr=False)
    province: str = field(repr=False)
    occupation: str = field(repr=False)
    nationality: str = field(default="WNI", repr=False)
    blood_type: str = field(default="-", repr=False)
    photo: bytes = field(default=b"", repr=False)
    signature: bytes = field(default=b"", repr=False)
    fingerprint: FingerprintResult = field(default=FingerprintResult.NOT_TRIED, repr=False)
    minutiae: tuple[bytes, ...] = field(default=(), repr=False)
    """Fingers' points (ISO/IEC 19794-2), where a sensor beside the reader compares them."""


class EidReader(Device):
    """A reader of the KTP-el."""

    @abstractmethod
    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Whether a card lies there now."""

    @abstractmethod
    def read(self, *, timeout: float, cancel: Cancel = None) -> EidCard:
        """Wait for a card, read it, and compare the finger.

        A finger that doesn't match is an answer (`fingerprint`), not a fault. Raises the
        LinkFaults, CardMissing when none came in time, WrongCard, EidUnreadable.
        """
