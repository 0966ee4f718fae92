"""A wrong clock in the window: said at the sign-in and over the work, confirmed by Ctrl+J.

The supervisor at work confirms alone; beside anybody else a supervisor signs in for this one act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from desktop.domain.officer import Role
from desktop.presenters.clock import ClockWatch
from desktop.presenters.signin import SignIn
from desktop.services.base import ClockWrong
from desktop.services.desk import Desk
from desktop.words import Words
from ui.widgets.banner import Tone
from ui.widgets.buttons import portable

if TYPE_CHECKING:
    from ui.main_window import MainWindow

SHORTCUT = "Ctrl+J"


class ClockKey(QObject):
    """Connects the watch with the window."""

    def __init__(self, desk: Desk, words: Words, window: MainWindow, sign_in: SignIn) -> None:
        super().__init__(window)
        self.watch = ClockWatch(desk, self._told)
        self._words = words
        self._window = window
        self._sign_in = sign_in
        self.action = QAction(words("clock.confirm"), window)
        self.action.setObjectName("clock.confirm")
        self.action.setShortcut(portable(SHORTCUT))
        self.action.setAutoRepeat(False)
        self.action.setEnabled(False)
        self.action.setVisible(False)
        self.action.triggered.connect(lambda _on=False: self.ask())
        window.addAction(self.action)
        window.notice.pressed.connect(self._pressed)

    def tick(self) -> None:
        """Once a second."""
        self.watch.tick()
        if self.watch.problem is not None:
            self.action.setEnabled(not self._window.locked)

    def ask(self) -> None:
        """Which clock was compared; then, beside another officer, the supervisor's own password."""
        from ui.screens.online_dialogs import Line, ask_lines

        if self.watch.problem is None or self._window.locked:
            return
        begun = self.watch.begun()
        sheet = ask_lines(
            self._window, self._words, "clock.ask", (Line("reason", "clock.ask.reason", begun),),
            lambda found: self._reasoned(found["reason"]),
        )  # fmt: skip
        if begun:
            sheet.go_on()
        sheet.changed.connect(lambda: self.watch.type_reason(sheet.found()["reason"]))
        sheet.rejected.connect(lambda: self.watch.type_reason(""))

    def _reasoned(self, reason: str) -> None:
        if self.watch.alone:
            self.watch.confirm(reason, failed=self._failed)
            return
        from desktop.presenters.second import second_officers
        from ui.screens.second_ask import SecondAsk

        asks = SecondAsk(self._window, self._words)

        def failed(problem: Exception) -> None:
            self._failed(problem)
            if not self._window.locked:
                asks.heard(problem, doing="")  # the reason stands: only who signs is asked again

        officers = second_officers(self.watch.desk, Role.SUPERVISOR)
        asks.ask(
            self._words("clock.by_two"), officers,
            lambda nrp, word: self.watch.confirm(reason, nrp, word, failed=failed),
        )  # fmt: skip

    def _pressed(self) -> None:
        if self.watch.problem is not None:
            self.ask()

    def _failed(self, problem: Exception) -> None:
        self._window.show_notice(self._words.problem(problem), Tone.ERROR)
        self._window.notice.offer(self._words("clock.confirm"), SHORTCUT)

    def _told(self, problem: ClockWrong | None) -> None:
        wrong = problem is not None
        self.action.setEnabled(wrong and not self._window.locked)
        self.action.setVisible(wrong)
        # The list of keys names it while it does something.
        listed = self.action in self._window.window_actions
        if wrong and not listed:
            self._window.window_actions.append(self.action)
        elif listed and not wrong:
            self._window.window_actions.remove(self.action)
        self._sign_in.tell_clock(problem)
        if problem is None:
            self._window.show_notice(None)
            self._window.toast.tell(self._words("clock.confirmed"), Tone.SUCCESS)
            return
        self._window.show_notice(self._words.problem(problem))
        self._window.notice.offer(self._words("clock.confirm"), SHORTCUT)
