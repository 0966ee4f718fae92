"""An empty list says why it is empty and what fills it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.labels import Text


class EmptyState(QWidget):
    """An icon, a sentence and a hint, in the middle of the room."""

    def __init__(
        self, icon_name: str, text: str, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        look = theme()
        self._mark = QLabel(self)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark.setPixmap(pixmap(icon_name, look.px(40), "faint", self.devicePixelRatioF()))
        self._text = Text(text, "heading", self, wrap=True)
        self._hint = Text(hint, "muted", self, wrap=True)
        whole = QVBoxLayout(self)
        whole.setSpacing(look.px(6))
        whole.addStretch(1)
        for label in (self._mark, self._text, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            whole.addWidget(label)
        whole.addStretch(2)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{text} {hint}".strip())

    def tell(self, text: str, hint: str = "") -> None:
        """Other words."""
        self._text.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{text} {hint}".strip())
