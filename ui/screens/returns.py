"""The returns screen (F6): scan, look at the seal, open by two, compare the card, decide."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.application import ApplicationState
from desktop.domain.reasons import ReturnReason
from desktop.domain.workflow import Gate, GatesMissing
from desktop.presenters.card_reading import may_write
from desktop.presenters.returns import Returns
from desktop.presenters.returns_view import ReturnStep, ReturnsView
from desktop.presenters.training_scans import can_play
from ui.problems import problem_text
from ui.screens.card_reading import CardReadingDialog
from ui.screens.modes import Act, Modes, dismiss
from ui.screens.returns_asks import ReturnsAsks
from ui.screens.returns_card import CardPanel, as_returned
from ui.screens.returns_pages import (
    BROKEN,
    INTACT,
    SEAL_KEYS,
    OpenPage,
    SealPage,
    ShelfPage,
    WhosePanel,
)
from ui.screens.screen import ENTER
from ui.shell import Shell
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.busy_line import BusyLine
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.scan_box import ScanBox
from ui.widgets.step_bar import Step, StepBar, StepState

BAR = (ReturnStep.SCAN, ReturnStep.SEAL, ReturnStep.CARD, ReturnStep.DECIDE)
PLACE = {
    ReturnStep.SCAN: 0,
    ReturnStep.SEAL: 1,
    ReturnStep.CARD: 2,
    ReturnStep.OTHER_CARD: 2,
    ReturnStep.DECIDE: 3,
    ReturnStep.HELD: 3,
    ReturnStep.DESTROY: 3,
    ReturnStep.DONE: 4,
}
MODE = {
    ReturnStep.SCAN: "list",
    ReturnStep.SEAL: "seal",
    ReturnStep.CARD: "card",
    ReturnStep.OTHER_CARD: "other",
    ReturnStep.DECIDE: "decide",
    ReturnStep.HELD: "held",
    ReturnStep.DESTROY: "destroy",
    ReturnStep.DONE: "done",
}
NOTES = ("decide", "held", "other", "destroy")
"""The modes in which a try to reach the applicant may be noted."""
WAYS = {
    "K": "primary", "A": "plain", "W": "primary", "B": "plain", "C": "plain", "/": "plain",
    "M": "danger", "X": "danger", "G": "plain",
}  # fmt: skip
"""The keys that decide about a card, and their buttons' kinds; they stand beside the card."""


