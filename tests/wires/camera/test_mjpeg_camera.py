"""OpenCV against an MJPEG camera on loopback: what it sees, and how it says it sees nothing."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from devices.adapters import opencv_camera
from devices.adapters.options import OPENCV_CAMERA
from devices.catalog import DeviceChoice, Place, make_devices
from devices.device import DeviceKind, HealthReason, HealthState
from devices.errors import (
    Cancelled,
    DeviceFault,
    NoPicture,
    NotConnected,
    PictureFrozen,
    TimedOut,
)
from devices.options import read_options
from devices.simulators.camera import CameraCore
from devices.simulators.faults import Clears, Fault, FaultName, read_script
from devices.simulators.mjpeg_camera import MjpegCamera

LONG = 20.0


def real_pause(seconds: float, cancel: threading.Event | None) -> bool:
    return not (cancel or threading.Event()).wait(seconds)


def chair(colour: tuple[int, int, int] = (176, 60, 52)) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (480, 640), colour)
    picture.paste((230, 190, 160), (160, 180, 320, 400))
    picture.save(out, "PNG")
    return out.getvalue()


class Rig:
    """A camera on the wire and the adapter that reads it."""

    def __init__(self, wire: MjpegCamera) -> None:
        self.wire = wire
        self.core = wire.core
        self.device = camera_at(wire.url)

    def sees(self, reason: HealthReason) -> bool:
        return self.until(lambda: reason in self.device.health(timeout=1).reasons)

    @staticmethod
    def until(true: Callable[[], bool]) -> bool:
        end = time.monotonic() + LONG
        tick = threading.Event()
        while not true():
            if time.monotonic() > end:
                return False
            tick.wait(0.02)
        return True


def camera_at(source: str, **options: object) -> Any:
    choice = DeviceChoice(
        DeviceKind.CAMERA, "camera", "opencv_camera", {"source": source, **options}
    )
    (device,) = make_devices([choice], real_pause)
    return device


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    # What isn't silent must not be taken for it, however busy the machine is.
    monkeypatch.setattr(opencv_camera, "READ_SECONDS", LONG)
    monkeypatch.setattr(opencv_camera, "FROZEN_SECONDS", 0.4)
    with MjpegCamera(CameraCore(), rate=40) as wire:
        wire.core.sit(chair())
        made = Rig(wire)
        yield made
        made.device.close()


def capture_on(rig: Rig, timeout: float) -> None:
    """Picture after picture, until a fault ends it."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        rig.device.capture(timeout=timeout)


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size


def test_a_constructor_opens_nothing() -> None:
    device = camera_at("http://127.0.0.1:9/stream.mjpg")
    assert not device.is_open
    assert device.info.kind is DeviceKind.CAMERA
    assert device.health(timeout=1).reasons == (HealthReason.CLOSED,)
    with pytest.raises(NotConnected):
        device.frame(timeout=1)


def test_it_opens_closes_and_opens_again(rig: Rig) -> None:
    for _ in range(2):
        rig.device.open(timeout=LONG)
        rig.device.open(timeout=LONG)
        assert rig.device.is_open
        assert rig.device.health(timeout=1).state is HealthState.READY
        rig.device.close()
        rig.device.close()
        assert not rig.device.is_open


def test_frames_and_pictures_arrive_as_jpeg(rig: Rig) -> None:
    rig.device.open(timeout=LONG)
    assert rig.device.frame(timeout=LONG).startswith(b"\xff\xd8\xff")
    assert size_of(rig.device.capture(timeout=LONG)) == (480, 640)


def test_a_captured_picture_is_newer_than_the_call(rig: Rig) -> None:
    rig.device.open(timeout=LONG)
    rig.device.frame(timeout=LONG)
    rig.core.sit(chair((20, 120, 60)))
    sent = rig.wire.sent
    assert rig.until(lambda: rig.wire.sent > sent + 2)
    with Image.open(io.BytesIO(rig.device.capture(timeout=LONG))) as picture:
        red, green, _ = picture.convert("RGB").getpixel((40, 600))  # type: ignore[misc]
    assert green > red


def test_a_wide_picture_is_cut_upright_and_can_be_turned(rig: Rig) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((1280, 720)).convert("RGB").save(out, "PNG")
    rig.core.sit(out.getvalue())
    for options, size in (
        ({}, (540, 720)),
        ({"portrait": False}, (1280, 720)),
        ({"turn": "90"}, (720, 1280)),
    ):
        device = camera_at(rig.wire.url, **options)
        device.open(timeout=LONG)
        assert size_of(device.capture(timeout=LONG)) == size
        device.close()


def test_a_camera_that_isn_t_there_is_not_connected(rig: Rig) -> None:
    rig.core.unplug()
    with pytest.raises(NotConnected):
        rig.device.open(timeout=LONG)
    rig.core.plug()
    rig.device.open(timeout=LONG)
    assert rig.device.health(timeout=1).usable


def test_nobody_listens_at_the_address() -> None:
    with pytest.raises((NotConnected, TimedOut)):
        camera_at("http://127.0.0.1:9/stream.mjpg").open(timeout=LONG)


