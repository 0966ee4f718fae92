"""A card printer on a serial cable: pulled at any moment, put back, held by another program."""

from __future__ import annotations

import os
import random
import threading
import tty
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.card_printer import Tray
from devices.device import HealthReason, HealthState, Station
from devices.errors import Busy, NotConnected, TimedOut
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.faults import Fault, FaultName
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import SerialLine
from tests.wires.evolis.conftest import BACK, FRONT

pytestmark = pytest.mark.serial

LONG = 20.0


@dataclass
class Cabled:
    """One printer, its port, and an adapter on it."""

    printer: EvolisPrinter
    adapter: EvolisPrinterAdapter
    port: str

    def another(self) -> EvolisPrinterAdapter:
        return EvolisPrinterAdapter("card_printer", SerialLine(self.port, 115200))


@pytest.fixture
def cabled(core: PrinterCore, tmp_path: Path) -> Generator[Cabled]:
    with EvolisPrinter(core) as printer:
        port = printer.attach(tmp_path / "ttyPRN")
        adapter = EvolisPrinterAdapter("card_printer", SerialLine(port, 115200))
        yield Cabled(printer, adapter, port)
        adapter.close()


def one_card(printer: EvolisPrinterAdapter, job: str) -> None:
    printer.load_card(timeout=LONG)
    printer.move_to(Station.CONTACTLESS, timeout=LONG)
    printer.print_card(FRONT, BACK, job, timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)


@pytest.mark.fault
def test_pulled_while_nothing_runs_and_put_back(cabled: Cabled) -> None:
    printer = cabled.adapter
    printer.open(timeout=LONG)
    cabled.printer.unplug()
    health = printer.health(timeout=LONG)
    assert (health.state, health.reasons) == (HealthState.OFFLINE, (HealthReason.UNPLUGGED,))
    assert not printer.is_open
    with pytest.raises(NotConnected):
        printer.load_card(timeout=LONG)
    with pytest.raises(NotConnected):
        cabled.another().open(timeout=LONG)
    cabled.printer.plug()
    printer.close()
    printer.open(timeout=LONG)
    assert printer.health(timeout=LONG).usable
    one_card(printer, "job-1")


@pytest.mark.fault
@pytest.mark.parametrize("command", ["Rpst", "Rlr", "Psid", "Si", "Sic", "job", "Rco", "Se"])
def test_pulled_in_mid_call_is_a_lost_line_and_prints_nothing_twice(
    cabled: Cabled, command: str
) -> None:
    printer, core = cabled.adapter, cabled.printer.core
    printer.open(timeout=LONG)
    core.order(Fault(f"wire.{command}", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected):
        one_card(printer, "job-1")
    assert not printer.is_open
    assert cabled.printer.machine.settle(LONG)
    cabled.printer.plug()
    printer.close()
    printer.open(timeout=LONG)
    if printer.card_inside(timeout=LONG) is not None:
        printer.eject(Tray.REJECT, timeout=LONG)
    one_card(printer, "job-2")
    assert len([card for card in core.truth.output if card.whole]) == 1
    assert core.truth.cards <= 2


def test_a_port_that_another_program_holds_is_busy(cabled: Cabled) -> None:
    cabled.adapter.open(timeout=LONG)
    with pytest.raises(Busy):
        cabled.another().open(timeout=LONG)
    cabled.adapter.close()
    other = cabled.another()
    other.open(timeout=LONG)
    other.close()


def test_a_slow_cable_carries_each_byte_once() -> None:
    """A line at 9,600 baud takes less at once than a job has: nothing may be sent again."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    line = SerialLine(os.ttyname(theirs), 9600)
    job = random.Random(7).randbytes(24_000)  # as long as a few lines of a panel
    arrived = bytearray()
    pace = threading.Event()

    def machine() -> None:
        while not arrived.endswith(b"\x1bRfv\r"):
            pace.wait(0.1)
            arrived.extend(os.read(ours, 2048))
        os.write(ours, b"1.0\r")

    far = threading.Thread(target=machine)
    far.start()
    try:
        line.open(LONG)
        assert line.send_job(job, LONG) == "1.0"
    finally:
        line.close()
        far.join()
        os.close(ours)
        os.close(theirs)
    assert bytes(arrived) == job + b"\x1bRfv\r"


def test_a_cable_that_takes_nothing_more_ends_in_time() -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    line = SerialLine(os.ttyname(theirs), 9600)
    try:
        line.open(LONG)
        with pytest.raises(TimedOut):
            line.send_job(bytes(100_000), 0.3)
    finally:
        line.close()
        os.close(ours)
        os.close(theirs)
