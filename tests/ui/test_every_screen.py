"""What holds for every screen of the real window: a home for the focus, keys, words, a chapter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from desktop.words import LANGUAGES, Words
from tests.ui.counter_world import Hands
from tests.walks.world import PASSWORDS
from ui.screens.entries import screen_entries

HELP = Path(__file__).resolve().parents[2] / "resources" / "help"
KEYS = [entry.key for entry in screen_entries(cast("None", None), cast("None", None), None)]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_its_chapter_of_help(language: str) -> None:
    chapters = {path.stem: path.read_text("utf-8") for path in (HELP / language).glob("*.md")}
    assert {*KEYS, "signin", "find", "keys"} <= chapters.keys()
    assert all(len(text.split()) > 20 for text in chapters.values())


WINDOW_KEYS = {"F1", "F11", "F12", "Ctrl+K", "Ctrl+/"}
SCREEN_KEYS = {
    "queue": {"F2", "P", "L", "T"},
    "walk_in": {"F3", "Ctrl+S", "Alt+Left", "Space", "Return"},
    "online": {"F4", "J", "Ctrl+Return"},
    "sync": {"F5"},
    "returns": {"F6", "K", "A", "M"},
    "stock": {"F7", "Ctrl+Return"},
    "devices": {"F8", "T", "L", "G"},
    "supervisor": {"F9", "A"},
}
"""The keys by which officers know this window; each opens its screen or works on it."""


def keys_of(actions: Iterable[QAction]) -> set[str]:
    return {key.toString() for action in actions for key in action.shortcuts()}


def opened(hands: Hands) -> dict[str, QWidget]:
    """Every screen, opened by its key by an officer who may; with the last one shown."""
    found: dict[str, QWidget] = {}
    for officer in ("andi", "bambang"):
        hands.desk.duty.sign_in(*PASSWORDS[officer])
        hands.window.refresh_session()
        for key, action in hands.window.screen_actions.items():
            if key in found or not action.isEnabled():
                continue
            action.trigger()
            QApplication.processEvents()
            screen = hands.window.current_screen
            assert screen is not None
            assert hands.window.opened_screen(key) is screen
            home = screen.home_focus() or screen
            home = home if home.isVisible() else screen  # an empty list isn't shown
            focus = QApplication.focusWidget()
            assert focus is not None
            assert home is focus or home.isAncestorOf(focus), (key, home, focus)
            keys = [k.toString() for act in hands.window.live_actions() for k in act.shortcuts()
                    if act.isEnabled()]  # fmt: skip
            assert sorted(keys) == sorted(set(keys)), key
            found[key] = screen
    return found


def test_each_has_a_home_for_the_focus_own_keys_and_words_for_all_it_does(hands: Hands) -> None:
    screens = opened(hands)
    assert set(screens) == set(KEYS)
    languages = [Words.load(language) for language in LANGUAGES]
    lacking = [
        (key, action.objectName())
        for key, screen in screens.items()
        for action in screen.findChildren(QAction)
        if action.objectName()
        and not (action.shortcuts() and all(action.objectName() in words for words in languages))
    ]
    assert lacking == []
    window = hands.window
    assert keys_of(window.window_actions) >= WINDOW_KEYS
    for key, wanted in SCREEN_KEYS.items():
        own = {*screens[key].findChildren(QAction), window.screen_actions[key]}
        assert keys_of(own) >= wanted, (key, wanted - keys_of(own))
