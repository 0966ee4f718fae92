"""A card under a real camera's adapter: laid in, turned over, and judged as at a counter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from desktop.cards.inspection import Ordered, inspect_pictures
from desktop.cards.inspection.facts import CardVerdict
from devices.card_viewer import ViewStep
from devices.catalog import DeviceChoice, make_devices
from devices.device import DeviceKind
from devices.errors import Cancelled, CardMissing
from devices.simulators.camera import CameraCore
from devices.simulators.card_view import seen
from devices.simulators.mjpeg_camera import MjpegCamera
from tests.cards.test_inspection import AT, faces, order

LONG = 100.0
"""A busy machine takes most of a minute for the looks of one card."""
FRONT, BACK, MAT, HAND = "front", "back", "mat", "hand"
Scenes = list[tuple[int, str]]
"""From which look on which scene lies under the camera."""


@cache
def scene(name: str) -> bytes:
    if name in (FRONT, BACK):
        return seen(faces(order(11))[name == BACK], 5)
    mat = np.full((980, 1430, 3), 58, np.uint8)
    if name == HAND:
        cv2.ellipse(mat, (700, 700), (300, 600), 20, 0, 360, (120, 150, 200), -1)
    return cv2.imencode(".jpg", mat)[1].tobytes()


class Desk:
    """A viewer on the wire, and hands that go by how often it has looked."""

    def __init__(self, wire: MjpegCamera, scenes: Scenes) -> None:
        self.looks = 0
        self.scenes = scenes
        self.stop = threading.Event()
        self.wire = wire
        wire.core.sit(self.look)
        choice = DeviceChoice(
            DeviceKind.CARD_VIEWER, "card_viewer", "camera_viewer", {"source": wire.url}
        )
        (self.viewer,) = make_devices([choice], self.pause)

    def pause(self, seconds: float, cancel: threading.Event | None) -> bool:
        self.looks += 1
        return not (cancel or self.stop).wait(min(seconds, 0.1))

    def look(self, fault: Any) -> bytes:
        del fault
        return scene([name for begin, name in self.scenes if begin <= self.looks][-1])


@pytest.fixture
def desk() -> Any:
    for name in (FRONT, BACK, MAT, HAND):
        scene(name)  # drawing takes longer than a camera may be silent
    with MjpegCamera(CameraCore(), rate=25) as wire:
        opened: list[Any] = []

        def laid(*scenes: tuple[int, str]) -> Desk:
            made = Desk(wire, list(scenes))
            made.viewer.open(timeout=LONG)
            opened.append(made.viewer)
            return made

        yield laid
        for viewer in opened:
            viewer.close()


def test_a_card_is_seen_from_both_sides_and_judged_good(desk: Callable[..., Desk]) -> None:
    made: Any = desk((0, MAT), (4, HAND), (6, FRONT), (26, HAND), (30, BACK))
    told: list[tuple[ViewStep, int]] = []
    views = made.viewer.look(timeout=LONG, hint=lambda step: told.append((step, made.looks)))
    ((step, at),) = told
    assert step is ViewStep.TURN
    assert 6 <= at < 30  # while the front still lies there
    mine: Ordered = order(11)
    found = inspect_pictures(views.front, views.back, mine, None, at=AT)
    assert [each.check for each in found.faults] == []
    assert found.verdict is CardVerdict.GOOD


def test_a_card_that_nobody_turns_is_waited_for(desk: Callable[..., Desk]) -> None:
    made: Any = desk((0, FRONT))
    with pytest.raises(CardMissing) as missing:
        made.viewer.look(timeout=4)
    assert missing.value.during == "viewer.back"


def test_an_empty_desk_and_a_hand_are_no_card(desk: Callable[..., Desk]) -> None:
    made: Any = desk((0, MAT), (5, HAND))
    with pytest.raises(CardMissing) as missing:
        made.viewer.look(timeout=2)
    assert missing.value.during == "viewer.front"


def test_waiting_ends_when_it_is_cancelled(desk: Callable[..., Desk]) -> None:
    made: Any = desk((0, MAT))
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        made.viewer.look(timeout=LONG, cancel=cancel)
