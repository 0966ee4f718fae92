"""Windows that open over the main one: a scrim behind, a sheet in front, Esc to leave.

They are modal dialogs, so that the screen's keys rest while they are open.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.nesting import nest

SPARED = 10
"""One part in so many of what counts may be hidden before a sheet covers the navigation."""


class _Scrim(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(10, 16, 28, 96))


def _in(host: QWidget, widget: QWidget) -> QRect:
    """Where a widget stands, seen from its host's corner."""
    return QRect(widget.mapTo(host, QPoint()), widget.size())


def by_itself(event: QKeyEvent) -> bool:
    """Whether a key was pressed alone: with Ctrl a letter is another key, and none of a sheet's."""
    held = Qt.KeyboardModifier
    return not event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier)


class Popup(QDialog):
    """A sheet over `host`; `sheet` is the layout to fill. `top` places it near the upper edge.

    One that `stays` is in sight while the window is locked, too: it shows nobody.
    """

    stays = False

    def __init__(self, host: QWidget, *, width: int, height: int = 0, top: bool = False) -> None:
        super().__init__(host)
        look = theme()
        self._top = top
        self._host = host
        self._looked_at: QWidget | None = None
        self._within: QWidget | None = None
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setModal(True)
        self._wanted = (look.px(width), look.px(height))  # no height: as much as it needs
        frame = QFrame(self)
        frame.setObjectName("popup")
        frame.setStyleSheet("QFrame#popup { border-radius: 0; }")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.sheet = QVBoxLayout(frame)
        self.sheet.setContentsMargins(*(look.px(18),) * 4)
        self.sheet.setSpacing(look.px(10))
        self._scrim = _Scrim(host)
        self.finished.connect(lambda _result: self._scrim.hide())

    def end_with(self, cancel: str, accept: KeyButton) -> QHBoxLayout:
        """The sheet's last line: the way back by Esc, and at its right the way on."""
        back = KeyButton(cancel, "Esc", parent=self)
        back.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme().px(8))
        buttons.addStretch(1)
        buttons.addWidget(back)
        buttons.addWidget(accept)
        self.sheet.addSpacing(theme().px(6))  # apart from what was asked
        nest(self.sheet, buttons)
        return buttons

    def set_height(self, height: int) -> None:
        """Another height from now on, at 100 % text; 0 is as much as it needs."""
        self._wanted = (self._wanted[0], theme().px(height))

    def set_width(self, width: int) -> None:
        """Another width from now on, at 100 % text."""
        self._wanted = (theme().px(width), self._wanted[1])

    def keep_clear(self, looked_at: QWidget | None, within: QWidget | None = None) -> None:
        """Stand where this is seen best: it is what the question is about.

        `within` is the part of the window to stay in when stepping aside, as the screen beside
        the navigation; without it the whole window.
        """
        self._looked_at, self._within = looked_at, within

    def _place(self, host: QWidget, size: QSize) -> QPoint:
        """In the middle; or at an edge or a lower corner, where that hides less of what counts."""
        edge = theme().px(24)
        middle = QPoint((host.width() - size.width()) // 2, (host.height() - size.height()) // 2)
        if self._top:
            return QPoint(middle.x(), theme().px(72))
        seen = self._looked_at
        if seen is None or not seen.isVisible():
            return middle
        kept = _in(host, seen)

        def hidden(at: QPoint) -> int:
            common = QRect(at, size) & kept
            return common.width() * common.height() if common.isValid() else 0

        rooms = [host.rect()]
        if self._within is not None:
            rooms.insert(0, _in(host, self._within))
        places = [middle]
        for room in rooms:
            left, right = room.left() + edge, room.left() + room.width() - size.width() - edge
            below = room.top() + room.height() - size.height() - edge
            if right < left or below < 0:
                continue  # no room to step aside in
            across = room.left() + (room.width() - size.width()) // 2
            places += [
                QPoint(across, below), QPoint(left, middle.y()), QPoint(right, middle.y()),
                QPoint(left, below), QPoint(right, below),
            ]  # fmt: skip
            best = min(places, key=hidden)
            if hidden(best) * SPARED <= kept.width() * kept.height():
                return best
        return min(places, key=hidden)

    def park(self) -> None:
        """Out of sight while the window is locked; `open()` brings it back as it was."""
        self.hide()
        self._scrim.hide()

    def take_scan(self, text: str) -> bool:
        """A code was scanned over this sheet; True if the field being typed in wanted one."""
        from ui.widgets.fields import CodeField

        field = self.focusWidget()
        return isinstance(field, CodeField) and field.take(text)

    def fit(self) -> None:
        """Take the wanted size and place, as after showing more."""
        host = self._host.window()
        width = min(self._wanted[0], host.width() - 40)
        layout = self.layout()
        needed = self._wanted[1] or (layout.totalHeightForWidth(width) if layout else 0)
        height = min(max(needed, 80), host.height() - 40)
        at = host.mapToGlobal(self._place(host, QSize(width, height)))
        self.setGeometry(at.x(), at.y(), width, height)

    def showEvent(self, event: QShowEvent) -> None:
        self.fit()
        window = self._host.window()
        self._scrim.setParent(window)  # the whole window rests, not the screen alone
        self._scrim.setGeometry(window.rect())
        self._scrim.show()
        self._scrim.raise_()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
            return
        super().keyPressEvent(event)


class AnswerSheet(Popup):
    """A sheet whose answers are kept while they are given.

    `changed` tells that something was typed or chosen: `answers()` is what stands there.
    """

    changed = Signal()

    def answers(self) -> dict[str, str]:
        """What stands in the fields now, by their names."""
        raise NotImplementedError

    def go_on(self, answers: Mapping[str, str]) -> None:
        """Stand as it was left."""
        raise NotImplementedError
