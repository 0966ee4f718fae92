"""Filters in a row, each with its count; a digit or a click picks, arrows move.

With large text on a small screen the row breaks into two rather than cut the words off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.labels import Text

GAP = 8


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter."""

    key: str
    text: str
    count: int | None = None


class _ChipButton(QAbstractButton):
    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(parent)
        self.chip = chip
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        self.chip = chip
        self.setText(chip.text)
        count = "" if chip.count is None else f" {chip.count}"
        self.setAccessibleName(f"{chip.text}{count}")
        self.updateGeometry()
        self.update()

    def _widths(self) -> tuple[float, float]:
        look = theme()
        text = QFontMetricsF(look.font(13, QFont.Weight.DemiBold)).horizontalAdvance(self.chip.text)
        if self.chip.count is None:
            return text, 0.0
        metrics = QFontMetricsF(look.font(12, QFont.Weight.DemiBold))
        return text, metrics.horizontalAdvance(str(self.chip.count)) + look.px(13)

    def sizeHint(self) -> QSize:
        look = theme()
        text, count = self._widths()
        gap = look.px(8) if count else 0
        return QSize(
            round(text + count + gap + look.px(26)) + 1, look.px(40 if look.large_targets else 32)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = "accent" if on or self.hasFocus() or self.underMouse() else "border"
        painter.setPen(QPen(look.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour("accent_soft" if on else "surface"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        text, count = self._widths()
        painter.setFont(look.font(13, QFont.Weight.DemiBold if on else QFont.Weight.Medium))
        painter.setPen(look.colour("accent_text" if on else "text"))
        left = look.px(13)
        # In a row that is too narrow the words give way; a count that is cut off says a wrong one.
        room = self.width() - 2 * left - (count + look.px(8) if count else 0)
        shown = self.chip.text
        if text > room + 1:
            text = max(room, 0.0)
            shown = painter.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, int(text))
        words = QRectF(left, 0, text + 2, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        if count:
            pill = QRectF(left + text + look.px(8), 0, count, look.px(20))
            pill.moveTop((self.height() - pill.height()) / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent" if on else "sunken"))
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setFont(look.font(12, QFont.Weight.DemiBold))
            painter.setPen(look.colour("on_accent" if on else "muted"))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, str(self.chip.count))


class ChipBar(QWidget):
    """One chip is on, or none before anything is chosen; `chosen(key)` tells which was picked.

    `keys` are named behind the chips where the screen has keys that step through them.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, *, keys: str = "") -> None:
        super().__init__(parent)
        self._keys = Text(keys, "small", self)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: list[_ChipButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_chips(self, chips: Sequence[Chip], current: str) -> None:
        """Show these; only what changed is redrawn."""
        if [chip.key for chip in chips] != [button.chip.key for button in self._buttons]:
            for button in self._buttons:
                self._group.removeButton(button)
                button.hide()
                button.deleteLater()
            self._buttons = []
            for chip in chips:
                button = _ChipButton(chip, self)
                button.clicked.connect(lambda _on, key=chip.key: self.chosen.emit(key))
                self._group.addButton(button)
                button.setVisible(True)
                self._buttons.append(button)
        # An exclusive group keeps its last button on: the next parcel's seal would look judged.
        self._group.setExclusive(False)
        focused = any(button.hasFocus() for button in self._buttons)
        for button, chip in zip(self._buttons, chips, strict=True):
            button.show_chip(chip)
            button.setChecked(chip.key == current)
            if focused and button.isChecked():
                button.setFocus()  # a key turned the page: the ring goes with it
        self._group.setExclusive(True)
        self._arrange()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        widths = [button.sizeHint().width() for button in self._buttons]
        if self._keys.text():
            widths.append(self._keys.sizeHint().width())
        gaps = theme().px(GAP) * max(0, len(widths) - 1)
        return QSize(sum(widths) + gaps, self._tallest())

    def minimumSizeHint(self) -> QSize:
        widest = max((button.sizeHint().width() for button in self._buttons), default=0)
        return QSize(widest, self._tallest())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def _tallest(self) -> int:
        return max((button.sizeHint().height() for button in self._buttons), default=0)

    def _arrange(self) -> None:
        gap, tall = theme().px(GAP), self._tallest()
        # Before it is shown its width says nothing: it counts on one row.
        room = self.width() if self.isVisible() else self.sizeHint().width()
        left = top = 0
        for button in self._buttons:
            width = min(button.sizeHint().width(), max(room, 1))
            if left and left + width > room:
                left, top = 0, top + tall + gap
            button.setGeometry(left, top, width, tall)
            left += width + gap
        width = self._keys.sizeHint().width()
        self._keys.setGeometry(left, top, width, tall)
        self._keys.setVisible(bool(self._keys.text()) and left + width <= room)
        if self.height() != top + tall or self.minimumHeight() != top + tall:
            self.setFixedHeight(top + tall)

    @property
    def current(self) -> str:
        """The key of the chip that is on."""
        return next((b.chip.key for b in self._buttons if b.isChecked()), "")

    def step(self, by: int) -> None:
        """Pick the neighbour, as Ctrl+← and Ctrl+→ do."""
        keys = [button.chip.key for button in self._buttons]
        if keys:
            place = (keys.index(self.current) if self.current in keys else 0) + by
            self._buttons[place % len(keys)].click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(-1 if event.key() == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)
