"""The capture page after its window was resized: nothing is pushed out sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from desktop.words import Words
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import Hands, close, open_hands
from tests.ui.test_face_screen import at_capture
from tests.ui.test_walkin_screen import cut_off
from tests.walks.world import IDS_OF_THE_OFFICE, open_world

SMALL, LARGE = (1366, 768), (1920, 1080)


@pytest.fixture
def language() -> str:
    return "id"


@pytest.fixture
def hands(profile: Path, qapp: QApplication, qtbot: QtBot, language: str) -> Iterator[Hands]:
    """A counter in that language: the longest words of one aren't those of the other."""
    world = open_world(profile, ids_used=IDS_OF_THE_OFFICE)
    made = open_hands(world, qtbot, Words.load(language))
    yield made
    close(made)


def resized(hands: Hands, *sizes: tuple[int, int]) -> None:
    """Through these sizes; at each, all is seen."""
    for size in sizes:
        hands.window.resize(*size)
        for _ in range(2):
            QApplication.processEvents()
        for area in hands.window.findChildren(QScrollArea):
            if area.isVisible():
                assert area.horizontalScrollBar().maximum() == 0, size
        assert cut_off(hands.window) == [], size


@pytest.mark.parametrize(
    ("language", "sizes"),
    [("id", (SMALL, LARGE)), ("id", (LARGE, SMALL, LARGE)), ("en", (LARGE, SMALL, LARGE))],
)
def test_a_resized_window_cuts_nothing_off(
    hands: Hands, sizes: tuple[tuple[int, int], ...]
) -> None:
    hands.window.resize(*sizes[0])
    table = at_capture(hands)
    hands.counter.walk_in.look_live()
    resized(hands, *sizes)
    assert table.isVisible()
    hands.world.bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
    hands.press(Qt.Key.Key_Space)
    hands.counter.walk_in.look_live()
    resized(hands, *sizes)
