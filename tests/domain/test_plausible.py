"""Odd values are asked about; what people are ordinarily called, and how old, never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from desktop.domain.person import Applicant, Sex
from desktop.domain.plausible import Oddity, doubted
from desktop.training.office import applicant_from
from desktop.training.people import make_people
from tests.domain.office_rules import TODAY, rules_on

PLAIN = Applicant(
    nik="3273010203850001",
    name="ANISA PUTRI",
    birth_place="BANDUNG",
    birth_date=date(1985, 3, 2),
    sex=Sex.FEMALE,
    blood_type="-",
    address="JL. MELATI NO. 1",
    occupation="GURU",
)
AT_SIXTY_ONE = date(1965, 2, 1)


def asked(applicant: Applicant) -> list[Oddity]:
    return [one.what for one in doubted(rules_on().plausible, applicant, TODAY)]


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"birth_date": date(1929, 1, 1)}, Oddity.AGE),
        ({"name": "ANISA PUTR1"}, Oddity.NAME_DIGITS),
        ({"name": "Q"}, Oddity.NAME_SHORT),
        ({"name": "ANISA PUTRIII"}, Oddity.NAME_REPEATED),
        ({"name": "Bandung "}, Oddity.NAME_IS_PLACE),
        ({"birth_place": "BANDUNG 02-03-1985"}, Oddity.PLACE_DIGITS),
        ({"birth_place": "--"}, Oddity.PLACE_DIGITS),
        ({"blood_type": "X"}, Oddity.BLOOD_TYPE),
        ({"address": "NO. 12"}, Oddity.ADDRESS_SHORT),
        ({"occupation": "PELAJAR/MAHASISWA", "birth_date": AT_SIXTY_ONE}, Oddity.OCCUPATION_AGE),
        ({"occupation": "Pensiunan", "birth_date": date(1990, 1, 1)}, Oddity.OCCUPATION_AGE),
    ],
)
def test_an_odd_value_is_asked_about(changes: dict[str, object], question: Oddity) -> None:
    assert asked(replace(PLAIN, **changes)) == [question]


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": date(1937, 1, 1)},
        {"name": "H. AHMAD, S.H."},
        {"name": "SOEHARTO"},
        {"name": "OE"},
        {"name": "D'ANGELO-LÉE"},
        {"blood_type": "AB+"},
        {"blood_type": ""},
        {"birth_place": "BA'A"},
        {"occupation": "PENSIUNAN", "birth_date": AT_SIXTY_ONE},
        {"occupation": "PELAJAR/MAHASISWA", "birth_date": date(2006, 2, 1)},
        {"occupation": ""},
    ],
)
def test_what_is_ordinary_is_not(changes: dict[str, object]) -> None:
    assert asked(replace(PLAIN, **changes)) == []


def test_the_limits_are_the_rules() -> None:
    rules = replace(rules_on().plausible, ask_age=40)
    [one] = doubted(rules, PLAIN, TODAY)
    assert (one.what, one.value) == (Oddity.AGE, "41")


def test_nobody_who_comes_to_the_training_counter_is_asked() -> None:
    for person in make_people(7, 300, today=TODAY):
        assert asked(applicant_from(person)) == []
