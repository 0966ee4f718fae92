"""The on-screen signature pad, for a touch screen, a tablet pen or the mouse.

Strokes are kept as points in units of the box (0 to 1), so that a signature drawn large prints
the same as one drawn small; `picture()` renders them black on transparent.
"""

from __future__ import annotations

import itertools

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

Stroke = tuple[tuple[float, float], ...]
LEAST_POINTS = 12


class SignatureBox(QWidget):
    """A box to sign in; `signed()` comes with each finished stroke."""

    signed = Signal()

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def strokes(self) -> tuple[Stroke, ...]:
        """What was drawn, point by point."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def set_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        """Show strokes that came from elsewhere (a pad's own ink)."""
        self._strokes = [list(stroke) for stroke in strokes]
        self.update()

    def clear(self) -> None:
        """Wipe the box."""
        self._strokes = []
        self._drawing = False
        self.update()

    @property
    def is_signed(self) -> bool:
        """More than a dot was drawn."""
        return sum(len(stroke) for stroke in self._strokes) >= LEAST_POINTS

    def picture(self, width: int = 600, height: int = 200) -> QImage:
        """The signature in black on a transparent ground."""
        image = QImage(width, height, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self._paint_strokes(painter, QRectF(0, 0, width, height), QColor("#000000"), height / 50)
        painter.end()
        return image

    def sizeHint(self) -> QSize:
        return QSize(theme().px(420), theme().px(150))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(240), theme().px(110))

    def _add(self, at: QPointF, *, start: bool) -> None:
        x = min(max(at.x() / max(self.width(), 1), 0.0), 1.0)
        y = min(max(at.y() / max(self.height(), 1), 0.0), 1.0)
        if start:
            self._strokes.append([])
        if self._strokes:
            self._strokes[-1].append((x, y))
        self.update()

    def _begin(self, at: QPointF) -> None:
        if self.isEnabled():
            self._drawing = True
            self._add(at, start=True)

    def _move(self, at: QPointF) -> None:
        if self._drawing:
            self._add(at, start=False)

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.signed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QTabletEvent.Type.TabletPress:
            self._begin(event.position())
        elif kind == QTabletEvent.Type.TabletMove:
            self._move(event.position())
        elif kind == QTabletEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look.colour("border"), 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 8, 8)
        base = box.bottom() - box.height() * 0.24
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawLine(QPointF(box.left() + 20, base), QPointF(box.right() - 20, base))
        if not self._strokes and self._hint:
            painter.setFont(look.font(12.5))
            painter.setPen(look.colour("faint"))
            below = QRectF(box.left(), base, box.width(), box.bottom() - base)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._hint)
        self._paint_strokes(painter, QRectF(self.rect()), look.colour("text"), look.px(2.4))

    def _paint_strokes(self, painter: QPainter, box: QRectF, ink: QColor, width: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(ink, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            points = [
                QPointF(box.left() + x * box.width(), box.top() + y * box.height())
                for x, y in stroke
            ]
            if len(points) == 1:
                painter.drawPoint(points[0])
                continue
            path = QPainterPath(points[0])
            for before, after in itertools.pairwise(points):
                path.quadTo(before, (before + after) / 2)
            path.lineTo(points[-1])
            painter.drawPath(path)
