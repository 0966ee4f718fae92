"""Hands and eyes of the pictures: leads the window from state to state and draws each."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.outside.simulators import OutsideSimulator
from desktop.sources import VirtualClock
from ui.applicant_window import ApplicantWindow
from ui.commands.screenshots_list import Seen
from ui.counter import Counter
from ui.popup import Popup
from ui.step_guard import StepGuard

NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class Tour:
    """Leads the window from state to state and draws each."""

    def __init__(
        self,
        app: QApplication,
        counter: Counter,
        clock: VirtualClock,
        sizes: Mapping[tuple[int, int], Path],
    ) -> None:
        self.app = app
        self.counter = counter
        self.clock = clock
        self._sizes = sizes
        self.seen: dict[str, Seen] = {}
        self.window = counter.window
        self.walk = counter.walk_in

    # -- hands -----------------------------------------------------------------------------

    def snap(self, name: str) -> None:
        """Draw the window as it stands, with what lies over it."""
        self.window.toast.hide()
        if QApplication.activeWindow() is None:  # a focus is drawn in an active window alone
            self.window.activateWindow()
        self.counter.show_clock()
        sheets: list[QDialog] = []
        for (width, height), folder in self._sizes.items():
            self.window.resize(width, height)
            self._settle()
            sheets = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
            for sheet in sheets:
                if isinstance(sheet, Popup):
                    sheet.fit()
            self._settle()
            picture = self.window.grab()
            for sheet in sheets:
                at = sheet.mapToGlobal(sheet.rect().topLeft()) - self.window.mapToGlobal(
                    self.window.rect().topLeft()
                )
                sheet.render(picture, at)
            picture.save(str(folder / f"{name}.png"))
        kinds = frozenset(type(sheet).__name__ for sheet in sheets)
        self.seen[name] = Seen(self.window.current_key, kinds)

    def snap_window(self, name: str, other: QWidget) -> None:
        """Draw another window than the counter's."""
        for (width, height), folder in self._sizes.items():
            other.resize(width, height)
            self._settle()
            other.grab().save(str(folder / f"{name}.png"))
        self.seen[name] = Seen("")

    def snap_beside(self, name: str) -> None:
        """Draw the applicant's window, which stands beside the counter's."""
        self._settle()
        for other in QApplication.topLevelWidgets():
            if isinstance(other, ApplicantWindow) and other.isVisible():
                self.snap_window(name, other)

    def _settle(self) -> None:
        for _ in range(4):  # what a timer changed is laid out in the next turn, and fitted after it
            self.app.processEvents()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """One key, by somebody who looked first."""
        screen = self.window.current_screen
        if screen is not None:
            screen.guard = StepGuard(quiet_ms=0)
        if QApplication.activeWindow() is None:
            self.window.activateWindow()
            self.app.processEvents()
        focus: QWidget = QApplication.focusWidget() or self.window
        QTest.keyClick(focus, key, modifiers)
        self.app.processEvents()

    def enter(self, times: int = 1) -> None:
        for _ in range(times):
            self.key(Qt.Key.Key_Return)

    def sign_in(self, number: str) -> None:
        """An officer of the sample office comes."""
        officer = next(o for o in self.counter.sign_in.view.officers if o.number == number)
        self.counter.sign_in.sign_in(number, officer.password)
        self.app.processEvents()

    def spend(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @contextmanager
    def sheet(self) -> Generator[None]:
        """Whatever sheet is opened inside is closed behind."""
        yield
        for sheet in self.window.findChildren(QDialog):
            if sheet.isVisible():
                sheet.reject()
        self.window.activateWindow()  # else the next sheet's field has no focus in the picture
        self.app.processEvents()

    @property
    def outside(self) -> OutsideSimulator:
        found = self.counter.desk.outside
        assert isinstance(found, OutsideSimulator)
        return found
