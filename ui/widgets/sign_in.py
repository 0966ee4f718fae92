"""Sign-in and lock: who is at this counter, and the password that proves it.

In training the passwords stand beside the names. Arrow keys move through the officers while the
password field keeps the focus, so that nobody needs Tab here.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import pi, sin

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.presenters.sign_in_view import SignInMode, SignInView
from desktop.words import Words
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import LineField
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.table import Column, DataTable, Row

LEAST_ROWS = 4
"""Officers seen at least; where large text leaves room for no more, the list scrolls."""


class Brand(QWidget):
    """The dark side: the program's name, the office, the counter."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._office = self._counter = ""
        self._locked = False
        self.setFixedWidth(310 if theme().folded else 400)  # the officers' duties need the room

    def tell(self, office: str, counter: str, *, locked: bool) -> None:
        self._office, self._counter, self._locked = office, counter, locked
        self.setAccessibleName(f"{office} {counter}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QLinearGradient(0, 0, self.width(), self.height())
        ground.setColorAt(0, look.colour("nav"))
        ground.setColorAt(1, look.colour("nav_active"))
        painter.fillRect(self.rect(), ground)
        guilloche(painter, QRectF(self.rect()), look.colour("nav_text"))
        left = look.px(24 if look.folded else 40)
        side = look.px(44)
        top = look.px(40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        painter.drawRoundedRect(QRectF(left, top, side, side), 11, 11)
        name = "lock" if self._locked else "id-card"
        inner = look.px(26)
        mark = pixmap(name, inner, "on_accent", self.devicePixelRatioF())
        painter.drawPixmap(left + (side - inner) // 2, top + (side - inner) // 2, mark)
        painter.setPen(look.colour("nav_text"))
        painter.setFont(look.font(24, QFont.Weight.DemiBold))
        box = QRectF(left + side + look.px(14), top, self.width(), side)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._words("ui.brand"))
        box = QRectF(left, self.height() - look.px(170), self.width() - 2 * left, look.px(60))
        painter.setFont(look.font(26, QFont.Weight.DemiBold))
        flags = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(box, int(flags), self._office)
        box.translate(0, look.px(66))
        painter.setFont(look.font(16, QFont.Weight.Medium))
        painter.setPen(look.colour("nav_muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, self._counter)
        box.translate(0, look.px(26))
        painter.setFont(look.font(13))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(box, int(flags), self._words("ui.brand.claim"))


def guilloche(painter: QPainter, box: QRectF, ink: QColor) -> None:
    """The fine interlaced lines of a security print, barely visible."""
    colour = QColor(ink)
    colour.setAlphaF(0.055)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = box.top() + box.height() * 0.48
    for strand in range(26):
        phase = strand / 26 * 2 * pi
        path = QPainterPath()
        for step in range(61):
            x = box.left() + box.width() * step / 60
            turn = step / 60 * 3.2 * pi
            y = middle + box.height() * 0.2 * sin(turn + phase) * sin(turn / 3.2 + phase / 2)
            point = QPointF(x, y)
            if step:
                path.lineTo(point)
            else:
                path.moveTo(point)
        painter.drawPath(path)


class SignInPage(QWidget):
    """Shows a SignInView; tells who wants in.

    `submitted(number, password)` also unlocks; `take_over(number, password)` comes when the window
    is locked and another officer signs in; `by_card(number, pin)` in both cases.
    """

    submitted = Signal(str, str)
    take_over = Signal(str, str)
    by_card = Signal(str, str)
    chosen = Signal(str, str)  # a new password, twice
    chosen_later = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        look = theme()
        self._words = words
        self._view = SignInView(())
        self._tried = ""  # whose try failed, as far as a problem is told
        self._told_past: Exception | None = None
        self._brand = Brand(words, self)
        self.title = Text("", "display", self)
        self.lead = Text("", "muted", self, wrap=True)
        self.banner = Banner(parent=self)
        self.clock = Banner(parent=self)
        columns = [
            Column(words("ui.sign_in.name"), strong=True),
            Column(words("ui.sign_in.number"), code=True),
            Column(words("ui.sign_in.roles"), muted=True, stretch=True),
            Column(words("ui.sign_in.training_password"), code=True),
        ]
        self.table = DataTable(columns, words("ui.sign_in.officers"), self, opens=False)
        self.table.moved.connect(self._other_chosen)
        self.table.pressed.connect(lambda _at: self.password.setFocus())
        self.password = LineField(words("ui.sign_in.password").replace("&", ""), self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(128)
        self.password.installEventFilter(self)
        self.password.returnPressed.connect(self._submit)
        label = Text(words("ui.sign_in.password"), "label", self)
        label.setBuddy(self.password)
        self.button = KeyButton(words("ui.sign_in.enter"), "Enter", kind="primary", parent=self)
        self.button.clicked.connect(self._submit)
        self.card = KeyButton(words("ui.sign_in.by_card"), "Ctrl+Enter", parent=self)
        self.card.clicked.connect(self._submit_card)
        self.card.hide()
        self.later = KeyButton(words("common.back"), "Esc", parent=self)
        self.later.clicked.connect(self._leave_choosing)
        self.later.hide()
        self.again = LineField(words("ui.sign_in.again").replace("&", ""), self)
        self.again.setEchoMode(QLineEdit.EchoMode.Password)
        self.again.setMaxLength(128)
        self.again.installEventFilter(self)
        self.again.returnPressed.connect(self._submit)
        self.again_label = Text(words("ui.sign_in.again"), "label", self)
        self.again_label.setBuddy(self.again)
        self.caps = Text(words("ui.sign_in.caps"), "warning", self)
        self.caps.hide()
        panel = Panel(parent=self, padding=6)
        panel.body.addWidget(self.table)
        self.panel, self.label = panel, label
        line, keys = QHBoxLayout(), QHBoxLayout()
        for one in (line, keys):
            one.setSpacing(look.px(12))
        line.addWidget(label)
        line.addWidget(self.password, 1)
        line.addWidget(self.again_label)
        line.addWidget(self.again, 1)
        line.addWidget(self.button)
        line.addWidget(self.card)
        walk = (self.table, self.password, self.again, self.later, self.button, self.card)
        for one, after in pairwise(walk):  # Tab goes as the eye does
            QWidget.setTabOrder(one, after)
        keys.addStretch(1)
        keys.addWidget(self.later)
        self._line, self._keys, self._apart = line, keys, False
        column = QWidget(self)
        column.setMaximumWidth(look.px(1040))
        side = QVBoxLayout(column)
        side.setContentsMargins(48, look.px(36), 48, look.px(32))
        side.setSpacing(look.px(12))
        side.addStretch(1)
        side.addWidget(self.title)
        side.addWidget(self.lead)
        side.addWidget(self.clock)
        side.addWidget(self.banner)
        side.addWidget(panel, 100)
        nest(side, line)
        nest(side, keys)
        side.addWidget(self.caps)
        side.addStretch(2)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._brand)
        whole.addStretch(1)
        whole.addWidget(column, 100)
        whole.addStretch(1)

    def show_view(self, view: SignInView) -> None:
        """Draw the whole view; the password is wiped after a failed try."""
        tried = self._view.busy and not view.busy
        if view.problem is not None and view.problem is self._told_past:
            view = replace(view, problem=None)
        self._view = view
        words = self._words
        locked = view.mode is SignInMode.LOCKED
        self._brand.tell(view.office, words.counter_name(view.counter), locked=locked)
        choosing = bool(view.choosing)
        self.panel.setVisible(not choosing)
        for widget in (self.again, self.again_label, self.later):
            widget.setVisible(choosing)
        if choosing is not self._apart:  # two fields need the line for themselves
            self._apart = choosing
            (self._keys if choosing else self._line).insertWidget(2, self.button)
        self.label.setText(words("ui.sign_in.new" if choosing else "ui.sign_in.password"))
        owner = next((o.name for o in view.officers if o.number == view.chosen), "")
        self.title.setText(words("ui.lock.title" if locked else "ui.sign_in.title"))
        lead = words("ui.lock.lead", name=owner) if locked else words("ui.sign_in.lead")
        if view.training and not locked:
            lead = words("ui.sign_in.lead_training")
        if choosing:
            name = next((o.name for o in view.officers if o.number == view.choosing), "")
            self.title.setText(words("ui.sign_in.choose"))
            self.caps.hide()
            lead = words("ui.sign_in.choose.lead", name=name)
        self.lead.setText(lead)
        self.table.setColumnHidden(3, not view.training)
        shown = min(max(len(view.officers), 3), 10)
        row_height = self.table.row_height
        least = min(shown, LEAST_ROWS) * row_height + theme().px(36)
        most = shown * row_height + theme().px(38)
        self.table.setMinimumHeight(least)
        self.table.setMaximumHeight(most)
        self.panel.body.invalidate()  # what it asks for is counted with the new least height
        around = self.panel.sizeHint().height() - max(self.table.sizeHint().height(), least)
        self.panel.setMaximumHeight(most + max(around, 0))
        self.table.show_rows(
            [
                Row(
                    officer.number,
                    (
                        officer.name,
                        officer.number,
                        ", ".join(words.of(role) for role in officer.roles),
                        officer.password if view.training else "",
                    ),
                )
                for officer in view.officers
            ],
            current=self.table.current_key() or view.chosen,
        )
        if view.problem is not None:
            self.banner.tell_problem(words.problem(view.problem))
            self.password.clear()
            self.again.clear()
        else:
            self.banner.clear()
        if (warned := view.clock or view.place) is not None:
            said = words.problem(warned)
            if view.clock is not None:  # its key is dead until somebody is in
                said = replace(said, remedy=words("ui.sign_in.clock"))
            self.clock.tell_problem(said, Tone.WARNING)
        else:
            self.clock.clear()
        self.password.setEnabled(not view.busy)
        self.button.setEnabled(not view.busy)
        self.again.setEnabled(not view.busy)
        self.card.setVisible(view.by_card and not choosing)
        self.card.setEnabled(not view.busy)
        if tried:  # the field was dead meanwhile and lost the cursor
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self._moved(self.table.current_key())

    def ready(self) -> None:
        """Shown anew: an empty password field with the focus, the remembered officer chosen."""
        self.password.clear()
        self.again.clear()
        if self._view.chosen:
            wanted = self._view.suggested or self._view.chosen
            self.table.show_rows(self.table.rows_model.rows, current=wanted)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_chosen(self, number: str) -> None:
        """What was wrong with one officer's password says nothing of the next one's."""
        if self._tried and number != self._tried:
            self.password.set_fault("")
            if self._view.problem is not None:
                self._told_past = self._view.problem
                self._view = replace(self._view, problem=None)
        self._moved(number)

    def _moved(self, number: str) -> None:
        if self._view.busy:  # a live password takes a second to try, more on a busy PC
            self.button.setText(self._words("ui.sign_in.checking"))
            self.banner.clear()
            return
        if self._view.choosing:
            self.button.setText(self._words("ui.sign_in.choose.do"))
            if self._view.problem is None:
                self.banner.clear()
            return
        begins = any(o.begins for o in self._view.officers if o.number == number)
        locked = self._view.mode is SignInMode.LOCKED
        other = locked and number != self._view.chosen
        key = "ui.lock.take_over" if other else "ui.lock.enter" if locked else "ui.sign_in.enter"
        self.button.setText(self._words(key))
        if other and self._view.problem is None:
            self.banner.tell(Tone.WARNING, self._words("ui.lock.take_over_note"), aloud=False)
        elif begins and self._view.problem is None:
            self.banner.tell(Tone.INFO, self._words("ui.sign_in.begins"), aloud=False)
        elif self._view.problem is None:
            self.banner.clear()

    def _submit(self) -> None:
        number, password = self.table.current_key(), self.password.text()
        self._tried = number
        if not password:
            missing = self._words("ui.sign_in.password_missing")
            self.password.set_fault(missing)
            self.banner.tell(Tone.ERROR, missing)
            self.password.setFocus()
            return
        self.password.set_fault("")
        if self._view.choosing:
            if self.password.hasFocus() and not self.again.text():
                self.again.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            self.chosen.emit(password, self.again.text())
            return
        self.password.clear()
        if self._view.mode is SignInMode.LOCKED and number != self._view.chosen:
            self.take_over.emit(number, password)
        else:
            self.submitted.emit(number, password)

    def _leave_choosing(self) -> None:
        self.password.clear()
        self.again.clear()
        self.chosen_later.emit()

    def _submit_card(self) -> None:
        """What was typed is the card's PIN."""
        number, pin = self.table.current_key(), self.password.text()
        self._tried = number
        self.password.clear()
        if not pin:
            missing = self._words("ui.sign_in.pin_missing")
            self.password.set_fault(missing)
            self.banner.tell(Tone.ERROR, missing)
            self.password.setFocus()
            return
        self.password.set_fault("")
        self.by_card.emit(number, pin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._view.choosing:
                self._leave_choosing()
                return True
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                QApplication.sendEvent(self.table, event)
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if enter and control and self._view.by_card:
                if not event.isAutoRepeat() and not self._view.busy:
                    self._submit_card()
                return True
            self._watch_caps(event)
        return super().eventFilter(watched, event)

    def _watch_caps(self, event: QKeyEvent) -> None:
        text = event.text()
        if text.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.setVisible(text.isupper() != shifted)
