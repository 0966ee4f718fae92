"""Trouble 14: the KTP-el's finger against a sensor beside the reader, up to four times."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.domain.officer import SameOfficer
from desktop.presenters.walkin import WalkIn
from desktop.services.identifying import Identity
from desktop.training.stage import eid_of
from devices.eid_reader import FingerprintResult
from devices.errors import CannotCompare, NotConnected, WrongCard
from devices.simulators.faults import Fault, FaultName
from devices.simulators.fingerprint import SimulatedFingerprint
from tests.walks.steps import C, Service, acts, called
from tests.walks.world import PASSWORDS, World

FIRST, SECOND = b"FMR first finger", b"FMR second finger"


def laid(world: World, index: int = 1) -> Identity:
    """A KTP-el whose fingers the reader leaves to the sensor."""
    card = dataclasses.replace(
        eid_of(world.people[index], finger=FingerprintResult.NOT_TRIED), minutiae=(FIRST, SECOND)
    )
    world.bench.put_eid(card)
    world.bench.order("eid_reader", Fault("eid.finger", FaultName.NO_FINGER))
    return world.desk.intake.read_eid()


def tried(world: World, identity: Identity, finger: bytes | None) -> Identity:
    world.bench.lay_finger(finger)
    return world.desk.intake.match_finger(identity)


def test_the_first_finger_matches_and_is_forgotten(world: World) -> None:
    world.sign_in("andi")
    intake = world.desk.intake
    identity = laid(world)
    assert intake.can_match(identity)
    assert intake.needs_second(identity), "a finger that could be compared has to be"
    identity = tried(world, identity, FIRST)
    assert (identity.fingerprint, identity.finger_tries) == (FingerprintResult.MATCHED, 1)
    assert identity.minutiae == ()
    assert not intake.needs_second(identity)
    visit = called(world, Service.RENEWAL)
    app = intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["finger_tries"] == 1
    assert app.identity == "chip"


def test_a_worn_first_finger_gives_way_to_the_second(world: World) -> None:
    world.sign_in("andi")
    identity = laid(world)
    for count in (1, 2):
        identity = tried(world, identity, b"worn")
        assert (identity.fingerprint, identity.finger_tries) == ("not_matched", count)
    identity = tried(world, identity, SECOND)
    assert (identity.fingerprint, identity.finger_tries) == ("matched", 3)


def test_after_four_tries_a_second_officer_and_a_reason(world: World) -> None:
    world.sign_in("andi")
    intake = world.desk.intake
    identity = laid(world)
    world.bench.order("fingerprint", Fault("finger", FaultName.POOR_FINGER))
    for _ in range(4):
        assert intake.can_match(identity)
        identity = tried(world, identity, b"worn")
    assert not intake.can_match(identity)
    assert identity.minutiae == ()
    assert intake.needs_second(identity)
    visit = called(world, Service.RENEWAL)
    with pytest.raises(SameOfficer):
        intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    second = world.desk.duty.second(world.by, *PASSWORDS["bambang"])
    identity = dataclasses.replace(
        identity, second_officer=second.officer, override="fingerprint_worn"
    )
    app = intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert (entry.content["finger_tries"], entry.content["second_officer"]) == (4, second.officer)
    assert app.number


def test_a_sensor_that_cannot_compare_leaves_it_to_the_officer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a sensor without a comparer beside it: noted as not tried, and nobody is held up."""
    world.sign_in("andi")
    identity = laid(world)

    def cannot(*_: object, **__: object) -> None:
        raise CannotCompare(80)

    monkeypatch.setattr(SimulatedFingerprint, "match", cannot)
    identity = world.desk.intake.match_finger(identity)
    assert identity.fingerprint == "not_tried"
    assert not world.desk.intake.can_match(identity)
    assert not world.desk.intake.needs_second(identity)


def test_a_chip_without_fingers_needs_a_second_officer(world: World) -> None:
    world.sign_in("andi")
    world.bench.put_eid(eid_of(world.people[1]))
    world.bench.order("eid_reader", Fault("eid.finger", FaultName.NO_FINGER))
    identity = world.desk.intake.read_eid()
    assert identity.fingerprint == "not_tried"
    assert world.desk.intake.needs_second(identity)
    assert world.desk.intake.can_match(identity)
    assert world.desk.intake.match_finger(identity).fingerprint == "matched"


@pytest.mark.fault
def test_a_sensor_unplugged_is_no_try(world: World) -> None:
    world.sign_in("andi")
    identity = laid(world)
    world.bench.lay_finger(FIRST)
    world.bench.finger.unplug()
    with pytest.raises(NotConnected):
        world.desk.intake.match_finger(identity)
    world.bench.finger.plug()
    assert world.desk.intake.match_finger(identity).finger_tries == 1


def test_a_reader_that_compares_itself_is_asked_again(world: World) -> None:
    world.sign_in("andi")
    person = world.people[1]
    world.stage.lay_eid(person, finger=FingerprintResult.NOT_MATCHED)
    identity = world.desk.intake.read_eid()
    assert world.desk.intake.can_match(identity)
    world.stage.lay_eid(world.people[2])
    with pytest.raises(WrongCard):
        world.desk.intake.match_finger(identity)
    world.stage.lay_eid(person)
    identity = world.desk.intake.match_finger(identity)
    assert (identity.fingerprint, identity.finger_tries) == ("matched", 2)


def test_the_walk_in_compares_by_itself_and_esc_is_no_try(world: World) -> None:
    world.sign_in("andi")
    card = dataclasses.replace(eid_of(world.people[1]), minutiae=(FIRST, SECOND))
    world.bench.put_eid(card)
    world.bench.order("eid_reader", Fault("eid.finger", FaultName.NO_FINGER))
    world.bench.lay_finger(b"worn")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    presenter = WalkIn(world.desk)
    presenter.enter()
    presenter.call_next()
    identity = presenter.view.identity
    assert identity is not None
    assert (identity.fingerprint, identity.finger_tries) == ("not_matched", 1)
    assert presenter.view.needs_second
    assert presenter.can_match
    world.bench.lay_finger(FIRST)
    presenter.match_finger()
    identity = presenter.view.identity
    assert identity is not None
    assert identity.fingerprint == "matched"
    assert not presenter.view.needs_second
    assert not presenter.can_match
    presenter.register()
    assert presenter.view.app is not None
