"""The supervisor's page on people and papers: the duty plan in force, and what is over its time."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.duties import DutyFault, DutyFinding
from desktop.domain.officer import Officer, in_order
from desktop.presenters.supervisor_view import GivenCode, SupervisorView, Watch
from desktop.services.duties import DutyStanding
from desktop.words import Words
from ui.popup import Popup
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

MOST_SHOWN = 200


def duties_of(words: Words, officer: Officer, today: date | None) -> str | StateItem:
    """An officer's duties; first the one in which they stand in now, with its last day."""
    own = ", ".join(words.of(role) for role in in_order(officer.roles))
    until = officer.delegate_until
    if until is None or today is None or until < today:
        return own
    role = words.plain(in_order(officer.delegate_roles))
    stands = words("supervisor.stands_in", role=role, until=until)
    return StateItem(Level.ATTEND, f"{stands}; {own}")


def _way(view: SupervisorView, standing: DutyStanding) -> str:
    """Which remedy is there: to end a stand-in, to have it ended, or neither."""
    at_fault = {one.officer for one in standing.findings}
    today = view.today
    stand_in = any(
        officer.id in at_fault
        and officer.delegate_until is not None
        and (today is None or today <= officer.delegate_until)
        for officer in view.officers
    )
    if not stand_in:
        return ""
    return ".ends" if view.supervises or view.approves else ".others"


class DutiesPage(QWidget):
    """Left the plan and everybody against it, right the cases whose time is over."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        c = "supervisor.column"
        left = Panel(words("supervisor.duties"), self, padding=12)
        self.lead = Text("", "muted", left, wrap=True)
        self.verdict = Banner(parent=left)
        self.officers = DataTable(
            [
                Column(words(f"{c}.officer"), strong=True, stretch=True),
                Column(words(f"{c}.roles"), muted=True, stretch=True),
                Column(words("supervisor.duties.verdict")),
            ],
            words("supervisor.duties"),
            self,
            opens=False,
        )
        self.officers.moved.connect(self._chose)
        self.chosen = Text("", "small", left, wrap=True)
        self.never = Text("", "small", left, wrap=True)
        self.alone = Text("", "small", left, wrap=True)
        for widget in (self.lead, self.verdict):
            left.add(widget)
        left.add(self.officers, 1)
        left.add(self.chosen)
        right = Panel(words("supervisor.keeping"), self, padding=12)
        right.add(Text(words("supervisor.keeping.lead"), "muted", right, wrap=True))
        self.over = BigNumber(words("supervisor.keeping.over"))
        right.add(self.over)
        self.cases = DataTable(
            [
                Column(words(f"{c}.case"), code=True, strong=True, stretch=True),
                Column(words("supervisor.keeping.ended"), muted=True),
                Column(words("supervisor.keeping.until"), muted=True),
            ],
            words("supervisor.keeping"),
            self,
            opens=False,
        )
        self.none = EmptyState(
            "circle-check",
            words("supervisor.keeping.empty"),
            words("supervisor.keeping.hint"),
            self,
        )
        self.acts = Text("", "muted", right, wrap=True)
        right.add(self.acts)
        right.add(self.cases, 1)
        right.add(self.none, 1)
        for widget in (self.never, self.alone):  # large text leaves the list no room for them
            (right if look.folded else left).add(widget)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(left, 13)
        whole.addWidget(right, 7)

    def home(self) -> QWidget:
        return self.officers

    def show_view(self, view: SupervisorView) -> None:
        self._keeping(view)
        standing = view.duties
        if standing is None:
            return
        self._plan(view, standing)
        words, by = self.words, {one.officer: one for one in standing.findings if one.officer}
        self.officers.show_rows(
            [
                Row(
                    officer.id,
                    (
                        officer.title,
                        duties_of(words, officer, view.today),
                        self._item(by.get(officer.id)),
                    ),
                )
                for officer in view.officers
            ]
        )
        self._chose(self.officers.current_key())

    def _chose(self, key: str) -> None:
        """Whoever is chosen with all of their duties, which their column may be too narrow for."""
        row = next((row for row in self.officers.rows_model.rows if row.key == key), None)
        if row is None:
            self.chosen.setText("")
            return
        name, duties, verdict = row.cells
        told = f"{name}: {duties.text if isinstance(duties, StateItem) else duties}."
        if isinstance(verdict, StateItem) and verdict.detail:
            told = f"{told} {verdict.text}: {verdict.detail}."
        self.chosen.setText(told)

    def _item(self, finding: DutyFinding | None) -> StateItem:
        words = self.words
        if finding is None:
            return StateItem(Level.GOOD, words("supervisor.duties.fits"))
        roles = " + ".join(words.of(role) for role in finding.roles)
        level = Level.BAD if finding.fault is DutyFault.NEVER else Level.ATTEND
        return StateItem(level, words.of(finding.fault), roles)

    def _plan(self, view: SupervisorView, standing: DutyStanding) -> None:
        words, plan = self.words, standing.plan
        self.lead.setText(words("supervisor.duties.lead", plan=plan.crew, crew=standing.crew))
        if standing.findings:
            nobody = [one for one in standing.findings if one.fault is DutyFault.NOBODY]
            missing = words("supervisor.duties.nobody", roles=nobody[0].roles) if nobody else ""
            remedy = words(f"supervisor.duties.bad_remedy{_way(view, standing)}")
            self.verdict.tell(
                Tone.WARNING,
                words("supervisor.duties.bad", count=len(standing.findings)),
                f"{missing} {remedy}".strip(),
                aloud=False,
            )
        else:
            self.verdict.tell(Tone.SUCCESS, words("supervisor.duties.good"), aloud=False)
        pairs = "; ".join(
            " + ".join(words.of(role) for role in sorted(pair)) for pair in plan.never
        )
        self.never.setText(words("supervisor.duties.never", pairs=pairs))
        told = [words("supervisor.duties.offline", count=plan.offline_cards)]
        if plan.waits:
            told.append(words("supervisor.duties.waits", services=plan.waits))
        self.alone.setText(" ".join(told))

    def _keeping(self, view: SupervisorView) -> None:
        words, over = self.words, view.over
        self.over.tell(
            words.number(len(over)),
            words("supervisor.keeping.wait") if over else words("supervisor.keeping.nothing"),
            Level.ATTEND if over else Level.GOOD,
        )
        self.over.setVisible(bool(over))
        self.cases.show_rows(
            [
                Row(
                    one.application_id,
                    (one.number, words.date(one.ended_on), words.date(one.kept_until)),
                )
                for one in over[:MOST_SHOWN]
            ]
        )
        self.acts.setText(words("supervisor.keeping.acts", count=view.old_acts))
        self.acts.setVisible(bool(view.old_acts))
        self.cases.setVisible(bool(over))
        self.none.setVisible(not over and not view.old_acts and Watch.DUTIES in view.read)


class GivenCodeDialog(Popup):
    """A one-time code, large enough to be read to its officer; there is only closing it."""

    def __init__(self, host: QWidget, words: Words, given: GivenCode) -> None:
        super().__init__(host, width=520)
        m = "supervisor.code.given"
        self.setWindowTitle(words(m))
        self.sheet.addWidget(Text(words(m), "title", self))
        self.code = Text(given.code, "display", self, code=True)
        self.sheet.addWidget(self.code)
        told = words(f"{m}.ask", name=given.name, until=given.until)
        self.sheet.addWidget(Text(told, "body", self, wrap=True))
        close = KeyButton(words("common.close"), "Esc", kind="primary", parent=self)
        close.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(close)
        nest(self.sheet, line)
        self.finished.connect(self.deleteLater)
        close.setFocus()
