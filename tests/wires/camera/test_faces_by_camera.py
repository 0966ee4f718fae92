"""Drawn people before the MJPEG camera: what OpenCV brings is judged as at a counter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from desktop.faces.checks import check_face
from desktop.pictures import PictureCheck
from desktop.training.painter import draw
from desktop.training.people import make_people
from desktop.training.stage import FLAWS, portrait
from devices.simulators.camera import CameraCore
from devices.simulators.faults import Clears, Fault, FaultName
from devices.simulators.mjpeg_camera import MjpegCamera
from tests.wires.camera.test_mjpeg_camera import LONG, Rig, camera_at

PEOPLE = make_people(47, 4, today=date(2026, 3, 2))
OWN = {
    FaultName.DARK: PictureCheck.BRIGHTNESS,
    FaultName.TWO_FACES: PictureCheck.ONE_FACE,
    FaultName.NO_FACE: PictureCheck.FACE,
    FaultName.EYES_CLOSED: PictureCheck.EYES,
    FaultName.BLURRED: PictureCheck.SHARPNESS,
    FaultName.TILTED: PictureCheck.TILT,
}


@cache
def seen(at: int, fault: FaultName | None) -> bytes:
    return portrait(PEOPLE[at], *([FLAWS[fault]] if fault in FLAWS else []))


@pytest.fixture
def rig() -> Iterator[Rig]:
    with MjpegCamera(CameraCore(), rate=25) as wire:
        wire.core.sit(lambda fault: seen(0, fault))
        made = Rig(wire)
        made.device.open(timeout=LONG)
        yield made
        made.device.close()


def failed(device: Any) -> set[PictureCheck]:
    return {f.check for f in check_face(device.capture(timeout=LONG)) if not f.passed}


def test_good_portraits_pass_through_the_wire(rig: Rig) -> None:
    for at in range(len(PEOPLE)):
        rig.core.sit(lambda fault, at=at: seen(at, fault))
        sent = rig.wire.sent
        assert rig.until(lambda sent=sent: rig.wire.sent > sent + 2)  # type: ignore[misc]
        assert failed(rig.device) == set()


@pytest.mark.fault
@pytest.mark.parametrize("fault", list(OWN))
def test_each_fault_before_the_lens_is_caught_by_its_check(rig: Rig, fault: FaultName) -> None:
    rig.core.order(Fault("camera.capture", fault, clears=Clears.OPERATOR))
    assert rig.until(lambda: OWN[fault] in failed(rig.device))
    rig.core.remedy()
    assert rig.until(lambda: failed(rig.device) == set())


def test_a_webcam_s_wide_picture_is_cut_and_judged(rig: Rig) -> None:
    from desktop.pictures import encode_jpeg

    wide = draw(PEOPLE[1], size=(1280, 720))
    rig.core.sit(encode_jpeg(wide))
    device = camera_at(rig.wire.url)
    device.open(timeout=LONG)
    findings = {f.check: f for f in check_face(device.capture(timeout=LONG))}
    device.close()
    assert findings[PictureCheck.SHAPE].passed
    assert findings[PictureCheck.FACE].passed
