"""What is being waited for, in one line of a screen's own."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.words import Words
from ui.theme import theme

FONT = 13
BESIDE = 24
"""The turning ring and the room after it."""
HEIGHT = 36
"""Two lines, as high as the acts beside."""


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
        self._wait.timeout.connect(self.speak)
        self._spin = QTimer(self)
        self._spin.setInterval(60)
        self._spin.timeout.connect(self._step)

    def tell(self, doing: str, *, cancellable: bool) -> None:
        """Words of the work under way, or an empty id."""
        text = self._words(doing) if doing else ""
        hint = self._words("walkin.esc_cancels") if cancellable else ""
        if hint != self._hint:
            self._hint = hint
            self.updateGeometry()
            self.update()
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.updateGeometry()
        if not text:
            self._wait.stop()
            self._spin.stop()
            self.update()
        else:
            self._wait.start(self.PATIENCE_MS)

    def speak(self) -> None:
        """The work lasts: say so."""
        self._spin.start()
        self.updateGeometry()
        self.update()

    @property
    def speaks(self) -> bool:
        return self._spin.isActive()

    def least_width(self) -> int:
        """What two lines of it can be read in, while it speaks."""
        if not self.speaks:
            return 0
        width = QFontMetricsF(theme().font(FONT)).horizontalAdvance
        said = f"{self._text} {self._hint}".split()
        halves = ((" ".join(said[:n]), " ".join(said[n:])) for n in range(1, len(said) + 1))
        least = min(max(width(upper), width(lower)) for upper, lower in halves)
        return ceil(least) + theme().px(BESIDE)

    def _step(self) -> None:
        self._turn = (self._turn + 24) % 360
        self.update()

    def lines(self) -> list[str]:
        """What is drawn: in one line, or where the acts leave too little room in two."""
        metrics = QFontMetricsF(theme().font(FONT))
        room = self.width() - theme().px(BESIDE)
        text, hint = self._text, self._hint
        whole = f"{text} {hint}".strip()
        if metrics.horizontalAdvance(whole) <= room:
            return [whole]
        if hint and metrics.horizontalAdvance(text) <= room:
            return [text, hint]
        upper, lower = "", whole.split(" ")
        while lower and metrics.horizontalAdvance(f"{upper} {lower[0]}".strip()) <= room:
            upper = f"{upper} {lower.pop(0)}".strip()
        rest = " ".join(lower)
        if upper and metrics.horizontalAdvance(rest) <= room:
            return [upper, rest]
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return [cut, hint] if hint else [cut]

    def sizeHint(self) -> QSize:
        look = theme()
        words = f"{self._text} {self._hint}".strip()
        width = QFontMetricsF(look.font(FONT)).horizontalAdvance(words) if words else 0
        return QSize(ceil(width) + look.px(BESIDE), look.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, theme().px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.speaks:
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
        painter.setFont(look.font(FONT))
        painter.setPen(look.colour("accent_text"))
        box = QRectF(look.px(BESIDE), 0, self.width() - look.px(BESIDE), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "\n".join(self.lines()))
