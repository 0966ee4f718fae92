"""What a screen names its own methods can't break what every screen is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.words import Words
from ui.screens.screen import Screen


class Busy(Screen):
    """A screen whose author didn't read the base: its own `_step` and `_do`."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.done: list[str] = []
        self.go = self.act("common.close", "J", lambda: self.done.append("went"), primary=True)

    def _step(self) -> str:
        return "a method of its own"

    def _do(self) -> None:
        self.done.append("another thing")

    def _commit_focus(self) -> None:
        self.done.append("yet another")


def test_a_screen_may_name_its_methods_as_it_likes(qtbot: QtBot, words: Words) -> None:
    screen = Busy(words)
    qtbot.addWidget(screen)
    screen.set_step("photo")
    screen.set_step("photo")
    assert screen._step() == "a method of its own"
    screen.guard.entered = lambda: screen.done.append("entered")  # type: ignore[method-assign]
    screen.set_step("photo")
    assert screen.done == []
    screen.set_step("signature")
    assert screen.done == ["entered"]
    screen.guard.allows = lambda: True  # type: ignore[method-assign]
    screen.go.trigger()
    assert screen.done == ["entered", "went"]
