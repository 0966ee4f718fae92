"""Where codes arrive: a field that shows the last scan and leaves the letters to the screen's keys.

A scanner's burst reaches the screen through the window's filter, so the field itself stays locked;
`type_in` opens it for a code that no scanner can read. Beside it stands the large sign that says
right or wrong, seen from arm's length and spoken to a screen reader.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from ui.icons import icon, pixmap
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.fields import LineField

LONGEST_CODE = 200


class ScanBox(LineField):
    """Shows what was scanned; `typed(code)` tells of one written by hand."""

    typed = Signal(str)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, hint=hint)
        self.setMaxLength(LONGEST_CODE)
        self.addAction(icon("scan-line", "accent", 18), QLineEdit.ActionPosition.LeadingPosition)
        self.setReadOnly(True)

    @property
    def typing(self) -> bool:
        """Whether a code is being written by hand."""
        return not self.isReadOnly()

    def show_code(self, text: str) -> None:
        """Show the last code, unless one is being written."""
        if not self.typing and self.text() != text:
            self.setText(text)

    def type_in(self) -> None:
        """Let the officer write the code; Enter takes it, Esc leaves."""
        self._open(True)
        self.clear()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, on: bool) -> None:
        self.setReadOnly(not on)
        self.style().unpolish(self)
        self.style().polish(self)

    def event(self, event: QEvent) -> bool:
        if (
            self.typing
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.typing and event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._open(False)
            return
        if self.typing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            code = self.value()
            if code and not event.isAutoRepeat():
                self._open(False)
                self.typed.emit(code)
            return
        super().keyPressEvent(event)

    def commit(self) -> None:
        """A code is told by Enter alone."""


class Verdict(Enum):
    """What the sign says; the value is its icon."""

    WAITING = "scan-line"
    RIGHT = "circle-check"
    WRONG = "circle-x"

    @property
    def ink(self) -> str:
        return {"WAITING": "accent_text", "RIGHT": "success", "WRONG": "danger"}[self.name]

    @property
    def ground(self) -> str:
        grounds = {"WAITING": "accent_soft", "RIGHT": "success_soft", "WRONG": "danger_soft"}
        return grounds[self.name]


class VerdictSign(QWidget):
    """A large sign: what is awaited, right, or wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = Verdict.WAITING
        self._text = ""
        self._detail = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def verdict(self) -> Verdict:
        return self._verdict

    def tell(self, verdict: Verdict, text: str, detail: str = "", *, aloud: bool = True) -> None:
        """Show it, and say it where it changed; a wrong one interrupts."""
        if (verdict, text, detail) == (self._verdict, self._text, self._detail):
            return
        self._verdict, self._text, self._detail = verdict, text, detail
        spoken = f"{text} {detail}".strip()
        self.setAccessibleName(spoken)
        self.update()
        if aloud and verdict is not Verdict.WAITING:
            announce(self, spoken, urgent=verdict is Verdict.WRONG)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(360), theme().px(132))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(260), theme().px(132))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self._verdict.ground))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        side = look.px(64)
        left = look.px(24)
        picture = pixmap(self._verdict.value, side, self._verdict.ink, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, picture)
        room = QRectF(left + side + look.px(20), 0, 0, self.height())
        room.setRight(self.width() - look.px(16))
        big = look.font(26, QFont.Weight.Bold)
        if QFontMetricsF(big).horizontalAdvance(self._text) > room.width():
            big = look.font(19, QFont.Weight.Bold)
        painter.setPen(look.colour(self._verdict.ink))
        painter.setFont(big)
        wrap = Qt.TextFlag.TextWordWrap
        if not self._detail:
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | wrap), self._text)
            return
        upper = QRectF(room.left(), 0, room.width(), self.height() / 2 + look.px(2))
        painter.drawText(upper, int(Qt.AlignmentFlag.AlignBottom | wrap), self._text)
        painter.setFont(look.font(14, QFont.Weight.Medium))
        painter.setPen(look.colour("text"))
        top = self.height() / 2 + look.px(6)
        lower = QRectF(room.left(), top, room.width(), self.height() - top - look.px(6))
        painter.drawText(lower, int(Qt.AlignmentFlag.AlignTop | wrap), self._detail)
