"""The supervisor's last page: is the journal whole, and who stands in for whom."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.officer import in_order
from desktop.presenters.supervisor_view import SupervisorView
from desktop.words import Words
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.counters import BigNumber
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row


class JournalPage(QWidget):
    """Left the journal's own soundness, right who stands in for whom."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self._by = ""
        look = theme()
        left = Panel(words("supervisor.journal"), self, padding=12)
        left.add(Text(words("supervisor.journal.lead"), "muted", left, wrap=True))
        self.verdict = Banner(parent=left)
        left.add(self.verdict)
        figures = QHBoxLayout()
        figures.setSpacing(look.px(12))
        self.entries = BigNumber(words("supervisor.journal.entries"))
        self.anchored = BigNumber(words("supervisor.journal.unanchored"))
        figures.addWidget(self.entries)
        figures.addWidget(self.anchored)
        nest(left.body, figures)
        self.head = Text("", "small", left, wrap=True, code=True)
        left.add(self.head)
        self.exported = Text("", "small", left, wrap=True)
        left.add(self.exported)
        self.faults = DataTable(
            [
                Column(words("supervisor.column.seq"), right=True),
                Column(words("supervisor.column.fault"), strong=True, stretch=True),
            ],
            words("supervisor.journal.faults"),
            self,
            opens=False,
        )
        left.add(self.faults, 1)
        left.body.addStretch(1)
        c = "supervisor.column"
        self.officers = DataTable(
            [
                Column(words(f"{c}.officer"), strong=True, stretch=True),
                Column(words(f"{c}.roles"), muted=True, stretch=True),
                Column(words(f"{c}.delegate")),
            ],
            words("supervisor.delegates"),
            self,
            opens=False,
        )
        right = Panel(words("supervisor.delegates"), self, padding=12)
        right.add(Text(words("supervisor.delegates.lead"), "muted", right, wrap=True))
        right.add(self.officers, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(left, 6)
        whole.addWidget(right, 14)

    def home(self) -> QWidget:
        return self.officers

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        self._journal(view)
        kept = self.officers.current_key() if self._by == view.officer else ""
        others = (officer.id for officer in view.officers if officer.id != view.officer)
        self._by = view.officer
        self.officers.show_rows(
            [
                Row(
                    officer.id,
                    (
                        officer.title,
                        ", ".join(words.of(role) for role in in_order(officer.roles)),
                        StateItem(
                            Level.ATTEND,
                            words(
                                "supervisor.stands_in",
                                role=words.plain(in_order(officer.delegate_roles)),
                                until=officer.delegate_until,
                            ),
                        )
                        if officer.delegate_until is not None
                        and view.today is not None
                        and officer.delegate_until >= view.today
                        else "–",
                    ),
                )
                for officer in view.officers
            ],
            kept or next(others, None),
        )

    def _journal(self, view: SupervisorView) -> None:
        words, checked = self.words, view.checked
        self.faults.setVisible(checked is not None and not checked.verdict.sound)
        self.exported.setText(
            words("supervisor.journal.exported", path=view.exported) if view.exported else ""
        )
        if checked is None:
            self.verdict.tell(
                Tone.INFO, words("supervisor.journal.unknown"),
                words("supervisor.journal.unknown.remedy"), aloud=False,
            )  # fmt: skip
            self.head.setText("")
            for figure in (self.entries, self.anchored):
                figure.tell("–")
            return
        verdict, at = checked.verdict, words("supervisor.journal.at", time=words.moment(checked.at))
        if verdict.sound:
            self.verdict.tell(
                Tone.SUCCESS,
                words("supervisor.journal.sound", count=words.number(verdict.entries)),
                f"{words('supervisor.journal.sound.remedy')} {at}",
            )
        else:
            self.verdict.tell(
                Tone.ERROR,
                words("supervisor.journal.broken", count=len(verdict.faults)),
                f"{words('supervisor.journal.broken.remedy')} {at}",
            )
        self.entries.tell(words.number(verdict.entries))
        level = Level.ATTEND if verdict.unanchored else Level.GOOD
        since = "until_close" if verdict.anchored else "no_anchor"
        self.anchored.tell(
            words.number(verdict.unanchored), words(f"supervisor.journal.{since}"), level
        )
        self.head.setText(
            words("supervisor.journal.head", seq=verdict.head.seq, head=verdict.head.hash[:32])
        )
        self.faults.show_rows(
            [
                Row(str(at), (f"{fault.epoch}/{fault.seq}", words.of(fault.kind)))
                for at, fault in enumerate(verdict.faults[:200])
            ]
        )
