"""Pages of the supervisor's screen that only look: exceptions, figures, trail."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.workflow import Action
from desktop.presenters.supervisor import MOST_LINES, Supervisor
from desktop.presenters.supervisor_view import SupervisorView
from desktop.services.trail import StepTime, TrailLine
from desktop.words import Words
from ui.screens.stock_pages import short_case
from ui.screens.supervisor_words import fact_word, fault_named, value_word
from ui.theme import theme
from ui.widgets.charts import BarChart, Value
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.fields import ChoiceField, DateField
from ui.widgets.labels import Panel, Text
from ui.widgets.listing import Listing
from ui.widgets.table import Column, DataTable, Row

GROUPS = (
    "application", "capture", "evidence", "ticket", "job", "blank", "stock", "shift", "parcel",
    "return", "paper", "duty", "officer", "incident", "journal",
)  # fmt: skip
"""Kinds of acts by which the trail is narrowed."""


class ExceptionsPage(QWidget):
    """Acts out of the ordinary, newest first, and how many records each officer opened."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        c = "supervisor.column"
        self.list = Listing(
            words("supervisor.exceptions"),
            [
                Column(words(f"{c}.at"), code=True, muted=True),
                Column(words(f"{c}.kind"), strong=True),
                Column(words(f"{c}.subject"), code=True, brief=short_case),
                Column(words(f"{c}.cause"), stretch=True),
                Column(words(f"{c}.officer"), muted=True),
            ],
            EmptyState(
                "circle-check",
                words("supervisor.exceptions.empty"),
                words("supervisor.exceptions.hint"),
            ),
            self,
        )
        self.openings = Listing(
            words("supervisor.openings"),
            [
                Column(words(f"{c}.officer"), strong=True, stretch=True),
                Column(words(f"{c}.records"), right=True),
            ],
            Text(words("supervisor.openings.empty"), "muted", wrap=True),
            self,
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.list, 20)
        whole.addWidget(self.openings, 7)

    def home(self) -> QWidget:
        return self.list.table

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        rows = [
            Row(
                str(one.seq),
                (
                    words.time(one.at),
                    words.of(one.kind),
                    one.subject or "–",
                    reason_word(words, one.reason),
                    view.names.get(one.officer, one.officer or words("supervisor.program")),
                ),
            )
            for one in view.exceptions
        ]
        self.list.show_rows(rows)
        opened = [
            Row(officer, (view.names.get(officer, officer), words.number(number)))
            for officer, number in sorted(view.openings.items(), key=lambda item: -item[1])
        ]
        self.openings.show_rows(opened)


def reason_word(words: Words, reason: Enum | str) -> str:
    """A coded reason in words, an officer's own as they stand."""
    if isinstance(reason, Enum):
        return words.of(reason)
    if f"incident.{reason}" in words:
        return words(f"incident.{reason}")
    told = fault_named(words, reason) if reason else "–"
    return told[:1].upper() + told[1:]  # within a sentence elsewhere: small there, large here


class FiguresPage(QWidget):
    """The day in figures: what each hour brought, and how long each step takes."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        self.figures: dict[str, BigNumber] = {}
        for name in ("tickets", "registered", "printed", "handed_over"):
            figure = BigNumber(words(f"supervisor.figure.{name}"))
            self.figures[name] = figure
            top.addWidget(figure)
        self.chart = BarChart(words("supervisor.per_hour"), self, height=130)
        left = Panel(words("supervisor.per_hour"), self, padding=12)
        left.add(self.chart, 1)
        c = "supervisor.column"
        columns = [
            Column(words(f"{c}.step"), strong=True, stretch=True),
            Column(words(f"{c}.count"), right=True),
            Column(words(f"{c}.p50"), right=True),
            Column(words(f"{c}.p90"), right=True),
        ]
        self.steps = DataTable(columns, words("supervisor.steps"), self, opens=False)
        middle = Panel(words("supervisor.steps"), self, padding=12)
        middle.add(self.steps, 1)
        self.officers = DataTable(
            [
                Column(words(f"{c}.officer"), strong=True),
                Column(words(f"{c}.step"), muted=True, stretch=True),
                Column(words(f"{c}.count"), right=True),
                Column(words(f"{c}.p50"), right=True),
            ],
            words("supervisor.by_officer"),
            self,
            opens=False,
        )
        right = Panel(words("supervisor.by_officer"), self, padding=12)
        right.add(self.officers, 1)
        upper = QVBoxLayout()
        upper.setSpacing(look.px(12))
        upper.addLayout(top)
        upper.addWidget(left, 1)
        below = QHBoxLayout()
        below.setSpacing(look.px(12))
        below.addWidget(middle, 1)
        below.addWidget(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addLayout(upper, 4)
        whole.addLayout(below, 11)

    def home(self) -> QWidget:
        return self.steps

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        for name, figure in self.figures.items():
            figure.tell(words.number(sum(getattr(hour, name) for hour in view.hours)))
        self.chart.show_values([Value(f"{hour.hour:02d}", hour.registered) for hour in view.hours])
        self.steps.show_rows(
            [
                Row(
                    step.act,
                    (
                        act_word(words, f"application.{step.act}"),
                        words.number(step.count),
                        length(words, step.p50),
                        length(words, step.p90),
                    ),
                )
                for step in sorted(view.steps, key=_order)
                if not step.officer
            ]
        )
        self.officers.show_rows(
            [
                Row(
                    f"{step.officer}:{step.act}",
                    (
                        view.names.get(step.officer, step.officer),
                        act_word(words, f"application.{step.act}"),
                        words.number(step.count),
                        length(words, step.p50),
                    ),
                )
                for step in sorted(view.steps, key=lambda step: (step.officer, _order(step)))
                if step.officer
            ]
        )


def length(words: Words, seconds: float) -> str:
    """Minutes and seconds; from an hour on with units, or it reads as a time of day."""
    minutes = int(seconds) // 60
    if minutes < 60:
        return words.duration(seconds)
    return words("supervisor.hours", hours=minutes // 60, minutes=minutes % 60)


_ACTIONS = {str(action): at for at, action in enumerate(Action)}


def _order(step: StepTime) -> int:
    """In the order in which a case goes through them."""
    return _ACTIONS.get(step.act, len(_ACTIONS))


def act_word(words: Words, act: str) -> str:
    """An act of the journal in words; one without words is shown as it stands."""
    message = f"act.{act}"
    return words(message) if message in words else act


def told_facts(words: Words, line: TrailLine, names: Mapping[str, str]) -> list[str]:
    """A line's facts in words: from what to what as one, officers by name."""
    said = {
        name: names.get(value) or value_word(words, name, value, line.act)
        for name, value in line.facts
    }
    told: list[str] = []
    if "from" in said and "to" in said:
        told = [f"{said.pop('from')} → {said.pop('to')}"]
    rest = sorted(said.items(), key=lambda fact: fact[0] == "digest")  # what tells people least
    return told + [f"{fact_word(words, name)} {value}" for name, value in rest]


