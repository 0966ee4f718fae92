"""What came of reading a card that somebody brought: faces, witnesses, findings, violations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.card_reading import CardFact, CardFinding, ReadField, Weight
from desktop.services.card_compare import by_books, by_chip, by_seal
from desktop.services.card_reading import FaceOf, ReadCard
from desktop.words import Words
from ui.popup import Popup, by_itself
from ui.problems import problem_text
from ui.screens.walkin_parts import NoteList
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.scan_box import Verdict, VerdictSign
from ui.widgets.state import Level, StateItem

LEVELS = {Weight.GOOD: Level.GOOD, Weight.ATTEND: Level.ATTEND, Weight.BAD: Level.BAD}
_VERDICTS = {
    Weight.GOOD: Verdict.RIGHT,
    Weight.ATTEND: Verdict.ATTEND,
    Weight.BAD: Verdict.WRONG,
}
DAYS = frozenset({ReadField.BIRTH_DATE, ReadField.ISSUED_ON, ReadField.VALID_UNTIL})
_KEYS = {
    "write": (Qt.Key.Key_O, "O"),
    "again": (Qt.Key.Key_B, "B"),
    "camera": (Qt.Key.Key_K, "K"),
    "no_chip": (Qt.Key.Key_N, "N"),
}
"""What may be done from here, by the word under `reading.act` and its key."""


def finding_text(words: Words, finding: CardFinding) -> str:
    """A finding in words: what it is, in which fields, and what to do."""
    facts = dict(finding.facts)
    text = words(f"reading.{finding.code}", **facts)
    if finding.fields:
        text = f"{text.rstrip('.')} ({', '.join(words.of(one) for one in finding.fields)})."
    remedy = words(f"reading.{finding.code}.remedy", **facts)
    return f"{text} {remedy}".strip()


def findings_shown(words: Words, read: ReadCard) -> list[StateItem]:
    """All findings, the heaviest first."""
    order = (Weight.BAD, Weight.ATTEND, Weight.GOOD)
    ordered = read.has(CardFact.REVOKED_BY_ORDER)  # which says it with day and order
    told = [one for one in read.findings if not (ordered and one.code is CardFact.REVOKED)]
    ranked = sorted(told, key=lambda one: order.index(one.weight))
    return [StateItem(LEVELS[one.weight], finding_text(words, one)) for one in ranked]


def _large(text: str) -> str:
    """A caption's first letter; the findings say the same words within a sentence."""
    return text[:1].upper() + text[1:]


