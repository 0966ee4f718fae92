"""The card as it will be printed, front and back, at its true ratio (ID-1, 85.6 by 54 mm).

Ctrl and the wheel, or + and -, enlarge; dragging moves the enlarged face.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.photo import Picture

RATIO = 85.6 / 54.0
CAPTION = 24
"""Height of the words under a face."""
LARGEST = 5.0


class CardFace(QWidget):
    """One side of a card that can be enlarged."""

    def __init__(self, caption: str, parent: QWidget | None = None, *, width: int = 340) -> None:
        super().__init__(parent)
        self._caption = caption
        self._width = width
        self._picture = Picture()
        self._small: tuple[tuple[int, int, int], QImage] | None = None
        self._zoom = 1.0
        self._shift = QPointF()
        self._grip: QPointF | None = None
        self.setAccessibleName(caption)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_image(self, image: QImage | bytes | None, description: str = "") -> None:
        """Show this side; None shows the empty card."""
        self.setAccessibleDescription(description)
        if self._picture.take(image):
            self.set_zoom(1.0)

    @property
    def image(self) -> QImage:
        """What is shown, at its own size; a null image for the empty card."""
        return self._picture.image

    def set_caption(self, text: str) -> None:
        """What this side is, under it."""
        if text != self._caption:
            self._caption = text
            self.setAccessibleName(text)
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._picture.rest()
        self._small = None

    def set_zoom(self, zoom: float) -> None:
        """1 fits; up to 5."""
        self._zoom = min(max(zoom, 1.0), LARGEST)
        self._hold()
        self.setCursor(
            Qt.CursorShape.OpenHandCursor if self._zoom > 1 else Qt.CursorShape.ArrowCursor
        )
        self.update()

    @property
    def zoom(self) -> float:
        return self._zoom

    def sizeHint(self) -> QSize:
        width = theme().px(self._width)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width = theme().px(200)
        return QSize(width, self.heightForWidth(width))

    def heightForWidth(self, width: int) -> int:
        return round(width / RATIO) + theme().px(CAPTION)

    def _frame(self) -> QRectF:
        space = QRectF(1, 1, self.width() - 2, self.height() - theme().px(CAPTION) - 2)
        width = min(space.width(), space.height() * RATIO)
        frame = QRectF(0, 0, width, width / RATIO)
        frame.moveCenter(space.center())
        return frame

    def _at_size(self, image: QImage, target: QRectF) -> QImage:
        """The picture at the size of `target`: a painter skips pixels and breaks small print."""
        ratio = self.devicePixelRatioF()
        wide, high = round(target.width() * ratio), round(target.height() * ratio)
        if self._zoom > 1 or wide >= image.width():
            return image
        key = (image.cacheKey(), wide, high)
        if self._small is None or self._small[0] != key:
            ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._small = key, image.scaled(wide, high, *ways)
        return self._small[1]

    def _hold(self) -> None:
        frame = self._frame()
        reach_x = frame.width() * (self._zoom - 1) / 2
        reach_y = frame.height() * (self._zoom - 1) / 2
        x = min(max(self._shift.x(), -reach_x), reach_x)
        y = min(max(self._shift.y(), -reach_y), reach_y)
        self._shift = QPointF(x, y)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self._zoom * (1.2 if event.angleDelta().y() > 0 else 1 / 1.2))
            event.accept()
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.set_zoom(1.0 if self._zoom > 1 else 2.5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and self._zoom > 1:
            self._shift += event.position() - self._grip
            self._grip = event.position()
            self._hold()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in ("+", "="):
            self.set_zoom(self._zoom * 1.25)
        elif event.text() == "-":
            self.set_zoom(self._zoom / 1.25)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        frame = self._frame()
        corner = frame.width() * 3.18 / 85.6
        shadow = look.colour("text")
        for spread, alpha in ((3, 0.04), (2, 0.05), (1, 0.06)):
            shadow.setAlphaF(alpha)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shadow)
            painter.drawRoundedRect(
                frame.adjusted(-spread + 1, 0, spread - 1, spread), corner, corner
            )
        path = QPainterPath()
        path.addRoundedRect(frame, corner, corner)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(frame, look.colour("sunken"))
        image = self._picture.image
        if image.isNull():
            side = look.px(32)
            at = frame.center() - QPointF(side / 2, side / 2)
            painter.drawPixmap(at, pixmap("id-card", side, "faint", self.devicePixelRatioF()))
        else:
            target = QRectF(0, 0, frame.width() * self._zoom, frame.height() * self._zoom)
            target.moveCenter(frame.center() + self._shift)
            painter.drawImage(target, self._at_size(image, target))
        painter.restore()
        edge = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(look.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, corner, corner)
        painter.setPen(look.colour("muted"))
        box = QRectF(0, frame.bottom() + look.px(4), self.width(), look.px(20))
        text = self._caption if self._zoom == 1 else f"{self._caption} · {self._zoom * 100:.0f} %"
        for size in (12, 11, 10):  # smaller before its ends are cut off
            painter.setFont(look.font(size, QFont.Weight.Medium))
            if painter.fontMetrics().horizontalAdvance(text) <= self.width():
                break
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class CardPreview(QWidget):
    """Both sides beside each other, or under each other with `upright`."""

    def __init__(
        self,
        front: str,
        back: str,
        parent: QWidget | None = None,
        *,
        upright: bool = False,
        width: int = 340,
    ) -> None:
        super().__init__(parent)
        direction = QBoxLayout.Direction
        box = QBoxLayout(direction.TopToBottom if upright else direction.LeftToRight, self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(14))
        self.front = CardFace(front, self, width=width)
        self.back = CardFace(back, self, width=width)
        box.addWidget(self.front, 1)
        box.addWidget(self.back, 1)

    def show_faces(self, front: QImage | bytes | None, back: QImage | bytes | None) -> None:
        """Show both sides as pictures or encoded bytes."""
        self.front.show_image(front)
        self.back.show_image(back)

    def set_captions(self, front: str, back: str) -> None:
        """What stands under either side from now on."""
        self.front.set_caption(front)
        self.back.set_caption(back)
