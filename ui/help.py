"""F1: the chapter of the open screen, from Markdown that lies with the program.

It covers the right of the work instead of squeezing it, so that no form is laid out anew; F1 or
Esc closes it, and the focus is again where it was.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHideEvent,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QFrame, QTextBrowser, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.words import Words
from ui.theme import RESOURCES, theme
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Rule, Text, row
from ui.widgets.nesting import nest

FOLDER = RESOURCES / "help"
SHADE, DARKEST = 28, 70
"""Width of the pane's shadow, at usual text, and its alpha (of 255) at the pane's edge."""


def chapter(language: str, key: str, folder: Path = FOLDER) -> str:
    """A screen's chapter, or the first page where it has none."""
    for name in (key, "index"):
        path = folder / language / f"{name}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


class _Shade(QWidget):
    """The pane's shadow on the work beneath: what it covers goes on under it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        fall = QLinearGradient(0, 0, self.width(), 0)
        fall.setColorAt(0, QColor(0, 0, 0, 0))
        fall.setColorAt(1, QColor(0, 0, 0, DARKEST))
        QPainter(self).fillRect(self.rect(), fall)


class HelpPane(QFrame):
    """The manual over `host`'s right side; links lead to other chapters.

    `lost` comes at its closing, when what had the focus is gone or covered by now.
    """

    lost = Signal()

    def __init__(self, words: Words, host: QWidget) -> None:
        super().__init__(host)
        look = theme()
        self._language = words.language
        self._key = ""
        self._before: QWidget | None = None
        self.setObjectName("popup")
        self.setStyleSheet("QFrame#popup { border-radius: 0; }")
        self.browser = QTextBrowser(self)
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(words("ui.help"))
        self.browser.anchorClicked.connect(self._follow)
        self.browser.document().setDefaultFont(look.font(14))
        self.browser.document().setDocumentMargin(look.px(6))
        self.browser.installEventFilter(self)
        close = KeyButton(words("common.close"), "F1", kind="quiet", parent=self)
        close.clicked.connect(self.put_away)
        head = row(Text(words("ui.help"), "heading", self))
        head.addStretch(1)
        head.addWidget(close)
        head.setContentsMargins(look.px(20), look.px(10), look.px(10), look.px(8))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        nest(whole, head)
        whole.addWidget(Rule(self))
        whole.addWidget(self.browser, 1)
        host.installEventFilter(self)
        self._shade = _Shade(host)
        self.hide()

    @property
    def key(self) -> str:
        """The chapter on show."""
        return self._key

    def show_chapter(self, key: str) -> None:
        """Open a screen's chapter."""
        self._key = key
        self.browser.setMarkdown(chapter(self._language, key))
        self._set_type()

    def open_chapter(self, key: str) -> None:
        """Show the pane with a screen's chapter."""
        self._before = QApplication.focusWidget()
        self.show_chapter(key)
        self._place()
        self.show()
        self._shade.show()
        self._shade.raise_()
        self.raise_()
        self.browser.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Close it; whoever was typing goes on typing."""
        before, self._before = self._before, None
        self.hide()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.lost.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._shade.hide()

    def _set_type(self) -> None:
        """Qt sets Markdown solid; give it air."""
        look = theme()
        document = self.browser.document()
        document.setIndentWidth(look.px(22))
        block, listed = document.begin(), False
        while block.isValid():
            cursor = QTextCursor(block)
            manner = block.blockFormat()
            heading = manner.headingLevel()
            manner.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            before, listed = listed, bool(block.textList())
            above = 14 if heading > 1 else 8 if before and not listed else 0
            manner.setTopMargin(look.px(above))
            manner.setBottomMargin(look.px(4 if listed else 8))
            cursor.setBlockFormat(manner)
            if heading:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                letters = cursor.charFormat()
                size = 20 if heading == 1 else 15
                letters.setFont(look.font(size, QFont.Weight.DemiBold))
                cursor.mergeCharFormat(letters)
            block = block.next()
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _place(self) -> None:
        host = self.parentWidget()
        if host is not None:
            width = min(theme().px(430), host.width() // 2)
            self.setGeometry(host.width() - width, 0, width, host.height())
            shade = theme().px(SHADE)
            self._shade.setGeometry(host.width() - width - shade, 0, shade, host.height())

    def _follow(self, url: QUrl) -> None:
        name = Path(url.path()).stem
        if url.isRelative() and name.replace("_", "").isalnum():
            self.show_chapter(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        elif (
            event.type() == QEvent.Type.ShortcutOverride
            and self.isVisible()  # the host's keys pass here too: Esc belongs to the screen else
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            self.put_away()
            return True
        return super().eventFilter(watched, event)
