"""A flat-bed through the real `scanimage`: SANE's own test scanner, and a picture as scanner.

SANE's `test` backend answers with any status on order; its `pnm` backend scans whatever picture
lies at a path, so that a drawn card can be laid on the glass and turned over.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from desktop.cards.inspection import inspect_pictures
from desktop.cards.inspection.facts import CardVerdict
from devices.adapters.camera_viewer import lying
from devices.adapters.sane_viewer import SaneViewer, Scanning, extra_of, general, usb_socket
from devices.card_viewer import ViewStep
from devices.catalog import DeviceChoice, make_device
from devices.device import Cancel, DeviceKind, HealthReason
from devices.errors import (
    Busy,
    Cancelled,
    CardMissing,
    DeviceFault,
    Garbage,
    LidOpen,
    NotConnected,
    NotPermitted,
    ProgramMissing,
    ScannerJammed,
    TimedOut,
)
from devices.finding import search
from devices.options import OptionRefused
from devices.simulators.card_view import seen
from devices.wire.recorder import FlightRecorder
from devices.wire.sane import fault_of, read_scanner_options
from tests.cards.test_inspection import AT, faces, order

LONG = 30.0


def card(*, back: bool) -> bytes:
    """A side of a card that the inspection knows."""
    return seen(faces(order(11))[back], 5)


def plastic() -> Any:
    """Something of a card's shape."""
    glass = bare()
    cv2.rectangle(glass, (200, 180), (1138, 770), (215, 205, 190), -1)
    cv2.rectangle(glass, (260, 300), (480, 600), (90, 60, 160), -1)
    return glass


def bare() -> Any:
    """The glass under a dark sheet."""
    return np.full((945, 1338, 3), 58, np.uint8)


@pytest.fixture
def sane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """SANE with two kinds of scanner, and how to set the test scanner up anew."""

    def configure(kinds: str = "test\npnm\n", **settings: object) -> None:
        (tmp_path / "dll.conf").write_text(kinds)
        lines = [f'{name.replace("_", "-")} "{value}"' for name, value in settings.items()]
        geometry = "geometry_min 0.0\ngeometry_max 200.0\ngeometry_quant 1.0\n"
        (tmp_path / "test.conf").write_text(geometry + "\n".join(lines) + "\n")

    configure()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    return configure


