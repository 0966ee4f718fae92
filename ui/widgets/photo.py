"""A picture in a frame: the live camera, a captured photo, a scan, or word that there is none."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QHideEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.labels import unbroken
from ui.widgets.state import Level, StateItem, paint_sign


def image_of(data: bytes | None) -> QImage:
    """A picture from its bytes; a null image when they are none (or not a picture)."""
    return QImage.fromData(data) if data else QImage()


class Picture:
    """A picture as it came, decoded when it is first looked at and let go while nobody sees it.

    A view comes whole with each change, so the same bytes come many times; decoding a card's face
    takes 12 ms and 2.6 MB, and most pages of a screen are hidden.
    """

    __slots__ = ("_data", "_image")

    def __init__(self) -> None:
        self._data: bytes | None = None
        self._image: QImage | None = QImage()

    def take(self, given: QImage | bytes | None) -> bool:
        """Be this picture; whether it is another than before."""
        if isinstance(given, QImage):
            self._data, self._image = None, given
            return True
        data = given or None
        if data == self._data and (data is not None or self.image.isNull()):
            return False
        self._data, self._image = data, None if data else QImage()
        return True

    @property
    def image(self) -> QImage:
        """The picture, decoded; a null image when there is none (or it isn't one)."""
        if self._image is None:
            self._image = image_of(self._data)
        return self._image

    def rest(self) -> None:
        """Nobody sees it: keep the bytes alone."""
        if self._data is not None:
            self._image = None


class PhotoFrame(QWidget):
    """A picture at a fixed ratio, with a caption, a state, and a face guide for the live camera."""

    def __init__(
        self,
        caption: str = "",
        parent: QWidget | None = None,
        *,
        ratio: float = 3 / 4,
        height: int = 220,
        empty_icon: str = "image",
        empty_text: str = "",
    ) -> None:
        super().__init__(parent)
        self._ratio = ratio
        self._height = height
        self._caption = caption
        self._empty_icon = empty_icon
        self._empty_text = empty_text
        self._picture = Picture()
        self._state: StateItem | None = None
        self._guide = False
        self.setAccessibleName(caption)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def show_image(self, image: QImage | bytes | None, description: str = "") -> None:
        """Show a picture (QImage or encoded bytes); None shows the empty frame."""
        if self._picture.take(image):
            self.update()
        self.setAccessibleDescription(description)

    def show_state(self, state: StateItem | None) -> None:
        """A state drawn in the frame's foot: "● Foto layak", "■ Mata tertutup"."""
        self._state = state
        self.update()

    def set_guide(self, on: bool) -> None:
        """An oval where the face should be."""
        self._guide = on
        self.update()

    def tell_empty(self, text: str) -> None:
        """What the frame says while there is no picture."""
        if text != self._empty_text:
            self._empty_text = text
            self.update()

    @property
    def empty_text(self) -> str:
        """What is said in the picture's place."""
        return self._empty_text

    def set_caption(self, text: str) -> None:
        self._caption = text
        self.setAccessibleName(text)
        self.update()

    def set_height(self, height: int) -> None:
        """Another height, at 100 % text, where the window has room for more."""
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def fit_ratio(self) -> None:
        """The picture's own ratio, where one of any kind may come: nothing of it is cut off."""
        size = self.image.size()
        if size.isEmpty() or self._ratio == size.width() / size.height():
            return
        self._ratio = size.width() / size.height()
        self.updateGeometry()
        self.update()

    @property
    def image(self) -> QImage:
        return self._picture.image

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._picture.rest()

    @property
    def foot(self) -> int:
        """Height of the caption beneath."""
        return theme().px(24) if self._caption else 0

    def sizeHint(self) -> QSize:
        height = theme().px(self._height)
        return QSize(max(round(height * self._ratio), self._said), height + self.foot)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(max(round(hint.width() * 0.6), self._said), round(hint.height() * 0.6))

    @property
    def _said(self) -> int:
        """Width of the caption: a low picture must not cut it."""
        font = theme().font(12, QFont.Weight.Medium)
        return QFontMetrics(font).horizontalAdvance(self._caption) + 2 if self._caption else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        frame = self._frame(self.foot)
        path = QPainterPath()
        path.addRoundedRect(frame, 8, 8)
        painter.setClipPath(path)
        painter.fillRect(frame, look.colour("sunken"))
        if self.image.isNull():
            self._paint_empty(painter, frame)
        else:
            self._paint_image(painter, frame)
        if self._guide:
            self._paint_guide(painter, frame)
        if self._state is not None and self._state.text:
            self._paint_state(painter, frame, self._state)
        painter.setClipping(False)
        bad = self._state is not None and self._state.level is Level.BAD
        painter.setPen(QPen(look.colour("danger" if bad else "line"), 2 if bad else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 8, 8)
        if self._caption:
            painter.setFont(look.font(12, QFont.Weight.Medium))
            painter.setPen(look.colour("muted"))
            box = QRectF(0, self.height() - look.px(20), self.width(), look.px(20))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._caption)

    def _frame(self, foot: int) -> QRectF:
        height = min(self.height() - foot - 1.0, (self.width() - 1) / self._ratio)
        width = height * self._ratio
        return QRectF((self.width() - width) / 2, 0.5, width, height)

    def _paint_image(self, painter: QPainter, frame: QRectF) -> None:
        size = self.image.size().toSizeF()
        factor = max(frame.width() / size.width(), frame.height() / size.height())
        target = QRectF(0, 0, size.width() * factor, size.height() * factor)
        target.moveCenter(frame.center())
        painter.drawImage(target, self.image)

    def _paint_empty(self, painter: QPainter, frame: QRectF) -> None:
        look = theme()
        side = look.px(30)
        picture = pixmap(self._empty_icon, side, "faint", self.devicePixelRatioF())
        text, font = unbroken(self._empty_text), look.font(12.5)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        box = QRectF(frame.left() + 8, 0, frame.width() - 16, frame.height())
        told = QFontMetricsF(font).boundingRect(box, int(flags), text).height() if text else 0.0
        gap = look.px(8) if text else 0
        # Icon and words are in the middle together, however many lines the words take.
        top = max(frame.center().y() - (side + gap + told) / 2, frame.top() + look.px(4))
        painter.drawPixmap(QPointF(frame.center().x() - side / 2, top), picture)
        if text:
            painter.setFont(font)
            painter.setPen(look.colour("faint"))
            box.moveTop(top + side + gap)
            painter.drawText(box, int(flags), text)

    def _paint_guide(self, painter: QPainter, frame: QRectF) -> None:
        pen = QPen(theme().colour("nav_text"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        oval = QRectF(0, 0, frame.width() * 0.56, frame.width() * 0.76)
        oval.moveCenter(frame.center() - QPointF(0, frame.height() * 0.06))
        painter.drawEllipse(oval)

    def _paint_state(self, painter: QPainter, frame: QRectF, state: StateItem) -> None:
        look = theme()
        strip = QRectF(frame.left(), frame.bottom() - look.px(28), frame.width(), look.px(28))
        ground = look.colour("surface")
        ground.setAlphaF(0.94)
        painter.fillRect(strip, ground)
        side = look.px(9)
        font = look.font(12.5, QFont.Weight.Medium)
        need = look.px(36) + QFontMetricsF(font).horizontalAdvance(state.text)
        narrow = need > strip.width()  # a score without its figure says nothing
        if narrow:
            font = look.font(11, QFont.Weight.Medium)
        left = look.px(4 if narrow else 10)
        sign = QRectF(strip.left() + left, strip.center().y() - side / 2, side, side)
        paint_sign(painter, state.level, sign)
        painter.setFont(font)
        painter.setPen(look.colour(state.level.text_token))
        strip.setLeft(sign.right() + look.px(4 if narrow else 7))
        painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter, state.text)
