"""What was chosen and who sat here is there again at the next start."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.settings import Look, keep_look
from desktop.words import Words
from tests.ui.counter_world import close, open_hands
from tests.walks.world import IDS_OF_THE_OFFICE, PASSWORDS, open_world
from ui.app import set_locale
from ui.commands.run import dressed
from ui.theme import apply_theme, theme, theme_of
from ui.translator import WordsTranslator
from ui.widgets.buttons import KeyButton

CHOSEN = Look(theme="dark", text_scale=130, large_targets=True)


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[None]:
    """The tests' own look and language afterwards."""
    look, known = theme(), qapp.findChildren(WordsTranslator)
    yield
    for translator in qapp.findChildren(WordsTranslator):
        if translator not in known:
            qapp.removeTranslator(translator)
            translator.deleteLater()
    set_locale("id")
    for widget in qapp.topLevelWidgets():  # styling all that a window holds takes seconds
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    apply_theme(qapp, look)


@pytest.mark.usefixtures("undressed")
def test_the_next_start_keeps_language_look_and_who_sat_here(
    profile: Path, qapp: QApplication, qtbot: QtBot, words: Words
) -> None:
    first = open_hands(open_world(profile, ids_used=IDS_OF_THE_OFFICE), qtbot, words)
    first.sign_in("bambang")
    close(first)
    keep_look(profile, "en", CHOSEN)

    settings, spoken, _app = dressed(argparse.Namespace(), profile)
    assert (settings.language, spoken.language, theme()) == ("en", "en", theme_of(CHOSEN))
    again = open_hands(open_world(profile, ids_used=IDS_OF_THE_OFFICE * 2), qtbot, spoken)
    window, look = again.window, theme()
    assert window.sign_in.table.current_key() == PASSWORDS["bambang"][0]
    assert window.palette().color(QPalette.ColorRole.Window) == look.colour("canvas")
    assert look.colour("canvas").lightnessF() < 0.3
    again.sign_in("bambang")
    told = f"{spoken('screen.queue.short')} (F2)"
    assert window.navigation.button("queue").toolTip() == told, "folded to icons, in English"
    foot = [b for b in window.findChildren(KeyButton) if b.isVisible() and b.key == "F12"]
    assert [button.height() for button in foot] == [look.button_height] * len(foot)
    close(again)
