"""What a job costs the officer's hands, on the real window; and that keys never run away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.application import ApplicationState as S
from desktop.domain.service import Service
from desktop.presenters.asked import Asked
from desktop.presenters.queue_view import Pile
from desktop.presenters.supervisor_view import Watch
from desktop.presenters.walkin_view import WalkStep
from desktop.services.kept_work import QUEUE_QUESTION
from desktop.settings import Scanner
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.test_walkin_kept_screen import again
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.making import approved as approved_case
from tests.walks.making import confirmed
from tests.walks.world import open_world
from ui.screens.queue import QueueScreen
from ui.screens.supervisor import SupervisorScreen
from ui.screens.walkin import WalkInScreen
from ui.step_guard import StepGuard
from ui.wedge import WedgeFilter
from ui.widgets.reasons import ReasonDialog

K = Qt.Key
MOST_KEYS = 12
MOST_APPROVER_KEYS = 10
HAMMERED_EVERY = 60.0
"""Milliseconds between two Enters of an impatient finger."""


@pytest.fixture
def metered(hands: Hands, qapp: QApplication) -> Iterator[Hands]:
    """The same hands, counted."""
    hands.meter.install(qapp)
    yield hands
    qapp.removeEventFilter(hands.meter)


def begin(hands: Hands, *services: Service) -> None:
    """Andi at the queue, with people waiting."""
    hands.sign_in("andi")
    hands.tickets(*(services or (Service.RENEWAL,)))
    assert isinstance(hands.window.current_screen, QueueScreen)


def to_approval(hands: Hands) -> None:
    """A renewal from the ticket until it waits for the approver."""
    hands.press(K.Key_F3)
    hands.enter(3)
    hands.press(K.Key_Space)
    hands.enter(2)
    assert hands.view.step is WalkStep.APPROVAL


def test_a_clean_renewal_costs_the_maker_twelve_keys_and_no_click(metered: Hands) -> None:
    hands = metered
    begin(hands)
    another = confirmed(hands.world, 3)
    meter = hands.meter
    meter.begin("renewal")
    to_approval(hands)
    hands.press(K.Key_F12)
    first = meter.report()

    meter.begin("approval")
    hands.sign_in("sri")
    approve_all(hands)
    hands.press(K.Key_F12)
    approver = meter.report()
    assert hands.app.state is S.APPROVED
    assert hands.desk.intake.case(another.id).state is S.APPROVED

    meter.begin("renewal, card")
    hands.enter()
    assert hands.app.state is S.PRINTED
    hands.enter(2)
    second = meter.report()
    assert hands.app.state is S.CLOSED
    assert (first.clicks, second.clicks, approver.clicks) == (0, 0, 0)
    assert first.keys + second.keys <= MOST_KEYS
    assert approver.keys <= MOST_APPROVER_KEYS


def approve_all(hands: Hands) -> None:
    """Whatever waits, on the screen that an approver lands on: what is plain comes ticked."""
    assert isinstance(hands.window.current_screen, SupervisorScreen)
    hands.press(K.Key_A)


def test_the_approver_is_preselected_at_the_lock_and_the_maker_s_work_comes_back(
    hands: Hands,
) -> None:
    begin(hands)
    to_approval(hands)
    case = hands.app.id
    hands.press(K.Key_F12)
    assert hands.window.locked
    assert hands.window.sign_in.table.current_key() == "76040004"
    hands.sign_in("sri")
    hands.hit(K.Key_5)  # the trail; whoever takes over next stands before the approvals again
    hands.press(K.Key_F12)
    hands.press(K.Key_F12)
    hands.sign_in("sri")
    supervision = hands.window.current_screen
    assert isinstance(supervision, SupervisorScreen)
    assert supervision.presenter.view.area is Watch.APPROVALS
    hands.desk.approvals.approve(hands.world.by, case)
    hands.press(K.Key_F12)
    assert hands.world.by.officer == "79010001"
    assert isinstance(hands.window.current_screen, WalkInScreen)
    assert hands.app.id == case
    assert hands.view.step is WalkStep.PRODUCTION


def test_hammered_enter_passes_one_gate_at_a_time(hands: Hands) -> None:
    begin(hands)
    hands.press(K.Key_F3)
    seen = [hands.view.step]
    now = [0.0]
    screen = hands.window.current_screen
    assert screen is not None
    screen.guard = StepGuard(lambda: now[0])
    hands.press(K.Key_Return)
    for _ in range(10):
        now[0] += HAMMERED_EVERY
        hands.hit(K.Key_Return)
        seen.append(hands.view.step)
    assert seen[-1] is WalkStep.REQUIREMENTS
    assert set(seen) == {WalkStep.IDENTITY, WalkStep.REQUIREMENTS}


def test_a_scanner_s_burst_presses_no_button(
    hands: Hands, qapp: QApplication, qtbot: QtBot
) -> None:
    begin(hands)
    to_approval(hands)
    approved(hands)
    hands.enter()
    assert hands.app.state is S.PRINTED
    now = [0.0]
    scans: list[str] = []

    def scanned(text: str, keys: int) -> None:
        scans.append(text)
        hands.meter.forget(keys)
        hands.window.on_scan(text)

    wedge = WedgeFilter(
        scanned, Scanner(), extra_actions=hands.window.live_actions, now=lambda: now[0]
    )
    qapp.installEventFilter(wedge)
    serial = hands.app.blank_serial
    for letter in (*serial, "\r"):
        now[0] += 5
        QTest.keyClick(hands.focus, K.Key_Return if letter == "\r" else letter)
    qapp.removeEventFilter(wedge)
    assert scans == [serial]
    assert hands.app.state is S.PRINTED  # neither R (reject) nor Enter (good) was taken
    assert hands.view.scanned_serial == serial


def approved(hands: Hands) -> None:
    """Sri was here, without the window."""
    desk = hands.desk
    desk.duty.take_over("76040004", "sri123")
    desk.approvals.approve(hands.world.by, hands.app.id)
    desk.duty.give_back()
    hands.counter.walk_in.refresh()


def test_a_kill_at_a_field_brings_the_form_back(
    hands: Hands, profile: Path, qtbot: QtBot, words: Words
) -> None:
    begin(hands)
    hands.press(K.Key_F3)
    hands.press(K.Key_M, CTRL)
    hands.hit(K.Key_1)  # the chip can't be read
    assert hands.view.manual
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    screen.identity.form.fields["nik"].setFocus()
    hands.type("3273015507900001")
    hands.hit(K.Key_Tab)
    hands.type("SITI")
    hands.hit(K.Key_Tab)
    ticket = hands.view.ticket
    assert hands.view.form["name"] == "SITI"
    # The program is gone, without a farewell; the store is what another one finds.
    hands.desk.hub.close()
    hands.desk.ledger.store.close()

    world = open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 2)
    again = open_hands(world, qtbot, words)
    again.sign_in("andi")
    assert isinstance(again.window.current_screen, WalkInScreen)
    assert again.view.manual
    assert again.view.form == {
        "nik": "3273015507900001", "name": "SITI", "override": "eid_chip_unreadable"
    }  # fmt: skip
    assert again.view.ticket is not None
    assert ticket is not None
    assert again.view.ticket.id == ticket.id
    close(again)


def test_f3_in_the_middle_of_a_visit_calls_nobody(hands: Hands) -> None:
    begin(hands, Service.RENEWAL, Service.RENEWAL)
    hands.press(K.Key_F3)
    visit = hands.view.visit
    hands.press(K.Key_F3)
    assert hands.view.visit == visit
    assert type(hands.view.problem).__name__ == "ServeFirst"


def test_calling_out_of_turn_asks_why(hands: Hands, qtbot: QtBot) -> None:
    begin(hands, Service.RENEWAL, Service.RENEWAL)
    hands.press(K.Key_F2)
    hands.press(K.Key_Down)
    hands.press(K.Key_Return)
    assert hands.view.visit is None
    hands.hit(K.Key_7)
    hands.type("Ditunggu ")
    screen, sheet = hands.window.current_screen, QApplication.activeModalWidget()
    assert isinstance(screen, QueueScreen)
    assert isinstance(sheet, ReasonDialog)
    again(screen._presenter, sheet)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    hands.type("ambulans")
    hands.hit(K.Key_Return)
    assert hands.view.ticket is not None
    assert hands.view.ticket.call_reason == "other"
    forms = [draft.form for draft in hands.desk.kept_work.begun(hands.world.by)]
    assert QUEUE_QUESTION not in forms, "it was answered"


def test_a_question_about_who_isn_t_in_the_line_any_more_is_asked_of_nobody(hands: Hands) -> None:
    begin(hands, Service.RENEWAL, Service.RENEWAL)
    hands.press(K.Key_F2)
    hands.press(K.Key_Down)
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    here = {"ticket": screen._presenter.view.current}
    for about in ({"ticket": "gone"}, here):
        officer = hands.desk.duty.actor().officer
        asked = Asked("turn", {}, again=True, about=about, officer=officer)
        screen._presenter.go_on_with(asked)
        QApplication.processEvents()
        assert (QApplication.activeModalWidget() is not None) is (about == here)


@pytest.mark.parametrize(("key", "act"), [(K.Key_P, "again"), (K.Key_L, "skip"), (K.Key_T, "hold")])
def test_a_key_that_can_t_be_used_on_a_waiting_line_says_why(
    hands: Hands, key: Qt.Key, act: str
) -> None:
    begin(hands)
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    screen.table.setFocus()
    hands.press(key)
    assert screen.filter.text() == ""
    assert screen.table.hasFocus()
    assert hands.window.toast.text.text() == hands.window.words(f"queue.not_now.{act}")


def test_t_says_why_a_printed_card_s_case_can_t_be_held(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = approved_case(hands.world, 1)
    hands.world.desk.issuing.issue(hands.world.by, app.id)
    hands.desk.duty.sign_out()
    hands.window.refresh_session()
    hands.sign_in("andi")
    screen = in_the_queue(hands)
    screen._presenter.select(app.id)
    line = screen._presenter.view.current_line
    assert line is not None
    assert line.app is not None
    assert line.app.state is S.PRINTED
    hands.press(K.Key_T)
    assert QApplication.activeModalWidget() is None
    assert hands.window.toast.text.text() == hands.window.words("queue.not_now.hold")


def undo_of(hands: Hands) -> QAction:
    [action] = [a for a in hands.window.window_actions if a.objectName() == "ui.act.undo"]
    return action


def in_the_queue(hands: Hands) -> QueueScreen:
    hands.press(K.Key_F2)
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    return screen


def test_a_case_that_was_set_aside_by_t_is_taken_up_again_by_ctrl_z(hands: Hands) -> None:
    begin(hands)
    undo = undo_of(hands)
    assert not undo.isEnabled(), "nothing to undo: no dead key in the list of keys"
    hands.press(K.Key_F3)
    hands.enter(2)
    case, state = hands.app.id, hands.app.state
    in_the_queue(hands)
    hands.press(K.Key_T)
    hands.hit(K.Key_2)
    assert hands.desk.intake.case(case).state is S.ON_HOLD
    assert undo.isEnabled()
    hands.press(K.Key_Z, CTRL)
    assert hands.desk.intake.case(case).state is state
    assert not undo.isEnabled()
    hands.press(K.Key_Z, CTRL)
    assert acts_of(hands, "application.")[-2:] == ["application.hold", "application.resume"]


def test_whoever_went_to_the_end_by_l_is_called_after_all_by_ctrl_z(hands: Hands) -> None:
    begin(hands, Service.RENEWAL, Service.RENEWAL)
    hands.desk.queue.call(hands.world.by)
    hands.world.clock.advance(60)
    screen = in_the_queue(hands)
    [called] = [line for line in screen._presenter.view.lines if line.pile is Pile.SERVED]
    screen._presenter.select(called.key)
    hands.press(K.Key_P)
    assert acts_of(hands, "ticket.")[-1] == "ticket.called_again"
    hands.press(K.Key_L)
    assert [one.number for one in hands.desk.queue.waiting()] == ["A-3002", "A-3001"]
    hands.press(K.Key_Z, CTRL)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog), "it is another's turn"
    hands.hit(K.Key_1)
    assert isinstance(hands.window.current_screen, WalkInScreen)
    assert hands.view.ticket is not None
    assert (hands.view.ticket.number, hands.view.ticket.call_reason) == ("A-3001", "missed_call")


def test_ctrl_z_calls_nobody_else_where_somebody_was_taken_meanwhile(hands: Hands) -> None:
    begin(hands, Service.RENEWAL, Service.RENEWAL)
    ticket, _ = hands.desk.queue.call(hands.world.by)
    hands.world.clock.advance(60)
    in_the_queue(hands)._presenter.select(ticket.id)
    hands.press(K.Key_L)
    _, visit = hands.desk.queue.call(hands.world.by, ticket.id, "missed_call")
    hands.desk.queue.came_back(hands.world.by, visit.id, "1374-26-L3-000001")
    hands.press(K.Key_Z, CTRL)
    assert QApplication.activeModalWidget() is None
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen), "nobody else is called instead"
    assert len(hands.desk.queue.waiting()) == 1


def test_the_lock_leaves_nothing_to_undo(hands: Hands) -> None:
    begin(hands)
    hands.desk.queue.call(hands.world.by)
    in_the_queue(hands)
    hands.press(K.Key_L)
    assert undo_of(hands).isEnabled()
    hands.press(K.Key_F12)
    assert not undo_of(hands).isEnabled()
    hands.sign_in("andi")
    assert not undo_of(hands).isEnabled()


def test_a_ticket_by_hand_is_two_keys_or_one(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(K.Key_N)
    hands.hit(K.Key_P)
    hands.hit(K.Key_1)
    [ticket] = hands.desk.queue.waiting()
    assert (ticket.lane, ticket.service) == ("priority", Service.RENEWAL)
    hands.press(K.Key_N, CTRL)
    _, ticket = hands.desk.queue.waiting()
    assert (ticket.lane, ticket.service) == ("regular", None), "one key where that's enough"


def test_ctrl_k_opens_a_person_and_writes_it_down(hands: Hands) -> None:
    hands.sign_in("andi")
    person = hands.world.people[3]
    before = _looked(hands)
    hands.press(K.Key_K, CTRL)
    hands.type(person.nik)
    hands.hit(K.Key_Return)
    assert _looked(hands) == [*before, "search.left", "record.opened"]
    hands.hit(K.Key_Escape)
    hands.press(K.Key_K, CTRL)
    hands.type(person.name[:3])
    hands.hit(K.Key_Escape)
    assert _looked(hands) == [*before, "search.left", "record.opened", "search.left"]
    hands.press(K.Key_K, CTRL)
    hands.hit(K.Key_Escape)
    assert len(_looked(hands)) == len(before) + 3, "nothing was asked"


def _looked(hands: Hands) -> list[str]:
    return acts_of(hands, "record.opened", "search.left")


def acts_of(hands: Hands, *beginnings: str) -> list[str]:
    from db.journal import entries

    with hands.desk.ledger.store.read() as conn:
        return [e.act for e in entries(conn, "1374-L3") if e.act.startswith(beginnings)]
