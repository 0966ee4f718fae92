"""Pages of which one is seen, and which ask for no more room than the seen one needs.

A QStackedWidget wants the room of its largest page, and scrolls a small one for it.
"""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class Pages(QWidget):
    """One page of several; hidden ones take no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: list[QWidget] = []
        self._current = 0
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)

    def addWidget(self, page: QWidget) -> None:
        """One more page; the first is seen."""
        self._box.addWidget(page)
        page.setVisible(not self._pages)
        self._pages.append(page)

    def setCurrentWidget(self, page: QWidget) -> None:
        """See this page."""
        self.setCurrentIndex(self._pages.index(page))

    def setCurrentIndex(self, index: int) -> None:
        """See the page at this place."""
        if index != self._current:
            self._pages[self._current].hide()
            self._current = index
            self._pages[index].show()

    def currentIndex(self) -> int:
        """Which page is seen."""
        return self._current

    def currentWidget(self) -> QWidget:
        """The page that is seen."""
        return self._pages[self._current]
