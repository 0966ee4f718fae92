"""Notices that nobody touched keyboard or mouse for a while, so that the window locks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """An application event filter; `idle()` comes once per pause."""

    idle = Signal()

    def __init__(self, seconds: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        self.set_seconds(seconds)

    def set_seconds(self, seconds: int) -> None:
        """How long a pause may be."""
        self._timer.setInterval(seconds * 1000)

    def watch(self) -> None:
        """Begin, as after sign-in."""
        self._timer.start()

    def rest(self) -> None:
        """Stop, as while locked."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt makes mouse moves itself when widgets appear beneath the pointer.
        made_up = event.type() == QEvent.Type.MouseMove and not event.spontaneous()
        if event.type() in _TOUCHES and not made_up and self._timer.isActive():
            self._timer.start()
        return False
