"""The areas of a screen: one chip and one digit each, in the order of their enum.

Words are taken by the screen's name: `stock.areas` names the bar, `stock.area.close` a chip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtGui import QAction

from ui.screens.screen import Screen
from ui.widgets.chips import Chip, ChipBar

A = TypeVar("A", bound=StrEnum)


class Areas(Generic[A]):
    """`chips` is the bar to place; `bind_keys` gives the screen the digits."""

    def __init__(
        self, screen: Screen, name: str, kind: type[A], turn: Callable[[A], object]
    ) -> None:
        self._screen, self._name, self._kind, self._turn = screen, name, kind, turn
        self.chips = ChipBar(screen.words(f"{name}.areas"), screen)
        self.chips.chosen.connect(lambda key: turn(kind(key)))
        self._digits: list[QAction] = []

    def bind_keys(self) -> None:
        """1 turns to the first area, and so on; one line tells it in the list of keys."""
        for number, area in enumerate(self._kind, 1):
            action = self._screen.act(
                f"{self._name}.area.{area}", str(number),
                lambda area=area: self._turn(area), hidden=number > 1,
            )  # fmt: skip
            action.setProperty("keys", f"1–{len(self._kind)}")
            action.setProperty("told", self._screen.words(f"{self._name}.areas"))
            self._digits.append(action)

    def allow(self, on: bool) -> None:
        """Whether the digits turn to anything; the list of keys names them only then."""
        for action in self._digits:
            action.setEnabled(on)

    def show(self, current: A, counts: Mapping[A, int]) -> None:
        """Where one is, and how much waits where; nothing waiting isn't counted."""
        words = self._screen.words
        self.chips.show_chips(
            [
                Chip(
                    area,
                    f"{number}  {words(f'{self._name}.area.{area}')}",
                    counts.get(area) or None,
                )
                for number, area in enumerate(self._kind, 1)
            ],
            current,
        )