class CardReadingDialog(Popup):
    """Shows a card that was read. `acts` are called after it closed; `closed` always is.

    With `alone` nobody stands there with whom the face could be compared. `problem` is what the
    last act from here met.
    """

    def __init__(
        self,
        host: QWidget,
        words: Words,
        read: ReadCard,
        closed: Callable[[], object],
        acts: Mapping[str, Callable[[], object]] | None = None,
        *,
        title: str = "reading.title",
        alone: bool = False,
        problem: Exception | None = None,
    ) -> None:
        super().__init__(host.window(), width=1120)
        look = theme()
        self._acts = dict(acts or {})
        self._chosen = ""
        self.setWindowTitle(words(title))
        heading = words(title) + (f" · {read.serial}" if read.serial else "")
        self.sheet.addWidget(Text(heading, "title", self))
        sign = VerdictSign(self, least=88)
        verdict = "nothing" if read.nothing else "stop" if read.stops else read.worst
        key = f"reading.verdict.{verdict}"
        detail = f"{key}.alone" if alone and f"{key}.alone" in words else f"{key}.detail"
        sign.tell(_VERDICTS[read.worst], words(key), words(detail))
        self.sheet.addWidget(sign)
        if problem is not None:
            told = problem_text(words, problem)
            line = Text(f"{told.text} {told.remedy}".strip(), "warning", self, wrap=True)
            self.sheet.addWidget(line)
        across = QHBoxLayout()
        across.setSpacing(look.px(18))
        nest(across, self._faces(words, read))
        nest(across, self._told(words, read), 1)
        nest(self.sheet, across)
        nest(self.sheet, self._buttons(words))
        self.finished.connect(self._ended)
        self._closed = closed

    # -- parts -----------------------------------------------------------------------------

    def _faces(self, words: Words, read: ReadCard) -> QVBoxLayout:
        look = theme()
        column = QVBoxLayout()
        column.setSpacing(look.px(6))
        heading = words("reading.faces.one" if len(read.faces) == 1 else "reading.faces")
        column.addWidget(Text(heading, "overline", self))
        if not read.faces:
            empty = Text(words("reading.no_faces"), "muted", self, wrap=True)
            empty.setFixedWidth(look.px(150))
            column.addWidget(empty)
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        first = next((f.source for f in read.faces if f.source is not FaceOf.SEAL), None)
        for face in read.faces:
            name = _large(words.of(face.source))
            frame = PhotoFrame(name, self, height=176)
            frame.show_image(face.picture, name)
            if face.source is first:
                said = words("reading.first") if len(read.faces) > 1 else ""
            elif face.score is None:
                said = words("reading.no_score")
            else:
                said = words("reading.score", score=face.score)
            line = Text(_large(said), "small", self)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            one = QVBoxLayout()
            one.addWidget(frame)
            one.addWidget(line)
            one.addStretch(1)
            nest(row, one)
        nest(column, row)
        column.addStretch(1)
        return column

    def _told(self, words: Words, read: ReadCard) -> QVBoxLayout:
        look = theme()
        column = QVBoxLayout()
        column.setSpacing(look.px(8))
        witnesses = self._witnesses(words, read)
        if witnesses is not None:
            nest(column, witnesses)
        column.addWidget(Text(words("reading.found"), "overline", self))
        notes = NoteList(self)
        notes.show_items(findings_shown(words, read))
        column.addWidget(notes)
        order = read.chip.order
        if order is not None and order.violations:
            column.addWidget(Text(words("reading.violations"), "overline", self))
            for one in order.violations[-5:]:
                told = words(
                    "reading.violation", on=one.on, level=one.level, points=one.points,
                    reference=one.reference[:40],
                )  # fmt: skip
                column.addWidget(Text(told, "body", self, wrap=True))
        elif read.chip.carries_none:
            column.addWidget(Text(words("reading.no_orders"), "muted", self, wrap=True))
        column.addStretch(1)
        return column

    def _witnesses(self, words: Words, read: ReadCard) -> QGridLayout | None:
        """What each of the three says, field by field; what differs is red."""
        chip = by_chip(read.chip.said) if read.chip.said is not None else None
        seal = by_seal(read.sealed) if read.sealed is not None else None
        books = by_books(read.books)
        told = [one.values if one is not None else {} for one in (chip, seal, books)]
        if not any(told):
            return None
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(14))
        grid.setVerticalSpacing(theme().px(7))
        for place, name in enumerate(("field", "chip", "seal", "books")):
            grid.addWidget(Text(words(f"reading.column.{name}"), "overline", self), 0, place)
            grid.setColumnStretch(place, 1 if place else 0)
        for row, field in enumerate(ReadField, 1):
            values = [one.get(field, "") for one in told]
            if not any(values):
                continue
            apart = len({value for value in values if value}) > 1
            grid.addWidget(Text(_large(words.of(field)), "muted", self), row, 0)
            for place, value in enumerate(values, 1):
                shown = self._value(words, field, value)
                role = "danger" if apart and value else "body"
                grid.addWidget(Text(shown, role, self, wrap=True, code=True), row, place)
        return grid

    @staticmethod
    def _value(words: Words, field: ReadField, value: str) -> str:
        if field in DAYS and value:
            return words.date(date.fromisoformat(value))
        return value.upper() or "–"

    def _buttons(self, words: Words) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme().px(10))
        for name, (_, shown) in _KEYS.items():
            if name in self._acts:
                kind = "primary" if name == "write" else "plain"
                button = KeyButton(words(f"reading.act.{name}"), shown, kind=kind, parent=self)
                button.clicked.connect(lambda _on=False, n=name: self._choose(n))
                row.addWidget(button)
        row.addStretch(1)
        close = KeyButton(words("reading.act.close"), "Esc", parent=self)
        close.clicked.connect(self.reject)
        row.addWidget(close)
        return row

    # -- keys ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = by_itself(event)
        for name, (key, _) in _KEYS.items():
            if plain and event.key() == key and name in self._acts and not event.isAutoRepeat():
                self._choose(name)
                return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # Enter says nothing here: the officer looks, and closes with Esc
        super().keyPressEvent(event)

    def _choose(self, name: str) -> None:
        self._chosen = name
        self.accept()

    def _ended(self) -> None:
        act = self._acts.get(self._chosen)
        if act is None:
            self._closed()
        else:
            act()
        self.deleteLater()
