"""F1: the chapter of the open screen, beside the work, from Markdown that lies with the program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDockWidget, QTextBrowser, QWidget

from desktop.words import Words
from ui.theme import RESOURCES, theme

FOLDER = RESOURCES / "help"


def chapter(language: str, key: str, folder: Path = FOLDER) -> str:
    """A screen's chapter, or the first page where it has none."""
    for name in (key, "index"):
        path = folder / language / f"{name}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


class HelpDock(QDockWidget):
    """The manual at the window's right; links lead to other chapters."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words("ui.help"), parent)
        look = theme()
        self._language = words.language
        self.setObjectName("help")
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setAllowedAreas(Qt.DockWidgetArea.RightDockWidgetArea)
        self.browser = QTextBrowser(self)
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(words("ui.help"))
        self.browser.anchorClicked.connect(self._follow)
        self.browser.setFont(look.font(14))
        self.browser.setMinimumWidth(look.px(340))
        self.setWidget(self.browser)
        self._key = ""
        self.hide()

    @property
    def key(self) -> str:
        """The chapter on show."""
        return self._key

    def show_chapter(self, key: str) -> None:
        """Open a screen's chapter."""
        self._key = key
        self.browser.setMarkdown(chapter(self._language, key))

    def _follow(self, url: QUrl) -> None:
        name = Path(url.path()).stem
        if url.isRelative() and name.replace("_", "").isalnum():
            self.show_chapter(name)
