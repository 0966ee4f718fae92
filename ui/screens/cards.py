"""The card desk (Ctrl+E): cards that are wrong, in the wrong hands, or found; one key an act."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.card_reading import ChipWanted
from desktop.domain.correction import CardNotOnRecord
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardAct, CardStep, CardsView
from desktop.presenters.second import SecondOfficers
from ui.problems import problem_text
from ui.screens.asks import Asks
from ui.screens.card_reading import CardReadingDialog
from ui.screens.cards_pages import ComparePage, HolderPanel, ListPage, RecordPage, TypingPage
from ui.screens.modes import Act, Modes
from ui.screens.online_dialogs import ask_file_to_open, ask_yes
from ui.screens.screen import ENTER, Screen
from ui.screens.second_ask import SecondAsk
from ui.screens.stock_dialogs import ask_text
from ui.shell import Shell
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.busy_line import BusyLine
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.scan_box import ScanBox

Officers = Callable[[], SecondOfficers]
KEYS = {
    CardAct.CORRECT_PRINTED: "D",
    CardAct.CORRECT_HANDED: "B",
    CardAct.GIVEN: "G",
    CardAct.TAKE_BACK: "T",
    CardAct.EXCHANGED: "S",
    CardAct.FOUND: "M",
    CardAct.GIVE_BACK: "H",
    CardAct.TURNED_UP: "X",
    CardAct.ORDER: "O",
    CardAct.LETTER: "P",
    CardAct.GO_ON: ENTER,
}
ICONS = {
    CardAct.CORRECT_PRINTED: "pen-line",
    CardAct.CORRECT_HANDED: "pen-line",
    CardAct.GIVEN: "users",
    CardAct.TAKE_BACK: "undo-2",
    CardAct.EXCHANGED: "check",
    CardAct.FOUND: "inbox",
    CardAct.GIVE_BACK: "hand",
    CardAct.TURNED_UP: "trash-2",
    CardAct.ORDER: "stamp",
    CardAct.LETTER: "printer",
    CardAct.GO_ON: "arrow-right",
}


MOST = 20_000
"""Bytes of an order that are looked at; a longer file is none."""


def read_file(path: Path) -> bytes:
    """A chosen file; nothing of one that can't be read, which is then no order."""
    try:
        with path.open("rb") as file:
            return file.read(MOST)
    except OSError:
        return b""


