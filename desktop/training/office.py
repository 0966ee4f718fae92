"""Furnish a new training profile: officers, a lot of blanks, people with licences that run out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop.domain.dates import add_months
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM, Actor, Officer, Role
from desktop.domain.person import Applicant, Licence, LicenceStatus, Sex, fold
from desktop.domain.person import Person as KnownPerson
from desktop.domain.sim_number import SimScheme
from desktop.keys.officers import Cost, make_officer_secret
from desktop.training.officers import SAMPLE_OFFICERS

if TYPE_CHECKING:
    from desktop.services.desk import Desk
    from desktop.training.people import Person

PEOPLE_SEED = 1374
PEOPLE = 40
LOT = "2603"
BLANKS = 500
ASSIGNED = 120
FIRST_SERIAL = 26030001
TRAINING_COST = Cost(passes=1, memory=8 * 1024)
"""Training passwords stand on the sign-in screen: no use in making them slow to try."""

KEEPER = Actor("82060006", "furnishing", frozenset({Role.STOCK_KEEPER}))


def furnish(desk: Desk, *, blanks: bool, people: bool, officers: bool) -> None:
    """Give a training store what it lacks of the sample world."""
    serials = [f"CT{FIRST_SERIAL + n:08d}" for n in range(BLANKS)]
    if blanks:
        desk.stock.receive(KEEPER, LOT, serials, "CONTOH-01")
        desk.stock.assign(KEEPER, serials[:ASSIGNED])
    if people:
        from desktop.training.people import make_people

        add_people(desk, make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today()))
    if officers:
        add_officers(desk)


def add_officers(desk: Desk) -> None:
    """The sample officers, with keys that their sample passwords open."""
    now = desk.clock.now()
    with desk.ledger.acting(PROGRAM) as w:
        for sample in SAMPLE_OFFICERS:
            secret = make_officer_secret(sample.password, desk.frame.keys, TRAINING_COST)
            certificate = desk.profile.vouch_for_officer(sample.nrp, secret.public, now)
            w.add(
                Officer(
                    id=sample.nrp,
                    name=sample.name,
                    rank=sample.rank,
                    roles=frozenset(sample.roles),
                    password_hash=secret.password_hash,
                    secret={
                        "salt": secret.salt.hex(),
                        "sealed_key": secret.sealed_key.hex(),
                        "public": secret.public.hex(),
                    },
                    certificate=certificate.text(),
                    last_online=now,
                )
            )
            w.keep_certificate(certificate)
            w.record("officer.enrolled", sample.nrp, {"roles": sorted(sample.roles)})


def applicant_from(person: Person) -> Applicant:
    """A drawn person's data as a licence shows it."""
    return Applicant(
        nik=person.nik,
        name=person.name,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        sex=Sex.FEMALE if person.woman else Sex.MALE,
        blood_type=person.blood_group,
        address=", ".join(person.address_lines),
        occupation=person.occupation,
        phone=person.phone,
    )


def add_people(desk: Desk, people: Iterable[Person]) -> None:
    """People on record: most hold a C, some an A too, ending within the next weeks."""
    today = desk.frame.today()
    with desk.ledger.acting(PROGRAM) as w:
        count = 0
        for index, person in enumerate(people):
            applicant = applicant_from(person)
            known = w.add(
                KnownPerson(
                    id=desk.frame.ids.new(),
                    applicant=applicant,
                    nik=person.nik,
                    folded_name=fold(person.name)[:255],
                )
            )
            w.findable_person(known)
            classes = [LicenceClass.C] if index % 3 else [LicenceClass.C, LicenceClass.A]
            for at, licence_class in enumerate(classes):
                until = today + timedelta(days=5 + (index * 7 + at * 11) % 80)
                issued = add_months(until, -60)
                digits = f"1374{person.birth_date:%y%m}{index * 10 + at:06d}"
                licence = w.add(
                    Licence(
                        id=desk.frame.ids.new(),
                        person_id=known.id,
                        licence_class=licence_class,
                        sequence=1,
                        sim_number=digits,
                        scheme=SimScheme.DIGITS_14,
                        issued_on=issued,
                        valid_until=until,
                        status=LicenceStatus.VALID,
                        office=desk.frame.place.office_code,
                        first_issued_on=issued,
                    )
                )
                w.findable(known.id, "sim", digits)
                w.findable(licence.id, "licence", digits)
            count += 1
        w.record("records.loaded", desk.frame.counter, {"people": count})
