"""Ctrl+K: find a person, ticket, card, parcel or act by typing its beginning."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.words import Words
from ui.icons import pixmap
from ui.popup import Popup
from ui.shell import Finding
from ui.theme import theme
from ui.widgets.buttons import KeyHint, paint_key_cap
from ui.widgets.labels import Rule, Text, row
from ui.widgets.nesting import nest

FINDING = Qt.ItemDataRole.UserRole + 1
FIRST = Qt.ItemDataRole.UserRole + 2
MOST = 50


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.findings: tuple[Finding, ...] = ()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        self.beginResetModel()
        self.findings = tuple(findings)[:MOST]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.findings)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid() or index.row() >= len(self.findings):
            return None
        found = self.findings[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(part for part in (found.section, found.text, found.detail) if part)
        if role == FINDING:
            return found
        if role == FIRST:
            before = self.findings[index.row() - 1].section if index.row() else ""
            return bool(found.section) and found.section != before
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(10, theme().px(42 + (26 if index.data(FIRST) else 0)))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        found = index.data(FINDING)
        if not isinstance(found, Finding):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if index.data(FIRST):
            head = QRectF(box.left() + look.px(10), box.top(), box.width(), look.px(26))
            painter.setFont(look.font(12, QFont.Weight.DemiBold))
            painter.setPen(look.colour("muted"))
            painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, found.section)
            box.setTop(head.bottom())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 7, 7)
        side = look.px(18)
        ratio = painter.device().devicePixelRatioF()
        picture = pixmap(found.icon, side, "muted", ratio)
        painter.drawPixmap(
            round(box.left() + look.px(12)), round(box.center().y() - side / 2), picture
        )
        box.adjust(look.px(42), 0, -look.px(12), 0)
        if found.shortcut:
            cap_font = look.font(11, QFont.Weight.Medium)
            width = QFontMetricsF(cap_font).horizontalAdvance(found.shortcut) + look.px(11)
            cap = QRectF(box.right() - width, 0, width, look.px(19))
            cap.moveTop(box.center().y() - cap.height() / 2)
            paint_key_cap(painter, cap, found.shortcut, cap_font, "muted")
            box.setRight(cap.left() - look.px(10))
        font = look.font(14, QFont.Weight.Medium)
        elide = Qt.TextElideMode.ElideRight
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(found.text[:160], elide, box.width())
        painter.setFont(font)
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        box.setLeft(box.left() + metrics.horizontalAdvance(shown) + look.px(12))
        small = look.font(13)
        painter.setFont(small)
        painter.setPen(look.colour("muted"))
        shown = QFontMetricsF(small).elidedText(found.detail[:160], elide, max(box.width(), 0))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class CommandPalette(Popup):
    """A field and what it finds; `picked(key)` comes with Enter or a click."""

    picked = Signal(str)

    def __init__(
        self, words: Words, find: Callable[[str], Sequence[Finding]], host: QWidget
    ) -> None:
        super().__init__(host, width=680, height=480, top=True)
        self.setWindowTitle(words("ui.find.title"))
        self._find = find
        look = theme()
        self.field = QLineEdit(self)
        self.field.setObjectName("palette")
        self.field.setMaxLength(200)
        self.field.setPlaceholderText(words("ui.find.hint"))
        self.field.setAccessibleName(words("ui.find.title"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self._model = _Model(self)
        self.list = QListView(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setAccessibleName(words("ui.find.results"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(lambda _index: self._pick())
        self.nothing = Text(words("ui.find.nothing"), "muted", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sheet.setContentsMargins(look.px(10), look.px(6), look.px(10), look.px(8))
        self.sheet.addWidget(self.field)
        self.sheet.addWidget(Rule(self))
        self.sheet.addWidget(self.list, 1)
        self.sheet.addWidget(self.nothing, 1)
        hints = row(
            KeyHint("↑↓", words("ui.find.move"), self),
            KeyHint("Enter", words("ui.find.open"), self),
            KeyHint("Esc", words("common.close"), self),
            spacing=16,
        )
        hints.addStretch(1)
        self.sheet.addWidget(Rule(self))
        nest(self.sheet, hints)

    def open_with(self, text: str = "") -> None:
        """Show it, with something typed already (a code that was scanned)."""
        self.field.setText(text)
        self.field.selectAll()
        self._search(text)
        self.open()
        self.field.setFocus()

    def _search(self, text: str) -> None:
        self._model.set_findings(self._find(text.strip()))
        found = bool(self._model.findings)
        self.list.setVisible(found)
        self.nothing.setVisible(not found)
        if found:
            self.list.setCurrentIndex(self._model.index(0))

    def _pick(self) -> None:
        index = self.list.currentIndex()
        if index.isValid() and self._model.findings:
            key = self._model.findings[index.row()].key
            self.accept()
            self.picked.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():
                    self._pick()
                return True
            moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            if event.key() in moves:
                QApplication.sendEvent(self.list, event)
                return True
        return super().eventFilter(watched, event)
