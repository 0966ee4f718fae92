"""Counts what a job costs the officer: keys, clicks, and the way between keyboard and mouse.

The Keystroke-Level Model (Card, Moran, Newell 1980; values of Kieras 1993) turns the counts into
seconds. Only counts are kept, never which keys. Install it after the wedge filter, so that it
sees each key first; a scan's keys are taken out again with `forget`.

A key taken by a shortcut never arrives as KeyPress, only as ShortcutOverride; a key that isn't
arrives as both, and both once more for each parent that ignores it. So a key counts when it is
first seen going down and not again until it comes up or bears another time stamp.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from ui.wedge import GIVEN_BACK

KEY_S, POINT_S, CLICK_S, HAND_S = 0.28, 1.1, 0.2, 0.4
_MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
)


@dataclass(frozen=True, slots=True)
class KlmReport:
    """What one job cost."""

    job: str
    keys: int
    clicks: int
    points: int
    hands: int
    elapsed: float

    @property
    def seconds(self) -> float:
        """The model's time at the hands, without looking, waiting or placing things."""
        return (
            self.keys * KEY_S + self.points * POINT_S + self.clicks * CLICK_S + self.hands * HAND_S
        )


class KlmMeter(QObject):
    """An application event filter; `begin(job)`, then `report()` at any time."""

    def __init__(
        self, parent: QObject | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._down: dict[int, int] = {}
        self._click: tuple[float, float, int] | None = None
        self.begin("")

    def install(self, app: QApplication) -> None:
        """Start listening."""
        app.installEventFilter(self)

    def begin(self, job: str) -> None:
        """Count from nought for this job."""
        self._job = job
        self._keys = self._clicks = self._points = self._hands = 0
        self._hand = ""
        self._moved = False
        self._started = self._now()

    def report(self) -> KlmReport:
        """The counts since `begin`."""
        elapsed = self._now() - self._started
        return KlmReport(self._job, self._keys, self._clicks, self._points, self._hands, elapsed)

    def forget(self, keys: int) -> None:
        """Those keys were a scanner's."""
        self._keys = max(self._keys - keys, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if isinstance(event, QKeyEvent) and event.timestamp() != GIVEN_BACK:
                self._key(event)
        elif kind == QEvent.Type.KeyRelease:
            if isinstance(event, QKeyEvent) and not event.isAutoRepeat():
                self._down.pop(event.key(), None)
        elif kind == QEvent.Type.MouseMove:
            self._moved = self._moved or event.spontaneous()
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self._press(event)
        return False

    def _key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _MODIFIERS or event.isAutoRepeat():
            return
        stamp = event.timestamp()
        if self._down.get(key) == stamp:
            return
        self._down[key] = stamp
        self._keys += 1
        self._use("keyboard")

    def _press(self, event: QEvent) -> None:
        if not isinstance(event, QMouseEvent) or not event.spontaneous():
            return
        at = event.globalPosition()
        this = (at.x(), at.y(), event.timestamp())
        if this == self._click and not self._moved:
            return
        self._click = this
        self._clicks += 1
        self._points += 1
        self._moved = False
        self._use("mouse")

    def _use(self, hand: str) -> None:
        if self._hand and hand != self._hand:
            self._hands += 1
        self._hand = hand
