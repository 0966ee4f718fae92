"""The walk-in when somebody or something comes back: seized cards, old cards, open cases."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import Application, Incident, Ticket
from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Hold, HoldKind
from desktop.domain.reasons import RejectReason
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.making import approved, ready, witness
from tests.walks.steps import A, C, case, handed, licences_of, registered
from tests.walks.test_corrections import at_an_outlet
from tests.walks.test_old_cards import lower_made
from ui.screens.cards import CardsScreen
from ui.screens.walkin import WalkInScreen
from ui.widgets.banner import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.reasons import ReasonDialog

KEY = Qt.Key


def waiting(hands: Hands, service: Service, number: int = 1, cls: LicenceClass = C) -> Application:
    """A case that waits at its requirements, opened at Andi's window."""
    hands.world.sign_in("andi")
    app = registered(hands.world, hands.world.people[number], service, cls)
    hands.desk.duty.sign_out()
    hands.sign_in("andi")
    hands.window.open_screen("walk_in", app.id)
    assert hands.view.step is WalkStep.REQUIREMENTS
    return app


def asked(hands: Hands) -> ReasonDialog:
    hands.press(KEY.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, ReasonDialog)
    return sheet


def test_lost_or_seized_is_asked_and_enter_alone_answers_nothing(hands: Hands) -> None:
    app = waiting(hands, Service.REPLACE_LOST)
    asked(hands)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert screen.banner.tone is Tone.INFO, "a question is no error"
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Return)
    assert case(hands.world, app).state is S.REGISTERED
    hands.hit(KEY.Key_1)
    assert case(hands.world, app).loss == "lost"
    assert hands.view.step is WalkStep.PAYMENT


def test_a_seized_card_is_noted_and_the_case_is_over(hands: Hands) -> None:
    app = waiting(hands, Service.REPLACE_LOST)
    asked(hands)
    hands.hit(KEY.Key_2)
    for text in ("TILANG-0001", "Satlantas Contoh", "Kejaksaan Contoh"):
        hands.type(text)
        hands.hit(KEY.Key_Return)
    assert case(hands.world, app).state is S.REJECTED
    with hands.desk.ledger.reading() as r:
        [hold] = r.find(Hold, nik=app.nik, active=True)
    assert (hold.kind, hold.settle_at) == (HoldKind.CARD_SEIZED, "Kejaksaan Contoh")


