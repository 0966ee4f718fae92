"""The walk-in while something beyond it fails: said with its remedy, and the step stands."""

from __future__ import annotations

from PySide6.QtCore import Qt

from db.errors import StoreFull
from desktop.domain.requirements import CertificateExpired, NotPaid, RequirementKind
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_screen import walk_in
from tests.walks.test_full_disk import fill, limit
from ui.screens.walkin import WalkInScreen

K = Qt.Key


def answering(
    hands: Hands, kind: RequirementKind, manner: Manner
) -> tuple[WalkInScreen, OutsideSimulator]:
    """Somebody was called, of whose evidence of this kind its issuer speaks so."""
    screen, outside = walk_in(hands), hands.desk.outside
    assert isinstance(outside, OutsideSimulator)
    outside.manners[kind] = manner
    return screen, outside


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


def test_an_expired_certificate_is_said_until_a_new_one_is_brought(hands: Hands) -> None:
    screen, outside = answering(hands, RequirementKind.MEDICAL_CERT, Manner.EXPIRED)
    on_to(hands, WalkStep.REQUIREMENTS)
    hands.enter()
    text, remedy = said(hands, screen, CertificateExpired)
    assert "400 hari" in text
    assert remedy.startswith("Minta yang baru.")
    assert hands.view.step is WalkStep.REQUIREMENTS
    outside.manners.clear()
    hands.press(K.Key_A)
    assert not screen.banner.isVisible()
    hands.enter()
    assert hands.view.step is WalkStep.PAYMENT


def test_an_unpaid_fee_is_said_until_the_bank_has_it(hands: Hands) -> None:
    screen, outside = answering(hands, RequirementKind.PAYMENT, Manner.UNKNOWN)
    on_to(hands, WalkStep.PAYMENT)
    hands.enter()
    text, remedy = said(hands, screen, NotPaid)
    assert "belum dibayar" in text
    assert "tekan Enter lagi" in remedy
    assert hands.view.step is WalkStep.PAYMENT
    outside.manners.clear()
    hands.enter()
    assert not screen.banner.isVisible()
    assert hands.view.step is WalkStep.CAPTURE
