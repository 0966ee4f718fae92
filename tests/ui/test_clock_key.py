"""A wrong clock is said at the sign-in and over the work; a supervisor confirms it by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.presenters.clock import ClockWatch
from desktop.sources import VirtualClock
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.test_returns_screen import second
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.world import open_world

KEY = Qt.Key


def test_a_clock_wrong_at_start_is_said_before_anybody_signs_in(
    profile: Path, qapp: QApplication, qtbot: QtBot, words: Words
) -> None:
    clock = VirtualClock(datetime(2021, 1, 1, tzinfo=UTC))
    made = open_hands(open_world(profile, clock=clock, ids_used=IDS_OF_THE_OFFICE), qtbot, words)
    page = made.window.sign_in
    assert page.clock.isVisible()
    assert "2021" in page.clock.text.text()
    assert page.clock.remedy.text() == words("ui.sign_in.clock"), "the key is dead at the door"
    made.sign_in("andi")
    assert made.window.notice.isVisible()
    assert made.window.notice.button.isVisible()
    made.press(KEY.Key_F12)
    assert page.clock.isVisible()
    close(made)


def fallen(hands: Hands) -> None:
    """The clock falls while nobody writes; a second later it is on the window."""
    hands.world.clock.advance(3600)
    hands.counter.clock.tick()
    hands.world.clock.jump_to(hands.world.clock.now() - timedelta(minutes=40))
    hands.counter.clock.tick()


def test_a_supervisor_at_work_confirms_with_a_reason(hands: Hands) -> None:
    hands.sign_in("bambang")
    assert not hands.window.notice.isVisible()
    assert not hands.counter.clock.action.isEnabled()
    fallen(hands)
    assert hands.window.notice.isVisible()
    assert hands.counter.clock.action in hands.window.window_actions
    hands.hit(KEY.Key_J, CTRL)
    hands.type("jam din")
    killed = ClockWatch(hands.desk, print)
    assert killed.begun() == "jam din"
    hands.type("ding")
    hands.hit(KEY.Key_Return)
    assert not hands.window.notice.isVisible()
    assert killed.begun() == "", "it is on record"
    assert hands.desk.frame.clock_problem() is None
    assert not hands.counter.clock.action.isEnabled()
    assert hands.counter.clock.action not in hands.window.window_actions


def test_beside_another_officer_the_supervisor_signs_in_for_this_one_act(hands: Hands) -> None:
    hands.sign_in("andi")
    fallen(hands)
    hands.hit(KEY.Key_J, CTRL)
    hands.hit(KEY.Key_Return)  # no reason: nothing happens
    assert hands.desk.frame.clock_problem() is not None
    hands.type("jam dinding")
    hands.hit(KEY.Key_Return)
    second(hands, "bambang")
    assert hands.desk.frame.clock_problem() is None
    assert hands.desk.duty.session is not None
    assert hands.desk.duty.session.officer.name.startswith("Andi")
    assert not hands.window.notice.isVisible()


def test_a_wrong_password_is_said_and_the_notice_stays(hands: Hands) -> None:
    hands.sign_in("andi")
    fallen(hands)
    hands.hit(KEY.Key_J, CTRL)
    hands.type("jam dinding")
    hands.hit(KEY.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    hands.type("salah")
    hands.hit(KEY.Key_Return)
    assert hands.window.notice.isVisible()
    assert hands.desk.frame.clock_problem() is not None
    second(hands, "bambang")  # asked again over the same reason
    assert hands.desk.frame.clock_problem() is None


def test_locking_over_the_queue_is_quiet(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F2)
    hands.press(KEY.Key_F12)
    assert hands.window.locked
    hands.desk.queue.take_ticket(hands.desk.duty.session.actor)  # type: ignore[union-attr]
    hands.sign_in("andi")
    assert not hands.window.locked
