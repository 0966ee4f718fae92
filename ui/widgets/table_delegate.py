"""Draws one cell: text or a state, with a bar at the current row and a tick where asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.state import StateItem, paint_sign

CELL = Qt.ItemDataRole.UserRole + 1
MUTED = Qt.ItemDataRole.UserRole + 2
QUIET = Qt.ItemDataRole.UserRole + 3
SHORT = 80
"""Characters of a cell that its column asks room for."""


class Quiet(str):
    """A cell's text that stands where the value is missing: drawn muted."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column's head and manners.

    `width` is in characters; 0 fits the content of the rows shown, and the column with `stretch`
    takes what is left. `sort` names the order that a click on the head asks the presenter for.
    `brief` gives a cell's short form, for a table in which the whole ones have no room.
    """

    title: str
    width: int = 0
    stretch: bool = False
    right: bool = False
    code: bool = False  # read digit by digit: 0 is slashed
    strong: bool = False
    muted: bool = False
    sort: str = ""
    brief: Callable[[str], str] | None = None


def one_line(text: str) -> str:
    """What of a cell is written."""
    return text[:400].replace("\n", " ")


class RowDelegate(QStyledItemDelegate):
    """One look for every list."""

    def __init__(
        self, columns: Sequence[Column], *, checkable: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._checkable = checkable

    def font_of(self, column: Column, cell: str | StateItem) -> QFont:
        """The face that a column's cell is written in."""
        look = theme()
        if column.code:
            font = look.code_font(13.5)
            if isinstance(cell, str) and "-" not in cell:  # serials, times: digit under digit
                font.setFeature(QFont.Tag("tnum"), 1)
            return font
        heavy = column.strong or isinstance(cell, StateItem)
        face = look.figures_font if column.right else look.font
        return face(13.5, QFont.Weight.Medium if heavy else QFont.Weight.Normal)

    def width_of(
        self,
        index: int,
        cells: Sequence[str | StateItem],
        *,
        longest: int = SHORT,
        brief: bool = False,
    ) -> int:
        """The width that a column wants for these cells, or their short forms, and its head."""
        look = theme()
        column = self._columns[index]
        pad = look.px(22) + (look.px(28) if self._checkable and index == 0 else 0)
        head = QFontMetrics(look.font(12, QFont.Weight.DemiBold)).horizontalAdvance(column.title)
        head += look.px(24)
        if column.width:
            zero = QFontMetrics(look.font(13.5)).horizontalAdvance("0")
            return max(column.width * zero + pad, head)
        widest = 0
        faces: dict[tuple[bool, bool], QFontMetrics] = {}  # a font for each cell takes long
        for cell in cells:
            state = isinstance(cell, StateItem)
            text = cell.text if isinstance(cell, StateItem) else cell
            if brief and column.brief is not None:
                text = column.brief(text)
            sign = look.px(18) if state and text else 0
            face = (state, column.code and "-" in text)
            metrics = faces.get(face)
            if metrics is None:
                metrics = faces[face] = QFontMetrics(self.font_of(column, cell))
            widest = max(widest, metrics.horizontalAdvance(text[:longest]) + sign)
        return max(widest + pad + 2, head)

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(10, theme().px(36))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        column = self._columns[index.column()]
        cell = index.data(CELL)
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        view = option.widget
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(rect, look.colour("accent_soft"))
            if index.column() == 0 and isinstance(view, QAbstractItemView):
                bar = QRect(rect.left(), rect.top(), look.px(3), rect.height())
                painter.fillRect(bar, look.colour("accent" if view.hasFocus() else "border"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        box = QRectF(rect).adjusted(look.px(11), 0, -look.px(11), 0)
        if self._checkable and index.column() == 0:
            side = look.px(17)
            tick = QRectF(box.left(), box.center().y() - side / 2, side, side)
            self._paint_tick(
                painter,
                tick,
                on=index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked,
            )
            box.setLeft(tick.right() + look.px(11))
        muted = column.muted or bool(index.data(MUTED))
        if isinstance(cell, StateItem):
            if cell.text:
                side = look.px(9)
                sign = QRectF(box.left(), box.center().y() - side / 2, side, side)
                paint_sign(painter, cell.level, sign)
                box.setLeft(sign.right() + look.px(8))
            painter.setPen(look.colour(cell.level.text_token))
            text = cell.text
        else:
            quiet = muted or bool(index.data(QUIET))
            painter.setPen(look.colour("muted" if quiet else "text"))
            text = str(cell)
        font = self.font_of(column, cell)
        painter.setFont(font)
        if (
            column.brief is not None
            and QFontMetrics(font).horizontalAdvance(text) > box.width() + 1
        ):
            text = column.brief(text)
        self.write(painter, box, text, column)
        painter.restore()

    def write(self, painter: QPainter, box: QRectF, text: str, column: Column) -> None:
        """One line, as much of it as there is room for."""
        side_flag = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        # A number's end tells one from the next: its beginning gives way.
        end = Qt.TextElideMode.ElideLeft if column.code else Qt.TextElideMode.ElideRight
        shown = QFontMetrics(painter.font()).elidedText(one_line(text), end, int(box.width()) + 1)
        painter.drawText(box, int(side_flag | Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_tick(self, painter: QPainter, box: QRectF, *, on: bool) -> None:
        look = theme()
        painter.setPen(QPen(look.colour("accent" if on else "border"), 2))
        painter.setBrush(look.colour("accent" if on else "surface"))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        if on:
            side = round(box.width()) - 4
            picture = pixmap("check", side, "on_accent", painter.device().devicePixelRatioF())
            painter.drawPixmap(round(box.left() + 2), round(box.top() + 2), picture)
