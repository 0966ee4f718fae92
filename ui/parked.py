"""Sheets that were open when the window was locked: hidden with the work, and back with it.

A sheet is a window of its own, so the sign-in can't cover it: it would go on showing a person, and
keep the password from being typed. Whoever unlocks their own work finds the question as it was;
another officer is asked nothing that they didn't begin.
"""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from ui.popup import Popup


class Parked:
    """The sheets of one window; told of each lock and of each officer before the work."""

    def __init__(self) -> None:
        self._sheets: list[Popup] = []
        self._officer = ""

    def park(self, window: QWidget) -> None:
        """The window is locked: no question and nothing that was looked up stays in sight."""
        for dialog in window.findChildren(QDialog):
            if not dialog.isVisible():
                continue
            if not isinstance(dialog, Popup):
                dialog.reject()  # the system's own, as for a file
            elif not dialog.stays:
                dialog.park()
                self._sheets.append(dialog)

    def back(self, officer: str) -> None:
        """This officer is before the work."""
        sheets, self._sheets = self._sheets, []
        for sheet in sheets:
            if not isValid(sheet):
                continue
            if officer == self._officer:
                sheet.open()
            else:
                sheet.reject()
        self._officer = officer
