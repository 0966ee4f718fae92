"""Ctrl+, in the window: language, light or dark, size of text; at the sign-in too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from ui.main_window import MainWindow
from ui.widgets.buttons import portable

if TYPE_CHECKING:
    from pathlib import Path

SHORTCUT = "Ctrl+,"


class LookKey(QObject):
    """The window's key for how it looks; it stands in the list of keys."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self.action = QAction(window.words("ui.act.look"), window)
        self.action.setObjectName("ui.act.look")
        self.action.setShortcut(portable(SHORTCUT))
        self.action.setAutoRepeat(False)
        self.action.triggered.connect(lambda _on=False: self.ask())
        window.addAction(self.action)
        window.window_actions.append(self.action)
        window.at_the_door.append(self.action)

    def ask(self) -> None:
        """Show what is set and what may be chosen."""
        from ui.look_sheet import LookSheet

        LookSheet(self._window, self._window.words, self._folder, self._kept).open()

    def _kept(self) -> None:
        self._window.toast.tell(self._window.words("look.kept"))