class Glass:
    """What lies on the scanner, and hands that move it between two scans."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lay(bare())
        self.steps: list[Callable[[], object]] = []

    def lay(self, picture: Any) -> None:
        if isinstance(picture, bytes):
            picture = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        (self.path.with_suffix(".new")).write_bytes(cv2.imencode(".ppm", picture)[1].tobytes())
        self.path.with_suffix(".new").replace(self.path)  # a scan sees one picture or the other

    def pause(self, seconds: float, cancel: Cancel) -> bool:
        del seconds
        if self.steps:
            self.steps.pop(0)()
        return cancel is None or not cancel.is_set()


def viewer(pause: Callable[[float, Cancel], bool], **options: object) -> Any:
    choice = DeviceChoice(DeviceKind.CARD_VIEWER, "card_viewer", "sane_viewer", options)
    return make_device(choice, pause)


def on_glass(glass: Glass, **options: object) -> Any:
    made = viewer(
        glass.pause, sane_device="pnm:0", scan_extra=f'filename="{glass.path}"', **options
    )
    made.open(timeout=LONG)
    return made


def nobody(seconds: float, cancel: Cancel) -> bool:
    return not (cancel or threading.Event()).wait(min(seconds, 0.01))


@pytest.mark.usefixtures("sane")
def test_a_card_is_scanned_turned_when_asked_and_judged_good(tmp_path: Path) -> None:
    glass = Glass(tmp_path / "glass.ppm")
    glass.steps = [lambda: None, lambda: glass.lay(card(back=False))]
    made, told = on_glass(glass), list[ViewStep]()

    def turn(step: ViewStep) -> None:
        told.append(step)
        glass.steps = [lambda: None, lambda: glass.lay(card(back=True))]

    views = made.look(timeout=LONG, hint=turn)
    assert told == [ViewStep.TURN]
    found = inspect_pictures(views.front, views.back, order(11), None, at=AT)
    assert [each.check for each in found.faults] == []
    assert found.verdict is CardVerdict.GOOD


@pytest.mark.usefixtures("sane")
def test_a_card_that_nobody_lays_or_turns_is_told_apart(tmp_path: Path) -> None:
    glass = Glass(tmp_path / "glass.ppm")
    made = on_glass(glass)
    for laid, step in ((bare(), "viewer.front"), (plastic(), "viewer.back")):
        glass.lay(laid)
        with pytest.raises(CardMissing) as missing:
            made.look(timeout=0.3)
        assert missing.value.during == step


def pale(bars: list[tuple[int, int, int, int]]) -> Any:
    """A nearly white card under a white lid: what is printed on it is all that differs."""
    glass = np.full((945, 1338, 3), 245, np.uint8)
    cv2.rectangle(glass, (200, 180), (1138, 770), (238, 238, 250), -1)
    for left, top, right, bottom in bars:
        cv2.rectangle(glass, (left, top), (right, bottom), (60, 40, 150), -1)
    return glass


@pytest.mark.usefixtures("sane")
def test_a_pale_card_is_seen_under_a_white_lid(tmp_path: Path) -> None:
    glass = Glass(tmp_path / "glass.ppm")
    glass.lay(np.full((945, 1338, 3), 245, np.uint8))
    front = pale([(200, 180, 1138, 300), (240, 420, 460, 700), (700, 640, 1080, 760)])
    back = pale([(220, 200, 1120, 230), (260, 300, 560, 600), (220, 730, 1120, 760)])
    assert lying(cv2.imencode(".png", front)[1].tobytes()) is None, "not by its edges"
    glass.steps = [lambda: glass.lay(front)]
    made = on_glass(glass)

    def turn(_step: ViewStep) -> None:
        glass.steps = [lambda: glass.lay(back)]

    views = made.look(timeout=LONG, hint=turn)
    shown = [cv2.imdecode(np.frombuffer(side, np.uint8), 1) for side in (views.front, views.back)]
    assert [np.array_equal(*both) for both in zip(shown, (front, back), strict=True)] == [True] * 2


STATUS = [
    ("SANE_STATUS_DEVICE_BUSY", Busy),
    ("SANE_STATUS_CANCELLED", Cancelled),
    ("SANE_STATUS_JAMMED", ScannerJammed),
    ("SANE_STATUS_NO_DOCS", CardMissing),
    ("SANE_STATUS_COVER_OPEN", LidOpen),
    ("SANE_STATUS_IO_ERROR", NotConnected),
    ("SANE_STATUS_ACCESS_DENIED", NotPermitted),
    ("SANE_STATUS_INVAL", Garbage),
    ("SANE_STATUS_NO_MEM", Garbage),
]


@pytest.mark.parametrize(("status", "fault"), STATUS)
def test_each_status_of_a_scan_has_its_fault(
    sane: Callable[..., None], status: str, fault: type[DeviceFault]
) -> None:
    made = viewer(nobody, sane_device="test:0")
    made.open(timeout=LONG)
    sane(read_status_code=status)
    with pytest.raises(fault) as told:
        made.look(timeout=LONG)
    assert type(told.value) is fault


def test_a_scanner_that_is_pulled_in_mid_scan_comes_back(sane: Callable[..., None]) -> None:
    made = viewer(nobody, sane_device="test:*")
    made.open(timeout=LONG)
    assert made.info.model == "Noname frontend-tester"
    sane(read_status_code="SANE_STATUS_IO_ERROR")
    with pytest.raises(NotConnected):
        made.look(timeout=LONG)
    assert made.health(timeout=1).reasons == (HealthReason.UNPLUGGED,)
    sane("")
    with pytest.raises(NotConnected):
        made.open(timeout=LONG)
    sane()
    made.open(timeout=LONG)
    assert made.health(timeout=1).reasons == ()


def test_a_scan_asks_for_what_the_scanner_has_and_keeps_no_picture(
    sane: Callable[..., None],
) -> None:
    sane(test_picture="Grid")
    recorder = FlightRecorder(lambda: AT, "test")
    extra = "test-picture=Grid no-such-option=1"
    options = {"sane_device": "test:0", "area_width": 100, "area_height": 70, "scan_extra": extra}
    choice = DeviceChoice(DeviceKind.CARD_VIEWER, "card_viewer", "sane_viewer", options)
    made: Any = make_device(choice, nobody, None, recorder)
    made.open(timeout=LONG)
    with pytest.raises(CardMissing):
        made.look(timeout=0)
    lines = list(map(json.loads, recorder.export("card_viewer").splitlines()))
    (asked,) = [bytes.fromhex(line["sent"][0]["hex"]).decode() for line in lines if "sent" in line]
    assert asked == (
        "--source=Flatbed --mode=Color --test-picture=Grid --resolution=100 -l 0 -t 0 -x 100 -y 70"
    )
    assert [set(line["heard"][0]) for line in lines if "heard" in line] == [{"hidden", "sha256"}]


def slow(sane: Callable[..., None]) -> Any:
    """A scanner whose scan takes longer than any test."""
    sane(read_delay="true", read_delay_duration=200000, read_limit="true", read_limit_size=1000)
    made = SaneViewer("card_viewer", "test:0", Scanning(), nobody, scan_seconds=0.4)
    made.open(timeout=LONG)
    return made


class Asked(threading.Event):
    """An officer who gives up in the middle of a scan: when it has been asked about twice."""

    times = 0

    def is_set(self) -> bool:
        self.times += 1
        return self.times > 3


def test_a_scan_that_takes_too_long_is_no_answer(sane: Callable[..., None]) -> None:
    made = slow(sane)
    with pytest.raises(TimedOut):
        made.look(timeout=LONG)


def test_a_scan_ends_when_it_is_cancelled(sane: Callable[..., None]) -> None:
    made, asked = slow(sane), Asked()
    with pytest.raises(Cancelled):
        made.look(timeout=LONG, cancel=asked)
    assert asked.times > 3  # not before the scan began


def test_no_scanner_no_program(monkeypatch: pytest.MonkeyPatch, sane: Callable[..., None]) -> None:
    sane("")
    with pytest.raises(NotConnected):
        viewer(nobody).open(timeout=LONG)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProgramMissing):
        viewer(nobody).open(timeout=LONG)
    assert "sane_viewer" in search(DeviceKind.CARD_VIEWER, nobody).failed


@pytest.mark.usefixtures("sane")
def test_scanners_are_found_with_what_to_set() -> None:
    found = search(DeviceKind.CARD_VIEWER, nobody).found
    names = {one.options["sane_device"] for one in found if one.family == "sane_viewer"}
    assert names >= {"test:0", "test:1", "pnm:0"}


@pytest.mark.parametrize(
    ("name", "pattern", "socket"),
    [
        ("genesys:libusb:001:004", "genesys:libusb:*", "001/004"),
        ("epson2:libusb:2:31", "epson2:libusb:*", "002/031"),
        ("airscan:e0:Scanner", "airscan:e0:Scanner", ""),
        ("test:0", "test:0", ""),
    ],
)
def test_a_usb_address_changes_with_each_plug(name: str, pattern: str, socket: str) -> None:
    assert general(name) == pattern
    where = usb_socket(name)
    assert (str(where).removeprefix("/dev/bus/usb/") if where else "") == socket


LISTED = """
    --mode Lineart|Gray|24bit Color [Gray]
    --resolution auto||75|150|300|600dpi [75]
    --lamp-off-time 0..60 [15]
    --custom-gamma[=(yes|no)] [inactive]
    --button-copy <int> [0] [read-only]
    -l 0..215.9mm (in steps of 0.1) [0]
