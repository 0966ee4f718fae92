"""The people of a training counter: those on record, and newcomers of whom it knows nothing.

A drawn person's birth date counts from the day of the furnishing; the store remembers it, so that
the same person lays the same KTP-el on the reader on any later day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence
from desktop.domain.person import Person as KnownPerson
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import Person, make_people, make_person

if TYPE_CHECKING:
    from desktop.services.desk import Desk

NEWCOMERS = 8
NEWCOMERS_SEED = 9001
NEWCOMERS_BORN_BY = date(2026, 1, 5)
"""Newcomers must stay themselves although no store knows them, so their age has a fixed day."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Somebody who may come to the counter, and the licences they hold on record."""

    person: Person
    licences: tuple[LicenceClass, ...] = ()


def cast_of(desk: Desk) -> tuple[Extra, ...]:
    """Everybody who may come: first those with licences, then the newcomers."""
    with desk.ledger.reading() as r:
        everybody = r.find(KnownPerson, limit=PEOPLE * 50)
        known = {(one.applicant.name, one.applicant.phone): one for one in everybody}
        # Whoever gave another telephone number is still who they are.
        same_name = {(one.applicant.name, *_born_nowhere(one.nik)): one for one in everybody}
        held: dict[str, list[LicenceClass]] = {}
        for licence in r.find(Licence, person_id=[one.id for one in everybody]):
            classes = held.setdefault(licence.person_id, [])
            if licence.licence_class not in classes:
                classes.append(licence.licence_class)
    on_record: list[Extra] = []
    for person in make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today()):
        found = known.get((person.name, person.phone)) or same_name.get(
            (person.name, *_born_nowhere(person.nik))
        )
        if found is not None:
            same = replace(person, nik=found.nik, birth_date=found.applicant.birth_date)
            on_record.append(Extra(same, tuple(sorted(held.get(found.id, ())))))
    newcomers = tuple(
        Extra(make_person(NEWCOMERS_SEED + n, today=NEWCOMERS_BORN_BY, min_age=17, max_age=40))
        for n in range(NEWCOMERS)
    )
    return (*on_record, *newcomers)


def _born_nowhere(nik: str) -> tuple[str, str]:
    """District and serial of a NIK: what is left of it when the birth date moves."""
    return nik[:6], nik[12:]
