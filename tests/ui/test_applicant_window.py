"""The applicant's window shows one person's data, and nothing while it should be dark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.application import Application, ApplicationState, Visit
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant, Hold, HoldKind, Sex
from desktop.domain.service import Channel, Service
from desktop.presenters.problems import StillNothingDiffers
from desktop.presenters.walkin_view import Typing, WalkInView, WalkStep
from desktop.words import Words
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_screen import to, walk_in
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


def test_only_who_gets_a_card_is_asked_to_check_it(qtbot: QtBot) -> None:
    window, S = make(qtbot), ApplicationState
    keys = ("take", "officer_tells", "wait")
    take, tells, wait = (window._words(f"applicant.{key}") for key in keys)

    def told(one: Application, *holds: Hold) -> str:
        visit = Visit("v", "t", "1", NOON)
        window.show_view(WalkInView(visit=visit, cases=(one,), holds=holds))
        [line] = [text for text in (take, tells, wait) if text in shown(window)]
        return line

    given = replace(case(S.READY), requirements_met=True, paid=True)
    assert told(given) == told(case(S.CLOSED)) == told(case(S.HANDED_OVER)) == take
    for ended in (S.REJECTED, S.CANCELLED, S.EXPIRED, S.RECALLED):
        assert told(case(ended)) == tells
    assert told(replace(given, jkn_hold=True)) == wait
    assert told(replace(given, state=S.ON_HOLD, held_from=S.READY)) == wait
    binding = Hold("h", given.nik, HoldKind.COURT, "", "12", "PN", "PN", NOON.date())
    assert told(given, binding) == wait


def test_whoever_was_called_is_not_told_to_wait_for_the_call(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(WalkInView(visit=Visit("v", "t", "1", NOON)))
    assert window._words("applicant.wait") in shown(window)


def test_the_two_answers_reach_the_counter(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.show_view(view(ApplicationState.CAPTURED))
    buttons = [b for b in window.findChildren(KeyButton) if b.isVisible()]
    with qtbot.waitSignal(window.objected):
        buttons[0].click()
    with qtbot.waitSignal(window.confirmed):
        buttons[1].click()


def test_in_a_low_window_the_question_stands_together(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.resize(1366, 768)
    window.show_view(view(ApplicationState.CAPTURED))
    QApplication.processEvents()
    lines = {label.text(): label for label in window.findChildren(Text) if label.isVisible()}
    asked, again = (lines[words("applicant.check")] for words in (window._words, window._second))
    for label in (asked, again):
        assert label.height() <= label.sizeHint().height() + 2, "nothing pulls it apart"
    tops = [label.mapTo(window, label.rect().topLeft()).y() for label in (asked, again)]
    assert tops[1] - tops[0] < 2 * asked.height()


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
    assert address.fontInfo().pixelSize() >= 32, "24 points: read at an arm's length"
    answers = [b for b in window.findChildren(KeyButton) if b.isVisible()]
    assert all(button.height() >= 56 for button in answers)
    bottom = max(b.mapTo(window, b.rect().bottomLeft()).y() for b in answers)
    assert bottom <= window.height()


def at_the_counter(hands: Hands) -> ApplicantWindow:
    """A case whose data is confirmed now, on the applicant's window by F11."""
    walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    hands.press(Qt.Key.Key_F11)
    window = hands.counter._applicant
    assert window is not None
    assert window.isVisible()
    hands.window.activateWindow()  # as a window manager leaves it
    QApplication.processEvents()
    return window


def test_the_counter_s_lock_turns_it_black_and_the_unlocking_brings_it_back(hands: Hands) -> None:
    window = at_the_counter(hands)
    name = hands.app.applicant.name
    assert name in shown(window)
    hands.press(Qt.Key.Key_F12)
    assert hands.window.locked
    assert window.isVisible()
    assert shown(window) == ""
    hands.counter.walk_in.refresh()  # what ends behind the lock shows nobody
    assert shown(window) == ""
    hands.sign_in("andi")
    assert name in shown(window)
    hands.press(Qt.Key.Key_F11)
    assert not window.isVisible()


def test_the_applicant_s_right_confirms_the_data_of_the_case(hands: Hands) -> None:
    window = at_the_counter(hands)
    _wrong, right = (b for b in window.findChildren(KeyButton) if b.isVisible())
    screen = hands.window.current_screen
    assert screen is not None
    screen.guard._since = float("-inf")
    right.click()
    assert hands.app.state is ApplicationState.CONFIRMED
    assert hands.app.applicant.name not in shown(window), "the next page, in both languages"


def test_what_the_officer_is_asked_the_applicant_s_finger_does_not_answer(hands: Hands) -> None:
    window = at_the_counter(hands)
    _wrong, right = (b for b in window.findChildren(KeyButton) if b.isVisible())
    hands.counter.walk_in.show(problem=StillNothingDiffers())
    right.click()
    assert isinstance(hands.view.problem, StillNothingDiffers)
    assert hands.app.state is ApplicationState.CAPTURED


def test_the_applicant_s_wrong_opens_the_officer_s_fields_and_takes_nothing_typed(
    hands: Hands,
) -> None:
    window = at_the_counter(hands)
    wrong, _right = (b for b in window.findChildren(KeyButton) if b.isVisible())
    wrong.click()
    assert (hands.view.correcting, hands.view.typing) == (True, Typing.CORRECTION)
    hands.counter.walk_in.field_changed("occupation", "GURU")
    wrong.click()  # an impatient finger
    assert hands.view.form["occupation"] == "GURU"
    assert hands.app.state is ApplicationState.CAPTURED


def test_what_the_applicant_said_is_still_known_when_the_window_comes_again(hands: Hands) -> None:
    """Nobody is asked twice what is being mended; and the officer is told that it was said."""
    window = at_the_counter(hands)
    wrong, right = (b for b in window.findChildren(KeyButton) if b.isVisible())
    wrong.click()
    assert hands.window.toast.text.text() == hands.window.words("applicant.objected")
    for _ in range(2):
        assert hands.window.words("applicant.correcting") in shown(window)
        assert hands.app.applicant.name in shown(window)
        assert not wrong.isVisible()
        assert not right.isVisible()
        hands.counter.toggle_applicant_window()
        assert not window.isVisible()
        hands.counter.toggle_applicant_window()
        QApplication.processEvents()
    hands.counter.walk_in.escape()
    assert not hands.view.correcting
    assert hands.window.words("applicant.check") in shown(window)
    assert right.isVisible()
