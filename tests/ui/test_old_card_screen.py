"""A damaged card is replaced, on the real window: the handover asks for the old one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM
from desktop.presenters.cards_view import CardAct, ScannedCard
from desktop.presenters.walkin_view import Typing, WalkStep
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands
from tests.walks.steps import acts
from tests.walks.test_old_cards import replacement, upgraded
from ui.screens.cards import CardsScreen
from ui.screens.walkin import WalkInScreen
from ui.widgets.reasons import ReasonDialog
from ui.widgets.state import StateBadge

K = Qt.Key


def open_replacement(hands: Hands) -> tuple[WalkInScreen, str]:
    """The handover of a replacement, and the old card's number."""
    hands.sign_in("andi")
    old, app = replacement(hands.world)
    hands.window.open_screen("walk_in", app.id)
    QApplication.processEvents()
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert hands.view.step is WalkStep.HANDOVER
    return screen, old.blank_serial


def told(screen: WalkInScreen, words: Words) -> bool:
    """Whether the page asks for the old card."""
    badges = screen.handover.findChildren(StateBadge)
    return words("walkin.old_card_due") in [one.item.text for one in badges if one.isVisible()]


def test_the_old_card_is_scanned_and_then_the_new_one(hands: Hands) -> None:
    screen, old = open_replacement(hands)
    assert told(screen, screen.words)
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    hands.enter()
    assert type(hands.view.problem).__name__ == "OldCardNotTaken"
    assert screen.handover.lead.text() == screen.words("walkin.old_card_first")
    hands.counter.walk_in.scanned(old)
    assert not told(screen, screen.words)
    assert not screen.old.isVisible()
    hands.enter()  # the new one was scanned before
    assert hands.view.cases[0].state is S.CLOSED


def test_one_that_no_scanner_reads_is_taken_with_a_reason(hands: Hands) -> None:
    screen, _ = open_replacement(hands)
    hands.press(K.Key_W, CTRL)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog)
    hands.press(K.Key_2)
    if QApplication.activeModalWidget() is not None:
        hands.press(K.Key_Return)
    [entry] = acts(hands.world, "card.handed_in")
    assert (entry.content or {})["reason"] == "made_elsewhere"
    assert not told(screen, screen.words)


def test_the_old_card_is_taken_in_beside_the_proxy_s_form_which_stays(hands: Hands) -> None:
    screen, _ = open_replacement(hands)
    hands.press(K.Key_U, CTRL)
    hands.type("RINA")
    hands.press(K.Key_Tab)
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    hands.enter()
    assert type(hands.view.problem).__name__ == "OldCardNotTaken"
    hands.press(K.Key_W, CTRL)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog)
    hands.press(K.Key_1)
    if QApplication.activeModalWidget() is not None:
        hands.press(K.Key_Return)
    assert not told(screen, screen.words)
    assert hands.view.typing is Typing.PROXY
    assert hands.view.form["name"] == "RINA"


def test_what_a_proxy_lacks_is_marked_in_their_form(hands: Hands) -> None:
    screen, _ = open_replacement(hands)
    walk, form = hands.counter.walk_in, screen.handover.form
    walk.take_old_card("unreadable")
    hands.press(K.Key_U, CTRL)
    walk.field_changed("name", "")
    walk.field_changed("letter", "SK-1")
    walk.scanned(hands.app.blank_serial)
    hands.enter()
    assert type(hands.view.problem).__name__ == "ProxyUnnamed"
    assert form.fields["name"].property("fault")
    assert hands.view.scanned_serial == hands.app.blank_serial
    walk.field_changed("name", "RINA")
    walk.field_changed("letter", "")
    hands.enter()
    assert type(hands.view.problem).__name__ == "ProxyLetterMissing"
    assert form.fields["letter"].property("fault")
    assert not form.fields["name"].property("fault")


def test_an_upgrade_asks_for_the_lower_card_which_may_be_lost(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.window.open_screen("walk_in", upgraded(hands.world).id)
    QApplication.processEvents()
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert told(screen, screen.words)
    hands.press(K.Key_W, CTRL)
    hands.press(K.Key_3)
    if QApplication.activeModalWidget() is not None:
        hands.press(K.Key_Return)
    assert not told(screen, screen.words)
    assert hands.view.said is not None
    assert hands.view.said.message_id == "cards.handed_in.LOST"


def test_the_old_card_is_asked_for_where_the_new_one_can_t_be_drawn(hands: Hands) -> None:
    """The picture is at another counter still."""
    hands.sign_in("andi")
    _, app = replacement(hands.world)
    with hands.world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Application, app.id), photo="0" * 64)
        w.record("records.loaded", app.id, {})
    hands.window.open_screen("walk_in", app.id)
    QApplication.processEvents()
    assert type(hands.view.problem).__name__ == "PictureAway"
    hands.press(K.Key_W, CTRL)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog)
    hands.press(K.Key_Escape)


def test_who_may_hand_nothing_over_is_told_before_the_reason_is_asked(hands: Hands) -> None:
    """The approver who took over at the handover."""
    open_replacement(hands)
    hands.world.take_over("sri")
    hands.press(K.Key_W, CTRL)
    assert QApplication.activeModalWidget() is None
    assert type(hands.view.problem).__name__ == "RoleMissing"
    hands.world.give_back()
    hands.press(K.Key_W, CTRL)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog)
    hands.press(K.Key_Escape)


def test_the_card_desk_names_the_case_that_took_the_old_card_in(hands: Hands) -> None:
    _, old = open_replacement(hands)
    hands.counter.walk_in.scanned(old)
    number = hands.app.number
    hands.window.open_screen("cards", ScannedCard(old))
    desk = hands.window.current_screen
    assert isinstance(desk, CardsScreen)
    assert number in desk.record.sign.accessibleName()
    assert CardAct.FOUND not in desk.presenter.view.acts
