"""What holds for every family of pads, scanners and sensors, before any hardware is there."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from devices.card_viewer import CardViewer
from devices.catalog import KINDS, REAL, DeviceChoice, Family, make_device
from devices.device import Device, DeviceKind, HealthState
from devices.errors import Cancelled, LinkFault, NotConnected, NotTrusted
from devices.fingerprint import FingerprintSensor
from devices.signature_pad import SignaturePad

MINE = (
    DeviceKind.SIGNATURE_PAD,
    DeviceKind.SCANNER,
    DeviceKind.FINGERPRINT,
    DeviceKind.CARD_VIEWER,
)
FAMILIES = [family for family in REAL if family.kind in MINE]
NOWHERE = {
    "topaz": {"port": "/nowhere/tty"},
    "stu": {"pad_serial": "NOBODY HAS IT"},
    "screen": {},
    "serial_scanner": {"port": "/nowhere/tty"},
    "camera_scanner": {"source": "/nowhere/video"},
    "camera_viewer": {"source": "/nowhere/video"},
    "sane_viewer": {"sane_device": "nowhere:0"},
    "folder_viewer": {"folder": "/nowhere/scans"},
    "sbi": {"trust_file": "/nowhere/trust.pem"},
}


def made(family: Family) -> Device:
    choice = DeviceChoice(family.kind, family.kind.value, family.key, NOWHERE[family.key])
    return make_device(choice, lambda seconds, cancel: True)


@pytest.fixture(params=FAMILIES, ids=lambda family: family.key)
def family(request: pytest.FixtureRequest) -> Family:
    return request.param


def test_it_is_made_without_touching_anything(family: Family) -> None:
    device = made(family)
    assert isinstance(device, KINDS[family.kind])
    assert not device.is_open
    assert (device.info.kind, device.info.name) == (family.kind, family.kind.value)
    assert not device.info.simulated
    assert device.health(timeout=1).state is HealthState.UNKNOWN
    device.close()
    device.close()


def test_nothing_there_is_said(family: Family) -> None:
    if family.key == "screen":
        return  # a screen is always there
    with pytest.raises(NotTrusted if family.key == "sbi" else NotConnected):
        made(family).open(timeout=2)


def test_a_cancelled_call_does_nothing(family: Family) -> None:
    device, cancel = made(family), threading.Event()
    cancel.set()
    with pytest.raises(LinkFault):
        device.open(timeout=1, cancel=cancel)
    assert not device.is_open
    with pytest.raises(Cancelled):
        device.health(timeout=1, cancel=cancel)


def test_a_closed_device_refuses_its_verbs(family: Family) -> None:
    device = made(family)
    if isinstance(device, SignaturePad):
        with pytest.raises(NotConnected):
            device.capture(timeout=1)
    if isinstance(device, FingerprintSensor):
        with pytest.raises(NotConnected):
            device.take(timeout=1)
        with pytest.raises(NotConnected):
            device.match(b"", timeout=1)
        with pytest.raises(NotConnected):
            device.try_out(timeout=1)
    if isinstance(device, CardViewer):
        with pytest.raises(NotConnected):
            device.look(timeout=1)


def test_every_family_is_under_contract() -> None:
    assert {family.key for family in FAMILIES} == set(NOWHERE)


def test_what_is_found_is_listed_without_a_fault() -> None:
    from devices.adapters import sbi_fingerprint, serial_scanner, stu_pad, topaz_pad

    for module in (topaz_pad, stu_pad, serial_scanner):
        assert isinstance(module.found(), list)
    assert sbi_fingerprint.found(range(0)) == []


def test_the_catalogue_loads_no_driver() -> None:
    import subprocess

    heavy = "serial hid zxingcpp http.server"
    code = f"import sys, devices.catalog; print([m for m in '{heavy}'.split() if m in sys.modules])"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
