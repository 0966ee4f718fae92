"""Tells a keyboard-wedge scanner from hands, for the whole application.

A scanner types its code and ends with Enter or Tab. If those keys reached the window, a code with
a "J" would pause the printer and its Enter would accept the step. So each printable key is held
for a moment: keys that follow each other faster than hands can, at least six, ended by Enter or
Tab, are a scan and go to one callback; anything else is given back as it came. A password field
gets every key at once: a practised hand types a password as fast as a scanner, and a lost one is a
failed sign-in.

Qt asks twice for a key: first ShortcutOverride ("does anyone want it instead of a shortcut?"),
then, if no shortcut took it, KeyPress. Held keys are claimed at the first, so that no shortcut
fires; when they are given back, the filter looks for the action itself, because Qt offers no way
to run its shortcut map again. What is given back bears a time stamp of its own, by which this
filter and the meter know it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from desktop.settings import Scanner

HAMMERED_MS = 120
"""Two Enters that a hand pressed closer than this are one: however long the window was busy between
them, the second isn't meant for what the first one brought up."""
GIVEN_BACK = 2**62  # no platform's clock gets there
ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True, slots=True)
class _Held:
    key: int
    modifiers: Qt.KeyboardModifier
    text: str


class WedgeFilter(QObject):
    """Install on the application: `app.installEventFilter(filter)`.

    `on_scan(text, keys)` gets a code and how many key presses brought it. `extra_actions` adds
    actions to those found at the focus and above it (the open screen's, when the focus is in the
    navigation). `now` gives milliseconds; by default an event's own time stamp, since a busy
    window gets patient typing in a burst.
    """

    def __init__(
        self,
        on_scan: Callable[[str, int], object],
        options: Scanner | None = None,
        *,
        extra_actions: Callable[[], Iterable[QAction]] = tuple,
        now: Callable[[], float] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_scan = on_scan
        self._options = options or Scanner()
        self._extra_actions = extra_actions
        self._now = now
        self._held: list[_Held] = []
        self._due: list[_Held] = []
        self._last = 0.0
        self._former = ("", float("-inf"))
        self._enter = 0
        self._hammered = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.release)

    def set_options(self, options: Scanner) -> None:
        """Another scanner's prefix and timing."""
        self._options = options

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if not isinstance(event, QKeyEvent) or event.timestamp() == GIVEN_BACK:
            return False
        if _keeps_secret(QApplication.focusWidget()):
            self.release()
            return False
        asked = kind == QEvent.Type.ShortcutOverride
        if self._is_modifier(event.key()):
            return False
        if event.key() in ENDS and not event.modifiers() & _COMMANDS:
            return self._end(event, asked=asked)
        if self._printable(event):
            if event.isAutoRepeat():
                self.release()
                return False
            if asked:
                event.accept()
            else:
                self._hold(event)
            return True
        self.release()
        return False

    def release(self) -> None:
        """Give back what is held: it was hands."""
        self._timer.stop()
        held = self._due + self._held
        self._due, self._held = [], []
        for key in held:
            self._give_back(key)

    def _time(self, event: QKeyEvent) -> float:
        if self._now is not None:
            return self._now()
        return float(event.timestamp()) or time.perf_counter() * 1000

    def _hold(self, event: QKeyEvent) -> None:
        moment = self._time(event)
        if self._held and moment - self._last > self._options.gap_ms:
            # Hands, whose next key is here before the moment was over: the window was busy. Qt
            # drops what comes behind a sheet's opening for the window beneath, so that what
            # opens one is given back together with all that was typed meanwhile.
            self._due += self._held
            self._held = []
        self._last = moment
        self._held.append(_Held(event.key(), event.modifiers(), event.text()))
        self._timer.start(self._options.gap_ms)

    def _end(self, event: QKeyEvent, *, asked: bool) -> bool:
        if not self._held:
            return self._again(event, asked=asked)
        if self._is_scan(self._time(event)):
            if asked:
                event.accept()
            else:
                self._deliver()
            return True
        if event.key() != Qt.Key.Key_Tab:
            self._enter = event.timestamp() or self._enter
        if asked:  # what is held may open a sheet: then this key is the sheet's as well
            event.accept()
        else:
            self._held.append(_Held(event.key(), event.modifiers(), event.text()))
            self.release()
        return True

    def _again(self, event: QKeyEvent, *, asked: bool) -> bool:
        """Whether this Enter is one of several in a burst; by the keyboard's own times alone."""
        stamp = event.timestamp()
        if not stamp or event.key() == Qt.Key.Key_Tab:
            return False
        if stamp != self._enter:  # asked and pressed bear the same time
            self._hammered = 0 < stamp - self._enter < HAMMERED_MS
            self._enter = stamp
        if self._hammered and asked:
            event.accept()
        return self._hammered

    def _is_scan(self, moment: float) -> bool:
        text = "".join(key.text for key in self._held)
        prefix = self._options.prefix
        if moment - self._last > self._options.gap_ms or not text.startswith(prefix):
            return False
        return len(text) - len(prefix) >= self._options.shortest

    def _deliver(self) -> None:
        self._timer.stop()
        due, self._due = self._due, []
        for key in due:
            self._give_back(key)
        held, self._held = self._held, []
        text = "".join(key.text for key in held)[len(self._options.prefix) :].strip()
        former, since = self._former
        if text == former and self._last - since < self._options.repeat_seconds * 1000:
            return  # a trigger held too long reads the same code again
        self._former = (text, self._last)
        self._on_scan(text, len(held) + 1)

    def _give_back(self, key: _Held) -> None:
        focus = _where_keys_go()
        if focus is None:
            return
        if not takes_text(focus) or key.key in ENDS:
            action = self._action_for(key, focus)
            if action is not None:
                action.trigger()
                return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key.key, key.modifiers, key.text)
            event.setTimestamp(GIVEN_BACK)
            QApplication.sendEvent(focus, event)

    def _action_for(self, key: _Held, focus: QWidget) -> QAction | None:
        plain = key.modifiers & ~Qt.KeyboardModifier.KeypadModifier
        shifted = plain & Qt.KeyboardModifier.ShiftModifier
        wanted = [QKeySequence(key.key)]
        if shifted:
            wanted.insert(0, QKeySequence(Qt.Modifier.SHIFT.value | key.key))
        claim = QKeyEvent(QEvent.Type.ShortcutOverride, key.key, key.modifiers, key.text)
        claim.setTimestamp(GIVEN_BACK)
        claim.ignore()
        QApplication.sendEvent(focus, claim)
        if claim.isAccepted():
            return None
        for action in self._actions_at(focus):
            if action.isEnabled() and any(s in wanted for s in action.shortcuts()):
                return action
        return None

    def _actions_at(self, focus: QWidget) -> Iterable[QAction]:
        widget: QWidget | None = focus
        while widget is not None:
            yield from widget.actions()
            if widget.isWindow():
                break
            widget = widget.parentWidget()
        if widget is not None and QApplication.activeModalWidget() is None:
            yield from self._extra_actions()

    @staticmethod
    def _is_modifier(key: int) -> bool:
        return key in (
            Qt.Key.Key_Shift,
            Qt.Key.Key_Control,
            Qt.Key.Key_Alt,
            Qt.Key.Key_AltGr,
            Qt.Key.Key_Meta,
            Qt.Key.Key_CapsLock,
            Qt.Key.Key_NumLock,
        )

    @staticmethod
    def _printable(event: QKeyEvent) -> bool:
        text = event.text()
        return bool(text) and text.isprintable() and not event.modifiers() & _COMMANDS


def _where_keys_go() -> QWidget | None:
    """The widget with the focus; in a sheet that was opened just now and gets it only later, the
    one that will have it: what is typed behind the key that opened it is for the sheet."""
    focus = QApplication.focusWidget() or QApplication.activeWindow()
    sheet = QApplication.activeModalWidget()
    if sheet is None or QApplication.activePopupWidget() is not None:
        return focus
    if focus is None or focus.window() is not sheet:
        return sheet.focusWidget() or sheet
    return focus


def _keeps_secret(widget: QWidget | None) -> bool:
    return isinstance(widget, QLineEdit) and widget.echoMode() is not QLineEdit.EchoMode.Normal


def takes_text(widget: QWidget) -> bool:
    """Whether letters typed here are text rather than keys of the screen."""
    if isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit)):
        return not widget.isReadOnly()
    return isinstance(widget, (QAbstractSpinBox, QComboBox))
