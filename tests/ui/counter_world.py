"""A counter with its real window over a training desk, and hands on its keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.desk import Desk
from desktop.domain.application import Application
from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkInView
from desktop.words import Words
from tests.walks.world import PASSWORDS, World
from ui.commands.run import make_counter
from ui.counter import Counter
from ui.klm import KlmMeter
from ui.main_window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Hands:
    """Everything a test does goes through here: real key events on whatever has the focus."""

    world: World
    counter: Counter
    meter: KlmMeter

    @property
    def desk(self) -> Desk:
        return self.world.desk

    @property
    def window(self) -> MainWindow:
        return self.counter.window

    @property
    def view(self) -> WalkInView:
        return self.counter.walk_in.view

    @property
    def app(self) -> Application:
        app = self.view.app
        assert app is not None
        return app

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key, by an officer who looked first: the step has been on show for a while."""
        screen = self.window.current_screen
        if screen is not None:
            screen.guard._since = float("-inf")
        self.hit(key, modifiers)

    def hit(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key, at once."""
        QTest.keyClick(self.focus, key, modifiers)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus, text)
        QApplication.processEvents()

    @property
    def focus(self) -> QWidget:
        if QApplication.activeWindow() is None:
            # Without a window manager nobody activates the window again when a sheet closes.
            self.window.activateWindow()
            QApplication.processEvents()
        found = QApplication.focusWidget()
        return found if found is not None else self.window

    def enter(self, times: int = 1) -> None:
        for _ in range(times):
            self.press(Qt.Key.Key_Return)

    def sign_in(self, name: str) -> None:
        """At the sign-in or the lock, whoever is preselected or not."""
        number, password = PASSWORDS[name]
        table = self.window.sign_in.table
        for _ in range(20):
            if table.current_key() == number:
                break
            keys = [row.key for row in table.rows_model.rows]
            down = keys.index(number) > keys.index(table.current_key())
            self.hit(Qt.Key.Key_Down if down else Qt.Key.Key_Up)
        assert table.current_key() == number
        self.type(password)
        self.hit(Qt.Key.Key_Return)

    def tickets(self, *services: Service) -> None:
        for service in services:
            self.desk.queue.take_ticket(self.world.by, service)


def open_hands(world: World, qtbot: QtBot, words: Words, devices_after_ms: int = 0) -> Hands:
    """The counter's window over a world, shown and waiting at the sign-in."""
    counter = make_counter(world.desk, words.in_zone(world.desk.frame.zone.zone))
    assert counter.stage is not None
    counter.stage.open_hall = lambda: None  # type: ignore[method-assign]
    window = counter.window
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    counter.start(devices_after_ms)
    meter = KlmMeter()
    return Hands(world, counter, meter)


def leave(window: QWidget) -> None:
    """Close a window and the sheets over it: one left open would stand over the next test's."""
    for sheet in window.findChildren(QDialog):
        if sheet.isVisible():
            sheet.reject()
    window.close()


def close(made: Hands) -> None:
    """End the window's timers and the desk."""
    for timer in made.counter.children():
        if isinstance(timer, QObject):
            timer.deleteLater()
    leave(made.window)
    made.world.desk.close()
