"""A counter's first load in its window: how far it is, stopped by key, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db import sync_state
from desktop.notices import Notice, SyncMoved
from desktop.services.sync_facts import LineState
from desktop.words import Words
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, cut, exchange, mend, second_counter
from tests.ui.conftest import qapp as qapp
from tests.ui.conftest import words as words
from tests.ui.counter_world import Hands, close, open_hands
from tests.walks.world import World
from ui.screens.sync import SyncScreen


@pytest.fixture
def hands(
    counter: World, tmp_path: Path, centre: CentreRig, qapp: QApplication, qtbot: QtBot,
    words: Words,
) -> Iterator[Hands]:  # fmt: skip
    """Loket 4 with its window; its line is down, and what loket 3 brought is new to it."""
    exchange(counter)
    world = second_counter(tmp_path / "l4w", centre)
    cut(world)
    made = open_hands(world, qtbot, words)
    made.sign_in("bambang")
    yield made
    close(made)


def cursor(world: World) -> int:
    with world.desk.ledger.store.read() as conn:
        return int(dict(sync_state.get(conn, "cursor", {})).get("office", 0))


def test_the_bar_fills_and_esc_stops_and_the_next_goes_on(
    hands: Hands, counter: World, centre: CentreRig
) -> None:
    syncing = hands.desk.syncing
    seen: list[tuple[bool, int, int]] = []
    stop_at = 1

    def watch(notice: Notice) -> None:
        screen = hands.window.current_screen
        if not isinstance(notice, SyncMoved) or not isinstance(screen, SyncScreen):
            return
        facts = syncing.facts
        if facts.whole:
            seen.append((screen.bar.isVisible(), screen.bar.value(), screen.bar.maximum()))
            if len(seen) == stop_at:
                hands.hit(Qt.Key.Key_Escape)

    hands.hit(Qt.Key.Key_F5)
    screen = hands.window.current_screen
    assert isinstance(screen, SyncScreen)
    unsubscribe = hands.desk.notices.subscribe(watch)
    mend(hands.world, centre)
    hands.hit(Qt.Key.Key_S)
    [(shown, done, whole)] = seen
    assert shown, "how far it is stands on the screen"
    assert 0 < done < whole
    part = cursor(hands.world)
    assert 0 < part < whole, "stopped after the page under way, which is kept"
    assert not screen.bar.isVisible()
    assert syncing.facts.state is LineState.STOPPED
    assert syncing.facts.contact is None, "a list that didn't come whole is no fresh one"

    stop_at = -1
    hands.hit(Qt.Key.Key_S)
    unsubscribe()
    assert [at for _, at, _ in seen] == sorted({at for _, at, _ in seen}), "it only grows"
    assert seen[1][1] > part, "it goes on where it stopped"
    assert cursor(hands.world) >= whole
    assert syncing.facts.state is LineState.UP
    assert not screen.bar.isVisible()
    assert_alike(counter, hands.world)
