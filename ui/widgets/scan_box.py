"""Where codes arrive: a field that shows the last scan and leaves the letters to the screen's keys.

A scanner's burst reaches the screen through the window's filter, so the field itself stays locked;
`type_in` opens it for a code that no scanner can read. Beside it stands the large sign that says
right or wrong, seen from arm's length and spoken to a screen reader.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
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
        self._shown = ""
        self._refused = ""

    @property
    def typing(self) -> bool:
        """Whether a code is being written by hand."""
        return not self.isReadOnly()

    def show_code(self, text: str) -> None:
        """Show the last code, unless one is being written.

        A scan that comes before the first letter takes its place: the keys are the screen's again.
        """
        before, self._shown = self._shown, text
        if text and text != before:
            self.give_way()
        if not self.typing and self.text() != text:
            self.setText(text)

    def give_way(self) -> None:
        """Something else was done than to write a code: one that is begun stays to be written."""
        if self.typing and self._unwritten:
            self._open(False)
            self.setText(self._shown)

    @property
    def _unwritten(self) -> bool:
        return self.text() in ("", self._refused)

    def type_in(self) -> None:
        """Let the officer write the code; Enter takes it, Esc leaves."""
        self._open(True)
        self._refused = ""
        self.clear()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def type_again(self, code: str) -> None:
        """A code was refused: it stands to be mended, or written over."""
        self.type_in()
        self._refused = code
        self.setText(code)
        self.selectAll()

    def _open(self, on: bool) -> None:
        self.setReadOnly(not on)
        self.style().unpolish(self)
        self.style().polish(self)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and (
            not self.typing or (self._unwritten and _by_word(event))
        ):
            event.ignore()  # it needs no key for itself then: Ctrl+Right is the screen's
            return False
        if (
            self.typing
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.typing and self.text() == self._refused:
            self.selectAll()  # back from another screen it is written over at once, as before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.typing and event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._open(False)
            return
        if self.typing and self._unwritten and event.text() == "/":
            self.clear()  # the key that begins a code, pressed once more: no code begins with it
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


def _by_word(event: QEvent) -> bool:
    """Whether a key would move by a word: in a code that isn't being written there is none."""
    return (
        isinstance(event, QKeyEvent)
        and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
    )


class Verdict(Enum):
    """What the sign says; the value is its icon."""

    WAITING = "scan-line"
    NOTE = "info"
    ATTEND = "triangle-alert"
    RIGHT = "circle-check"
    WRONG = "circle-x"

    @property
    def ink(self) -> str:
        return _COLOURS[self.name][0]

    @property
    def ground(self) -> str:
        return _COLOURS[self.name][1]


_COLOURS = {
    "WAITING": ("accent_text", "accent_soft"),
    "NOTE": ("accent_text", "accent_soft"),
    "ATTEND": ("warning", "warning_soft"),
    "RIGHT": ("success", "success_soft"),
    "WRONG": ("danger", "danger_soft"),
}


class VerdictSign(QWidget):
    """A large sign: what is awaited, how things stand, right, or wrong.

    It is as tall as its words need at its width, and never lower than `least`.
    """

    def __init__(self, parent: QWidget | None = None, *, least: int = 112) -> None:
        super().__init__(parent)
        self._verdict = Verdict.WAITING
        self._text = ""
        self._detail = ""
        self._least = least
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

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
        self._hold()
        self.update()
        if aloud and verdict not in (Verdict.WAITING, Verdict.NOTE):
            announce(self, spoken, urgent=verdict is Verdict.WRONG)

    def sizeHint(self) -> QSize:
        width = max(self.width(), theme().px(360))
        return QSize(theme().px(360), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(220), theme().px(self._least))

    def heightForWidth(self, width: int) -> int:
        look = theme()
        words = self._measure(self._room(width))
        return max(look.px(self._least), round(words[1] + words[2]) + 2 * look.px(14))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hold()

    def _hold(self) -> None:
        """Keep the height that the words need: not every layout asks for it."""
        height = self.heightForWidth(self.width())
        if self.isVisible() and height != self.minimumHeight():
            self.setMinimumHeight(height)
        self.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hold()

    def _side(self, width: int) -> int:
        """The icon's; a narrow sign keeps its room for the words."""
        look = theme()
        return look.px(64) if width >= look.px(420) else look.px(44)

    def _room(self, width: int) -> float:
        """Width of the words."""
        look = theme()
        return width - self._side(width) - look.px(20 + 18 + 16)

    def _measure(self, room: float) -> tuple[QFont, float, float]:
        """The text's font, and how tall text and detail are."""
        look = theme()
        big = look.font(26, QFont.Weight.Bold)
        if QFontMetricsF(big).horizontalAdvance(self._text) > room:
            big = look.font(19, QFont.Weight.Bold)
        tall = _height(big, self._text, room)
        small = look.font(14, QFont.Weight.Medium)
        return big, tall, _height(small, self._detail, room) + (look.px(4) if self._detail else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self._verdict.ground))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        side = self._side(self.width())
        left = look.px(20)
        picture = pixmap(self._verdict.value, side, self._verdict.ink, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - side) // 2, picture)
        room = self._room(self.width())
        big, tall, more = self._measure(room)
        top = (self.height() - tall - more) / 2
        box = QRectF(left + side + look.px(18), top, room, tall)
        wrap = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        painter.setPen(look.colour(self._verdict.ink))
        painter.setFont(big)
        painter.drawText(box, wrap, self._text)
        if self._detail:
            painter.setFont(look.font(14, QFont.Weight.Medium))
            painter.setPen(look.colour("text"))
            box = QRectF(box.left(), box.bottom() + look.px(4), room, more)
            painter.drawText(box, wrap, self._detail)


def _height(font: QFont, text: str, width: float) -> float:
    """How tall a text is that wraps at this width."""
    if not text:
        return 0.0
    room = QRectF(0, 0, max(width, 1.0), 10_000)
    return QFontMetricsF(font).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height() + 1
