"""What the counter says of a device on its wire that is missing, pulled, and put back.

A simulator in process tells of its own cable; a real adapter only knows that nothing can be opened
any more, and the officer must read the same on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.device_hub import DeviceHub
from desktop.lanes import InlineLanes, raise_it
from desktop.notices import Notices, at_once
from devices.catalog import DeviceChoice, make_device
from devices.device import DeviceKind, HealthReason, HealthState
from devices.simulators.camera import CameraCore
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.mjpeg_camera import MjpegCamera
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.simulators.scanner_serial import ScannerSerial
from devices.simulators.topaz_serial import TopazSerial
from tests.wires.rigs.cups import real_pause, until

pytestmark = [pytest.mark.serial, pytest.mark.fault]

PAD = "siglite_lcd_1x5"


@dataclass(frozen=True)
class End:
    """The far end of one wire, and what the settings say of it."""

    kind: DeviceKind
    family: str
    options: dict[str, object]
    unplug: Callable[[], object]
    plug: Callable[[], object]


def printer_core() -> PrinterCore:
    core = PrinterCore("card_printer", "SIM-EV-0001")
    core.pace = 0
    core.load_blanks(PlasticCard.blank(f"A{number}") for number in range(20))
    return core


def tcp_printer(held: ExitStack, folder: Path) -> End:
    printer = held.enter_context(EvolisPrinter(printer_core()))
    address = {"printer_address": f"127.0.0.1:{printer.listen()}"}
    return End(DeviceKind.CARD_PRINTER, "evolis", address, printer.unplug, printer.plug)


def serial_printer(held: ExitStack, folder: Path) -> End:
    printer = held.enter_context(EvolisPrinter(printer_core()))
    port = {"port": printer.attach(folder / "ttyPRN")}
    return End(DeviceKind.CARD_PRINTER, "evolis_serial", port, printer.unplug, printer.plug)


def camera(held: ExitStack, folder: Path) -> End:
    server = held.enter_context(MjpegCamera(CameraCore(), rate=15))
    core = server.core
    return End(DeviceKind.CAMERA, "opencv_camera", {"source": server.url}, core.unplug, core.plug)


def pad(held: ExitStack, folder: Path) -> End:
    made = held.enter_context(TopazSerial(folder / "ttyPAD", PAD, rate=0))
    options = {"port": made.port, "pad_model": PAD}
    return End(DeviceKind.SIGNATURE_PAD, "topaz", options, made.unplug, made.plug)


def scanner(held: ExitStack, folder: Path) -> End:
    made = held.enter_context(ScannerSerial(folder / "ttySCAN"))
    return End(DeviceKind.SCANNER, "serial_scanner", {"port": made.port}, made.unplug, made.plug)


ENDS = (tcp_printer, serial_printer, camera, pad, scanner)


@pytest.fixture(params=ENDS, ids=lambda end: end.__name__)
def end(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[End]:
    with ExitStack() as held:
        yield request.param(held, tmp_path)


@pytest.fixture
def hub(end: End) -> Generator[DeviceHub]:
    device = make_device(
        DeviceChoice(end.kind, end.kind.value, end.family, end.options), real_pause
    )
    made = DeviceHub([device], InlineLanes(raise_it), Notices(at_once))
    yield made
    made.close()


def said(hub: DeviceHub, end: End) -> tuple[HealthState, tuple[HealthReason, ...]]:
    health = hub.status(end.kind).health
    return health.state, health.reasons


GONE = (HealthState.OFFLINE, (HealthReason.UNPLUGGED,))


def test_missing_at_the_start_is_unplugged_and_found_later(end: End, hub: DeviceHub) -> None:
    end.unplug()
    hub.start()
    assert said(hub, end) == GONE
    end.plug()
    hub.poll()
    assert said(hub, end)[0] is HealthState.READY


def test_pulled_while_nobody_uses_it_is_seen_by_the_next_glance_and_stays_seen(
    end: End, hub: DeviceHub
) -> None:
    hub.start()
    assert said(hub, end)[0] is HealthState.READY
    end.unplug()

    def glanced() -> bool:
        hub.glance()
        return said(hub, end) == GONE

    until(glanced, "the loss is seen without a poll", 5)
    for _ in range(2):
        hub.poll()
        assert said(hub, end) == GONE, "what can't be opened again is still unplugged"
    end.plug()
    hub.poll()
    assert said(hub, end)[0] is HealthState.READY
    assert hub.status(end.kind).fault is None


def test_what_the_hub_let_go_of_is_only_closed(end: End, hub: DeviceHub) -> None:
    hub.start()
    hub.close()
    assert said(hub, end) == (HealthState.UNKNOWN, (HealthReason.CLOSED,))
