"""A person's KTP-el at a real smart card service fills the form; without its module, by hand."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.cards.chip.pictures import jpeg
from desktop.domain.application import IdentitySource
from desktop.domain.service import Service
from desktop.presenters.walkin import WalkIn
from desktop.training.people import Person
from desktop.training.stage import eid_of
from devices.adapters.pcsc_eid import PcscEidReader
from devices.device import DeviceKind
from devices.eid_reader import EidCard
from devices.errors import EidModuleMissing
from devices.simulators.eid_chip import eid_plastic, module_plastic
from devices.wire.eid_chip import EidFinger
from devices.wire.pcsc import PcscLine
from tests.walks.conftest import IDS_OF_THE_OFFICE, furnished
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World, open_world
from tests.wires.rigs.pcscd import PcscdRig

__all__ = ["furnished"]

pytestmark = pytest.mark.pcsc

FINGERS = (EidFinger(2, b"FMR right index"), EidFinger(7, b"FMR left index"))


def card_of(person: Person) -> EidCard:
    """The person's KTP-el with a photo that fits its 8 KB."""
    card = eid_of(person)
    return dataclasses.replace(card, photo=jpeg(card.photo, (120, 160)))


@pytest.fixture
def world(furnished: Path, tmp_path: Path, pcscd: PcscdRig) -> Iterator[World]:
    """The walks' counter, its KTP-el reader at the service."""
    folder = tmp_path / "profile"
    shutil.copytree(furnished, folder)
    made = open_world(folder, ids_used=IDS_OF_THE_OFFICE)
    card, module = (PcscLine(DeviceKind.EID_READER, name) for name in pcscd.readers)
    made.desk.hub.replace("eid_reader", PcscEidReader("eid_reader", card, module=module))
    made.sign_in("andi")
    yield made
    made.desk.close()
    for slot in pcscd.slots:
        slot.remove()


def called(world: World) -> WalkIn:
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    presenter = WalkIn(world.desk)
    presenter.enter()
    presenter.call_next()
    return presenter


def test_the_chip_fills_the_form_and_the_finger_is_compared(world: World, pcscd: PcscdRig) -> None:
    person = world.people[1]
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(0).insert(eid_plastic(card_of(person), FINGERS))
    world.bench.lay_finger(FINGERS[0].record)
    presenter = called(world)
    identity = presenter.view.identity
    assert identity is not None, presenter.view.problem
    assert (identity.applicant.nik, identity.applicant.name) == (person.nik, person.name)
    assert identity.applicant.birth_date == person.birth_date
    assert (identity.fingerprint, identity.finger_tries) == ("matched", 1)
    assert presenter.view.eid_photo == card_of(person).photo
    presenter.register()
    app = presenter.view.app
    assert app is not None
    assert app.identity is IdentitySource.CHIP
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["fingerprint"] == "matched"


def test_without_its_module_by_hand_with_reason_and_second_officer(
    world: World, pcscd: PcscdRig
) -> None:
    person = world.people[1]
    pcscd.slot(0).insert(eid_plastic(card_of(person), FINGERS))
    presenter = called(world)
    assert isinstance(presenter.view.problem, EidModuleMissing)
    presenter.type_manually("device_down")
    for name, text in {
        "nik": person.nik, "name": person.name, "birth_place": person.birth_place,
        "birth_date": f"{person.birth_date:%d/%m/%Y}", "sex": "P" if person.woman else "L",
        "blood_type": person.blood_group, "address": person.street,
        "occupation": person.occupation,
    }.items():  # fmt: skip
        presenter.field_changed(name, text)
    presenter.look_up_typed()
    presenter.register()
    assert type(presenter.view.problem).__name__ == "SecondOfficerNeeded"
    presenter.second_officer(*PASSWORDS["bambang"])
    presenter.register()
    app = presenter.view.app
    assert app is not None, presenter.view.problem
    assert app.identity is IdentitySource.MANUAL
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["override"] == "device_down"
    assert entry.content["second_officer"] == PASSWORDS["bambang"][0]
