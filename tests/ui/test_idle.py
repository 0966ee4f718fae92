"""Hands that rest lock the counter, every time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.counter_world import Hands
from ui.commands.run import watch_hands
from ui.idle import IdleWatch
from ui.wedge import WedgeFilter

PAUSE = 0.05
LONG = 3600


@pytest.fixture
def idle(hands: Hands, qapp: QApplication) -> Iterator[IdleWatch]:
    """The watch of a counter as the program sets it up."""
    watch_hands(qapp, hands.counter)
    found = hands.counter.findChild(IdleWatch)
    assert isinstance(found, IdleWatch)
    yield found
    for kind in (IdleWatch, WedgeFilter):
        for one in hands.counter.findChildren(kind):
            qapp.removeEventFilter(one)


def rest(idle: IdleWatch, hands: Hands, qtbot: QtBot) -> None:
    """A last touch, then nothing for the length of a pause."""
    idle.set_seconds(PAUSE)
    with qtbot.waitSignal(idle.idle, timeout=20_000):
        hands.hit(Qt.Key.Key_Shift)
    idle.set_seconds(LONG)


def test_a_pause_is_as_long_as_the_settings_say(idle: IdleWatch, hands: Hands) -> None:
    assert idle._timer.isActive()
    assert idle._timer.interval() == hands.desk.settings.safety.idle_lock_seconds * 1000


def test_whoever_rests_finds_the_counter_locked_every_time(
    idle: IdleWatch, hands: Hands, qtbot: QtBot
) -> None:
    rest(idle, hands, qtbot)  # before anybody signed in: nothing to lock, and the watch goes on
    hands.sign_in("andi")
    for _ in range(2):
        assert not hands.window.locked
        rest(idle, hands, qtbot)
        assert hands.window.locked
        assert hands.desk.duty.locked
        hands.sign_in("andi")


def test_a_touch_begins_the_pause_anew(idle: IdleWatch, hands: Hands) -> None:
    hands.sign_in("andi")
    idle._timer.stop()
    hands.hit(Qt.Key.Key_Shift)
    assert idle._timer.isActive()


def test_whoever_minds_a_counter_unlocks_it_as_they_left_it(hands: Hands) -> None:
    counter = hands.counter
    hands.sign_in("andi")
    hands.hit(Qt.Key.Key_F3)
    hands.hit(Qt.Key.Key_F12)
    hands.sign_in("sri")
    hands.hit(Qt.Key.Key_F2)
    for _ in range(2):
        counter.lock_idle()
        hands.sign_in("sri")
        assert counter._key == "queue", "no shift begins"
    hands.hit(Qt.Key.Key_F12)
    assert hands.world.by.officer == "79010001"
    assert counter._key == "walk_in"


def test_each_of_two_who_took_over_gives_back_to_the_one_before(hands: Hands) -> None:
    for name, key in (("andi", Qt.Key.Key_F3), ("sri", Qt.Key.Key_F2), ("bambang", None)):
        hands.sign_in(name)
        if key is not None:
            hands.hit(key)
            hands.counter.lock_idle()
    hands.hit(Qt.Key.Key_F12)
    assert hands.counter._key == "queue"
    assert hands.desk.duty.locked, "an approver resumes by her own sign-in"
    hands.sign_in("sri")
    hands.hit(Qt.Key.Key_F12)
    assert hands.counter._key == "walk_in"
    hands.counter.sign_in.sign_out()
    hands.sign_in("andi")
    assert hands.counter._key == "queue", "a new shift"
