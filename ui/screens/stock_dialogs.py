"""What the stock screen asks in a sheet over the work: how many, which office, which letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from desktop.domain.codes import CodeMalformed
from desktop.domain.duties import DutyPairForbidden
from desktop.domain.errors import Problem
from desktop.domain.stock import LoadMiscounted, TooManyAsked
from desktop.services.oversight import DelegateDates, DelegateStands
from desktop.services.stock import OwnOffice
from desktop.words import Words
from ui.popup import AnswerSheet
from ui.problems import problem_text
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import ChoiceField, CodeField, DateField, Form, LineField, NumberField
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

AT_FAULT: Mapping[type[Exception], str] = {
    CodeMalformed: "office",
    DelegateDates: "until",
    DelegateStands: "until",
    DutyPairForbidden: "role",
    LoadMiscounted: "count",
    OwnOffice: "office",
    TooManyAsked: "count",
}
"""The field that a refusal is about, where it names none of what was typed."""


def at_fault(problem: Exception, answers: Mapping[str, str]) -> str:
    """The field whose answer was refused; "" where something else stood in the way."""
    known = AT_FAULT.get(type(problem), "")
    if known in answers:
        return known
    facts = {str(fact).upper() for fact in vars(problem).values() if fact}
    return next((name for name, text in answers.items() if text.upper() in facts), "")


class AskForm(AnswerSheet):
    """A title, a sentence, a few fields; Enter goes to the next and accepts at the last.

    `check` may find a field's answer wrong, with words for it. A number over `at_most` is refused
    with a word. The field itself lets it be typed: one that stops at its limit drops the last
    digit without one, and 40 are sent where 400 was meant.
    """

    def __init__(
        self,
        host: QWidget,
        words: Words,
        message: str,
        fields: Sequence[tuple[str, QWidget]],
        then: Callable[[], object],
        *,
        kind: str = "primary",
        width: int = 480,
        at_most: int | None = None,
        check: Callable[[], tuple[QWidget, str] | None] = lambda: None,
        **facts: object,
    ) -> None:
        super().__init__(host, width=width)
        self._at_most = at_most
        self._check = check
        self._then = then
        self._fields = [field for _, field in fields]
        self._named = {label.rpartition(".")[2]: field for label, field in fields}
        self._words = words
        title = words(message, **facts)
        self.setWindowTitle(title)
        self.sheet.addWidget(Text(title, "title", self))
        self.sheet.addWidget(Text(words(f"{message}.ask"), "muted", self, wrap=True))
        self.form = Form()
        for label, field in fields:
            self.form.add(words(label), field)
            edit = field.lineEdit() if isinstance(field, QSpinBox) else field
            if isinstance(edit, QLineEdit):
                edit.returnPressed.connect(lambda field=field: self._next(field))
                edit.textEdited.connect(lambda _text, field=field: self._typed(field))
            elif isinstance(field, ChoiceField):
                field.installEventFilter(self)
        for field in self._fields:
            if isinstance(field, QSpinBox):
                field.valueChanged.connect(lambda _n, field=field: self._typed(field))
                field.valueChanged.connect(lambda _n: self.changed.emit())
            elif isinstance(field, ChoiceField):
                field.committed.connect(lambda _key, field=field: self._typed(field))
                field.committed.connect(lambda _key: self.changed.emit())
            elif isinstance(field, QLineEdit):
                field.textChanged.connect(lambda _text: self.changed.emit())
        nest(self.sheet, self.form)
        accept = KeyButton(words(f"{message}.accept"), "Enter", kind=kind, parent=self)
        accept.clicked.connect(self._accept)
        self.end_with(words("common.cancel"), accept)
        self.finished.connect(self.deleteLater)
        if self._fields:
            self._fields[0].setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter leaves a choice as it leaves a line."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, ChoiceField)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            if not event.isAutoRepeat():
                self._next(watched)
            return True
        return super().eventFilter(watched, event)

    def answers(self) -> dict[str, str]:
        """What stands in the fields now, by the last part of their labels' message ids."""
        found: dict[str, str] = {}
        for name, field in self._named.items():
            if isinstance(field, (LineField, NumberField, ChoiceField)):
                found[name] = str(field.value())
        return found

    def go_on(self, answers: Mapping[str, str]) -> None:
        """Stand as it was left, to be written on behind what was written last."""
        last: QLineEdit | None = None
        for name, text in answers.items():
            field = self._named.get(name)
            if isinstance(field, NumberField):
                field.setValue(int(text))
            elif isinstance(field, ChoiceField):
                field.set_value(text)
            elif isinstance(field, LineField):
                field.setText(text)
                last = field if text else last
        if last is not None:
            last.setFocus()
            last.end(False)

    def refuse(self, problem: Exception) -> None:
        """The act refused what was given: said at the field it is about."""
        field = self._named.get(at_fault(problem, self.answers()))
        if field is None:
            return
        told = problem_text(self._words, problem)
        self.form.note(field, f"{told.text} {told.remedy}".strip(), fault=True)
        field.setFocus()
        if isinstance(field, (QLineEdit, QSpinBox)):
            field.selectAll()
        self.fit()

    def _next(self, field: QWidget) -> None:
        place = self._fields.index(field)
        if place + 1 < len(self._fields):
            self._fields[place + 1].setFocus()
        else:
            self._accept()

    def _typed(self, field: QWidget) -> None:
        """What was said of the field is answered."""
        if isinstance(field, NumberField) or field.property("fault"):
            self.form.note(field, "")
            self.fit()

    def _accept(self) -> None:
        for field in self._fields:
            wrong = ""
            if isinstance(field, LineField) and not field.value():
                wrong = "stock.ask.empty"
            elif isinstance(field, NumberField) and field.empty:
                field.clear()  # leaving it brought back what was taken out
                wrong = "stock.ask.empty"
            elif isinstance(field, DateField) and field.day() is None:
                wrong = "stock.ask.no_day"
            if wrong:
                self.form.note(field, self._words(wrong), fault=True)
                field.setFocus()
                self.fit()
                return
            if isinstance(field, NumberField):
                field.interpretText()
                if self._at_most is not None and field.value() > self._at_most:
                    told = self._words("stock.ask.at_most", most=self._at_most)
                    self.form.note(field, told, fault=True)
                    field.setFocus()
                    field.selectAll()
                    self.fit()
                    return
        found = self._check()
        if found is not None:
            field, told = found
            self.form.note(field, told, fault=True)
            field.setFocus()
            self.fit()
            return
        self.accept()
        self._then()


