"""The first page of a PC that is no counter yet: begin training, or join a centre.

It stands alone, before there is a desk, and again while the first load runs. `FirstWindow.wait`
gives back how it ended, or None where the window was closed.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop.presenters.first_run import (
    FieldMissing,
    FirstDone,
    FirstRun,
    FirstStep,
    FirstView,
    JoinForm,
    RootMissing,
)
from desktop.words import Words
from ui.icons import icon
from ui.problems import problem_text
from ui.screens.sync_words import progress_words
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import Form, LineField
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.sign_in import Brand

AWAKE_MS = 250
LOW = 640
"""Height, at usual text, under which a refusal takes the room of what the page says of itself."""
FIELDS = ("counter", "host", "port", "database", "root", "trust", "code")
FILES = ("root", "trust")
ACCEPTS = {
    FirstStep.CHOOSE: "choose", FirstStep.JOIN: "join", FirstStep.WAIT: "join",
    FirstStep.LOAD: "go_on",
}  # fmt: skip
"""What the Enter key says at each step."""


class FirstWindow(QWidget):
    """Draws FirstView."""

    def __init__(self, words: Words, presenter: FirstRun) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(words("ui.brand"))
        self.words = words
        self.presenter = presenter
        self._view = presenter.view
        self._loop: QEventLoop | None = None
        self._file = "root"
        look = theme()
        self.brand = Brand(words, self)
        self.brand.tell("", words("first.brand"), locked=False)
        self.title = Text("", "display", self)
        self.lead = Text("", "muted", self, wrap=True)
        self.banner = Banner(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(words("sync.progress"))
        self.how_far = Text("", "muted", self)
        self._make_form()
        self._make_keys()
        column = QWidget(self)
        column.setMaximumWidth(look.px(860))
        side = QVBoxLayout(column)
        side.setContentsMargins(look.px(48), look.px(24), look.px(48), look.px(20))
        side.setSpacing(look.px(12))
        side.addStretch(1)
        for widget in (self.title, self.lead, self.banner, self.panel, self.bar, self.how_far):
            side.addWidget(widget)
        line = QHBoxLayout()
        line.setSpacing(look.px(10))
        line.addStretch(1)
        for key in (self.leave, self.browse, self.other, self.accept):
            line.addWidget(key)
        nest(side, line)
        side.addStretch(2)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.brand)
        whole.addStretch(1)
        whole.addWidget(column, 100)
        whole.addStretch(1)
        presenter.attach(self.show_view)

    def _make_form(self) -> None:
        words, form = self.words, self.presenter.view.form
        self.panel = Panel(parent=self, padding=14)
        self.form = Form()
        self.fields: dict[str, LineField] = {}
        for name in FIELDS:
            label = words(f"first.field.{name}")
            field = LineField(label.replace("&", ""), self)
            field.setText(getattr(form, name, ""))
            field.setPlaceholderText(words(f"first.hint.{name}"))
            self.form.add(label, field)
            self.fields[name] = field
            field.installEventFilter(self)
        for name in FILES:
            picture = icon("file-text", "muted", 18)
            choose = self.fields[name].addAction(picture, QLineEdit.ActionPosition.TrailingPosition)
            choose.setToolTip(words(f"first.do.browse.{name}"))
            choose.triggered.connect(lambda _on=False, name=name: self._browse(name))
        self.fields["code"].setEchoMode(QLineEdit.EchoMode.Normal)
        nest(self.panel.body, self.form)

    def _make_keys(self) -> None:
        words = self.words
        self.accept = KeyButton("", "Enter", kind="primary", parent=self)
        self.accept.clicked.connect(self._accept)
        self.other = KeyButton(words("first.do.join"), "F2", parent=self)
        self.other.clicked.connect(self.presenter.turn_to_join)
        self.browse = KeyButton(words(f"first.do.browse.{self._file}"), "Ctrl+O", parent=self)
        self.browse.clicked.connect(lambda: self._browse(self._file))
        self.leave = KeyButton("", "Esc", parent=self)
        self.leave.clicked.connect(self._leave)

    # -- waiting ---------------------------------------------------------------------------

    def wait(self) -> FirstDone | None:
        """Stay until the page is done; None where its window was closed."""
        if self._view.done is None:
            self._loop = QEventLoop(self)
            awake = QTimer(self)  # Python hears Ctrl+C only between two events
            awake.timeout.connect(lambda: None)
            awake.start(AWAKE_MS)
            self._loop.exec()
            awake.stop()
            self._loop = None
        return self._view.done

    def closeEvent(self, event: QCloseEvent) -> None:
        self.presenter.back()
        if self._loop is not None:
            self._loop.quit()
        super().closeEvent(event)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: FirstView) -> None:
        """Draw the whole view."""
        turned = view.step is not self._view.step or not self.title.text()
        self._view = view
        words, step = self.words, view.step
        self.title.setText(words(f"first.{step}"))
        self.lead.setText(words(f"first.{step}.lead"))
        joining = step is FirstStep.JOIN
        self.panel.setVisible(joining)
        self.fields["counter"].setReadOnly(view.fixed)
        self.bar.setVisible(step in (FirstStep.WAIT, FirstStep.LOAD) and not view.stopped)
        facts = view.facts
        self.bar.setRange(0, facts.whole if step is FirstStep.LOAD else 0)
        if step is FirstStep.LOAD and facts.whole:
            self.bar.setValue(facts.done)
        loading = step is FirstStep.LOAD and facts.whole > 0 and not view.stopped
        self.how_far.setVisible(loading)
        self.how_far.setText(progress_words(words, facts) if loading else "")
        self.other.setVisible(step is FirstStep.CHOOSE)
        self.browse.setVisible(joining)
        going = step is FirstStep.WAIT or (step is FirstStep.LOAD and not view.stopped)
        self.accept.setVisible(not going)
        self.accept.setText(words(f"first.do.{ACCEPTS[step]}"))
        self.leave.setText(
            words("first.do.stop" if going else "first.do.back" if self._back() else "common.close")
        )
        if turned:
            self._focus()
        self._tell(view)  # a field that was refused takes the focus
        if view.done is not None and self._loop is not None:
            self._loop.quit()

    def _tell(self, view: FirstView) -> None:
        words = self.words
        if self._cramped():  # before the banner comes, which would push the window's edge down
            self.lead.hide()
        for field in self.fields.values():
            field.set_fault("")
        if isinstance(view.problem, (FieldMissing, RootMissing)):
            told = words.problem(view.problem)
            field = self.fields[view.problem.field]
            field.set_fault(told.text)
            self.banner.tell(Tone.ERROR, told.text, told.remedy)
            field.setFocus()
        elif view.problem is not None:
            told = problem_text(words, view.problem)
            self.banner.tell(Tone.ERROR, told.text, told.remedy)
        elif view.step is FirstStep.LOAD and view.stopped:
            word = view.facts.word
            text = words("first.load.broken", word=word) if word else words("first.load.stopped")
            self.banner.tell(Tone.WARNING, text, words("first.load.goes_on"))
        else:
            self.banner.clear()
        self.lead.setVisible(not self._cramped())

    def _cramped(self) -> bool:
        """Whether what was refused needs the room of the page's own words."""
        refused = self._view.step is FirstStep.JOIN and self._view.problem is not None
        return refused and self.height() < theme().px(LOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lead.setVisible(not self._cramped())

    def _back(self) -> bool:
        return self._view.step is FirstStep.JOIN and not self._view.fixed

    def _focus(self) -> None:
        if self._view.step is FirstStep.JOIN:
            empty = (n for n in FIELDS if n != "trust" and not self.fields[n].text())
            self.fields[next(empty, "code")].setFocus()
        else:
            self.setFocus()

    # -- acts ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.isAutoRepeat():
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key == Qt.Key.Key_F2:
            self.presenter.turn_to_join()
        elif key == Qt.Key.Key_O and control:
            self._browse(self._file)
        else:
            super().keyPressEvent(event)

    def _accept(self) -> None:
        step = self._view.step
        if step is FirstStep.CHOOSE:
            self.presenter.train()
        elif step is FirstStep.JOIN:
            typed = {name: self.fields[name].text().strip() for name in FIELDS if name != "code"}
            self.presenter.join(JoinForm(**typed), self.fields["code"].text())
        elif step is FirstStep.LOAD:
            self.presenter.go_on()

    def _leave(self) -> None:
        step = self._view.step
        going = step is FirstStep.WAIT or (step is FirstStep.LOAD and not self._view.stopped)
        if going or self._back():
            self.presenter.back()
        else:
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The key chooses the file of the field that one is in, else the one that is needed."""
        if event.type() == QEvent.Type.FocusIn:
            self._file = "trust" if watched is self.fields["trust"] else "root"
            self.browse.setText(self.words(f"first.do.browse.{self._file}"))
        return super().eventFilter(watched, event)

    def _browse(self, name: str) -> None:
        if self._view.step is not FirstStep.JOIN:
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.words(f"first.field.{name}").replace("&", ""), str(Path.home())
        )
        if chosen:
            self.fields[name].setText(chosen)
