"""The stock screen's first page: lots, a scanned card, a consignment being received."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.reasons import DestroyReason, MissingReason, SpoilReason
from desktop.domain.stock import BlankState
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Looked, Receiving, StockView
from desktop.services.stock import LotLine
from desktop.words import Words
from ui.device_words import large
from ui.screens.sync_words import counter_words
from ui.screens.walkin_parts import FactGrid
from ui.theme import theme
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.fields import CodeField, Form, LineField
from ui.widgets.labels import Panel, Text, column
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateBadge, StateItem
from ui.widgets.table import Column, DataTable, Row

GONE = (BlankState.MISSING, BlankState.DESTROYED, BlankState.TRANSFERRED)
LEVELS = {
    BlankState.MISSING: Level.BAD,
    BlankState.SPOILED: Level.ATTEND,
    BlankState.TO_BE_DESTROYED: Level.ATTEND,
    BlankState.DESTROYED: Level.OFF,
    BlankState.TRANSFERRED: Level.OFF,
    BlankState.RESERVED: Level.BUSY,
    BlankState.AT_PRINTER: Level.BUSY,
}


LOT, FIGURE = 160, 90
"""Widths, at usual text, that a lot's number and each of its figures have at most."""
MOST_NAMED = 40
"""Serials named under the lots; more than these are in the papers."""


def _in(*states: BlankState) -> Callable[[LotLine], int]:
    return lambda line: sum(line.states.get(state, 0) for state in states)


FIGURES: Mapping[str, Callable[[LotLine], int]] = {
    "received": lambda line: sum(line.states.values()),
    "store": _in(BlankState.RECEIVED, BlankState.IN_STOCK),
    "counter": lambda line: line.at_counter,
    "elsewhere": lambda line: line.states.get(BlankState.ASSIGNED, 0) - line.at_counter,
    "in_use": _in(BlankState.RESERVED, BlankState.AT_PRINTER),
    "issued": _in(BlankState.ISSUED),
    "spoiled": _in(BlankState.SPOILED, BlankState.TO_BE_DESTROYED),
    "missing": _in(BlankState.MISSING),
    "transferred_out": _in(BlankState.TRANSFERRED),
    "destroyed": _in(BlankState.DESTROYED),
    "on_hand": lambda line: line.on_hand,
}
"""A lot's row: all that came, where each of them is now (together as many), and what is here."""

SELDOM = frozenset({"elsewhere", "in_use", "missing", "transferred_out", "destroyed"})
"""Left out where no lot has any: the others are read more easily then."""


class StockPage(QWidget):
    """Figures above, lots at the left; at the right a scanned card or a consignment."""

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.free = BigNumber(words("stock.figure.free"))
        self.store = BigNumber(words("stock.figure.store"))
        self.waiting = BigNumber(words("stock.figure.waiting"))
        self.days = BigNumber(words("stock.figure.days"))
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        for figure in (self.free, self.store, self.waiting, self.days):
            top.addWidget(figure)
        c = "stock.column"
        self.lots = DataTable(
            [
                Column(words(f"{c}.lot"), strong=True, code=True, stretch=True),
                *(
                    Column(words(f"{c}.{name}"), right=True, strong=name == "on_hand")
                    for name in FIGURES
                ),
            ],
            words("stock.lots"),
            self,
            opens=False,
        )
        panel = Panel(words("stock.lots"), self, padding=12)
        line = QHBoxLayout()
        line.addWidget(self.lots, 1000)  # figures stay near their lot's number
        line.addStretch(1)
        nest(panel.body, line, 1)
        self.defects = Text("", "small", panel, wrap=True)
        panel.add(self.defects)
        self.card = LookedPanel(words, self)
        self.receiving = ReceivingPanel(words, presenter, self)
        self.side = Pages(self)
        self.side.addWidget(self.card)
        self.side.addWidget(self.receiving)
        below = QHBoxLayout()
        below.setSpacing(look.px(12))
        below.addWidget(panel, 16)
        below.addWidget(self.side, 7)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, top)
        nest(whole, below, 1)

    def home(self) -> QWidget:
        """The first empty field of a consignment, else the lots."""
        return self.lots if self.side.currentWidget() is self.card else self.receiving.home()

    def show_view(self, view: StockView) -> None:
        words = self.words
        forecast = view.forecast
        if forecast is not None:
            self.free.tell(
                words.number(forecast.free_here),
                words("stock.figure.none" if forecast.out else "stock.figure.ready"),
                Level.BAD if forecast.out else Level.GOOD,
            )
            self.store.tell(words.number(forecast.free_in_store))
            self.waiting.tell(
                words.number(forecast.waiting),
                words("stock.figure.approved", count=forecast.approved),
                Level.ATTEND if forecast.waiting else Level.OFF,
            )
            days = "–" if forecast.days_left is None else words.number(int(forecast.days_left))
            pace = words("stock.figure.pace", count=round(forecast.per_day))
            level = Level.BAD if forecast.short else Level.OFF
            self.days.tell(days, pace if forecast.per_day else words("stock.figure.no_pace"), level)
        rows = [
            Row(
                line.lot,
                (
                    line.lot,
                    *(words.number(count(line)) for count in FIGURES.values()),
                ),
                muted=not line.on_hand,
            )
            for line in view.lots
        ]
        for place, (name, count) in enumerate(FIGURES.items(), 1):
            empty = name in SELDOM and not any(count(line) for line in view.lots)
            self.lots.setColumnHidden(place, empty)
        shown = sum(1 for place in range(len(FIGURES)) if not self.lots.isColumnHidden(place + 1))
        self.lots.setMaximumWidth(theme().px(LOT + FIGURE * shown))
        self.lots.show_rows(rows)
        bad = [serial for line in view.lots for serial in line.defects]
        self.defects.setText(
            words("stock.lots.defects", serials=", ".join(bad[:MOST_NAMED])) if bad else ""
        )
        self.defects.setVisible(bool(bad))
        self.card.show_card(view.looked)
        if view.receiving is not None:
            self.receiving.show_values(view.receiving)
        wanted = self.card if view.receiving is None else self.receiving
        if self.side.currentWidget() is not wanted:
            self.side.setCurrentWidget(wanted)
            self.home().setFocus(Qt.FocusReason.OtherFocusReason)


