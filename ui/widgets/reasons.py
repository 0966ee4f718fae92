"""Coded reasons, picked by their number: one key instead of a search through a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QWidget

from ui.popup import Popup
from ui.theme import theme
from ui.widgets.buttons import KeyButton, paint_key_cap
from ui.widgets.fields import LineField
from ui.widgets.labels import Text

WIDE = 500
"""Width of the sheet, at usual text, where nothing beside it is judged."""
BESIDE_REASON = 52
"""A reason's number and the room around it."""
SHEET_EDGES = 38


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason's code, its words, and whether it wants a sentence of its own."""

    key: str
    text: str
    detail: str = ""
    needs_note: bool = False


class ReasonList(QWidget):
    """Reasons numbered 1 to 9; a digit picks, ↑↓ move, Enter picks the current one."""

    picked = Signal(str)
    unpicked = Signal()
    """Enter was pressed while nothing is chosen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reasons: tuple[Reason, ...] = ()
        self._current = 0
        self._chosen = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_reasons(
        self, reasons: Sequence[Reason], chosen: str = "", *, undecided: bool = False
    ) -> None:
        """At most nine are shown; the rest belongs into "other".

        While `undecided`, Enter picks nothing until a key or an arrow has chosen.
        """
        self._reasons = tuple(reasons)[:9]
        keys = [reason.key for reason in self._reasons]
        self._chosen = keys.index(chosen) if chosen in keys else -1
        self._current = self._chosen if undecided else max(self._chosen, 0)
        self._say()
        self.updateGeometry()
        self.update()

    @property
    def chosen(self) -> str:
        """The picked reason's key."""
        return self._reasons[self._chosen].key if self._chosen >= 0 else ""

    def _line(self) -> int:
        return theme().px(44 if any(reason.detail for reason in self._reasons) else 36)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(380), self._line() * max(len(self._reasons), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(220), self.sizeHint().height())

    def needed_width(self) -> int:
        """How wide it must be, at usual text, so that no reason is cut off."""
        look = theme()
        text = QFontMetricsF(look.font(13.5, QFont.Weight.Medium))
        detail = QFontMetricsF(look.font(12))
        wide = [
            max(text.horizontalAdvance(one.text), detail.horizontalAdvance(one.detail))
            for one in self._reasons
        ]
        return ceil(max(wide, default=0) / look.scale) + BESIDE_REASON

    def _say(self) -> None:
        if self._reasons and self._current >= 0:
            reason = self._reasons[self._current]
            self.setAccessibleDescription(f"{self._current + 1} {reason.text}")

    def _pick(self, index: int) -> None:
        if 0 <= index < len(self._reasons):
            self._current = self._chosen = index
            self._say()
            self.update()
            self.picked.emit(self._reasons[index].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.text() and event.text() in "123456789":
            if not event.isAutoRepeat():
                self._pick(int(event.text()) - 1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = -1 if key == Qt.Key.Key_Up else 1
            self._current = min(max(self._current + step, 0), max(len(self._reasons) - 1, 0))
            self._say()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if not event.isAutoRepeat():
                self._pick(self._current)
                if self._current < 0:
                    self.unpicked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(int(event.position().y() // self._line()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self._line()
        for index, reason in enumerate(self._reasons):
            box = QRectF(0, index * line, self.width(), line).adjusted(1, 1, -1, -1)
            here = index == self._current and self.hasFocus()
            chosen = index == self._chosen
            painter.setPen(QPen(look.colour("accent"), 2) if here else Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft" if chosen else "surface"))
            painter.drawRoundedRect(box, 7, 7)
            cap = QRectF(box.left() + look.px(8), 0, look.px(22), look.px(20))
            cap.moveTop(box.center().y() - cap.height() / 2)
            cap_font = look.font(11.5, QFont.Weight.DemiBold)
            ink = "accent_text" if chosen else "muted"
            paint_key_cap(painter, cap, str(index + 1), cap_font, ink)
            box.setLeft(cap.right() + look.px(10))
            painter.setFont(look.font(13.5, QFont.Weight.Medium))
            painter.setPen(look.colour("text"))
            if reason.detail:
                upper = QRectF(box.left(), box.top() + look.px(4), box.width(), line / 2)
                painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, reason.text)
                lower = QRectF(box.left(), box.center().y(), box.width(), line / 2 - look.px(6))
                painter.setFont(look.font(12))
                painter.setPen(look.colour("muted"))
                painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, reason.detail)
            else:
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, reason.text)


class ReasonDialog(Popup):
    """Asks for a coded reason before something that can't be undone.

    `ask()` gives (key, note), or None when the officer thinks better of it. `changed(key, note)`
    tells each answer so far, before the dialog closes on it. `missing` and `pick` are said where
    Enter finds no sentence, or no reason chosen. A `final` one only chooses by its digit, and
    Enter ends it: no slip of a finger does what nobody can mend.
    """

    changed = Signal(str, str)

    def __init__(
        self,
        title: str,
        question: str,
        reasons: Sequence[Reason],
        *,
        note_label: str,
        accept_text: str,
        cancel_text: str,
        host: QWidget,
        undecided: bool = False,
        final: bool = False,
        missing: str = "",
        pick: str = "",
    ) -> None:
        super().__init__(host, width=WIDE)
        self._final = final
        self._missing, self._pick = missing, pick
        self._reasons = {reason.key: reason for reason in reasons}
        self.setWindowTitle(title)
        whole = self.sheet
        self._title = Text(title, "title", self)
        whole.addWidget(self._title)
        whole.addWidget(Text(question, "muted", self, wrap=True))
        self.list = ReasonList(title, self)
        self.list.show_reasons(reasons, undecided=undecided)
        self.list.picked.connect(self._picked)
        self.list.unpicked.connect(lambda: self._lacks(self._pick))
        whole.addWidget(self.list)
        self.note_label = Text(note_label, "label", self)
        self.note = LineField(note_label.replace("&", ""), self)
        self.note_label.setBuddy(self.note)
        self.note.returnPressed.connect(self._accept)
        self.note.textChanged.connect(lambda _text: self._tell())
        self.note.textEdited.connect(lambda _text: self._lacks(""))
        self.told = Text("", "danger", self, wrap=True)
        self.told.hide()
        whole.addWidget(self.note_label)
        whole.addWidget(self.note)
        whole.addWidget(self.told)
        self.accept_button = KeyButton(accept_text, "Enter", kind="danger", parent=self)
        self.accept_button.clicked.connect(self._accept)
        ends = self.end_with(cancel_text, self.accept_button)
        self._least = max(ends.sizeHint().width(), self._title.sizeHint().width())
        self._show_note(False)
        self.list.setFocus()

    def keep_clear(self, looked_at: QWidget | None, within: QWidget | None = None) -> None:
        """Stand beside it, and then no wider than title, reasons and keys need."""
        super().keep_clear(looked_at, within)
        if looked_at is not None and looked_at.isVisible():
            needed = max(self.list.needed_width(), ceil(self._least / theme().scale))
            self.set_width(min(needed + SHEET_EDGES, WIDE))

    def _show_note(self, wanted: bool, *, ends: bool = False) -> None:
        self.note_label.setVisible(wanted)
        self.note.setVisible(wanted)
        self.accept_button.setVisible(wanted or ends)
        if self.isVisible():
            self.fit()

    def begin_with(self, key: str, note: str = "") -> None:
        """Stand as it was left: this reason chosen, and this far with the sentence."""
        if key not in self._reasons:
            return
        self.list.show_reasons(tuple(self._reasons.values()), key)
        if self._reasons[key].needs_note:
            self._show_note(True)
            self.note.setText(note)
            self.note.setFocus()
            self.note.end(False)

    def _tell(self) -> None:
        self.changed.emit(self.list.chosen, self.note.value())

    def _lacks(self, told: str) -> None:
        """Say in words what is missing; "" once it is there."""
        if told or not self.told.isHidden():
            self.told.setText(told)
            self.told.setVisible(bool(told))
            self.fit()
        if not told:
            self.note.set_fault("")

    def _picked(self, key: str) -> None:
        self._tell()
        self._lacks("")
        if self._reasons[key].needs_note:
            self._show_note(True)
            self.note.setFocus()
        elif self._final:
            self._show_note(False, ends=True)
            self.accept_button.setFocus()
        else:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses another reason, also where one stands to be ended."""
        if self.accept_button.hasFocus() and event.text() and event.text() in "123456789":
            self.list.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _accept(self) -> None:
        chosen = self._reasons.get(self.list.chosen)
        if chosen is not None and (self.note.value() or not chosen.needs_note):
            self.accept()
        else:
            self._lacks(self._missing)
            self.note.set_fault(self._missing or self.note_label.text())
            self.note.setFocus()

    def ask(self) -> tuple[str, str] | None:
        """Show the dialog and wait for the answer."""
        if self.exec() == QDialog.DialogCode.Accepted and self.list.chosen:
            return self.list.chosen, self.note.value()
        return None
