"""Bars, a line and a ring, painted here: QtCharts is deprecated and 14 MB.

Each says in its accessible description what it shows, value by value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

SERIES = ("accent", "second", "third", "success", "warning", "danger")


@dataclass(frozen=True, slots=True)
class Value:
    """One value with its label; `shown` is how the figure is written."""

    label: str
    value: float
    shown: str = ""

    @property
    def figure(self) -> str:
        return self.shown or f"{self.value:g}"


class _Chart(QWidget):
    def __init__(self, name: str, parent: QWidget | None = None, *, height: int = 180) -> None:
        super().__init__(parent)
        self._values: tuple[Value, ...] = ()
        self._height = height
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_values(self, values: Sequence[Value]) -> None:
        """Show these values."""
        self._values = tuple(values)
        said = "; ".join(f"{value.label}: {value.figure}" for value in self._values)
        self.setAccessibleDescription(said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(320), theme().px(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(160), theme().px(110))

    def _plot(self) -> QRectF:
        look = theme()
        return QRectF(self.rect()).adjusted(look.px(4), look.px(20), -look.px(4), -look.px(24))

    def _top(self) -> float:
        return max((value.value for value in self._values), default=0) or 1.0

    def _labels(self, painter: QPainter, plot: QRectF) -> None:
        look = theme()
        font = look.font(11.5)
        painter.setFont(font)
        painter.setPen(look.colour("muted"))
        slot = plot.width() / len(self._values)
        widest = max(QFontMetricsF(font).horizontalAdvance(v.label) for v in self._values)
        every = max(1, -(-round(widest + look.px(6)) // max(round(slot), 1)))
        for index, value in enumerate(self._values):
            if index % every:
                continue
            box = QRectF(
                plot.left() + slot * index - slot, plot.bottom() + 4, slot * 3, look.px(18)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, value.label)

    def _grid(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(theme().colour("line"), 1))
        for part in range(4):
            y = round(plot.bottom() - plot.height() * part / 3) + 0.5
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))


class BarChart(_Chart):
    """Upright bars with their figures on top; `marked` ones stand out."""

    def __init__(self, name: str, parent: QWidget | None = None, *, height: int = 180) -> None:
        super().__init__(name, parent, height=height)
        self._marked = -1

    def mark(self, index: int) -> None:
        """Draw one bar strong and the others light, as for the present hour; -1 none."""
        self._marked = index
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._values:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        self._grid(painter, plot)
        slot = plot.width() / len(self._values)
        width = min(slot * 0.62, look.px(44))
        font = look.font(11.5, QFont.Weight.DemiBold)
        for index, value in enumerate(self._values):
            height = plot.height() * value.value / self._top()
            bar = QRectF(
                plot.left() + slot * (index + 0.5) - width / 2,
                plot.bottom() - height,
                width,
                height,
            )
            colour = look.colour("accent")
            if self._marked >= 0 and index != self._marked:
                colour.setAlphaF(0.5)
            path = QPainterPath()
            radius = min(4.0, height / 2)
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(bar, radius, radius)
            path.addRect(bar.adjusted(0, radius, 0, 0))
            painter.fillPath(path, colour)
            if slot >= QFontMetricsF(font).horizontalAdvance(value.figure) + 2 and value.value:
                painter.setFont(font)
                painter.setPen(look.colour("text"))
                over = QRectF(
                    bar.center().x() - slot / 2, bar.top() - look.px(18), slot, look.px(17)
                )
                painter.drawText(over, Qt.AlignmentFlag.AlignCenter, value.figure)
        self._labels(painter, plot)


class LineChart(_Chart):
    """A line with its ground tinted and the last value written."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._values) < 2:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        self._grid(painter, plot)
        slot = plot.width() / len(self._values)
        points = [
            QPointF(
                plot.left() + slot * (i + 0.5),
                plot.bottom() - plot.height() * v.value / self._top(),
            )
            for i, v in enumerate(self._values)
        ]
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        ground = QPainterPath(line)
        ground.lineTo(points[-1].x(), plot.bottom())
        ground.lineTo(points[0].x(), plot.bottom())
        tint = look.colour("accent")
        tint.setAlphaF(0.12)
        painter.fillPath(ground, tint)
        pen = QPen(look.colour("accent"), 2.2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(line)
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(points[-1], 4, 4)
        painter.setFont(look.font(12, QFont.Weight.DemiBold))
        painter.setPen(look.colour("text"))
        box = QRectF(points[-1].x() - 60, points[-1].y() - look.px(24), 120, look.px(18))
        box.moveRight(min(box.right(), self.width() - 2.0))
        flags = Qt.AlignmentFlag.AlignCenter
        painter.drawText(box, flags, self._values[-1].figure)
        self._labels(painter, plot)


class Donut(_Chart):
    """Shares of a whole, with a legend that names each in words and figures."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, height: int = 180, middle: str = ""
    ) -> None:
        super().__init__(name, parent, height=height)
        self._middle = middle

    def set_middle(self, text: str) -> None:
        """What stands in the ring."""
        self._middle = text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        total = sum(value.value for value in self._values)
        if not total:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.height() - look.px(12), self.width() * 0.45)
        ring = QRectF(look.px(6), (self.height() - side) / 2, side, side)
        width = side * 0.17
        inner = ring.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        start = 90.0
        for index, value in enumerate(self._values):
            span = 360 * value.value / total
            pen = QPen(look.colour(SERIES[index % len(SERIES)]), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            gap = 1.6 if len(self._values) > 1 and span > 4 else 0
            painter.drawArc(inner, round((start - gap / 2) * 16), -round((span - gap) * 16))
            start -= span
        painter.setFont(look.font(20, QFont.Weight.DemiBold))
        painter.setPen(look.colour("text"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, self._middle)
        self._legend(painter, ring)

    def _legend(self, painter: QPainter, ring: QRectF) -> None:
        look = theme()
        line = look.px(22)
        left = ring.right() + look.px(18)
        top = (self.height() - line * len(self._values)) / 2
        for index, value in enumerate(self._values):
            y = top + line * index
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(SERIES[index % len(SERIES)]))
            painter.drawRoundedRect(QRectF(left, y + line / 2 - 5, 10, 10), 3, 3)
            painter.setFont(look.font(12.5))
            painter.setPen(look.colour("text"))
            box = QRectF(left + look.px(18), y, self.width() - left - look.px(20), line)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, value.label)
            painter.setFont(look.font(12.5, QFont.Weight.DemiBold))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(flags), value.figure)
