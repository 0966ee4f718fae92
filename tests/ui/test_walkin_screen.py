"""The walk-in and the queue on the real window: words, keys, room, odd texts, several cases."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import EvidenceSource
from desktop.domain.officer import RoleMissing
from desktop.domain.plausible import Oddity, ValuesDoubted
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.queue_view import Pile, QueueView
from desktop.presenters.walkin_view import Typing, WalkStep
from desktop.services.oversight import TrailQuery
from desktop.services.reviews import Remark
from desktop.words import LANGUAGES, Words
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import CTRL, Hands
from tests.ui.queued import Queued
from ui.screens.queue import QueueScreen
from ui.screens.walkin import WalkInScreen
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.state import Level, StateItem

K = Qt.Key


def walk_in(hands: Hands, service: Service = Service.RENEWAL) -> WalkInScreen:
    """Andi called somebody."""
    hands.sign_in("andi")
    hands.tickets(service)
    hands.press(K.Key_F3)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    return screen


def to(hands: Hands, step: WalkStep) -> None:
    for _ in range(12):
        if hands.view.step is step:
            return
        if hands.view.step is WalkStep.CAPTURE:
            hands.press(K.Key_Space)
        if hands.view.step is WalkStep.APPROVAL:
            desk = hands.desk
            desk.duty.take_over("76040004", "sri123")
            desk.approvals.approve(hands.world.by, hands.app.id)
            desk.duty.give_back()
            hands.counter.walk_in.refresh()
            continue
        hands.enter()
    pytest.fail(f"stuck at {hands.view.step}: {hands.view.problem!r}")


def cut_off(window: QWidget) -> list[str]:
    """Buttons and one-line labels that have less room than their words."""
    found: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, QLineEdit):
            continue
        short = isinstance(widget, (QPushButton, Text)) and not (
            isinstance(widget, QLabel) and widget.wordWrap()
        )
        narrow = widget.width() + 1 < widget.minimumSizeHint().width()
        if short and narrow and type(widget).__name__ != "Elided":
            found.append(f"{type(widget).__name__} {widget.accessibleName() or '?'}")
    return found


def test_every_act_has_words_in_both_languages_and_a_key_of_its_own(hands: Hands) -> None:
    both = [Words.load(language) for language in ("id", "en")]
    screens = [walk_in(hands)]
    queue = hands.window.opened_screen("queue")
    assert isinstance(queue, QueueScreen)
    for screen in (*screens, queue):
        actions = [a for a in screen.actions() if isinstance(a, QAction)]
        assert len(actions) > 8
        everywhere = hands.window.actions()
        keys = [k.toString() for a in (*actions, *everywhere) for k in a.shortcuts()]
        assert sorted(keys) == sorted(set(keys))
        for action in actions:
            assert action.shortcuts(), action.objectName()
            assert all(action.objectName() in words for words in both), action.objectName()


def test_a_signature_on_the_screen_is_used_by_its_key(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    assert not screen.use.isEnabled()
    hands.press(K.Key_L)
    hands.press(K.Key_P)
    assert type(hands.view.problem).__name__ == "NothingDrawn"
    assert screen.capture.boxed
    screen.capture.box.set_strokes((tuple((n / 40, 0.5) for n in range(20)),))
    hands.press(K.Key_P)
    assert hands.view.photo.signature
    assert not screen.use.isVisible()


WAYS_ON = [step for step in WalkStep if step not in (WalkStep.TESTS, WalkStep.APPROVAL)]


@pytest.mark.parametrize("step", WAYS_ON)
def test_nothing_is_cut_off_and_enter_says_what_it_does(hands: Hands, step: WalkStep) -> None:
    screen = walk_in(hands)
    to(hands, step)
    QApplication.processEvents()
    assert cut_off(screen) == []
    primary = [b for b in screen.findChildren(KeyButton) if b.property("kind") == "primary"]
    [way_on] = [button for button in primary if button.isVisible()]
    assert way_on.key == "Enter"
    assert way_on.text()


def buttons(screen: WalkInScreen) -> dict[str, KeyButton]:
    """Those on show, by their words."""
    return {one.text(): one for one in screen.findChildren(KeyButton) if one.isVisible()}


def certificate_missing(hands: Hands) -> tuple[WalkInScreen, OutsideSimulator]:
    """At the requirements; the psychologists' line says nothing."""
    screen, outside = walk_in(hands), hands.desk.outside
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    hands.enter()
    return screen, outside