def test_a_renewal_without_the_old_card_is_asked_lost_or_seized(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    shown = [one for one in screen.findChildren(KeyButton) if one.isVisible()]
    assert screen.words("walkin.no_card") in [one.text() for one in shown], "its key stands there"
    hands.press(KEY.Key_N)
    [old] = licences_of(hands.world, hands.world.people[1])
    assert asks(hands, screen.words("cards.not_brought.renewal", date=old.valid_until))
    hands.hit(KEY.Key_1)
    now = case(hands.world, app)
    assert (now.service, now.state) == (Service.REPLACE_LOST, S.REGISTERED)
    assert hands.app.service is Service.REPLACE_LOST
    assert hands.view.checklist is not None, "its own papers are asked for at once"
    kinds = [one.requirement.kind for one in hands.view.checklist.verdicts]
    assert RequirementKind.LOSS_REPORT in kinds
    hands.enter()
    assert hands.view.step is WalkStep.PAYMENT, "and not asked twice"


def test_a_renewal_whose_card_was_seized_notes_who_has_it(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    hands.press(KEY.Key_N)
    hands.hit(KEY.Key_2)
    for text in ("TILANG-0001", "Satlantas Contoh", "Kejaksaan Contoh"):
        hands.type(text)
        hands.hit(KEY.Key_Return)
    assert case(hands.world, app).reason == "card_seized"
    with hands.desk.ledger.reading() as r:
        assert r.count(Hold, nik=app.nik, active=True) == 1


def test_an_outlet_replaces_no_lost_card_and_only_a_seizure_is_noted(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    at_an_outlet(hands.world)
    hands.press(KEY.Key_N)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert asks(hands, screen.words("cards.not_brought.elsewhere"))
    hands.hit(KEY.Key_2)
    assert asks(hands, ""), "there is no second answer"
    hands.hit(KEY.Key_1)
    assert not isinstance(QApplication.activeModalWidget(), ReasonDialog)
    assert case(hands.world, app).service is Service.RENEWAL


def asks(hands: Hands, question: str) -> bool:
    """Whether a sheet of reasons stands over the screen and asks this."""
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, ReasonDialog)
    return question in " ".join(one.text() for one in sheet.findChildren(QLabel))


def test_who_brings_no_card_is_asked_about_none(hands: Hands) -> None:
    waiting(hands, Service.NEW_ISSUE, cls=A)
    hands.press(KEY.Key_N)
    assert QApplication.activeModalWidget() is None


def test_escape_leaves_the_question_open(hands: Hands) -> None:
    app = waiting(hands, Service.REPLACE_LOST)
    asked(hands)
    hands.hit(KEY.Key_Escape)
    assert case(hands.world, app).state is S.REGISTERED
    asked(hands)


def test_somebody_elses_card_laid_down_is_kept(hands: Hands) -> None:
    hands.world.sign_in("andi")
    theirs = handed(hands.world, ready(hands.world, 2))
    hands.desk.duty.sign_out()
    app = waiting(hands, Service.REPLACE_DAMAGED)
    hands.window.on_scan(theirs.blank_serial)
    assert type(hands.view.problem).__name__ == "CardOfAnother"
    with hands.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="found_property")
    assert incident.details["application"] == app.number


def test_ones_own_old_card_is_named_and_other_codes_are_looked_up(hands: Hands) -> None:
    hands.world.sign_in("andi")
    mine = handed(hands.world, ready(hands.world, 1))
    hands.desk.duty.sign_out()
    waiting(hands, Service.REPLACE_DAMAGED)
    hands.window.on_scan(mine.blank_serial)
    assert hands.view.said is not None
    assert hands.view.said.message_id == "cards.handed_in.TAKEN"
    hands.window.on_scan("820000000000001")
    assert hands.window.palette_is_open


def test_the_lower_card_shown_for_an_upgrade_is_given_back(hands: Hands) -> None:
    hands.world.sign_in("andi")
    mine = lower_made(hands.world)
    hands.desk.duty.sign_out()
    app = waiting(hands, Service.CLASS_UPGRADE, 0, LicenceClass.A_UMUM)
    hands.window.on_scan(mine.blank_serial)
    assert hands.view.said is not None
    assert hands.view.said.message_id == "cards.handed_in.OWN_STAYS"
    assert not case(hands.world, app).old_card_taken


def test_whoever_comes_back_goes_on_with_the_open_case(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    hands.press(KEY.Key_S, CTRL)
    hands.hit(KEY.Key_1)
    hands.tickets(Service.RENEWAL)
    hands.press(KEY.Key_F3)
    hands.world.put_eid(hands.world.people[1])
    hands.counter.walk_in.read_again()
    visit = hands.view.visit
    assert hands.view.standing is not None
    assert hands.view.identity is not None
    assert hands.view.identity.applicant.nik == app.nik
    hands.press(KEY.Key_Y, CTRL)
    assert hands.app.id == app.id
    assert case(hands.world, app).state is S.REGISTERED
    with hands.desk.ledger.reading() as r:
        tickets = r.find(Ticket)
    assert visit is not None
    assert next(t for t in tickets if t.id == visit.ticket_id).state == "done"


def test_a_typo_on_a_printed_card_leads_to_the_card_desk(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = ready(hands.world, 1)
    hands.desk.duty.sign_out()
    hands.sign_in("andi")
    hands.window.open_screen("walk_in", app.id)
    hands.press(KEY.Key_D, CTRL)
    found = hands.window.current_screen
    assert isinstance(found, CardsScreen)
    assert found.presenter.view.record is not None
    assert found.presenter.view.record.serial == app.blank_serial


def test_another_service_doesn_t_name_the_case_beside_it_as_left_open(hands: Hands) -> None:
    app = waiting(hands, Service.RENEWAL)
    hands.press(KEY.Key_N, CTRL)
    assert hands.view.adding
    assert hands.view.standing is not None
    assert [case.id for case in hands.view.standing.open_cases] == [app.id]
    screen = hands.window.current_screen
    assert screen is not None
    shown = [item.text() for item in screen.findChildren(QLabel) if item.isVisible()]
    assert not [text for text in shown if app.number in text]


def test_a_correction_that_is_refused_leaves_the_cursor_at_the_wrong_field(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    hands.press(KEY.Key_D, CTRL)
    born = screen.confirm.form.fields["birth_date"]
    born.setFocus()
    hands.hit(KEY.Key_A, CTRL)
    hands.type("31021973")
    hands.enter()
    assert type(hands.view.problem).__name__ == "DateUnreadable"
    assert born.hasFocus()


def test_a_form_left_empty_says_all_that_is_missing_and_begins_at_the_first(hands: Hands) -> None:
    screen = walk_in(hands)
    hands.press(KEY.Key_M, CTRL)
    hands.hit(KEY.Key_1)
    assert hands.view.manual
    fields = screen.identity.form.fields
    for name in fields:
        hands.counter.walk_in.field_changed(name, "")
    hands.enter()
    faults = [name for name, one in fields.items() if one.property("fault")]
    assert faults == ["nik", "name", "birth_place", "birth_date", "sex", "address"]
    assert fields["nik"].hasFocus()
    assert "6" in screen.banner.text.text()
    hands.type("3273015505910001")
    hands.enter()
    assert fields["name"].hasFocus()
    for name, text in (("name", "SITI"), ("birth_place", "BOGOR"), ("sex", "P"), ("address", "X")):
        hands.counter.walk_in.field_changed(name, text)
    hands.enter()
    assert [name for name, one in fields.items() if one.property("fault")] == ["birth_date"]
    assert type(hands.view.problem).__name__ == "FieldEmpty"


def test_a_case_that_the_approver_sent_back_says_why_until_it_goes_on(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    hands.desk.approvals.refuse(witness(hands.world, "sri"), hands.app.id, "data_mismatch", "RT?")
    hands.window.open_screen("walk_in", hands.app.id)
    assert hands.view.step is WalkStep.CONFIRM
    why = screen.words.of(RejectReason.DATA_MISMATCH)
    told = screen.words("walkin.sent_back", reason=f"{why}. RT?")
    assert screen.banner.accessibleName().startswith(told)
    hands.enter()
    assert hands.view.step is WalkStep.APPROVAL
    assert (hands.app.reason, hands.app.note) == ("", "")


def test_what_the_approver_wrote_still_stands_there_after_a_hold(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    app = hands.app
    hands.desk.approvals.refuse(witness(hands.world, "sri"), app.id, "other", "RT is wrong")
    hands.window.open_screen("walk_in", app.id)
    for _ in range(2):
        hands.press(KEY.Key_S, CTRL)
        hands.hit(KEY.Key_1)
        assert case(hands.world, app).state is S.ON_HOLD
        hands.window.open_screen("walk_in", app.id)
        assert screen.next.text() == screen.words("walkin.next.resume")
        hands.enter()
        assert hands.view.step is WalkStep.CONFIRM
        why = screen.words.of(RejectReason.OTHER)
        told = screen.words("walkin.sent_back", reason=f"{why}. RT is wrong")
        assert screen.banner.accessibleName().startswith(told)
    hands.enter()
    assert (hands.app.reason, hands.app.note) == ("", "")


def test_results_are_no_more_fetched_where_every_test_is_passed(hands: Hands) -> None:
    screen = walk_in(hands, Service.NEW_ISSUE)
    to(hands, WalkStep.TESTS)
    assert screen.fetch.isEnabled()
    hands.enter()
    assert all(line.passed for line in hands.view.tests)
    assert not screen.fetch.isVisible()


@pytest.mark.parametrize(
    ("service", "reason"),
    [(Service.RENEWAL, "card_seized"), (Service.NEW_ISSUE, "tests_failed")],
)
def test_a_renewal_whose_card_was_seized_is_refused_as_that(
    hands: Hands, service: Service, reason: str
) -> None:
    """Who sits tests brings no card; the digit is theirs."""
    cls = C if service is Service.RENEWAL else A
    app = waiting(hands, service, cls=cls)
    hands.press(KEY.Key_R, CTRL)
    hands.hit(KEY.Key_5)
    hands.hit(KEY.Key_Return)
    ended = case(hands.world, app)
    assert (ended.state, ended.reason) == (S.REJECTED, reason)


def test_an_approved_case_whose_proof_was_denied_is_cancelled_and_not_rejected(
    hands: Hands,
) -> None:
    """It stands at its requirements again, approved as it is: nothing rejects it from there."""
    hands.sign_in("andi")
    app = approved(hands.world, 1)
    with hands.desk.ledger.acting(hands.world.by) as w:
        w.change(app, requirements_met=False)
        w.record("application.doubted", app.id, {"number": app.number})
    hands.window.open_screen("walk_in", app.id)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert hands.view.step is WalkStep.REQUIREMENTS
    assert not screen.reject.isEnabled()
    assert screen.cancel.isEnabled()
