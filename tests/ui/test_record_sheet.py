"""A person's record in a sheet: what is on record is seen without scrolling, where it can be."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import ApplicationState
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM
from desktop.domain.person import Licence, LicenceStatus
from tests.ui.counter_world import CTRL, Hands
from tests.walks.making import ready
from tests.walks.steps import handed
from ui.international_sheet import InternationalSheet
from ui.record_sheet import RecordSheet
from ui.screens.cards import CardsScreen
from ui.widgets.buttons import KeyButton
from ui.widgets.state import Level, StateBadge, StateItem


def test_licences_get_the_room_that_the_cases_leave(hands: Hands) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    with hands.desk.ledger.acting(PROGRAM) as w:
        one = w.find(Licence, person_id=app.person_id)[0]
        for _ in range(4 - w.count(Licence, person_id=app.person_id)):
            past = LicenceStatus.SUPERSEDED
            w.add(dataclasses.replace(one, id=hands.desk.frame.ids.new(), status=past))
        w.record("case.looked_at", app.id, {})
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    assert (sheet.licences.rows_model.rowCount(), sheet.cases.rows_model.rowCount()) == (4, 1)
    with hands.desk.ledger.reading() as r:
        first = r.get(Licence, sheet.licences.current_key())
    assert first.status is LicenceStatus.VALID, "what counts stands first"
    for table in (sheet.licences, sheet.cases):
        assert table.verticalScrollBar().maximum() == 0
    sheet.reject()


def test_a_flagged_licence_stands_out_from_one_that_is_past(hands: Hands) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    with hands.desk.ledger.acting(PROGRAM) as w:
        [one] = w.find(Licence, id=app.licence_id)
        w.change(one, status=LicenceStatus.FLAGGED)
        w.record("licence.flagged", one.id, {})
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    [row] = [row for row in sheet.licences.rows_model.rows if row.key == app.licence_id]
    state = row.cells[2]
    assert isinstance(state, StateItem)
    assert state.level is Level.ATTEND
    sheet.reject()


def test_a_card_that_is_kept_as_found_is_said_in_its_holder_s_record(hands: Hands) -> None:
    hands.sign_in("andi")
    app = handed(hands.world, ready(hands.world, 1))
    hands.desk.corrections.found(hands.world.by, app.blank_serial)
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    told = [badge.item.text for badge in sheet.findChildren(StateBadge)]
    assert hands.window.words("record.kept", serial=app.blank_serial) in told
    sheet.reject()


def test_k_opens_the_very_card_that_is_kept(hands: Hands) -> None:
    hands.sign_in("andi")
    app = handed(hands.world, ready(hands.world, 1))
    hands.desk.corrections.found(hands.world.by, app.blank_serial)
    with hands.desk.ledger.acting(PROGRAM) as w:
        one = w.get(Licence, app.licence_id)
        other = dataclasses.replace(
            one, id=hands.desk.frame.ids.new(), licence_class=LicenceClass.A, blank_serial="",
            valid_until=one.valid_until + timedelta(days=9),
        )  # fmt: skip
        w.add(other)
        w.record("case.looked_at", app.id, {})
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    assert sheet.licences.rows_model.rows[0].key == other.id
    hands.hit(Qt.Key.Key_K)
    screen = hands.window.current_screen
    assert isinstance(screen, CardsScreen)
    record = screen.presenter.view.record
    assert record is not None
    assert record.licence is not None
    assert record.licence.id == app.licence_id


def test_the_button_says_what_enter_opens(hands: Hands) -> None:
    hands.sign_in("andi")
    app = handed(hands.world, ready(hands.world, 1))
    other = dataclasses.replace(
        app, id=hands.desk.frame.ids.new(), number=f"{app.number}9",
        state=ApplicationState.REJECTED, blank_serial="", licence_id="",
        created_at=app.created_at - timedelta(days=1),
    )  # fmt: skip
    with hands.desk.ledger.acting(PROGRAM) as w:
        w.add(other)
        w.record("case.looked_at", other.id, {})
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    words = hands.window.words
    [button] = [one for one in sheet.findChildren(KeyButton) if one.key == "Enter"]
    assert sheet.cases.current_key() == app.id
    assert button.text() == words("record.open_case.card")
    hands.hit(Qt.Key.Key_Down)
    assert button.text() == words("record.open_case")
    hands.hit(Qt.Key.Key_Up)
    hands.hit(Qt.Key.Key_Return)
    assert isinstance(hands.window.current_screen, CardsScreen)


def test_no_key_is_named_to_whoever_may_not_open_a_card(hands: Hands) -> None:
    hands.world.sign_in("andi")
    app = handed(hands.world, ready(hands.world, 1))
    hands.desk.corrections.found(hands.world.by, app.blank_serial)
    hands.desk.duty.sign_out()
    hands.sign_in("sri")
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    told = [badge.item.text for badge in sheet.findChildren(StateBadge)]
    assert hands.window.words("record.kept.plain", serial=app.blank_serial) in told
    sheet.reject()


def test_whoever_asks_for_the_international_licence_is_told_by_the_rules(hands: Hands) -> None:
    hands.sign_in("andi")
    with hands.desk.ledger.reading() as r:
        before = r.head().seq
    hands.press(Qt.Key.Key_K, CTRL)
    hands.type("internas")
    hands.press(Qt.Key.Key_Return)
    [sheet] = [x for x in hands.window.findChildren(InternationalSheet) if x.isVisible()]
    told = " ".join(label.text() for label in sheet.findChildren(QLabel))
    rules = hands.desk.frame.rules().international
    for fact in ("Rp250.000", "Rp225.000", "PP 76/2020", f"{rules.years} tahun", rules.site,
                 "KITAP", "Tidak diterbitkan di loket ini"):  # fmt: skip
        assert fact in told
    hands.press(Qt.Key.Key_Escape)
    with hands.desk.ledger.reading() as r:
        assert r.head().seq == before + 1, "the search, and no record of anybody"
