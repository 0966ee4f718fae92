"""Area 1: the list of files from home, and what became of an imported batch."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import Delivery
from desktop.domain.licence_class import LicenceClass
from desktop.domain.online import ImportReport
from desktop.presenters.online import Online
from desktop.presenters.online_view import FileFilter, OnlineView
from desktop.services.online_import import MAY_IMPORT
from desktop.words import Words
from ui.screens.online_words import expiry, fault_place, file_state, service_of, span, where_to
from ui.screens.stock_pages import short_case
from ui.theme import theme
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.fields import ChoiceField
from ui.widgets.labels import Panel
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

ALL = "*"


class FilesPage(QWidget):
    """Filters over one long list."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.chips = ChipBar(words("online_screen.filter.name"), self, keys="Ctrl+←→")
        self.chips.chosen.connect(lambda key: presenter.filter_files(FileFilter(key)))
        self.classes = ChoiceField(words("online_screen.filter.class"), self)
        self.classes.committed.connect(
            lambda key: presenter.filter_class(None if key == ALL else LicenceClass(key))
        )
        self.delivery = ChoiceField(words("online_screen.filter.delivery"), self)
        self.delivery.committed.connect(
            lambda key: presenter.filter_delivery(None if key == ALL else Delivery(key))
        )
        classes = [(c.value, f"SIM {words.of(c)}") for c in LicenceClass]
        self.classes.set_choices(((ALL, words("online_screen.filter.every_class")), *classes))
        ways = [(d.value, words.of(d)) for d in Delivery]
        self.delivery.set_choices(((ALL, words("online_screen.filter.every_delivery")), *ways))
        filters = QHBoxLayout()
        filters.setSpacing(look.px(8))
        filters.addWidget(self.chips, 1)
        for field in (self.classes, self.delivery):
            # The filters' counts need the room of the longest name in these.
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            field.setSizeAdjustPolicy(policy)
            field.setMinimumContentsLength(10)
            filters.addWidget(field)
        self.table = DataTable(
            [
                # Of those that stretch the last gives way first: a person's name is read whole.
                Column(words("online_screen.column.number"), code=True, brief=short_case),
                Column(words("online_screen.column.name"), strong=True, stretch=True),
                Column(words("online_screen.column.service")),
                Column(words("online_screen.column.state"), stretch=True),
                Column(words("online_screen.column.waited"), right=True),
                Column(words("online_screen.column.old_licence")),
                Column(words("online_screen.column.delivery"), muted=True, stretch=True),
            ],
            words("online_screen.list"),
            self,
        )
        self.table.opened.connect(presenter.open_file)
        self.empty = EmptyState("inbox", words("online_screen.empty.files"))
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        panel = Panel(parent=self, padding=4)
        panel.add(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, filters)
        whole.addWidget(panel, 1)
        self._shown: object = None

    def home(self) -> QWidget | None:
        return self.stack.currentWidget()

    def step_filter(self, by: int) -> None:
        """The filter's neighbour."""
        self.chips.step(by)

    def show_view(self, view: OnlineView) -> None:
        words = self.words
        self.chips.show_chips(
            [Chip(f.value, words.of(f), view.filter_counts.get(f, 0) or None) for f in FileFilter],
            view.file_filter.value,
        )
        self.classes.set_value(view.licence_class.value if view.licence_class else ALL)
        self.delivery.set_value(view.delivery.value if view.delivery else ALL)
        self._tell_empty()
        if view.files is self._shown:
            return
        self._shown = view.files
        rows = [
            Row(
                line.app.id,
                (
                    line.app.number,
                    line.app.applicant.name,
                    service_of(words, line.app),
                    file_state(words, line),
                    span(words, line.waited),
                    expiry(
                        words,
                        line.case.expires_on,
                        line.case.days_left,
                        soon=line.case.runs_out_soon,
                    ),
                    where_to(words, line.app),
                ),
            )
            for line in view.files
        ]
        self.table.show_rows(rows)
        self.stack.setCurrentWidget(self.table if rows else self.empty)

    def _tell_empty(self) -> None:
        """Only keys that this officer has, for what this filter shows."""
        takes_in = self.presenter.has_duty(*MAY_IMPORT)
        sample = "sample" if self.presenter.sample_offered else "hint"
        hint = self.words(f"online_screen.empty.files.{sample if takes_in else 'others'}")
        self.empty.tell(self.words("online_screen.empty.files"), hint)


class ReportPage(QWidget):
    """What became of each line of a batch file."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.numbers = {
            name: BigNumber(words(f"online_screen.report.{name}"), parent=self)
            for name in ("lines", "taken", "mended", "cancelled", "skipped", "refused")
        }
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        for number in self.numbers.values():
            top.addWidget(number)
        self.table = DataTable(
            [
                Column(words("online_screen.report.line"), right=True),
                Column(words("online_screen.report.external"), code=True),
                Column(words("online_screen.report.result"), stretch=True),
                Column(words("online_screen.column.number"), code=True),
            ],
            words("online_screen.report.title"),
            self,
            opens=False,
        )
        self.panel = Panel(words("online_screen.report.title"), self)
        self.panel.add(self.table, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, top)
        whole.addWidget(self.panel, 1)
        self._shown: ImportReport | None = None

    def home(self) -> QWidget | None:
        return self.table

    def show_view(self, view: OnlineView) -> None:
        report = view.report
        if report is None or report is self._shown:
            return
        self._shown = report
        words = self.words
        bad = len(report.refused)
        self.numbers["lines"].tell(str(report.lines))
        self.numbers["taken"].tell(str(len(report.taken) - report.resubmitted - report.cancelled))
        self.numbers["mended"].tell(str(report.resubmitted))
        self.numbers["cancelled"].tell(str(report.cancelled))
        self.numbers["skipped"].tell(str(len(report.skipped)))
        level = Level.BAD if bad else Level.GOOD
        detail = words("online_screen.report.ask_portal" if bad else "online_screen.report.none")
        self.numbers["refused"].tell(str(bad), detail, level)
        self.panel.set_heading(
            words("online_screen.report.known" if report.known else "online_screen.report.title")
        )
        found: list[tuple[int, Row]] = []
        for line in report.refused:
            where = f" · {fault_place(words, line.where)}" if line.where else ""
            state = StateItem(Level.BAD, f"{words.of(line.fault)}{where}")
            found.append((0, Row(f"r{line.line}", (str(line.line), line.external_id, state, ""))))
        for line in report.skipped:
            state = StateItem(Level.OFF, words("online_screen.report.was_skipped"))
            cells = (str(line.line), line.external_id, state, line.number)
            found.append((1, Row(f"s{line.line}", cells)))
        for line in report.taken:
            what = "was_mended" if line.resubmitted else "was_taken"
            if line.cancelled:
                what = "was_cancelled"
            state = StateItem(Level.GOOD, words(f"online_screen.report.{what}"))
            cells = (str(line.line), line.external_id, state, line.number)
            found.append((2, Row(f"t{line.line}", cells)))
        self.table.show_rows([row for _rank, row in sorted(found, key=lambda pair: pair[0])])
