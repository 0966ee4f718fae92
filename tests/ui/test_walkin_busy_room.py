"""What is waited for at the requirements is read whole beside every act that may stand there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from desktop.settings import Look
from desktop.words import LANGUAGES, Words
from tests.ui.counter_world import Hands, close, open_hands
from tests.ui.test_walkin_back import waiting
from tests.walks.world import IDS_OF_THE_OFFICE, open_world
from ui.screens.walkin import WalkInScreen
from ui.theme import apply_theme, theme, theme_of


@pytest.fixture(params=[100, 130])
def scale(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    before = theme()
    apply_theme(qapp, theme_of(Look(text_scale=request.param)))
    yield
    apply_theme(qapp, before)


@pytest.fixture(params=LANGUAGES)
def hands(
    request: pytest.FixtureRequest, scale: None, profile: Path, qtbot: QtBot
) -> Iterator[Hands]:
    world = open_world(profile, ids_used=IDS_OF_THE_OFFICE)
    made = open_hands(world, qtbot, Words.load(str(request.param)))
    yield made
    close(made)


def test_what_is_waited_for_is_whole_beside_five_acts(hands: Hands) -> None:
    waiting(hands, Service.RENEWAL)
    screen, walk = hands.window.current_screen, hands.counter.walk_in
    assert isinstance(screen, WalkInScreen)
    assert (hands.view.step, walk.may_lack_card) == (WalkStep.REQUIREMENTS, True)
    words, whole = hands.window.words, screen.foot.height()
    here = hands.view.stands_at
    for by_camera, asked_at in product((False, True), (here, "an earlier step")):
        walk.show(reading=True, by_camera=by_camera, asked_at=asked_at)
        screen.busy.speak()
        for _ in range(2):
            QApplication.processEvents()
        said = f"{words(hands.view.reading_as)} {words('walkin.esc_cancels')}"
        assert " ".join(screen.busy.lines()) == said
    walk.show(reading=False, by_camera=False)
    for _ in range(2):
        QApplication.processEvents()
    assert screen.foot.height() == whole, "the acts stand in one row again"