MOST = 999_999


def ask_number(
    host: QWidget,
    words: Words,
    message: str,
    then: Callable[[int], object],
    *,
    most: int | None = None,
    value: int = 1,
) -> AskForm:
    """Ask for one number; `most` None where it isn't known yet."""
    field = NumberField(least=1, most=MOST)
    field.setValue(value if most is None else min(value, max(most, 1)))
    field.selectAll()
    form = AskForm(
        host, words, message, [(f"{message}.count", field)], lambda: then(field.value()),
        at_most=most,
    )  # fmt: skip
    form.open()
    return form


def ask_text(host: QWidget, words: Words, message: str, then: Callable[[str], object]) -> AskForm:
    """Ask for one sentence."""
    field = LineField()
    form = AskForm(
        host, words, message, [(f"{message}.text", field)], lambda: then(field.value()), width=560
    )
    form.open()
    return form


def ask_code(host: QWidget, words: Words, then: Callable[[str], object]) -> AskForm:
    """Ask for a card's number that no scanner can read."""
    field = CodeField(longest=20, letters=True)
    m = "stock.type_code"
    form = AskForm(host, words, m, [(f"{m}.serial", field)], lambda: then(field.value()))
    form.open()
    return form


def ask_transfer(
    host: QWidget,
    words: Words,
    most: int | None,
    then: Callable[[int, str, str], object],
    wrong: Callable[[str], Problem | None],
) -> AskForm:
    """Ask how many blanks go to which office, and by which letter; `wrong` judges the office."""
    count = NumberField(least=1, most=MOST)
    office, letter = CodeField(longest=16, letters=True), LineField()
    m = "stock.transfer"

    def check() -> tuple[QWidget, str] | None:
        problem = wrong(office.value())
        if problem is None:
            return None
        told = words.problem(problem)
        return office, f"{told.text} {told.remedy}".strip()

    form = AskForm(
        host, words, m,
        [(f"{m}.count", count), (f"{m}.office", office), (f"{m}.letter", letter)],
        lambda: then(count.value(), office.value(), letter.value()),
        at_most=most, check=check,
    )  # fmt: skip
    form.open()
    return form


def ask_feeder(
    host: QWidget,
    words: Words,
    then: Callable[..., object],
    printers: tuple[tuple[str, str], ...] = (),
) -> AskForm:
    """Ask what was put into the printer; `then` gets count, first and last serial.

    Where there are several printers (key, words), the chosen one's key follows.
    """
    count = NumberField(least=1, most=500)
    first, last = CodeField(longest=20, letters=True), CodeField(longest=20, letters=True)
    machine = ChoiceField()
    machine.set_choices(printers)
    m = "stock.feeder"
    which: list[tuple[str, QWidget]] = []
    if len(printers) > 1:
        machine.setCurrentIndex(0)
        which.append((f"{m}.machine", machine))
    form = AskForm(
        host, words, m,
        [*which, (f"{m}.count", count), (f"{m}.first", first), (f"{m}.last", last)],
        lambda: then(
            count.value(), first.value(), last.value(), *([machine.value()] if which else [])
        ),
    )  # fmt: skip
    form.open()
    return form


def ask_choice(
    host: QWidget,
    words: Words,
    message: str,
    choices: tuple[tuple[str, str], ...],
    then: Callable[[str], object],
) -> AskForm:
    """Ask for one of a few."""
    field = ChoiceField()
    field.set_choices(choices)
    field.setCurrentIndex(0)
    form = AskForm(
        host, words, message, [(f"{message}.choice", field)], lambda: then(field.value())
    )
    form.open()
    return form
