"""An officer's own card at the sign-in and at the lock; SoftHSM stands for the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.keys.pkcs11 import TokenPlace
from desktop.keys.token_signer import TokenSigner
from desktop.presenters.second import second_officers
from desktop.presenters.walkin_view import WalkStep
from desktop.services.inspection import verify_journal
from desktop.services.officer_cards import CardNotYours
from desktop.settings import OfficerCard
from desktop.words import Words
from tests.keys.softhsm import PIN, SoftHsm, running
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.test_instead_of_signing import answer, modal
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, open_world
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.labels import Text

pytestmark = pytest.mark.token
KEY = Qt.Key


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[SoftHsm]:
    with running(tmp_path) as rig:
        yield rig


@pytest.fixture
def hands(
    hsm: SoftHsm, profile: Path, qtbot: QtBot, words: Words, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hands]:
    """A counter that takes cards; Sri's is enrolled and lies in the reader."""
    place = hsm.make("card")
    world = open_world(profile, ids_used=IDS_OF_THE_OFFICE)
    world.sign_in("hendra")
    world.desk.officer_cards.enrol(world.by, PASSWORDS["sri"][0], place, PIN)
    world.desk.duty.sign_out()
    card = OfficerCard(module=place.module, label=place.label)
    object.__setattr__(world.desk, "settings", replace(world.desk.settings, officer_card=card))
    made = open_hands(world, qtbot, words)
    yield made
    close(made)


def choose(hands: Hands, name: str) -> None:
    table = hands.window.sign_in.table
    for _ in range(20):
        if table.current_key() == PASSWORDS[name][0]:
            return
        keys = [row.key for row in table.rows_model.rows]
        down = keys.index(PASSWORDS[name][0]) > keys.index(table.current_key())
        hands.hit(KEY.Key_Down if down else KEY.Key_Up)
    raise AssertionError(table.current_key())


def test_card_and_pin_open_the_counter(hands: Hands) -> None:
    page = hands.window.sign_in
    assert page.card.isVisible()
    choose(hands, "sri")
    hands.hit(KEY.Key_Return, CTRL)
    assert hands.desk.duty.session is None, "no PIN, no try"
    hands.type("000000")
    hands.hit(KEY.Key_Return, CTRL)
    assert type(hands.counter.sign_in.view.problem).__name__ == "WrongPin"
    assert page.password.text() == ""
    assert page.table.current_key() == PASSWORDS["sri"][0], "a failed try changes nobody's choice"
    hands.type(PIN)
    hands.hit(KEY.Key_Return, CTRL)
    session = hands.desk.duty.session
    assert session is not None
    assert session.officer.id == PASSWORDS["sri"][0]


