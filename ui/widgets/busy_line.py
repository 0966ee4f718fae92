"""What is being waited for, in one line of a screen's own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.words import Words
from ui.theme import theme


class BusyLine(QWidget):
    """Shown only once the work lasts, so that what is quick doesn't flicker."""

    PATIENCE_MS = 300

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._text = self._hint = ""
        self._turn = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._begin)
        self._spin = QTimer(self)
        self._spin.setInterval(60)
        self._spin.timeout.connect(self._step)

    def tell(self, doing: str, *, cancellable: bool) -> None:
        """Words of the work under way, or an empty id."""
        text = self._words(doing) if doing else ""
        self._hint = self._words("walkin.esc_cancels") if cancellable else ""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        if not text:
            self._wait.stop()
            self._spin.stop()
            self.update()
        else:
            self._wait.start(self.PATIENCE_MS)

    def _begin(self) -> None:
        self._spin.start()
        self.update()

    def _step(self) -> None:
        self._turn = (self._turn + 24) % 360
        self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        words = f"{self._text}  {self._hint}".strip()
        width = QFontMetricsF(look.font(13)).horizontalAdvance(words) if words else 0
        return QSize(round(width) + look.px(30), look.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, theme().px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._spin.isActive():
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = look.px(14)
        ring = QRectF(1, (self.height() - side) / 2, side, side)
        painter.setPen(QPen(look.colour("line"), 2.2))
        painter.drawEllipse(ring)
        pen = QPen(look.colour("accent"), 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(ring, -self._turn * 16, 100 * 16)
        painter.setFont(look.font(13))
        painter.setPen(look.colour("accent_text"))
        text = f"{self._text}  {self._hint}".strip()
        box = QRectF(side + look.px(10), 0, self.width(), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
