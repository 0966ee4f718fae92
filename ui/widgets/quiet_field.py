"""A field beside the step's way: Enter or Esc leave it, and mean nothing else there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ui.widgets.fields import CodeField, LineField

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


def _plain(event: QEvent) -> bool:
    """One of the ending keys by itself; Ctrl+Enter stays the screen's."""
    if not isinstance(event, QKeyEvent) or event.key() not in _ENDS:
        return False
    return event.modifiers() in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )


class QuietField(LineField):
    """A line of text; `done()` tells that the officer has left it by Enter or Esc."""

    done = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _plain(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _plain(event):
            if event.key() == Qt.Key.Key_Escape:
                self.undo()
            self.commit()
            self.done.emit()
            return
        super().keyPressEvent(event)


class QuietCode(CodeField):
    """The same for a number."""

    done = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _plain(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _plain(event):
            self.commit()
            self.done.emit()
            return
        super().keyPressEvent(event)
