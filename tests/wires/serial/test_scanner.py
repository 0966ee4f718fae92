"""A serial scanner on a real line discipline: each beep is one scan, whatever the cable does."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.adapters.serial_scanner import SerialScanner
from devices.device import HealthReason
from devices.errors import Busy, NotConnected
from devices.simulators.faults import Fault, FaultName
from devices.simulators.scanner_serial import ScannerSerial

pytestmark = pytest.mark.serial
LONG = 20.0


class Desk:
    """A scanner on its cable, its adapter, and what was heard."""

    def __init__(self, port: Path, prefix: str = "", suffix: str = "\r\n") -> None:
        self.far = ScannerSerial(port, prefix=prefix, suffix=suffix)
        self.scanner = SerialScanner(
            "scanner", str(port), prefix=prefix, suffix=suffix.strip(), repeat_seconds=0.3
        )
        self._heard: queue.Queue[str] = queue.Queue()
        self.scanner.on_scan(self._heard.put)

    def heard(self) -> str:
        return self._heard.get(timeout=LONG)

    def heard_all(self) -> list[str]:
        """What came before a last scan."""
        self.far.scan("LAST")
        return list(iter(self.heard, "LAST"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "ttyACM")
    with made.far:
        made.scanner.open(timeout=LONG)
        yield made
        made.scanner.close()


def test_a_scan_arrives(desk: Desk) -> None:
    desk.far.scan("RR473124829ID")
    assert desk.heard() == "RR473124829ID"
    assert desk.scanner.health(timeout=1).usable


def test_prefix_and_suffix_are_taken_off(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "tty", "~", "#\r")
    with desk.far:
        desk.scanner.open(timeout=LONG)
        desk.far.scan("AB12")
        assert desk.heard() == "AB12"
        desk.scanner.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (FaultName.DOUBLE_SCAN, ["CODE1"]),
        (FaultName.GARBLED_SCAN, []),
        (FaultName.SPLIT_SCAN, ["CODE1"]),
        (FaultName.SILENT, []),
    ],
)
def test_what_a_scanner_does_wrong(desk: Desk, fault: FaultName, heard: list[str]) -> None:
    desk.far.core.order(Fault("scan", fault))
    desk.far.scan("CODE1")
    assert desk.heard_all() == heard


def test_pulled_and_put_back(desk: Desk) -> None:
    desk.far.core.order(Fault("scan", FaultName.UNPLUGGED))
    assert not desk.far.scan("CODE1")
    desk.scanner._thread.join(LONG)  # type: ignore[union-attr]
    assert desk.scanner.health(timeout=1).reasons == (HealthReason.UNPLUGGED,)
    with pytest.raises(NotConnected):
        desk.scanner.open(timeout=LONG)
    desk.far.plug()
    desk.scanner.open(timeout=LONG)
    desk.far.scan("CODE2")
    assert desk.heard() == "CODE2"


def test_nobody_else_may_listen(desk: Desk) -> None:
    with pytest.raises(Busy):
        SerialScanner("scanner", desk.far.port).open(timeout=LONG)


def test_a_closed_scanner_hears_nothing(desk: Desk) -> None:
    desk.scanner.close()
    assert desk.scanner.health(timeout=1).reasons == (HealthReason.CLOSED,)
    desk.far.scan("MISSED")
    desk.scanner.open(timeout=LONG)
    assert desk.heard_all() == []
