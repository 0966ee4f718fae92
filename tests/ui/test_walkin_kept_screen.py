"""F3 after a kill: a half-answered question stands over its case again, as it was left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Draft
from desktop.domain.service import Service
from desktop.presenters.asking import Asking
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.test_walkin_back import asked, waiting
from tests.walks.steps import case
from tests.walks.world import IDS_OF_THE_OFFICE, open_world
from ui.popup import Popup
from ui.screens.stock_dialogs import AskForm
from ui.widgets.reasons import ReasonDialog

KEY = Qt.Key


def test_a_case_ends_by_enter_and_not_by_one_digit(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    hands.press(KEY.Key_B, CTRL)
    hands.hit(KEY.Key_2)
    assert not case(hands.world, app).ended
    hands.hit(KEY.Key_Return)
    assert case(hands.world, app).state is S.CANCELLED


def test_a_refusal_half_written_stands_over_its_case_after_a_kill(
    hands: Hands, profile: Path, qtbot: QtBot, words: Words
) -> None:
    app = waiting(hands, Service.RENEWAL)
    hands.press(KEY.Key_R, CTRL)
    hands.hit(KEY.Key_9)
    hands.type("Datanya tid")

    made = open_hands(
        open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 2), qtbot, words
    )
    try:
        made.sign_in("andi")
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReasonDialog))
        sheet = QApplication.activeModalWidget()
        assert isinstance(sheet, ReasonDialog)
        assert made.app.id == app.id
        assert (sheet.list.chosen, sheet.note.text()) == ("other", "Datanya tid")
        made.type("ak cocok.")
        made.hit(KEY.Key_Return)
        assert case(made.world, app).state is S.REJECTED
        with made.desk.ledger.reading() as r:
            assert r.find(Draft) == []
    finally:
        close(made)


def test_a_seized_card_half_written_stands_again(hands: Hands, qtbot: QtBot) -> None:
    waiting(hands, Service.REPLACE_LOST)
    asked(hands)
    hands.hit(KEY.Key_2)
    hands.type("TILANG-0001")
    hands.hit(KEY.Key_Return)
    hands.type("Satlan")
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm)
    again(hands.counter.walk_in, sheet)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, AskForm)
    told = {"reference": "TILANG-0001", "authority": "Satlan", "settle_at": ""}
    assert last.answers() == told
    hands.hit(KEY.Key_Escape)
    assert hands.view.asked is None


def again(presenter: Asking[Any], sheet: Popup) -> None:
    """As it is after a kill: nobody gave up what was answered, and the screen finds it."""
    assert presenter.view.asked is not None
    sheet.rejected.disconnect()
    sheet.close()
    presenter.show(asked=replace(presenter.view.asked, again=True))
