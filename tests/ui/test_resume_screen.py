"""One question about a card cut off before its printing, and one digit to go on with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.stock import DoubtAnswer, JobInDoubt
from desktop.services.doubts import Outcome
from devices.simulators.faults import Fault, FaultName, PowerGone
from tests.ui.counter_world import Hands
from tests.ui.test_online_screen import screen
from tests.walks.making import approved
from tests.walks.online_day import OnlineDay
from ui.problems import problem_text

KEY = Qt.Key


def cut_off(hands: Hands, app: Application) -> str:
    """The power goes between chip and print; the blank in question."""
    hands.world.bench.order("card_printer", Fault("move.print", FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        hands.desk.issuing.issue(hands.world.by, app.id)
    [job] = hands.desk.issuing.find_doubtful()
    return job.blank_serial


def test_the_online_screen_offers_it_first(hands: Hands) -> None:
    day = OnlineDay(hands.world)
    [line] = day.take_in(1, seed=8).taken
    app = day.approved(line.application_id)
    hands.world.sign_in("rahmat")
    serial = cut_off(hands, app)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("rahmat")  # the doubt is opened by itself
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_2)
    presenter = screen(hands).presenter
    assert presenter.answers[0] is DoubtAnswer.PRINT_ON
    hands.press(KEY.Key_1)
    assert presenter.view.problem is None
    assert presenter.view.doubt is None
    now = hands.desk.intake.case(app.id)
    assert (now.state, now.blank_serial) == (S.PRINTED, serial)


def test_why_the_online_screen_takes_no_answer_is_said(hands: Hands) -> None:
    day = OnlineDay(hands.world)
    [line] = day.take_in(1, seed=8).taken
    app = day.approved(line.application_id)
    hands.world.sign_in("rahmat")
    cut_off(hands, app)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("nyoman")  # makes no cards
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_2)
    found, words = screen(hands), hands.window.words
    asked = JobInDoubt(job="", serial=hands.desk.intake.case(app.id).blank_serial)
    assert found.banner.text.text() == words.problem(asked).text
    hands.press(KEY.Key_2)
    assert isinstance(found.presenter.view.problem, RoleMissing)
    assert found.banner.text.text() == problem_text(words, found.presenter.view.problem).text
    hands.press(KEY.Key_Escape)
    hands.press(KEY.Key_2)
    assert found.banner.text.text() == words.problem(asked).text


def test_the_walk_in_opens_at_the_question_and_4_prints_on(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = approved(hands.world, 1)
    serial = cut_off(hands, app)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("andi")
    assert hands.view.doubt is not None
    assert DoubtAnswer.PRINT_ON in hands.view.doubt_answers
    hands.press(KEY.Key_4)
    assert hands.view.outcome is Outcome.PRINTED
    assert (hands.app.state, hands.app.blank_serial) == (S.PRINTED, serial)


def test_4_is_silent_where_no_untouched_card_is_inside(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = approved(hands.world, 1)
    cut_off(hands, app)
    inside = hands.world.bench.printer.truth.inside
    assert inside is not None
    inside.panels.append("c")
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("andi")
    assert hands.view.doubt is not None
    hands.press(KEY.Key_4)
    assert hands.view.doubt is not None
    assert hands.app.state is S.ENCODED


def test_who_may_not_answer_is_told_before_the_blank_is_asked_for(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = approved(hands.world, 1)
    cut_off(hands, app)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("dewi")
    hands.window.open_screen("walk_in", app.id)
    assert hands.view.doubt is not None
    assert DoubtAnswer.NO_CARD in hands.view.doubt_answers
    hands.press(KEY.Key_3)
    assert isinstance(hands.view.problem, RoleMissing)
    assert QApplication.activeModalWidget() is None
