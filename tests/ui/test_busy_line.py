"""The line that says what is waited for is read whole, also where the acts leave it little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.words import LANGUAGES, Words
from ui.theme import theme
from ui.widgets.busy_line import BusyLine

BESIDE_FIVE_ACTS = {"id": 229, "en": 221}
"""What is left between the acts at the handover and the way on, at 1366 points; at the requirements
it is a little more."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("doing", ["doing.read_sim", "doing.look_at_card", "doing.see_code"])
def test_what_is_waited_for_and_how_to_stop_are_read_whole(
    qtbot: QtBot, language: str, doing: str
) -> None:
    words, host = Words.load(language), QWidget()
    qtbot.addWidget(host)
    line = BusyLine(words, host)
    line.tell(doing, cancellable=True)
    line.resize(BESIDE_FIVE_ACTS[language], line.sizeHint().height())
    lines = line.lines()
    assert " ".join(lines) == f"{words(doing)} {words('walkin.esc_cancels')}"
    metrics = QFontMetricsF(theme().font(13))
    assert max(map(metrics.horizontalAdvance, lines)) <= line.width() - theme().px(24)
    assert metrics.height() * len(lines) <= line.height()


def test_where_it_can_t_be_whole_the_way_to_stop_stays(qtbot: QtBot) -> None:
    words, host = Words.load("en"), QWidget()
    qtbot.addWidget(host)
    line = BusyLine(words, host)
    line.tell("doing.read_sim", cancellable=True)
    line.resize(140, 36)
    assert line.lines()[0].endswith("…")
    assert line.lines()[1] == words("walkin.esc_cancels")
    assert line.toolTip() == words("doing.read_sim")