def test_while_a_piece_is_missing_asking_for_it_is_the_call_to_act(hands: Hands) -> None:
    screen, outside = certificate_missing(hands)
    words = hands.window.words
    ask, all_there = words("walkin.ask_again"), words("walkin.next.requirements")
    shown = buttons(screen)
    assert shown[ask].property("kind") == "primary"
    assert shown[all_there].property("faded")
    hands.enter()  # it isn't the way on, but says why
    assert hands.view.step is WalkStep.REQUIREMENTS
    assert hands.view.problem is not None
    outside.manners.clear()
    hands.press(K.Key_A)
    assert not buttons(screen)[all_there].property("faded")
    hands.enter()
    assert hands.view.step is WalkStep.PAYMENT


def test_a_silent_issuer_is_the_one_cause_that_is_told(hands: Hands) -> None:
    """Whether the paper is missing, nobody knows before the issuer answered."""
    screen, _ = certificate_missing(hands)
    page, words = screen.requirements, hands.window.words
    assert page.current_kind is RequirementKind.PSYCH_CERT
    assert page.problems.isVisible()
    assert not page.what.isVisible()
    row = next(r for r in page.table.rows_model.rows if r.key == RequirementKind.PSYCH_CERT)
    assert row.cells[1] == StateItem(Level.ATTEND, words("walkin.unanswered"))