def test_the_approver_takes_a_locked_counter_over_by_card(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.counter.lock_key()
    choose(hands, "sri")
    hands.type(PIN)
    hands.hit(KEY.Key_Return, CTRL)
    session = hands.desk.duty.session
    assert session is not None
    assert session.officer.id == PASSWORDS["sri"][0]
    assert hands.desk.duty.taken_over
    hands.desk.duty.lock()
    card = hands.desk.settings.officer_card
    again = hands.desk.officer_cards.unlock(
        PASSWORDS["sri"][0], TokenPlace(card.module, card.label), PIN
    )
    assert again.id == session.id, "one's own session goes on"


def test_somebody_elses_card_opens_nothing(hands: Hands) -> None:
    choose(hands, "andi")
    hands.type(PIN)
    hands.hit(KEY.Key_Return, CTRL)
    assert type(hands.counter.sign_in.view.problem).__name__ == "CardNotYours"
    assert hands.desk.duty.session is None


def test_who_unlocks_by_password_signs_with_its_key(hands: Hands) -> None:
    """The card was taken along in the break."""
    desk, sri = hands.desk, PASSWORDS["sri"]
    card = desk.settings.officer_card
    desk.officer_cards.sign_in(sri[0], TokenPlace(card.module, card.label), PIN)
    assert isinstance(desk.duty.signer(desk.duty.actor()), TokenSigner)
    desk.duty.lock()
    desk.duty.unlock(*sri)
    assert not isinstance(desk.duty.signer(desk.duty.actor()), TokenSigner)


def test_no_pin_is_tried_on_the_card_of_whoever_works_here(hands: Hands) -> None:
    """Dewi left hers in her pocket; Sri's is in the reader."""
    desk = hands.desk
    card = desk.settings.officer_card
    place = TokenPlace(card.module, card.label)
    desk.officer_cards.sign_in(PASSWORDS["sri"][0], place, PIN)
    with pytest.raises(CardNotYours):
        desk.officer_cards.second(desk.duty.actor(), PASSWORDS["dewi"][0], place, "000000")
    assert desk.duty.signer(desk.duty.actor()).sign(b"still open")
    assert acts(hands.world, "duty.card_refused") == []


def ask_second(hands: Hands) -> SecondOfficerDialog:
    """The applicant can't sign: two reasons, then the second officer, with Sri's name chosen."""
    hands.press(KEY.Key_X)
    answer(KEY.Key_1)
    answer(KEY.Key_1)
    dialog = modal()
    assert isinstance(dialog, SecondOfficerDialog)
    names = [row.key for row in dialog.table.rows_model.rows]
    for _ in range(names.index(PASSWORDS["sri"][0]) - names.index(dialog.table.current_key())):
        QTest.keyClick(dialog.password, KEY.Key_Down)
    assert dialog.table.current_key() == PASSWORDS["sri"][0]
    return dialog


def test_a_second_officer_signs_by_card_beside_the_first(hands: Hands) -> None:
    hands.sign_in("andi")
    walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    dialog = ask_second(hands)
    assert dialog.card.isVisible()
    QTest.keyClick(dialog.password, KEY.Key_Return, CTRL)
    assert modal() is dialog, "no PIN, no try"
    assert hands.window.words("ui.sign_in.pin_missing") in {
        text.text() for text in dialog.findChildren(Text) if text.isVisible()
    }
    QTest.keyClicks(dialog.password, "000000")
    QTest.keyClick(dialog.password, KEY.Key_Return, CTRL)
    assert type(hands.view.problem).__name__ == "WrongPin"
    again = modal()
    assert isinstance(again, SecondOfficerDialog), "the same question once more: nothing is lost"
    assert again.table.current_key() == PASSWORDS["sri"][0]
    for dialog in (again, None):  # the second time the card is signed in already
        dialog = dialog or ask_second(hands)
        QTest.keyClicks(dialog.password, PIN)
        QTest.keyClick(dialog.password, KEY.Key_Return, CTRL)
        assert hands.view.problem is None
    assert hands.view.photo.cannot_sign.endswith(PASSWORDS["sri"][0])
    (one, two) = acts(hands.world, "capture.cannot_sign")
    assert one.content == two.content
    second = hands.desk.duty.witness(PASSWORDS["sri"][0])
    assert isinstance(hands.desk.duty.signer(second), TokenSigner)
    assert verify_journal(hands.desk.profile, hands.desk.ledger.store).sound
    session = hands.desk.duty.session
    assert session is not None
    assert session.officer.id == PASSWORDS["andi"][0], "the first officer's work goes on"


def test_where_no_card_is_taken_the_second_officer_has_a_password(hands: Hands) -> None:
    desk = hands.desk
    assert second_officers(desk).by_card
    object.__setattr__(desk, "settings", replace(desk.settings, officer_card=OfficerCard()))
    assert not second_officers(desk).by_card
    hands.sign_in("andi")
    walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    dialog = ask_second(hands)
    assert not dialog.card.isVisible()
    QTest.keyClicks(dialog.password, PASSWORDS["sri"][1])
    QTest.keyClick(dialog.password, KEY.Key_Return, CTRL)
    assert hands.view.photo.cannot_sign.endswith(PASSWORDS["sri"][0])
