"""The dark column at the left: one line a screen, its icon, its F-key, perhaps a count.

With large text it folds to icons with the key below, since words and table columns would not
both fit into 1366 pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.buttons import paint_key_cap
from ui.widgets.nesting import nest

SQUEEZED = 44
"""A folded line that is lower, at usual text, has a smaller picture, so that its key is read."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the navigation."""

    key: str
    text: str
    icon: str
    shortcut: str


class NavButton(QAbstractButton):
    """One line, drawn by itself."""

    def __init__(self, item: NavItem, parent: QWidget, *, folded: bool) -> None:
        super().__init__(parent)
        self.item = item
        self._count = 0
        self._folded = folded
        self.setText(item.text)
        self.setCheckable(item.key != "")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._say()

    def set_count(self, count: int) -> None:
        """A figure at the right; none at nought."""
        if count != self._count:
            self._count = count
            self._say()
            self.update()

    def _say(self) -> None:
        count = f" {self._count}" if self._count else ""
        self.setAccessibleName(f"{self.item.text}{count} ({self.item.shortcut})")
        self.setToolTip(f"{self.item.text} ({self.item.shortcut})" if self._folded else "")

    def sizeHint(self) -> QSize:
        look = theme()
        return QSize(look.px(64), look.px(54) if self._folded else look.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(look.px(8), 2, -look.px(8), -2)
        on = self.isChecked()
        if on or self.underMouse() or self.hasFocus():
            ground = look.colour("nav_active")
            if not on:
                ground.setAlphaF(0.55)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setPen(look.colour("nav_text"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 7, 7)
        ink = "nav_text" if on or self.underMouse() else "nav_muted"
        cap_font = look.font(10.5, QFont.Weight.Medium)
        squeezed = self._folded and box.height() < look.px(SQUEEZED)
        side = look.px(17 if squeezed else 20)
        picture = pixmap(self.item.icon, side, ink, self.devicePixelRatioF())
        if self._folded:
            left = round(box.center().x() - side / 2)
            top = box.top() + look.px(7)
            below = QRectF(box.left(), box.bottom() - look.px(19), box.width(), look.px(16))
            if squeezed:
                top = box.top() + (box.height() - side - look.px(14)) / 2
                below.moveTop(top + side)
            painter.drawPixmap(left, round(top), picture)
            painter.setFont(cap_font)
            painter.setPen(look.colour("nav_muted"))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.item.shortcut)
            if self._count:
                self._badge(painter, box.right(), box.top() + look.px(8), small=True)
            return
        painter.drawPixmap(
            round(box.left() + look.px(12)), round(box.center().y() - side / 2), picture
        )
        painter.setFont(look.font(14, QFont.Weight.DemiBold if on else QFont.Weight.Medium))
        painter.setPen(look.colour("nav_text" if on else ink))
        words = box.adjusted(look.px(44), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.item.text)
        width = QFontMetricsF(cap_font).horizontalAdvance(self.item.shortcut) + look.px(10)
        cap = QRectF(box.right() - look.px(10) - width, 0, width, look.px(18))
        cap.moveTop(box.center().y() - cap.height() / 2)
        paint_key_cap(painter, cap, self.item.shortcut, cap_font, "nav_muted")
        if self._count:
            self._badge(painter, cap.left() - look.px(8), box.center().y())

    def _badge(
        self, painter: QPainter, right: float, middle: float, *, small: bool = False
    ) -> None:
        look = theme()
        font = look.font(9 if small else 11, QFont.Weight.DemiBold)
        text = str(self._count) if self._count < 1000 else "999+"
        height = look.px(14 if small else 18)
        pad = look.px(7 if small else 11)
        width = max(QFontMetricsF(font).horizontalAdvance(text) + pad, height)
        pill = QRectF(right - width, middle - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("nav_text"))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(font)
        painter.setPen(look.colour("nav"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class _Mark(QWidget):
    """The program's name at the column's head."""

    def __init__(self, text: str, parent: QWidget, *, folded: bool) -> None:
        super().__init__(parent)
        self._text = text
        self._folded = folded
        self.setFixedHeight(theme().px(66))
        self.setAccessibleName(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = look.px(32)
        left = (self.width() - side) / 2 if self._folded else look.px(18)
        box = QRectF(left, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        painter.drawRoundedRect(box, 8, 8)
        inner = look.px(20)
        mark = pixmap("id-card", inner, "on_accent", self.devicePixelRatioF())
        at = box.center()
        painter.drawPixmap(round(at.x() - inner / 2), round(at.y() - inner / 2), mark)
        if not self._folded:
            painter.setFont(look.font(17, QFont.Weight.DemiBold))
            painter.setPen(look.colour("nav_text"))
            words = QRectF(box.right() + look.px(12), 0, self.width(), self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._text)


class Navigation(QFrame):
    """The column; `chosen(key)` tells of a click."""

    chosen = Signal(str)

    def __init__(self, brand: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nav")
        self.setAccessibleName(name)
        look = theme()
        self._folded = look.folded
        self.setFixedWidth(look.px(64) if self._folded else look.px(224))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, look.px(10))
        self._column.setSpacing(0)
        self._column.addWidget(_Mark(brand, self, folded=self._folded))
        self._top = QVBoxLayout()
        self._top.setSpacing(0)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(0)
        nest(self._column, self._top)
        self._column.addStretch(1)
        nest(self._column, self._foot)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, NavButton] = {}

    def set_items(self, items: Sequence[NavItem], foot: Sequence[NavItem] = ()) -> None:
        """The screens on offer, and below them what isn't a screen (lock, help)."""
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for layout, which in ((self._top, items), (self._foot, foot)):
            for item in which:
                button = NavButton(item, self, folded=self._folded)
                button.setCheckable(layout is self._top)
                if layout is self._top:
                    self._group.addButton(button)
                button.clicked.connect(lambda _on, key=item.key: self.chosen.emit(key))
                layout.addWidget(button)
                self._buttons[item.key] = button

    def set_current(self, key: str) -> None:
        """Mark the open screen."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Figures at the lines, by key."""
        for key, button in self._buttons.items():
            button.set_count(counts.get(key, 0))

    def button(self, key: str) -> NavButton:
        """One line's button."""
        return self._buttons[key]
