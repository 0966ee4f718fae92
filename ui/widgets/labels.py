"""Labels by role, panels and rules: the plain pieces that screens are laid out with."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import theme
from ui.widgets.nesting import nest

HANG = 19
"""From a mark to its words: the widest mark and a blank."""


def unbroken(text: str) -> str:
    """As it is drawn: no line ends within KTP-el."""
    return text.replace("KTP-el", "KTP\u2011el")


class Text(QLabel):
    """A label whose look is named by role.

    Roles: display title heading lead body label muted small overline accent success warning danger.
    It never reads markup, since names come from outside.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        code: bool = False,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if code:
            font = QFont(self.font())
            font.setFeature(QFont.Tag("zero"), 1)
            self.setFont(font)

    def setText(self, text: str) -> None:
        """Show this; `text()` gives it back as it was given."""
        self._text = text
        super().setText(unbroken(text))

    def text(self) -> str:
        return self._text

    def set_role(self, role: str) -> None:
        """Change the role; restyles only when it differs."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)


class Elided(Text):
    """One line that ends in … where the room does; the whole text is its tip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(24), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), int(self.alignment()), shown)


class Hanging(Text):
    """Words behind a mark (• ● ▲ ■): each further line stands under the first, not the mark."""

    def __init__(
        self, mark: str = "•", role: str = "body", parent: QWidget | None = None, *, below: int = 0
    ) -> None:
        super().__init__("", role, parent, wrap=True)
        self._mark = mark
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setContentsMargins(theme().px(HANG), 0, 0, theme().px(below))

    @property
    def mark(self) -> str:
        """What stands in front."""
        return self._mark

    def tell(self, text: str, mark: str = "") -> None:
        """Other words, and perhaps another mark; a screen reader hears both."""
        self._mark = mark or self._mark
        self.setText(text)
        self.setAccessibleName(f"{self._mark} {text}")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        box = self.contentsRect()
        painter.drawText(QRect(0, box.top(), box.left(), box.height()), 0, self._mark)


class Rule(QFrame):
    """A hairline across."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rule")
        self.setFixedHeight(1)


class Panel(QFrame):
    """A white sheet with an optional heading; `body` is where content goes."""

    def __init__(
        self,
        heading: str = "",
        parent: QWidget | None = None,
        *,
        padding: int = 16,
        horizontal: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        look = theme()
        whole = QVBoxLayout(self)
        pad = look.px(padding)
        whole.setContentsMargins(pad, pad, pad, pad)
        whole.setSpacing(look.px(10))
        self.head = QHBoxLayout()
        self.head.setSpacing(look.px(8))
        self.heading = Text(heading, "heading", self)
        self.head.addWidget(self.heading)
        self.head.addStretch(1)
        self.heading.setVisible(bool(heading))
        if heading:
            self.setAccessibleName(heading)
        nest(whole, self.head)
        self.body = QHBoxLayout() if horizontal else QVBoxLayout()
        self.body.setSpacing(look.px(10))
        nest(whole, self.body, 1)

    def set_heading(self, text: str) -> None:
        """Another heading; none hides it."""
        self.heading.setText(text)
        self.heading.setVisible(bool(text))
        self.setAccessibleName(text)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Put a widget into the body and give it back."""
        self.body.addWidget(widget, stretch)
        return widget

    def add_narrow(self, widget: QWidget, width: int = 760) -> QWidget:
        """The same for what reads badly across a wide screen: fields stay near their labels."""
        widget.setMaximumWidth(theme().px(width))
        line = QHBoxLayout()
        line.addWidget(widget, 100)
        line.addStretch(1)
        nest(self.body, line)
        return widget


def column(*widgets: QWidget | QLayout, spacing: int = 8) -> QVBoxLayout:
    """Widgets and layouts under each other."""
    box = QVBoxLayout()
    _fill(box, widgets, spacing)
    return box


def row(*widgets: QWidget | QLayout, spacing: int = 12) -> QHBoxLayout:
    """Widgets and layouts beside each other."""
    box = QHBoxLayout()
    _fill(box, widgets, spacing)
    return box


def _fill(box: QBoxLayout, widgets: Iterable[QWidget | QLayout], spacing: int) -> None:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme().px(spacing))
    for widget in widgets:
        if isinstance(widget, QLayout):
            nest(box, widget)
        else:
            box.addWidget(widget)
