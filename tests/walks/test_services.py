"""Every service from ticket to handover."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import NotOffered
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import LicenceStatus
from desktop.domain.person import Person as Known
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.services.requirements import Requirements
from tests.walks.steps import (
    A,
    C,
    after_tests,
    captured,
    checked,
    finished,
    handed,
    licences_of,
    look_at,
    paid,
    registered,
    signed_off,
)
from tests.walks.world import World


def test_new_a_with_tests(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = registered(world, person, Service.NEW_ISSUE, A)
    app = after_tests(world, checked(world, app))
    assert app.state is S.TESTED
    app = captured(world, paid(world, app), person)
    app = handed(world, finished(world, signed_off(world, app)))
    assert app.state is S.CLOSED
    [licence] = licences_of(world, person, A)
    assert licence.status is LicenceStatus.VALID
    assert licence.sequence == 1
    assert licence.handed_over_at is not None
    assert app.fee == 120_000


def test_upgrade_from_a_to_a_umum_ends_the_a(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    app = registered(world, person, Service.CLASS_UPGRADE, LicenceClass.A_UMUM)
    app = after_tests(world, checked(world, app))
    app = finished(world, signed_off(world, captured(world, paid(world, app), person)))
    world.desk.handover.take_old(world.by, app.id, "made_elsewhere")
    app = handed(world, app)
    [new] = licences_of(world, person, LicenceClass.A_UMUM)
    [old] = licences_of(world, person, A)
    assert (new.status, old.status) == (LicenceStatus.VALID, LicenceStatus.SUPERSEDED)
    assert new.superseded == {old.id: LicenceStatus.VALID}


def test_an_upgrade_whose_card_is_spoiled_gives_the_a_back(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    app = registered(world, person, Service.CLASS_UPGRADE, LicenceClass.A_UMUM)
    app = after_tests(world, checked(world, app))
    app = captured(world, paid(world, app), person)
    app = finished(world, signed_off(world, app))
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    [old] = licences_of(world, person, A)
    assert old.status is LicenceStatus.VALID
    finished(world, app)
    [old] = licences_of(world, person, A)
    assert old.status is LicenceStatus.SUPERSEDED


def replaced(world: World, service: Service) -> None:
    person = world.people[1]
    [before] = licences_of(world, person)
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person, service))), person)
    app = finished(world, signed_off(world, app))
    if service is Service.REPLACE_DAMAGED:
        world.desk.handover.take_old(world.by, app.id, "made_elsewhere")
    handed(world, app)
    old, new = licences_of(world, person)
    assert old.id == before.id
    assert old.status is LicenceStatus.SUPERSEDED
    assert (new.status, new.sequence) == (LicenceStatus.VALID, 2)
    assert new.valid_until == before.valid_until
    assert new.first_issued_on == before.issued_on


def test_lost_card_is_replaced_with_its_validity(world: World) -> None:
    replaced(world, Service.REPLACE_LOST)


def test_damaged_card_is_replaced_with_its_validity(world: World) -> None:
    replaced(world, Service.REPLACE_DAMAGED)


@pytest.mark.parametrize("called", ["completed", "another"])
def test_changed_data_stand_on_a_new_card_with_the_old_validity(world: World, called: str) -> None:
    """By the new KTP-el; whether another name is the same person's, a supervisor decides."""
    person, desk = world.people[1], world.desk
    [before] = licences_of(world, person)
    name = f"{person.name} WIJAYA".upper() if called == "completed" else "SITI CONTOH LESTARI"
    now = replace(person, name=name, street="Jalan Contoh Baru No. 7", occupation="Guru")
    world.sign_in("andi")
    app = registered(world, now, Service.DATA_CHANGE)
    if called == "another":
        world.take_over("bambang")
        desk.intake.settle_conflict(world.by, app.person_id, "Penetapan pengadilan", owner=app.id)
        world.give_back()
    app = captured(world, paid(world, checked(world, app)), now)
    app = finished(world, signed_off(world, app))
    record = desk.cardmaker.ordered(app).record
    assert (record.name, record.occupation) == (name, "GURU")
    assert "CONTOH BARU NO. 7" in record.address[0].upper()
    handed(world, app)
    old, new = licences_of(world, person)
    assert (old.id, old.status) == (before.id, LicenceStatus.SUPERSEDED)
    assert (new.valid_until, new.first_issued_on) == (before.valid_until, before.issued_on)
    with desk.ledger.reading() as r:
        known = r.get(Known, app.person_id)
    assert (known.applicant, known.conflict) == (app.applicant, False)
    assert known.applicant.name == name


def test_renewed_licence_supersedes_its_predecessor(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    now, licence = look_at(world, app)
    assert licence is not None
    assert now.state is S.READY
    old, new = licences_of(world, person)
    assert (old.status, new.status) == (LicenceStatus.SUPERSEDED, LicenceStatus.VALID)
    assert new.valid_until > old.valid_until
    assert C is new.licence_class


@pytest.mark.parametrize("door", ["outlet", "mobile_unit"])
def test_outlets_and_mobile_units_renew_a_and_c_alone(world: World, door: str) -> None:
    person = world.people[1]
    world.sign_in("andi")
    frame = world.desk.frame
    place = replace(frame.place, door=door)
    object.__setattr__(frame, "settings", replace(frame.settings, place=place))
    with pytest.raises(NotOffered) as refused:
        registered(world, person, Service.REPLACE_LOST)
    assert refused.value.door == door
    with pytest.raises(NotOffered):
        registered(world, world.people[2], Service.NEW_ISSUE, A)
    assert registered(world, person).state is S.REGISTERED


def test_an_office_without_a_driving_simulator_tests_in_theory_and_practice(world: World) -> None:
    place = replace(world.desk.frame.place, driving_simulator=False)
    settings = replace(world.desk.frame.settings, place=place)
    frame = replace(world.desk.frame, settings=settings)
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.NEW_ISSUE, A)
    assert RequirementKind.SIMULATOR_TEST in world.desk.exams.needed(app)
    without = Requirements(frame, world.desk.proofs, world.desk.payment)
    kinds = [need.kind for need in without.needed(app) if need.kind.is_test]
    assert kinds == [RequirementKind.THEORY_TEST, RequirementKind.PRACTICAL_TEST]
