"""A licence that somebody brings, read at a real smart card service: chip, records, tears."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desktop.cards.chip.orders import write_order
from desktop.domain.card_reading import CardFact, ChipWanted
from desktop.domain.realm import Realm
from desktop.domain.violations import CardOrder, PointsVerdict, Violation, ViolationLevel
from desktop.keys.certificates import KeyRole
from devices.adapters.pcsc_reader import PcscReader
from devices.device import DeviceKind
from devices.errors import CardMissing
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire.pcsc import PcscLine
from tests.walks.conftest import furnished
from tests.walks.licence_office import card_of, code_on, licence_office
from tests.walks.making import ready
from tests.walks.steps import handed
from tests.walks.world import World
from tests.wires.rigs.pcscd import PcscdRig

__all__ = ["furnished"]

pytestmark = pytest.mark.pcsc


@pytest.fixture
def office(furnished: Path, tmp_path: Path, pcscd: PcscdRig) -> Iterator[World]:
    """A counter of licence chips, the reader on its desk at the service."""
    world = licence_office(furnished, tmp_path / "licence office")
    line = PcscLine(DeviceKind.CARD_READER, pcscd.readers[0])
    world.desk.hub.replace("desk_reader", PcscReader("desk_reader", line))
    yield world
    world.desk.close()
    pcscd.slot(0).remove()


def test_chip_seal_and_the_centre_s_order_over_the_wire(office: World, pcscd: PcscdRig) -> None:
    app = handed(office, ready(office, 3))
    card = card_of(office, app.blank_serial)
    slot, desk, profile = pcscd.slot(0), office.desk, office.desk.profile
    slot.insert(card)
    read = desk.card_readings.read_card(office.by, code_on(card), nik=app.nik)
    assert {one.code for one in read.findings} == {
        CardFact.CHIP_PROVEN, CardFact.SEAL_GOOD, CardFact.OWN,
    }  # fmt: skip
    certificate = profile.certificate(KeyRole.NOTARY)
    assert certificate is not None
    entry = Violation(date(2026, 1, 5), ViolationLevel.LIGHT, 1, "TILANG-26-000017")
    order = CardOrder(
        Realm.TRAINING, app.blank_serial, 1, datetime(2026, 3, 2, tzinfo=UTC),
        PointsVerdict.CLEAR, (entry,),
    )  # fmt: skip
    signed = write_order(order, profile.signer(KeyRole.NOTARY), certificate)
    slot.order(Fault("chip.lock", FaultName.TEAR))
    with pytest.raises(CardMissing):
        desk.card_orders.write(office.by, signed)
    slot.insert(card)
    assert desk.card_readings.read_card(office.by).chip.order is None
    desk.card_orders.write(office.by, signed)
    assert desk.card_readings.read_card(office.by).chip.order == order
    slot.insert(PlasticCard.blank("XX1"))
    assert desk.card_readings.read_card(office.by).chip.code is CardFact.CHIP_EMPTY
    slot.remove()
    assert desk.card_readings.read_card(office.by, chip=ChipWanted.IF_THERE).fault is None
