"""F3's large sentence at the card: it names no key that is refused, nor what isn't so."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.domain.application import ApplicationState as S
from desktop.presenters.walkin_view import WalkStep
from desktop.services.cardmaker import ChipDiffers
from desktop.services.doubts import Outcome
from devices.errors import AuthenticationFailed, CardMute
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_jkn_at_the_parcel import in_arrears
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.making import ready
from tests.walks.world import PASSWORDS
from ui.screens.walkin import WalkInScreen

K = Qt.Key


def test_who_may_not_print_is_sent_for_who_may_and_told_no_enter(hands: Hands) -> None:
    screen = walk_in(hands)
    lead = screen.production.lead
    to(hands, WalkStep.PRODUCTION)
    assert lead.isVisible()
    hands.desk.duty.take_over(*PASSWORDS["sri"])
    hands.window.open_screen("walk_in")
    assert not lead.isVisible()
    hands.desk.duty.give_back()
    hands.window.open_screen("walk_in")
    assert lead.isVisible()
    hands.enter()
    assert hands.app.state is S.PRINTED
    assert lead.isVisible()
    hands.desk.duty.take_over(*PASSWORDS["sri"])
    hands.window.open_screen("walk_in")
    assert not lead.isVisible(), "nor that Enter takes the card"


def test_an_approved_case_on_hold_is_not_called_a_card_under_way(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    case_id = hands.app.id
    hands.press(K.Key_S, CTRL)
    hands.hit(K.Key_1)
    hands.window.open_screen("walk_in", case_id)
    assert hands.view.held
    assert not screen.production.lead.isVisible()


def test_a_card_that_jkn_holds_is_kept_and_j_is_named_instead_of_the_handover(
    hands: Hands,
) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    manners = in_arrears(hands, app)
    hands.window.open_screen("walk_in", app.id)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    words, lead = screen.words, screen.handover.lead
    told = words("walkin.handover.jkn")
    assert lead.text() == told
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    assert lead.text() == told
    assert screen.next.property("faded")
    manners.clear()
    hands.press(K.Key_J)
    assert lead.text() == words("walkin.handover.give")
    assert not screen.next.property("faded")


def test_a_chip_that_fails_in_the_printer_costs_its_blank_and_another_is_printed(
    hands: Hands,
) -> None:
    """The blank lies in the reject tray: there is nothing to lay down again."""
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.world.bench.order("chip_station", Fault("chip.uid", FaultName.MUTE))
    hands.enter()
    assert hands.view.outcome is Outcome.SPOILED
    assert isinstance(hands.view.fault, CardMute)
    words, remedy = screen.words, screen.production.outcome.remedy
    assert remedy.text() == words("walkin.outcome.anew")
    walk = hands.counter.walk_in
    walk.show(fault=ChipDiffers())
    assert remedy.text() == words("walkin.outcome.anew")
    walk.show(reprint_limited=True)
    assert remedy.text() == "", "U comes first, as the banner says"
    stop = AuthenticationFailed(attempts_left=None)
    walk.show(fault=stop, reprint_limited=False)
    assert remedy.text() == words.problem(stop).remedy, "no other blank would help"


def test_at_the_handover_a_held_case_and_another_s_duty_ask_for_no_scan(hands: Hands) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    hands.window.open_screen("walk_in", app.id)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    lead = screen.handover.lead
    assert lead.isVisible()
    hands.desk.duty.take_over(*PASSWORDS["sri"])
    hands.window.open_screen("walk_in", app.id)
    assert not lead.isVisible()
    hands.desk.duty.give_back()
    hands.window.open_screen("walk_in", app.id)
    hands.press(K.Key_S, CTRL)
    hands.hit(K.Key_1)
    hands.window.open_screen("walk_in", app.id)
    assert hands.view.held
    assert not lead.isVisible(), "Enter goes on first"
    hands.enter()
    assert lead.isVisible()
