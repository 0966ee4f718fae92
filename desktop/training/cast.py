"""The people of a training counter: those on record, and newcomers of whom it knows nothing.

A drawn person's birth date counts from the day of the furnishing; the store remembers it, so that
the same person lays the same KTP-el on the reader on any later day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.person import Person as KnownPerson
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import Person, make_people, make_person

if TYPE_CHECKING:
    from desktop.services.desk import Desk

NEWCOMERS = 8
NEWCOMERS_SEED = 9001
NEWCOMERS_BORN_BY = date(2026, 1, 5)
"""Newcomers must stay themselves although no store knows them, so their age has a fixed day."""


@dataclass(slots=True)
class Held:
    """What somebody's licences come to: replaced ones are neither held nor gone."""

    classes: set[LicenceClass] = field(default_factory=set[LicenceClass])
    revoked: set[LicenceClass] = field(default_factory=set[LicenceClass])
    until: date | None = None
    """When the first of the valid ones ends."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Somebody who may come to the counter, the licences they hold on record, and lost ones."""

    person: Person
    licences: tuple[LicenceClass, ...] = ()
    gone: tuple[LicenceClass, ...] = ()
    until: date | None = None


def cast_of(desk: Desk) -> tuple[Extra, ...]:
    """Everybody who may come: first those with licences, then the newcomers."""
    with desk.ledger.reading() as r:
        everybody = r.find(KnownPerson, limit=PEOPLE * 50)
        known = {(one.applicant.name, one.applicant.phone): one for one in everybody}
        # Whoever gave another telephone number is still who they are.
        same_name = {(one.applicant.name, *_born_nowhere(one.nik)): one for one in everybody}
        held = _held_by(desk, r.find(Licence, person_id=[one.id for one in everybody]))
    on_record: list[Extra] = []
    for person in make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today()):
        found = known.get((person.name, person.phone)) or same_name.get(
            (person.name, *_born_nowhere(person.nik))
        )
        if found is not None:
            same = replace(person, nik=found.nik, birth_date=found.applicant.birth_date)
            on_record.append(_extra(same, held.get(found.id)))
    # Whoever was registered meanwhile may hold a licence by now.
    by_nik = {one.nik: one.id for one in everybody}
    drawn = (
        make_person(NEWCOMERS_SEED + n, today=NEWCOMERS_BORN_BY, min_age=17, max_age=40)
        for n in range(NEWCOMERS)
    )
    newcomers = (_extra(one, held.get(by_nik.get(one.nik, ""))) for one in drawn)
    return (*on_record, *newcomers)


def _extra(person: Person, held: Held | None) -> Extra:
    if held is None:
        return Extra(person)
    gone = held.revoked - held.classes
    return Extra(person, tuple(sorted(held.classes)), tuple(sorted(gone)), held.until)


def _held_by(desk: Desk, licences: Iterable[Licence]) -> dict[str, Held]:
    """By person: what is held now, and what was revoked, be it by an order not yet on the rows."""
    found: dict[str, Held] = {}
    for licence in licences:
        held = found.setdefault(licence.person_id, Held())
        if licence.status is LicenceStatus.REVOKED or desk.frame.revoked.licences((licence,)):
            held.revoked.add(licence.licence_class)
        elif licence.status is not LicenceStatus.SUPERSEDED:
            held.classes.add(licence.licence_class)
            if licence.status is LicenceStatus.VALID:
                held.until = min(held.until or licence.valid_until, licence.valid_until)
    return found


def _born_nowhere(nik: str) -> tuple[str, str]:
    """District and serial of a NIK: what is left of it when the birth date moves."""
    return nik[:6], nik[12:]
