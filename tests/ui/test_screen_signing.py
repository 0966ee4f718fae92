"""Signing in the box on the screen: nobody's ink becomes another's, and none is thrown away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import CTRL, Hands
from tests.ui.queued import Queued
from tests.ui.test_signature_box import by_mouse
from tests.ui.test_walkin_screen import to, walk_in

K = Qt.Key


def test_one_applicant_s_ink_is_gone_before_the_next(hands: Hands) -> None:
    screen = walk_in(hands)
    page = screen.capture
    hands.tickets(Service.RENEWAL)
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_L)
    by_mouse(page.box, 1000)
    assert page.box.is_signed
    hands.press(K.Key_S, CTRL)
    hands.hit(K.Key_1)
    hands.press(K.Key_F3)
    hands.world.stage.sit(hands.world.people[2])
    to(hands, WalkStep.CAPTURE)
    assert not page.boxed
    assert not screen.use.isEnabled()
    assert page.box.ink().empty
    assert not hands.view.photo.signature


def test_ink_that_can_t_be_taken_now_stays_in_the_box(hands: Hands) -> None:
    screen, queued = walk_in(hands), Queued()
    page = screen.capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_L)
    by_mouse(page.box, 1000)
    walk = hands.counter.walk_in
    walk.desk = replace(hands.desk, lanes=queued.lanes)
    hands.press(K.Key_Space)
    assert hands.view.doing
    assert not screen.use.isEnabled()
    screen.use_ink()  # by whatever way, nothing is lost
    assert page.box.is_signed
    assert page.boxed
    queued.deliver()
    assert screen.use.isEnabled()
    before = hands.view.photo.signature
    hands.press(K.Key_P)
    queued.deliver()
    queued.lanes.close()
    assert hands.view.photo.signature
    assert hands.view.photo.signature != before
    assert not page.boxed
    assert page.box.ink().empty


def test_enter_uses_what_was_drawn_and_not_the_pad(hands: Hands) -> None:
    screen = walk_in(hands)
    page = screen.capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_Space)
    pads = hands.view.photo.signature
    hands.press(K.Key_L)
    by_mouse(page.box, 1000)
    hands.enter()
    assert hands.view.step is WalkStep.CAPTURE
    assert hands.view.photo.signature not in (b"", pads)
    assert not page.boxed


def test_where_somebody_has_drawn_before_the_photo_the_pad_isn_t_asked(hands: Hands) -> None:
    page = walk_in(hands).capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_L)
    by_mouse(page.box, 1000)
    hands.enter()  # the photo
    assert hands.view.photo.accepted
    assert not hands.view.photo.signature, "nothing behind the open box"
    hands.enter()
    assert hands.view.photo.signature
    assert not page.boxed
    hands.enter()
    assert hands.view.step is WalkStep.CONFIRM


def test_after_a_drawing_too_short_the_photo_asks_no_pad_either(hands: Hands) -> None:
    page = walk_in(hands).capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_L)
    by_mouse(page.box, 1000, points=6)
    hands.press(K.Key_P)
    hands.enter()  # the photo
    assert hands.view.photo.accepted
    assert not hands.view.photo.signature
    assert page.boxed


def test_a_drawing_that_is_too_short_is_said_to_be_and_not_taken_for_the_pad_s(
    hands: Hands,
) -> None:
    """Enter asks again, until somebody signs or L closes the box."""
    screen = walk_in(hands)
    page = screen.capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_Space)
    pads = hands.view.photo.signature
    assert pads
    hands.press(K.Key_L)
    for key in (K.Key_P, K.Key_Return, K.Key_Return):
        by_mouse(page.box, 1000, points=6)
        hands.press(key)
        assert type(hands.view.problem).__name__ == "SignatureTooShort"
        assert page.boxed
        assert page.box.ink().empty, "they sign once more"
        assert hands.view.step is WalkStep.CAPTURE
    hands.press(K.Key_Return)
    assert type(hands.view.problem).__name__ == "NothingDrawn"
    assert hands.view.step is WalkStep.CAPTURE
    assert hands.view.photo.signature == pads
    hands.press(K.Key_L)
    hands.enter()
    assert hands.view.step is not WalkStep.CAPTURE, "the pad's, on purpose"


def test_a_signature_from_the_pad_is_seen_though_the_box_was_opened(hands: Hands) -> None:
    screen = walk_in(hands)
    page = screen.capture
    to(hands, WalkStep.CAPTURE)
    hands.press(K.Key_L)
    assert page.boxed
    hands.press(K.Key_Space)
    assert hands.view.photo.signature
    assert not page.boxed, "an empty box hides that somebody signed"
    assert not page.signed.image.isNull()
