"""F2 and F3 tell each officer only what their duties reach, and else whose duty it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.officer import RoleMissing
from desktop.domain.service import Service
from desktop.presenters.queue_view import Pile
from desktop.services.doubts import Outcome
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import Hands
from tests.walks.making import approved as approved_case
from tests.walks.world import PASSWORDS
from ui.screens.queue import WALK_IN, QueueScreen
from ui.screens.walkin import WalkInScreen

K = Qt.Key


def at_the_queue(hands: Hands) -> QueueScreen:
    hands.window.open_screen("queue")
    QApplication.processEvents()
    found = hands.window.current_screen
    assert isinstance(found, QueueScreen)
    return found


def waiting(hands: Hands, name: str, lane: str = "regular") -> QueueScreen:
    """This officer at the queue, where two people wait."""
    hands.world.sign_in("andi")
    for _ in range(2):
        hands.desk.queue.take_ticket(hands.world.by, Service.RENEWAL, lane)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in(name)
    return at_the_queue(hands)


def test_what_nothing_fits_names_the_key_that_clears_it(hands: Hands) -> None:
    screen, words = waiting(hands, "andi"), hands.window.words
    hint = "queue.filtered.hint"
    hands.type("zz")
    assert screen.empty.accessibleName().endswith(words(hint)), "a digit would be typed too"
    hands.press(K.Key_Escape)
    hands.press(K.Key_7)
    assert not screen._presenter.view.lines
    assert screen.empty.accessibleName().endswith(words(f"{hint}.pile"))
    hands.press(K.Key_1)
    assert screen._presenter.view.pile is Pile.ALL
    assert screen.table.isVisible()


def test_who_may_not_call_is_told_at_the_queue_and_nobody_is_called(hands: Hands) -> None:
    screen = waiting(hands, "nyoman")
    assert not screen.call.isEnabled()
    for line in (K.Key_Home, K.Key_End):  # out of turn no reason is asked either
        screen.table.setFocus()
        hands.press(line)
        hands.press(K.Key_Return)
        assert hands.window.current_screen is screen
        assert QApplication.activeModalWidget() is None
        assert isinstance(screen._presenter.view.problem, RoleMissing)
        hands.press(K.Key_Escape)
    assert len(hands.desk.queue.waiting()) == 2


def test_who_comes_again_is_called_by_any_duty_of_the_counter(hands: Hands) -> None:
    screen = waiting(hands, "nyoman", "return_visit")
    assert screen.call.isEnabled()
    hands.press(K.Key_Return)
    assert isinstance(hands.window.current_screen, WalkInScreen)
    assert len(hands.desk.queue.waiting()) == 1


@pytest.mark.parametrize(("name", "whose"), [("andi", ""), ("nyoman", ".others")])
def test_the_free_counter_names_keys_only_to_who_may_call(
    hands: Hands, name: str, whose: str
) -> None:
    words = hands.window.words
    hands.sign_in(name)
    hands.window.open_screen(WALK_IN)
    QApplication.processEvents()
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    empty = screen.idle.empty
    assert empty.accessibleName().endswith(words(f"walkin.nobody.hint{whose}"))
    hands.desk.queue.take_ticket(hands.desk.duty.actor(), Service.RENEWAL)
    QApplication.processEvents()
    assert empty.accessibleName().endswith(words(f"walkin.idle.hint{whose}"))


@pytest.mark.parametrize("key", [K.Key_N, K.Key_P, K.Key_L, K.Key_T])
def test_who_does_not_serve_is_told_that_and_no_other_reason(hands: Hands, key: Qt.Key) -> None:
    screen = waiting(hands, "sri")
    screen.table.setFocus()
    hands.press(key)
    assert hands.window.toast.text.text() == hands.window.words("queue.not_now.others")


def test_a_print_in_doubt_is_told_with_what_this_officer_can_do(hands: Hands) -> None:
    world, words, remedy = hands.world, hands.window.words, "queue.in_doubt.remedy"
    world.sign_in("andi")
    app = approved_case(world, 1)
    world.bench.order("card_printer", Fault("print.start", FaultName.SAYS_DONE))
    assert world.desk.issuing.issue(world.by, app.id).outcome is Outcome.IN_DOUBT
    screen = waiting(hands, "andi")
    told = screen.banner.remedy
    assert told.text() == words(remedy)
    hands.press(K.Key_2)
    assert told.text() == words(f"{remedy}.hidden")
    hands.press(K.Key_1)
    hands.desk.duty.take_over(*PASSWORDS["sri"])
    screen = at_the_queue(hands)
    assert told.text() == words(f"{remedy}.others")
