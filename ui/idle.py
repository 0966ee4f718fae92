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
    """An application event filter; `idle()` comes once per pause, each time."""

    idle = Signal()

    def __init__(self, seconds: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watching = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        self.set_seconds(seconds)

    def set_seconds(self, seconds: float) -> None:
        """How long a pause may be."""
        self._timer.setInterval(int(seconds * 1000))

    def watch(self) -> None:
        """Begin to look for pauses."""
        self._watching = True
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt makes mouse moves itself when widgets appear beneath the pointer.
        made_up = event.type() == QEvent.Type.MouseMove and not event.spontaneous()
        if self._watching and event.type() in _TOUCHES and not made_up:
            self._timer.start()
        return False
