"""Pages of the supervisor's screen that only look: exceptions and the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.presenters.supervisor import MOST_LINES, Supervisor
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.exceptions import Exceptional
from desktop.services.trail import TrailLine
from desktop.words import Words
from ui.screens.stock_pages import short_case
from ui.screens.supervisor_words import fact_word, fault_named, value_word
from ui.theme import theme
from ui.widgets.empty import EmptyState
from ui.widgets.fields import ChoiceField, DateField, LineField
from ui.widgets.labels import Text
from ui.widgets.listing import Listing
from ui.widgets.nesting import nest
from ui.widgets.table import Column, Row

GROUPS = (
    "application", "capture", "evidence", "ticket", "job", "blank", "stock", "shift", "parcel",
    "return", "manifest", "licence", "card", "paper", "record", "search", "duty", "officer",
    "incident", "device", "clock", "journal",
)  # fmt: skip
"""Kinds of acts by which the trail is narrowed."""
CAUSE = 3
"""The exceptions' column that says why."""


class ExceptionsPage(QWidget):
    """Acts out of the ordinary, newest first, and how many records each officer opened."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self._names: Mapping[str, str] = {}
        look = theme()
        rankless = self._rankless if look.folded else None
        c = "supervisor.column"
        self.list = Listing(
            words("supervisor.exceptions"),
            [
                Column(words(f"{c}.at"), code=True, muted=True),
                Column(words(f"{c}.kind"), strong=True),
                Column(words(f"{c}.subject"), code=True, brief=short_case),
                Column(words(f"{c}.cause"), stretch=True),
                Column(words(f"{c}.officer"), muted=True, brief=rankless),
            ],
            EmptyState(
                "circle-check",
                words("supervisor.exceptions.empty"),
                words("supervisor.exceptions.hint"),
            ),
            self,
        )
        self.whole = Text("", "muted", self, wrap=True)
        table = self.list.table
        table.moved.connect(self._spell_out)
        table.fitted.connect(lambda: self._spell_out(table.current_key()))
        self.list.add(self.whole)
        self.openings = Listing(
            words("supervisor.openings"),
            [
                Column(words(f"{c}.officer"), strong=True, stretch=True, brief=rankless),
                Column(words(f"{c}.records"), right=True),
            ],
            Text(words("supervisor.openings.empty"), "muted", wrap=True),
            self,
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.list, 24 if look.folded else 20)
        whole.addWidget(self.openings, 7)

    def home(self) -> QWidget:
        return self.list.table

    def _rankless(self, title: str) -> str:
        """An officer's name alone, where rank and name have no room."""
        return self._names.get(title, title)

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        self._names = {officer.title: officer.name for officer in view.officers}
        rows = [
            Row(
                str(one.seq),
                (
                    words.time(one.at),
                    words.of(one.kind),
                    view.names.get(one.subject, one.subject) or "–",
                    self._cause(view, one),
                    view.names.get(one.officer, one.officer or words("supervisor.program")),
                ),
            )
            for one in view.exceptions
        ]
        known = Watch.EXCEPTIONS in view.read
        self.list.show_rows(rows, known=known)
        self._spell_out(self.list.table.current_key())
        opened = [
            Row(officer, (view.names.get(officer, officer), words.number(number)))
            for officer, number in sorted(view.openings.items(), key=lambda item: -item[1])
        ]
        self.openings.show_rows(opened, known=known)

    def _spell_out(self, key: str) -> None:
        """The chosen act's cause, whole, where the column is too short for it."""
        told = self.list.table.cut_text(key, CAUSE)
        self.whole.setText(told)
        self.whole.setVisible(bool(told))

    def _cause(self, view: SupervisorView, one: Exceptional) -> str:
        """Why, and who signed beside the officer."""
        why = reason_word(self.words, one.reason)
        if not one.second or one.second == one.officer:
            return why
        name = self._rankless(view.names.get(one.second, one.second))
        beside = self.words("supervisor.beside", name=name)
        return f"{why} · {beside}" if one.reason else beside


