"""F7: blanks, the close of the day, letters and destruction, by keys and scans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from db.trail import Wanted, look
from desktop.domain.application import Application, ApplicationState
from desktop.domain.destruction import NothingToDestroy
from desktop.domain.officer import Role, RoleMissing, WrongPassword
from desktop.domain.reasons import HoldReason, SpoilReason
from desktop.domain.stock import (
    Blank,
    BlankState,
    ConsignmentIncomplete,
    MovedSinceCount,
    RangeMalformed,
    UnknownBlank,
)
from desktop.presenters.problems import NotForDestruction, NotOfThisCount
from desktop.presenters.stock_view import Area, CloseStage
from desktop.services.kept_work import STOCK_QUESTION
from desktop.words import LANGUAGES, Words
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.printer_core import PrinterCore
from tests.ui.queued import Queued
from tests.ui.stock_samples import LOT, Room, open_room, stock
from tests.walks.making import approved, confirmed, ready, witness
from tests.walks.production import issue
from tests.walks.test_letters import waiting
from tests.walks.test_retention import later
from tests.walks.world import PASSWORDS
from ui.main_window import MainWindow
from ui.screens.online_dialogs import YesDialog
from ui.screens.stock import StockScreen
from ui.screens.stock_dialogs import AskForm
from ui.screens.stock_pages import FIGURES
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.wedge import WedgeFilter
from ui.widgets.fields import ChoiceField, CodeField, LineField, NumberField
from ui.widgets.labels import Text
from ui.widgets.reasons import ReasonDialog
from ui.widgets.state import StateItem
from ui.widgets.table import DataTable
from ui.widgets.table_delegate import RowDelegate


@pytest.fixture
def room(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Room]:
    made = open_room(tmp_path / "profile", words, stock, officer="nyoman")
    yield made
    made.close()


def screen_of(room: Room) -> StockScreen:
    assert isinstance(room.screen, StockScreen)
    return room.screen


def enter(room: Room, *, ctrl: bool = False) -> None:
    """Enter, a good while after the step was shown."""
    screen_of(room).guard._since = float("-inf")
    key(Qt.Key.Key_Return, ctrl=ctrl)


def key(code: Qt.Key, *, text: str = "", ctrl: bool = False) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    if text:
        QTest.keyClicks(focus, text)
        return
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(focus, code, held)


def test_digits_turn_to_another_job_where_nothing_is_to_be_destroyed(room: Room) -> None:
    screen = room.screen
    assert isinstance(screen, StockScreen)
    key(Qt.Key.Key_4)
    screen.destroying.ribbons.setFocus()  # where Qt leaves it when the lock goes
    screen.go_home()
    key(Qt.Key.Key_2)
    assert screen.presenter.view.area is Area.CLOSE


def test_a_scanned_card_shows_where_it_stands_and_is_written_off(room: Room) -> None:
    screen = screen_of(room)
    assert screen.on_scan("ct26030400")
    assert screen.stock.card.serial.text() == "CT26030400"
    screen.presenter.spoil("lot_defect")
    looked = screen.presenter.view.looked
    assert looked is not None
    assert looked.blank.state is BlankState.SPOILED
    key(Qt.Key.Key_Escape)
    assert screen.presenter.view.looked is None


def test_where_a_card_was_found_is_no_cause(room: Room) -> None:
    screen, world = screen_of(room), room.world
    words = screen.words

    def shown() -> list[str]:
        assert screen.on_scan("CT26030400")
        told = screen.stock.card.facts.findChildren(Text)
        return [label.text() for label in told if label.isVisible()]

    assert words("stock.card.reason") not in shown(), "nothing befell it"
    world.desk.stock.miss(world.by, "CT26030400", "not_counted")
    assert words("stock.card.reason") in shown()
    world.desk.stock.find(world.by, witness(world, "bambang"), "CT26030400", "di bawah laci")
    found = shown()
    assert words("stock.card.reason") not in found
    assert found[found.index(words("stock.card.found")) + 1] == "di bawah laci"
    world.desk.stock.spoil(world.by, "CT26030400", "lot_defect")
    assert words("stock.card.reason") in shown()


def test_only_a_card_that_can_be_reported_here_or_at_its_case_offers_missing(room: Room) -> None:
    screen, world = screen_of(room), room.world
    desk = world.desk

    def offered(serial: str) -> bool:
        screen.presenter.typed(serial)
        assert screen.stock.card.serial.text() == serial
        return screen.modes.action("H").isVisible()

    assert offered("CT26030400")
    world.take_over("andi")
    app = ready(world, 1)
    assert offered(app.blank_serial), "its case says what to do"
    desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    assert not offered(app.blank_serial), "a case that is on hold takes no such report"
    desk.intake.resume(world.by, app.id)
    desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert not offered(app.blank_serial)


def test_an_answer_is_about_the_card_that_was_asked_about(room: Room) -> None:
    screen, words = screen_of(room), room.window.words
    room.window.on_scan("CT26030400")
    key(Qt.Key.Key_R)
    sheet = room.window.findChild(ReasonDialog)
    assert sheet is not None
    room.window.on_scan("CT26030401")
    looked = screen.presenter.view.looked
    assert looked is not None
    assert looked.blank.id == "CT26030400", "nothing moves beneath a question"
    assert room.window.toast.text.text() == words("ui.sheet_first")
    screen.on_scan("CT26030401")  # whatever else brings another one up
    QTest.keyClick(sheet.list, Qt.Key.Key_1)
    stock = room.world.desk.stock
    assert stock.look("CT26030400").state is BlankState.SPOILED
    assert stock.look("CT26030401").state is BlankState.IN_STOCK
    looked = screen.presenter.view.looked
    assert looked is not None
    assert looked.blank.id == "CT26030401"


def test_a_field_for_a_code_takes_a_scan(room: Room) -> None:
    screen, window = screen_of(room), room.window
    key(Qt.Key.Key_Slash)
    form = window.findChild(AskForm)
    assert form is not None
    [field] = form.findChildren(CodeField)
    window.on_scan("https://contoh.invalid/a-code-of-another-kind")
    assert field.text() == ""
    assert window.toast.text.text() == window.words("ui.sheet_first")
    window.on_scan("CT26030400")
    assert field.text() == "CT26030400"
    assert screen.presenter.view.looked is None, "read, not yet said"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert screen.stock.card.serial.text() == "CT26030400"


def test_a_card_on_show_is_laid_aside_when_a_consignment_comes(room: Room) -> None:
    screen = screen_of(room)
    assert screen.on_scan("CT26030400")
    screen.presenter.spoil("lot_defect")
    screen.presenter.receive()
    view = screen.presenter.view
    assert (view.problem, view.looked) == (None, None)
    assert view.receiving is not None


def test_a_number_no_scanner_reads_is_typed_and_a_wrong_one_is_named(room: Room) -> None:
    screen = screen_of(room)
    for typed, known in (("CT26030400", True), ("CT99", False)):
        key(Qt.Key.Key_Slash)
        form = room.window.findChild(AskForm)
        assert form is not None
        [field] = form.findChildren(CodeField)
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        problem = screen.presenter.view.problem
        assert (problem is None) is known
        assert known or isinstance(problem, UnknownBlank)
        if not known:
            assert "/" in screen.banner.remedy.text(), "typed wrong, not scanned wrong"
        form.deleteLater()
        QApplication.sendPostedEvents(form, QEvent.Type.DeferredDelete)
        if known:
            assert screen.modes.action("H").isVisible(), "a card that isn't here may be missing"
    assert screen.stock.card.serial.text() == "CT26030400"
    assert screen.on_scan("CT26030400")
    assert not screen.modes.action("H").isVisible(), "nobody misses the card in their hand"


@pytest.mark.parametrize("used", [False, True])
def test_whoever_signs_for_a_found_card_is_told_whether_it_was_used(room: Room, used: bool) -> None:
    screen, world = screen_of(room), room.world
    world.take_over("andi")
    serial = "CT26030400"
    if used:
        app = ready(world, 1)
        serial = app.blank_serial
        world.desk.issuing.card_missing(world.by, app.id, "other", "Jatuh di belakang printer.")
    else:
        world.desk.stock.miss(world.by, serial, "not_counted")
    world.give_back()
    assert screen.on_scan(serial)
    key(Qt.Key.Key_U)
    form = room.window.findChild(AskForm)
    assert form is not None
    [field] = form.findChildren(LineField)
    QTest.keyClicks(field, "di bawah laci")
    QTest.keyClick(field, Qt.Key.Key_Return)
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    told = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert ("masih kosong" in told) is not used
    assert ("pernah dipakai" in told) is used
    dialog.reject()


def test_a_consignment_is_received_by_two_scans(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_T)
    assert QApplication.focusWidget() is screen.stock.receiving.lot
    screen.presenter.accept_consignment()
    assert isinstance(screen.presenter.view.problem, ConsignmentIncomplete)
    key(Qt.Key.Key_0, text="2605")
    screen.stock.receiving.lot.commit()
    screen.on_scan("CT26050001")
    screen.on_scan("CT26050100")
    assert screen.stock.receiving.count.text() == "100"
    screen.presenter.accept_consignment()
    assert [line.lot for line in screen.presenter.view.lots] == [LOT, "2605"]
    assert screen.presenter.view.receiving is None


def shown_lots(screen: StockScreen) -> dict[str, dict[str, int]]:
    """The lots as the table shows them, by lot and heading."""
    table = screen.stock.lots
    model, across = table.model(), Qt.Orientation.Horizontal
    columns = [i for i in range(1, model.columnCount()) if not table.isColumnHidden(i)]
    return {
        model.index(row, 0).data(): {
            model.headerData(i, across): int(model.index(row, i).data()) for i in columns
        }
        for row in range(model.rowCount())
    }


def test_the_places_of_a_lot_s_cards_add_up_to_what_came(room: Room) -> None:
    screen, words = screen_of(room), room.window.words
    heading = {name: words(f"stock.column.{name}") for name in FIGURES}
    assert heading["transferred_out"] not in shown_lots(screen)[LOT]  # no column of noughts
    world = room.world
    with world.desk.ledger.reading() as r:
        free = [one.id for one in r.find(Blank, lot=LOT, state=BlankState.IN_STOCK, limit=3)]
    world.desk.stock.transfer(world.by, witness(world, "hendra"), free, "1375", "SJ-9/III/2026")
    screen.presenter.load()
    for lot, row in shown_lots(screen).items():
        came, here = row.pop(heading["received"]), row.pop(heading["on_hand"])
        assert sum(row.values()) == came, lot
        inside = ("store", "counter", "elsewhere", "in_use")
        assert sum(row.get(heading[name], 0) for name in inside) == here
    assert shown_lots(screen)[LOT][heading["transferred_out"]] == 3


def test_a_range_that_is_none_is_told_at_once(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.receive()
    screen.on_scan("CT26050100")
    screen.on_scan("CT26050001")
    assert isinstance(screen.presenter.view.problem, RangeMalformed)
    assert screen.banner.isVisible()
    assert screen.banner.remedy.text()


def test_the_books_are_hidden_until_the_count_is_given(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    view = screen.presenter.view
    assert (view.area, view.stage) == (Area.CLOSE, CloseStage.COUNT)
    shown = [label.text() for label in screen.close_page.counting.findChildren(Text)]
    assert not any("500" in text for text in shown)
    field = screen.close_page.counting.fields[LOT]
    assert QApplication.focusWidget() in (field, field.lineEdit())
    QTest.keyClicks(field, "499")
    enter(room)
    view = screen.presenter.view
    assert view.stage is CloseStage.RECKON
    assert view.reckoning is not None
    assert view.reckoning.lots[0].difference == -1
    assert screen.close_page.reckoning.lots.hasFocus()  # not whatever stood next to the count
    assert "pertanyaan" in screen.close_page.reckoning.banner.text.text()


def test_a_count_that_cards_moved_under_isn_t_said_to_agree(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "499")
    enter(room)
    free = room.world.desk.stock.free_here(1)[0]
    room.world.desk.stock.spoil(room.world.by, free, SpoilReason.PRINT_DEFECT)
    screen.presenter.load()
    found = screen.presenter.view.reckoning
    assert found is not None
    assert not found.differs
    banner, words = screen.close_page.reckoning.banner, screen.words
    said = words.problem(MovedSinceCount(count=1))
    assert (banner.text.text(), banner.remedy.text()) == (said.text, said.remedy)
    key(Qt.Key.Key_Return, ctrl=True)
    assert isinstance(screen.presenter.view.problem, MovedSinceCount)
    assert not banner.isVisible(), "told once"


def test_a_lot_that_came_after_the_count_is_said_to_be_uncounted(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "500")
    enter(room)
    serials = room.world.desk.stock.serials("CT26050001", "CT26050100")
    room.world.desk.stock.receive(room.world.by, "2605", serials, "SJ-18")
    screen.presenter.load()
    first, second = screen.close_page.reckoning.lots.rows_model.rows
    told = [row.cells[-1].text for row in (first, second) if isinstance(row.cells[-1], StateItem)]
    assert told == [screen.words("stock.no_difference"), screen.words("stock.uncounted")]
    assert second.cells[-2] == "–"


def test_a_difference_of_the_printer_alone_is_seen_from_the_other_list(room: Room) -> None:
    screen = screen_of(room)
    room.world.bench.printer.truth.cards += 3
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "500")
    enter(room)
    found = screen.presenter.view.reckoning
    assert found is not None
    assert found.differs
    told = screen.close_page.reckoning.banner.remedy.text()
    assert told == screen.words("stock.differs.printer"), "the lots agree"
    counters = screen.close_page.reckoning.counters
    said = [str(row.cells[0]) for row in counters.rows_model.rows]
    assert said == [
        "Kartu tercetak", "Gangguan", "Panel tercetak", "Panel keluar dari pita (Printer)",
    ]  # fmt: skip
    key(Qt.Key.Key_N)
    QApplication.processEvents()
    assert counters.isVisible()
    delegate = counters.itemDelegate()
    assert isinstance(delegate, RowDelegate)
    assert delegate.width_of(0, said, longest=99) <= counters.columnWidth(0)
    asking = sum(bool(line.unexplained) for line in (*found.counters, *found.ribbons))
    chips = screen.close_page.reckoning.chips.findChildren(QAbstractButton)
    said = [chip.accessibleName() for chip in chips]
    assert any(screen.words("stock.counters") in one and str(asking) in one for one in said)


def test_the_shift_of_an_earlier_day_is_said_to_be_open_still(room: Room) -> None:
    screen = screen_of(room)
    shift = screen.presenter.view.shift
    assert shift is not None
    assert screen.detail != screen.words("stock.heading.late", day=shift.day)
    later(room.world, 1)
    screen.presenter.load()
    assert screen.detail == screen.words("stock.heading.late", day=shift.day)


def test_what_stands_in_the_way_opens_where_it_is_settled(room: Room) -> None:
    screen = screen_of(room)
    room.world.sign_in("andi")
    app = approved(room.world, 1)
    issue(room.world, app)
    room.world.sign_in("nyoman")
    screen.presenter.turn_to(Area.CLOSE)
    table = screen.close_page.counting.way.table
    asked: list[tuple[str, object]] = []
    screen.open_wanted.connect(lambda where, what: asked.append((where, what)))
    for place, row in enumerate(table.rows_model.rows):
        table.selectRow(place)
        assert table.current_key() == row.key
        assert screen.modes.action("B").isEnabled()
        assert not screen.modes.action("E").isEnabled(), "a card that isn't done"
        screen.modes.action("B").trigger()
    assert asked
    assert set(asked) == {("walk_in", app.id)}


def choose(table: DataTable, wanted: str) -> None:
    table.selectRow([row.key for row in table.rows_model.rows].index(wanted))


def test_only_a_case_past_its_term_is_ended_and_asked_about_first(room: Room) -> None:
    screen, world = screen_of(room), room.world
    world.sign_in("andi")
    late, back = confirmed(world, 1), confirmed(world, 2)
    later(world, 31)
    world.sign_in("andi")
    world.desk.intake.hold(world.by, back.id, HoldReason.APPLICANT_LEFT)
    world.sign_in("bambang")
    screen.presenter.load()
    screen.presenter.turn_to(Area.CLOSE)
    way = screen.close_page.counting.way.table

    def state_of(case: Application) -> Application:
        with world.desk.ledger.reading() as r:
            return r.get(Application, case.id)

    choose(way, f"case:{back.id}")
    key(Qt.Key.Key_E)
    assert not room.window.findChildren(YesDialog), "they were here today"
    choose(way, f"case:{late.id}")
    for answer in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        assert state_of(late).state is ApplicationState.CONFIRMED
        key(Qt.Key.Key_E)
        [sheet] = [one for one in room.window.findChildren(YesDialog) if one.isVisible()]
        told = " ".join(text.text() for text in sheet.findChildren(Text))
        assert late.number in told
        assert screen.words.of(late.state) in told
        assert late.applicant.nik not in told
        QTest.keyClick(sheet, answer)
    assert state_of(late).state is ApplicationState.EXPIRED
    assert state_of(back).state is ApplicationState.ON_HOLD


def test_who_may_not_end_a_case_is_told_before_the_question(room: Room) -> None:
    screen, world = screen_of(room), room.world
    world.sign_in("andi")
    late = confirmed(world, 1)
    later(world, 31)
    world.sign_in("andi")
    screen.presenter.load()
    screen.presenter.turn_to(Area.CLOSE)
    choose(screen.close_page.counting.way.table, f"case:{late.id}")
    key(Qt.Key.Key_E)
    assert not room.window.findChildren(YesDialog)
    refused = screen.presenter.view.problem
    assert isinstance(refused, RoleMissing)
    assert refused.needed == (Role.SUPERVISOR,)


def test_an_even_day_is_closed_under_the_supervisor_s_own_name(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "500")
    enter(room)
    enter(room, ctrl=True)
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    assert dialog.table.current_key() == PASSWORDS["bambang"][0]
    QTest.keyClicks(dialog.password, PASSWORDS["bambang"][1])
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    view = screen.presenter.view
    assert view.stage is CloseStage.CLOSED, view.problem
    assert view.closed is not None
    assert view.closed.closed_by == PASSWORDS["bambang"][0]
    assert [paper.kind for paper in view.papers] == ["ltg", "lh"]
    assert len(room.world.bench.take_papers()) == 2
    assert view.papers[0].number in screen.close_page.done.accessibleName()


def test_a_second_officer_chosen_by_the_mouse_is_led_on_to_the_password(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "500")
    enter(room)
    enter(room, ctrl=True)
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    told = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert screen.words("ui.sign_in.password_missing") in told
    assert dialog.focusWidget() is dialog.password
    dialog.table.setFocus()
    row = dialog.table.visualRect(dialog.table.model().index(0, 0))
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert dialog.focusWidget() is dialog.password
    dialog.reject()


def test_escape_leaves_the_count_and_the_statement_so_that_letters_are_keys(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    page = screen.close_page
    page.counting.fields[LOT].setFocus()
    key(Qt.Key.Key_Escape)
    assert not page.counting.fields[LOT].hasFocus()
    key(Qt.Key.Key_4)
    assert screen.presenter.view.area is Area.DESTROY
    key(Qt.Key.Key_2)
    page.counting.fields[LOT].setFocus()
    QTest.keyClicks(page.counting.fields[LOT], "400")
    enter(room)
    page.reckoning.statement.setFocus()
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_U)
    assert screen.presenter.view.stage is CloseStage.COUNT


def test_esc_puts_away_what_was_said_at_every_job(room: Room) -> None:
    screen = screen_of(room)
    presenter = screen.presenter

    def esc(told: object) -> None:
        presenter.show(problem=NothingToDestroy())
        assert screen.banner.isVisible()
        screen.setFocus()
        key(Qt.Key.Key_Escape)
        assert not screen.banner.isVisible(), told

    for area in Area:
        presenter.turn_to(area)
        esc(area)
    screen.destroying.turn()
    esc("shelf")
    presenter.turn_to(Area.STOCK)
    presenter.receive()
    esc("a consignment")
    assert presenter.view.receiving is not None, "only what was said"
    key(Qt.Key.Key_Escape)
    assert presenter.view.receiving is None
    presenter.turn_to(Area.CLOSE)
    presenter.count({LOT: 499})
    esc(CloseStage.RECKON)
    statement = screen.close_page.reckoning.statement
    statement.setFocus()
    QTest.keyClicks(statement, "Satu di brankas.")
    presenter.show(problem=NothingToDestroy())
    key(Qt.Key.Key_Escape)
    assert not screen.banner.isVisible()
    assert not statement.hasFocus(), "letters are keys again"
    key(Qt.Key.Key_S)
    assert presenter.view.reckoning is not None
    assert presenter.view.reckoning.statement == "Satu di brankas."
    presenter.scan_lot(LOT)
    esc("a recount")
    assert presenter.view.scan is not None, "only what was said"
    key(Qt.Key.Key_Escape)
    assert presenter.view.scan is None


def test_a_supervisor_who_did_not_count_closes_alone(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 500})
    room.world.take_over("bambang")
    screen.presenter.load()
    assert screen.presenter.closes_alone
    screen.presenter.close_as_supervisor()
    assert screen.presenter.view.stage is CloseStage.CLOSED


def test_the_only_supervisor_who_counted_is_told_who_has_to_count(room: Room) -> None:
    room.world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 500})
    enter(room, ctrl=True)
    assert QApplication.activeModalWidget() is None, "nobody could sign there"
    assert type(screen.presenter.view.problem).__name__ == "NobodySigns"
    room.world.give_back()
    screen.presenter.count({LOT: 500})
    assert screen.presenter.may_be_signed()


def test_words_and_close_are_one_key_for_whoever_closes_alone(room: Room) -> None:
    screen, queued = screen_of(room), Queued()
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 499})
    room.world.take_over("bambang")
    screen.presenter.load()
    screen.presenter.desk = replace(room.world.desk, lanes=queued.lanes)
    screen.close_page.reckoning.statement.setPlainText("Satu kartu tidak ditemukan di laci.")
    enter(room, ctrl=True)
    queued.deliver()
    queued.lanes.close()
    view = screen.presenter.view
    assert view.stage is CloseStage.CLOSED, view.problem
    assert view.closed is not None
    assert view.closed.statement


def test_the_supervisor_is_called_once_the_words_are_kept(room: Room) -> None:
    screen, queued = screen_of(room), Queued()
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 499})
    screen.presenter.desk = replace(room.world.desk, lanes=queued.lanes)
    screen.close_page.reckoning.statement.setPlainText("Satu kartu tidak ditemukan di laci.")
    enter(room, ctrl=True)
    assert room.window.findChild(SecondOfficerDialog) is None, "a signature now would be dropped"
    queued.deliver()
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    QTest.keyClicks(dialog.password, PASSWORDS["bambang"][1])
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    queued.deliver()
    queued.lanes.close()
    assert screen.presenter.view.stage is CloseStage.CLOSED, screen.presenter.view.problem


def test_a_recount_begins_in_the_count(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 499})
    screen.presenter.recount()
    counting = screen.close_page.counting
    assert counting.home() is counting.fields[LOT]
    shown = [label.text() for label in counting.findChildren(Text)]
    words = room.window.words
    assert words("stock.count.before", count=499) in shown
    assert words("stock.count.hidden") not in shown, "the books were seen"
    assert words("stock.count.hidden_yet") not in counting.lead.text()


def test_a_page_s_digit_types_over_no_count(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    counting = screen.close_page.counting
    assert counting.home() is counting.fields[LOT], "what isn't counted yet is typed at once"
    counting.fields[LOT].setValue(494)
    assert counting.home() is counting.way.table


def test_a_recount_by_scan_names_the_one(room: Room) -> None:
    screen = screen_of(room)
    presenter = screen.presenter
    presenter.turn_to(Area.CLOSE)
    presenter.count({LOT: 499})
    presenter.scan_lot(LOT)
    for number in range(500):
        serial = f"CT{26030001 + number:08d}"
        if serial != "CT26030077":
            screen.on_scan(serial)
    assert presenter.view.scan is not None
    assert presenter.view.scan.missing == ("CT26030077",)
    screen.on_scan("CT99990001")
    assert isinstance(presenter.view.problem, NotOfThisCount)
    assert presenter.view.problem.serial == "CT99990001"
    assert len(presenter.view.scan.scanned) == 499, "a foreign card isn't one of the lot"
    screen.on_scan("CT26030001")
    assert presenter.view.problem is None
    presenter.report_missing()
    assert presenter.view.reckoning is not None
    assert presenter.view.reckoning.lots[0].difference == 0
    assert presenter.view.scan is None


def test_a_lot_that_is_whole_asks_for_no_more_scans(room: Room) -> None:
    screen = screen_of(room)
    presenter, words = screen.presenter, screen.words
    presenter.turn_to(Area.CLOSE)
    presenter.count({LOT: 499})
    presenter.scan_lot(LOT)
    missing = screen.modes.action("H")
    assert missing.isVisible()
    assert presenter.view.scan is not None
    every = presenter.view.scan.missing
    presenter.show(scan=replace(presenter.view.scan, scanned=every, missing=()))
    assert screen.close_page.reckoning.banner.remedy.text() == words("stock.scanning.whole")
    assert not missing.isVisible(), "nothing is missing"


def test_cards_for_approved_cases_are_not_free_for_who_waits(room: Room) -> None:
    screen, words = screen_of(room), room.window.words
    screen.presenter.turn_to(Area.LETTERS)
    stands = screen.presenter.view.forecast
    assert stands is not None
    for here, free, told in ((3, "1", "ready"), (2, "0", "promised"), (0, "0", "none")):
        screen.presenter.show(forecast=replace(stands, free_here=here, approved=2))
        said = screen.letters.free.accessibleName()
        assert free in said
        assert words(f"stock.figure.{told}") in said


def test_a_letter_is_made_and_printed_and_stock_serves_the_first(room: Room) -> None:
    world = room.world
    world.sign_in("andi")
    app = approved(world, 1)
    world.desk.issuing.await_material(world.by, app.id)
    screen = screen_of(room)
    key(Qt.Key.Key_3)
    assert [row.key for row in screen.letters.table.rows_model.rows] == [app.id]
    key(Qt.Key.Key_C)
    view = screen.presenter.view
    assert view.waiters[0].letter is not None
    assert len(world.bench.take_papers()) == 1
    act = screen.modes.action("C")
    assert act.text() == room.window.words("stock.do.letter_again")
    key(Qt.Key.Key_C)  # lost: the same letter, on paper once more
    assert screen.presenter.view.problem is None
    assert len(world.bench.take_papers()) == 1
    assert screen.presenter.view.waiters[0].letter == view.waiters[0].letter
    key(Qt.Key.Key_L)
    assert screen.presenter.view.waiters == ()
    with world.desk.ledger.reading() as r:
        assert r.get(type(app), app.id).state is ApplicationState.APPROVED


def test_destruction_by_scan_before_a_second_officer(room: Room) -> None:
    world = room.world
    world.sign_in("andi")
    app = ready(world, 1)
    seal = world.desk.cardmaker.seal_of(app)  # what a scanner reads of a printed card
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    world.sign_in("nyoman")
    screen = screen_of(room)
    key(Qt.Key.Key_4)
    key(Qt.Key.Key_M)
    assert room.window.findChild(SecondOfficerDialog) is None
    assert screen.banner.isVisible()
    assert screen.on_scan(seal)
    key(Qt.Key.Key_M)
    dialog = room.window.findChild(SecondOfficerDialog)
    assert dialog is not None
    QTest.keyClicks(dialog.password, PASSWORDS["bambang"][1])
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    assert screen.presenter.view.doomed == ()
    said = screen.presenter.view.said
    assert said is not None
    assert said.message_id == "stock.destroyed_printed", "what was done, and not a paper alone"
    assert len(world.bench.take_papers()) == 1
    key(Qt.Key.Key_C)
    assert len(world.bench.take_papers()) == 1, "the minutes once more"
    key(Qt.Key.Key_3)
    assert screen.presenter.view.area is Area.LETTERS, "digits turn to another job"


def test_of_two_printers_the_loaded_one_is_named(room: Room) -> None:
    """A printer that reads no serial takes its blanks in the order that is noted here."""
    screen, desk = screen_of(room), room.world.desk
    pause = room.world.clock.pause
    desk.hub.replace(
        "card_printer_2", SimulatedCardPrinter(PrinterCore("card_printer_2", "S2"), pause)
    )
    key(Qt.Key.Key_I)
    form = screen.findChild(AskForm)
    assert form is not None
    machine, count, first, last = form._fields
    assert isinstance(machine, ChoiceField)
    assert [machine.itemText(i) for i in range(machine.count())] == [
        "Printer kartu", "Printer kartu 2",
    ]  # fmt: skip
    machine.setCurrentIndex(1)
    assert isinstance(count, NumberField)
    count.setValue(40)
    free = desk.stock.free_here(40)
    for field, text in ((first, free[0]), (last, free[-1])):
        assert isinstance(field, CodeField)
        field.setText(text)
    form._accept()
    with desk.ledger.reading() as r:
        (line,) = look(r.conn, desk.ledger.journal.counter, Wanted(acts=("printer.feeder_loaded",)))
    assert line.content == {
        "count": 40, "first": free[0], "last": free[-1], "machine": "card_printer_2",
    }  # fmt: skip


def test_who_lacks_the_duty_is_told_at_once_who_has_it(room: Room) -> None:
    screen = screen_of(room)
    room.world.take_over("andi")
    for code in (Qt.Key.Key_T, Qt.Key.Key_A, Qt.Key.Key_P):
        screen.presenter.dismiss()
        key(code)
        assert not screen.findChildren(AskForm)
        assert screen.presenter.view.receiving is None
        assert "Nyoman" in screen.banner.remedy.text()
    key(Qt.Key.Key_I)
    assert screen.findChildren(AskForm), "loading the printer is production's work too"


def test_a_number_that_is_hardly_a_count_is_asked_about_once(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    field = screen.close_page.counting.fields[LOT]
    QTest.keyClicks(field, "49999")
    enter(room)
    [sheet] = [one for one in room.window.findChildren(YesDialog) if one.isVisible()]
    assert screen.presenter.view.stage is CloseStage.COUNT
    assert not any("498" in text.text() for text in sheet.findChildren(Text)), (
        "the books are hidden"
    )
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert field.value() == 49999
    enter(room)
    [sheet] = [one for one in room.window.findChildren(YesDialog) if one.isVisible()]
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert screen.presenter.view.stage is CloseStage.RECKON


def test_a_count_whose_lot_is_gone_meanwhile_is_given_up(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_2)
    QTest.keyClicks(screen.close_page.counting.fields[LOT], "49999")
    enter(room)
    [sheet] = [one for one in room.window.findChildren(YesDialog) if one.isVisible()]
    screen.presenter.show(to_count=())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_where_words_are_missing_the_focus_stays_with_them(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count({LOT: 499})
    key(Qt.Key.Key_S)
    key(Qt.Key.Key_Return, ctrl=True)
    assert type(screen.presenter.view.problem).__name__ == "StatementMissing"
    assert screen.close_page.reckoning.statement.hasFocus()
    assert not screen.close_page.reckoning.banner.isVisible(), "one banner at a time"


def test_a_printed_card_that_nobody_inspected_is_told_as_that(room: Room) -> None:
    world = room.world
    world.sign_in("andi")
    app = approved(world, 9)
    world.desk.issuing.issue(world.by, app.id)
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    rows = screen.close_page.counting.way.table.rows_model.rows
    [told] = [row.cells[0] for row in rows if row.key.startswith("blank:")]
    assert told == screen.words("stock.way.to_inspect")


def open_form(room: Room) -> AskForm:
    [form] = [form for form in room.window.findChildren(AskForm) if form.isVisible()]
    return form


def test_a_refused_load_of_the_printer_stands_open_with_what_was_typed(room: Room) -> None:
    screen = screen_of(room)
    free = room.world.desk.stock.free_here(10)
    key(Qt.Key.Key_I)
    form = open_form(room)
    for field, text in zip(form._fields[1:], (free[0], free[9]), strict=True):
        QTest.keyClicks(field, text)
    QTest.keyClick(form._fields[2], Qt.Key.Key_Return)  # one card is noted, ten are there
    again = open_form(room)
    assert again.answers() == {"count": "1", "first": free[0], "last": free[9]}
    count = again._fields[0]
    assert isinstance(count, NumberField)
    assert again.focusWidget() is count
    assert any("10 " in text.text() for text in again.findChildren(Text) if text.isVisible())
    count.setValue(10)
    QTest.keyClick(again._fields[2], Qt.Key.Key_Return)
    assert screen.presenter.view.problem is None
    assert not [form for form in room.window.findChildren(AskForm) if form.isVisible()]


def test_a_serial_that_nobody_has_is_said_at_its_field_and_escape_reads_it(room: Room) -> None:
    screen = screen_of(room)
    free = room.world.desk.stock.free_here(10)
    key(Qt.Key.Key_I)
    form = open_form(room)
    for field, text in zip(form._fields[1:], (free[0], "CT99999999"), strict=True):
        QTest.keyClicks(field, text)
    QTest.keyClick(form._fields[2], Qt.Key.Key_Return)
    again = open_form(room)
    assert again.focusWidget() is again._fields[2]
    assert again._fields[2].property("fault") is True
    QTest.keyClick(again._fields[2], Qt.Key.Key_Escape)
    assert screen.presenter.view.problem is None
    assert screen.presenter.view.asked is None


def test_a_letter_nobody_knows_stays_to_be_typed_again(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.LETTERS)
    key(Qt.Key.Key_N)
    form = open_form(room)
    QTest.keyClicks(form._fields[0], "SKP/0009/1374/2026")
    QTest.keyClick(form._fields[0], Qt.Key.Key_Return)
    again = open_form(room)
    assert again.answers() == {"text": "SKP/0009/1374/2026"}
    assert again._fields[0].property("fault") is True


def test_a_letter_refused_for_want_of_cards_brings_nobody_back_tomorrow(room: Room) -> None:
    screen, desk = screen_of(room), room.world.desk
    room.world.sign_in("andi")
    [app] = waiting(room.world, 3)
    number = desk.letters.issue(room.world.by, app.id)[1].paper.number
    room.world.sign_in("nyoman")
    screen.presenter.turn_to(Area.LETTERS)
    key(Qt.Key.Key_N)
    QTest.keyClicks(open_form(room)._fields[0], number)
    QTest.keyClick(open_form(room)._fields[0], Qt.Key.Key_Return)
    assert screen.presenter.view.problem is not None
    assert not [form for form in room.window.findChildren(AskForm) if form.isVisible()]
    begun = desk.kept_work.begun(room.world.by)
    assert [draft for draft in begun if draft.form == STOCK_QUESTION] == []
    key(Qt.Key.Key_N)
    assert open_form(room).answers() == {"text": number}, "it needn't be typed again today"


def test_a_letter_refused_behind_the_lock_is_laid_aside_once_it_is_gone(room: Room) -> None:
    screen, desk, queued = screen_of(room), room.world.desk, Queued()
    room.world.sign_in("andi")
    [app] = waiting(room.world, 3)
    number = desk.letters.issue(room.world.by, app.id)[1].paper.number
    room.world.sign_in("nyoman")
    screen.presenter.turn_to(Area.LETTERS)
    screen.presenter.desk = replace(desk, lanes=queued.lanes)
    key(Qt.Key.Key_N)
    QTest.keyClicks(open_form(room)._fields[0], number)
    QTest.keyClick(open_form(room)._fields[0], Qt.Key.Key_Return)
    desk.duty.lock()
    room.window.show_sign_in()
    queued.deliver()
    assert screen.presenter.view.problem is not None
    desk.duty.unlock(*PASSWORDS["nyoman"])
    room.window.show_work()
    QApplication.processEvents()
    queued.deliver()
    queued.lanes.close()
    begun = desk.kept_work.begun(room.world.by)
    assert [draft for draft in begun if draft.form == STOCK_QUESTION] == []


@pytest.mark.parametrize("code", [False, True])
def test_a_form_that_was_refused_opens_for_nobody_else(room: Room, *, code: bool) -> None:
    """The act took its time: the window was locked and somebody else unlocked it."""
    screen, queued, world = screen_of(room), Queued(), room.world
    screen.presenter.turn_to(Area.STOCK if code else Area.LETTERS)
    screen.presenter.desk = replace(world.desk, lanes=queued.lanes)
    key(Qt.Key.Key_Slash if code else Qt.Key.Key_N)
    form = open_form(room)
    QTest.keyClicks(form._fields[0], "CT99999999" if code else "SKP/0009/1374/2026")
    QTest.keyClick(form._fields[0], Qt.Key.Key_Return)
    assert not form.isVisible()
    room.window.show_sign_in()
    queued.deliver()
    assert screen.presenter.view.problem is not None
    world.take_over("bambang")
    room.window.show_work()
    QApplication.processEvents()
    queued.deliver()
    queued.lanes.close()
    assert not [form for form in room.window.findChildren(AskForm) if form.isVisible()]


def test_a_form_that_was_refused_behind_the_lock_opens_for_its_own_officer(room: Room) -> None:
    screen, desk, queued = screen_of(room), room.world.desk, Queued()
    screen.presenter.turn_to(Area.LETTERS)
    screen.presenter.desk = replace(desk, lanes=queued.lanes)
    key(Qt.Key.Key_N)
    QTest.keyClicks(open_form(room)._fields[0], "SKP/0009/1374/2026")
    QTest.keyClick(open_form(room)._fields[0], Qt.Key.Key_Return)
    desk.duty.lock()
    room.window.show_sign_in()
    queued.deliver()
    desk.duty.unlock(*PASSWORDS["nyoman"])
    room.window.show_work()
    QApplication.processEvents()
    queued.deliver()
    queued.lanes.close()
    assert open_form(room).answers() == {"text": "SKP/0009/1374/2026"}


def test_what_was_said_of_a_choice_or_a_number_goes_with_the_answer(room: Room) -> None:
    screen = screen_of(room)
    choice, count = ChoiceField(), NumberField(least=1, most=9)
    choice.set_choices((("a", "A"), ("b", "B")))
    choice.setCurrentIndex(0)
    fields = [("stock.feeder.machine", choice), ("stock.feeder.count", count)]
    form = AskForm(screen, screen.words, "stock.feeder", fields, lambda: None)
    form.open()
    for field in (choice, count):
        form.form.note(field, "Salah.", fault=True)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Down if field is choice else Qt.Key.Key_Up)
        assert not [text for text in form.findChildren(Text) if text.text() == "Salah."]
    assert choice.property("fault") is False


def test_a_card_number_with_a_slip_stays_to_be_typed_again(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_Slash)
    form = open_form(room)
    QTest.keyClicks(form._fields[0], "CT99999999")
    QTest.keyClick(form._fields[0], Qt.Key.Key_Return)
    again = open_form(room)
    assert again.answers() == {"serial": "CT99999999"}
    QTest.keyClick(again._fields[0], Qt.Key.Key_Escape)
    assert screen.presenter.view.problem is None


def test_a_card_that_isn_t_to_be_destroyed_is_told_as_what_the_books_have(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_4)
    key(Qt.Key.Key_Slash)
    form = open_form(room)
    QTest.keyClicks(form._fields[0], "CT26030001")
    QTest.keyClick(form._fields[0], Qt.Key.Key_Return)
    told = screen.presenter.view.problem
    assert isinstance(told, NotForDestruction)
    for language in LANGUAGES:
        words = Words.load(language)
        assert words.of(BlankState.ASSIGNED) in words.problem(told).text
        assert "F7, 1" in words.problem(told).remedy
    assert open_form(room).answers() == {"serial": "CT26030001"}, "a slip is mended there"


def test_a_field_that_was_empty_is_no_fault_once_it_is_typed(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_I)
    form = screen.findChild(AskForm)
    assert form is not None
    first, last = form._fields[1:]
    QTest.keyClick(last, Qt.Key.Key_Return)
    assert first.property("fault") is True
    QTest.keyClicks(first, "ct26030400")
    assert first.property("fault") is False


def test_a_load_that_is_not_what_lies_at_the_counter_is_refused(room: Room) -> None:
    screen, free = screen_of(room), room.world.desk.stock.free_here(10)
    for first, last, said in (
        ("YY", "ZZ", "UnknownBlank"),
        ("CT26030400", "CT26030400", "BlankBusy"),
        (free[0], free[9], "LoadMiscounted"),
    ):
        screen.presenter.load_feeder(9, first, last)
        assert type(screen.presenter.view.problem).__name__ == said
    screen.presenter.load_feeder(10, free[0], free[9])
    assert screen.presenter.view.problem is None


def test_a_consignment_half_taken_in_outlasts_a_look_at_another_job(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_T)
    screen.on_scan("CT26050001")
    screen.presenter.turn_to(Area.LETTERS)
    assert not screen.on_scan("CT26050100"), "a scan elsewhere is not of the consignment"
    screen.presenter.turn_to(Area.STOCK)
    now = screen.presenter.view.receiving
    assert now is not None
    assert (now.first, now.last) == ("CT26050001", "")
    assert screen.stock.receiving.first.value() == "CT26050001"


def test_a_second_officer_who_mistypes_is_asked_again_for_the_same_transfer(room: Room) -> None:
    screen = screen_of(room)
    store = screen.presenter.view.forecast.free_in_store  # pyright: ignore[reportOptionalMemberAccess]
    key(Qt.Key.Key_P)
    form = screen.findChild(AskForm)
    assert form is not None
    for field, text in zip(form._fields[1:], ("1373", "S-7"), strict=True):
        QTest.keyClicks(field, text)
    form._accept()
    for password, asked in (("wrong1", True), (PASSWORDS["sri"][1], False)):
        dialog = room.window.findChildren(SecondOfficerDialog)[-1]
        place = [row.key for row in dialog.table.rows_model.rows].index(PASSWORDS["sri"][0])
        dialog.table.selectRow(place)
        QTest.keyClicks(dialog.password, password)
        QTest.keyClick(dialog.password, Qt.Key.Key_Return)
        after = room.window.findChildren(SecondOfficerDialog)[-1]
        assert (after is not dialog) is asked
        if asked:
            assert after.table.current_key() == PASSWORDS["sri"][0]
    assert screen.presenter.view.forecast.free_in_store == store - 1  # pyright: ignore[reportOptionalMemberAccess]


def test_an_office_that_is_none_is_told_in_the_form_before_anybody_signs(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_P)
    form = screen.findChild(AskForm)
    assert form is not None
    office, letter = form.findChildren(LineField)[-2:]
    for wrong in ("13", "1374"):
        office.setText(wrong)
        QTest.keyClicks(letter, "S-7")
        QTest.keyClick(letter, Qt.Key.Key_Return)
        assert form.isVisible()
        assert office.property("fault") is True
        assert form.focusWidget() is office
    office.setText("1373")
    QTest.keyClick(letter, Qt.Key.Key_Return)
    assert not form.isVisible()
    assert room.window.findChild(SecondOfficerDialog) is not None


@pytest.mark.parametrize("leave", [
    lambda window: window.open_screen("devices"), lambda window: window.show_sign_in(),
])  # fmt: skip
def test_nobody_is_asked_once_more_over_another_screen_or_the_lock(
    room: Room, leave: Callable[[MainWindow], None]
) -> None:
    screen, queued = screen_of(room), Queued()
    screen.presenter.desk = replace(room.world.desk, lanes=queued.lanes)
    screen._second(
        "stock.transfer",
        lambda number, password: screen.presenter.transfer(1, "1373", "S-7", number, password),
    )
    [dialog] = room.window.findChildren(SecondOfficerDialog)
    QTest.keyClicks(dialog.password, "wrong1")
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    assert screen.presenter.view.doing
    leave(room.window)
    queued.deliver()
    queued.lanes.close()
    assert isinstance(screen.presenter.view.problem, WrongPassword)
    assert QApplication.activeModalWidget() is None


def test_a_letter_after_a_number_is_the_screen_s_key(room: Room, qapp: QApplication) -> None:
    """With the filter that tells scanners from hands, as in the program."""
    screen, window, world = screen_of(room), room.window, room.world
    world.desk.care.change_ribbon(world.by, "card_printer", "PITA-88", 0)
    key(Qt.Key.Key_4)
    ribbons = screen.destroying.ribbons
    ribbons.setFocus(Qt.FocusReason.TabFocusReason)
    wedge = WedgeFilter(lambda text, _keys: window.on_scan(text),
                        extra_actions=window.live_actions, now=lambda: 0.0)  # fmt: skip
    qapp.installEventFilter(wedge)
    for typed in (Qt.Key.Key_1, Qt.Key.Key_M):
        key(typed)
        wedge.release()
    qapp.removeEventFilter(wedge)
    assert ribbons.value() == 1
    assert isinstance(QApplication.activeModalWidget(), SecondOfficerDialog)


def test_a_card_taken_back_is_shown_where_it_is_now(room: Room) -> None:
    screen = screen_of(room)
    (serial,) = room.world.desk.stock.free_here(1)
    screen.on_scan(serial)
    key(Qt.Key.Key_K)
    looked = screen.presenter.view.looked
    assert looked is not None
    assert looked.blank.state is BlankState.IN_STOCK


def test_sending_on_nobody_says_that_nobody_waits(room: Room) -> None:
    screen = screen_of(room)
    assert not screen.presenter.view.waiters
    screen.presenter.landed()
    said = screen.presenter.view.said
    assert said is not None
    assert said.message_id == "stock.nobody_waits"


def test_setting_aside_without_a_tick_says_what_to_do(room: Room) -> None:
    screen = screen_of(room)
    (serial,) = room.world.desk.stock.free_here(1)
    screen.on_scan(serial)
    screen.presenter.spoil("lot_defect")
    screen.presenter.turn_to(Area.DESTROY)
    key(Qt.Key.Key_S)
    assert type(screen.presenter.view.problem).__name__ == "NothingToSetAside"


def test_the_key_that_destroys_has_something_to_do_once_ribbons_are_typed(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_4)
    assert screen.words("stock.destroying.none") in [t.text() for t in screen.findChildren(Text)]
    room.world.desk.care.change_ribbon(room.world.by, "card_printer", "PITA-9", 0)
    screen.presenter.load()
    assert screen.words("stock.destroying.none") not in [
        t.text() for t in screen.findChildren(Text)
    ]
    destroy = screen.modes.action("M")
    assert destroy.property("faded")
    screen.destroying.ribbons.setFocus()
    QTest.keyClick(screen.destroying.ribbons, Qt.Key.Key_1)
    assert not destroy.property("faded")
    key(Qt.Key.Key_Backspace)
    assert destroy.property("faded")


def test_used_ribbons_are_counted_and_destroyed_by_keys_alone(room: Room) -> None:
    """Their field has the focus where no card waits: the digit replaces, the letter acts."""
    screen = screen_of(room)
    screen.presenter.turn_to(Area.DESTROY)
    field = screen.destroying.ribbons
    field.setMaximum(1)
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(field, Qt.Key.Key_1)
    assert field.value() == 1
    key(Qt.Key.Key_Escape)
    assert not field.hasFocus()
    key(Qt.Key.Key_M)
    assert room.window.findChild(SecondOfficerDialog) is not None


def test_a_difference_without_a_word_is_told_before_the_supervisor_is_called(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Area.CLOSE)
    screen.presenter.count(dict.fromkeys(screen.presenter.view.to_count, 3))
    key(Qt.Key.Key_Return, ctrl=True)
    assert type(screen.presenter.view.problem).__name__ == "StatementMissing"
    assert room.window.findChild(SecondOfficerDialog) is None
    assert QApplication.focusWidget() is screen.close_page.reckoning.statement


def test_the_next_shift_is_counted_blind_too(room: Room) -> None:
    screen = screen_of(room)
    presenter, page = screen.presenter, screen.close_page.counting
    presenter.turn_to(Area.CLOSE)
    held = {line.lot: line.on_hand for line in presenter.view.lots}
    for lot, field in page.fields.items():
        field.setValue(held[lot])
    presenter.count(page.counts())
    presenter.close_shift(*PASSWORDS["bambang"])
    assert presenter.view.stage is CloseStage.CLOSED
    presenter.open_shift()
    assert page.counts() == {}


def test_more_blanks_than_the_store_has_are_refused_and_no_digit_is_dropped(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_P)
    form = room.window.findChild(AskForm)
    assert form is not None
    [count] = form.findChildren(NumberField)
    office, letter = (each for each in form.findChildren(LineField) if each.isVisible())
    QTest.keyClicks(count, "4000")
    assert count.text() == "4000"
    office.setText("3273")
    letter.setText("B/1")
    QTest.keyClick(letter, Qt.Key.Key_Return)
    assert form.isVisible()
    there = screen.presenter.view.forecast
    assert there is not None
    assert screen.words("stock.ask.at_most", most=there.free_in_store) in [
        each.text() for each in form.findChildren(Text)
    ]
    QTest.keyClicks(count, "5")
    QTest.keyClick(letter, Qt.Key.Key_Return)
    assert not form.isVisible()
