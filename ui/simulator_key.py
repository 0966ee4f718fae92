"""Ctrl+G in a training window: the simulator panel over any screen, made at its first opening."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from ui.main_window import MainWindow

if TYPE_CHECKING:
    from desktop.presenters.simulator import Simulator
    from ui.simulator_panel import SimulatorDock

SHORTCUT = "Ctrl+G"


class SimulatorKey(QObject):
    """The window's key for the panel; it stands in the list of keys."""

    def __init__(self, window: MainWindow, make: Callable[[], Simulator]) -> None:
        super().__init__(window)
        self._window = window
        self._make = make
        self._dock: SimulatorDock | None = None
        action = QAction(window.words("simulator.title"), window)
        action.setObjectName("simulator.title")
        action.setShortcut(QKeySequence(SHORTCUT))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda _on=False: self.toggle())
        window.addAction(action)
        window.window_actions.append(action)
        window.lock_wanted.connect(self.hide)
        window.screen_opened.connect(lambda _name: self._make_way())

    @property
    def dock(self) -> SimulatorDock:
        """The panel."""
        if self._dock is None:
            from ui.simulator_panel import SimulatorDock

            words, host = self._window.words, self._window.work_area
            self._dock = SimulatorDock(words, self._make(), host, SHORTCUT)
            self._dock.panel.left.connect(self._go_home)
        return self._dock

    def toggle(self) -> None:
        """Open it with the focus inside, or close it and go on with the work."""
        screen = self._window.current_screen
        if self._window.locked:
            return
        if screen is not None and screen.has_simulator:
            screen.show_simulator()
            return
        self.dock.toggle()
        if not self.dock.isVisible():
            self._go_home()

    def _make_way(self) -> None:
        """The list of devices has a panel of its own."""
        screen = self._window.current_screen
        if screen is not None and screen.has_simulator:
            self.hide()

    def hide(self) -> None:
        """Put it away, as when the counter is locked."""
        if self._dock is not None:
            self._dock.hide()

    def _go_home(self) -> None:
        screen = self._window.current_screen
        if screen is not None:
            screen.go_home()
