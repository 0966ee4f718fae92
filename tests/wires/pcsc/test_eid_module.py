"""The KTP-el read at a real smart card service: card in one slot, security module in the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.adapters.pcsc_eid import PcscEidReader
from devices.catalog import DeviceChoice, make_device
from devices.device import DeviceKind
from devices.errors import (
    CardMissing,
    EidModuleMissing,
    EidModuleRefused,
    EidNotGenuine,
    EidUnreadable,
    WrongCard,
)
from devices.simulators.eid_chip import eid_plastic, module_plastic
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire.recorder import FlightRecorder
from tests.devices.test_eid_chip import CARD, FINGERS
from tests.wires.pcsc.conftest import SOON
from tests.wires.rigs.pcscd import PcscdRig

pytestmark = pytest.mark.pcsc

OTHER = b"another master.."


def made(pcscd: PcscdRig, **options: object) -> PcscEidReader:
    settings = {
        "reader_name": pcscd.readers[0], "sam_reader": pcscd.readers[1], "answer_seconds": 1.0,
        **options,
    }  # fmt: skip
    choice = DeviceChoice(DeviceKind.EID_READER, "eid_reader", "pcsc_eid", settings)
    device = make_device(choice, lambda seconds, cancel: True)
    assert isinstance(device, PcscEidReader)
    return device


@pytest.fixture
def reader(pcscd: PcscdRig) -> Iterator[PcscEidReader]:
    device = made(pcscd)
    device.open(timeout=SOON)
    yield device
    device.close()
    for slot in pcscd.slots:
        slot.remove()


def test_card_and_module_open_everything(pcscd: PcscdRig, reader: PcscEidReader) -> None:
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    wanted = dataclasses.replace(CARD, minutiae=tuple(one.record for one in FINGERS))
    assert reader.read(timeout=SOON) == wanted
    other = dataclasses.replace(CARD, nik="3273010101900002", name="BUDI CONTOH")
    pcscd.slot(0).insert(eid_plastic(other, serial="KTP2"))
    assert reader.read(timeout=SOON).name == "BUDI CONTOH"


def test_no_module_is_said_and_one_that_comes_is_taken(
    pcscd: PcscdRig, reader: PcscEidReader
) -> None:
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    with pytest.raises(EidModuleMissing):
        reader.read(timeout=2.0)
    pcscd.slot(1).insert(module_plastic())
    assert reader.read(timeout=SOON).nik == CARD.nik


def test_activation_comes_from_its_file(pcscd: PcscdRig, tmp_path: Path) -> None:
    file = tmp_path / "activation"
    device = made(pcscd, sam_file=str(file))
    device.open(timeout=SOON)
    pcscd.slot(1).insert(module_plastic(activation=b"PCID-0001"))
    pcscd.slot(0).insert(eid_plastic(CARD))
    with pytest.raises(EidModuleRefused):
        device.read(timeout=SOON)
    file.write_bytes(b"PCID-0009\n")
    with pytest.raises(EidModuleRefused) as refused:
        device.read(timeout=SOON)
    assert refused.value.attempts_left == 2
    file.write_bytes(b"PCID-0001\n")
    assert device.read(timeout=SOON).nik == CARD.nik
    device.close()


@pytest.mark.security
def test_a_forged_card_is_not_genuine(pcscd: PcscdRig, reader: PcscEidReader) -> None:
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS, master=OTHER))
    with pytest.raises(EidNotGenuine):
        reader.read(timeout=SOON)


@pytest.mark.fault
def test_cards_that_are_no_ktp_dead_or_taken_away(pcscd: PcscdRig, reader: PcscEidReader) -> None:
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(0).insert(PlasticCard.blank("B0000001"))
    with pytest.raises(WrongCard):
        reader.read(timeout=SOON)
    dead = eid_plastic(CARD)
    dead.chip.dead = True
    pcscd.slot(0).insert(dead)
    with pytest.raises(EidUnreadable):
        reader.read(timeout=SOON)
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    pcscd.slot(0).order(Fault("chip.read", FaultName.TEAR, skip=5))
    with pytest.raises(CardMissing):
        reader.read(timeout=SOON)
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    assert reader.read(timeout=SOON).nik == CARD.nik


@pytest.mark.fault
def test_a_module_pulled_in_the_middle_is_missing(pcscd: PcscdRig, reader: PcscEidReader) -> None:
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(1).order(Fault("chip.other", FaultName.TEAR, skip=4))
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    with pytest.raises(EidModuleMissing):
        reader.read(timeout=SOON)
    pcscd.slot(1).insert(module_plastic())
    assert reader.read(timeout=SOON).nik == CARD.nik


@pytest.mark.security
def test_a_recording_holds_nothing_of_the_person_or_the_module(pcscd: PcscdRig) -> None:
    flight = FlightRecorder(lambda: datetime.now(UTC), "test")
    choice = DeviceChoice(
        DeviceKind.EID_READER, "eid_reader", "pcsc_eid",
        {"reader_name": pcscd.readers[0], "sam_reader": pcscd.readers[1], "answer_seconds": 1.0},
    )  # fmt: skip
    device = make_device(choice, lambda seconds, cancel: True, recorder=flight)
    device.open(timeout=SOON)
    pcscd.slot(1).insert(module_plastic())
    pcscd.slot(0).insert(eid_plastic(CARD, FINGERS))
    assert isinstance(device, PcscEidReader)
    device.read(timeout=SOON)
    told = flight.export("eid_reader")
    assert CARD.nik.encode() not in told
    assert CARD.nik.encode().hex().encode() not in told
    assert b"CONTOH" not in told
    for finger in FINGERS:
        assert finger.record[:15] not in told
        assert finger.record[:15].hex().encode() not in told
    device.close()
