"""Who can't sign: the reason, what stands in its place, and the second officer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.presenters.walkin_view import PhotoState, WalkStep
from desktop.words import LANGUAGES, Words
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_kept_screen import again
from tests.ui.test_walkin_screen import to, walk_in
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.labels import Text
from ui.widgets.reasons import ReasonDialog


def a_print() -> bytes:
    """The picture of an inked thumb's print, as it comes from the store."""
    image = QImage(120, 160, QImage.Format.Format_Grayscale8)
    image.fill(90)
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(kept, "PNG")  # type: ignore[call-overload]
    return bytes(kept.data().data())


def modal() -> QWidget:
    QApplication.processEvents()
    found = QApplication.activeModalWidget()
    assert found is not None
    return found


def answer(digit: Qt.Key) -> None:
    for key in (digit, Qt.Key.Key_Return):
        QTest.keyClick(QApplication.focusWidget() or modal(), key)


def test_a_thumb_is_asked_for_and_witnessed_by_keys_alone(hands: Hands, qtbot: QtBot) -> None:
    walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    hands.press(Qt.Key.Key_X)
    first = modal()
    assert isinstance(first, ReasonDialog)
    answer(Qt.Key.Key_1)
    second = modal()
    assert isinstance(second, ReasonDialog)
    assert second is not first
    again(hands.counter.walk_in, second)  # the reason stays with what is asked next
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, second))
    answer(Qt.Key.Key_2)
    third = modal()
    assert isinstance(third, SecondOfficerDialog)
    third.reject()
    assert hands.view.asked is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_can_t_sign_is_told_whole_and_nothing_is_awaited(hands: Hands, language: str) -> None:
    words = Words.load(language)
    page = walk_in(hands).capture
    to(hands, WalkStep.CAPTURE)
    page.words = words
    hands.counter.walk_in.show(photo=PhotoState(accepted=True, cannot_sign="no_hands"))
    QApplication.processEvents()
    [told] = [one for one in page.signing.findChildren(Text) if one.isVisible()
              and words("walkin.cannot_sign.kept") in one.text()]  # fmt: skip
    assert told.wordWrap()
    assert page.signed.empty_text == words("walkin.cannot_sign.short")
    assert words("walkin.not_signed") not in {
        one.text() for one in page.signing.findChildren(Text) if one.isVisible()
    }
    hands.counter.walk_in.show(
        photo=PhotoState(accepted=True, cannot_sign="no_hands", signature=a_print())
    )
    QApplication.processEvents()
    told_now = {one.text() for one in page.signing.findChildren(Text) if one.isVisible()}
    assert words("walkin.signed") not in told_now, "a thumb's print is no signature"
    assert walk_in(hands).cannot.isEnabled(), "and may be taken once more"
