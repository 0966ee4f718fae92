"""Who comes next: tickets in a slim list beside a screen's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.theme import theme
from ui.widgets.state import Level, paint_sign

ITEM = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One ticket as the list shows it."""

    key: str
    ticket: str
    text: str
    detail: str = ""
    waited: str = ""
    level: Level | None = None


class _QueueModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[QueueItem, ...] = ()

    def set_items(self, items: Sequence[QueueItem]) -> None:
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(
                part for part in (item.ticket, item.text, item.detail, item.waited) if part
            )
        return item if role == ITEM else None


class _QueueDelegate(QStyledItemDelegate):
    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(10, theme().px(50))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        item = index.data(ITEM)
        if not isinstance(item, QueueItem):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look.colour("accent_soft"))
            painter.fillRect(
                QRectF(box.left(), box.top(), look.px(3), box.height()), look.colour("accent")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, look.colour("hover"))
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        box.adjust(look.px(12), look.px(6), -look.px(12), -look.px(6))
        ticket_font = look.font(13.5, QFont.Weight.DemiBold)
        ticket_width = max(QFontMetricsF(ticket_font).horizontalAdvance(item.ticket), look.px(56))
        painter.setFont(ticket_font)
        painter.setPen(look.colour("accent_text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, item.ticket)
        waited_font = look.font(12.5)
        waited = QFontMetricsF(waited_font).horizontalAdvance(item.waited) + look.px(4)
        painter.setFont(waited_font)
        painter.setPen(look.colour("muted"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(box, int(flags), item.waited)
        left = box.left() + ticket_width + look.px(10)
        upper = QRectF(left, box.top(), box.right() - left - waited, box.height() / 2)
        font = look.font(13.5, QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(look.colour("text"))
        elide = Qt.TextElideMode.ElideRight
        shown = QFontMetricsF(font).elidedText(item.text[:120], elide, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignTop, shown)
        lower = QRectF(left, box.center().y(), box.right() - left, box.height() / 2)
        ink = "muted"
        if item.level is not None:
            side = look.px(8)
            sign = QRectF(left, lower.center().y() - side / 2, side, side)
            paint_sign(painter, item.level, sign)
            lower.setLeft(sign.right() + look.px(6))
            ink = item.level.text_token
        small = look.font(12)
        painter.setFont(small)
        painter.setPen(look.colour(ink))
        shown = QFontMetricsF(small).elidedText(item.detail[:120], elide, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class QueueList(QListView):
    """Tickets; Enter or a double click opens one."""

    opened = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = _QueueModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_QueueDelegate(self))
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(
            lambda index: self.opened.emit(self._items.items[index.row()].key)
        )

    def show_items(self, items: Sequence[QueueItem]) -> None:
        """Show these tickets, the current one kept."""
        kept = self.current_key()
        self._items.set_items(items)
        keys = [item.key for item in items]
        if kept in keys:
            self.setCurrentIndex(self._items.index(keys.index(kept)))

    def current_key(self) -> str:
        """The current ticket's key."""
        index = self.currentIndex()
        return self._items.items[index.row()].key if index.isValid() else ""
