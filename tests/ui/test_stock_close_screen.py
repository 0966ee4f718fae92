"""Page 2 of F7: each officer reads there what they can do themselves, and is asked for no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.officer import Officer, RoleMissing
from desktop.domain.stock import DayStillOpen
from desktop.presenters.problems import NobodySigns
from desktop.presenters.stock_view import Area, CloseStage
from desktop.words import Words
from tests.ui.stock_samples import LOT, Room, open_room, stock
from tests.walks.making import approved
from tests.walks.test_retention import later
from tests.walks.world import PASSWORDS
from ui.screens.online_dialogs import YesDialog
from ui.screens.stock import StockScreen
from ui.widgets.reasons import ReasonDialog


@pytest.fixture
def room(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Room]:
    made = open_room(tmp_path / "profile", words, stock, officer="nyoman")
    screen_of(made).presenter.turn_to(Area.CLOSE)
    yield made
    made.close()


def screen_of(room: Room) -> StockScreen:
    assert isinstance(room.screen, StockScreen)
    return room.screen


def key(room: Room, code: Qt.Key, *, ctrl: bool = False) -> None:
    """A key, a good while after the step was shown."""
    screen_of(room).guard._since = float("-inf")
    focus = QApplication.focusWidget()
    assert focus is not None
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(focus, code, held)


def close(room: Room) -> None:
    presenter = screen_of(room).presenter
    presenter.count({LOT: 500})
    presenter.close_shift(*PASSWORDS["bambang"])
    assert presenter.view.stage is CloseStage.CLOSED, presenter.view.problem


def test_the_page_that_is_on_show_is_no_longer_called_for(room: Room) -> None:
    screen = screen_of(room)
    later(room.world, 1)
    screen.presenter.load()
    shift = screen.presenter.view.shift
    assert shift is not None
    assert screen.detail == screen.words("stock.heading.late_here", day=shift.day)
    screen.presenter.turn_to(Area.STOCK)
    assert screen.detail == screen.words("stock.heading.late", day=shift.day)


def test_who_may_not_count_is_told_before_a_number_is_doubted(room: Room) -> None:
    screen = screen_of(room)
    room.world.sign_in("dewi")
    counting = screen.close_page.counting
    assert screen.words("stock.count.others") in counting.lead.text()
    assert screen.words("stock.count.lead") not in counting.lead.text()
    counting.fields[LOT].setValue(49999)
    key(room, Qt.Key.Key_Return)
    assert not any(sheet.isVisible() for sheet in room.window.findChildren(YesDialog))
    assert isinstance(screen.presenter.view.problem, RoleMissing)


@pytest.mark.parametrize(
    "press", [(Qt.Key.Key_S, False), (Qt.Key.Key_Return, True), (Qt.Key.Key_U, False)]
)
def test_who_may_not_count_is_asked_for_no_words_and_no_recount(
    room: Room, press: tuple[Qt.Key, bool]
) -> None:
    screen = screen_of(room)
    screen.presenter.count({LOT: 499})
    room.world.sign_in("dewi")
    code, ctrl = press
    key(room, code, ctrl=ctrl)
    assert isinstance(screen.presenter.view.problem, RoleMissing)
    assert not screen.close_page.reckoning.statement.hasFocus()
    assert screen.presenter.view.stage is CloseStage.RECKON


def test_who_may_not_record_cards_as_missing_is_not_asked_whether_to(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.count({LOT: 499})
    room.world.sign_in("dewi")
    screen.presenter.scan_lot(LOT)
    key(room, Qt.Key.Key_H)
    assert not room.window.findChildren(ReasonDialog)
    assert isinstance(screen.presenter.view.problem, RoleMissing)


def test_only_who_may_open_a_shift_is_told_that_enter_does(room: Room) -> None:
    screen, words = screen_of(room), screen_of(room).words
    close(room)
    done, opens = screen.close_page.done, screen.modes.action("Return")
    assert words("stock.shift_closed.enter") in done.accessibleName()
    assert opens.isEnabled()
    room.world.sign_in("yohana")
    assert screen.presenter.view.stage is CloseStage.CLOSED
    assert "Enter" not in done.accessibleName()
    assert not opens.isEnabled()
    screen.presenter.show(closed=None, stage=CloseStage.NO_SHIFT)
    none = screen.close_page.none
    assert words("stock.no_shift.hint") in none.accessibleName()
    assert "Enter" not in none.accessibleName()
    room.world.sign_in("andi")
    screen.presenter.show(closed=None, stage=CloseStage.NO_SHIFT)
    assert words("stock.no_shift.enter") in none.accessibleName()
    assert opens.isEnabled()


@pytest.mark.parametrize("counted", [500, 499])
def test_a_right_count_is_no_close_while_a_card_is_uninspected(room: Room, counted: int) -> None:
    screen, world = screen_of(room), room.world
    world.sign_in("andi")
    app = approved(world, 9)
    world.desk.issuing.issue(world.by, app.id)
    world.sign_in("nyoman")
    screen.presenter.count({LOT: counted})
    banner = screen.close_page.reckoning.banner
    if counted == 499:
        screen.presenter.state("Satu kartu tidak ditemukan di laci.")
    way = screen.presenter.view.standing
    assert way.blocks
    told = screen.words.problem(
        DayStillOpen(in_doubt=len(way.in_doubt), at_printer=len(way.at_printer))
    )
    assert told.remedy in banner.remedy.text()
    assert "Ctrl+Enter" not in banner.remedy.text()


def test_after_the_only_supervisor_counted_the_next_officer_is_told_to_count(room: Room) -> None:
    screen, words = screen_of(room), screen_of(room).words
    room.world.sign_in("bambang")
    screen.presenter.count({LOT: 500})
    banner = screen.close_page.reckoning.banner
    assert banner.remedy.text() == words.problem(NobodySigns()).remedy
    for officer, reason in (("nyoman", "other"), ("dewi", "elsewhere")):
        room.world.sign_in(officer)
        told = words.problem(NobodySigns(reason=reason)).remedy
        assert banner.remedy.text() == told
        key(room, Qt.Key.Key_Return, ctrl=True)
        problem = screen.presenter.view.problem
        assert isinstance(problem, NobodySigns)
        assert problem.reason == reason
        assert screen.banner.remedy.text() == told
        screen.presenter.dismiss()
    room.world.sign_in("nyoman")
    screen.presenter.count({LOT: 500})
    assert banner.remedy.text() == words("stock.even.remedy")


def test_where_nobody_is_a_supervisor_who_counted_is_not_sent_to_count_again(room: Room) -> None:
    screen, words, ledger = screen_of(room), screen_of(room).words, room.world.desk.ledger
    only = PASSWORDS["bambang"][0]
    with ledger.acting(room.world.by) as w:
        w.change(w.get(Officer, only), active=False)
        w.record("test.duties", only, {})
    told = words.problem(NobodySigns(reason="nobody"))
    assert told.text != words.problem(NobodySigns()).text
    screen.presenter.count({LOT: 500})
    for officer in ("nyoman", "dewi"):
        room.world.sign_in(officer)
        assert screen.close_page.reckoning.banner.remedy.text() == told.remedy
        key(room, Qt.Key.Key_Return, ctrl=True)
        assert isinstance(screen.presenter.view.problem, NobodySigns)
        assert screen.banner.remedy.text() == told.remedy
        screen.presenter.dismiss()


@pytest.mark.parametrize(("below", "reason"), [("dewi", "over"), ("sri", "")])
def test_after_a_take_over_the_way_to_another_officer_is_f12_s_there(
    room: Room, below: str, reason: str
) -> None:
    """It gives the counter back; it locks at once only over who decides for others."""
    screen, words = screen_of(room), screen_of(room).words
    room.world.sign_in(below)
    room.world.take_over("bambang")
    screen.presenter.count({LOT: 500})
    told = words.problem(NobodySigns(reason=reason)).remedy
    assert screen.close_page.reckoning.banner.remedy.text() == told
    assert (told == words.problem(NobodySigns()).remedy) is not bool(reason)
