"""The stock screen's pages of what waits: cases for a card, and cards for their end."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import Letter
from desktop.domain.destruction import DestroyMethod
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import StockView
from desktop.services.uncollected import AgedCard, NotWrittenTo
from desktop.words import Words
from ui.screens.stock_pages import reason_text, short_case
from ui.theme import theme
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.fields import ChoiceField, Form, NumberField
from ui.widgets.labels import Panel, Text, column
from ui.widgets.listing import Listing, show_or_tell
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row


class LettersPage(QWidget):
    """Who waits for a card, in the order in which they will be served."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.waiting = BigNumber(words("stock.figure.waiting"))
        self.free = BigNumber(words("stock.figure.spare"))
        self.letters = BigNumber(words("stock.figure.letters"))
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        for figure in (self.waiting, self.free, self.letters):
            top.addWidget(figure)
        c = "stock.column"
        self.list = Listing(
            words("stock.waiting"),
            [
                Column(words(f"{c}.place"), right=True, strong=True),
                Column(words(f"{c}.case"), code=True),
                Column(words(f"{c}.name"), stretch=True, strong=True),
                Column(words(f"{c}.class")),
                Column(words(f"{c}.service")),
                Column(words(f"{c}.letter"), code=True),
                Column(words(f"{c}.valid"), stretch=True),
            ],
            EmptyState("circle-check", words("stock.waiting.empty"), words("stock.waiting.hint")),
            self,
        )
        self.table = self.list.table
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, top)
        whole.addWidget(self.list, 1)

    def home(self) -> QWidget:
        return self.table

    def act_name(self, view: StockView) -> str:
        """What the key does for the case under the cursor: a letter, or the same one again."""
        again = view.letter_of(self.table.current_key()) is not None
        return self.words("stock.do.letter_again" if again else "stock.do.letter")

    def _until(self, letter: Letter | None, view: StockView) -> StateItem:
        words = self.words
        if letter is None:
            return StateItem(Level.OFF, words("stock.no_letter"))
        if view.today is not None and letter.expires < view.today:
            return StateItem(Level.BAD, words("stock.letter_over", date=letter.expires))
        return StateItem(Level.GOOD, words("stock.letter_until", date=letter.expires))

    def show_view(self, view: StockView) -> None:
        words = self.words
        rows = [
            Row(
                waiter.application.id,
                (
                    str(waiter.place),
                    waiter.application.number,
                    waiter.application.applicant.name,
                    words.of(waiter.application.licence_class),
                    words.of(waiter.application.service),
                    waiter.number or "–",
                    self._until(waiter.letter, view),
                ),
            )
            for waiter in view.waiters
        ]
        self.list.show_rows(rows)
        stands = view.forecast
        free = stands.spare if stands else 0
        none = "stock.figure.promised" if stands and stands.free_here else "stock.figure.none"
        self.waiting.tell(words.number(len(rows)))
        self.free.tell(
            words.number(free),
            words("stock.figure.ready" if free else none),
            Level.GOOD if free else Level.BAD,
        )
        held = [view.letter_of(waiter.application.id) for waiter in view.waiters]
        self.letters.tell(words.number(sum(letter is not None for letter in held)))


