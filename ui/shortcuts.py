"""Ctrl+/: every key that works now, read from the living actions, so it is never out of date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.words import Words
from ui.popup import Popup
from ui.theme import theme
from ui.widgets.buttons import KeyButton, KeyHint, key_text
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

_MNEMONIC = re.compile(r"&(\w)")
"""The mark before an underlined letter; an "&" between two words stays."""


def listed(actions: Iterable[QAction]) -> list[tuple[str, str]]:
    """(key, words) of each action whose key does something now; one may speak for several."""
    found: list[tuple[str, str]] = []
    for action in actions:
        keys = [key_text(shortcut) for shortcut in action.shortcuts()[:1]]
        live = action.isVisible() and action.isEnabled() and not action.property("unlisted")
        if keys and live:
            told = str(action.property("told") or _MNEMONIC.sub(r"\1", action.text()))
            found.append((str(action.property("keys") or keys[0]), told))
    return found


def in_order(actions: Iterable[QAction]) -> list[QAction]:
    """F1 to F12 as they stand on the keyboard, then the others."""

    def place(action: QAction) -> int:
        key = action.shortcut().toString()
        return int(key[1:]) if key[:1] == "F" and key[1:].isdigit() else 99

    return sorted(actions, key=place)


ROWS = 14
"""Keys under each other; a longer group goes on beside, so that all are seen without scrolling."""


def in_columns(keys: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """As few columns as hold them, equally long."""
    count = -(-len(keys) // ROWS) or 1
    tall = -(-len(keys) // count)
    return [list(keys[i * tall : (i + 1) * tall]) for i in range(count)]


class _WholeArea(QScrollArea):
    """As tall as what it holds, so that the sheet has no void; scrolls where it can't be."""

    def sizeHint(self) -> QSize:
        inside = self.widget()
        return inside.sizeHint() if inside is not None else super().sizeHint()


class ShortcutOverlay(Popup):
    """Groups of keys side by side; any of Esc, Enter or Ctrl+/ closes it."""

    def __init__(
        self, words: Words, groups: Sequence[tuple[str, Iterable[QAction]]], host: QWidget
    ) -> None:
        parts = [(title, in_columns(listed(actions))) for title, actions in groups]
        wide = sum(len(part) for _, part in parts)
        super().__init__(host, width=max(820, wide * 296))
        look = theme()
        self.setWindowTitle(words("ui.keys.title"))
        self.sheet.addWidget(Text(words("ui.keys.title"), "title", self))
        inside = QWidget(self)
        inside.setObjectName("scrolled")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(look.px(32))
        for title, part in parts:
            column = QVBoxLayout()
            column.setSpacing(look.px(4))
            column.addWidget(Text(title, "overline", inside))
            grid = QGridLayout()
            grid.setVerticalSpacing(look.px(2))
            grid.setHorizontalSpacing(look.px(24))
            for place, keys in enumerate(part):
                for line, (key, text) in enumerate(keys):
                    hint = KeyHint(key, text, inside, room=74)
                    grid.addWidget(hint, line, place, Qt.AlignmentFlag.AlignLeft)
                grid.setColumnStretch(place, 1)
            nest(column, grid)
            column.addStretch(1)
            nest(columns, column, len(part))
        area = _WholeArea(self)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.installEventFilter(self)
        area.setAccessibleName(words("ui.keys.title"))
        self.sheet.addWidget(area, 1)
        close = KeyButton(words("common.close"), "Esc", parent=self)
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(look.px(16))
        foot.addWidget(Text(words("ui.keys.rule"), "small", self, wrap=True), 1)
        foot.addWidget(close)
        nest(self.sheet, foot)
        area.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            slash = event.key() == Qt.Key.Key_Slash
            if slash or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
        return super().eventFilter(watched, event)
