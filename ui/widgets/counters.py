"""Big numbers: what the supervisor reads from across the room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.state import Level, paint_sign


class BigNumber(QWidget):
    """A figure with what it counts, and perhaps a second line with a state."""

    def __init__(self, label: str, value: str = "–", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label, self._value = label, value
        self._detail = ""
        self._level: Level | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def tell(self, value: str, detail: str = "", level: Level | None = None) -> None:
        """Show a figure."""
        self._value, self._detail, self._level = value, detail, level
        self._say()
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        self.setAccessibleName(f"{self._label}: {self._value} {self._detail}".strip())

    def sizeHint(self) -> QSize:
        look = theme()
        figure = QFontMetricsF(look.font(28, QFont.Weight.DemiBold)).horizontalAdvance(self._value)
        label = QFontMetricsF(look.font(12.5)).horizontalAdvance(self._label)
        detail = QFontMetricsF(look.font(12)).horizontalAdvance(self._detail) + look.px(16)
        return QSize(round(max(figure, label, detail)) + look.px(34), look.px(98))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look.colour("line"), 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 10, 10)
        inner = box.adjusted(look.px(16), look.px(11), -look.px(12), -look.px(10))
        painter.setFont(look.font(12.5, QFont.Weight.Medium))
        painter.setPen(look.colour("muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, self._label)
        painter.setFont(look.font(28, QFont.Weight.DemiBold))
        painter.setPen(look.colour("text"))
        middle = QRectF(inner.left(), inner.top() + look.px(17), inner.width(), look.px(36))
        painter.drawText(middle, Qt.AlignmentFlag.AlignVCenter, self._value)
        if self._detail:
            foot = QRectF(inner.left(), inner.bottom() - look.px(18), inner.width(), look.px(18))
            ink = "muted"
            if self._level is not None:
                side = look.px(8)
                sign = QRectF(foot.left(), foot.center().y() - side / 2, side, side)
                paint_sign(painter, self._level, sign)
                foot.setLeft(sign.right() + look.px(6))
                ink = self._level.text_token
            painter.setFont(look.font(12, QFont.Weight.Medium))
            painter.setPen(look.colour(ink))
            painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, self._detail)