def test_cancelling_does_nothing(rig: Rig) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        rig.device.open(timeout=LONG, cancel=cancel)
    rig.device.open(timeout=LONG)
    for call in (rig.device.frame, rig.device.capture, rig.device.health):
        with pytest.raises(Cancelled):
            call(timeout=LONG, cancel=cancel)
    rig.device.capture(timeout=LONG)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "named", "reason"),
    [
        (FaultName.SILENT, TimedOut, HealthReason.NOT_ANSWERING),
        (FaultName.UNPLUGGED, NotConnected, HealthReason.UNPLUGGED),
        (FaultName.POWER_CUT, NotConnected, HealthReason.UNPLUGGED),
        (FaultName.FROZEN, PictureFrozen, HealthReason.PICTURE_FROZEN),
        (FaultName.NO_PICTURE, NoPicture, HealthReason.NO_PICTURE),
    ],
)
def test_each_fault_is_named_seen_in_health_and_mended(
    rig: Rig,
    fault: FaultName,
    named: type[DeviceFault],
    reason: HealthReason,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as here:
        if fault is FaultName.SILENT:
            here.setattr(opencv_camera, "READ_SECONDS", 2.0)
        rig.device.open(timeout=LONG)
        rig.core.order(Fault("camera.capture", fault, clears=Clears.OPERATOR))
        assert rig.sees(reason)
        with pytest.raises(named) as refusal:
            rig.device.capture(timeout=LONG)
        assert str(refusal.value) == named.__name__
        rig.core.remedy()
        rig.device.close()
    rig.device.open(timeout=LONG)
    assert rig.until(lambda: rig.device.health(timeout=1).usable)
    assert size_of(rig.device.capture(timeout=LONG)) == (480, 640)


@pytest.mark.fault
def test_a_picture_that_doesn_t_come_is_owed_before_the_camera_is_given_up(rig: Rig) -> None:
    assert rig.device.unanswered == 0, "nothing is owed by a closed one"
    rig.device.open(timeout=LONG)
    rig.core.order(Fault("camera.capture", FaultName.SILENT, clears=Clears.OPERATOR))
    assert rig.until(lambda: rig.device.unanswered > 0)
    assert rig.device.health(timeout=1).usable
    rig.core.remedy()
    assert rig.until(lambda: rig.device.unanswered == 0)


@pytest.mark.fault
def test_garbage_is_no_picture_and_never_hangs(rig: Rig) -> None:
    rig.device.open(timeout=LONG)
    rig.core.order(Fault("camera.capture", FaultName.GARBAGE, clears=Clears.OPERATOR))
    with pytest.raises((TimedOut, NotConnected, NoPicture, PictureFrozen)):
        capture_on(rig, 3.0)
    rig.core.remedy()
    rig.device.close()
    rig.device.open(timeout=LONG)
    assert rig.device.capture(timeout=LONG)


@pytest.mark.fault
def test_a_slow_camera_is_waited_for_and_dropped_frames_do_no_harm(rig: Rig) -> None:
    rig.device.open(timeout=LONG)
    rig.core.order(
        *read_script([{"at": "camera", "fault": "slow", "seconds": 0.3, "count": 2, "skip": 1}])
    )
    for _ in range(3):
        assert size_of(rig.device.capture(timeout=LONG)) == (480, 640)


@pytest.mark.fault
def test_pulled_in_mid_capture_then_back(rig: Rig) -> None:
    rig.device.open(timeout=LONG)
    rig.core.order(Fault("camera.capture", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected):
        capture_on(rig, LONG)
    assert not rig.device.is_open
    rig.core.plug()
    rig.device.close()
    rig.device.open(timeout=LONG)
    rig.device.capture(timeout=LONG)


class Hung:
    """A driver that never comes back from a read until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.released = threading.Event()

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, None]:
        self.free.wait(LONG)
        return False, None

    def release(self) -> None:
        self.released.set()


def test_a_driver_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opencv_camera, "_LETTING_GO", 0.05)
    hung = Hung()
    place = Place("camera", read_options(OPENCV_CAMERA, {}), real_pause)
    device = opencv_camera.OpenCvCamera(place, lambda _source, _options: hung)
    with pytest.raises(TimedOut):
        device.open(timeout=0.2)
    assert not device.is_open
    hung.free.set()
    assert hung.released.wait(LONG), "the driver's handle is let go when it comes back"


def test_a_source_is_shown_without_its_password() -> None:
    told = camera_at("rtsp://admin:rahasia@192.0.2.7:554/ch1?token=1").info
    assert "rahasia" not in repr(told)
    assert told.serial == "rtsp://192.0.2.7:554/ch1"
    assert opencv_camera.read_source("0") == 0
    assert opencv_camera.read_source("/dev/video2") == "/dev/video2"


def test_cameras_are_found_without_opening_them(tmp_path: Any) -> None:
    for name, label, index in (("video0", "HD Webcam", "0"), ("video1", "HD Webcam", "1")):
        node = tmp_path / name
        node.mkdir()
        (node / "name").write_text(label + "\n")
        (node / "index").write_text(index + "\n")
    if opencv_camera.sys.platform == "linux":
        (one,) = opencv_camera.found(tmp_path)
        assert (one.source, one.label) == ("/dev/video0", "HD Webcam")
