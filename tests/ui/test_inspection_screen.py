"""What the machine saw of a card, on the walk-in's page: the marked picture, words, and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.cards.inspection.facts import (
    CardCheck,
    CardFinding,
    CardVerdict,
    Inspection,
    Severity,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.reasons import OverrideReason, SpoilReason
from desktop.notices import CardToTurn, Notice
from desktop.words import LANGUAGES, Words
from devices.device import DeviceKind
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import Hands
from tests.ui.test_keys import approved, begin, to_approval
from ui.screens.inspection_parts import found, notes, pass_reasons
from ui.screens.walkin_acts import WalkInActs
from ui.screens.walkin_card import ProductionPage
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.widgets.labels import Text
from ui.widgets.photo import image_of
from ui.widgets.reasons import ReasonDialog

K = Qt.Key


def printed(hands: Hands, *faults: Fault) -> ProductionPage:
    """A renewal up to the printed card, which the viewer has seen by itself."""
    begin(hands)
    to_approval(hands)
    approved(hands)
    hands.world.bench.order("card_printer", *faults)
    hands.enter()
    screen = hands.window.current_screen
    assert screen is not None
    return screen.findChild(ProductionPage)


def test_a_good_card_is_told_so_and_one_key_goes_on(hands: Hands) -> None:
    page = printed(hands)
    assert hands.view.looked is not None
    assert hands.view.looked.verdict is CardVerdict.GOOD
    assert page.seen.isVisible()
    assert page.faces.front.image == image_of(hands.view.faces.front), "as ordered"
    assert page.faces.back.image == image_of(hands.view.faces.back)
    assert page.faces.front.accessibleName() == page.words("walkin.front")
    hands.enter()
    assert hands.app.state is S.READY


def test_the_page_says_when_the_card_is_to_be_turned(hands: Hands) -> None:
    said: list[tuple[bool, str]] = []

    def heard(notice: Notice) -> None:
        page = hands.window.findChild(ProductionPage)
        if isinstance(notice, CardToTurn) and page is not None:
            shown = " ".join(label.text() for label in page.seen.findChildren(QLabel))
            said.append((hands.view.turning, shown))

    hands.desk.notices.subscribe(heard)
    page = printed(hands)
    ((turning, shown),) = said
    assert turning
    assert page.words("inspection.turn") in shown
    assert not hands.view.turning


def test_a_faulty_card_is_marked_and_enter_does_not_pass_it(
    hands: Hands, qapp: QApplication
) -> None:
    page = printed(hands, Fault("print.done", FaultName.SMUDGED_CODE))
    seen = hands.view.looked
    assert seen is not None
    assert seen.failed(CardCheck.SEAL_PRINT)
    assert seen.back.startswith(b"\xff\xd8\xff")
    assert page.faces.front.image == image_of(seen.front)
    assert page.faces.back.image == image_of(seen.back), "the marks are on what was seen"
    assert page.faces.back.accessibleName() == page.words("inspection.found.back")
    assert any("QR" in item.text for item in notes(page.words, seen, possible=True))
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInActs)
    assert screen.next.property("faded"), "a plain yes isn't the way on"
    hands.enter()
    assert type(hands.view.problem).__name__ == "CardFaulty"
    assert hands.app.state is S.PRINTED
    hands.press(K.Key_E)
    dialog = qapp.activeModalWidget() or qapp.activeWindow()
    assert isinstance(dialog, ReasonDialog)
    assert pass_reasons(seen) == (OverrideReason.MACHINE_MISTAKEN,), "no small flaw: unreadable"
    hands.press(K.Key_Return)
    assert hands.app.state is S.READY
    assert not screen.next.property("faded")


def failing(*checks: CardCheck) -> Inspection:
    """A refused card on which these failed."""
    failed = (CardFinding(c, Severity.REFUSE, 0.0, 1.0, passed=False) for c in checks)
    return Inspection(CardVerdict.REFUSED, tuple(failed))


def test_of_another_card_only_that_is_told(words: Words) -> None:
    found = (
        CardCheck.NUMBER,
        CardCheck.SEAL_RECORD,
        CardCheck.PHOTO,
        CardCheck.PRINTED_SERIAL,
        CardCheck.PANELS,
    )
    _, told, rest = notes(words, failing(*found), possible=True, shown=5)
    assert words("inspection.fault.seal_record") in told.text
    assert words("inspection.fault.printed_serial") in told.text
    assert told.text.endswith(words("inspection.fault.seal_record.remedy"))
    assert words("inspection.fault.printed_serial.remedy") not in told.text
    assert rest.text.endswith(f"{words.of(CardCheck.PANELS)}.")
    for check in (CardCheck.NUMBER, CardCheck.PHOTO, CardCheck.PANELS):
        assert words.of(check) in rest.text
        assert words(f"inspection.fault.{check}.remedy") not in rest.text
        assert words(f"inspection.fault.{check}") in rest.detail


def test_a_card_that_contradicts_itself_is_not_only_another_one(words: Words) -> None:
    seen = failing(CardCheck.SEAL_RECORD, CardCheck.SEAL_FACE)
    said = " ".join(line.text for line in notes(words, seen, possible=True))
    assert words("inspection.fault.seal_face.remedy") in said


def test_what_is_to_be_done_stands_once(words: Words) -> None:
    seen = failing(CardCheck.PANELS, CardCheck.SPOTS, CardCheck.BLACK)
    said = [line.text for line in notes(words, seen, possible=True)[1:]]
    remedy = words("inspection.fault.black.remedy")
    assert said[0] == (
        f"{words('inspection.fault.panels')} {words('inspection.fault.black')} {remedy}"
    )
    assert len(said) == 2


def test_what_has_no_line_of_its_own_is_in_the_tip(words: Words) -> None:
    checks = (CardCheck.NUMBER, CardCheck.DATES, CardCheck.PHOTO, CardCheck.GHOST)
    lines = notes(words, failing(*checks), possible=True)
    assert len(lines) == 4
    assert words("inspection.fault.photo") in lines[-1].detail
    assert words("inspection.fault.ghost") in lines[-1].detail


def test_a_code_that_cannot_be_read_is_told_once(words: Words) -> None:
    checks = (CardCheck.SEAL_READ, CardCheck.SEAL_PRINT)
    failed = tuple(CardFinding(c, Severity.FAULT, 0.0, 1.0, passed=False) for c in checks)
    lines = notes(words, Inspection(CardVerdict.FAULTY, failed), possible=True)
    assert [words("inspection.fault.seal_read") in line.text for line in lines] == [False, True]


def test_another_serial_is_told_beside_the_ordered_one(words: Words) -> None:
    wrong = CardFinding(
        CardCheck.PRINTED_SERIAL, Severity.REFUSE, 2.0, 1.0, passed=False, note="CT26030021"
    )
    seen = Inspection(CardVerdict.REFUSED, (wrong,))
    told = " ".join(item.text for item in notes(words, seen, possible=True, serial="CT26030020"))
    assert "CT26030021" in told
    assert "CT26030020" in told


def test_another_card_on_the_reader_is_told_apart_from_a_wrong_content(words: Words) -> None:
    other = CardFinding(CardCheck.CHIP, Severity.REFUSE, 1.0, 0.0, passed=False, note="uid")
    wrong = CardFinding(CardCheck.CHIP, Severity.REFUSE, 1.0, 0.0, passed=False, note="bytes")
    key = "inspection.fault.chip"
    assert found(words, other) == words(f"{key}.uid")
    assert found(words, wrong) == words(key)


def test_a_swapped_photo_asks_for_a_second_officer(hands: Hands, qapp: QApplication) -> None:
    printed(hands, Fault("print.done", FaultName.SWAPPED_PHOTO))
    assert hands.view.looked is not None
    assert hands.view.looked.refused
    hands.enter()
    assert type(hands.view.problem).__name__ == "CardRefused"
    hands.press(K.Key_E)  # there is but one reason: nothing is to be chosen first
    sheet = qapp.activeModalWidget() or qapp.activeWindow()
    assert isinstance(sheet, SecondOfficerDialog)
    assert hands.app.state is S.PRINTED
    words, said = hands.window.words, " ".join(line.text() for line in sheet.findChildren(Text))
    for fault in hands.view.looked.faults:
        assert words.of(fault.check) in said, "who signs beside is told what was found"
    assert words.of(OverrideReason.MACHINE_MISTAKEN) in said


def test_a_card_that_is_not_ours_offers_no_way_to_pass_it(hands: Hands, qapp: QApplication) -> None:
    printed(hands)
    bench, desk = hands.world.bench, hands.desk
    bench.put_card_on_reader(bench.fresh_card(desk.stock.free_here(1)[0]))
    hands.press(K.Key_V)
    seen = hands.view.looked
    assert seen is not None
    assert seen.failed(CardCheck.CHIP)
    hands.enter()
    assert type(hands.view.problem).__name__ == "CardNotOurs"
    hands.press(K.Key_E)
    assert qapp.activeModalWidget() is None
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInActs)
    assert not screen.pass_card.isVisible()


def test_who_signs_for_one_more_print_is_told_what_the_last_card_was_lost_by(
    hands: Hands, qapp: QApplication
) -> None:
    printed(hands)
    walk = hands.counter.walk_in
    walk.spoil("print_defect")
    hands.enter()
    walk.spoil("chip")
    assert hands.view.reprint_limited
    hands.press(K.Key_U)
    sheet = qapp.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog)
    words, said = hands.window.words, " ".join(line.text() for line in sheet.findChildren(Text))
    assert words("walkin.reprint_cause", count=2, reason=words.of(SpoilReason.CHIP)) in said


def test_before_a_look_enter_is_named_by_what_it_does(hands: Hands) -> None:
    page = printed(hands)
    acts = hands.window.findChild(WalkInActs)
    assert acts is not None
    enter, words = acts.next, page.words
    assert enter.text() == words("walkin.next.inspect")
    hands.counter.walk_in.show(tried_card="", inspection=None)  # as after a restart
    assert enter.text() == words("walkin.next.look")
    assert acts.look.property("echoed"), "one act has one button"
    hands.enter()
    assert hands.view.looked is not None
    assert hands.app.state is S.PRINTED
    assert enter.text() == words("walkin.next.inspect")


def test_a_look_may_be_taken_again(hands: Hands) -> None:
    begin(hands)
    to_approval(hands)
    approved(hands)
    hands.world.bench.order("card_viewer", Fault("viewer.look", FaultName.WRONG_CARD))
    hands.enter()
    assert hands.view.looked is not None
    assert hands.view.looked.refused
    hands.press(K.Key_V)
    assert hands.view.looked.verdict is CardVerdict.GOOD
    hands.enter()
    assert hands.app.state is S.READY


def test_without_a_viewer_the_page_says_that_the_eye_inspects(hands: Hands) -> None:
    hands.desk.hub.remove(DeviceKind.CARD_VIEWER.value)
    page = printed(hands)
    assert hands.view.looked is None
    lines = [line.text() for line in page.seen.findChildren(Text) if line.isVisible()]
    assert any(page.words("inspection.by_eye") in line for line in lines)
    hands.enter()
    assert hands.app.state is S.READY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", list(CardCheck))
def test_every_finding_has_words_and_a_remedy(language: str, check: CardCheck) -> None:
    words = Words.load(language)
    key = f"inspection.fault.{check}"
    assert key in words
    assert f"{key}.remedy" in words
    assert words.of(check)


def test_a_card_that_was_printed_before_a_restart_can_be_looked_at(hands: Hands) -> None:
    printed(hands)
    truth = hands.world.bench.printer.truth
    tray = truth.output
    [card] = tray
    tray.clear()  # as a program that was started anew finds its simulated printer
    truth.jobs.clear()
    hands.press(K.Key_V)
    looked = hands.view.looked
    assert looked is not None
    assert looked.verdict is CardVerdict.GOOD
    [again] = tray
    assert (again.serial, again.front) == (card.serial, card.front)
    hands.press(K.Key_V)
    assert tray == [again]  # it is one card, however often it is looked at
    assert hands.world.bench.take_output() == [again]
    hands.press(K.Key_V)
    assert truth.output == []  # somebody has it
    assert again.chip.memory == card.chip.memory
