"""People without Indonesian nationality: their number, their papers, their shorter licence."""

from __future__ import annotations

from dataclasses import replace

from desktop.domain.application import Application
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.domain.sim_number import SimScheme, read_sim_number
from desktop.training.people import Person, make_person
from tests.walks.steps import A, C, called, licences_of, look_at, read
from tests.walks.world import World


def registered(
    world: World, person: Person, service: Service, cls: LicenceClass = C
) -> Application:
    """A foreigner's KTP-el is read and a case made."""
    identity = read(world, person)
    identity = replace(identity, applicant=replace(identity.applicant, nationality="WNA"))
    visit = called(world, service)
    return world.desk.intake.register(world.by, visit.id, identity, service, cls)


def test_a_foreigner_s_card_bears_fourteen_digits(andi: World) -> None:
    person = make_person(4711, today=andi.desk.frame.today())
    app = registered(andi, person, Service.NEW_ISSUE, A)
    number = read_sim_number(app.sim_number)
    assert number.scheme is SimScheme.DIGITS_14
    assert number.area == andi.desk.frame.place.office_code
    assert number.fits_birth(person.birth_date)
    other = registered(andi, person, Service.NEW_ISSUE, C)
    assert other.sim_number == app.sim_number, "all cards of a person share it"


def test_a_foreigner_keeps_the_number_of_the_old_card(andi: World) -> None:
    person = andi.people[1]
    [old] = licences_of(andi, person)
    app = registered(andi, person, Service.RENEWAL)
    assert app.sim_number == old.sim_number
    now, _ = look_at(andi, app)
    with andi.desk.ledger.reading() as r:
        dates = andi.desk.licences.dates(r, now)
    assert dates.sim_number == old.sim_number


def test_a_citizen_s_card_bears_the_nik(andi: World) -> None:
    person = andi.people[1]
    app = andi.desk.intake.register(
        andi.by, called(andi, Service.RENEWAL).id, read(andi, person), Service.RENEWAL, C
    )
    assert app.sim_number == ""
