"""Who can't sign: the reason, what stands in its place, and the second officer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_kept_screen import again
from tests.ui.test_walkin_screen import to, walk_in
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.reasons import ReasonDialog


def modal() -> QWidget:
    QApplication.processEvents()
    found = QApplication.activeModalWidget()
    assert found is not None
    return found


def answer(digit: Qt.Key) -> None:
    for key in (digit, Qt.Key.Key_Return):
        QTest.keyClick(QApplication.focusWidget() or modal(), key)


def test_a_thumb_is_asked_for_and_witnessed_by_keys_alone(hands: Hands, qtbot: QtBot) -> None:
    walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    hands.press(Qt.Key.Key_X)
    first = modal()
    assert isinstance(first, ReasonDialog)
    answer(Qt.Key.Key_1)
    second = modal()
    assert isinstance(second, ReasonDialog)
    assert second is not first
    again(hands.counter.walk_in, second)  # the reason stays with what is asked next
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, second))
    answer(Qt.Key.Key_2)
    third = modal()
    assert isinstance(third, SecondOfficerDialog)
    third.reject()
    assert hands.view.asked is None
