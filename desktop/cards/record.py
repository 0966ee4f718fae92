"""What a card says: every fact of both faces, and nothing that isn't printed.

The record is frozen before the blank is reserved, except for dates, blank and seal, which are set
then; the same record and layout give the same picture on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm


class CardField(StrEnum):
    """A place on the card, as a problem names it."""

    NUMBER = "number"
    NAME = "name"
    BIRTH = "birth"
    BIRTH_DATE = "birth_date"
    BLOOD_SEX = "blood_sex"
    ADDRESS = "address"
    OCCUPATION = "occupation"
    OFFICE = "office"
    POLDA = "polda"
    ISSUED = "issued"
    ISSUED_ON = "issued_on"
    VALID_UNTIL = "valid_until"
    CLASS = "class"
    CLASS_SUFFIX = "class_suffix"
    VEHICLE_ID = "vehicle_id"
    VEHICLE_EN = "vehicle_en"
    HEIGHT = "height"
    BLANK_SERIAL = "blank_serial"
    PHOTO = "photo"
    SIGNATURE = "signature"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class CardRecord:
    """Both faces of one licence."""

    realm: Realm
    number: str
    """The SIM number as digits; hyphens are the layout's."""
    scheme: str
    """How the number is built (`SimScheme`). Kept with it, never derived."""
    licence_class: LicenceClass
    name: str
    birth_place: str
    birth_date: date
    blood_group: str
    sex: str
    """As printed: LAKI-LAKI or PEREMPUAN."""
    address: tuple[str, ...]
    occupation: str
    office: str
    polda: str
    issued_on: date
    valid_until: date
    photo: bytes
    """JPEG or PNG."""
    signature: bytes | None
    """JPEG or PNG, dark ink on light paper; None where a person can't sign."""
    blank_serial: str
    seal: str
    """Text of the QR on the back."""
    height_cm: int | None = None


class DoesNotFit(Problem):
    """A text is longer than its place, however small, wrapped or narrow it is set."""

    field: CardField


class CannotPrintOnCard(Problem):
    """Characters that the card's fonts don't have, as code points (`U+1F600`)."""

    field: CardField
    characters: tuple[str, ...]


class SealTooLong(Problem):
    """The seal's text needs a larger code than the card has room for."""

    modules: int
    limit: int


class LayoutBroken(Problem):
    """A layout file that can't be used, and where."""

    file: str
    place: str


def grouped(number: str) -> str:
    """The number as people read it: 4-4-4, 4-4-6, or a NIK in one piece."""
    if not number.isdigit():
        return number
    if len(number) == 12:
        return f"{number[:4]}-{number[4:8]}-{number[8:]}"
    if len(number) == 14:
        return f"{number[:4]}-{number[4:8]}-{number[8:]}"
    return number
