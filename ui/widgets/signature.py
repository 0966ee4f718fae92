"""The on-screen signature pad, for a touch screen, a tablet pen or the mouse.

Strokes are kept as points in units of the box (0 to 1), so that a signature drawn large prints
the same as one drawn small; `picture()` renders them black on transparent. `ink()` gives them with
the times of the events themselves and with the pressure that a pen or a finger tells; a mouse tells
none, and the signature says so.
"""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QImage,
    QInputEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from devices.strokes import FULL_PRESSURE, PenPoint, Strokes
from ui.theme import theme

Stroke = tuple[tuple[float, float], ...]
LEAST_POINTS = 12
UNITS = 3200
"""Units across the box in what is kept."""


class SignatureBox(QWidget):
    """A box to sign in; `signed()` comes with each finished stroke."""

    signed = Signal()

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._strokes: list[list[tuple[float, float]]] = []
        self._inked: list[list[tuple[int, float]]] = []
        self._drawing = False
        self._finger: int | None = None
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def strokes(self) -> tuple[Stroke, ...]:
        """What was drawn, point by point."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def set_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        """Show strokes that came from elsewhere (a pad's own ink)."""
        self._strokes = [list(stroke) for stroke in strokes]
        self._inked = [[(0, -1.0) for _ in stroke] for stroke in strokes]
        self.update()

    def clear(self) -> None:
        """Wipe the box."""
        self._strokes, self._inked = [], []
        self._drawing, self._finger = False, None
        self.update()

    @property
    def is_touched(self) -> bool:
        """Anything was drawn, be it a dot."""
        return bool(self._strokes)

    @property
    def is_signed(self) -> bool:
        """More than a dot was drawn."""
        return sum(len(stroke) for stroke in self._strokes) >= LEAST_POINTS

    def ink(self) -> Strokes:
        """What was drawn, with time and (where it was told) pressure."""
        points: list[PenPoint] = []
        height = max(1, round(UNITS * self.height() / max(self.width(), 1)))
        start = self._inked[0][0][0] if self._inked and self._inked[0] else 0
        forced = any(force >= 0 for run in self._inked for _, force in run)
        for stroke, told in zip(self._strokes, self._inked, strict=True):
            for (x, y), (at, force) in zip(stroke, told, strict=True):
                before = points[-1].t if points else 0
                full = FULL_PRESSURE // 2 if force < 0 else round(min(force, 1.0) * FULL_PRESSURE)
                points.append(
                    PenPoint(round(x * UNITS), round(y * height), max(before, at - start), full)
                )
            if stroke:
                last = points[-1]
                points.append(PenPoint(last.x, last.y, last.t, 0, tip=False))
        return Strokes(tuple(points), UNITS, height, forced=forced)

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

    def _add(self, at: QPointF, told: tuple[int, float], *, start: bool) -> None:
        x = min(max(at.x() / max(self.width(), 1), 0.0), 1.0)
        y = min(max(at.y() / max(self.height(), 1), 0.0), 1.0)
        if start:
            self._strokes.append([])
            self._inked.append([])
        if self._strokes:
            self._strokes[-1].append((x, y))
            self._inked[-1].append(told)
        self.update()

    def _begin(self, at: QPointF, event: QInputEvent, pressure: float = -1.0) -> None:
        if self.isEnabled():
            self._drawing = True
            self._add(at, (event.timestamp(), pressure), start=True)

    def _move(self, at: QPointF, event: QInputEvent, pressure: float = -1.0) -> None:
        if self._drawing:
            self._add(at, (event.timestamp(), pressure), start=False)

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.signed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position(), event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._begin(event.position(), event, event.pressure())
        elif kind == QEvent.Type.TabletMove:
            self._move(event.position(), event, event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def event(self, event: QEvent) -> bool:
        touches = (
            QEvent.Type.TouchBegin,
            QEvent.Type.TouchUpdate,
            QEvent.Type.TouchEnd,
            QEvent.Type.TouchCancel,
        )
        if event.type() in touches and isinstance(event, QTouchEvent):
            self._touched(event)
            event.accept()
            return True
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> None:
        """The first finger draws; a palm or a second one is no ink."""
        for point in event.points():
            if self._finger is None and point.state() == QEventPoint.State.Pressed:
                self._finger = point.id()
                self._begin(point.position(), event, _told_pressure(point))
            elif point.id() != self._finger:
                continue
            elif point.state() == QEventPoint.State.Released:
                self._finger = None
                self._end()
            elif point.state() == QEventPoint.State.Updated:
                self._move(point.position(), event, _told_pressure(point))
        if event.type() == QEvent.Type.TouchCancel:
            self._finger = None
            self._end()

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


def _told_pressure(point: QEventPoint) -> float:
    """Screens that don't measure it say one, always, or nought."""
    pressure = point.pressure()
    return pressure if 0.0 < pressure < 1.0 else -1.0
