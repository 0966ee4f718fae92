"""F6 by hand: a parcel is scanned, judged, opened by two, compared and decided by single keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import CardSwapped
from desktop.domain.officer import Role, RoleMissing
from desktop.domain.reasons import ReturnReason
from desktop.domain.shipment import Parcel, ReturnState
from desktop.domain.stock import Blank, BlankState
from desktop.presenters.returns import Returns
from desktop.presenters.returns_problems import ShelfCardFirst
from desktop.presenters.returns_view import ReturnStep
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.walks.online_day import OnlineDay
from tests.walks.world import IDS_OF_THE_OFFICE, PASSWORDS, open_world
from ui.screens.online_dialogs import LinesDialog
from ui.screens.returns import ReturnsScreen
from ui.widgets.buttons import KeyButton
from ui.widgets.reasons import ReasonDialog
from ui.widgets.scan_box import Verdict, VerdictSign
from ui.widgets.state import StateBadge

KEY = Qt.Key


def screen(hands: Hands) -> ReturnsScreen:
    found = hands.window.current_screen
    assert isinstance(found, ReturnsScreen)
    return found


def desk(hands: Hands) -> Returns:
    return screen(hands).presenter


def begin(hands: Hands, count: int = 1) -> tuple[OnlineDay, list[Parcel]]:
    """Parcels with the courier; Rahmat at the returns screen."""
    day = OnlineDay(hands.world)
    apps = [app for app in day.ready(count=count, seed=8) if app.delivery == "courier"]
    parcels = day.dispatched(*apps)
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F6)
    return day, parcels


def second(hands: Hands, name: str) -> None:
    """The second officer picks the own name and types the own password."""
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    table = sheet.table  # type: ignore[attr-defined]
    for _ in range(12):
        if table.current_key() == PASSWORDS[name][0]:
            break
        hands.hit(KEY.Key_Down)
    assert table.current_key() == PASSWORDS[name][0]
    hands.type(PASSWORDS[name][1])
    hands.hit(KEY.Key_Return)


def opened(hands: Hands, parcel: Parcel) -> None:
    hands.window.on_scan(parcel.awb)
    hands.press(KEY.Key_2)
    hands.press(KEY.Key_U)
    hands.press(KEY.Key_Return)
    second(hands, "bambang")


def test_from_the_scan_to_the_slot_by_single_keys(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    presenter = desk(hands)
    assert screen(hands).box.hasFocus()
    first = presenter.view.filter
    hands.press(KEY.Key_Right, CTRL)  # the field for the scanner doesn't keep it
    assert presenter.view.filter is not first
    hands.press(KEY.Key_Left, CTRL)
    assert presenter.view.filter is first
    opened(hands, parcel)
    assert presenter.view.step is ReturnStep.CARD
    nothing = hands.window.words("returns_screen.no_tries")
    assert screen(hands).whose.tries.text() == nothing, "no key to note one here"
    assert presenter.view.open is not None
    assert presenter.view.open.case.reason is ReturnReason.NOBODY_HOME
    assert hands.focus is screen(hands).box
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    assert presenter.view.step is ReturnStep.DECIDE
    assert screen(hands).card.sign.verdict is Verdict.ATTEND, "a number alone shows no seal"
    words = hands.window.words
    assert screen(hands).whose.tries.text() == words("returns_screen.no_tries.how")
    hands.press(KEY.Key_D)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    told = " | ".join(label.text() for label in sheet.findChildren(QLabel))
    assert words("reading.returned") in told
    assert words("reading.not_handed_over.remedy") not in told, "that is why it lies here"
    sign = " ".join(one.accessibleName() for one in sheet.findChildren(VerdictSign))
    assert words("reading.verdict.attend") in sign, "sheet and sign say the same"
    hands.hit(KEY.Key_Escape)
    hands.press(KEY.Key_L)
    hands.hit(KEY.Key_1)
    hands.hit(KEY.Key_2)
    assert len(presenter.view.open.case.contact_log) == 1
    hands.press(KEY.Key_A)
    hands.type("R-12")
    hands.hit(KEY.Key_Return)
    assert presenter.view.step is ReturnStep.HELD
    assert presenter.view.open.case.slot == "R-12"
    assert hands.focus is screen(hands).box


def test_what_came_back_is_found_at_the_returns_until_it_is_decided(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    hands.window.on_scan(parcel.awb)
    shown = desk(hands).view.open
    assert shown is not None
    hands.press(KEY.Key_Escape)
    hands.press(KEY.Key_F4)
    [hit] = hands.counter.shell.finder.find(parcel.awb)
    [its_case] = hands.counter.shell.finder.find(parcel.serial)
    assert its_case.facts[-1] is ReturnState.RECEIVED
    hands.counter.open_hit(hit.key)
    assert hands.window.current_key == "returns"
    again = desk(hands).view.open
    assert again is not None
    assert again.case.id == shown.case.id
    hands.press(KEY.Key_2)
    hands.press(KEY.Key_U)
    hands.press(KEY.Key_Return)
    second(hands, "bambang")
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    [its_case] = hands.counter.shell.finder.find(parcel.serial)
    assert its_case.facts[-1] is ReturnState.VERIFIED, "no card that is ready for handover"
    hands.press(KEY.Key_K)
    hands.window.on_scan(day.waybill())
    hands.counter.open_hit(hit.key)
    assert hands.window.current_key == "online"


def test_another_card_from_the_shelf_is_refused_before_it_lies_in_the_envelope(
    hands: Hands,
) -> None:
    day, [parcel, other, *_] = begin(hands, 4)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_A)
    hands.type("R-12")
    hands.hit(KEY.Key_Return)
    shown = desk(hands).view.open
    assert shown is not None
    hands.press(KEY.Key_Escape)
    desk(hands).open_case(shown.case.id)  # tomorrow
    hands.press(KEY.Key_K)
    hands.window.on_scan(day.waybill())
    assert isinstance(desk(hands).view.problem, ShelfCardFirst), "a waybill is no swapped card"
    hands.window.on_scan(other.serial)
    problem = desk(hands).view.problem
    assert isinstance(problem, CardSwapped)
    assert problem.found_class
    assert screen(hands).banner.isVisible()
    assert desk(hands).view.card_scanned == "", "the right one is still to come"
    hands.window.on_scan(parcel.serial)
    assert desk(hands).view.card_scanned == parcel.serial
    assert not screen(hands).banner.isVisible()
    hands.window.on_scan(day.waybill())
    assert desk(hands).view.step is ReturnStep.DONE


def test_a_card_made_again_lies_on_no_shelf_and_its_old_one_waits_for_its_end(
    hands: Hands,
) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_A)
    hands.type("R-12")
    hands.hit(KEY.Key_Return)
    whose, card, words = screen(hands).whose, screen(hands).card, hands.window.words
    assert "R-12" in [label.text() for label in whose.findChildren(QLabel) if label.isVisible()]
    hands.press(KEY.Key_C)
    hands.hit(KEY.Key_1)
    second(hands, "bambang")
    shown = desk(hands).view.open
    assert shown is not None
    assert shown.case.state is ReturnState.REPRINTED
    assert "R-12" not in [label.text() for label in whose.findChildren(QLabel) if label.isVisible()]
    told = words("returns_screen.sign.reprinted.detail", serial=parcel.serial)
    assert told in card.sign.accessibleName()
    with day.world.desk.ledger.reading() as r:
        assert r.get(Blank, parcel.serial).state is BlankState.TO_BE_DESTROYED


def test_sending_again_is_k_and_a_scan(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_K)
    assert desk(hands).view.sending
    hands.press(KEY.Key_Escape)
    assert not desk(hands).view.sending
    hands.press(KEY.Key_K)
    hands.press(KEY.Key_N)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, LinesDialog)
    for name, text in (("line", "Jalan Baru 5"), ("city", "Kota Bandung"), ("postcode", "401")):
        sheet.fields[name].setText(text)
    sheet.fields["phone"].setFocus()
    hands.hit(KEY.Key_Return)
    assert QApplication.activeModalWidget() is sheet, "a postcode has five digits"
    assert desk(hands).view.address is None
    hands.type("11")
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Return)
    told = [label.text() for label in screen(hands).whose.findChildren(QLabel)]
    assert hands.window.words("returns_screen.fact.to_new") in told
    assert "Jalan Baru 5\nKota Bandung 40111" in told
    hands.window.on_scan(day.waybill())
    assert desk(hands).view.step is ReturnStep.DONE
    sign = screen(hands).card.sign.accessibleName()
    assert hands.window.words("returns_screen.sign.sent_again.detail") in sign
    hands.press(KEY.Key_Return)
    assert desk(hands).view.step is ReturnStep.SCAN


def test_a_card_that_lies_on_the_table_is_sent_without_a_word_of_a_shelf(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_Escape)  # what was scanned is forgotten; the card was never put away
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_K)
    words, sign = hands.window.words, screen(hands).card.sign
    once_more = "returns_screen.sign.scan_card_once_more"
    assert words(once_more) in sign.accessibleName()
    assert words(f"{once_more}.detail", serial=parcel.serial) in sign.accessibleName()
    hands.window.on_scan(parcel.serial)
    hands.window.on_scan(day.waybill())
    assert desk(hands).view.step is ReturnStep.DONE


def test_recall_and_destruction_take_two_signatures_each(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_1)
    second(hands, "nyoman")
    assert desk(hands).view.step is ReturnStep.DESTROY
    hands.press(KEY.Key_M)
    assert QApplication.activeModalWidget() is None, "the key that recalled destroys nothing"
    hands.press(KEY.Key_X)
    hands.hit(KEY.Key_1)
    second(hands, "bambang")
    assert desk(hands).view.open is not None
    assert desk(hands).view.open.case.state is ReturnState.DESTROYED


def refused(hands: Hands, key: Qt.Key) -> bool:
    """Whether a key is refused for want of a duty, and nothing is asked first."""
    desk(hands).dismiss()
    hands.press(key)
    asked = QApplication.activeModalWidget()
    return isinstance(desk(hands).view.problem, RoleMissing) and asked is None


def taken_over_by(hands: Hands, name: str) -> None:
    hands.desk.duty.take_over(*PASSWORDS[name])
    hands.window.open_screen("returns")


def test_who_may_not_decide_is_told_before_anything_is_asked(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    hands.window.on_scan(parcel.awb)
    hands.press(KEY.Key_2)
    hands.press(KEY.Key_U)
    taken_over_by(hands, "bambang")
    assert refused(hands, KEY.Key_Return), "dispatch opens, a supervisor only beside them"
    hands.desk.duty.give_back()
    hands.press(KEY.Key_Return)
    second(hands, "bambang")
    taken_over_by(hands, "dewi")
    assert refused(hands, KEY.Key_E)
    hands.desk.duty.give_back()
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    taken_over_by(hands, "bambang")
    assert refused(hands, KEY.Key_A)
    assert refused(hands, KEY.Key_K)
    assert not desk(hands).view.sending
    hands.desk.duty.give_back()
    taken_over_by(hands, "dewi")
    assert refused(hands, KEY.Key_C)
    assert refused(hands, KEY.Key_M)
    hands.desk.duty.give_back()
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_1)
    second(hands, "bambang")
    taken_over_by(hands, "dewi")
    assert desk(hands).view.step is ReturnStep.DESTROY
    assert refused(hands, KEY.Key_X)
    assert refused(hands, KEY.Key_G)


def test_a_card_that_doesn_t_fit_is_made_again_and_not_recalled(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    day.cards[parcel.serial].chip.dead = True
    hands.window.on_scan(parcel.serial)
    shown = desk(hands).view.open
    assert shown is not None
    assert shown.doubted
    offered = {k.toString() for a in screen(hands).actions() if a.isEnabled()
               for k in a.shortcuts()}  # fmt: skip
    assert {"B", "C"} <= offered
    assert "M" not in offered, "two would sign, and be refused"
    for held_from in (S.IN_DELIVERY, S.READY):
        held = replace(shown, app=replace(shown.app, state=S.ON_HOLD, held_from=held_from))
        assert held.recallable is (held_from is S.READY), "recalling takes it up first"
    day.cards[parcel.serial].chip.dead = False
    hands.press(KEY.Key_B)
    hands.press(KEY.Key_M)
    assert isinstance(QApplication.activeModalWidget(), ReasonDialog)


def test_a_lost_parcel_that_turns_up_is_only_recalled(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    hands.desk.tracking.declare_lost(
        hands.world.by, day.second("bambang"), parcel.awb, "kurir tidak menemukan"
    )
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    assert desk(hands).view.step is ReturnStep.DECIDE
    card = screen(hands).card
    assert card.sign.verdict is Verdict.WRONG
    assert "tidak berlaku lagi" in card.sign.accessibleName()
    shown = [button.text() for button in card.ways.findChildren(KeyButton) if button.isVisible()]
    assert len(shown) == 1
    for key in (KEY.Key_K, KEY.Key_A, KEY.Key_C):
        hands.press(key)
        assert QApplication.activeModalWidget() is None
        assert not desk(hands).view.sending
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_4)
    second(hands, "nyoman")
    assert desk(hands).view.step is ReturnStep.DESTROY


def test_a_held_card_that_was_replaced_is_only_recalled(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_A)
    hands.type("B-07")
    hands.hit(KEY.Key_Return)
    app = day.app(parcel.application_id)
    at_the_desk = replace(hands.world.by, roles=frozenset({Role.REGISTRATION}))
    right = replace(app.applicant, occupation="PETANI")
    hands.desk.corrections.printed(at_the_desk, app.id, right)
    desk(hands).refresh()
    assert desk(hands).view.step is ReturnStep.HELD
    card = screen(hands).card
    assert card.sign.verdict is Verdict.WRONG
    assert "tidak berlaku lagi" in card.sign.accessibleName()
    shown = [button.text() for button in card.ways.findChildren(KeyButton) if button.isVisible()]
    assert len(shown) == 1
    for key in (KEY.Key_K, KEY.Key_C):
        hands.press(key)
        assert QApplication.activeModalWidget() is None
        assert not desk(hands).view.sending
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_3)
    second(hands, "nyoman")
    assert desk(hands).view.step is ReturnStep.DESTROY


def test_an_empty_envelope_asks_what_was_seen(hands: Hands) -> None:
    _day, [parcel] = begin(hands)
    opened(hands, parcel)
    hands.press(KEY.Key_E)
    hands.hit(KEY.Key_Return)
    assert QApplication.activeModalWidget() is not None
    hands.type("Amplop sobek, kosong.")
    hands.hit(KEY.Key_Return)
    second(hands, "bambang")
    assert desk(hands).view.problem is None
    assert hands.desk.intake.case(parcel.application_id).state is S.APPROVED
    told = [one.item.text for one in screen(hands).card.checks.findChildren(StateBadge)]
    words = hands.window.words
    assert words("returns_screen.check.seal.good") in told
    assert words("returns_screen.check.card.bad") not in told, "there was no card to compare"


def test_somebody_else_s_card_is_a_red_sign(hands: Hands) -> None:
    day, parcels = begin(hands, 3)
    one, other = parcels[:2]
    opened(hands, one)
    day.lay(other.serial)
    hands.window.on_scan(other.serial)
    sign = screen(hands).card.sign
    assert sign.verdict is Verdict.WRONG
    assert "Kartu orang lain" in sign.accessibleName()
    assert screen(hands).bar.current == 2, "the cross stands where the card failed"
    holder, shown = screen(hands).card.holder, desk(hands).view.open
    assert shown is not None
    assert shown.other is not None
    assert holder.isVisible()
    assert holder.name.text() == shown.other.applicant.name != shown.app.applicant.name
    assert not holder.photo.image.isNull()
    hands.press(KEY.Key_W)
    hands.type("Tertukar saat dikemas.")
    hands.hit(KEY.Key_Return)
    second(hands, "bambang")
    assert desk(hands).view.step is ReturnStep.DONE


def test_the_second_of_two_swapped_parcels_says_that_the_cards_were_made(hands: Hands) -> None:
    day, parcels = begin(hands, 3)
    one, other = parcels[:2]
    words = hands.window.words
    for parcel, found in ((one, other), (other, one)):
        opened(hands, parcel)
        day.lay(found.serial)
        hands.window.on_scan(found.serial)
        if parcel is one:
            hands.press(KEY.Key_W)
            hands.type("Tertukar saat dikemas.")
            hands.hit(KEY.Key_Return)
            second(hands, "bambang")
            hands.press(KEY.Key_Return)
    sign = screen(hands).card.sign
    assert sign.verdict is Verdict.WRONG
    assert words("returns_screen.sign.swap_settled.detail", serial=one.serial) in (
        sign.accessibleName()
    )
    hands.press(KEY.Key_W)
    hands.type("Yang satunya.")
    hands.hit(KEY.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    told = [label.text() for label in sheet.findChildren(QLabel)]
    assert words("returns_screen.second.swap.settled") in told
    second(hands, "bambang")
    assert desk(hands).view.step is ReturnStep.DONE


def test_a_card_of_nobody_known_is_no_swap_of_two(hands: Hands) -> None:
    _day, [parcel] = begin(hands)
    stray = hands.desk.stock.free_here(1)[0]
    opened(hands, parcel)
    hands.world.bench.put_card_on_reader(hands.world.bench.fresh_card(stray))
    hands.window.on_scan(stray)
    hands.press(KEY.Key_W)
    hands.type("Kartu tak dikenal.")
    hands.hit(KEY.Key_Return)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    told = [label.text() for label in sheet.findChildren(QLabel)]
    assert hands.window.words("returns_screen.second.swap.stray") in told
    assert hands.window.words("returns_screen.second.swap") not in told
    second(hands, "bambang")
    assert desk(hands).view.step is ReturnStep.DONE


def test_enter_without_reason_or_seal_says_what_is_missing(hands: Hands) -> None:
    _day, [parcel] = begin(hands)
    hands.window.on_scan(parcel.awb)
    hands.press(KEY.Key_Return)
    banner = screen(hands).banner
    assert banner.isVisible()
    assert banner.remedy.text() != ""
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_R)
    hands.world.stage.sit(hands.world.people[1])
    hands.press(KEY.Key_Space)
    assert desk(hands).view.picture
    hands.press(KEY.Key_Return)
    second(hands, "bambang")
    assert desk(hands).view.step is ReturnStep.CARD


def test_esc_puts_away_what_was_said_before_it_leaves_the_parcel(hands: Hands) -> None:
    _day, [parcel] = begin(hands)
    hands.window.on_scan(parcel.awb)
    hands.press(KEY.Key_U)
    hands.press(KEY.Key_Return)
    assert screen(hands).banner.isVisible()
    hands.press(KEY.Key_Escape)
    assert not screen(hands).banner.isVisible()
    assert desk(hands).view.seal_intact, "what was told of it is still there"
    hands.press(KEY.Key_Escape)
    assert desk(hands).view.open is None


def test_a_waybill_can_be_typed_and_a_foreign_one_is_named(hands: Hands) -> None:
    begin(hands)
    hands.press(KEY.Key_Slash)
    hands.type("P2603020000077")
    hands.hit(KEY.Key_Return)
    assert "P2603020000077" in screen(hands).banner.text.text()
    assert hands.focus is screen(hands).box
    assert screen(hands).box.selectedText() == "P2603020000077", "it is written over at once"
    hands.hit(KEY.Key_Escape)  # out of the field
    hands.press(KEY.Key_Escape)
    assert not screen(hands).banner.isVisible(), "what was said is put away"
    assert not screen(hands).modes.action("Esc").isEnabled()


def test_the_shelf_opens_by_arrow_and_enter(hands: Hands) -> None:
    _day, parcels = begin(hands, 3)
    for parcel in parcels[:2]:
        hands.window.on_scan(parcel.awb)
        hands.press(KEY.Key_Escape)
    rows = screen(hands).shelf.table.rows_model.rows
    assert len(rows) == 2
    hands.press(KEY.Key_Up)
    hands.press(KEY.Key_Down)
    hands.press(KEY.Key_Return)
    assert desk(hands).view.step is ReturnStep.SEAL
    assert desk(hands).view.open is not None
    assert desk(hands).view.open.case.id == rows[1].key


def test_a_waybill_with_a_slip_is_left_for_the_shelf_by_an_arrow(hands: Hands) -> None:
    _day, parcels = begin(hands, 3)
    for parcel in parcels[:2]:
        hands.window.on_scan(parcel.awb)
        hands.press(KEY.Key_Escape)
    rows = screen(hands).shelf.table.rows_model.rows
    for by_hand in (True, False):
        hands.press(KEY.Key_Slash)
        hands.type("P2603020000077")
        hands.hit(KEY.Key_Return)
        assert screen(hands).box.typing
        if by_hand:
            hands.hit(KEY.Key_Down)
            hands.press(KEY.Key_Return)
        else:
            screen(hands).shelf.table.opened.emit(rows[0].key)  # as a double click does
        assert desk(hands).view.step is ReturnStep.SEAL
        assert not screen(hands).box.typing, "single keys act again"
        hands.press(KEY.Key_Escape)
        hands.press(KEY.Key_Escape)


def test_a_waybill_with_a_slip_is_left_for_another_part_of_the_shelf(hands: Hands) -> None:
    begin(hands)
    box, shelf = screen(hands).box, desk(hands).view.filter
    hands.press(KEY.Key_Slash)
    hands.type("P26030200")
    hands.hit(KEY.Key_Right, CTRL)
    assert desk(hands).view.filter is shelf, "who writes moves in the text"
    hands.type("00077")
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Right, CTRL)
    assert desk(hands).view.filter is not shelf
    assert not box.typing, "single keys act again"
    assert box.text() == ""


def test_what_was_refused_goes_and_stays_with_the_code_in_the_field(hands: Hands) -> None:
    begin(hands)
    box, banner = screen(hands).box, screen(hands).banner
    hands.press(KEY.Key_Slash)
    hands.type("P2603020000077")
    hands.hit(KEY.Key_Return)
    hands.press(KEY.Key_F2)
    hands.press(KEY.Key_F6)
    assert banner.isVisible()
    assert box.selectedText() == "P2603020000077", "it is written over at once, as before"
    hands.window.on_scan("P2603020000085")
    assert (box.text(), banner.isVisible()) == ("", True)
    hands.press(KEY.Key_F2)
    hands.press(KEY.Key_F6)
    assert not banner.isVisible()


def test_keys_are_single_worded_and_fit_the_smallest_screen(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    both = [Words.load(language) for language in ("id", "en")]
    shown = screen(hands)
    for name, acts in shown.modes._modes.items():
        assert len({act.key for act in acts.values()}) == len(acts), name
        for act in acts.values():
            assert all(act.message in words for words in both), act.message
    room = shown.findChild(QScrollArea)
    assert room is not None

    def fits(what: str) -> None:
        QApplication.processEvents()
        assert room.horizontalScrollBar().maximum() == 0, what
        for box in shown.modes._rows[shown.modes.current]:
            for button in box.findChildren(QWidget):
                if button.isVisible():
                    assert button.width() >= button.sizeHint().width(), (what, button)

    fits("list")
    hands.window.on_scan(parcel.awb)
    fits("seal")
    hands.press(KEY.Key_Escape)
    opened(hands, parcel)
    fits("card")
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    fits("decide")
    judged = ("card", "decide", "other")
    assert all("O" in shown.modes._modes[name] for name in judged), "whatever was laid down first"
    shown.modes.allow("returns_screen.act.by_two", True)
    fits("decide, by two")


def test_after_a_kill_the_parcel_is_on_show_with_all_that_was_told(
    hands: Hands, profile: Path, qtbot: QtBot, words: Words
) -> None:
    """Another desk on the same profile, another officer, while the first is never closed."""
    _day, [parcel] = begin(hands)
    hands.window.on_scan(parcel.awb)
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_R)
    hands.press(KEY.Key_Space)
    hands.press(KEY.Key_C)
    hands.type("Segel robek di sudut")
    before = desk(hands).view
    world = open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 2)
    made = open_hands(world, qtbot, words)
    try:
        made.sign_in("nyoman")
        shown = screen(made)
        now = desk(made).view
        assert (now.step, now.reason, now.seal_intact) == (ReturnStep.SEAL, before.reason, False)
        assert now.picture == before.picture
        assert not shown.seal.picture.image.isNull()
        assert shown.seal.reasons.chosen == before.reason
        assert shown.seal.note.text() == "Segel robek di sudut"
        made.press(KEY.Key_Return)
        second(made, "rahmat")
        assert desk(made).view.step is ReturnStep.CARD
    finally:
        close(made)


def test_a_question_that_stood_open_at_a_kill_opens_again_half_answered(
    hands: Hands, qtbot: QtBot
) -> None:
    _day, [parcel] = begin(hands)
    opened(hands, parcel)
    hands.press(KEY.Key_E)
    hands.type("Amplop kos")
    asked = desk(hands).view.asked
    assert asked is not None
    assert asked.answers == {"statement": "Amplop kos"}
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, LinesDialog)
    sheet.rejected.disconnect()  # as it is after a kill: nobody gave the answer up
    sheet.close()
    desk(hands).show(asked=replace(asked, again=True))
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, LinesDialog)
    assert last.found() == asked.answers
    hands.type("ong.")
    hands.hit(KEY.Key_Return)
    second(hands, "bambang")
    assert hands.desk.intake.case(parcel.application_id).state is S.APPROVED
    assert desk(hands).view.step is ReturnStep.DONE
    assert hands.desk.kept_work.begun(hands.world.by) == []


def test_a_question_given_up_or_refused_keeps_only_what_was_refused(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_A)
    hands.type("R-1")
    hands.hit(KEY.Key_Escape)
    assert desk(hands).view.asked is None
    hands.press(KEY.Key_C)
    hands.hit(KEY.Key_2)
    hands.hit(KEY.Key_Escape)  # no second officer now
    asked = desk(hands).view.asked
    assert asked is not None
    assert asked.answers["reason"] == "chip"
    hands.press(KEY.Key_C)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, ReasonDialog)
    assert sheet.list.chosen == "chip"
