"""The supervisor's figures: what each hour brought, how long each step takes, and with whom.

A day is read at one glance: on the smallest screen too, its steps stand whole below the chart.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.workflow import Action
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.trail import StepTime
from desktop.words import Words
from ui.screens.supervisor_looks import act_word
from ui.theme import theme
from ui.widgets.charts import BarChart, Value
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel
from ui.widgets.listing import show_or_tell
from ui.widgets.nesting import nest
from ui.widgets.table import Column, DataTable, Row

OFFICER, P90 = 1, 4
"""Columns that give way to each other."""
_ACTIONS = {str(action): at for at, action in enumerate(Action)}
_CARD = range(_ACTIONS[Action.AWAIT_MATERIAL], _ACTIONS[Action.CLOSE] + 1)
"""The steps in which a case is a card to be made and to reach its holder."""


class FiguresPage(QWidget):
    """The day in figures."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.by_officer = False
        self.turns = False
        """Whether there is anything that turning to each officer's times would show."""
        self._view: SupervisorView | None = None
        look = theme()
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        self.figures: dict[str, BigNumber] = {}
        for name in ("tickets", "registered", "printed", "handed_over"):
            figure = BigNumber(words(f"supervisor.figure.{name}"))
            figure.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            self.figures[name] = figure
            top.addWidget(figure, 2)
        self.chart = BarChart(words("supervisor.per_hour"), self, height=84)
        self.chart.setMinimumHeight(look.px(84))
        hours = Panel(words("supervisor.per_hour"), self, padding=10)
        hours.add(self.chart, 1)
        top.addWidget(hours, 7)
        self.before = self._table("supervisor.steps.before")
        self.card = self._table("supervisor.steps.card")
        below = QHBoxLayout()
        below.setSpacing(look.px(12))
        self.empty: list[EmptyState] = []
        for table in (self.before, self.card):
            panel = Panel(table.accessibleName(), self, padding=10)
            panel.add(table, 1)
            none = EmptyState(
                "clock", words("supervisor.steps.none"), words("supervisor.steps.none.hint"), panel
            )
            panel.add(none, 1)
            self.empty.append(none)
            below.addWidget(panel, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, top, 1)
        nest(whole, below, 6)

    def _table(self, title: str) -> DataTable:
        words, c = self.words, "supervisor.column"
        columns = [
            Column(words(f"{c}.step"), strong=True, stretch=True),
            Column(words(f"{c}.officer"), muted=True, brief=short_name),
            Column(words(f"{c}.count"), right=True),
            Column(words(f"{c}.p50"), right=True),
            Column(words(f"{c}.p90"), right=True),
        ]
        table = DataTable(columns, words(title), self, opens=False, low=True)
        table.setColumnHidden(OFFICER, theme().folded)
        return table

    def home(self) -> QWidget:
        return self.before

    def turn_officers(self) -> None:
        """Show each officer's own times where several did a step, or their sum alone again."""
        self.by_officer = not self.by_officer
        if theme().folded:  # large text has room for one of them
            for table in (self.before, self.card):
                table.setColumnHidden(OFFICER, not self.by_officer)
                table.setColumnHidden(P90, self.by_officer)
        if self._view is not None:
            self.show_view(self._view)

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        self._view = view
        for name, figure in self.figures.items():
            beside = self._beside(view).get(name, "")
            figure.tell(words.number(sum(getattr(hour, name) for hour in view.hours)), beside)
        self.chart.show_values([Value(f"{hour.hour:02d}", hour.registered) for hour in view.hours])
        # What the program does in the same breath takes no time of anybody's.
        taking = {step.act for step in view.steps if step.p90 >= 1}
        steps = sorted((step for step in view.steps if step.act in taking), key=_order)
        acts = [step.act for step in steps if step.officer]
        self.turns = bool(acts) if theme().folded else len(acts) > len(set(acts))
        before = self._rows(view, [step for step in steps if _order(step)[0] not in _CARD])
        card = self._rows(view, [step for step in steps if _order(step)[0] in _CARD])
        known = Watch.FIGURES in view.read
        show_or_tell(self.before, self.empty[0], before, known=known)
        show_or_tell(self.card, self.empty[1], card, known=known)

    def _beside(self, view: SupervisorView) -> dict[str, str]:
        """Below a number how it went: how long people waited, which share was spoiled."""
        words, beside = self.words, dict[str, str]()
        if view.waited.called:
            time = length(view.waited.seconds)
            beside["tickets"] = words("supervisor.figure.waited", time=time)
        if view.made.cards:
            share = words.percent(view.made.share, 1)
            made = view.made.cards  # more than were printed: some were spoiled before
            beside["printed"] = words("supervisor.figure.spoiled", share=share, count=made)
        return beside

    def _rows(self, view: SupervisorView, steps: Iterable[StepTime]) -> list[Row]:
        """A row a step; where several officers did it, theirs follow if they are wanted."""
        names = {officer.id: officer.name for officer in view.officers}
        by: dict[str, list[StepTime]] = {}
        for step in steps:
            by.setdefault(step.act, []).append(step)
        rows: list[Row] = []
        for lines in by.values():
            theirs = [line for line in lines if line.officer]
            if len(theirs) == 1:
                rows.append(self._row(theirs[0], names.get(theirs[0].officer, theirs[0].officer)))
                continue
            if not theirs:
                continue  # the applicant's doing, or the program's
            whole = [line for line in lines if not line.officer]
            who = self.words("supervisor.officers", count=len(theirs))
            rows += [self._row(one, who) for one in whole]
            if self.by_officer:
                rows += [self._row(one, names.get(one.officer, one.officer)) for one in theirs]
        return rows

    def _row(self, step: StepTime, who: str) -> Row:
        words = self.words
        return Row(
            f"{step.act}:{step.officer}",
            (
                act_word(words, f"application.{step.act}"),
                who,
                words.number(step.count),
                length(step.p50),
                length(step.p90),
            ),
        )


def short_name(name: str) -> str:
    """An officer's name where the step's own has no room beside it: `Yohana M.`; a count as is."""
    first, *others = name.split() or [name]
    return name if first.isdigit() else " ".join((first, *(f"{other[0]}." for other in others)))


def length(seconds: float) -> str:
    """Minutes and seconds, past an hour too: figures below each other have one unit."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _order(step: StepTime) -> tuple[int, str]:
    """In the order in which a case goes through them."""
    return _ACTIONS.get(step.act, len(_ACTIONS)), step.officer
