"""Reading a card at the window: one key, what came of it over the screen, Esc puts it away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import ui.screens.cards as cards_screen
from desktop.cards.chip.orders import write_order
from desktop.domain.card_reading import CardFact
from desktop.domain.realm import Realm
from desktop.domain.service import Service
from desktop.domain.violations import CardOrder, PointsVerdict, Violation, ViolationLevel
from desktop.keys.certificates import KeyRole
from desktop.words import Words
from devices.wire import lds_chip
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.walks.licence_office import card_of, lay, licence_office
from tests.walks.making import ready
from tests.walks.steps import handed, registered
from ui.screens.card_reading import CardReadingDialog
from ui.screens.cards import CardsScreen

KEY = Qt.Key


@pytest.fixture
def hands(furnished: Path, tmp_path: Path, qtbot: QtBot, words: Words) -> Iterator[Hands]:
    world = licence_office(furnished, tmp_path / "licence office")
    made = open_hands(world, qtbot, words)
    yield made
    close(made)


def sheet() -> CardReadingDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, CardReadingDialog)
    return found


def texts(dialog: CardReadingDialog) -> str:
    return " | ".join(label.text() for label in dialog.findChildren(QLabel))


def test_the_licence_brought_is_read_by_one_key(hands: Hands) -> None:
    world = hands.world
    app = handed(world, ready(world, 1))
    card = card_of(world, app.blank_serial)
    case = registered(world, world.people[1], Service.REPLACE_DAMAGED)
    hands.window.open_screen("walk_in", case.id)
    hands.press(KEY.Key_H, CTRL)
    assert hands.view.read is not None
    assert hands.view.read.has(CardFact.CHIP_NOT_READ)
    lay(world, card)
    hands.hit(KEY.Key_B)
    assert hands.view.read.has(CardFact.CHIP_PROVEN)
    told = texts(sheet())
    assert app.applicant.name.upper() in told
    assert app.nik in told
    hands.hit(KEY.Key_Return)
    assert hands.view.read is not None, "Enter judges nothing"
    hands.hit(KEY.Key_Escape)
    assert hands.view.read is None
    assert QApplication.activeModalWidget() is None


def test_the_card_desk_reads_and_writes_what_the_centre_orders(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = hands.world
    app = handed(world, ready(world, 3))
    card = card_of(world, app.blank_serial)
    lay(world, card)
    hands.window.open_screen("cards", "")
    screen = hands.window.current_screen
    assert isinstance(screen, CardsScreen)
    hands.press(KEY.Key_K)
    assert app.blank_serial in texts(sheet())
    hands.hit(KEY.Key_Escape)
    assert screen.presenter.view.in_hand
    profile = hands.desk.profile
    certificate = profile.certificate(KeyRole.NOTARY)
    assert certificate is not None
    entry = Violation(date(2026, 1, 5), ViolationLevel.SERIOUS, 5, "TILANG-26-000017")
    order = CardOrder(
        Realm.TRAINING, app.blank_serial, 1, datetime(2026, 3, 2, tzinfo=UTC),
        PointsVerdict.BLOCKED, (entry,),
    )  # fmt: skip
    file = tmp_path / "order.json"
    file.write_bytes(write_order(order, profile.signer(KeyRole.NOTARY), certificate))
    monkeypatch.setattr(cards_screen, "ask_file_to_open", lambda *_: file)
    hands.press(KEY.Key_O)
    assert card.chip.licence is not None
    assert lds_chip.RECORDS in card.chip.licence.files
    assert "TILANG-26-000017" in texts(sheet())
    hands.hit(KEY.Key_Escape)
    file.write_bytes(b"{}")
    hands.press(KEY.Key_O)
    assert type(screen.presenter.view.problem).__name__ == "OrderRefused"
