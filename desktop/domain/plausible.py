"""Values that are possible but odd: they are asked about before the applicant confirms the data.

Nothing here is refused: there are people of ninety-seven and people whose name is one letter. But
whoever stands at the counter is asked, and says so, before the data goes onto a card. What can't
be at all is refused elsewhere (`person.check_birth`, `person.check_texts`, `nik.check_nik`), and
whether a NIK and a date of birth agree is `nik`'s to say.

    Problem
    └── ValuesDoubted   odd values that nobody has been asked about yet
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.dates import age_on
from desktop.domain.errors import Problem
from desktop.domain.person import Applicant, fold

FIELD_OF_ODDITY = {
    "age": "birth_date",
    "name": "name",
    "place": "birth_place",
    "blood": "blood_type",
    "address": "address",
    "occupation": "occupation",
}
BLOOD_TYPES = frozenset({"A", "B", "AB", "O"})
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_THRICE = re.compile(r"([^\W\d_])\1\1")
_WORD = re.compile(r"[^\W\d_]+")


class Oddity(StrEnum):
    """What is odd about a person's data, field by field."""

    AGE = "age"
    NAME_DIGITS = "name_digits"
    NAME_SHORT = "name_short"
    NAME_REPEATED = "name_repeated"
    NAME_IS_PLACE = "name_is_place"
    PLACE_DIGITS = "place_digits"
    BLOOD_TYPE = "blood_type"
    ADDRESS_SHORT = "address_short"
    OCCUPATION_AGE = "occupation_age"

    @property
    def field(self) -> str:
        """The applicant's field that is odd."""
        return FIELD_OF_ODDITY[self.partition("_")[0]]


@dataclass(frozen=True, slots=True)
class OccupationAges:
    """An occupation, by the words that name it, and the ages at which nobody wonders."""

    name: str
    words: tuple[str, ...]
    youngest: int
    oldest: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlausibleRules:
    """From which values on somebody is asked; `ask_age` in years, the others in characters."""

    ask_age: int
    name_letters: int
    address_letters: int
    source: str
    occupations: tuple[OccupationAges, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Doubted:
    """One value to ask about, as it will stand on the card; an age in years."""

    what: Oddity
    value: str


class ValuesDoubted(Problem):
    """These values are odd and nobody has said that they are right."""

    questions: tuple[Oddity, ...]


def doubted(rules: PlausibleRules, applicant: Applicant, on: date) -> tuple[Doubted, ...]:
    """Everything odd about the data as it will stand on the card, in the order of its fields."""
    return tuple(_doubts(rules, applicant, on))


def _doubts(rules: PlausibleRules, applicant: Applicant, on: date) -> Iterator[Doubted]:
    name, place, age = applicant.name, applicant.birth_place, age_on(applicant.birth_date, on)
    if age >= rules.ask_age:
        yield Doubted(Oddity.AGE, str(age))
    if _DIGIT.search(name):
        yield Doubted(Oddity.NAME_DIGITS, name)
    if _letters(name) < rules.name_letters:
        yield Doubted(Oddity.NAME_SHORT, name)
    if _THRICE.search(fold(name)):
        yield Doubted(Oddity.NAME_REPEATED, name)
    if fold(name) == fold(place):
        yield Doubted(Oddity.NAME_IS_PLACE, name)
    if _DIGIT.search(place) or not _LETTER.search(place):
        yield Doubted(Oddity.PLACE_DIGITS, place)
    blood = applicant.blood_type.strip().upper().rstrip("+-")
    if blood and blood not in BLOOD_TYPES:  # a dash is what a KTP-el without one says
        yield Doubted(Oddity.BLOOD_TYPE, applicant.blood_type)
    if _letters(applicant.address) < rules.address_letters:
        yield Doubted(Oddity.ADDRESS_SHORT, applicant.address)
    if any(_odd_for(job, applicant.occupation, age) for job in rules.occupations):
        yield Doubted(Oddity.OCCUPATION_AGE, applicant.occupation)


def _letters(text: str) -> int:
    return len(_LETTER.findall(text))


def _odd_for(job: OccupationAges, occupation: str, age: int) -> bool:
    named = any(word.upper() in job.words for word in _WORD.findall(occupation))
    return named and not job.youngest <= age <= job.oldest