class TrailPage(QWidget):
    """The audit trail: who did what, narrowed by officer, kind and day. Persons are masked."""

    def __init__(self, words: Words, presenter: Supervisor, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.officer = ChoiceField(words("supervisor.column.officer"), self)
        self.officer.committed.connect(
            lambda key: presenter.search(officer="" if key == "*" else key)
        )
        self.kind = ChoiceField(words("supervisor.column.kind"), self)
        self.kind.set_choices(
            (("*", words("supervisor.all")), *((g, words(f"act.{g}")) for g in GROUPS))
        )
        self.kind.set_value("*")
        self.kind.committed.connect(
            lambda key: presenter.search(acts="" if key == "*" else f"{key}.*")
        )
        self.day = DateField(words("supervisor.column.day"), self)
        self.day.committed.connect(lambda _text: presenter.search(day=self.day.day()))
        bar = QHBoxLayout()
        bar.setSpacing(look.px(10))
        for label, field, width in (
            ("officer", self.officer, 240), ("kind", self.kind, 200), ("day", self.day, 130),
        ):  # fmt: skip
            word = Text(words(f"supervisor.filter.{label}"), "label", self)
            word.setBuddy(field)
            field.setFixedWidth(look.px(width))
            bar.addWidget(word)
            bar.addWidget(field)
        bar.addStretch(1)
        self.found = Text("", "muted", self)
        bar.addWidget(self.found)
        c = "supervisor.column"
        self.table = DataTable(
            [
                Column(words(f"{c}.seq"), right=True, muted=True),
                Column(words(f"{c}.at"), code=True),
                Column(words(f"{c}.officer")),
                Column(words(f"{c}.act"), strong=True),
                Column(words(f"{c}.facts"), stretch=True, muted=True),
            ],
            words("supervisor.trail"),
            self,
            opens=False,
        )
        self.whole = Text("", "muted", self, wrap=True)
        self.table.moved.connect(self._spell_out)
        self.table.fitted.connect(lambda: self._spell_out(self.table.current_key()))
        panel = Panel(parent=self, padding=12)
        panel.add(self.table, 1)
        panel.add(self.whole)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(10))
        whole.addLayout(bar)
        whole.addWidget(panel, 1)

    def home(self) -> QWidget:
        return self.table

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        self.officer.set_choices(
            (
                ("*", words("supervisor.everybody")),
                *((officer.id, officer.title) for officer in view.officers),
            )
        )
        self.officer.set_value(view.query.officer or "*")
        self.kind.set_value(view.query.acts.removesuffix(".*") or "*")
        self.table.show_rows([self._row(view, line) for line in view.lines])
        whole = len(view.lines) < MOST_LINES
        message = "supervisor.lines" if whole else "supervisor.lines.newest"
        self.found.setText(words(message, count=words.number(len(view.lines))))
        self._spell_out(self.table.current_key())

    def _spell_out(self, key: str) -> None:
        """The chosen line's facts, whole, where the column is too short for them."""
        told = self.table.cut_text(key)
        self.whole.setText(told)
        self.whole.setVisible(bool(told))

    def _row(self, view: SupervisorView, line: TrailLine) -> Row:
        words = self.words
        facts = " · ".join(told_facts(words, line, view.names))
        return Row(
            str(line.seq),
            (
                str(line.seq),
                words.moment(line.at),
                view.names.get(line.officer, line.officer or words("supervisor.program")),
                act_word(words, line.act),
                words("supervisor.erased") if line.erased else facts or "–",
            ),
        )