class ShelfView(QWidget):
    """Finished cards that nobody fetched, by age: written for first, then recalled by two."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        c = "stock.column"
        self.table = DataTable(
            [
                Column(words(f"{c}.case"), code=True, strong=True),
                Column(words(f"{c}.name"), stretch=True),
                Column(words("stock.shelf.since"), muted=True),
                Column(words("stock.shelf.letters"), right=True),
                Column(words(f"{c}.state"), stretch=True),
            ],
            words("stock.shelf"),
            self,
            opens=False,
        )
        self.none = EmptyState(
            "circle-check", words("stock.shelf.empty"), words("stock.shelf.hint"), self
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.none, 1)

    def show_view(self, view: StockView) -> None:
        words = self._words
        rows = [
            Row(
                card.application.id,
                (
                    card.application.number,
                    card.application.applicant.name,
                    words.date(card.since),
                    str(card.letters),
                    self._state(card),
                ),
            )
            for card in view.shelf
        ]
        show_or_tell(self.table, self.none, rows)

    def _state(self, card: AgedCard) -> StateItem:
        words = self._words
        if card.refusal is None:
            return StateItem(Level.ATTEND, words("stock.shelf.over"))
        if isinstance(card.refusal, NotWrittenTo):
            return StateItem(Level.ATTEND, words("stock.shelf.unwritten"))
        return StateItem(Level.OFF, words("stock.shelf.waits", until=card.until))


DOOMED, SHELF = "doomed", "shelf"


class DestroyPage(QWidget):
    """Cards that wait for their end: scanned one by one, then destroyed before two officers.

    Cards that nobody fetched are the page's other list; `turned()` tells which of them is shown.
    """

    turned = Signal()

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        c = "stock.column"
        self.table = DataTable(
            [
                Column(words(f"{c}.serial"), code=True, strong=True),
                Column(words(f"{c}.lot"), code=True),
                Column(words(f"{c}.reason"), stretch=True),
                Column(words(f"{c}.case"), code=True, muted=True, brief=short_case),
                Column(words(f"{c}.state"), stretch=True),
            ],
            words("stock.doomed"),
            self,
            checkable=True,
            opens=False,
        )
        self.table.ticked.connect(lambda: presenter.tick(self.table.ticked_keys()))
        self.empty = EmptyState(
            "circle-check", words("stock.doomed.empty"), words("stock.doomed.hint"), self
        )
        self.chips = ChipBar(words("stock.doomed.lists"), self)
        self.chips.chosen.connect(self.show_list)
        self.doomed = QWidget(self)
        box = QVBoxLayout(self.doomed)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.table, 1)
        box.addWidget(self.empty, 1)
        self.shelf = ShelfView(words, self)
        self.lists = Pages(self)
        self.lists.addWidget(self.doomed)
        self.lists.addWidget(self.shelf)
        left = Panel(parent=self, padding=12)
        left.add(self.chips)
        left.add(self.lists, 1)
        self._counts = (0, 0)
        right = self.right = Panel(words("stock.destroying"), self, padding=12)
        right.body.addWidget(Text(words("stock.destroying.lead"), "muted", right, wrap=True))
        self.count_label = Text(words("stock.destroying.cards"), "muted", right)
        self.count = Text("0", "display", right)
        nest(right.body, column(self.count_label, self.count, spacing=0))
        form = Form(upright=look.folded)  # a method's words are long
        self.ribbons = NumberField(most=999, unit=words("stock.destroying.rolls"))
        self.ribbons.valueChanged.connect(
            lambda n: self.ribbons.setSuffix(
                f" {words('stock.destroying.roll' if n == 1 else 'stock.destroying.rolls')}"
            )
        )
        self.method = ChoiceField()
        self.method.set_choices(tuple((m.value, words.of(m)) for m in DestroyMethod))
        self.method.set_value(DestroyMethod.SHREDDED.value)
        self.ribbons.valueChanged.connect(self._tell_manner)
        self.method.committed.connect(self._tell_manner)
        form.add(words("stock.destroying.ribbons"), self.ribbons)
        form.add(words("stock.destroying.method"), self.method)
        self.form = form
        nest(right.body, form)
        right.body.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(left, 14)
        whole.addWidget(right, 8)

    def _tell_manner(self) -> None:
        self.presenter.type_manner(self.ribbons.value(), self.method.value())

    def home(self) -> QWidget:
        return self.shelf.table if self.shown == SHELF else self.table

    @property
    def shown(self) -> str:
        """Which list is on show."""
        return SHELF if self.lists.currentWidget() is self.shelf else DOOMED

    def show_list(self, which: str) -> None:
        """Turn to one of the two lists."""
        changed = which != self.shown
        self.lists.setCurrentWidget(self.shelf if which == SHELF else self.doomed)
        self.right.setVisible(which == DOOMED)
        self._show_chips()
        if changed:
            self.turned.emit()

    def turn(self) -> None:
        """To the other list."""
        self.show_list(DOOMED if self.shown == SHELF else SHELF)

    def _show_chips(self) -> None:
        names = ((DOOMED, "stock.doomed.list"), (SHELF, "stock.shelf"))
        self.chips.show_chips(
            [
                Chip(key, self.words(message) if key == self.shown else self._other(message), count)
                for (key, message), count in zip(names, self._counts, strict=True)
            ],
            self.shown,
        )

    def _other(self, message: str) -> str:
        """The list that the key turns to, with the key, as the areas have theirs."""
        return f"N  {self.words(message)}"

    def show_view(self, view: StockView) -> None:
        words = self.words
        self.shelf.show_view(view)
        self._counts = (len(view.doomed), len(view.shelf))
        self._show_chips()
        rows = [
            Row(
                card.serial,
                (
                    card.serial,
                    card.lot,
                    reason_text(words, card.reason),
                    card.case or "–",
                    StateItem(Level.ATTEND, words("stock.aside"))
                    if card.set_aside
                    else StateItem(Level.OFF, words("stock.spoiled_only")),
                ),
                checked=card.serial in view.ticked,
            )
            for card in view.doomed
        ]
        show_or_tell(self.table, self.empty, rows)
        self.table.rows_model.set_checked(set(view.ticked))
        self.count.setText(words.number(len(view.ticked)))
        with QSignalBlocker(self.ribbons), QSignalBlocker(self.method):
            self.ribbons.setMaximum(max(view.used_ribbons, 0))
            self.ribbons.setValue(view.ribbons)
            self.method.set_value(view.method or DestroyMethod.SHREDDED.value)
        waits = view.used_ribbons
        told = words("stock.destroying.waiting", count=waits)
        self.form.note(self.ribbons, told if waits > 0 else words("stock.destroying.none"))
