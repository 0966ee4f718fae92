"""The applicant's window shows one person's data, and nothing while it should be dark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from pytestqt.qtbot import QtBot

from desktop.domain.application import Application, ApplicationState, Visit
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant, Sex
from desktop.domain.service import Channel, Service
from desktop.presenters.walkin_view import WalkInView
from desktop.words import Words
from ui.applicant_window import ApplicantWindow
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
NAME = "CONTOH O'TUNGGAL"


def case(state: ApplicationState) -> Application:
    return Application(
        id="a",
        number="1374-26-000001",
        visit_id="v",
        person_id="p",
        service=Service.RENEWAL,
        licence_class=LicenceClass.C,
        channel=Channel.WALK_IN,
        state=state,
        applicant=Applicant(
            "3273010101909001", NAME, "BANDUNG", date(1990, 1, 1), Sex.MALE, "O", "JL. X", "GURU"
        ),
        maker="1",
        created_at=NOON,
        changed_at=NOON,
        rules_version="x",
        nik="3273010101909001",
        fee=75_000,
        requirements_met=True,
        paid=state is ApplicationState.CAPTURED,
    )


def shown(window: ApplicantWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(Text) if label.isVisible())


def view(state: ApplicationState) -> WalkInView:
    return WalkInView(visit=Visit("v", "t", "1", NOON), cases=(case(state),))


def make(qtbot: QtBot) -> ApplicantWindow:
    window = ApplicantWindow(Words.load("id"), Words.load("en"), "Satpas Contoh")
    qtbot.addWidget(window)
    window.show()
    return window


def test_nobody_s_name_stands_there_while_nobody_is_served(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.CAPTURED))
    assert NAME in shown(window)
    window.show_view(WalkInView())
    assert NAME not in shown(window)


def test_what_the_office_says_of_somebody_stands_in_both_languages(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.CAPTURED))
    assert "Laki-laki / Male" in shown(window).split("\n")


def test_no_raw_sign_stands_for_a_blood_group_that_nobody_knows(qtbot: QtBot) -> None:
    window = make(qtbot)
    app = case(ApplicationState.CAPTURED)
    app = replace(app, applicant=replace(app.applicant, blood_type="-"))
    window.show_view(WalkInView(visit=Visit("v", "t", "1", NOON), cases=(app,)))
    told = shown(window).split("\n")
    assert "–" in told
    assert "-" not in told


def test_a_locked_counter_shows_nothing(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.CAPTURED))
    window.go_dark()
    assert shown(window) == ""


def test_the_fee_stands_there_with_no_word_of_cash_to_pay(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.REQUIREMENTS_CHECKED))
    assert "75.000" in shown(window)


def test_the_two_answers_reach_the_counter(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.CAPTURED))
    buttons = [b for b in window.findChildren(KeyButton) if b.isVisible()]
    with qtbot.waitSignal(window.objected):
        buttons[0].click()
    with qtbot.waitSignal(window.confirmed):
        buttons[1].click()


def test_a_long_address_is_read_whole(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.resize(1024, 720)
    long = (
        "PERUM BUMI PANYILEUKAN BLOK G2 NO. 114, RT/RW 012/008, UTAMA, CIMAHI SELATAN, KOTA CIMAHI"
    )
    one = case(ApplicationState.CAPTURED)
    one = replace(one, applicant=replace(one.applicant, address=long))
    window.show_view(WalkInView(visit=Visit("v", "t", "1", NOON), cases=(one,)))
    [address] = [label for label in window.findChildren(Text) if label.text() == long]
    qtbot.waitUntil(lambda: address.height() >= address.heightForWidth(address.width()))
    assert address.heightForWidth(address.width()) > 1.5 * address.fontMetrics().height()
    answers = [b for b in window.findChildren(KeyButton) if b.isVisible()]
    assert all(button.height() >= 56 for button in answers)
    bottom = max(b.mapTo(window, b.rect().bottomLeft()).y() for b in answers)
    assert bottom <= window.height()