class LookedPanel(Panel):
    """One scanned card: where it stands and whose it is."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("stock.card"), parent, padding=12)
        self.words = words
        self.serial = Text("", "title", self, code=True)
        self.state = StateBadge(parent=self, filled=True)
        self.facts = FactGrid(self)
        self.inside = QWidget(self)
        box = QVBoxLayout(self.inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(10))
        box.addWidget(self.serial)
        box.addWidget(self.state)
        box.addWidget(self.facts)
        box.addStretch(1)
        self.empty = EmptyState(
            "scan-line", words("stock.card.empty"), words("stock.card.empty.hint"), self
        )
        self.add(self.inside, 1)
        self.add(self.empty, 1)

    def show_card(self, looked: Looked | None) -> None:
        self.inside.setVisible(looked is not None)
        self.empty.setVisible(looked is None)
        if looked is None:
            return
        words, blank = self.words, looked.blank
        self.serial.setText(blank.id)
        self.state.show_state(StateItem(LEVELS.get(blank.state, Level.GOOD), words.of(blank.state)))
        told = {
            "lot": blank.lot,
            "custodian": large(place(words, blank.custodian)),
            "case": looked.case or "–",
        }
        if looked.found:
            told["found"] = looked.found
        elif blank.reason:
            told["reason"] = reason_text(words, blank.reason)
        self.facts.show_facts(
            [(words(f"stock.card.{name}"), value) for name, value in told.items()]
        )


def short_case(number: str) -> str:
    """A case number without office and year, where it is no row's key: `L3-000012`."""
    parts = number.split("-", 2)
    return parts[2] if len(parts) > 2 else number


def place(words: Words, custodian: str) -> str:
    """Who has a blank in keeping."""
    if custodian == "store_room":
        return words("stock.store_room")
    if custodian.startswith("office:"):
        return words("stock.other_office", office=custodian.removeprefix("office:"))
    return counter_words(words, custodian)


def reason_text(words: Words, reason: str) -> str:
    """A coded reason in words, an officer's own as they stand."""
    for kind in (SpoilReason, MissingReason, DestroyReason):
        if reason in {str(member) for member in kind}:
            return words.of(kind(reason))
    return reason or "–"


class ReceivingPanel(Panel):
    """A consignment: lot, delivery note, first and last serial; scans fill what is empty."""

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(words("stock.receiving"), parent, padding=12)
        self.words = words
        self.presenter = presenter
        form = Form()
        self.lot = CodeField(longest=32, letters=True)
        self.note = LineField()
        self.first = CodeField(longest=20, letters=True)
        self.last = CodeField(longest=20, letters=True)
        for name, field in (
            ("lot", self.lot), ("note", self.note), ("first", self.first), ("last", self.last),
        ):  # fmt: skip
            form.add(words(f"stock.receiving.{name}"), field)
            field.committed.connect(lambda text, name=name: presenter.set_receiving(**{name: text}))
            field.textEdited.connect(
                lambda _text, name=name, field=field: presenter.type_box(name, field.value())
            )
        self.count = Text("", "display", self)
        self.count_label = Text(words("stock.receiving.count"), "muted", self)
        self.extra = Text("", "small", self, wrap=True)
        self.body.addWidget(Text(words("stock.receiving.lead"), "muted", self, wrap=True))
        nest(self.body, form)
        nest(self.body, column(self.count_label, self.count, self.extra, spacing=2))
        self.body.addStretch(1)

    def home(self) -> QWidget:
        fields = (self.lot, self.note, self.first, self.last)
        return next((field for field in fields if not field.value()), self.lot)

    def show_values(self, now: Receiving) -> None:
        self.lot.set_value(now.lot)
        self.note.set_value(now.note)
        self.first.set_value(now.first)
        self.last.set_value(now.last)
        self.count.setText(self.words.number(now.count))
        self.extra.setText(
            self.words("stock.receiving.extra", count=len(now.extra)) if now.extra else ""
        )
