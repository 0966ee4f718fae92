"""An uploaded picture with what the checks found marked on it, and the officer's own mark.

Places are parts of the picture (left, top, width, height between 0 and 1), so that a mark drawn
here is the same on the notice that the applicant gets.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.photo import image_of
from ui.widgets.state import Level, paint_sign

Place = tuple[float, float, float, float]
LEAST = 0.02
CLOSEST = 4.0


class MarkedPicture(QWidget):
    """A whole picture; with `set_marking(True)` dragging draws the officer's mark."""

    marked = Signal(object)  # Place

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._source: bytes = b""
        self._found: tuple[tuple[Place, str], ...] = ()
        self._mark: Place | None = None
        self._marking = False
        self._from: QPointF | None = None
        self._empty = ""
        self._zoom = 1.0
        self._shift = QPointF()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(
        self,
        data: bytes,
        found: Sequence[tuple[Place, str]] = (),
        mark: Place | None = None,
        *,
        empty: str = "",
    ) -> None:
        """Show a picture with what was found where, and the officer's mark."""
        if data != self._source:
            self._source = data
            self._image = image_of(data)
            self._zoom, self._shift = 1.0, QPointF()
        self._found = tuple(found)
        self._mark = mark
        self._empty = empty
        self.setAccessibleDescription("; ".join(text for _place, text in self._found))
        self.update()

    def set_marking(self, on: bool) -> None:
        """Let the officer draw the mark."""
        self._marking = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def set_zoom(self, zoom: float) -> None:
        """1 shows the whole picture."""
        self._zoom = min(max(zoom, 1.0), CLOSEST)
        if self._zoom == 1.0:
            self._shift = QPointF()
        self.update()

    @property
    def zoom(self) -> float:
        return self._zoom

    def sizeHint(self) -> QSize:
        return QSize(theme().px(420), theme().px(200))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(240), theme().px(200))

    def _target(self) -> QRectF:
        """Where the whole picture lies in the widget."""
        size = self._image.size().toSizeF()
        if size.isEmpty():
            return QRectF()
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        factor = min(room.width() / size.width(), room.height() / size.height()) * self._zoom
        target = QRectF(0, 0, size.width() * factor, size.height() * factor)
        target.moveCenter(room.center() + self._shift)
        return target

    def _place_at(self, one: QPointF, other: QPointF) -> Place | None:
        target = self._target()
        if target.isEmpty():
            return None
        box = QRectF(one, other).normalized().intersected(target)
        place = (
            (box.left() - target.left()) / target.width(),
            (box.top() - target.top()) / target.height(),
            box.width() / target.width(),
            box.height() / target.height(),
        )
        return place if min(place[2], place[3]) >= LEAST else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        if self._marking:
            self._mark = self._place_at(self._from, event.position()) or self._mark
        elif self._zoom > 1:
            self._shift += event.position() - self._from
            self._from = event.position()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        begun, self._from = self._from, None
        if self._marking and begun is not None:
            place = self._place_at(begun, event.position())
            if place is not None:
                self._mark = place
                self.marked.emit(tuple(round(part, 4) for part in place))
        self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        if not self._marking:
            self.set_zoom(1.0 if self._zoom > 1 else 2.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_zoom(self._zoom * (1.2 if event.angleDelta().y() > 0 else 1 / 1.2))
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(ground, 8, 8)
        painter.setClipPath(path)
        painter.fillRect(ground, look.colour("sunken"))
        target = self._target()
        if target.isEmpty():
            self._paint_empty(painter, ground)
        else:
            painter.drawImage(target, self._image)
            for number, (place, _text) in enumerate(self._found, 1):
                self._paint_box(painter, target, place, str(number))
            if self._mark is not None:
                self._paint_box(painter, target, self._mark, "✎")
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawRoundedRect(ground, 8, 8)

    def _paint_box(self, painter: QPainter, target: QRectF, place: Place, sign: str) -> None:
        look, own = theme(), not sign.isdigit()
        left, top, width, height = place
        box = QRectF(
            target.left() + left * target.width(),
            target.top() + top * target.height(),
            width * target.width(),
            height * target.height(),
        ).adjusted(1, 1, -1, -1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("surface"), 7 if own else 4))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QPen(look.colour("danger"), 3 if own else 2))
        painter.drawRoundedRect(box, 4, 4)
        font = look.font(12, QFont.Weight.Bold)
        side = max(look.px(20), QFontMetricsF(font).horizontalAdvance(sign) + look.px(10))
        tag = QRectF(box.left(), box.top(), side, look.px(20))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("danger"))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setFont(font)
        painter.setPen(look.colour("surface"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, sign)

    def _paint_empty(self, painter: QPainter, ground: QRectF) -> None:
        look = theme()
        side = look.px(36)
        at = ground.center() - QPointF(side / 2, side / 2 + look.px(14))
        painter.drawPixmap(at, pixmap("image", side, "faint", self.devicePixelRatioF()))
        painter.setFont(look.font(13))
        painter.setPen(look.colour("muted"))
        text = ground.adjusted(24, ground.height() / 2 + look.px(14), -24, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(text, int(flags), self._empty)


class Thumb(QWidget):
    """A small picture with its key, its name and whether something is marked on it."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._source: bytes = b""
        self._key = ""
        self._text = ""
        self._level: Level | None = None
        self._chosen = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def tell(
        self, key: str, text: str, data: bytes, level: Level | None, *, chosen: bool, spoken: str
    ) -> None:
        """Show it."""
        if data != self._source:
            self._source = data
            whole = image_of(data)
            tall = theme().px(150)
            smooth = Qt.TransformationMode.SmoothTransformation
            self._image = whole if whole.isNull() else whole.scaledToHeight(tall, smooth)
        self._key, self._text, self._level, self._chosen = key, text, level, chosen
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(110), theme().px(92))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(72), theme().px(92))

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        foot = look.px(24)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(frame, 7, 7)
        painter.setClipPath(path)
        painter.fillRect(frame, look.colour("sunken"))
        room = frame.adjusted(0, 0, 0, -foot)
        if self._image.isNull():
            side = look.px(22)
            at = room.center() - QPointF(side / 2, side / 2)
            painter.drawPixmap(at, pixmap("image", side, "faint", self.devicePixelRatioF()))
        else:
            size = self._image.size().toSizeF()
            factor = min(room.width() / size.width(), room.height() / size.height())
            target = QRectF(0, 0, size.width() * factor, size.height() * factor)
            target.moveCenter(room.center())
            painter.drawImage(target, self._image)
        strip = QRectF(frame.left(), frame.bottom() - foot, frame.width(), foot)
        painter.fillRect(strip, look.colour("accent_soft" if self._chosen else "surface"))
        left = strip.left() + look.px(8)
        if self._level is not None:
            side = look.px(9)
            sign = QRectF(
                strip.right() - side - look.px(8), strip.center().y() - side / 2, side, side
            )
            paint_sign(painter, self._level, sign)
            strip.setRight(sign.left() - look.px(4))
        strip.setLeft(left)
        painter.setPen(look.colour("accent_text" if self._chosen else "text"))
        words = f"{self._key}  {self._text}" if self._key else self._text
        for size in (12, 11, 10):  # smaller before a word is cut off
            font = look.font(size, QFont.Weight.DemiBold if self._chosen else QFont.Weight.Medium)
            painter.setFont(font)
            if QFontMetricsF(font).horizontalAdvance(words) <= strip.width():
                break
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, strip.width())
        painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = "accent" if self._chosen else "line"
        painter.setPen(QPen(look.colour(edge), 2 if self._chosen else 1))
        painter.drawRoundedRect(frame, 7, 7)
