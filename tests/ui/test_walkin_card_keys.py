"""F3 with the card in hand: the keys that end it, and that print its receipt once more."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.domain.application import ApplicationState as S
from desktop.domain.states import BlankState
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_walkin_screen import to, walk_in

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
