"""A state of the screen that needs saying: what is so, and what to do about it.

A banner stays until its cause is gone; an event passes in a toast; a decision asks in a dialog.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.words import ProblemText
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.nesting import nest


class Tone(Enum):
    """What kind of news it is; the value is the icon."""

    INFO = "info"
    SUCCESS = "circle-check"
    WARNING = "triangle-alert"
    ERROR = "circle-alert"

    @property
    def ink(self) -> str:
        inks = {"INFO": "accent_text", "SUCCESS": "success", "WARNING": "warning"}
        return inks.get(self.name, "danger")

    @property
    def role(self) -> str:
        """The label role of its first line."""
        return "accent" if self is Tone.INFO else self.ink

    @property
    def ground(self) -> str:
        grounds = {"INFO": "accent_soft", "SUCCESS": "success_soft", "WARNING": "warning_soft"}
        return grounds.get(self.name, "danger_soft")


class Banner(QWidget):
    """One line of what is so, one of what to do, and perhaps a button."""

    pressed = Signal()

    def __init__(
        self,
        tone: Tone = Tone.INFO,
        text: str = "",
        remedy: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        look = theme()
        self._tone = tone
        self.text = Text("", "body", self, wrap=True)
        self.remedy = Text("", "body", self, wrap=True)
        self.button = KeyButton(kind="plain", parent=self)
        self.button.clicked.connect(self.pressed)
        self.button.hide()
        words = QVBoxLayout()
        words.setSpacing(look.px(1))
        words.addWidget(self.text)
        words.addWidget(self.remedy)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(look.px(44), look.px(9), look.px(12), look.px(9))
        whole.setSpacing(look.px(12))
        nest(whole, words, 1)
        whole.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        if text:
            self.tell(tone, text, remedy)
        else:
            self.hide()

    @property
    def tone(self) -> Tone:
        return self._tone

    def tell(self, tone: Tone, text: str, remedy: str = "", *, aloud: bool = True) -> None:
        """Show this; a screen reader hears it, an error at once."""
        changed = (tone, text, remedy) != (self._tone, self.text.text(), self.remedy.text())
        self._tone = tone
        self.text.setText(text)
        self.text.set_role(tone.role)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.setAccessibleName(f"{text} {remedy}".strip())
        self.show()
        self.update()
        if changed and aloud:
            announce(self, f"{text} {remedy}".strip(), urgent=tone is Tone.ERROR)

    def tell_problem(self, problem: ProblemText, tone: Tone = Tone.ERROR) -> None:
        """Show what happened and its remedy."""
        self.tell(tone, problem.text, problem.remedy)

    def offer(self, text: str, key: str = "") -> None:
        """Offer a button; `pressed` tells of it."""
        self.button.setText(text)
        self.button.set_key(key)
        self.button.setVisible(bool(text))

    def clear(self) -> None:
        """Nothing to say."""
        self.text.setText("")
        self.button.hide()
        self.hide()

    def sizeHint(self) -> QSize:
        """As high as its lines are at this width: a layout gives it no more than this."""
        hint = super().sizeHint()
        lines = self.heightForWidth(self.width())
        return QSize(hint.width(), max(hint.height(), lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self._tone.ground))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        side = look.px(20)
        line = look.px(9) + look.px(10) - side // 2
        top = line if self.remedy.isVisible() else (self.height() - side) // 2
        picture = pixmap(self._tone.value, side, self._tone.ink, self.devicePixelRatioF())
        painter.drawPixmap(look.px(14), top, picture)
