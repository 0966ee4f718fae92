"""The capture page after its window was resized: nothing is pushed out sideways."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea

from tests.ui.counter_world import Hands
from tests.ui.test_face_screen import at_capture
from tests.ui.test_walkin_screen import cut_off

SMALL, LARGE = (1366, 768), (1920, 1080)


@pytest.mark.parametrize("sizes", [(SMALL, LARGE), (LARGE, SMALL), (LARGE, SMALL, LARGE)])
def test_a_resized_window_cuts_nothing_off(
    hands: Hands, sizes: tuple[tuple[int, int], ...]
) -> None:
    hands.window.resize(*sizes[0])
    table = at_capture(hands)
    hands.counter.walk_in.look_live()
    for size in sizes:
        hands.window.resize(*size)
        for _ in range(2):
            QApplication.processEvents()
        assert table.isVisible()
        for area in hands.window.findChildren(QScrollArea):
            if area.isVisible():
                assert area.horizontalScrollBar().maximum() == 0, size
        assert cut_off(hands.window) == [], size
