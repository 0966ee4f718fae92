"""The bill on the real window: a decree that waives it is chosen, never taken for granted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.requirements import RequirementKind
from desktop.presenters.walkin_view import WalkStep
from desktop.rulebook import FOLDER, Rulebook
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_screen import to, walk_in
from ui.case_state import case_state
from ui.record_sheet import RecordSheet
from ui.widgets.reasons import ReasonDialog
from ui.widgets.state import StateItem

K = Qt.Key


def test_of_several_decrees_the_officer_chooses_which_waives_the_fee(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    lines = (FOLDER / "training" / "waivers.toml").read_text("utf-8").replace('"D", "DI"', '"C"')
    first, second = "CONTOH/01/II/2026", "CONTOH/02/II/2026"
    again = lines[lines.index("[[waivers]]") :].replace(first, second)
    rules = Rulebook.load(FOLDER, sheets=[{"waivers.toml": f"{lines}\n{again}"}])
    object.__setattr__(hands.desk.frame, "rulebook", rules)
    hands.counter.walk_in.load_fee()
    hands.press(K.Key_W)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, ReasonDialog)
    until = hands.window.words("walkin.waiver.until", day=date(2026, 12, 31))
    told = [(one.text, one.detail) for one in sheet.list._reasons]
    whom = "Penyandang disabilitas"
    assert told == [(first, f"{whom} · {until}"), (second, f"{whom} · {until}")]
    assert hands.app.state is not S.PAID
    hands.hit(K.Key_Return)
    assert hands.app.state is not S.PAID, "Enter alone chooses none"
    hands.hit(K.Key_2)
    assert hands.app.state is S.PAID
    with hands.desk.ledger.reading() as r:
        pieces = r.find(Evidence, application_id=hands.app.id, kind=RequirementKind.PAYMENT)
    assert [piece.facts["waiver"] for piece in pieces] == [second]
    words = hands.window.words
    waived = words("walkin.fee_waived")
    assert waived in screen._case_name(hands.app), "nobody paid it"
    hands.counter.open_hit(f"person:{hands.app.person_id}")
    QApplication.processEvents()
    [record] = [one for one in hands.window.findChildren(RecordSheet) if one.isVisible()]
    [row] = [row for row in record.cases.rows_model.rows if row.key == hands.app.id]
    assert isinstance(row.cells[2], StateItem)
    assert row.cells[2].text == waived
    record.reject()
    paid = replace(hands.app, fee=75000)
    assert case_state(words, paid) == words.of(S.PAID)
    assert case_state(words, replace(hands.app, state=S.CAPTURED)) == words.of(S.CAPTURED)


def test_an_amount_that_was_typed_is_not_shown_as_the_banks_answer(hands: Hands) -> None:
    screen = walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    hands.press(K.Key_I, Qt.KeyboardModifier.ControlModifier)
    form = screen.payment.form
    for name, text in {"ntpn": "ABCD1234EFGH5678", "amount": "1000", "bank": "BRI"}.items():
        form.fields[name].setFocus()
        hands.type(text)
    hands.enter()
    assert type(hands.view.problem).__name__ == "PaymentUnderpaid"
    shown = [item.text() for item in screen.payment.findChildren(QLabel) if item.isVisible()]
    assert screen.words("walkin.slip_says") in shown
    assert screen.words("walkin.bank_says") not in shown
