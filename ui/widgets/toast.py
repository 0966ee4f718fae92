"""Events in passing: one line at the window's foot, gone by itself, perhaps with an Undo.

Never for errors: an error must stay until it is answered, so it goes to a banner.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.banner import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text

SHOWN_MS = 4_000
UNDO_MS = 10_000


class Toast(QWidget):
    """One toast over `host`, centred above its lower edge; a new one replaces the old."""

    undoable = Signal(bool)
    """Whether what it tells of can be taken back: from the telling until it is gone."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        look = theme()
        self._tone = Tone.SUCCESS
        self._undo: Callable[[], object] | None = None
        self._beside: QWidget | None = None
        self.text = Text("", "inverse", self)
        self.button = KeyButton(kind="plain", parent=self)
        self.button.clicked.connect(self._undone)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(44), look.px(9), look.px(16), look.px(9))
        row.setSpacing(look.px(12))
        row.addWidget(self.text)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        host.installEventFilter(self)
        self.hide()

    def tell(
        self,
        text: str,
        tone: Tone = Tone.SUCCESS,
        *,
        undo: Callable[[], object] | None = None,
        undo_text: str = "",
        undo_key: str = "Ctrl+Z",
        beside: QWidget | None = None,
    ) -> None:
        """Show `text`; with `undo`, for ten seconds and with a button. `beside` is a sheet over
        the window that mustn't hide it."""
        self._beside = beside
        self._tone = tone
        self._undo = undo
        self.text.setText(text)
        self.button.setVisible(undo is not None)
        self.button.setText(undo_text)
        self.button.set_key(undo_key if undo is not None else "")
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(UNDO_MS if undo is not None else SHOWN_MS)
        self.undoable.emit(undo is not None)
        announce(self, text)

    @property
    def can_undo(self) -> bool:
        """Whether there is something on show to take back."""
        return self._undo is not None and self.isVisible()

    def undo(self) -> bool:
        """Take back what the toast tells of; False when there is nothing to take back."""
        if not self.can_undo:
            return False
        self._undone()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.isHidden():  # not with the whole window, which may come back
            self._undo_gone()

    def _undo_gone(self) -> None:
        self._undo = None
        self.undoable.emit(False)

    def _undone(self) -> None:
        work, self._undo = self._undo, None
        self.hide()
        if work is not None:
            work()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        self.adjustSize()
        left = (host.width() - self.width()) // 2
        low = host.height() - self.height()
        usual, *others = (low - theme().px(108), theme().px(12), low - theme().px(6))
        sheet = self._beside
        if sheet is not None and isValid(sheet) and sheet.isVisible():
            hidden = QRect(host.mapFromGlobal(sheet.mapToGlobal(QPoint())), sheet.size())
            seen = (y for y in (usual, *others) if not hidden.intersects(self._at(left, y)))
            usual = next(seen, usual)
        self.move(left, usual)

    def _at(self, left: int, top: int) -> QRect:
        return QRect(QPoint(left, top), self.size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("text"))
        painter.drawRoundedRect(QRectF(self.rect()), 9, 9)
        side = look.px(20)
        picture = pixmap(self._tone.value, side, "canvas", self.devicePixelRatioF())
        painter.drawPixmap(look.px(14), (self.height() - side) // 2, picture)
