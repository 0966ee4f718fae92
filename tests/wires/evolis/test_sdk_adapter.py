"""The maker's SDK as an adapter: it prints on the simulated printer, and may die without harm."""

from __future__ import annotations

import sys
import threading

import pytest
from PIL import ImageChops

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.adapters.evolis_sdk import SdkLine
from devices.card_printer import Tray
from devices.device import HealthState, Station
from devices.errors import (
    Cancelled,
    CardJam,
    NotConnected,
    SdkCrashed,
    SdkMissing,
    TimedOut,
)
from devices.simulators.faults import Fault, FaultName
from devices.wire.evolis_faces import as_png, joined
from tests.wires.evolis.conftest import Wire
from tests.wires.evolis.test_vendor import face

LONG = 60.0


def through_sdk(wire: Wire) -> EvolisPrinterAdapter:
    line = SdkLine(f"socket://127.0.0.1:{wire.port}")
    return EvolisPrinterAdapter("card_printer", line, ribbon="ymcko")


@pytest.mark.vendor
def test_a_card_goes_through_the_sdk(wire: Wire) -> None:
    printer = through_sdk(wire)
    try:
        printer.open(timeout=LONG)
        assert printer.info.serial == wire.core.serial
        assert printer.health(timeout=LONG).state is HealthState.READY
        printer.load_card(timeout=LONG)
        printer.move_to(Station.CONTACT, timeout=LONG)
        front, back = face(), face(back=True)
        printer.print_card(as_png(front), as_png(back), "job-1", timeout=LONG)
        inside = printer.card_inside(timeout=LONG)
        assert inside is not None
        assert inside.printed is True
        printer.eject(Tray.OUTPUT, timeout=LONG)
        assert printer.counters(timeout=LONG).cards == 1
    finally:
        printer.close()
    (received,) = wire.printer.machine.received
    for found, wanted in zip(received.job.faces, (front, back), strict=True):
        difference = ImageChops.difference(joined(found), wanted)
        assert max(top for _, top in difference.getextrema()) <= 18


@pytest.mark.vendor
@pytest.mark.fault
def test_faults_are_named_through_the_sdk_too(wire: Wire) -> None:
    printer = through_sdk(wire)
    try:
        printer.open(timeout=LONG)
        wire.core.order(Fault("move.contact", FaultName.JAM))
        printer.load_card(timeout=LONG)
        with pytest.raises(CardJam):
            printer.move_to(Station.CONTACT, timeout=LONG)
        wire.core.remedy()
        wire.core.cut_power()
        assert printer.health(timeout=LONG).state is HealthState.OFFLINE
    finally:
        printer.close()


def worker(body: str) -> tuple[str, ...]:
    """A stand-in for the SDK's process that behaves badly."""
    ready = "import sys, json, time; o=sys.stdout; print('{\"ready\": true}', flush=True)\n"
    opened = "sys.stdin.readline(); print('{\"ok\": true}', flush=True)\n"
    return (sys.executable, "-c", ready + opened + body)


def test_a_crash_of_the_sdk_is_a_fault_and_no_more() -> None:
    line = SdkLine("x", worker=worker("sys.stdin.readline(); import os; os.abort()"))
    printer = EvolisPrinterAdapter("card_printer", line)
    for _ in range(2):
        with pytest.raises(SdkCrashed):
            printer.open(timeout=LONG)
        assert not printer.is_open
    with pytest.raises(NotConnected):
        printer.load_card(timeout=LONG)


def test_an_sdk_that_hangs_can_be_left() -> None:
    line = SdkLine("x", worker=worker("sys.stdin.read()"))
    printer = EvolisPrinterAdapter("card_printer", line)
    with pytest.raises(TimedOut):
        printer.open(timeout=0.5)
    cancel = threading.Event()
    timer = threading.Timer(0.5, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        printer.open(timeout=LONG, cancel=cancel)
    timer.join()


def test_an_sdk_that_talks_nonsense_is_a_crash() -> None:
    line = SdkLine("x", worker=worker("sys.stdin.readline(); print('\\x00nonsense', flush=True)"))
    with pytest.raises(SdkCrashed):
        EvolisPrinterAdapter("card_printer", line).open(timeout=LONG)


def test_a_missing_sdk_is_named() -> None:
    gone = (sys.executable, "-c", "print('{\"missing\": true}', flush=True)")
    with pytest.raises(SdkMissing):
        EvolisPrinterAdapter("card_printer", SdkLine("x", worker=gone)).open(timeout=LONG)
