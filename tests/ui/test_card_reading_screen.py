"""Reading a card at the window: one key, what came of it over the screen, Esc puts it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import main
import ui.screens.cards as cards_screen
from desktop.domain.card_reading import CardFact, CardFinding
from desktop.domain.service import Service
from desktop.domain.violations import PointsVerdict
from desktop.services.card_compare import Books
from desktop.services.card_reading import ReadCard
from desktop.services.chip_asking import ChipAnswer
from desktop.words import Words
from devices.errors import CardMissing
from devices.simulators.plastic import PlasticCard
from devices.wire import lds_chip
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.queued import Queued
from tests.walks.licence_office import card_of, lay, licence_office
from tests.walks.making import ready
from tests.walks.ordered import ordered
from tests.walks.steps import handed, registered
from ui.screens.card_reading import CardReadingDialog, finding_text, findings_shown
from ui.screens.cards import CardsScreen
from ui.widgets.buttons import KeyButton
from ui.widgets.scan_box import VerdictSign

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
    hands.hit(KEY.Key_K)
    unseen = hands.window.words("problem.NoCodeSeen")
    assert unseen in texts(sheet()), "the sheet is back, with what the camera lacked"
    assert hands.view.read.has(CardFact.CHIP_PROVEN)
    hands.hit(KEY.Key_Escape)
    assert hands.view.read is None
    assert QApplication.activeModalWidget() is None


def test_with_ctrl_a_letter_is_no_key_of_the_sheet(qtbot: QtBot, words: Words) -> None:
    """Ctrl+K finds somebody elsewhere; nobody means the camera by it."""
    host, done = QWidget(), list[str]()
    qtbot.addWidget(host)
    read = ReadCard("", ChipAnswer(CardFact.CHIP_NONE), None, Books(), ())
    acts = {"camera": lambda: done.append("camera")}
    dialog = CardReadingDialog(host, words, read, lambda: None, acts)
    [sign] = dialog.findChildren(VerdictSign)
    assert words("reading.verdict.nothing") in sign.accessibleName()
    qtbot.keyClick(dialog, KEY.Key_K, CTRL)
    assert done == []
    qtbot.keyClick(dialog, KEY.Key_K)
    assert done == ["camera"]


@pytest.mark.parametrize("alone", [False, True])
def test_a_face_is_compared_with_who_or_what_is_there(
    qtbot: QtBot, words: Words, alone: bool
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    read = ReadCard("CT26030001", ChipAnswer(CardFact.CHIP_PROVEN), None, Books(), ())
    dialog = CardReadingDialog(host, words, read, lambda: None, alone=alone)
    [sign] = dialog.findChildren(VerdictSign)
    assert ("orangnya" in sign.accessibleName()) is not alone
    assert ("foto ini" in sign.accessibleName()) is alone


def at_the_card_desk(hands: Hands) -> tuple[CardsScreen, PlasticCard]:
    """A card that was handed over lies on the reader of the card desk, and was read."""
    world = hands.world
    app = handed(world, ready(world, 3))
    card = card_of(world, app.blank_serial)
    lay(world, card)
    hands.window.open_screen("cards", "")
    screen = hands.window.current_screen
    assert isinstance(screen, CardsScreen)
    hands.press(KEY.Key_K)
    assert app.blank_serial in texts(sheet())
    assert hands.window.words("reading.no_orders") in texts(sheet())
    hands.hit(KEY.Key_Escape)
    assert screen.presenter.view.in_hand
    return screen, card


def test_a_revocation_with_its_order_is_said_once(words: Words) -> None:
    by_order = CardFinding(
        CardFact.REVOKED_BY_ORDER, facts={"at": datetime(2026, 3, 2, tzinfo=UTC), "order": "12"}
    )
    plain = CardFinding(CardFact.REVOKED)
    both = ReadCard(
        "CT26030001", ChipAnswer(CardFact.CHIP_PROVEN), None, Books(), (plain, by_order)
    )
    [item] = findings_shown(words, both)
    assert item.text == finding_text(words, by_order)
    [item] = findings_shown(words, replace(both, findings=(plain,)))
    assert item.text == finding_text(words, plain)


def test_what_was_read_waits_behind_the_lock(hands: Hands) -> None:
    screen, _card = at_the_card_desk(hands)
    queued = Queued()
    screen.presenter.desk = replace(hands.desk, lanes=queued.lanes)
    hands.press(KEY.Key_K)
    hands.window.show_sign_in()
    queued.deliver()
    queued.lanes.close()
    QApplication.processEvents()
    assert screen.presenter.view.read is not None
    assert QApplication.activeModalWidget() is None, "nobody's record over the sign-in"
    hands.window.show_work()
    QApplication.processEvents()
    assert sheet().isVisible()


def test_the_card_desk_writes_what_the_centre_s_command_ordered(
    hands: Hands,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen, card = at_the_card_desk(hands)
    file = tmp_path / "order.json"
    ordered = main.main([
        "centre", "points", card.serial.lower(), "--verdict", "blocked", "--violation",
        "2026-01-05,serious,5,TILANG-26-000017", "--out", str(file),
        "--profile", str(hands.desk.profile.path), "--lang", "en",
    ])  # fmt: skip
    assert ordered == 0
    assert card.serial in capsys.readouterr().out
    monkeypatch.setattr(cards_screen, "ask_file_to_open", lambda *_: file)
    hands.press(KEY.Key_O)
    assert card.chip.licence is not None
    assert lds_chip.RECORDS in card.chip.licence.files
    assert "TILANG-26-000017" in texts(sheet())
    assert hands.window.words("reading.no_orders") not in texts(sheet())
    hands.hit(KEY.Key_Escape)
    file.write_bytes(b"{}")
    hands.press(KEY.Key_O)
    assert type(screen.presenter.view.problem).__name__ == "OrderRefused"


def test_in_training_a_sample_order_lies_on_top(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, _ = at_the_card_desk(hands)
    monkeypatch.setattr(cards_screen, "ask_file_to_open", lambda *told: told[-1])
    for sequence, fact in enumerate(
        (CardFact.POINTS_WARN, CardFact.POINTS_BLOCKED, CardFact.POINTS_CLEAR), 1
    ):
        hands.press(KEY.Key_O)
        read = screen.presenter.view.read
        assert read is not None
        assert read.has(fact), "a warning, blocked, settled"
        assert read.chip.order is not None
        assert read.chip.order.sequence == sequence
        hands.hit(KEY.Key_Escape)


def keys_of(dialog: CardReadingDialog) -> list[str]:
    return [button.text() for button in dialog.findChildren(KeyButton)]


def test_an_order_that_waits_is_said_and_written_by_one_key(hands: Hands, words: Words) -> None:
    screen, card = at_the_card_desk(hands)
    ordered(hands.world, card.serial, 3)
    hands.press(KEY.Key_K)
    told = texts(sheet())
    assert words("reading.order_waits", number=3, verdict=PointsVerdict.WARN, count=1) in told
    assert words("reading.act.write") in keys_of(sheet())
    hands.hit(KEY.Key_O)
    assert card.chip.licence is not None
    assert lds_chip.RECORDS in card.chip.licence.files
    assert screen.presenter.view.problem is None
    assert "TILANG-26-000017" in texts(sheet()), "it is read again, as the chip has it now"
    assert words("reading.act.write") not in keys_of(sheet())
    hands.hit(KEY.Key_O)
    assert screen.presenter.view.read is not None, "the key says nothing where nothing waits"


def test_whom_an_order_blocks_is_not_served_at_the_walk_in(hands: Hands, words: Words) -> None:
    world = hands.world
    app = handed(world, ready(world, 1))
    card = card_of(world, app.blank_serial)
    ordered(world, card.serial, 1, PointsVerdict.BLOCKED)
    case = registered(world, world.people[1], Service.REPLACE_DAMAGED)
    hands.window.open_screen("walk_in", case.id)
    lay(world, card)
    hands.press(KEY.Key_H, CTRL)
    assert hands.view.read is not None
    assert hands.view.read.stops, "whom the centre blocks isn't served before the chip says so"
    assert words("reading.order_waits_blocked", number=1, count=1) in texts(sheet())
    hands.hit(KEY.Key_O)
    assert card.chip.licence is not None
    assert lds_chip.RECORDS in card.chip.licence.files
    assert hands.view.read is not None
    assert hands.view.read.has(CardFact.POINTS_BLOCKED)
    assert not hands.view.read.has(CardFact.ORDER_WAITS_BLOCKED)


@pytest.mark.fault
def test_a_card_taken_away_too_soon_is_told_and_the_order_still_waits(
    hands: Hands, words: Words
) -> None:
    screen, card = at_the_card_desk(hands)
    ordered(hands.world, card.serial)
    hands.press(KEY.Key_K)
    lay(hands.world, None)
    hands.hit(KEY.Key_O)
    assert QApplication.activeModalWidget() is None
    assert isinstance(screen.presenter.view.problem, CardMissing)
    assert not screen.presenter.view.writing
    lay(hands.world, card)
    hands.press(KEY.Key_K)
    assert words("reading.act.write") in keys_of(sheet())


def test_who_may_not_write_is_told_and_not_asked(hands: Hands, words: Words) -> None:
    _, card = at_the_card_desk(hands)
    ordered(hands.world, card.serial)
    hands.world.take_over("sri")
    hands.press(KEY.Key_K)
    assert words("reading.order_waits", number=1, verdict=PointsVerdict.WARN, count=1) in texts(
        sheet()
    )
    assert words("reading.act.write") not in keys_of(sheet())


def test_a_sample_order_comes_after_what_the_exchange_brought(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, card = at_the_card_desk(hands)
    ordered(hands.world, card.serial, 5)
    monkeypatch.setattr(cards_screen, "ask_file_to_open", lambda *told: told[-1])
    hands.press(KEY.Key_O)
    read = screen.presenter.view.read
    assert read is not None
    assert read.chip.order is not None
    assert read.chip.order.sequence == 6
    assert read.waiting is None, "overtaken"
