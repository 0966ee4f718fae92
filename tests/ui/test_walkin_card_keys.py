"""F3 with the card in hand: the keys that end it, and that print its receipt once more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import NoHandoverYet
from desktop.domain.evidence import EvidenceContradicts, JknSilent, StatedFact
from desktop.domain.requirements import RequirementKind
from desktop.domain.states import BlankState
from desktop.outside.simulators import CONTRADICTED, Manner
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_jkn_at_the_parcel import in_arrears
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.making import ready
from tests.walks.world import PASSWORDS
from ui.screens.walkin import WalkInScreen
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.buttons import KeyButton
from ui.widgets.state import StateBadge

K = Qt.Key


def test_r_with_a_digit_writes_the_card_off_and_another_is_made(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    assert hands.app.state is S.PRINTED
    first = hands.app.blank_serial
    hands.press(K.Key_R)
    hands.hit(K.Key_1)
    assert hands.app.state is S.APPROVED
    assert hands.desk.stock.look(first).state is BlankState.SPOILED
    hands.enter()
    assert hands.app.state is S.PRINTED
    assert hands.app.blank_serial not in ("", first)


def test_ctrl_p_prints_the_receipt_once_more(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.HANDOVER)
    hands.press(K.Key_P, CTRL)
    assert hands.world.bench.take_papers() == [], "nothing was handed over yet"
    hands.press(K.Key_Y)
    hands.enter()
    assert hands.view.step is WalkStep.DONE
    assert len(hands.world.bench.take_papers()) == 1
    hands.press(K.Key_P, CTRL)
    assert len(hands.world.bench.take_papers()) == 1
    assert hands.window.toast.text.text() == hands.window.words("walkin.receipt_printed")


def gone(hands: Hands) -> None:
    """M, looked at, and agreed to."""
    before = hands.app.blank_serial
    hands.press(K.Key_M)
    assert hands.app.blank_serial == before, "a blank and a reprint hang on it: it's asked first"
    hands.press(K.Key_Escape)
    assert hands.app.blank_serial == before
    hands.press(K.Key_M)
    hands.enter()


def test_a_card_that_is_gone_is_asked_about_and_told_as_recorded(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    lost = hands.app.blank_serial
    gone(hands)
    assert hands.app.state is S.APPROVED
    assert hands.desk.stock.look(lost).state is BlankState.MISSING
    told = hands.window.words("walkin.gone", serial=lost)
    assert hands.window.toast.text.text() == told
    assert screen.production.outcome.isVisible()
    assert screen.production.outcome.text.text() == told
    hands.enter()
    assert hands.app.state is S.PRINTED
    assert not screen.production.outcome.isVisible(), "another card is in hand"


def test_a_finished_card_that_is_gone_goes_by_enter_not_by_a_digit(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.HANDOVER)
    lost = hands.app.blank_serial
    hands.press(K.Key_M)
    hands.hit(K.Key_1)
    assert hands.app.blank_serial == lost
    hands.hit(K.Key_Return)
    assert hands.app.state is S.APPROVED
    assert lost in screen.production.outcome.text.text()


def test_a_card_that_was_refused_stays_told_on_the_page(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    first = hands.app.blank_serial
    hands.press(K.Key_R)
    hands.hit(K.Key_1)
    assert first in screen.production.outcome.text.text()


def test_j_asks_jkn_again_beside_the_proxy_s_form_which_stays(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    manners = in_arrears(hands, app)
    hands.window.open_screen("walk_in", app.id)
    hands.press(K.Key_U, CTRL)
    hands.type("RINA")
    hands.press(K.Key_Tab)
    hands.type("SK-1")
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    hands.enter()
    assert isinstance(hands.view.problem, NoHandoverYet)
    hands.press(K.Key_J)
    assert isinstance(hands.view.problem, JknSilent), "its remedy names J"
    manners[RequirementKind.JKN_STATUS] = Manner.CONTRADICTORY
    monkeypatch.setitem(CONTRADICTED, RequirementKind.JKN_STATUS, StatedFact.NAME)
    hands.press(K.Key_J)
    assert isinstance(hands.view.problem, EvidenceContradicts)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    form = screen.handover.form
    assert not form.fields["name"].property("fault"), "it isn't the proxy's"
    manners.clear()
    hands.press(K.Key_J)
    assert hands.view.problem is None
    assert not hands.app.jkn_hold
    assert (hands.view.form["name"], hands.view.form["letter"]) == ("RINA", "SK-1")
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    hands.enter()
    assert hands.view.step is WalkStep.DONE


def number_badge(screen: WalkInScreen) -> str:
    return screen.production.checks.findChildren(StateBadge)[1].item.text


def test_the_page_calls_a_card_s_number_right_only_where_it_was_read(hands: Hands) -> None:
    screen = walk_in(hands)
    words = screen.words
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    assert hands.app.state is S.PRINTED
    assert number_badge(screen) == words("walkin.serial_read"), "by the printer"
    other = hands.desk.stock.free_here(1)[0]
    hands.counter.walk_in.scanned(other)
    for _ in range(2):
        hands.enter()
        assert hands.app.state is S.PRINTED
        assert number_badge(screen) == words("walkin.card_other", serial=other)
    hands.counter.walk_in.show(scanned_serial="", read_by_printer="", problem=None)
    assert number_badge(screen) == words("walkin.card_not_scanned")


def test_two_officers_read_the_number_of_a_printed_card_by_the_key_on_its_page(
    hands: Hands,
) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    assert not screen.second.isVisible()
    hands.counter.walk_in.scanned(hands.desk.stock.free_here(1)[0])
    hands.enter()
    assert screen.second.text() == screen.words("walkin.by_two")
    [button] = [
        one for one in screen.production.findChildren(KeyButton)
        if one.text() == screen.second.text()
    ]  # fmt: skip
    assert button.isVisible()
    hands.press(K.Key_O, CTRL)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog)
    hands.type("a wrong password")
    hands.hit(K.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog), "the password was a slip"
    hands.type(dict(PASSWORDS.values())[sheet.table.current_key()])
    hands.hit(K.Key_Return)
    assert QApplication.activeModalWidget() is None
    assert hands.app.state is S.READY
