"""The meter counts what hands do, each key once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.words import Words
from tests.ui.samples import SampleScreen, sample_window
from ui.klm import KlmMeter
from ui.main_window import MainWindow


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, words: Words) -> MainWindow:
    made = sample_window(words)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.start()
    return made


@pytest.fixture
def meter(qapp: QApplication, window: MainWindow) -> Iterator[KlmMeter]:
    made = KlmMeter(now=lambda: 7.0)
    made.install(qapp)
    made.begin("job")
    yield made
    qapp.removeEventFilter(made)


def test_keys_of_shortcuts_and_of_fields_count_once(window: MainWindow, meter: KlmMeter) -> None:
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    screen.field.setFocus()
    QTest.keyClicks(screen.field, "ab")
    QTest.keyClick(screen.field, Qt.Key.Key_Return)
    QTest.keyClick(screen.field, Qt.Key.Key_F3)
    assert meter.report().keys == 4


def test_the_same_key_pressed_twice_counts_twice(window: MainWindow, meter: KlmMeter) -> None:
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    QTest.keyClicks(screen.field, "aaa")
    assert meter.report().keys == 3


def test_modifiers_alone_count_nothing(window: MainWindow, meter: KlmMeter) -> None:
    QTest.keyClick(window, Qt.Key.Key_Shift)
    assert meter.report().keys == 0


def test_keys_sent_to_the_window_count_once(window: MainWindow, meter: KlmMeter) -> None:
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert meter.report().keys == 2


def test_clicks_and_hands_count(window: MainWindow, meter: KlmMeter) -> None:
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    QTest.keyClick(screen.field, Qt.Key.Key_A)
    QTest.mouseClick(screen.loose, Qt.MouseButton.LeftButton)
    QTest.keyClick(screen.field, Qt.Key.Key_B)
    report = meter.report()
    assert (report.keys, report.clicks, report.hands) == (2, 1, 2)
    assert report.seconds == pytest.approx(2 * 0.28 + 1.1 + 0.2 + 2 * 0.4)
