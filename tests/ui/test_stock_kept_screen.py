"""F7 after a kill: the close stands at the same step with all that was typed, at another desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.officer import RoleMissing
from desktop.presenters.stock_view import CloseStage
from desktop.words import Words
from tests.ui.counter_world import Hands, close, open_hands
from tests.walks.world import IDS_OF_THE_OFFICE, PASSWORDS, open_world
from ui.screens.stock import StockScreen
from ui.screens.stock_dialogs import AskForm

KEY = Qt.Key
LOT = "2603"


def screen(hands: Hands) -> StockScreen:
    found = hands.window.current_screen
    assert isinstance(found, StockScreen)
    return found


def test_after_a_kill_the_close_stands_where_it_was(
    hands: Hands, profile: Path, qtbot: QtBot, words: Words
) -> None:
    hands.sign_in("nyoman")
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_2)
    field = screen(hands).close_page.counting.fields[LOT]
    assert field.hasFocus()
    hands.type("47")  # and not a key more

    made = open_hands(
        open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 2), qtbot, words
    )
    last: Hands | None = None
    try:
        made.sign_in("rahmat")
        assert screen(made).close_page.counting.counts() == {LOT: 47}
        said = screen(made).presenter.view.said
        assert said is not None
        assert said.message_id == "stock.going_on"
        assert screen(made).presenter.view.stage is CloseStage.COUNT
        made.press(KEY.Key_Return)
        made.press(KEY.Key_Return)
        assert screen(made).presenter.view.stage is CloseStage.RECKON
        made.press(KEY.Key_S)
        made.type("Sisanya di bri")

        last = open_hands(
            open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 3),
            qtbot, words,
        )  # fmt: skip
        last.sign_in("nyoman")
        page = screen(last).close_page
        assert screen(last).presenter.view.stage is CloseStage.RECKON
        assert page.reckoning.statement.toPlainText() == "Sisanya di bri"
        assert last.focus is page.reckoning.statement, "S would keep half a sentence"
        last.type("nkas.")
        last.hit(KEY.Key_Escape)
        last.press(KEY.Key_S)
        found = screen(last).presenter.view.reckoning
        assert found is not None
        assert found.statement == "Sisanya di brinkas."
    finally:
        for one in (made, last):
            if one is not None:
                close(one)


def test_a_count_that_was_emptied_stays_empty(hands: Hands) -> None:
    hands.sign_in("nyoman")
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_2)
    counting = screen(hands).close_page.counting
    hands.type("479")
    assert screen(hands).presenter.view.counts == {LOT: 479}
    hands.hit(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.hit(KEY.Key_Delete)
    assert screen(hands).presenter.view.counts == {}, "kept at every key"
    hands.hit(KEY.Key_Escape)
    hands.press(KEY.Key_F2)
    hands.press(KEY.Key_F7)
    assert counting.fields[LOT].text().strip() == ""
    assert counting.counts() == {}
    counting.fields[LOT].setFocus()
    hands.type("12")
    assert counting.counts() == {LOT: 12}


def test_a_number_that_was_taken_out_is_asked_for_not_acted_upon(hands: Hands) -> None:
    hands.sign_in("nyoman")
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_A)
    hands.type("25")
    hands.hit(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.hit(KEY.Key_Delete)
    hands.hit(KEY.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm), "still asked"
    hands.type("30")
    assert sheet.answers() == {"count": "30"}
    hands.hit(KEY.Key_Return)
    assert QApplication.activeModalWidget() is None


def test_used_ribbon_that_was_taken_out_is_none(hands: Hands) -> None:
    hands.sign_in("nyoman")
    for lot in ("PITA-88", "PITA-89"):
        hands.desk.care.change_ribbon(hands.desk.duty.actor(), "card_printer", lot, 0)
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_4)
    ribbons = screen(hands).destroying.ribbons
    ribbons.setFocus()
    hands.type("2")
    assert screen(hands).presenter.view.ribbons == 2
    hands.hit(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.hit(KEY.Key_Delete)
    assert screen(hands).presenter.view.ribbons == 0
    hands.type("1")
    assert screen(hands).presenter.view.ribbons == 1


def test_a_transfer_half_typed_opens_again_as_it_was_left(hands: Hands, qtbot: QtBot) -> None:
    hands.sign_in("nyoman")
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_P)
    hands.type("25")
    hands.hit(KEY.Key_Return)
    hands.type("1375")
    presenter = screen(hands).presenter
    asked = presenter.view.asked
    assert asked is not None
    assert asked.answers == {"count": "25", "office": "1375", "letter": ""}
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm)
    sheet.rejected.disconnect()  # as it is after a kill: nobody gave the answers up
    sheet.close()
    presenter.show(asked=replace(asked, again=True))
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, AskForm)
    assert last.answers() == asked.answers
    hands.hit(KEY.Key_Return)
    hands.type("ND/7")
    assert last.answers()["letter"] == "ND/7"
    hands.hit(KEY.Key_Escape)
    assert presenter.view.asked is None


def test_a_number_half_typed_stands_in_its_job_again(hands: Hands, qtbot: QtBot) -> None:
    """Two jobs' numbers: how many are handed out, and which letter somebody brings."""
    hands.sign_in("nyoman")
    hands.press(KEY.Key_F7)
    presenter = screen(hands).presenter
    for area, key, digits in ((KEY.Key_1, KEY.Key_A, "45"), (KEY.Key_3, KEY.Key_N, "30017")):
        hands.press(area)
        hands.press(key)
        hands.type(digits)
        asked = presenter.view.asked
        assert asked is not None
        assert list(asked.answers.values()) == [digits]
        sheet = QApplication.activeModalWidget()
        assert isinstance(sheet, AskForm)
        sheet.rejected.disconnect()  # as it is after a kill: nobody gave the answer up
        sheet.close()
        presenter.show(asked=replace(asked, again=True))
        qtbot.waitUntil(lambda old=sheet: QApplication.activeModalWidget() not in (None, old))
        last = QApplication.activeModalWidget()
        assert isinstance(last, AskForm)
        assert last.answers() == asked.answers
        hands.hit(KEY.Key_Escape)
        assert presenter.view.asked is None


def test_f12_preselects_who_counts_after_a_refusal(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F7)
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_T)
    assert isinstance(screen(hands).presenter.view.problem, RoleMissing)
    hands.press(KEY.Key_F12)
    assert hands.counter.sign_in.view.suggested == PASSWORDS["nyoman"][0]
