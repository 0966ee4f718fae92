"""The training stage (Ctrl+T): who comes to the counter, without any hardware."""

from __future__ import annotations

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.presenters.walkin_stage import StageView, TrainingStage
from desktop.words import Words
from ui.popup import Popup
from ui.theme import theme
from ui.widgets.buttons import KeyButton, portable
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

YEAR = 365
"""Days from which on a date tells more than their number."""


class StageSheet(Popup):
    """The sample people; Enter brings one to the counter."""

    def __init__(self, host: QWidget, words: Words, presenter: TrainingStage) -> None:
        super().__init__(host, width=880, height=540)
        self._words = words
        self._presenter = presenter
        self.setWindowTitle(words("stage.title"))
        self.sheet.addWidget(Text(words("stage.title"), "title", self))
        self.sheet.addWidget(Text(words("stage.lead"), "muted", self, wrap=True))
        self.table = DataTable(
            [
                Column(words("walkin.field.name"), strong=True, stretch=True),
                Column(words("walkin.field.nik"), code=True),
                Column(words("stage.holds")),
                Column(words("stage.state")),
            ],
            words("stage.title"),
            self,
        )
        self.table.opened.connect(self._come)
        panel = Panel(parent=self, padding=4)
        panel.add(self.table, 1)
        self.sheet.addWidget(panel, 1)
        go = KeyButton(words("stage.go"), "P", icon="log-out", parent=self)
        go.clicked.connect(self._go)
        sign = KeyButton(words("stage.sign"), "G", icon="signature", parent=self)
        sign.clicked.connect(self._sign)
        other = KeyButton(words("stage.impostor"), "L", icon="users", parent=self)
        other.clicked.connect(lambda: self._come(self.table.current_key(), impostor=True))
        for button in (go, sign, other):
            key = QShortcut(portable(button.key), self)
            key.setAutoRepeat(False)
            key.activated.connect(button.click)
        close = KeyButton(words("common.close"), "Esc", parent=self)
        close.clicked.connect(self.reject)
        come = KeyButton(words("stage.come"), "Enter", kind="primary", parent=self)
        come.clicked.connect(lambda: self._come(self.table.current_key()))
        foot = QHBoxLayout()
        foot.setSpacing(theme().px(8))
        foot.addWidget(go)
        foot.addWidget(sign)
        foot.addWidget(other)
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(come)
        nest(self.sheet, foot)
        self.table.setFocus()
        presenter.attach(self.show_view)

    def show_again(self) -> None:
        """Open with the people as they stand now."""
        self._presenter.enter()
        tall = self._host.window().height() > theme().px(900)
        self.set_height(760 if tall else 540)
        self.open()
        self.fit()
        self.table.setFocus()

    def fit(self) -> None:
        """As high as whole rows need: the last one isn't cut."""
        super().fit()
        if not self.isVisible():  # nothing is laid out yet
            return
        over = self.table.viewport().height() % self.table.verticalHeader().defaultSectionSize()
        self.setGeometry(self.geometry().adjusted(0, over // 2, 0, over // 2 - over))

    def show_view(self, view: object) -> None:
        """Draw the stage."""
        if not isinstance(view, StageView):
            return
        words = self._words
        rows: list[Row] = []
        for seat in view.seats:
            held = seat.extra.licences
            state = StateItem(Level.OFF, words("stage.free"))
            if seat.nik == view.here:
                state = StateItem(Level.BUSY, words("stage.here"))
            elif seat.busy:
                state = StateItem(Level.GOOD, words("stage.served"))
            message = "stage.ends.first" if len(held) > 1 else "stage.ends"
            ends = "" if seat.ends_in is None else words(message, days=seat.ends_in)
            if seat.until is not None and (seat.ends_in or 0) > YEAR:
                ends = words("stage.until", day=seat.until)
            gone = [f"{words.of(one)} {words('stage.revoked')}" for one in seat.extra.gone]
            shown = ", ".join(str(words.of(cls)) for cls in held)
            shown = ", ".join([f"{shown} {ends}".strip(), *gone] if held else gone)
            rows.append(
                Row(
                    seat.nik,
                    (seat.extra.person.name, seat.nik, shown or words("stage.none"), state),
                )
            )
        self.table.show_rows(rows)

    def _come(self, key: str, *, impostor: bool = False) -> None:
        self._presenter.come(key, impostor=impostor)
        self.accept()

    def _go(self) -> None:
        self._presenter.go()
        self.accept()

    def _sign(self) -> None:
        self._presenter.sign_again()
        self.accept()
