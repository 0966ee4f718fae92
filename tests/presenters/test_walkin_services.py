"""The services that few ask for, from the KTP-el to the receipt at one walk-in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import LicenceStatus
from desktop.domain.service import Service
from desktop.presenters.problems import NothingDiffers, StillNothingDiffers
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.training.people import Person
from tests.walks.steps import A, C, licences_of
from tests.walks.world import World


def begun(world: World, person: Person, service: Service, cls: LicenceClass) -> WalkIn:
    """Andi called them, read their KTP-el and chose the line that they ask for."""
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, service)
    world.put_eid(person)
    world.stage.sit(person)
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    lines = [(choice.service, choice.licence_class) for choice in walk.view.choices]
    walk.choose(lines.index((service, cls)))
    assert walk.view.choices[walk.view.chosen].possible
    return walk


def served(walk: WalkIn, world: World, person: Person) -> list[WalkStep]:
    """Enter by Enter, each duty by whoever has it; the steps that were passed."""
    passed: list[WalkStep] = []
    for _ in range(20):
        step = walk.view.step
        passed += [step] if step not in passed else []
        if step is WalkStep.DONE:
            return passed
        if step is WalkStep.CAPTURE:
            world.stage.ready_to_sign(person)
            walk.take_photo()
        if step is WalkStep.HANDOVER and walk.view.app is not None:
            walk.take_old_card("made_elsewhere")  # where one is due
            walk.scanned(walk.view.app.blank_serial)
        if step is WalkStep.APPROVAL and walk.view.app is not None:
            world.take_over("sri")
            world.desk.approvals.approve(world.by, walk.view.app.id)
            world.give_back()
            walk.refresh()
            continue
        if step is WalkStep.TESTS:
            world.take_over("dewi")
            walk.enter_key()  # the results come
            walk.enter_key()
            world.give_back()
            continue
        walk.enter_key()
    pytest.fail(f"stuck at {walk.view.step} with {walk.view.problem!r}")


def test_an_upgrade_sits_its_tests_and_ends_the_lower_licence(world: World) -> None:
    person = world.people[0]
    walk = begun(world, person, Service.CLASS_UPGRADE, LicenceClass.A_UMUM)
    assert served(walk, world, person) == [
        WalkStep.IDENTITY, WalkStep.REQUIREMENTS, WalkStep.TESTS, WalkStep.PAYMENT,
        WalkStep.CAPTURE, WalkStep.CONFIRM, WalkStep.APPROVAL, WalkStep.PRODUCTION,
        WalkStep.HANDOVER, WalkStep.DONE,
    ]  # fmt: skip
    assert walk.view.app is not None
    assert (walk.view.app.state, walk.view.app.fee) == (S.CLOSED, 120_000 + 50_000), "and SKUKP"
    assert walk.view.receipt_number
    [new], [old] = licences_of(world, person, LicenceClass.A_UMUM), licences_of(world, person, A)
    assert (new.status, old.status) == (LicenceStatus.VALID, LicenceStatus.SUPERSEDED)
    [other] = licences_of(world, person, C)
    assert other.status is LicenceStatus.VALID, "another family's"


def test_a_change_of_data_that_changes_nothing_is_asked_about(world: World) -> None:
    walk = begun(world, world.people[1], Service.DATA_CHANGE, C)
    walk.enter_key()
    assert isinstance(walk.view.problem, NothingDiffers)
    assert walk.view.app is None
    kinds = [choice.service for choice in walk.view.choices]
    chosen = walk.view.chosen
    walk.choose(kinds.index(Service.RENEWAL))
    assert walk.view.problem is None, "answered by another service"
    walk.choose(chosen)
    walk.enter_key()
    assert walk.view.app is None
    walk.enter_key()
    assert walk.view.app is not None, "the KTP-el may be behind: it is corrected later"


@pytest.mark.parametrize("corrected", [True, False])
def test_what_should_be_corrected_later_is_asked_for_at_the_data_check(
    world: World, corrected: bool
) -> None:
    person = world.people[1]
    walk = begun(world, person, Service.DATA_CHANGE, C)
    for _ in range(8):
        if walk.view.step is WalkStep.CAPTURE:
            world.stage.ready_to_sign(person)
        if walk.view.step is WalkStep.CONFIRM:
            break
        walk.enter_key()
    if corrected:
        walk.begin_correction()
        walk.field_changed("occupation", "GURU")
        walk.enter_key()
        assert walk.view.app is not None
        assert walk.view.app.applicant.occupation == "GURU"
    else:
        walk.enter_key()
        assert isinstance(walk.view.problem, StillNothingDiffers)
        assert walk.view.step is WalkStep.CONFIRM
    walk.enter_key()
    assert walk.view.step is WalkStep.APPROVAL


def test_a_lost_card_is_replaced_as_it_was_whatever_was_asked_for_first(world: World) -> None:
    """That nothing differs is right then."""
    person = world.people[1]
    walk = begun(world, person, Service.DATA_CHANGE, C)
    walk.enter_key()
    walk.enter_key()
    walk.goes_on_as_lost()
    for _ in range(8):
        if walk.view.step is WalkStep.CAPTURE:
            world.stage.ready_to_sign(person)
        if walk.view.step is WalkStep.CONFIRM:
            break
        walk.enter_key()
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.step is WalkStep.APPROVAL


@pytest.mark.parametrize("moved", [False, True])
def test_a_visit_s_second_case_is_asked_about_too(world: World, moved: bool) -> None:
    """Unless the first brought the new data: what is on record then is no card's yet."""
    person = world.people[3]
    if moved:
        person = replace(person, street="Jalan Contoh Baru No. 7")
    walk = begun(world, person, Service.RENEWAL, C)
    walk.enter_key()
    assert len(walk.view.cases) == 1
    walk.add_case()
    changes = [
        at for at, choice in enumerate(walk.view.choices)
        if choice.service is Service.DATA_CHANGE and choice.possible
    ]  # fmt: skip
    walk.choose(changes[0])
    walk.enter_key()
    assert isinstance(walk.view.problem, NothingDiffers) is not moved
    assert len(walk.view.cases) == 1 + moved
    if not moved:
        walk.enter_key()
        assert len(walk.view.cases) == 2, "another Enter goes on"


def test_who_moved_gets_a_card_with_the_new_address_and_the_old_day(world: World) -> None:
    person = world.people[1]
    [before] = licences_of(world, person)
    moved = replace(person, street="Jalan Contoh Baru No. 7")
    walk = begun(world, moved, Service.DATA_CHANGE, C)
    passed = served(walk, world, moved)
    assert WalkStep.TESTS not in passed
    assert walk.view.app is not None
    assert "JALAN CONTOH BARU NO. 7" in walk.view.app.applicant.address.upper()
    assert (walk.view.app.state, walk.view.app.fee) == (S.CLOSED, 75_000)
    _, new = licences_of(world, person)
    assert (new.valid_until, new.sequence) == (before.valid_until, 2)
