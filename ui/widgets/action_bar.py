"""The row of acts at a screen's foot: quiet ones left, the way on at the right.

In a row that is too narrow all buttons first drop their pictures. Where even the words would be
cut off (large text on a small screen), or what is waited for, the quiet acts move into a row of
their own above.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.busy_line import BusyLine
from ui.widgets.buttons import KeyButton
from ui.widgets.nesting import nest

GAP = 8


class ActionBar(QFrame):
    """Acts left and right; hidden while it has none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("actionbar")
        look = theme()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, look.px(12), 0, 0)
        whole.setSpacing(look.px(GAP))
        self._upper, self._lower = QHBoxLayout(), QHBoxLayout()
        for row in (self._upper, self._lower):
            row.setSpacing(look.px(GAP))
            row.addStretch(1)
            nest(whole, row)
        self._lefts: list[QWidget] = []
        self._rights: list[QWidget] = []
        self._folded = False
        self.hide()

    @property
    def folded(self) -> bool:
        """Whether the acts stand in two rows."""
        return self._folded

    def add_left(self, widget: QWidget) -> None:
        """Put a widget after those at the left."""
        self._lower.insertWidget(len(self._lefts), widget)
        self._lefts.append(widget)
        self.show()

    def add_right(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._lower.addWidget(widget)
        self._rights.append(widget)
        self.show()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return done

    def _fold(self) -> None:
        shown = [w for w in (*self._lefts, *self._rights) if not w.isHidden()]
        bare = not any(_in(widget) for widget in shown)
        if bare != bool(self.property("bare")):
            self.setProperty("bare", bare)  # no rule above nothing
            self.style().unpolish(self)
            self.style().polish(self)
        gap = theme().px(GAP)
        least = sum(_least(widget) for widget in shown) + gap * max(0, len(shown) - 1)
        rights = any(not widget.isHidden() and _least(widget) for widget in self._rights)
        folded = self.isVisible() and rights and least > self.width()
        for row in (self._lefts, self._rights) if folded else ([*self._lefts, *self._rights],):
            buttons = [button for widget in row if not widget.isHidden() for button in _in(widget)]
            whole = sum(button.whole_width() + gap for button in buttons) - gap
            for button in buttons:
                button.set_plain(self.isVisible() and whole > self.width())
        if folded == self._folded:
            return
        self._folded = folded
        row = self._upper if folded else self._lower
        for place, widget in enumerate(self._lefts):
            (self._lower if folded else self._upper).removeWidget(widget)
            row.insertWidget(place, widget)


def _in(widget: QWidget) -> list[KeyButton]:
    """A button itself, or those in a box of buttons, as far as they are shown."""
    if isinstance(widget, KeyButton):
        return [widget]
    return [button for button in widget.findChildren(KeyButton) if not button.isHidden()]


def _least(widget: QWidget) -> int:
    """The width that a button, a box of buttons, or what is waited for can be read in."""
    if isinstance(widget, BusyLine):
        return widget.least_width()
    inside = _in(widget)
    return sum(button.least_width() for button in inside) + theme().px(GAP) * max(
        0, len(inside) - 1
    )
