"""Before a card is spoiled, both values of each changed field are read whole on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.service import Channel
from desktop.presenters.cards_view import CardStep, Change
from desktop.words import LANGUAGES, Words
from tests.ui.counter_world import Hands, close, open_hands
from tests.ui.test_cards_screen import desk, made, screen
from tests.walks.world import IDS_OF_THE_OFFICE, open_world
from ui.widgets.labels import Hanging

LONG = "RADEN RORO TATANG YUDI RAHARDJO KUSUMANINGRAT SURYADININGRA"
"""One letter short of sixty."""


@pytest.fixture(params=LANGUAGES)
def hands(
    request: pytest.FixtureRequest, profile: Path, qapp: QApplication, qtbot: QtBot
) -> Iterator[Hands]:
    words = Words.load(str(request.param))
    opened = open_hands(open_world(profile, ids_used=IDS_OF_THE_OFFICE), qtbot, words)
    yield opened
    close(opened)


def cell(hands: Hands, column: int) -> QImage:
    """What is seen of the first row's cell, without its edge."""
    table = screen(hands).compare.table
    seen: QRect = table.visualRect(table.rows_model.index(0, column))
    assert table.viewport().rect().contains(seen), "it is in sight, and whole"
    return table.viewport().grab(seen.adjusted(2, 2, -2, -2)).toImage()


def compared(hands: Hands, before: str, after: str) -> tuple[QImage, QImage]:
    page, view = screen(hands).compare, desk(hands).view
    page.show_view(replace(view, changes=(Change("name", before, after),)))
    return cell(hands, 1), cell(hands, 2)


@pytest.mark.parametrize("start", [LONG, LONG.replace(" ", "")])
def test_a_long_value_is_compared_to_its_last_letter(hands: Hands, start: str) -> None:
    app = made(hands, out=False)
    hands.sign_in("andi")
    hands.window.open_screen("cards", app.id)
    desk(hands).begin_correction()
    desk(hands).field_changed("name", start)
    desk(hands).compare()
    printed, right = compared(hands, start + "B", start + "R")
    other_printed, other_right = compared(hands, start + "R", start + "B")
    assert printed != other_printed, "only the last letter differs"
    assert right != other_right


def test_of_a_file_from_home_it_is_said_that_it_is_verified_anew(hands: Hands) -> None:
    app = made(hands, out=False)
    hands.sign_in("andi")
    hands.window.open_screen("cards", app.id)
    page, view, words = screen(hands).typing, desk(hands).view, hands.window.words
    assert view.record is not None
    from_home = replace(view.record, app=replace(app, channel=Channel.ONLINE))
    page.show_view(replace(view, record=from_home, step=CardStep.TYPING))
    told = [line.text() for line in page.will.findChildren(Hanging) if not line.isHidden()]
    assert words("cards.will.approval_online") in told
    assert words("cards.will.approval") not in told