"""


def test_options_are_read_as_scanners_list_them() -> None:
    can = read_scanner_options(LISTED)
    assert set(can) == {"mode", "resolution", "lamp-off-time", "l"}
    assert can["mode"].choices[-1] == "24bit Color"
    assert [can["resolution"].nearest(dpi) for dpi in (100, 300, 301, 1200)] == [
        "150", "300", "600", "600",
    ]  # fmt: skip
    assert can["l"].nearest(400) == "215.9"
    assert Scanning(dpi=300).settings(can, 300) == (
        "--mode=24bit Color", "--resolution=300", "-l", "0",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["brightness", "=3", 'source="Flat'])
def test_further_options_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(OptionRefused):
        extra_of(text)


def test_a_list_that_takes_longer_than_a_call_is_there_for_the_next(
    sane: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where SANE looks for scanners in the network: its program waits for a file here."""
    sane()
    real, go = shutil.which("scanimage"), tmp_path / "go"
    slow = tmp_path / "bin" / "scanimage"
    slow.parent.mkdir()
    note = f"touch {tmp_path}/list-$(($(ls {tmp_path} | grep -c list-) + 1))"
    wait = f'[ "$1" != -f ] || {{ {note}; until [ -e {go} ]; do sleep 0.02; done; }}'
    slow.write_text(f'#!/bin/sh\n{wait}\nexec {real} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent), prepend=os.pathsep)
    made = viewer(nobody, sane_device="test:*")
    with pytest.raises(NotConnected):
        made.open(timeout=0.1)
    made.close()  # as whoever watches it does before the next try
    go.touch()
    made.open(timeout=LONG)
    assert made.is_open
    assert [path.name for path in tmp_path.glob("list-*")] == ["list-1"], "asked once"
    made.close()


def test_a_program_that_told_its_fault_and_stays_is_not_waited_for(
    sane: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As libsane-test does now and then: its reader never ends after a failed read."""
    sane()
    stuck, real = tmp_path / "bin" / "scanimage", shutil.which("scanimage")
    stuck.parent.mkdir()
    hang = 'echo "scanimage: sane_read: Error during device I/O" >&2; exec sleep 600'
    stuck.write_text(f'#!/bin/sh\n[ "$3" != --format=png ] || {{ {hang}; }}\nexec {real} "$@"\n')
    stuck.chmod(0o755)
    made = viewer(nobody, sane_device="test:0")
    made.open(timeout=LONG)
    monkeypatch.setenv("PATH", str(stuck.parent), prepend=os.pathsep)
    with pytest.raises(NotConnected):
        made.look(timeout=600)


@pytest.mark.parametrize(
    ("said", "fault"),
    [("Device busy", Busy), ("Scanner cover is open", LidOpen), ("Invalid argument", Garbage),
     ("Document feeder jammed", ScannerJammed), ("Operation was cancelled", Cancelled),
     ("Document feeder out of documents", CardMissing),
     ("Access to resource has been denied", NotPermitted)],
)  # fmt: skip
def test_what_such_a_program_told_is_its_fault(said: str, fault: type[DeviceFault]) -> None:
    assert type(fault_of(-9, f"scanimage: sane_start: {said}\n", "viewer.front")) is fault
