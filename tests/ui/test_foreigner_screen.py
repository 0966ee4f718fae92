"""Somebody without Indonesian nationality at the counter: who they are, and their stay permit."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt

from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.presenters.walkin_view import Typing, WalkStep
from tests.ui.counter_world import CTRL, Hands
from tests.walks.world import PASSWORDS
from ui.screens.walkin import WalkInScreen

K = Qt.Key
FIELDS = {"name": "JOHN SMITH", "birth_place": "LONDON", "birth_date": "17051990", "sex": "L",
          "address": "JALAN CONTOH 1", "phone": "081200000012"}  # fmt: skip


def test_a_foreigner_is_typed_and_tells_of_the_permit(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.tickets(Service.NEW_ISSUE)
    hands.press(K.Key_F3)
    walk, screen = hands.counter.walk_in, hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    walk.type_manually("eid_chip_unreadable")
    for name, text in {"nik": "3273011705900077", **FIELDS}.items():
        walk.field_changed(name, text)
    assert screen.identity.form.fields["nationality"].value() == "WNI"
    walk.field_changed("nationality", "WNA")
    assert screen.identity.form.fields["nationality"].value() == "WNA"
    hands.enter()
    assert all(c.licence_class in ("A", "C") for c in hands.view.choices if c.possible)
    walk.second_officer(*PASSWORDS["bambang"], "eid_chip_unreadable")
    hands.enter()
    assert hands.view.step is WalkStep.REQUIREMENTS
    assert hands.app.applicant.foreigner

    walk.begin_typing(Typing.EVIDENCE, RequirementKind.IMMIGRATION_DOCUMENT)
    form = screen.requirements.permit
    assert form.isVisible()
    assert not screen.requirements.form.isVisible()
    assert form.fields["reference"].hasFocus()
    for text in ("X-2201", "01052025", "IMIGRASI"):
        hands.type(text)
        hands.hit(K.Key_Tab)
    hands.enter()
    assert type(hands.view.problem).__name__ == "StayPermitMissing"
    assert form.fields["reference"].value() == "X-2201", "nothing typed is lost"
    form.fields["permit"].setFocus()
    hands.hit(K.Key_Down)
    form.fields["permit_until"].setFocus()
    hands.type("01022020")
    hands.hit(K.Key_Tab)
    hands.enter()
    assert type(hands.view.problem).__name__ == "WorkUnanswered"
    assert form.fields["working"].hasFocus()
    hands.hit(K.Key_Down)
    hands.enter()
    assert type(hands.view.problem).__name__ == "StayPermitEnded"
    assert form.fields["permit_until"].property("fault")
    form.fields["permit_until"].setFocus()
    hands.press(K.Key_A, CTRL)
    hands.type("01022027")
    hands.hit(K.Key_Tab)
    hands.enter()
    checklist = hands.view.checklist
    assert checklist is not None
    piece = checklist.evidence[RequirementKind.IMMIGRATION_DOCUMENT]
    assert piece.issued_on == date(2025, 5, 1)
    assert piece.facts == {"permit": "kitas", "until": "2027-02-01"}
    table = screen.requirements.table.model()
    shown = [table.index(row, 3).data() for row in range(table.rowCount())]
    assert "01/02/2027" in shown, "the permit's last day stands in the list"
    shown = [table.index(row, 4).data() for row in range(table.rowCount())]
    assert "IMIGRASI · X-2201" in shown, "the number as it stands on the paper"

    assert screen.requirements.current_kind is RequirementKind.IMMIGRATION_DOCUMENT
    assert not screen.ask.isVisible(), "no line leads to whoever made it out"

    hands.press(K.Key_K)
    assert hands.view.typing is Typing.EVIDENCE
    form = screen.requirements.permit if form.isVisible() else screen.requirements.form
    assert hands.view.typed_kind is RequirementKind.IMMIGRATION_DOCUMENT
    assert form.fields["permit_until"].value() == "01/02/2027", "what was typed is there"
    assert form.fields["reference"].value() == "X-2201"
    form.fields["permit_until"].setFocus()
    hands.press(K.Key_A, CTRL)
    hands.type("01032027")
    hands.hit(K.Key_Tab)
    hands.enter()
    assert hands.view.checklist is not None
    piece = hands.view.checklist.evidence[RequirementKind.IMMIGRATION_DOCUMENT]
    assert piece.facts["until"] == "2027-03-01"