def reason_word(words: Words, reason: Enum | str) -> str:
    """A coded reason in words, an officer's own as they stand."""
    if isinstance(reason, Enum):
        return words.of(reason)
    if f"incident.{reason}" in words:
        return words(f"incident.{reason}")
    told = fault_named(words, reason) if reason else "–"
    return told[:1].upper() + told[1:]  # within a sentence elsewhere: small there, large here


def act_word(words: Words, act: str) -> str:
    """An act of the journal in words; one without words is shown as it stands."""
    message = f"act.{act}"
    return words(message) if message in words else act


def told_facts(words: Words, line: TrailLine, names: Mapping[str, str]) -> list[str]:
    """A line's facts in words: from what to what as one, officers by name."""
    said = {
        name: names.get(value) or value_word(words, name, value, line.act)
        for name, value in line.facts
        if name != "digest"  # nobody can read anything from it; the export has it
    }
    told: list[str] = []
    if "from" in said and "to" in said:
        told = [f"{said.pop('from')} → {said.pop('to')}"]
    told = about(words, line, names, said.values()) + told
    return told + [f"{fact_word(words, name)}: {value}" for name, value in said.items()]


def about(
    words: Words, line: TrailLine, names: Mapping[str, str], said: Iterable[str]
) -> list[str]:
    """Whom or what an act is about where no fact says so: another officer, a device."""
    named = names.get(line.subject, "")
    if named and line.subject != line.officer and named not in said:
        return [named]
    device = f"device_name.{line.subject}"
    return [words(device)] if device in words else []


class TrailPage(QWidget):
    """The audit trail: who did what, by officer, kind, day and number. Persons are masked."""

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
        self.day.committed.connect(lambda _text: self._narrow_to_day(presenter))
        self.no_day = Text(words("stock.ask.no_day"), "danger", self, wrap=True)
        self.no_day.hide()
        self.subject = LineField(
            words("supervisor.column.subject"), self, hint=words("supervisor.filter.whole")
        )
        self.subject.committed.connect(lambda text: presenter.search(subject=text.strip()))
        bar = QHBoxLayout()
        bar.setSpacing(look.px(10))
        for label, field, width in (
            ("officer", self.officer, 206), ("kind", self.kind, 150), ("day", self.day, 112),
            ("subject", self.subject, 190),
        ):  # fmt: skip
            word = Text(words(f"supervisor.filter.{label}"), "label", self)
            word.setBuddy(field)
            field.setFixedWidth(look.px(width))
            bar.addWidget(word)
            bar.addWidget(field)
        bar.addStretch(1)
        self.found = Text("", "muted", self)
        self.found.setAlignment(Qt.AlignmentFlag.AlignRight)
        c = "supervisor.column"
        self.list = Listing(
            "",
            [
                Column(words(f"{c}.seq"), right=True, muted=True),
                Column(words(f"{c}.at"), code=True),
                Column(words(f"{c}.officer")),
                Column(words(f"{c}.act"), strong=True),
                Column(words(f"{c}.facts"), stretch=True, muted=True),
            ],
            EmptyState(
                "search", words("supervisor.trail.empty"), words("supervisor.trail.empty.hint")
            ),
            self,
            name=words("supervisor.trail"),
        )
        self.table = self.list.table
        self.whole = Text("", "muted", self, wrap=True)
        self.table.moved.connect(self._spell_out)
        self.table.fitted.connect(lambda: self._spell_out(self.table.current_key()))
        self.list.add(self.whole)
        self.list.add(self.found)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(10))
        nest(whole, bar)
        whole.addWidget(self.no_day)
        whole.addWidget(self.list, 1)

    def _narrow_to_day(self, presenter: Supervisor) -> None:
        """What is no day narrows nothing, and is said to be none."""
        day = self.day.day()
        wrong = bool(self.day.value()) and day is None
        self.day.set_fault(self.words("stock.ask.no_day") if wrong else "")
        self.no_day.setVisible(wrong)
        presenter.search(day=day)

    def home(self) -> QWidget:
        return self.table if self.table.isVisibleTo(self) else self.officer

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
        rows = [self._row(view, line) for line in view.lines]
        known = Watch.TRAIL in view.read
        self.list.show_rows(rows, known=known)
        self.found.setVisible(known)
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