class ReturnsScreen(ReturnsAsks):
    """Draws ReturnsView."""

    def __init__(self, shell: Shell, presenter: Returns) -> None:
        super().__init__(shell, presenter)
        self._view = presenter.view
        words, look = self.words, theme()
        self.set_heading(words("screen.returns"))
        self.box = ScanBox(words("returns_screen.scan"), words("returns_screen.scan.hint"), self)
        self._typed = ""
        self.box.typed.connect(self._take_typed)
        self.bar = StepBar(self)
        self.busy = BusyLine(words, self)
        self.banner = Banner(parent=self)
        line = QHBoxLayout()
        line.setSpacing(look.px(16))
        self.box.setFixedWidth(look.px(270))
        line.addWidget(self.box)
        line.addWidget(self.bar, 1)
        nest(self.top, line)
        self.top.addWidget(self.banner)
        self.shelf = ShelfPage(words, presenter, self)
        self.whose = WhosePanel(words, self)
        self.seal = SealPage(words, presenter, self)
        self.card = CardPanel(words, self)
        self.middle = Pages(self)
        self.middle.addWidget(self.seal)
        self.middle.addWidget(self.card)
        open_page = OpenPage(self, self.whose)
        across = QHBoxLayout(open_page)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(self.whose)
        across.addWidget(self.middle, 1)
        self.pages = Pages(self)
        self.pages.addWidget(self.shelf)
        self.pages.addWidget(open_page)
        self.body.addWidget(self.pages, 1)
        self.shelf.chips.chosen.connect(lambda _key: self.box.give_way())
        self.modes = Modes(self)
        self._make_acts()
        self.card.ways.offer({self.modes.action(key): kind for key, kind in WAYS.items()})
        self.foot.add_left(self.busy)
        self.seal.note.done.connect(self.go_home)
        presenter.attach(self.show_view)

    # -- keys ------------------------------------------------------------------------------

    def _make_acts(self) -> None:
        p = self.presenter
        type_code = Act("returns_screen.act.type_code", "/", self.box.type_in, "keyboard")
        play = Act("returns_screen.act.play", "Y", p.play_scan, "scan-line")
        leave = Act("returns_screen.act.close", "Escape", p.back, "arrow-left")
        contact = Act("returns_screen.act.contact", "L", self.ask_contact)
        minutes = Act("returns_screen.act.minutes", "P", p.print_minutes)
        address = Act("returns_screen.act.address", "N", self.ask_address)
        reprint = Act("returns_screen.act.reprint", "C", self.ask_reprint, button=False)
        recall = Act("returns_screen.act.recall", "M", self.ask_recall, button=False)
        send = Act("returns_screen.act.send", "K", p.send_again, button=False)
        self.modes.add(
            "list", type_code, play,
            Act("returns_screen.act.filter_on", "Ctrl+Right",
                lambda: self.shelf.chips.step(1), button=False),
            Act("returns_screen.act.filter_back", "Ctrl+Left",
                lambda: self.shelf.chips.step(-1), button=False),
            Act("returns_screen.act.up", "Up", lambda: self._move_row(-1), button=False),
            Act("returns_screen.act.down", "Down", lambda: self._move_row(1), button=False),
            Act("returns_screen.act.open", ENTER, self._open, "arrow-right", "primary",
                right=True),
            dismiss(p.dismiss),
        )  # fmt: skip
        self.modes.add(
            "seal",
            *(
                Act(f"returns_screen.reason.{r.number}", str(r.number),
                    lambda r=r: p.pick_reason(r), button=False)
                for r in ReturnReason
            ),
            leave,
            Act("returns_screen.act.intact", SEAL_KEYS[INTACT],
                lambda: p.judge_seal(intact=True), button=False),
            Act("returns_screen.act.broken", SEAL_KEYS[BROKEN],
                lambda: p.judge_seal(intact=False), button=False),
            Act("returns_screen.act.picture", "Space", p.take_picture, "camera"),
            Act("returns_screen.act.note", "C", self.seal.note.setFocus, "pen-line"),
            Act("returns_screen.act.open_parcel", ENTER, self.ask_open, "users", "primary",
                right=True),
        )  # fmt: skip
        again = Act("returns_screen.act.chip", "B", p.check_card)
        detail = Act("returns_screen.act.reading", "D", self._show_reading)
        by_two = Act("returns_screen.act.by_two", "O", self.ask_second_check, "users")
        self.modes.add(
            "card", leave, type_code, play, again, by_two, minutes,
            Act("returns_screen.act.empty", "E", self.ask_empty, "package-x", "danger",
                right=True),
        )  # fmt: skip
        hold = Act("returns_screen.act.hold", "A", self.ask_slot, button=False)
        once_more = Act("returns_screen.act.chip", "B", p.check_card, button=False)
        self.modes.add(
            "decide",
            leave,
            contact,
            address,
            minutes,
            by_two,
            once_more,
            detail,
            recall,
            reprint,
            hold,
            send,
        )
        self.modes.add("held", leave, contact, address, minutes, recall, reprint, send)
        self.modes.add(
            "sending", Act("returns_screen.act.stop_sending", "Escape", p.send_again, "arrow-left"),
            type_code, play, address, Act("walkin.ask_jkn", "J", p.ask_jkn, "refresh-cw"),
        )  # fmt: skip
        self.modes.add(
            "other", leave, contact, minutes, by_two, detail,
            Act("returns_screen.act.type_code", "/", self.box.type_in, button=False),
            Act("returns_screen.act.swap", "W", self.ask_swap, button=False),
        )  # fmt: skip
        reissue = Act("returns_screen.act.reissue", "G", self.ask_reissue, "rotate-ccw",
                      right=True)  # fmt: skip
        self.modes.add(
            "destroy", leave, contact, minutes,
            Act("returns_screen.act.reissue", "G", self.ask_reissue, button=False),
            Act("returns_screen.act.destroy", "X", self.ask_destroy, button=False),
        )  # fmt: skip
        self.modes.add(
            "done", minutes, type_code, play, reissue,
            Act("returns_screen.act.close", "Escape", p.back, button=False),
            Act("returns_screen.act.next", ENTER, p.close_case, "arrow-right", "primary",
                right=True),
        )  # fmt: skip

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        return self.box

    def entered(self, payload: object) -> None:
        self.presenter.enter(payload)

    def left(self) -> None:
        if not self.box.typing:
            self.presenter.forget_refused()
        self.presenter.leave()

    def looked_at(self) -> QWidget | None:
        return self.card.face

    def about(self) -> object:
        shown = self.presenter.view.open
        return shown.parcel.id if shown is not None else ""

    def on_scan(self, text: str) -> bool:
        self.box.give_way()
        return self.presenter.scanned(text)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        if not isinstance(view, ReturnsView):
            return
        before, self._view = self._view, view
        was_home = self.at_home()
        words, shown, step = self.words, view.open, view.step
        name = shown.parcel.awb if shown is not None else ""
        self.set_heading(words("screen.returns"), name)
        self._show_bar(view)
        mode = "sending" if view.sending else MODE[step]
        moved = mode != self.modes.current
        was = before.open.parcel.id if before.open is not None else ""
        if moved or was != self.about():
            self.box.give_way()
        self.box.show_code(view.scanned)
        if shown is None:
            self.shelf.show_view(view)
        else:
            self.whose.show_return(shown, notes=mode in NOTES, new=view.address)
            if step is ReturnStep.SEAL:
                self.seal.show_view(view)
            else:
                self.card.show_view(view)
            self.middle.setCurrentWidget(self.seal if step is ReturnStep.SEAL else self.card)
        self.pages.setCurrentIndex(0 if shown is None else 1)
        self.modes.use(mode)
        self._allow(view)
        self.card.show_ways()
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
        else:
            self.banner.clear()
        self.busy.tell(view.doing, cancellable=view.waits)
        self.tell_once(view.said)
        self.second_ask.heard(view.problem, view.doing)
        self.asks.hear(view)
        if moved or (was_home and not self.at_home()):
            self.go_home()
        if self._typed and not view.doing:
            typed, self._typed = self._typed, ""
            if view.problem is not None and mode in ("list", "sending", "done"):
                self.box.type_again(typed)  # nothing else is awaited: it is written over at once

    def _show_bar(self, view: ReturnsView) -> None:
        at = PLACE[view.step]
        stopped = view.step is ReturnStep.OTHER_CARD
        steps: list[Step] = []
        for index, step in enumerate(BAR):
            state = StepState.DONE if index < at else StepState.FUTURE
            if index == at:
                state = StepState.STOPPED if stopped else StepState.CURRENT
            steps.append(Step(self.words(f"returns_screen.step.{step.value}"), state))
        self.bar.show_steps(steps)

    def _allow(self, view: ReturnsView) -> None:
        shown, modes = view.open, self.modes
        good = shown is not None and shown.good
        problem = view.problem
        by_two = isinstance(problem, GatesMissing) and Gate.SECOND_OFFICER in problem.missing
        modes.allow("returns_screen.act.by_two", by_two)
        modes.allow("returns_screen.act.play", can_play(self.presenter.desk))
        modes.allow("walkin.ask_jkn", shown is not None and shown.app.jkn_hold)
        modes.allow("returns_screen.act.send", good)
        modes.allow("returns_screen.act.hold", good)
        modes.allow("returns_screen.act.address", good)
        undecided = view.step in (ReturnStep.DECIDE, ReturnStep.HELD)
        replaced = shown is not None and shown.replaced and undecided
        modes.allow("returns_screen.act.reprint", not replaced)
        modes.allow("returns_screen.act.recall", shown is not None and shown.recallable)
        recalled = shown is not None and shown.app.state is ApplicationState.RECALLED
        modes.allow("returns_screen.act.reissue", recalled)
        scanned = bool(view.card_scanned) and not good and not replaced
        again = scanned or (shown is not None and shown.doubted)
        modes.allow("returns_screen.act.chip", again)
        read = shown.check.read if shown is not None and shown.check is not None else None
        modes.allow("returns_screen.act.reading", read is not None)
        modes.allow("returns_screen.act.open", bool(view.lines))
        alone = 1 if view.problem is None else 0  # an arrow also leaves a code that was refused
        for name in ("up", "down"):
            modes.allow(f"returns_screen.act.{name}", len(view.lines) > alone)
        modes.allow("common.dismiss", view.problem is not None)

    # -- asking ----------------------------------------------------------------------------

    def _take_typed(self, code: str) -> None:
        self._typed = "" if self._view.doing else code
        self.presenter.scanned(code)

    def _move_row(self, by: int) -> None:
        self.box.give_way()  # Enter opens the row, and writes nothing again
        table = self.shelf.table
        row = min(max(table.currentIndex().row() + by, 0), table.rows_model.rowCount() - 1)
        table.setCurrentIndex(table.rows_model.index(row, 0))

    def _open(self) -> None:
        key = self.shelf.table.current_key()
        if key:
            self.presenter.open_case(key)

    def _show_reading(self) -> None:
        """Everything that reading the card brought to light."""
        shown = self.presenter.view.open
        if shown is not None and shown.check is not None and shown.check.read is not None:
            read = shown.check.read
            p = self.presenter
            CardReadingDialog(
                self, self.words, as_returned(read), lambda: None,
                {"write": p.write_waiting} if may_write(read, p.by) else {},
                title="reading.returned", alone=True,
            ).open()  # fmt: skip
