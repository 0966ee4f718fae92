"""What the online and returns screens ask in a sheet: a few lines, a reason, a second officer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.words import Words
from ui.popup import Popup
from ui.screens.walkin_dialogs import held
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import Form, LineField
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

LONG = 32
"""Letters of a line from which on a sheet of the usual width would cut it, as an address."""

Lines = dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be filled in: its key, the message id of its label, what stands in it.

    `digits` is how many digits it has, and nothing else, as a postcode; 0 where anything may stand.
    """

    key: str
    label: str
    value: str = ""
    needed: bool = True
    digits: int = 0


def deed(words: Words, question: str, otherwise: str) -> str:
    """What the button that accepts does: `.accept` of the question, or another message's words."""
    message = f"{question}.accept"
    return words(message if message in words else otherwise)


class LinesDialog(Popup):
    """A few lines; Enter goes to the next and from the last on accepts.

    `changed` tells that a line was typed in: `found()` is what stands there.
    """

    changed = Signal()

    def __init__(
        self,
        host: QWidget,
        words: Words,
        question: str,
        lines: Sequence[Line],
        then: Callable[[Lines], object],
    ) -> None:
        wide = any(len(line.value) > LONG for line in lines)
        super().__init__(host, width=800 if wide else 560)
        self._then = then
        self._words = words
        self._lines = tuple(lines)
        self.setWindowTitle(words(question))
        self.sheet.addWidget(Text(words(question), "title", self))
        self.sheet.addWidget(Text(words(f"{question}.ask"), "muted", self, wrap=True))
        self.form = Form()
        self.fields: dict[str, LineField] = {}
        for line in self._lines:
            label = words(line.label)
            field = LineField(label.replace("&", ""), self)
            field.setText(line.value)
            field.textEdited.connect(lambda _text: self.changed.emit())
            field.installEventFilter(self)
            self.form.add(label, field)
            self.fields[line.key] = field
        nest(self.sheet, self.form)
        told = deed(words, question, "common.record")
        accept = KeyButton(told, "Enter", kind="primary", parent=self)
        accept.clicked.connect(self._accept)
        self.end_with(words("common.cancel"), accept)
        self.finished.connect(self.deleteLater)
        first = next((f for f in self.fields.values() if not f.text()), None)
        (first or next(iter(self.fields.values()))).setFocus()

    def _accept(self) -> None:
        for line in self._lines:
            field = self.fields[line.key]
            fault = self._fault(line, field.value())
            if fault:
                self.form.note(field, fault, fault=True)
                self.fit()
                field.setFocus()
                return
        found = self.found()
        self.accept()
        self._then(found)

    def _fault(self, line: Line, value: str) -> str:
        """What is wrong with a line, in words."""
        if line.needed and not value:
            return self._words("online_screen.fill_in")
        right = len(value) == line.digits and value.isascii() and value.isdecimal()
        if value and line.digits and not right:
            return self._words("online_screen.digits", count=line.digits)
        return ""

    def go_on(self) -> None:
        """Write on behind what was written last; a chosen text would go at the next key."""
        begun = [field for field in self.fields.values() if field.text()]
        if begun:
            begun[-1].setFocus()
            begun[-1].end(False)

    def found(self) -> Lines:
        """What stands in the lines now."""
        return {key: field.value() for key, field in self.fields.items()}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        fields = list(self.fields.values())
        place = next((i for i, f in enumerate(fields) if f is watched), len(fields) - 1)
        if event.isAutoRepeat():
            return True
        if place + 1 < len(fields):
            fields[place + 1].setFocus()
        else:
            self._accept()
        return True


def ask_lines(
    host: QWidget,
    words: Words,
    question: str,
    lines: Sequence[Line],
    then: Callable[[Lines], object],
) -> LinesDialog:
    """Ask for a few lines; `question` is the message id of the title, `.ask` of the question."""
    dialog = LinesDialog(host, words, question, lines, held(host, then))
    dialog.open()
    return dialog


class YesDialog(Popup):
    """One sentence to agree to: Enter does it, Esc leaves everything as it is."""

    def __init__(
        self,
        host: QWidget,
        words: Words,
        question: str,
        then: Callable[[], object],
        **facts: object,
    ) -> None:
        super().__init__(host, width=520)
        self._then = then
        self.setWindowTitle(words(question))
        self.sheet.addWidget(Text(words(question), "title", self))
        self.sheet.addWidget(Text(words(f"{question}.ask", **facts), "body", self, wrap=True))
        told = deed(words, question, question)
        accept = KeyButton(told, "Enter", kind="primary", parent=self)
        accept.clicked.connect(self._accept)
        self.end_with(words("common.cancel"), accept)
        self.finished.connect(self.deleteLater)
        accept.setFocus()

    def _accept(self) -> None:
        self.accept()
        self._then()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._accept()
            return
        super().keyPressEvent(event)


def ask_yes(
    host: QWidget, words: Words, question: str, then: Callable[[], object], **facts: object
) -> YesDialog:
    """Ask whether to go on; `question` is the title's message id, `.ask` that of the sentence."""
    dialog = YesDialog(host, words, question, held(host, then), **facts)
    dialog.open()
    return dialog


def usual_folder() -> Path:
    """Where files from elsewhere land, not where the program lies."""
    where = QStandardPaths.StandardLocation.DownloadLocation
    downloads = Path(QStandardPaths.writableLocation(where))
    return downloads if downloads.is_dir() else Path.home()


def ask_file_to_open(
    host: QWidget, title: str, kinds: str, first: Path | None = None
) -> Path | None:
    """A file of the officer's choice; `first` is the one that lies on top."""
    name, _kind = QFileDialog.getOpenFileName(host, title, str(first or usual_folder()), kinds)
    return Path(name) if name else None


def ask_file_to_write(host: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Where to write a file."""
    chosen, _kind = QFileDialog.getSaveFileName(host, title, str(usual_folder() / name), kinds)
    return Path(chosen) if chosen else None
