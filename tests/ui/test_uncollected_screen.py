"""F7, 4: cards that nobody fetched have a list of their own beside those that wait for the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.presenters.stock_view import Area
from desktop.services.uncollected import NotWrittenTo
from desktop.words import Words
from devices.simulators.faults import Fault, FaultName
from tests.ui.stock_samples import Room, open_room, stock
from tests.walks.making import ready
from tests.walks.test_retention import later
from tests.walks.world import PASSWORDS
from ui.screens.online_dialogs import YesDialog
from ui.screens.stock import StockScreen
from ui.screens.stock_waiting import DOOMED, SHELF
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.state import StateItem


@pytest.fixture
def room(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Room]:
    made = open_room(tmp_path / "profile", words, stock, officer="andi")
    yield made
    made.close()


def key(code: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, code)


def state(screen: StockScreen) -> str:
    [row] = screen.destroying.shelf.table.rows_model.rows
    item = row.cells[-1]
    assert isinstance(item, StateItem)
    return item.text


def test_a_letter_first_then_two_officers_recall_the_card(room: Room) -> None:
    world, screen = room.world, room.screen
    assert isinstance(screen, StockScreen)
    app = ready(world, 1)
    later(world, 100)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    world.bench.take_papers()
    screen.presenter.turn_to(Area.DESTROY)
    assert [card.application.id for card in screen.presenter.view.shelf] == [app.id]
    assert screen.destroying.shown == DOOMED
    key(Qt.Key.Key_N)
    assert screen.destroying.shown == SHELF
    assert screen.destroying.shelf.table.isVisible()
    assert not screen.destroying.table.isVisible()
    assert state(screen) == screen.words("stock.shelf.unwritten")
    key(Qt.Key.Key_M)
    assert isinstance(screen.presenter.view.problem, NotWrittenTo)
    assert room.window.findChild(SecondOfficerDialog) is None
    world.bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    key(Qt.Key.Key_L)
    assert world.bench.take_papers() == []
    assert screen.presenter.view.shelf[0].letters == 0
    assert state(screen) == screen.words("stock.shelf.unwritten")
    world.bench.paper.load_paper()
    key(Qt.Key.Key_L)
    assert len(world.bench.take_papers()) == 1
    assert screen.presenter.view.shelf[0].letters == 1
    day = world.desk.frame.today() + timedelta(days=14)
    assert state(screen) == screen.words("stock.shelf.waits", until=day)
    later(world, 15)
    screen.presenter.load()
    assert state(screen) == screen.words("stock.shelf.over")
    key(Qt.Key.Key_M)
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    dialog.reject()
    screen.presenter.recall(app.id, *PASSWORDS["bambang"])
    assert screen.presenter.view.problem is None
    assert screen.presenter.view.shelf == ()
    assert app.blank_serial in {card.serial for card in screen.presenter.view.doomed}


def test_another_letter_puts_the_recall_off_only_after_a_yes(room: Room) -> None:
    world, screen = room.world, room.screen
    assert isinstance(screen, StockScreen)
    ready(world, 1)
    later(world, 100)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    screen.presenter.turn_to(Area.DESTROY)
    world.bench.take_papers()
    key(Qt.Key.Key_N)
    key(Qt.Key.Key_L)
    assert len(world.bench.take_papers()) == 1
    later(world, 15)
    screen.presenter.load()
    assert state(screen) == screen.words("stock.shelf.over")
    key(Qt.Key.Key_L)
    dialog = room.window.findChild(YesDialog)
    assert dialog is not None
    assert world.bench.take_papers() == []
    dialog.reject()
    assert state(screen) == screen.words("stock.shelf.over")
    key(Qt.Key.Key_L)
    asked = room.window.findChildren(YesDialog)[-1]
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert len(world.bench.take_papers()) == 1
    day = world.desk.frame.today() + timedelta(days=14)
    assert state(screen) == screen.words("stock.shelf.waits", until=day)
