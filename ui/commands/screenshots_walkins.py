"""The walk-in's pictures: queue, visits from ticket to handover, and what opens anywhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.outside.simulators import Manner
from desktop.presenters.walkin_view import Typing, WalkStep
from devices.simulators.faults import Fault, FaultName
from ui.app_shell import INTERNATIONAL
from ui.commands.screenshots_tour import CTRL, Tour


def queue(tour: Tour) -> None:
    desk = tour.counter.desk
    by = desk.duty.actor()
    for service, lane in (
        (Service.RENEWAL, "regular"), (Service.RENEWAL, "priority"),
        (Service.NEW_ISSUE, "regular"), (Service.REPLACE_DAMAGED, "regular"),
        (Service.RENEWAL, "regular"), (Service.DATA_CHANGE, "appointment"),
        (None, "regular"), (Service.RENEWAL, "return_visit"),
    ):  # fmt: skip
        desk.queue.take_ticket(by, service, lane)
        tour.spend(140)
    tour.window.open_screen("walk_in")
    tour.snap("walk-in-idle")
    tour.window.open_screen("queue")
    with tour.sheet():
        tour.key(Qt.Key.Key_N)
        tour.snap("queue-new-ticket")


def first_visit(tour: Tour) -> None:
    """A renewal, straight through."""
    tour.key(Qt.Key.Key_F3)
    tour.spend(9)
    tour.snap("walk-in-1-identity")
    tour.outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    tour.enter()
    tour.snap("walk-in-2-requirements")
    screen = tour.window.current_screen
    assert screen is not None
    tour.walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    tour.snap("walk-in-2-requirements-typed")
    tour.walk.back()
    tour.outside.manners.clear()
    tour.walk.gather()
    tour.enter()
    case = tour.walk.view.app
    assert case is not None
    tour.outside.paid[case.billing_code] = 50_000
    tour.enter()
    tour.snap("walk-in-3-payment")
    tour.outside.paid.clear()
    tour.enter()
    bench = tour.counter.desk.bench
    assert bench is not None
    tour.walk.look_live()
    tour.snap("walk-in-4-capture-live")
    bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
    tour.key(Qt.Key.Key_Space)
    tour.snap("walk-in-4-capture-refused")
    tour.key(Qt.Key.Key_Space)
    tour.snap("walk-in-4-capture")
    tour.enter()
    tour.snap("walk-in-5-confirm")
    with tour.sheet():
        tour.key(Qt.Key.Key_F)
        tour.snap("walk-in-5-faces")
    tour.counter.toggle_applicant_window()
    tour.snap_beside("applicant")
    tour.counter.toggle_applicant_window()
    tour.walk.begin_correction()
    tour.snap("walk-in-5-correct")
    tour.walk.back()
    tour.enter()
    tour.snap("walk-in-6-approval")
    approve(tour)
    tour.snap("walk-in-7-production")
    tour.enter()
    tour.snap("walk-in-7-printed")
    with tour.sheet():
        tour.key(Qt.Key.Key_R)
        tour.snap("walk-in-7-spoil")
    tour.enter()
    tour.snap("walk-in-8-handover")
    tour.enter()
    tour.spend(6)
    tour.snap("walk-in-9-done")
    tour.enter()


def approve(tour: Tour) -> None:
    """Lock, take over, approve, give back; drawn on the way."""
    case = tour.walk.view.app
    assert case is not None
    tour.key(Qt.Key.Key_F12)
    tour.snap("lock")
    tour.sign_in("76040004")
    tour.snap("supervisor-approvals")
    tour.counter.desk.approvals.approve(tour.counter.desk.duty.actor(), case.id)
    tour.key(Qt.Key.Key_F12)


def second_visit(tour: Tour) -> None:
    """A new licence with tests, left waiting for the bank; a second case beside it."""
    for _ in range(4):
        tour.walk.call_next()
        ticket = tour.walk.view.ticket
        if ticket is not None and ticket.service is Service.NEW_ISSUE:
            break
        tour.walk.register()
        tour.walk.hold("waiting_for_document")
    tour.spend(25)
    tour.enter(2)
    if tour.walk.view.step is WalkStep.TESTS:
        tour.snap("walk-in-3-tests")
    if tour.walk.view.app is not None:
        tour.walk.add_case()
        tour.snap("walk-in-1-second-case")
        tour.walk.stop_adding()
        tour.walk.hold("waiting_for_retake")


def odd_visits(tour: Tour) -> None:
    """Typed by hand; a print that was cut off."""
    tour.walk.call_next()
    tour.walk.type_manually("eid_chip_unreadable")
    for name, text in (
        ("nik", "3273015507900003"), ("name", "SITI RAHMAWATI"), ("birth_place", "BANDUNG"),
        ("birth_date", "15/07/1990"), ("sex", "P"),
    ):  # fmt: skip
        tour.walk.field_changed(name, text)
    tour.snap("walk-in-1-typed")
    tour.walk.read_again()
    tour.enter()
    with tour.sheet():
        tour.key(Qt.Key.Key_S, CTRL)
        tour.snap("walk-in-2-hold")
    tour.enter(3)
    tour.key(Qt.Key.Key_Space)
    tour.enter(2)
    case = tour.walk.view.app
    bench = tour.counter.desk.bench
    if case is None or bench is None or tour.walk.view.step is not WalkStep.APPROVAL:
        return
    desk = tour.counter.desk
    desk.duty.take_over("76040004", "sri123")
    desk.approvals.approve(desk.duty.actor(), case.id)
    desk.duty.give_back()
    tour.walk.refresh()
    bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    tour.enter()
    bench.remedy("card_printer")
    tour.walk.refresh()
    tour.walk.preview()
    tour.snap("walk-in-7-in-doubt")


def queue_full(tour: Tour) -> None:
    tour.spend(200)
    tour.window.open_screen("queue")
    tour.snap("queue")


def everywhere(tour: Tour) -> None:
    """Ctrl+K, a person's record, the stage, help and keys."""
    name = tour.counter.desk.ledger
    with tour.sheet():
        tour.window.open_palette()
        tour.app.processEvents()
        focus = QApplication.focusWidget() or tour.window
        QTest.keyClicks(focus, "ri")
        tour.snap("find")
    with name.reading() as r:
        found = r.search_people("ri", 1)
    with tour.sheet():
        if found:
            tour.counter.open_hit(f"person:{found[0]}")
            tour.snap("find-person")
    with tour.sheet():
        tour.counter.open_hit(INTERNATIONAL)
        tour.snap("find-international")
    with tour.sheet():
        tour.counter.open_stage()
        tour.snap("training-stage")
    tour.window.toggle_help()
    tour.snap("help")
    tour.window.toggle_help()
    with tour.sheet():
        tour.key(Qt.Key.Key_Comma, CTRL)
        tour.snap("look")
    with tour.sheet():
        tour.window.open_shortcuts()
        tour.snap("keys")
