"""What holds for every device holds at a real smart card service, for chips and for the KTP-el.

What every chip reader must do is asked of this one in tests/devices/contracts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.device import DeviceKind, HealthState
from devices.errors import CardMissing, CardMute, EidUnreadable, NotConnected, TimedOut
from devices.simulators.faults import Clears, Fault, FaultName
from tests.devices.contracts.pcsc import pcsc_rig
from tests.devices.contracts.rigs import Rig
from tests.devices.contracts.test_every_device import (
    test_a_cancelled_call_does_nothing,
    test_a_closed_device_says_so,
    test_an_open_device_is_usable,
    test_opening_and_closing_may_be_repeated,
    test_verbs_of_a_closed_device_are_refused,
)
from tests.wires.rigs.pcscd import PcscdRig

__all__ = [
    "test_a_cancelled_call_does_nothing",
    "test_a_closed_device_says_so",
    "test_an_open_device_is_usable",
    "test_opening_and_closing_may_be_repeated",
    "test_verbs_of_a_closed_device_are_refused",
]

pytestmark = pytest.mark.pcsc


@pytest.fixture(params=[DeviceKind.CARD_READER, DeviceKind.EID_READER])
def rig(request: pytest.FixtureRequest, pcscd: PcscdRig) -> Iterator[Rig]:
    made = pcsc_rig(pcscd, request.param)
    yield made
    made.device.close()


@pytest.fixture
def any_rig(rig: Rig) -> Rig:
    return rig


def test_nobody_comes_in_time(rig: Rig) -> None:
    rig.ready()
    rig.starve()
    with pytest.raises(CardMissing):
        rig.go(timeout=0.3)
    rig.feed()
    rig.go()


def test_pulled_and_put_back(rig: Rig) -> None:
    device = rig.device
    rig.ready()
    rig.core.unplug()
    assert device.health(timeout=10.0).state is HealthState.OFFLINE
    assert not device.is_open
    with pytest.raises(NotConnected):
        device.open(timeout=10.0)
    rig.core.plug()
    assert not device.is_open, "the old handle is dead even when the cable is back"
    device.close()
    device.open(timeout=10.0)
    assert device.health(timeout=10.0).usable
    rig.feed()
    rig.go()


@pytest.mark.fault
def test_unplugged_in_mid_call_then_back(rig: Rig) -> None:
    if rig.kind is DeviceKind.EID_READER:
        rig.device.open(timeout=10.0)
        rig.go()
        rig.core.unplug()
    else:
        rig.device.open(timeout=10.0)
        rig.core.order(Fault("chip.update", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected) as refusal:
        rig.go()
    assert refusal.value.during
    assert not rig.device.health(timeout=10.0).usable
    rig.mend()
    rig.go()


@pytest.mark.fault
def test_a_ktp_el_that_gives_garbage_is_unreadable(pcscd: PcscdRig) -> None:
    rig = pcsc_rig(pcscd, DeviceKind.EID_READER)
    rig.device.open(timeout=10.0)
    rig.starve()
    rig.core.order(Fault("wait", FaultName.GARBAGE, clears=Clears.OPERATOR))
    rig.feed()
    with pytest.raises(EidUnreadable) as refusal:
        rig.device.read(timeout=10.0)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    assert type(refusal.value) is EidUnreadable
    rig.starve()
    rig.mend()
    rig.go()
    rig.device.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("chip.uid", FaultName.MUTE),
        ("chip.select", FaultName.SILENT),
        ("chip.update", FaultName.MUTE),
        ("chip.read", FaultName.SILENT),
    ],
)
def test_a_silent_chip_at_any_step(pcscd: PcscdRig, step: str, fault: FaultName) -> None:
    rig = pcsc_rig(pcscd)
    rig.ready()
    rig.core.order(Fault(step, fault))
    with pytest.raises((CardMute, TimedOut)):
        rig.go()
    rig.mend()
    rig.go()
    rig.device.close()
