"""The close's reckoning: lots and counters with their differences, and what is behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.stock import MovedSinceCount
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_close import still_open
from desktop.presenters.stock_view import StockView
from desktop.services.printer_counts import RibbonLine
from desktop.services.reckoning import LotCount, Reckoning
from desktop.services.shift_causes import Behind
from desktop.words import Words
from ui.screens.stock_pages import reason_text
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.fields import LinesField
from ui.widgets.labels import Panel, Text, column
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

FLOWS = (
    "opening", "received", "transferred_in", "issued", "spoiled", "to_be_destroyed",
    "transferred_out", "missing", "closing",
)  # fmt: skip
SELDOM = frozenset({"received", "transferred_in", "to_be_destroyed", "transferred_out", "missing"})
"""Left out where no lot has any; the others have more room then."""
LISTS = ("behind", "counters")
MOST_LOTS = 4
"""Lots shown without scrolling; an office rarely works on more at a time."""
MOST_NAMED = 20
"""So many cards that a scan still misses, or fewer, are told by their numbers."""


class ReckonView(QWidget):
    """Lots and counters with their differences; what is behind them; the officer's words."""

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        c = "stock.column"
        self.banner = Banner(parent=self)
        self.lots = DataTable(
            [
                Column(words(f"{c}.lot"), strong=True, code=True, stretch=True),
                *(Column(words(f"{c}.{name}"), right=True) for name in FLOWS),
                Column(words(f"{c}.counted"), right=True, strong=True),
                Column(words(f"{c}.difference")),
            ],
            words("stock.reckoning"),
            self,
            opens=False,
        )
        upper = Panel(parent=self, padding=12)
        upper.add(self.lots, 1)
        self.counters = DataTable(
            [
                Column(words(f"{c}.counter_of"), stretch=True, strong=True),
                Column(words(f"{c}.moved"), right=True),
                Column(words(f"{c}.expected"), right=True),
                Column(words(f"{c}.difference")),
            ],
            words("stock.counters"),
            self,
            opens=False,
        )
        self.money = Text("", "small", self, wrap=True)
        self.behind = DataTable(
            [
                Column(words(f"{c}.at"), code=True, muted=True),
                Column(words(f"{c}.behind"), stretch=True),
            ],
            words("stock.behind"),
            self,
            opens=False,
        )
        self.happened = Text("", "small", self, wrap=True)
        self.behind.moved.connect(self._spell_out)
        self.behind.fitted.connect(lambda: self._spell_out(self.behind.current_key()))
        self.nothing = Text(words("stock.behind.none"), "muted", self, wrap=True)
        self.chips = ChipBar(words("stock.lists"), self)
        self.chips.chosen.connect(self.show_list)
        self.lists = Pages(self)
        for widgets in ((self.behind, self.happened, self.nothing), (self.counters, self.money)):
            page = QWidget(self)
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            box.addWidget(widgets[0], 1)
            for widget in widgets[1:]:
                box.addWidget(widget)
            box.addStretch(0)
            self.lists.addWidget(page)
        lower = Panel(parent=self, padding=12)
        lower.add(self.chips)
        lower.add(self.lists, 1)
        self.words_panel = right = Panel(words("stock.statement"), self, padding=12)
        right.body.addWidget(Text(words("stock.statement.lead"), "muted", right, wrap=True))
        self.statement = LinesField(right)
        self.statement.setAccessibleName(words("stock.statement"))
        self.statement.setTabChangesFocus(True)
        self.statement.setMinimumHeight(look.px(56))
        self.statement.setPlaceholderText(words("stock.statement.hint"))
        self.statement.textChanged.connect(
            lambda: presenter.type_statement(self.statement.toPlainText())
        )
        right.add(self.statement, 1)
        for room in (self.counters, self.behind, self.statement):
            # They take what is left: a low window scrolls inside them, not the whole page.
            room.setSizePolicy(room.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Ignored)
            room.setMinimumHeight(look.px(60))
        self.said = Text("", "small", right, wrap=True)
        right.add(self.said)
        left = column(upper, lower, spacing=12)
        left.setStretch(1, 1)
        beside = QHBoxLayout()
        beside.setSpacing(look.px(12))
        nest(beside, left, 9)
        beside.addWidget(right, 4)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.banner)
        nest(whole, beside, 1)
        self._shown = ""
        self._asking = 0
        self._writing = False  # words that a killed program had taken are to be written on
        self.presenter = presenter

    def home(self) -> QWidget:
        return self.statement if self._writing else self.lots

    def show_list(self, which: str) -> None:
        """Turn to what is behind the numbers, or to the printer's counters."""
        self.lists.setCurrentIndex(LISTS.index(which))
        self._show_chips()

    def turn(self) -> None:
        """To the other list."""
        self.show_list(LISTS[1 - self.lists.currentIndex()])

    def _show_chips(self) -> None:
        shown = LISTS[self.lists.currentIndex()]
        counts = {"behind": len(self.behind.rows_model.rows), "counters": self._asking or None}
        self.chips.show_chips(
            [
                Chip(
                    name,
                    ("" if name == shown else "N  ") + self.words(f"stock.{name}"),
                    counts.get(name),
                )
                for name in LISTS
            ],
            shown,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the statement: letters are keys again."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave_words()
        else:
            super().keyPressEvent(event)

    def write(self) -> None:
        """The officer's words are wanted: the focus stays with them after the act that said so."""
        self._writing = True
        self.statement.setFocus()

    def leave_words(self) -> None:
        """Letters are keys again."""
        self._writing = False
        self.lots.setFocus()

    def show_view(self, view: StockView) -> None:
        found = view.reckoning
        if found is None:
            return
        words = self.words
        self._tell(view, found)
        for place, name in enumerate(FLOWS, 1):
            moved = name not in SELDOM or any(getattr(lot.balance, name) for lot in found.lots)
            self.lots.setColumnHidden(place, not moved)
        counted = found.shift.counted or {}
        self.lots.show_rows(
            [
                Row(
                    lot.balance.lot,
                    (
                        lot.balance.lot,
                        *(words.number(getattr(lot.balance, name)) for name in FLOWS),
                        *_count(words, lot, counted),
                    ),
                )
                for lot in found.lots
            ]
        )
        shown = min(max(len(found.lots), 1), MOST_LOTS)
        self.lots.setFixedHeight(self.lots.row_height * shown + theme().px(38))
        self.counters.show_rows(
            [
                Row(
                    str(line.kind),
                    (
                        words.of(line.kind),
                        words.number(line.moved),
                        words.number(line.ledger),
                        difference(words, line.difference, line.unexplained),
                    ),
                )
                for line in found.counters
            ]
            + [ribbon_row(words, line) for line in found.ribbons]
        )
        self._asking = sum(bool(line.unexplained) for line in (*found.counters, *found.ribbons))
        self._behind(view, found)
        asks = any(line.unexplained for line in found.ribbons)
        said = (words("stock.ribbon.asks"),) if asks else ()
        self.money.setText("\n".join((*said, money_text(words, view))))
        wanted = found.statement if view.statement is None else view.statement
        if wanted != self._shown:
            self._shown = wanted
            if wanted != self.statement.toPlainText():  # else it would lose the writer's place
                self.statement.setPlainText(wanted)
                self.statement.moveCursor(QTextCursor.MoveOperation.End)
                self._writing = view.statement is not None
        self._writing = self._writing and view.statement is not None and view.scan is None
        self.said.setText(words("stock.statement.kept") if found.statement else "")
        # Where everything agrees nothing is asked.
        self.words_panel.setVisible(found.differs or bool(found.statement))

    def _told(self, view: StockView, act: Behind) -> str:
        return self.words(
            "stock.behind.act" if act.reason else "stock.behind.act.plain",
            what=self.words(f"stock.act.{act.act}"),
            serial=act.serial,
            reason=reason_text(self.words, act.reason),
            officer=view.names.get(act.officer, act.officer),
        )

    def _spell_out(self, key: str) -> None:
        """The chosen event whole, where its line ends in …"""
        told = self.behind.cut_text(key)
        self.happened.setText(told)
        self.happened.setVisible(bool(told))

    def _tell(self, view: StockView, found: Reckoning) -> None:
        words = self.words
        scan = view.scan
        if scan is not None:
            self.banner.tell(
                Tone.INFO,
                words("stock.scanning", lot=scan.lot, count=len(scan.scanned),
                      left=len(scan.missing)),
                self._left(scan.missing),
                aloud=False,
            )  # fmt: skip
        elif view.problem is not None:
            self.banner.clear()  # the refusal says what to do next, and large text has room for one
        elif found.moved:
            outdated = words.problem(MovedSinceCount(count=found.moved))
            self.banner.tell_problem(outdated, Tone.WARNING)
        elif not found.differs:
            waits = view.standing.blocks or view.nobody_signs is not None
            tone = Tone.WARNING if waits else Tone.SUCCESS
            self.banner.tell(tone, words("stock.even"), self._signs(view))
        elif found.statement:
            self.banner.tell(Tone.INFO, words("stock.stated_now"), self._signs(view))
        else:
            lots = any(lot.difference or not lot.balance.holds for lot in found.lots)
            remedy = "stock.differs.remedy" if lots else "stock.differs.printer"
            counted = f" {self._signs(view)}" if view.counted_themselves else ""
            self.banner.tell(Tone.WARNING, words("stock.differs"), words(remedy) + counted)

    def _left(self, missing: tuple[str, ...]) -> str:
        """What a scan of a lot still wants."""
        if not missing:
            return self.words("stock.scanning.whole")
        if len(missing) > MOST_NAMED:
            return self.words("stock.scanning.remedy")
        serials = ", ".join(missing[:6]) + ("…" if len(missing) > 6 else "")
        return self.words("stock.scanning.left", serials=serials)

    def _signs(self, view: StockView) -> str:
        """Who signs the close, or what has to be done before anybody can."""
        if view.standing.blocks:
            return self.words.problem(still_open(view.standing)).remedy
        if view.nobody_signs is not None:
            return self.words.problem(view.nobody_signs).remedy
        other = "stock.even.other" if view.counted_themselves else "stock.even.remedy"
        return self.words(other)

    def _behind(self, view: StockView, found: Reckoning) -> None:
        words = self.words
        events: list[tuple[datetime | None, Row]] = [
            (act.at, Row(f"act{at}", (words.time(act.at), self._told(view, act))))
            for at, act in enumerate(found.behind)
        ]
        for at, cause in enumerate(found.causes):
            subject = cause.subject or "–"
            told = words(f"stock.cause.{cause.kind}", at="", count=cause.count, subject=subject)
            said = StateItem(Level.ATTEND, told.replace(" ;", ";"))
            when = words.time(cause.at) if cause.at else "–"
            events.append((cause.at, Row(f"cause{at}", (when, said))))
        # What has no time of its own comes last.
        events.sort(key=lambda event: event[0].timestamp() if event[0] else math.inf)
        rows = [row for _, row in events]
        self.behind.show_rows(rows)
        self._spell_out(self.behind.current_key())
        self.behind.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._show_chips()


def _count(words: Words, lot: LotCount, counted: Mapping[str, int]) -> tuple[str, StateItem]:
    """What was counted of a lot and how it differs; of what came after the count nobody knows."""
    if lot.balance.closing and lot.balance.lot not in counted:
        return "–", StateItem(Level.ATTEND, words("stock.uncounted"))
    return words.number(lot.counted), difference(words, lot.difference)


def difference(words: Words, number: int, unexplained: int | None = None) -> StateItem:
    """A difference as a state: none is well, one that spoiled cards explain is told, others ask."""
    if not number:
        return StateItem(Level.GOOD, words("stock.no_difference"))
    if unexplained == 0:
        return StateItem(Level.GOOD, words("stock.spoiled_difference", number=words.signed(number)))
    return StateItem(Level.BAD, words.signed(number))


def ribbon_row(words: Words, line: RibbonLine) -> Row:
    """What left a printer's ribbon beside what the shift's cards use; or that it doesn't tell."""
    name = words("stock.ribbon.row", device=words(f"device_short.{line.printer}"))
    key = f"ribbon:{line.printer}"
    if not line.told:
        return Row(key, (name, "–", "–", StateItem(Level.OFF, words("stock.ribbon.row.untold"))))
    gone, expected = words.number(line.gone), words.number(line.expected)
    return Row(key, (name, gone, expected, difference(words, line.difference, line.unexplained)))


def money_text(words: Words, view: StockView) -> str:
    """PNBP in one line; never cash."""
    money = view.money
    text = words("stock.money", count=money.payments, amount=words.money(money.amount))
    if money.waived:
        text += " " + words("stock.money.waived", count=money.waived)
    if money.typed:
        text += " " + words("stock.money.typed", count=money.typed)
    return text
