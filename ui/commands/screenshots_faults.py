"""The tour's bad moments: a card that the viewer refuses, the program's own error, a card that
nobody fetched for months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM, Officer
from desktop.presenters.stock_view import Area
from desktop.presenters.walkin_view import WalkStep
from desktop.training.officers import SAMPLE_OFFICERS
from devices.device import Hopper
from devices.errors import OutOfCards
from devices.simulators.faults import Fault, FaultName
from ui.problems import CrashHandler
from ui.screens.stock import StockScreen

if TYPE_CHECKING:
    from ui.commands.screenshots_tour import Tour

LONG = timedelta(days=100)
APPROVER, SUPERVISOR, KEEPER = "76040004", "74050005", "82060006"
PASSWORDS = {one.nrp: one.password for one in SAMPLE_OFFICERS}


def faults(tour: Tour) -> None:
    """A card with a broken code, one with another's photo, and what the program can't answer."""
    _refused_cards(tour)

    def at_once(show: Callable[[], object]) -> None:
        show()

    last = CrashHandler(tour.counter.words, at_once, lambda: tour.window)
    for name, error in (("problem", OutOfCards(Hopper.FEEDER, 40)), ("crash", RuntimeError())):
        with tour.sheet():
            last.take(error)
            tour.snap(name)


def _refused_cards(tour: Tour) -> None:
    bench, desk, walk = tour.counter.desk.bench, tour.counter.desk, tour.walk
    assert bench is not None
    walk.call_next()
    tour.enter(4)
    tour.key(Qt.Key.Key_Space)
    tour.enter(2)
    case = walk.view.app
    if case is None or walk.view.step is not WalkStep.APPROVAL:
        return
    desk.duty.take_over(APPROVER, PASSWORDS[APPROVER])
    desk.approvals.approve(desk.duty.actor(), case.id)
    desk.duty.give_back()
    walk.refresh()
    for device, fault, name in (
        ("card_printer", Fault("print.done", FaultName.SMUDGED_CODE), "walk-in-7-fault"),
        ("card_viewer", Fault("viewer.look", FaultName.WRONG_CARD), "walk-in-7-wrong-card"),
    ):
        bench.order(device, fault)
        tour.enter()
        tour.snap(name)
        with tour.sheet():
            tour.key(Qt.Key.Key_E)
            tour.snap("walk-in-7-fault-second" if device == "card_viewer" else f"{name}-pass")
        walk.spoil("print_defect")
        bench.take_output()
    walk.allow_reprint(SUPERVISOR, PASSWORDS[SUPERVISOR])
    tour.enter(4)  # printed well, looked at, handed over, done


def late(tour: Tour) -> None:
    """Three months on: cards that nobody fetched, and the officer who reminds and recalls."""
    desk, counter = tour.counter.desk, tour.counter
    with desk.ledger.reading() as r:
        if not r.count(Application, state=[S.READY]):
            return
    tour.spend(LONG.total_seconds())
    with desk.ledger.acting(PROGRAM) as w:  # they were in touch with the centre meanwhile
        for officer in w.find(Officer):
            w.change(officer, last_online=desk.frame.now())
        w.record("officer.told", "office", {})
    counter.sign_in.sign_out()
    tour.sign_in(KEEPER)
    tour.window.open_screen("stock")
    screen = tour.window.current_screen
    assert isinstance(screen, StockScreen)
    screen.presenter.turn_to(Area.DESTROY)
    screen.destroying.turn()
    tour.snap("stock-uncollected")
