"""`main.py screenshots DIR`: every screen in a lived-in state, as PNG files named by screen.

A training day is played on a temporary profile with a virtual clock; then the real window is led
through it by hand and drawn without a display. Several sizes (`--size 1366x768,1920x1080`) are
drawn in one go, each into its own folder. What must be there stands in `screenshots_list.py`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.desk import open_desk
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.walkin_view import Typing, WalkStep
from desktop.services.desk import Desk
from desktop.settings import Look
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.day import Day
from desktop.training.day_script import SCRIPT
from desktop.words import Words
from devices.simulators.faults import Fault, FaultName
from ui.app import make_application
from ui.applicant_window import ApplicantWindow
from ui.commands.run import make_counter
from ui.commands.screenshots_cards import cards
from ui.commands.screenshots_desks import desks
from ui.commands.screenshots_doors import doors, first_page
from ui.commands.screenshots_faults import faults, late
from ui.commands.screenshots_list import Seen, lacks
from ui.commands.screenshots_sync import sync
from ui.counter import Counter
from ui.popup import Popup
from ui.step_guard import StepGuard

BEGIN = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SEED = 7
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def run(args: argparse.Namespace) -> int:
    """Draw them all; the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out: Path = args.dir
    sizes = places(str(args.size), out)
    for folder in sizes.values():
        folder.mkdir(parents=True, exist_ok=True)
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    app = make_application(["loket"], words, Look(theme=args.theme, text_scale=args.text))
    with tempfile.TemporaryDirectory(prefix="loket-screens-") as folder:
        clock = VirtualClock(BEGIN)
        desk = open_desk(
            Path(folder) / "profile", clock=clock, ids=SeededIds(SEED, clock),
            keys=SeededKeys(SEED),
        )  # fmt: skip
        try:
            live_in(desk, clock, Path(folder))
            counter = make_counter(desk, words.in_zone(desk.frame.zone.zone))
            tour = Tour(app, counter, clock, sizes)
            tour.go()
            counter.window.close()
        finally:
            desk.close()
    missing = lacks(tour.seen)
    print(f"{len(tour.seen)} PNG: {out}")
    for line in missing:
        print(line)
    return 1 if missing else 0


def places(asked: str, out: Path) -> Mapping[tuple[int, int], Path]:
    """The folder of each size that was asked for."""
    texts = asked.split(",")
    sizes = [(int(w), int(h or 768)) for w, _, h in (one.partition("x") for one in texts)]
    if len(sizes) == 1:
        return {sizes[0]: out}
    return {size: out / text for size, text in zip(sizes, texts, strict=True)}


def live_in(desk: Desk, clock: VirtualClock, folder: Path) -> None:
    """A day's work until the afternoon."""
    day = Day(desk, clock, SEED, folder, lambda _at, _id, _facts: None)
    for hour, minute, act in SCRIPT:
        if act.__name__ in ("answers", "destroy_spoiled", "close_shift"):
            continue
        day.until(hour, minute)
        act(day)
    desk.duty.sign_out()


