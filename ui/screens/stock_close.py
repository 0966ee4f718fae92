"""The stock screen's second page: what stands in the way, the count, the reckoning, the close."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import ApplicationState
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import CloseStage, StockView
from desktop.words import Words
from ui.case_state import case_state
from ui.screens.stock_pages import short_case
from ui.screens.stock_reckon import ReckonView, money_text
from ui.theme import theme
from ui.widgets.empty import EmptyState
from ui.widgets.fields import NumberField
from ui.widgets.labels import Panel, Text
from ui.widgets.listing import Listing
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, Row


class ClosePage(QWidget):
    """One stage at a time."""

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.counting = CountView(words, presenter, self)
        self.reckoning = ReckonView(words, presenter, self)
        self.none = EmptyState(
            "calendar", words("stock.no_shift"), words("stock.no_shift.hint"), self
        )
        self.done = EmptyState(
            "circle-check", words("stock.shift_closed"), words("stock.shift_closed.hint"), self
        )
        self.pages = Pages(self)
        for page in (self.counting, self.reckoning, self.none, self.done):
            self.pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)

    def home(self) -> QWidget:
        if self.pages.currentWidget() is self.counting:
            return self.counting.home()
        if self.pages.currentWidget() is self.reckoning:
            return self.reckoning.home()
        return self

    def show_view(self, view: StockView) -> None:
        page: QWidget = {
            CloseStage.NO_SHIFT: self.none,
            CloseStage.COUNT: self.counting,
            CloseStage.RECKON: self.reckoning,
            CloseStage.CLOSED: self.done,
        }[view.stage]
        self.pages.setCurrentWidget(page)
        opens = view.may_open
        if view.stage is CloseStage.COUNT:
            self.counting.show_view(view)
        elif view.stage is CloseStage.RECKON:
            self.reckoning.show_view(view)
        elif view.stage is CloseStage.NO_SHIFT:
            hint, enter = self.words("stock.no_shift.hint"), self.words("stock.no_shift.enter")
            self.none.tell(self.words("stock.no_shift"), f"{hint} {enter}" if opens else hint)
        elif view.stage is CloseStage.CLOSED and view.closed is not None:
            numbers = ", ".join(paper.number for paper in view.papers)
            supervisor = view.names.get(view.closed.closed_by, view.closed.closed_by)
            by = self.words("stock.shift_closed.by", name=supervisor, papers=numbers or "–")
            enter = self.words("stock.shift_closed.enter")
            self.done.tell(self.words("stock.shift_closed"), f"{by} {enter}" if opens else by)


class CountView(QWidget):
    """Left what is still to be done, right the fields of the count. The books stay hidden."""

    def __init__(self, words: Words, presenter: StockDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        c = "stock.column"
        self.way = Listing(
            words("stock.way"),
            [
                Column(words(f"{c}.what"), stretch=True, strong=True),
                Column(words(f"{c}.subject"), code=True, brief=short_case),
                Column(words(f"{c}.state")),
                Column(words(f"{c}.since"), right=True, muted=True),
            ],
            EmptyState("circle-check", words("stock.way.empty"), words("stock.way.hint")),
            self,
        )
        self.panel = Panel(words("stock.count"), self, padding=12)
        self.lead = Text(words("stock.count.lead"), "muted", self.panel, wrap=True)
        self.panel.body.addWidget(self.lead)
        self._lines: list[QWidget] = []
        self.rows = QVBoxLayout()
        self.rows.setSpacing(look.px(8))
        nest(self.panel.body, self.rows)
        self.panel.body.addStretch(1)
        self.money = Text("", "body", self.panel, wrap=True)
        self.panel.body.addWidget(self.money)
        self.fields: dict[str, NumberField] = {}
        self.known: dict[str, Text] = {}
        self._shift = ""
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.way, 15)
        whole.addWidget(self.panel, 8)

    def home(self) -> QWidget:
        open_ = (field for field in self.fields.values() if field.value() < 0)
        first = next(iter(self.fields.values()), self.way.table)
        # What is counted isn't typed over by the digit of a page, but where it is counted again.
        return next(open_, first if self.presenter.view.recounting else self.way.table)

    def counts(self) -> dict[str, int]:
        """What was typed; a lot that wasn't counted is left out."""
        for field in self.fields.values():
            field.interpretText()
        return {lot: field.value() for lot, field in self.fields.items() if field.value() >= 0}

    def to_lot(self, lot: str) -> None:
        """Count this lot again, if it is still there to be counted."""
        field = self.fields.get(lot)
        if field is not None:
            field.setFocus()
            field.selectAll()

    def show_view(self, view: StockView) -> None:
        words = self.words
        self.way.show_rows(way_rows(words, view))
        without = ", ".join(view.store_elsewhere)
        lead = words("stock.count.lead.shared", lots=without) if without else ""
        again = "" if view.recounting else words("stock.count.hidden_yet")
        closer = words("stock.count.closer") if view.may_close else ""
        told = (lead or words("stock.count.lead"), again, closer)
        if not view.may_count:
            told = (words("stock.count.others"),)
        self.lead.setText(" ".join(text for text in told if text))
        self._lots(view)
        self._tell_known(view)
        self.money.setText(money_text(words, view))

    def _lots(self, view: StockView) -> None:
        shift = view.shift.id if view.shift is not None else ""
        if tuple(self.fields) == view.to_count and shift == self._shift:
            return
        # Another lot costs nothing that was typed, nor does the end of the program.
        self._shift = shift
        for line in self._lines:
            self.rows.removeWidget(line)
            line.deleteLater()
        self._lines = []
        self.fields, self.known = {}, {}
        look = theme()
        for lot in view.to_count:
            line = QWidget(self.panel)
            box = QHBoxLayout(line)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(look.px(12))
            field = NumberField(self.words("stock.count.of", lot=lot), line, least=-1, most=99_999)
            field.setSpecialValueText(" ")
            field.setValue(view.counts.get(lot, -1))
            field.valueChanged.connect(lambda n, lot=lot: self.presenter.type_count(lot, n))
            field.setFixedWidth(look.px(130))
            label = Text(self.words("stock.count.lot", lot=lot), "heading", line)
            label.setBuddy(field)
            box.addWidget(label, 1)
            self.known[lot] = known = Text("", "muted", line)
            box.addWidget(known)
            box.addWidget(field)
            self.rows.addWidget(line)
            self._lines.append(line)
            self.fields[lot] = field
        if self.fields:
            next(iter(self.fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_known(self, view: StockView) -> None:
        """The books stay hidden; at a recount they were seen, and the count before it stands."""
        before = view.shift.counted if view.shift is not None else None
        for lot, label in self.known.items():
            if view.recounting and before is not None and lot in before:
                told = self.words.number(before[lot])
                label.setText(self.words("stock.count.before", count=told))
            else:
                label.setText(self.words("stock.count.hidden"))


def _whereabouts(view: StockView, serial: str) -> str:
    """Words for a card that blocks the close: printed and not inspected, or not come out yet."""
    case = next((app for app in view.standing.unfinished if app.blank_serial == serial), None)
    out = case is not None and case.state in (
        ApplicationState.PRINTED, ApplicationState.INSPECTED,
    )  # fmt: skip
    return "stock.way.to_inspect" if out else "stock.way.at_printer"


def way_rows(words: Words, view: StockView) -> list[Row]:
    """What blocks the close, then what is merely open."""
    way = view.standing
    rows = [
        Row(
            f"job:{job.id}",
            (
                words("stock.way.in_doubt"),
                job.blank_serial,
                StateItem(Level.BAD, words("stock.way.blocks")),
                words.time(job.started_at),
            ),
        )
        for job in way.in_doubt
    ]
    rows += [
        Row(
            f"blank:{blank.id}",
            (
                words(_whereabouts(view, blank.id)),
                blank.id,
                StateItem(Level.BAD, words("stock.way.blocks")),
                "",
            ),
        )
        for blank in way.at_printer
    ]
    rows += [
        Row(
            f"app:{app.id}",
            (
                words("stock.way.unfinished"),
                app.number,
                StateItem(Level.ATTEND, case_state(words, app)),
                words.time(app.changed_at),
            ),
        )
        for app in way.unfinished
    ]
    rows += [
        Row(
            f"case:{case.application.id}",
            (
                case.application.applicant.name,
                case.application.number,
                StateItem(
                    Level.ATTEND if case.overdue else Level.OFF,
                    words("stock.way.overdue")
                    if case.overdue
                    else case_state(words, case.application),
                ),
                words.date(case.application.changed_at),
            ),
        )
        for case in way.open_cases
    ]
    return rows
