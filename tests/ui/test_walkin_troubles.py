"""The walk-in while something beyond it fails: said with its remedy, and the step stands."""

from __future__ import annotations

from PySide6.QtCore import Qt

from db.errors import StoreFull
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_screen import walk_in
from tests.walks.test_full_disk import fill, limit
from ui.screens.walkin import WalkInScreen

K = Qt.Key


def on_to(hands: Hands, step: WalkStep) -> None:
    """By Enter alone."""
    for _ in range(4):
        if hands.view.step is not step:
            hands.enter()
    assert hands.view.step is step


def said(hands: Hands, screen: WalkInScreen, kind: type[Exception]) -> tuple[str, str]:
    """The banner's two lines, which are this problem's and on show."""
    problem = hands.view.problem
    assert isinstance(problem, kind)
    text, remedy = screen.banner.text, screen.banner.remedy
    assert text.isVisible()
    assert remedy.isVisible()
    told = hands.window.words.problem(problem)
    assert (text.text(), remedy.text()) == (told.text, told.remedy)
    return text.text(), remedy.text()


def test_a_full_disk_is_said_at_the_photo_and_space_goes_on_once_there_is_room(
    hands: Hands,
) -> None:
    screen = walk_in(hands)
    on_to(hands, WalkStep.CAPTURE)
    fill(hands.world)
    hands.press(K.Key_Space)
    text, remedy = said(hands, screen, StoreFull)
    assert text.startswith("Ruang simpan penuh.")
    assert "ulangi langkah ini" in remedy
    assert hands.view.step is WalkStep.CAPTURE
    assert not hands.view.photo.accepted
    limit(hands.world, 100_000)
    hands.press(K.Key_Space)
    assert not screen.banner.isVisible()
    assert hands.view.photo.accepted
    hands.enter()
    assert hands.view.step is WalkStep.CONFIRM