class Tour:
    """Leads the window from state to state and draws each."""

    def __init__(
        self,
        app: QApplication,
        counter: Counter,
        clock: VirtualClock,
        sizes: Mapping[tuple[int, int], Path],
    ) -> None:
        self._app = app
        self.counter = counter
        self.clock = clock
        self._sizes = sizes
        self.seen: dict[str, Seen] = {}
        self.window = counter.window
        self.walk = counter.walk_in

    # -- hands -----------------------------------------------------------------------------

    def snap(self, name: str) -> None:
        """Draw the window as it stands, with what lies over it."""
        self.window.toast.hide()
        self.counter.show_clock()
        sheets: list[QDialog] = []
        for (width, height), folder in self._sizes.items():
            self.window.resize(width, height)
            self._settle()
            sheets = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
            for sheet in sheets:
                if isinstance(sheet, Popup):
                    sheet.fit()
            self._settle()
            picture = self.window.grab()
            for sheet in sheets:
                at = sheet.mapToGlobal(sheet.rect().topLeft()) - self.window.mapToGlobal(
                    self.window.rect().topLeft()
                )
                sheet.render(picture, at)
            picture.save(str(folder / f"{name}.png"))
        kinds = frozenset(type(sheet).__name__ for sheet in sheets)
        self.seen[name] = Seen(self.window.current_key, kinds)

    def snap_window(self, name: str, other: QWidget) -> None:
        """Draw another window than the counter's."""
        for (width, height), folder in self._sizes.items():
            other.resize(width, height)
            self._settle()
            other.grab().save(str(folder / f"{name}.png"))
        self.seen[name] = Seen("")

    def snap_beside(self, name: str) -> None:
        """Draw the applicant's window, which stands beside the counter's."""
        self._settle()
        for other in QApplication.topLevelWidgets():
            if isinstance(other, ApplicantWindow) and other.isVisible():
                self.snap_window(name, other)

    def _settle(self) -> None:
        for _ in range(2):  # what a timer or device changed is laid out in the next turn
            self._app.processEvents()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """One key, by somebody who looked first."""
        screen = self.window.current_screen
        if screen is not None:
            screen.guard = StepGuard(quiet_ms=0)
        if QApplication.activeWindow() is None:
            self.window.activateWindow()
            self._app.processEvents()
        focus: QWidget = QApplication.focusWidget() or self.window
        QTest.keyClick(focus, key, modifiers)
        self._app.processEvents()

    def enter(self, times: int = 1) -> None:
        for _ in range(times):
            self.key(Qt.Key.Key_Return)

    def sign_in(self, number: str) -> None:
        """An officer of the sample office comes."""
        officer = next(o for o in self.counter.sign_in.view.officers if o.number == number)
        self.counter.sign_in.sign_in(number, officer.password)
        self._app.processEvents()

    def spend(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @contextmanager
    def sheet(self) -> Generator[None]:
        """Whatever sheet is opened inside is closed behind."""
        yield
        for sheet in self.window.findChildren(QDialog):
            if sheet.isVisible():
                sheet.reject()
        self._app.processEvents()

    @property
    def outside(self) -> OutsideSimulator:
        found = self.counter.desk.outside
        assert isinstance(found, OutsideSimulator)
        return found

    # -- the tour --------------------------------------------------------------------------

    def go(self) -> None:
        """All of it."""
        self.window.show()
        self.counter.start()
        self.snap("sign-in")
        first_page(self)
        doors(self)
        self.sign_in("79010001")
        parts: tuple[Callable[[], None], ...] = (
            self.queue, self.first_visit, self.second_visit, partial(faults, self),
            self.odd_visits, self.queue_full, self.everywhere, partial(cards, self),
            partial(desks, self), partial(sync, self), partial(late, self),
        )  # fmt: skip
        for part in parts:
            part()

    def queue(self) -> None:
        desk = self.counter.desk
        by = desk.duty.actor()
        for service, lane in (
            (Service.RENEWAL, "regular"), (Service.RENEWAL, "priority"),
            (Service.NEW_ISSUE, "regular"), (Service.REPLACE_DAMAGED, "regular"),
            (Service.RENEWAL, "regular"), (Service.DATA_CHANGE, "appointment"),
            (None, "regular"), (Service.RENEWAL, "return_visit"),
        ):  # fmt: skip
            desk.queue.take_ticket(by, service, lane)
            self.spend(140)
        self.window.open_screen("walk_in")
        self.snap("walk-in-idle")
        self.window.open_screen("queue")
        with self.sheet():
            self.key(Qt.Key.Key_N)
            self.snap("queue-new-ticket")

    def first_visit(self) -> None:
        """A renewal, straight through."""
        self.key(Qt.Key.Key_F3)
        self.spend(9)
        self.snap("walk-in-1-identity")
        self.outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
        self.enter()
        self.snap("walk-in-2-requirements")
        screen = self.window.current_screen
        assert screen is not None
        self.walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
        self.snap("walk-in-2-requirements-typed")
        self.walk.back()
        self.outside.manners.clear()
        self.walk.gather()
        self.enter()
        case = self.walk.view.app
        assert case is not None
        self.outside.paid[case.billing_code] = 50_000
        self.enter()
        self.snap("walk-in-3-payment")
        self.outside.paid.clear()
        self.enter()
        bench = self.counter.desk.bench
        assert bench is not None
        self.walk.look_live()
        self.snap("walk-in-4-capture-live")
        bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
        self.key(Qt.Key.Key_Space)
        self.snap("walk-in-4-capture-refused")
        self.key(Qt.Key.Key_Space)
        self.snap("walk-in-4-capture")
        self.enter()
        self.snap("walk-in-5-confirm")
        with self.sheet():
            self.key(Qt.Key.Key_F)
            self.snap("walk-in-5-faces")
        self.counter.toggle_applicant_window()
        self.snap_beside("applicant")
        self.counter.toggle_applicant_window()
        self.walk.begin_correction()
        self.snap("walk-in-5-correct")
        self.walk.back()
        self.enter()
        self.snap("walk-in-6-approval")
        self.approve()
        self.snap("walk-in-7-production")
        self.enter()
        self.snap("walk-in-7-printed")
        with self.sheet():
            self.key(Qt.Key.Key_R)
            self.snap("walk-in-7-spoil")
        self.enter()
        self.snap("walk-in-8-handover")
        self.enter()
        self.spend(6)
        self.snap("walk-in-9-done")
        self.enter()

    def approve(self) -> None:
        """Lock, take over, approve, give back; drawn on the way."""
        case = self.walk.view.app
        assert case is not None
        self.key(Qt.Key.Key_F12)
        self.snap("lock")
        self.sign_in("76040004")
        self.snap("supervisor-approvals")
        self.counter.desk.approvals.approve(self.counter.desk.duty.actor(), case.id)
        self.key(Qt.Key.Key_F12)

    def second_visit(self) -> None:
        """A new licence with tests, left waiting for the bank; a second case beside it."""
        for _ in range(4):
            self.walk.call_next()
            ticket = self.walk.view.ticket
            if ticket is not None and ticket.service is Service.NEW_ISSUE:
                break
            self.walk.register()
            self.walk.hold("waiting_for_document")
        self.spend(25)
        self.enter(2)
        if self.walk.view.step is WalkStep.TESTS:
            self.snap("walk-in-3-tests")
        if self.walk.view.app is not None:
            self.walk.add_case()
            self.snap("walk-in-1-second-case")
            self.walk.stop_adding()
            self.walk.hold("waiting_for_retake")

    def odd_visits(self) -> None:
        """Typed by hand; a print that was cut off."""
        self.walk.call_next()
        self.walk.type_manually("eid_chip_unreadable")
        for name, text in (
            ("nik", "3273015507900003"), ("name", "SITI RAHMAWATI"), ("birth_place", "BANDUNG"),
            ("birth_date", "15/07/1990"), ("sex", "P"),
        ):  # fmt: skip
            self.walk.field_changed(name, text)
        self.snap("walk-in-1-typed")
        self.walk.read_again()
        self.enter()
        with self.sheet():
            self.key(Qt.Key.Key_S, CTRL)
            self.snap("walk-in-2-hold")
        self.enter(3)
        self.key(Qt.Key.Key_Space)
        self.enter(2)
        case = self.walk.view.app
        bench = self.counter.desk.bench
        if case is None or bench is None or self.walk.view.step is not WalkStep.APPROVAL:
            return
        desk = self.counter.desk
        desk.duty.take_over("76040004", "sri123")
        desk.approvals.approve(desk.duty.actor(), case.id)
        desk.duty.give_back()
        self.walk.refresh()
        bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
        self.enter()
        bench.remedy("card_printer")
        self.walk.refresh()
        self.walk.preview()
        self.snap("walk-in-7-in-doubt")

    def queue_full(self) -> None:
        self.spend(200)
        self.window.open_screen("queue")
        self.snap("queue")

    def everywhere(self) -> None:
        """Ctrl+K, a person's record, the stage, help and keys."""
        name = self.counter.desk.ledger
        with self.sheet():
            self.window.open_palette()
            self._app.processEvents()
            focus = QApplication.focusWidget() or self.window
            QTest.keyClicks(focus, "ri")
            self.snap("find")
        with name.reading() as r:
            found = r.search_people("ri", 1)
        with self.sheet():
            if found:
                self.counter.open_hit(f"person:{found[0]}")
                self.snap("find-person")
        with self.sheet():
            self.counter.open_stage()
            self.snap("training-stage")
        self.window.toggle_help()
        self.snap("help")
        self.window.toggle_help()
        with self.sheet():
            self.window.open_shortcuts()
            self.snap("keys")
