"""A binding hold at chip and print, or at the handover: the page says so, and Enter looks again."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM, Actor, Role
from desktop.domain.person import Hold, HoldKind
from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from tests.ui.counter_world import Hands
from ui.screens.walkin import WalkInScreen


def at(hands: Hands, step: WalkStep) -> WalkInScreen:
    """Andi's renewal, as far as this step."""
    hands.sign_in("andi")
    hands.tickets(Service.RENEWAL)
    hands.press(Qt.Key.Key_F3)
    for _ in range(14):
        if hands.view.step is step:
            break
        if hands.view.step is WalkStep.CAPTURE:
            hands.press(Qt.Key.Key_Space)
        if hands.view.step is WalkStep.APPROVAL:
            hands.desk.duty.take_over("76040004", "sri123")
            hands.desk.approvals.approve(hands.world.by, hands.app.id)
            hands.desk.duty.give_back()
            hands.counter.walk_in.refresh()
            continue
        hands.enter()
    assert hands.view.step is step, hands.view.problem
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    return screen


def entered(hands: Hands, kind: HoldKind) -> Hold:
    """The centre tells of the person."""
    with hands.desk.ledger.acting(Actor("", "", frozenset({Role.CENTRE}))) as w:
        hold = w.add(
            Hold(
                id=hands.desk.frame.ids.new(), nik=hands.app.nik, kind=kind, reason="-",
                reference="REF-1", authority="Pengadilan Contoh", settle_at="Kejaksaan Contoh",
                since=hands.desk.frame.today(),
            )
        )  # fmt: skip
        w.record("hold.entered", hold.id, {"kind": kind})
    hands.counter.walk_in.refresh()
    return hold


def lifted(hands: Hands, hold: Hold) -> None:
    with hands.desk.ledger.acting(PROGRAM) as w:
        w.change(hold, active=False)
        w.record("hold.lifted", hold.id, {})


def test_no_card_is_promised_while_a_hold_binds(hands: Hands) -> None:
    screen = at(hands, WalkStep.PRODUCTION)
    words = hands.window.words
    assert screen.production.lead.text() == words("walkin.production.approved")
    hold = entered(hands, HoldKind.COURT)
    assert screen.production.lead.text() == words("walkin.production.bound")
    assert screen.next.text() == words("walkin.next.bound")
    hands.enter()
    assert hands.app.state is S.APPROVED
    lifted(hands, hold)
    hands.enter()  # it looks again first, and prints nothing yet
    assert hands.app.state is S.APPROVED
    assert screen.next.text() == words("walkin.next.production")
    hands.enter()
    assert hands.app.state is S.PRINTED


def test_a_notice_changes_nothing(hands: Hands) -> None:
    screen = at(hands, WalkStep.PRODUCTION)
    entered(hands, HoldKind.ETLE_UNCONFIRMED)
    assert screen.next.text() == hands.window.words("walkin.next.production")
    hands.enter()
    assert hands.app.state is S.PRINTED


def test_a_ready_card_is_kept_while_a_hold_binds(hands: Hands) -> None:
    screen = at(hands, WalkStep.HANDOVER)
    entered(hands, HoldKind.POINTS_VERDICT)
    assert screen.handover.lead.text() == hands.window.words("walkin.handover.bound")
    hands.enter()
    assert hands.app.state is S.READY