def test_f3_from_another_screen_comes_back_to_whoever_is_served(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    hands.press(K.Key_F2)
    hands.press(K.Key_F3)
    assert hands.window.current_key == "walk_in"
    assert hands.view.step is WalkStep.PAYMENT
    assert hands.view.problem is None
    hands.press(K.Key_F3)  # here it calls the next, and says why not
    assert type(hands.view.problem).__name__ == "ServeFirst"


def test_f3_calls_the_next_once_the_case_was_set_aside_at_the_queue(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    held = hands.app
    hands.press(K.Key_F2)
    hands.desk.intake.hold(hands.world.by, held.id, "applicant_left")
    hands.tickets(Service.RENEWAL)
    walk, queued = hands.counter.walk_in, Queued()
    walk.desk = dataclasses.replace(hands.desk, lanes=queued.lanes)
    hands.press(K.Key_F3)
    queued.deliver()
    queued.lanes.close()
    assert hands.view.ticket is not None
    assert hands.view.visit is not None
    assert hands.view.visit.id != held.visit_id


def test_f3_with_nobody_waiting_tells_what_the_page_tells(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(K.Key_F3)
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert type(hands.view.problem).__name__ == "QueueEmpty"
    assert screen.banner.accessibleName() == screen.idle.empty.accessibleName()


def test_the_fields_are_seen_when_an_approved_case_is_corrected(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.press(K.Key_D, CTRL)
    name = screen.confirm.form.fields["name"]
    assert name.isVisible()
    assert QApplication.focusWidget() is name
    hands.hit(K.Key_A, CTRL)
    hands.type("LIA MENGGANTI NAMA")
    hands.enter()
    assert hands.app.applicant.name == "LIA MENGGANTI NAMA"
    assert hands.view.step is WalkStep.CONFIRM


def test_f3_before_a_card_was_looked_at_doesn_t_name_a_hold_that_can_t_be(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    assert hands.app.state is S.PRINTED
    hands.press(K.Key_F3)
    assert not screen.hold.isEnabled()
    assert type(hands.view.problem).__name__ == "CardFirst"


def test_the_page_of_a_refused_case_offers_no_receipt_of_the_visit_s_other(hands: Hands) -> None:
    screen = walk_in(hands)
    hands.enter()
    hands.press(K.Key_N, CTRL)
    choices = hands.view.choices
    hands.counter.walk_in.choose(next(i for i, c in enumerate(choices) if c.possible))
    hands.enter()
    hands.counter.walk_in.reject("data_mismatch")
    to(hands, WalkStep.HANDOVER)
    hands.counter.walk_in.scanned(hands.app.blank_serial)
    hands.enter()
    assert hands.app.state is S.CLOSED
    assert screen.copy.isEnabled()
    hands.press(K.Key_Tab, CTRL)
    assert hands.app.state is S.REJECTED
    assert not screen.copy.isEnabled()


def test_a_typed_certificate_without_a_number_has_its_field_marked(hands: Hands) -> None:
    screen = walk_in(hands)
    outside = hands.desk.outside
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    hands.enter()
    hands.press(K.Key_K)
    hands.enter()
    fields = screen.requirements.form.fields
    assert [bool(field.property("fault")) for field in fields.values()] == [True, False, False]
    assert fields["reference"].hasFocus()


def test_a_certificate_s_code_is_scanned_while_its_issuer_is_silent(hands: Hands) -> None:
    """The code comes as a scanner's burst; in training one key holds the paper under it."""
    screen = walk_in(hands)
    outside, words = hands.desk.outside, hands.window.words
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    hands.enter()
    page = screen.requirements
    row = next(r for r in page.table.rows_model.rows if r.key == RequirementKind.PSYCH_CERT)
    assert row.cells[2] == ""
    assert words("walkin.play") in buttons(screen)
    hands.press(K.Key_Y)
    row = next(r for r in page.table.rows_model.rows if r.key == RequirementKind.PSYCH_CERT)
    assert row.cells[1] == StateItem(Level.GOOD, words("walkin.met"))
    assert row.cells[2] == words.of(EvidenceSource.SCANNED)
    assert "PSI-" in str(row.cells[4]), "its number can be held against the paper"
    assert words("walkin.play") not in buttons(screen)
    hands.enter()
    assert hands.view.step is WalkStep.PAYMENT


def test_while_an_approver_is_awaited_no_button_pretends_to_go_on(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    assert [b.key for b in buttons(screen).values() if b.key == "Enter"] == []
    assert screen.banner.isVisible()
    words = hands.window.words
    assert screen.banner.remedy.text() == words("walkin.approval.banner.remedy")


def test_beside_another_application_of_the_visit_ctrl_tab_is_named_not_f3(hands: Hands) -> None:
    """F3 calls nobody while somebody is served at it."""
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    walk = hands.counter.walk_in
    first = hands.app
    walk.show(cases=(first, dataclasses.replace(first, id="other", state=S.REGISTERED)))
    assert not hands.view.may_leave
    words = hands.window.words
    assert screen.banner.remedy.text() == words("walkin.approval.banner.remedy.other")


def test_who_came_by_take_over_is_not_told_to_call_an_approver_by_f12(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    hands.press(K.Key_F12)
    hands.sign_in("sri")
    hands.press(K.Key_F3)
    assert hands.view.step is WalkStep.APPROVAL
    assert screen.banner.remedy.text() == hands.window.words(
        "walkin.approval.banner.remedy.taken_over"
    )


def test_who_came_by_take_over_is_told_that_f12_gives_the_counter_back_first(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    hands.press(K.Key_F12)
    hands.sign_in("sri")
    hands.press(K.Key_F3)
    assert hands.view.lacks
    assert screen.banner.remedy.text() == hands.window.words("walkin.lacks.remedy.taken_over")


def test_results_are_fetched_by_anybody_and_passed_by_an_examiner(hands: Hands) -> None:
    screen = walk_in(hands, Service.NEW_ISSUE)
    for _ in range(3):
        if hands.view.step is not WalkStep.TESTS:
            hands.enter()
    assert hands.view.lacks
    words = hands.window.words
    assert not buttons(screen)[words("walkin.next.fetch")].property("faded")
    hands.enter()
    assert buttons(screen)[words("walkin.next.tests")].property("faded")
    hands.enter()
    assert hands.view.step is WalkStep.TESTS
    assert isinstance(hands.view.problem, RoleMissing)
    hands.desk.duty.take_over("85020002", "dewi123")
    assert hands.view.problem is None, "the examiner isn't told that it isn't theirs"


def test_taking_the_photo_has_one_button_and_two_keys(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.CAPTURE)
    take = hands.window.words("walkin.take_photo")
    keys = [b.key for b in screen.findChildren(KeyButton) if b.isVisible() and b.text() == take]
    assert keys == ["Enter"]
    hands.press(K.Key_Space)
    assert hands.view.photo.accepted
    again = hands.window.words("walkin.take_photo.again")
    assert buttons(screen)[again].key != "Enter"  # once more, should it be wished


def test_the_page_needs_no_scrolling_at_1366(hands: Hands) -> None:
    from PySide6.QtWidgets import QScrollArea

    screen = walk_in(hands)
    for step in WalkStep:
        if step is WalkStep.TESTS:
            continue
        to(hands, step)
        hands.window.grab()
        for area in screen.findChildren(QScrollArea):
            bars = (area.verticalScrollBar(), area.horizontalScrollBar())
            assert [bar.maximum() for bar in bars] == [0, 0], step


def test_locked_fields_say_why_and_open_ones_do_not(hands: Hands) -> None:
    screen = walk_in(hands)
    name = screen.identity.form.fields["name"]
    assert isinstance(name, QLineEdit)
    assert name.isReadOnly()
    assert "KTP-el" in name.toolTip()
    hands.counter.walk_in.type_manually("device_down")
    assert not name.isReadOnly()


def test_a_wrong_nik_is_marked_and_another_reason_keeps_what_was_typed(hands: Hands) -> None:
    screen = walk_in(hands)
    hands.press(K.Key_M, CTRL)
    hands.hit(K.Key_1)
    nik = screen.identity.form.fields["nik"]
    nik.setFocus()
    for text in ("3273019901900001", "SITI", "BANDUNG", "01011990"):
        hands.type(text)
        hands.hit(K.Key_Tab)
    hands.hit(K.Key_Down)
    address = screen.identity.form.fields["address"]
    address.setFocus()
    hands.type("JL. MAWAR 1")
    hands.enter()
    assert type(hands.view.problem).__name__ == "NikDayImpossible"
    for _ in range(2):
        assert nik.property("fault")
        said = hands.window.words.problem(hands.view.problem).text
        below = [line for line in screen.identity.findChildren(Text) if line.text() == said]
        assert len(below) == 1
        assert below[0].isVisible()
        hands.enter()
    assert screen.manual.text() == hands.window.words("walkin.manual.again")
    hands.press(K.Key_M, CTRL)
    hands.hit(K.Key_4)
    hands.enter()
    assert hands.view.problem is None
    assert not nik.property("fault")
    assert hands.view.form["name"] == "SITI"
    assert hands.view.form["override"] == "nik_confirmed_by_letter"
    assert hands.view.choices


@pytest.mark.parametrize("text", ["X" * 10_000, "سيتي رحمة", "🙂" * 90, "a\nb\tc", "‮ABC"])
def test_odd_names_break_nothing(hands: Hands, text: str) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    view = hands.view
    app = dataclasses.replace(
        hands.app, applicant=dataclasses.replace(hands.app.applicant, name=text, address=text)
    )
    screen.show_view(dataclasses.replace(view, cases=(app,)))
    hands.window.grab()
    assert screen.width() <= hands.window.width()


def test_a_second_service_stands_beside_the_first(hands: Hands) -> None:
    screen = walk_in(hands)
    hands.enter()
    hands.press(K.Key_N, CTRL)
    assert screen.tabs.isVisible()
    hands.press(K.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert not screen.tabs.isVisible()
    hands.press(K.Key_N, CTRL)
    chosen = next(i for i, c in enumerate(hands.view.choices) if c.possible)
    hands.counter.walk_in.choose(chosen)
    hands.enter()
    assert len(hands.view.cases) == 2
    hands.press(K.Key_Tab, CTRL)
    assert hands.view.current == 0
    hands.counter.walk_in.show(doing="doing.read_sim")
    screen.tabs.step(1)
    told = hands.window.words("walkin.wait_to_turn.esc")
    assert (hands.view.current, hands.window.toast.text.text()) == (0, told)
    assert screen.tabs.current == "0", "no chip says that another case is on show"


def test_a_field_s_words_are_told_when_enter_is_pressed_in_it(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    hands.press(K.Key_I, CTRL)
    assert hands.view.typing is Typing.BANK_SLIP
    fields = screen.payment.form.fields
    assert fields["ntpn"].hasFocus()
    hands.enter()  # nothing typed: all that is missing is marked, each with its own words
    assert [name for name, one in fields.items() if one.property("fault")] == ["ntpn", "amount"]
    hands.type("ABC")
    hands.enter()
    assert [name for name, one in fields.items() if one.property("fault")] == ["ntpn", "amount"]
    assert fields["ntpn"].hasFocus()
    hands.press(K.Key_Escape)
    assert hands.view.typing is None, "the form is left at one press"
    hands.press(K.Key_I, CTRL)
    assert hands.view.form["ntpn"] == "ABC", "and what was typed stands when it is opened again"
    fields["ntpn"].setFocus()
    hands.hit(K.Key_A, CTRL)
    hands.type("ABCDEF0123456789")
    hands.enter()
    assert [name for name, one in fields.items() if one.property("fault")] == ["amount"]
    assert fields["amount"].hasFocus()
    fields["ntpn"].setFocus()
    hands.hit(K.Key_A, CTRL)
    hands.type("X")
    hands.hit(K.Key_Tab)
    hands.type("75000")
    hands.enter()
    assert type(hands.view.problem).__name__ == "CodeMalformed"
    assert fields["ntpn"].hasFocus(), "not the empty bank: the NTPN is wrong"
    hands.hit(K.Key_A, CTRL)
    hands.type("ABCDEF0123456789")
    hands.enter()
    assert hands.view.step is WalkStep.CAPTURE


def test_letters_typed_in_a_form_press_no_act(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.HANDOVER)
    other = hands.desk.stock.free_here(1)[0]
    hands.counter.walk_in.scanned(other)  # not theirs: nothing says to hand it over
    assert screen.handover.lead.text() == hands.window.words("walkin.handover.other")
    hands.press(K.Key_U, CTRL)
    hands.type("RUM")
    hands.hit(K.Key_Tab)
    assert hands.view.form == {"name": "RUM"}
    assert hands.app.state is S.READY


def test_the_cut_off_print_is_asked_about_at_the_next_start(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.world.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    hands.enter()
    assert hands.view.doubt is not None
    hands.world.bench.remedy("card_printer")
    hands.counter.sign_in.sign_out()
    hands.sign_in("andi")
    assert hands.window.current_screen is screen
    assert hands.view.doubt is not None
    hands.press(K.Key_2)
    assert hands.view.doubt is None
    assert hands.app.state is S.APPROVED
    hands.enter()
    assert hands.app.state is S.PRINTED


@pytest.mark.parametrize(("key", "told"), [(K.Key_1, "chip_written"), (K.Key_2, "missing")])
def test_no_card_asks_where_the_blank_is(hands: Hands, key: Qt.Key, told: str) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.world.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    hands.enter()
    serial = hands.app.blank_serial
    hands.world.bench.remedy("card_printer")
    hands.press(K.Key_3)
    [sheet] = [d for d in hands.window.findChildren(QDialog) if d.isVisible()]
    assert sheet.windowTitle()
    hands.hit(key)
    assert hands.app.state is S.APPROVED
    assert hands.app.old_blank == serial
    assert screen.production.outcome.text.text() == screen.words(f"walkin.outcome.{told}")


def test_the_lock_hides_a_person_from_the_applicant_s_screen(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    hands.press(K.Key_F11)
    hands.window.activateWindow()  # as a window manager leaves it
    QApplication.processEvents()
    hands.press(K.Key_F12)
    assert hands.window.locked
    hands.sign_in("andi")
    assert not hands.window.locked
    assert hands.view.step is WalkStep.CONFIRM
    hands.press(K.Key_F11)


def test_y_holds_the_card_under_a_training_counter_s_scanner(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.HANDOVER)
    hands.press(K.Key_Y)
    assert hands.view.app is not None
    assert hands.view.scanned_serial == hands.view.app.blank_serial
    hands.press(K.Key_Return)
    assert hands.view.step is WalkStep.DONE


def test_an_approver_s_enter_in_the_queue_opens_the_approvals(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.APPROVAL)
    hands.press(K.Key_F12)
    hands.sign_in("sri")
    hands.press(K.Key_F2)
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    assert not screen.ticket.isEnabled()
    hands.press(K.Key_Return)
    assert hands.window.current_screen is hands.window.opened_screen("supervisor")


def test_a_letter_in_the_queue_begins_a_filter_and_esc_ends_it(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.tickets(Service.RENEWAL, Service.RENEWAL)
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    hands.press(K.Key_Z)
    assert screen.filter.text() == "z"
    assert screen.empty.isVisible()
    hands.press(K.Key_Escape)
    assert screen.filter.text() == ""
    assert screen.table.isVisible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_piles_show_their_digits_in_one_row_of_a_small_screen(
    hands: Hands, language: str
) -> None:
    hands.sign_in("andi")
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    screen.words = Words.load(language)
    counts = tuple(
        (pile, 38 if pile is Pile.ALL else 14 if pile is Pile.WAITING else 6) for pile in Pile
    )
    screen.show_view(QueueView(counts=counts))
    chips = screen.piles.findChildren(QAbstractButton)
    names = [screen.words(f"pile.{pile}") for pile in Pile]
    assert [chip.text() for chip in chips] == [f"{n}  {name}" for n, name in enumerate(names, 1)]
    assert hands.window.width() == 1366
    assert len({chip.y() for chip in chips}) == 1


def test_a_queue_that_was_not_read_yet_is_not_said_to_be_empty(hands: Hands) -> None:
    hands.sign_in("andi")
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    assert screen.empty.isVisible()
    screen.show_view(QueueView())
    assert not screen.empty.isVisible()
    assert screen.waiting.accessibleName().endswith("–")
    screen.show_view(QueueView(now=hands.desk.clock.now()))
    assert screen.empty.isVisible()
    assert screen.waiting.accessibleName().endswith("0")


def test_an_empty_queue_takes_n_for_a_ticket_wherever_one_came_from(hands: Hands) -> None:
    hands.sign_in("andi")
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    for key in (K.Key_F9, K.Key_F5, K.Key_F8):
        hands.press(key)
        hands.press(K.Key_F2)
        assert not screen.filter.hasFocus(), key
    hands.press(K.Key_6)
    assert screen.piles.current == "ready"
    screen.filter.setFocus()
    hands.press(K.Key_Escape)
    assert screen.piles.current == "all", "what the empty list says of Esc"
    hands.press(K.Key_N)
    assert screen.filter.text() == ""
    hands.hit(K.Key_Escape)
    hands.press(K.Key_N, CTRL)
    assert screen.table.isVisible()
    assert screen.table.hasFocus()


def test_choosing_who_comes_puts_them_on_the_stage(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(K.Key_F3)
    hands.counter.open_stage()
    stage = hands.counter.stage
    assert stage is not None
    wanted = stage.view.seats[5]
    stage.come(wanted.nik)
    for sheet in hands.window.findChildren(QDialog):
        sheet.reject()
    hands.tickets(Service.RENEWAL)
    hands.press(K.Key_F3)
    assert hands.view.identity is not None
    assert hands.view.identity.applicant.nik == wanted.nik


def test_while_a_proof_is_typed_its_row_stands_alone_above_the_fields(hands: Hands) -> None:
    screen, _ = certificate_missing(hands)
    page = screen.requirements
    whole = page.table.rows_model.rowCount()
    hands.press(K.Key_K)
    assert hands.view.typing is Typing.EVIDENCE
    assert [row.key for row in page.table.rows_model.rows] == [RequirementKind.PSYCH_CERT]
    assert page.form.isVisible()
    hands.press(K.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.table.rows_model.rowCount() == whole
    assert page.current_kind is RequirementKind.PSYCH_CERT


def test_while_correcting_every_letter_is_typed_into_the_name(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    assert screen.compare.isEnabled()
    hands.press(K.Key_D, CTRL)
    field = screen.confirm.form.fields["name"]
    assert field.hasFocus()
    assert not screen.compare.isVisible()
    hands.press(K.Key_F)
    assert isinstance(field, QLineEdit)
    assert "F" in field.text()
    assert not any(sheet.isVisible() for sheet in hands.window.findChildren(QDialog))


def test_a_person_who_was_identified_did_come(hands: Hands) -> None:
    screen = walk_in(hands)
    assert hands.view.identity is not None
    assert screen.skip.text() == screen.words("walkin.skip.back")


def test_who_did_not_come_is_sent_back_while_their_card_or_finger_is_waited_for(
    hands: Hands,
) -> None:
    screen = walk_in(hands)
    for waited in ("doing.read_eid", "doing.match_finger"):
        hands.counter.walk_in.show(doing=waited)
        assert screen.skip.isEnabled()
        assert screen.skip.isVisible()
    hands.counter.walk_in.show(doing="")


def test_back_from_correcting_the_keys_work_as_before(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    hands.press(K.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert hands.view.correcting
    hands.press(K.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert not hands.view.correcting
    hands.enter()
    assert hands.view.step is WalkStep.APPROVAL


def test_an_odd_value_is_asked_about_before_the_data_is_confirmed(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.CONFIRM)
    assert not screen.odd.isVisible()
    assert not screen.confirm.odd.isVisible()
    before = hands.view.faces.front
    desk, applicant = hands.desk, dataclasses.replace(hands.app.applicant, address="NO. 1")
    desk.intake.correct(hands.world.by, hands.app.id, applicant)
    hands.counter.walk_in.refresh()
    assert hands.view.faces.front != before, "the card that the applicant looks at is drawn anew"

    hands.enter(2)
    assert hands.view.step is WalkStep.CONFIRM, "no Enter, however often, is an answer"
    assert isinstance(hands.view.problem, ValuesDoubted)
    [question] = screen.confirm.odd.findChildren(QLabel)
    assert "NO. 1" in question.text()

    hands.press(K.Key_D)
    assert hands.app.state is S.CONFIRMED
    [line] = desk.oversight.trail(TrailQuery(acts="application.confirm_data"))
    assert ("answered", "address_short") in line.facts
    desk.duty.take_over("76040004", "sri123")
    [review] = desk.reviews.waiting(hands.world.by)
    assert Remark.DOUBTED in review.remarks
    assert [one.what for one in review.doubted] == [Oddity.ADDRESS_SHORT]
