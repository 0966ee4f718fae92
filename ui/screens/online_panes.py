"""An area of the online screen that is several lists: one behind each chip, one seen at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.presenters.online_view import OnlineView
from desktop.words import Words
from ui.theme import theme
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.pages import Pages

P = TypeVar("P", bound=StrEnum)


class Pane(Protocol):
    """One list with what belongs to it; a widget."""

    def home(self) -> QWidget | None:
        """Where the focus belongs."""
        ...

    def show_view(self, view: OnlineView) -> None:
        """Draw the view; called only while this pane is seen."""
        ...


class PanesPage(QWidget, Generic[P]):
    """`add` puts a pane behind its chip; `name` names the row of chips."""

    def __init__(
        self, words: Words, name: str, kind: type[P], turn: Callable[[P], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.words = words
        self.chips = ChipBar(words(name), self)
        self.chips.chosen.connect(lambda key: turn(kind(key)))
        self._panes: dict[P, Pane] = {}
        self._stack = Pages(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme().px(12))
        whole.addWidget(self.chips)
        whole.addWidget(self._stack, 1)

    def add(self, key: P, pane: Pane) -> None:
        """One more pane; the first is seen."""
        assert isinstance(pane, QWidget)
        self._panes[key] = pane
        self._stack.addWidget(pane)

    def home(self) -> QWidget | None:
        return list(self._panes.values())[self._stack.currentIndex()].home()

    def show_panes(self, view: OnlineView, now: P, counts: Mapping[P, int]) -> None:
        """The pane that is turned to, and how much every one of them has."""
        self.chips.show_chips(
            [Chip(key.value, self.words.of(key), counts[key] or None) for key in self._panes],
            now.value,
        )
        self._stack.setCurrentIndex(list(self._panes).index(now))
        self._panes[now].show_view(view)
