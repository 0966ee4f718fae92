"""Applicants and the licences they hold."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from desktop.domain.dates import age_on
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class LicenceStatus(StrEnum):
    """A licence's legal standing; expiry is judged from its dates, never stored."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    FLAGGED = "flagged"
    REVOKED = "revoked"


class HoldKind(StrEnum):
    """The first three bind a SIM service; the last two only inform (PP and Perpol, see rules)."""

    POINTS_VERDICT = "points_verdict"
    COURT = "court"
    CARD_SEIZED = "card_seized"
    ETLE_UNCONFIRMED = "etle_unconfirmed"
    STNK_BLOCKED = "stnk_blocked"


BINDING_HOLDS: frozenset[HoldKind] = frozenset(
    {HoldKind.POINTS_VERDICT, HoldKind.COURT, HoldKind.CARD_SEIZED}
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person's data as it will stand on the card."""

    nik: str
    name: str
    birth_place: str
    birth_date: date
    sex: Sex
    blood_type: str
    address: str
    occupation: str
    nationality: str = "WNI"
    phone: str = ""
    stay_permit_until: date | None = None

    @property
    def foreigner(self) -> bool:
        """Not a citizen: other papers, another number, never longer than the stay permit."""
        return self.nationality != "WNI"


@dataclass(frozen=True, slots=True)
class Person:
    """A person known to the office, keyed by our own id; the NIK may be corrected or contested."""

    id: str
    applicant: Applicant
    nik: str
    folded_name: str
    photo: str = ""
    conflict: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Licence:
    """One issue of one class to one person; the printed number is text and never a key.

    `superseded` are the licences that this one ended, each with its standing before.
    """

    id: str
    person_id: str
    licence_class: LicenceClass
    sequence: int
    sim_number: str
    scheme: str
    issued_on: date
    valid_until: date
    status: LicenceStatus
    office: str
    photo: str = ""
    blank_serial: str = ""
    chip_uid: str = ""
    application_id: str = ""
    handed_over_at: datetime | None = None
    first_issued_on: date | None = None
    superseded: dict[str, LicenceStatus] = field(default_factory=dict[str, LicenceStatus])
    version: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold binds, a notice informs; each says why, by whom and where to settle."""

    id: str
    nik: str
    kind: HoldKind
    reason: str
    reference: str
    authority: str
    settle_at: str
    since: date
    active: bool = True
    version: int = 0

    @property
    def binding(self) -> bool:
        return self.kind in BINDING_HOLDS


def fold(text: str) -> str:
    """A name for searching: no accents, no case, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return " ".join(plain.casefold().split())


class Blocked(Problem):
    """A binding hold stops the service."""

    kind: HoldKind
    reference: str
    authority: str
    settle_at: str


class IdentityConflict(Problem):
    """The same NIK stands in the records with another name or birth date."""

    case: str


class TextTooLong(Problem):
    """A field holds more than any card or paper can carry."""

    field: str
    length: int
    limit: int


class FieldEmpty(Problem):
    """A field that the card needs is empty."""

    field: str


class BirthDateImplausible(Problem):
    """Nobody of that age stands at this counter: a slip of the keyboard."""

    field: str
    youngest: int
    oldest: int


class PhoneUnlikely(Problem):
    """What was typed as a phone is none: 8 to 15 digits, a plus before them if at all.

    Spaces, hyphens and brackets may stand between, as in a file of online applications.
    """

    field: str


class PhoneCleared(Problem):
    """There was a phone, and nothing was typed in its place."""

    field: str


YOUNGEST, OLDEST = 16, 110


def check_birth(born: date, today: date) -> None:
    """Ask about a typed date of birth that can't be an applicant's. Raises BirthDateImplausible."""
    if born > today or not YOUNGEST <= age_on(born, today) <= OLDEST:
        raise BirthDateImplausible(field="birth_date", youngest=YOUNGEST, oldest=OLDEST)


PHONE_DIGITS = range(8, 16)
_PHONE = re.compile(r"\+?[0-9 ()-]+")


def check_phone(phone: str, known: str = "") -> None:
    """Whether a phone may be written down where `known` was on record.

    What was there already is nobody's slip now; nobody has to have a phone.
    Raises PhoneUnlikely, PhoneCleared.
    """
    if phone == known:
        return
    if not phone:
        raise PhoneCleared(field="phone")
    digits = sum(char.isdigit() for char in phone)
    if _PHONE.fullmatch(phone) is None or digits not in PHONE_DIGITS:
        raise PhoneUnlikely(field="phone")


FIELD_LIMITS = {
    "name": 100,
    "birth_place": 60,
    "address": 200,
    "occupation": 60,
    "blood_type": 3,
    "phone": 20,
    "nationality": 40,
}


def check_texts(applicant: Applicant) -> None:
    """Refuse texts that no card can carry.

    Raises TextTooLong (limits in characters) or FieldEmpty (name, birth place, address).
    """
    for name, limit in FIELD_LIMITS.items():
        length = len(getattr(applicant, name))
        if length > limit:
            raise TextTooLong(field=name, length=length, limit=limit)
    for name in ("name", "birth_place", "address"):
        if not getattr(applicant, name).strip():
            raise FieldEmpty(field=name)
