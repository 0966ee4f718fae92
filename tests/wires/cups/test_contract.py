"""What holds for every device, held by the printers on the wire (see tests/devices/contracts)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from devices.catalog import family, make_devices
from devices.device import Device, DeviceKind, HealthReason, HealthState
from devices.errors import Cancelled, NotConnected, TimedOut
from devices.options import OptionRefused
from tests.devices.contracts.rigs import PDF
from tests.wires.cups.conftest import direct, face, options, spooler
from tests.wires.rigs.cups import CupsRig, Machine, real_pause

LONG = 30.0


@dataclass
class Contract:
    """A device, its verb, and the machine at the far end."""

    device: Device
    machine: Machine
    go: Callable[[float, threading.Event | None], object]

    @property
    def out(self) -> int:
        return len(self.machine.folder.printed())


@pytest.fixture(params=["spooler_card", "ipp_card", "spooler_document"])
def one(request: pytest.FixtureRequest, cups: CupsRig) -> Iterator[Contract]:
    name = f"KONTRAK{len(cups.machines)}"
    papers = request.param == "spooler_document"
    machine = cups.queue(name, document=papers)
    jobs = iter(range(100))
    if papers:
        choice = options(
            DeviceKind.DOCUMENT_PRINTER, request.param, queue=name, print_server=cups.server
        )
        (device,) = make_devices([choice], real_pause)
        paper = device
        yield Contract(
            device, machine,
            lambda timeout, cancel: paper.print_pdf(  # type: ignore[attr-defined]
                PDF, 1, f"job-{next(jobs)}", timeout=timeout, cancel=cancel
            ),
        )  # fmt: skip
    else:
        card = spooler(cups, name) if request.param == "spooler_card" else direct(machine)
        yield Contract(
            card, machine,
            lambda timeout, cancel: card.print_card(
                face(1), b"", f"job-{next(jobs)}", timeout=timeout, cancel=cancel
            ),
        )  # fmt: skip
    machine.off()


def test_a_device_s_life(one: Contract) -> None:
    device = one.device
    assert not device.is_open
    assert device.health(timeout=2).reasons == (HealthReason.CLOSED,)
    assert device.health(timeout=2).state is HealthState.UNKNOWN
    with pytest.raises(NotConnected):
        one.go(LONG, None)
    for _ in range(2):
        device.open(timeout=5)
        device.open(timeout=5)
        assert device.is_open
        assert device.health(timeout=2).usable
        device.close()
        device.close()
        assert not device.is_open
    assert one.out == 0


def test_too_little_time_and_a_cancel_end_a_call_and_do_nothing(one: Contract) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        one.device.open(timeout=5, cancel=cancel)
    with pytest.raises(TimedOut):
        one.device.open(timeout=0.0)
    assert not one.device.is_open
    one.device.open(timeout=5)
    with pytest.raises(Cancelled):
        one.go(LONG, cancel)
    with pytest.raises(TimedOut):
        one.go(0.0, None)
    assert one.out == 0


def test_pulled_and_put_back(one: Contract) -> None:
    one.device.open(timeout=5)
    one.machine.off()
    assert not one.device.health(timeout=2).usable
    with pytest.raises(NotConnected):
        one.go(LONG, None)
    one.machine.on()
    one.device.close()
    one.device.open(timeout=5)
    assert one.device.health(timeout=2).usable


def test_options_are_named_and_limited() -> None:
    with pytest.raises(OptionRefused) as refusal:
        make_devices(
            [options(DeviceKind.CARD_PRINTER, "spooler_card", queue="A", page_width=7)], real_pause
        )
    assert refusal.value.name == "page_width"
    proposed = family(DeviceKind.CARD_PRINTER, "spooler_card")
    assert "queue" in {option.name for option in proposed.options}
