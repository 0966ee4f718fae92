"""What is left of a supply: its name, a bar, and the count in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

NAME_SHARE = 0.30
BAR_SHARE = 0.32


class SupplyBar(QWidget):
    """One line; never colour alone: a low supply says so in its words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._words, self._share, self._low = "", "", 0.0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_supply(self, name: str, words: str, share: float, *, low: bool) -> None:
        """`share` runs from 0 (nothing left) to 1 (full)."""
        self._name, self._words, self._share, self._low = name, words, share, low
        self.setAccessibleName(f"{name}: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(360), theme().px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self.width(), self.height()
        painter.setFont(look.font(13))
        painter.setPen(look.colour("muted"))
        name = QRectF(0, 0, width * NAME_SHARE, height)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(name, flags, self._name)
        bar = QRectF(name.right() + look.px(6), 0, width * BAR_SHARE, look.px(8))
        bar.moveTop((height - bar.height()) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("line"))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        share = min(max(self._share, 0.0), 1.0)
        if share > 0:
            filled = QRectF(bar)
            filled.setWidth(max(bar.width() * share, bar.height()))
            painter.setBrush(look.colour("warning" if self._low else "success"))
            painter.drawRoundedRect(filled, bar.height() / 2, bar.height() / 2)
        weight = QFont.Weight.DemiBold if self._low else QFont.Weight.Normal
        painter.setFont(look.font(13, weight))
        painter.setPen(look.colour("warning" if self._low else "text"))
        left = bar.right() + look.px(12)
        painter.drawText(QRectF(left, 0, width - left, height), flags, self._words)
