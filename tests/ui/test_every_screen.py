"""What holds for every screen of the real window: a home for the focus, keys, names, a chapter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.settings import Look
from desktop.words import LANGUAGES, Words
from tests.ui.counter_world import Hands, close, open_hands
from tests.ui.test_walkin_screen import cut_off
from tests.ui.test_window import labelled
from tests.walks.world import IDS_OF_THE_OFFICE, PASSWORDS, open_world
from ui.screens.card_reading import _KEYS as READING_KEYS
from ui.screens.entries import screen_entries
from ui.simulator_panel import SimulatorPanel
from ui.theme import apply_theme, theme, theme_of
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import Form

HELP = Path(__file__).resolve().parents[2] / "resources" / "help"
KEYS = [entry.key for entry in screen_entries(cast("None", None), cast("None", None), None)]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_its_chapter_of_help(language: str) -> None:
    chapters = {path.stem: path.read_text("utf-8") for path in (HELP / language).glob("*.md")}
    assert {*KEYS, "signin", "find", "keys"} <= chapters.keys()
    assert all(len(text.split()) > 20 for text in chapters.values())
    assert [name for name, text in chapters.items() if "main.py" in text] == [], "not an officer's"


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


@pytest.fixture(params=LANGUAGES)
def large(
    request: pytest.FixtureRequest, profile: Path, qapp: QApplication, qtbot: QtBot
) -> Iterator[Hands]:
    """A counter with the largest text and targets, in the dark, in each language."""
    before = theme()
    apply_theme(qapp, theme_of(Look(theme="dark", text_scale=130, large_targets=True)))
    words = Words.load(str(request.param))
    made = open_hands(open_world(profile, ids_used=IDS_OF_THE_OFFICE), qtbot, words)
    yield made
    close(made)
    made.window.deleteLater()  # styling all its widgets again would take seconds
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    apply_theme(qapp, before)


def opened(
    hands: Hands, look: Callable[[str, QWidget], object] = lambda _key, _screen: None
) -> dict[str, QWidget]:
    """Every screen, opened by its key by an officer who may, and looked at while it is shown."""
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
            look(key, screen)
    return found


def nameless(screen: QWidget) -> list[str]:
    """What takes the focus and a reader of screens has no word for."""
    labels = screen.findChildren(QLabel)
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in screen.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.isHidden()
        and not labelled(widget, labels)
        and not widget.objectName().startswith("qt_")
        and type(widget).__name__ not in ("QHeaderView", "QScrollBar", "QListView")
    ]


def out_of_reach(screen: QWidget) -> list[str]:
    """What Tab passes by on its way round the window."""
    reached: set[QWidget] = set()
    focus = QApplication.focusWidget()
    while focus is not None and focus not in reached:
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
    return [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in screen.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget not in reached
    ]


def one_letter_for_two(screen: QWidget) -> list[str]:
    """Labels of one form that Alt and the same letter would jump to."""
    found: list[str] = []
    for form in screen.findChildren(Form):
        labels = [label.text() for label in form._labels.values()]
        letters = [m[1].casefold() for text in labels for m in re.finditer(r"&(\w)", text)]
        twice = {letter for letter, count in Counter(letters).items() if count > 1}
        found += [t for t in labels if any(f"&{letter}" in t.casefold() for letter in twice)]
    return found


def faults(screen: QWidget) -> list[str]:
    """What somebody who hears the window, or has the keyboard alone, would stumble over."""
    looks = (nameless, out_of_reach, one_letter_for_two, cut_off)
    return [f"{look.__name__}: {told}" for look in looks for told in look(screen)]


BRIGHT = 0.6
"""Lightness above which no ground of the dark mode lies, only text and marks."""
MOST_BRIGHT = 0.08
"""Text covers less of any screen than this."""


def bright(window: QWidget) -> float:
    """How much of the window is bright, its pictures of people and papers included."""
    picture = window.grab().toImage()
    places = [(x, y) for x in range(0, picture.width(), 5) for y in range(0, picture.height(), 5)]
    light = sum(picture.pixelColor(x, y).lightnessF() > BRIGHT for x, y in places)
    return light / len(places)


def test_large_and_dark_each_is_whole_and_worked_by_the_keyboard(large: Hands) -> None:
    found: dict[str, list[str]] = {}
    share: dict[str, float] = {}

    def look(key: str, screen: QWidget) -> None:
        found[key] = faults(screen)
        share[key] = bright(large.window)

    opened(large, look)
    assert found == {key: [] for key in KEYS}
    assert {key: part for key, part in share.items() if part > MOST_BRIGHT} == {}


BOLD = re.compile(r"\*\*([^*]+)\*\*")
KEY = re.compile(r"((?:Ctrl|Alt)\+)?(F\d+|[A-Z\d/,]|Enter|Esc|Spasi|Space|←→)(?: .*)?")
QT_NAMES = {"Enter": "Return", "Spasi": "Space", "←→": "Left"}
OF_SHEETS_AND_LISTS = {"Return", "Esc", "Ctrl+Return", "Space"}
ELSEWHERE = {
    "cards": {"walk_in"},  # an order is found where a licence is read there too
    "sync": {"walk_in"},
    "signin": {"supervisor"},  # who gives a one-time code
}
"""Chapters that send to another screen's keys."""


def unknown_keys(known_on: Mapping[str, set[str]], everywhere: set[str]) -> list[tuple[str, str]]:
    """Keys that a chapter tells in bold and its screen doesn't know."""
    found: list[tuple[str, str]] = []
    for path in sorted(HELP.glob("*/*.md")):
        places = {path.stem, *ELSEWHERE.get(path.stem, ())}
        known = everywhere.union(*(known_on.get(place, ()) for place in places))
        for told in BOLD.findall(path.read_text("utf-8")):
            key = KEY.fullmatch(told)
            wanted = (key[1] or "") + QT_NAMES.get(key[2], key[2]) if key is not None else ""
            if wanted and wanted not in known:
                found.append((f"{path.parent.name}/{path.name}", told))
    return found


def test_each_has_a_home_for_the_focus_own_keys_and_words_for_all_it_does(hands: Hands) -> None:
    panels: list[SimulatorPanel] = []
    found: dict[str, list[str]] = {}

    def look(key: str, screen: QWidget) -> None:
        found[key] = faults(screen)
        if key == "devices":
            hands.press(Qt.Key.Key_G)
            panels.extend(screen.findChildren(SimulatorPanel))
            hands.press(Qt.Key.Key_G)

    screens = opened(hands, look)
    assert found == {key: [] for key in KEYS}
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
    there = {key: keys_of(screen.findChildren(QAction)) for key, screen in screens.items()}
    there["cards"] |= {key for _, key in READING_KEYS.values()}
    there["devices"] |= {b.key for panel in panels for b in panel.findChildren(KeyButton)}
    assert unknown_keys(there, keys_of(window.actions()) | OF_SHEETS_AND_LISTS) == []