class CardsScreen(Screen):
    """Draws CardsView."""

    def __init__(self, shell: Shell, presenter: CardDesk, officers: Officers) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self._officers = officers
        self._second_ask = SecondAsk(self, shell.words)
        self.asks = Asks(self, presenter, {"exchange": self._ask_exchanged})
        self._view = presenter.view
        words, look = self.words, theme()
        self.set_heading(words("screen.cards"))
        self.box = ScanBox(words("cards.scan"), words("cards.scan.hint"), self)
        self.box.typed.connect(self._typed)
        self.busy = BusyLine(words, self)
        self.banner = Banner(parent=self)
        line = QHBoxLayout()
        line.setSpacing(look.px(16))
        line.addWidget(self.box, 2)
        line.addWidget(self.busy, 3)
        nest(self.top, line)
        self.top.addWidget(self.banner)
        self.modes = Modes(self)
        self._make_acts()
        self.list = ListPage(words, presenter, self)
        actions = {act: self.modes.action(KEYS[act]) for act in CardAct}
        self.record = RecordPage(words, actions, self)
        self.typing = TypingPage(words, presenter, self)
        self.compare = ComparePage(words, self)
        self.holder = HolderPanel(words, self)
        self.inner = Pages(self)
        for page in (self.record, self.typing, self.compare):
            self.inner.addWidget(page)
        shown = QWidget(self)
        across = QHBoxLayout(shown)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(self.holder)
        across.addWidget(self.inner, 1)
        self.pages = Pages(self)
        self.pages.addWidget(self.list)
        self.pages.addWidget(shown)
        self.body.addWidget(self.pages, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("cards.scan"))
        presenter.attach(self.show_view)

    # -- keys ------------------------------------------------------------------------------

    def _make_acts(self) -> None:
        p, add = self.presenter, self.modes.add
        type_code = Act("cards.act.type_code", "/", self.box.type_in, "keyboard")
        play = Act("cards.act.play", "Y", p.play_scan, "scan-line")
        read = Act("cards.act.read", "K", p.read_card_of, "id-card")
        back = Act("cards.act.back", "Escape", p.back, "arrow-left")
        add(
            "list", type_code, read,
            Act("common.dismiss", "Escape", p.back, button=False),
            Act("cards.act.up", "Up", lambda: self._move_row(-1), button=False),
            Act("cards.act.down", "Down", lambda: self._move_row(1), button=False),
            Act("cards.act.open", ENTER, self._open, "arrow-right", "primary", right=True),
        )  # fmt: skip
        work: dict[CardAct, Callable[[], object]] = {
            CardAct.CORRECT_PRINTED: p.begin_correction,
            CardAct.CORRECT_HANDED: p.begin_correction,
            CardAct.GIVEN: p.begin_given,
            CardAct.TAKE_BACK: self._ask_take_back,
            CardAct.EXCHANGED: self._ask_exchanged,
            CardAct.FOUND: self._ask_found,
            CardAct.GIVE_BACK: self._ask_give_back,
            CardAct.TURNED_UP: self._ask_turned_up,
            CardAct.ORDER: self._ask_order,
            CardAct.LETTER: p.print_letter,
            CardAct.GO_ON: self._go_on,
        }
        add(
            "record", Act("cards.act.close", "Escape", p.back, "arrow-left"), type_code, read, play,
            *(
                Act(f"cards.act.{act}", KEYS[act], work[act], ICONS[act], button=False)
                for act in CardAct
            ),
        )  # fmt: skip
        add(
            "typing", back,
            Act("cards.act.compare", ENTER, p.compare, "arrow-right", "primary", right=True),
        )  # fmt: skip
        add(
            "printed", back,
            Act("cards.act.do_printed", ENTER, p.correct, "trash-2", "danger", right=True),
        )  # fmt: skip
        add(
            "handed", back, play,
            Act("cards.act.do_handed", ENTER, self._ask_correct, "users", "danger", right=True),
        )  # fmt: skip
        add(
            "given", back, type_code,
            Act("cards.act.do_given", ENTER, p.given, "printer", "danger", right=True),
        )  # fmt: skip

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        """Where Enter acts; a scan arrives wherever the focus is."""
        view = self._view
        if view.step is CardStep.TYPING:
            return self.typing.form.first()
        if view.step is CardStep.LIST and view.lines:
            return self.list.table
        return self if view.step in (CardStep.COMPARE, CardStep.GIVEN) else self.box

    def entered(self, payload: object) -> None:
        self.presenter.enter(payload)

    def left(self) -> None:
        self.presenter.leave()

    def on_scan(self, text: str) -> bool:
        self.box.give_way()
        return self.presenter.scanned(text)

    def about(self) -> object:
        record = self.presenter.view.record
        return record.key if record is not None else ""

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        if not isinstance(view, CardsView):
            return
        before, self._view = self._view, view
        words, record, step = self.words, view.record, view.step
        self.set_heading(
            words("screen.cards"), record.serial or record.holder.name if record else ""
        )
        mode = self._mode(view)
        self._allow(view)
        self.modes.use(mode)
        key = record.key if record is not None else ""
        self.set_step((mode, key, view.acts))
        was = before.record.key if before.record is not None else ""
        if (before.step, was) != (step, key):
            self.box.give_way()
        self.box.show_code(view.scanned)
        if record is None:
            self.list.show_view(view)
        else:
            self.holder.show_record(record)
            if step is CardStep.TYPING:
                self.typing.show_view(view)
                self.inner.setCurrentWidget(self.typing)
            elif step is CardStep.RECORD:
                self.record.show_view(view)
                self.inner.setCurrentWidget(self.record)
            else:
                self.compare.show_view(view)
                self.inner.setCurrentWidget(self.compare)
        self.pages.setCurrentIndex(0 if record is None else 1)
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
        else:
            self.banner.clear()
        doing = view.reading_as if view.reading else view.doing
        self.busy.tell(doing, cancellable=view.reading)
        self.tell_once(view.said)
        self._second_ask.heard(view.problem, view.doing)
        self.asks.hear(view)
        listed = step is CardStep.LIST and bool(before.lines) is not bool(view.lines)
        if before.step is not step or (listed and not self.box.typing):
            self.go_home()
        if view.read is not None and view.read is not before.read:
            self.when_seen(self._show_reading)

    def _show_reading(self) -> None:
        view, p = self._view, self.presenter
        if view.read is not None:
            CardReadingDialog(
                self, self.words, view.read, p.put_reading_away,
                {
                    **({"write": p.write_waiting} if view.may_write else {}),
                    "again": p.read_card_of,
                    "camera": p.read_code_by_camera,
                    "no_chip": lambda: p.read_card_of(chip=ChipWanted.NO_CHIP),
                },
                problem=view.problem,
            ).open()  # fmt: skip

    @staticmethod
    def _mode(view: CardsView) -> str:
        if view.step is CardStep.COMPARE:
            return "handed" if view.handed else "printed"
        return str(view.step)

    def _allow(self, view: CardsView) -> None:
        acts, allow = view.acts, self.modes.allow
        for act in CardAct:
            allow(f"cards.act.{act}", act in acts)
        allow("cards.act.read", not view.reading and not view.doing)
        allow("cards.act.play", self.presenter.can_play)
        allow("cards.act.open", bool(view.lines))
        alone = 1 if view.problem is None else 0  # an arrow also leaves a code that was refused
        for name in ("up", "down"):
            allow(f"cards.act.{name}", len(view.lines) > alone)
        allow("common.dismiss", view.reading or view.problem is not None)

    # -- asking ----------------------------------------------------------------------------

    def _typed(self, code: str) -> None:
        """A code that is no card's is written over at once."""
        self.presenter.typed(code)
        if isinstance(self.presenter.view.problem, CardNotOnRecord):
            self.box.type_again(code)

    def _move_row(self, by: int) -> None:
        self.box.give_way()  # Enter opens the row, and writes nothing again
        table = self.list.table
        row = min(max(table.currentIndex().row() + by, 0), table.rows_model.rowCount() - 1)
        table.setCurrentIndex(table.rows_model.index(row, 0))

    def _open(self) -> None:
        key = self.list.table.current_key()
        if key:
            self.presenter.open(key)

    def _go_on(self) -> None:
        record = self._view.record
        if record is not None and record.app is not None:
            app = record.app
            self.open_wanted.emit("walk_in" if app.at_the_counter else "online", app.id)

    def _second(self, why: str, then: Callable[[str, str], object]) -> None:
        record = self._view.record
        if record is None or self.presenter.need_card():
            return
        told = self.words(f"cards.second.{why}", serial=record.serial)
        shown = (self._view.face,) if self._view.face else ()
        self._second_ask.ask(told, self._officers(), then, shown)

    def _ask_correct(self) -> None:
        self._second("correct", self.presenter.correct)

    def _ask_take_back(self) -> None:
        self._second("take_back", self.presenter.take_back)

    def _ask_found(self) -> None:
        record = self._view.record
        if record is not None:
            ask_yes(self, self.words, f"cards.{record.find}", self.presenter.found,
                    name=record.holder.name, serial=record.serial)  # fmt: skip

    def _ask_turned_up(self) -> None:
        record = self._view.record
        if record is not None:
            ask_yes(self, self.words, "cards.turned_up", self.presenter.turned_up,
                    name=record.holder.name, serial=record.serial)  # fmt: skip

    def _ask_give_back(self) -> None:
        record = self._view.record
        if record is not None:
            ask_yes(self, self.words, "cards.give_back", self.presenter.give_back,
                    name=record.holder.name, serial=record.serial)  # fmt: skip

    def _ask_order(self) -> None:
        words = self.words
        path = ask_file_to_open(
            self.window(), words("cards.order.file"), words("cards.order.kinds"),
            self.presenter.sample_order(),
        )  # fmt: skip
        if path is not None:
            self.presenter.write_order(read_file(path))

    def _ask_exchanged(self) -> None:
        exchanged = self.held_to(self.presenter.exchanged)
        form = ask_text(self.window(), self.words, "cards.exchange", exchanged)
        self.asks.form("exchange", form)
