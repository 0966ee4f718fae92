"""States as a shape, a colour and a word: ● well, ▲ attend, ■ broken, ○ off, ◐ busy.

Never colour alone: a colour-blind officer reads the shape, a screen reader the word. The shapes
are painted, not typed, since not every font has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme


class Level(Enum):
    """How well something is; the value is its colour token."""

    GOOD = "success"
    ATTEND = "warning"
    BAD = "danger"
    OFF = "muted"
    BUSY = "accent"

    @property
    def sign(self) -> str:
        """The shape as a character, for plain text."""
        return {"GOOD": "●", "ATTEND": "▲", "BAD": "■", "OFF": "○", "BUSY": "◐"}[self.name]

    @property
    def text_token(self) -> str:
        """The token to write the word in."""
        return "accent_text" if self is Level.BUSY else self.value


@dataclass(frozen=True, slots=True)
class StateItem:
    """One thing's state: what the status bar or a list shows of it."""

    level: Level
    text: str
    detail: str = ""
    key: str = ""


def paint_sign(painter: QPainter, level: Level, box: QRectF, colour: QColor | None = None) -> None:
    """Draw the level's shape inside `box`."""
    colour = colour or theme().colour(level.value)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))
    side = min(box.width(), box.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(box.center())
    if level is Level.GOOD:
        painter.drawEllipse(square)
    elif level is Level.ATTEND:
        top = QPointF(square.center().x(), square.top())
        painter.drawPolygon(QPolygonF([top, square.bottomRight(), square.bottomLeft()]))
    elif level is Level.BAD:
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), 1.5, 1.5)
    else:
        width = max(1.5, side / 6)
        ring = square.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(ring)
        if level is Level.BUSY:
            painter.setBrush(QBrush(colour))
            painter.drawPie(ring, 90 * 16, 180 * 16)
    painter.restore()


def badge_width(text: str) -> int:
    """Pixels that a badge without a ground takes for its sign and this text."""
    look = theme()
    return look.px(10) + look.px(7) + _width_of(text, look.scale) + 4


@lru_cache(maxsize=512)
def _width_of(text: str, _scale: float) -> int:
    """Pixels of a badge's text: the status bar tries many widths, often."""
    return QFontMetrics(_face()).horizontalAdvance(text)


def _face() -> QFont:
    return theme().font(13, QFont.Weight.Medium)


class StateBadge(QWidget):
    """A shape and its word in one line; with `filled`, on a ground of its own."""

    def __init__(
        self, item: StateItem | None = None, parent: QWidget | None = None, *, filled: bool = False
    ) -> None:
        super().__init__(parent)
        self._item = item or StateItem(Level.OFF, "")
        self._filled = filled
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    @property
    def item(self) -> StateItem:
        return self._item

    def show_state(self, item: StateItem) -> None:
        """Show another state."""
        if item != self._item:
            self._item = item
            self._name()
            self.updateGeometry()
            self.update()

    def _name(self) -> None:
        self.setAccessibleName(self._item.text)
        self.setToolTip(self._item.detail)

    def sizeHint(self) -> QSize:
        look = theme()
        ground = look.px(20) - 2 if self._filled else 0
        return QSize(badge_width(self._item.text) + ground, look.px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._filled:
            ground = {
                Level.OFF: "sunken",
                Level.BUSY: "accent_soft",
            }.get(self._item.level, f"{self._item.level.value}_soft")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(ground))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            box.adjust(look.px(10), 0, -look.px(10), 0)
        side = look.px(9)
        sign = QRectF(box.left(), box.center().y() - side / 2, side, side)
        paint_sign(painter, self._item.level, sign)
        painter.setFont(_face())
        quiet = self._item.level is Level.GOOD and not self._filled
        ink = "muted" if quiet else self._item.level.text_token
        if self._filled and self._item.level is Level.OFF:
            ink = "text"  # grey on grey is hard to read
        painter.setPen(look.colour(ink))
        box.setLeft(sign.right() + look.px(7))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._item.text)
