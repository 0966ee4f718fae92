"""The handover without a scanner on the real window: two officers read the card's number."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import CardMisread, CardUnproven, OtherCardRead
from desktop.presenters.walkin_view import READING_CHIP, WalkStep
from tests.presenters.busy_lane import on_busy_lane
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS
from ui.screens.stock_dialogs import AskForm
from ui.screens.walkin import WalkInScreen
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.card_preview import CardFace
from ui.widgets.state import StateBadge

K = Qt.Key


def at_handover(hands: Hands) -> WalkInScreen:
    """A card to be handed over at a counter whose scanner died."""
    screen = walk_in(hands)
    hands.world.bench.scanner.unplug()
    hands.desk.hub.poll()
    to(hands, WalkStep.HANDOVER)
    return screen


def shown(screen: WalkInScreen, text: str) -> bool:
    """Whether the page tells this anywhere: in words, or as the card's picture."""
    page = screen.handover
    told = any(text in label.text() for label in page.findChildren(QLabel) if label.isVisible())
    return told or any(face.isVisible() for face in page.findChildren(CardFace))


def test_two_officers_hand_over_a_card_that_nothing_scans(hands: Hands) -> None:
    screen = at_handover(hands)
    serial, words = hands.app.blank_serial, screen.words
    assert screen.handover.lead.text() == words("walkin.unscanned.chip")
    assert screen.second.isVisible()
    assert screen.second.text() == words("walkin.by_two")
    assert shown(screen, serial)
    hands.press(K.Key_O, CTRL)
    assert isinstance(QApplication.activeModalWidget(), AskForm)
    assert not shown(screen, serial), "who reads has the number from the card"
    hands.type(serial)
    hands.hit(K.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog)
    assert sheet.read is not None
    assert sheet.read.text() == ""
    assert not shown(screen, serial)
    hands.hit(K.Key_Return)
    assert sheet.isVisible(), "nothing is read yet"
    hands.type(serial)
    hands.hit(K.Key_Return)
    hands.type("a wrong password")
    hands.hit(K.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog), "the password was a slip"
    hands.type(serial)
    hands.hit(K.Key_Return)
    officer = sheet.table.current_key()
    hands.type(dict(PASSWORDS.values())[officer])
    hands.hit(K.Key_Return)
    assert hands.view.step is WalkStep.DONE
    [entry] = acts(hands.world, "blank.read_by_two")
    assert (entry.content or {})["second_officer"] == officer


def test_a_code_of_no_card_is_said_to_be_none(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.HANDOVER)
    words = screen.words
    hands.counter.walk_in.scanned("https://example.test/a")
    assert screen.handover.lead.text() == words("walkin.unknown_code.chip")
    told = [one.item.text for one in screen.handover.state.findChildren(StateBadge)]
    assert told[0] == words("walkin.card_unknown")
    assert screen.second.isVisible()
    assert screen.read_sim.isVisible()


def test_the_page_tells_the_number_again_when_nobody_reads_it(hands: Hands) -> None:
    screen = at_handover(hands)
    serial = hands.app.blank_serial
    hands.press(K.Key_O, CTRL)
    hands.hit(K.Key_Escape)
    assert shown(screen, serial)
    hands.press(K.Key_O, CTRL)
    hands.type("CT99999999")
    hands.hit(K.Key_Return)
    assert QApplication.activeModalWidget() is None
    assert screen.banner.isVisible()
    assert shown(screen, serial)
    hands.press(K.Key_O, CTRL)
    hands.type(serial)
    hands.hit(K.Key_Return)
    hands.hit(K.Key_Escape)
    assert shown(screen, serial)
    assert hands.view.asked is None


def test_no_refusal_tells_the_number_while_it_is_read(hands: Hands) -> None:
    screen = at_handover(hands)
    hands.counter.walk_in.scanned(hands.desk.stock.free_here(1)[0])
    hands.enter()
    assert hands.app.blank_serial in screen.banner.accessibleName()
    hands.press(K.Key_O, CTRL)
    assert not screen.banner.isVisible()
    hands.hit(K.Key_Escape)
    assert screen.banner.isVisible()


def test_the_chip_is_read_by_the_key_that_reads_an_old_licence(hands: Hands) -> None:
    screen = at_handover(hands)
    assert screen.play.text() == screen.words("walkin.lay_card")
    hands.press(K.Key_Y)
    assert hands.view.scanned_serial == "", "under a dead scanner it would tell nothing"
    assert screen.read_sim.text() == screen.words("walkin.read_chip")
    hands.press(K.Key_H, CTRL)
    assert hands.view.scanned_serial == hands.app.blank_serial
    assert not screen.second.isVisible()
    hands.enter()
    assert hands.view.step is WalkStep.DONE


def test_the_hand_is_there_while_the_reader_waits(hands: Hands) -> None:
    screen = at_handover(hands)
    hands.counter.walk_in.desk.hub.poll()
    reader = on_busy_lane(hands.counter.walk_in, "desk_reader")
    hands.press(K.Key_H, CTRL)
    assert hands.view.doing == READING_CHIP
    assert screen.play.isVisible()
    assert screen.play.text() == screen.words("walkin.lay_card")
    hands.press(K.Key_Y)
    reader.let_go()
    assert hands.view.scanned_serial == hands.app.blank_serial


def keys_in(told: str) -> set[str]:
    return set(re.findall(r"Ctrl\+\w", told))


def keys_on(screen: WalkInScreen) -> set[str]:
    ways = (screen.read_sim, screen.second)
    return {one.shortcut().toString() for one in ways if one.isEnabled()}


def test_no_refusal_of_a_card_names_a_key_that_is_off(hands: Hands) -> None:
    """This counter has no chip reader: two read the number, and once a chip was refused nobody."""
    hands.desk.hub.remove("desk_reader")
    screen = at_handover(hands)
    for problem, on in (
        (CardMisread(found="CT99999999"), {"Ctrl+O"}),
        (OtherCardRead(found="CT99999999", found_class="A"), {"Ctrl+O"}),
        (CardUnproven(), set[str]()),
    ):
        hands.counter.walk_in.show(problem=problem)
        assert keys_on(screen) == on
        told = screen.banner.accessibleName() + screen.handover.lead.text()
        assert keys_in(told) <= on
