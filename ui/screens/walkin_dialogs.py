"""What the counter's screens ask in a sheet over the work: reasons, a second officer, a ticket.

They open without blocking and call back, so that a device's news goes on arriving meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from desktop.domain.officer import CardPin
from desktop.domain.reasons import PriorityGroup, needs_note
from desktop.domain.service import Service
from desktop.presenters.second import SecondOfficers
from desktop.words import ProblemText, Words
from ui.popup import Popup
from ui.screens.screen import P, Screen
from ui.screens.stock_dialogs import AskForm
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CardFace
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.fields import CodeField, LineField
from ui.widgets.labels import Panel, Text, row
from ui.widgets.nesting import nest
from ui.widgets.reasons import Reason, ReasonDialog, ReasonList
from ui.widgets.table import Column, DataTable, Row

BESIDE_OFFICERS = 510
"""What the second officer's sheet and its margins need besides the rows, where cards are shown."""
UNKNOWN = "unknown"
LANE_KEYS = {"regular": "R", "priority": "P", "appointment": "J", "return_visit": "K"}


def held(host: QWidget, then: Callable[P, object]) -> Callable[P, object]:
    """Over a screen, an answer counts for what stands there now; see `Screen.held_to`."""
    return host.held_to(then) if isinstance(host, Screen) else then


def ask_reason(
    host: QWidget,
    words: Words,
    question: str,
    reasons: Sequence[StrEnum],
    then: Callable[[str, str], object],
    known: tuple[str, str] = ("", ""),
    told: Callable[[str, str], object] | None = None,
    facts: Mapping[str, object] | None = None,
    *,
    final: bool = False,
) -> ReasonDialog:
    """Ask for a coded reason; `question` is the message id of the title, `.ask` of the question.

    `facts` are what the question names; `known` are the reason and the sentence that were given
    already, to be gone on with; `told` hears each answer before it is final. Where it ends a case
    for good (`final`), Enter does it and not a digit.
    """
    dialog = ReasonDialog(
        words(question),
        words(f"{question}.ask", **(facts or {})),
        [Reason(str(r), words.of(r), needs_note=needs_note(r)) for r in reasons],
        note_label=words("ui.reason.note"),
        accept_text=words("ui.reason.accept"),
        cancel_text=words("common.cancel"),
        host=host.window(),
        final=final,
        missing=words("ui.reason.missing"),
    )
    answered = held(host, then)
    dialog.accepted.connect(lambda: answered(dialog.list.chosen, dialog.note.value()))
    dialog.finished.connect(dialog.deleteLater)
    if isinstance(host, Screen):
        dialog.keep_clear(host.looked_at(), within=host)
    dialog.open()
    dialog.begin_with(*known)
    if told is not None:
        dialog.changed.connect(told)
    return dialog


def ask_blank(host: QWidget, words: Words, then: Callable[[bool], object]) -> None:
    """Where is the blank of the card that isn't there: in hand, or nowhere?"""
    dialog = ReasonDialog(
        words("walkin.blank_where"),
        words("walkin.blank_where.ask"),
        [
            Reason("here", words("walkin.blank_where.here")),
            Reason("gone", words("walkin.blank_where.gone")),
        ],
        note_label=words("ui.reason.note"),
        accept_text=words("ui.reason.accept"),
        cancel_text=words("common.cancel"),
        host=host.window(),
    )
    answered = held(host, then)
    dialog.accepted.connect(lambda: answered(dialog.list.chosen == "here"))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def ask_loss(
    host: QWidget,
    words: Words,
    m: str,
    question: str,
    answers: Mapping[str, Callable[[], object]],
) -> None:
    """Was the card lost, or seized as evidence? Enter alone answers nothing."""
    then = {name: held(host, one) for name, one in answers.items()}
    dialog = ReasonDialog(
        words(m),
        question,
        [Reason(name, words(f"{m}.{name}")) for name in then],
        note_label=words("ui.reason.note"),
        accept_text=words("ui.reason.accept"),
        cancel_text=words("common.cancel"),
        host=host.window(),
        undecided=True,
        pick=words("ui.reason.pick"),
    )
    dialog.accepted.connect(lambda: then[dialog.list.chosen]())
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def ask_seized(host: QWidget, words: Words, seized: Callable[[str, str, str], object]) -> AskForm:
    """Who seized the card, under which number, and where that is settled."""
    seized = held(host, seized)
    fields = [LineField(), LineField(), LineField()]
    m = "cards.seized"
    names = ("reference", "authority", "settle_at")
    form = AskForm(
        host.window(), words, m,
        [(f"{m}.{name}", field) for name, field in zip(names, fields, strict=True)],
        lambda: seized(*(field.value() for field in fields)), kind="danger", width=600,
    )  # fmt: skip
    form.open()
    return form


def ask_card_number(host: QWidget, words: Words, then: Callable[[str], object]) -> AskForm:
    """Ask for the number that stands on the card in hand."""
    then, m = held(host, then), "walkin.by_two"
    field = CodeField(longest=20, letters=True)
    form = AskForm(
        host.window(), words, m, [(f"{m}.number", field)], lambda: then(field.value()), width=560
    )
    form.open()
    return form


class SecondOfficerDialog(Popup):
    """A second officer signs beside the first, for this act alone: by password, or card and PIN.

    `then(number, password)` gets a CardPin where the officer's card is to be asked. `shown` are
    pictures that the second officer has to look at too: a card's face as ordered, or both sides as
    the machine saw them; the sheet lies over the first one's. `read` names what they read off the
    card and type, without what the first one read: `then` gets it third.
    """

    def __init__(
        self,
        host: QWidget,
        words: Words,
        why: str,
        officers: SecondOfficers,
        then: Callable[..., object],
        shown: Sequence[bytes] = (),
        read: str = "",
    ) -> None:
        super().__init__(host.window(), width=760 if len(shown) > 1 else 560)
        look = theme()
        self._then = then
        self._words = words
        self.setWindowTitle(words("second.title"))
        self.sheet.addWidget(Text(words("second.title"), "title", self))
        self.sheet.addWidget(Text(why, "muted", self, wrap=True))
        pictures = QHBoxLayout()
        pictures.setSpacing(look.px(12))
        seen = ("inspection.found.front", "inspection.found.back")
        names = seen if len(shown) > 1 else ("walkin.front",)
        for picture, name in zip(shown, names, strict=False):
            face = CardFace(words(name), self, width=320)
            face.setMaximumWidth(look.px(380))
            face.show_image(picture)
            pictures.addWidget(face)
        nest(self.sheet, pictures)
        columns = [
            Column(words("ui.sign_in.name"), strong=True, stretch=True),
            Column(words("ui.sign_in.number"), code=True),
            Column(words("ui.sign_in.training_password"), code=True),
        ]
        self.table = DataTable(columns, words("ui.sign_in.officers"), self, opens=False)
        rows = [Row(number, (name, number, pw)) for number, name, pw in officers.named]
        self.table.show_rows(rows)
        self.table.setColumnHidden(2, not any(pw for _, _, pw in officers.named))
        line_height = self.table.verticalHeader().defaultSectionSize()
        room = host.window().height() - look.px(BESIDE_OFFICERS) if shown else 7 * line_height
        lines = min(max(len(rows), 2), max(3, min(7, room // line_height)))
        self.table.setFixedHeight(lines * line_height + look.px(40))
        self.table.installEventFilter(self)
        self.table.clicked.connect(lambda _index: self.password.setFocus())
        panel = Panel(parent=self, padding=4)
        panel.body.addWidget(self.table)
        self.sheet.addWidget(panel)
        self.read: CodeField | None = None
        if read:
            self.read = CodeField(read, self, longest=20, letters=True)
            self.read.installEventFilter(self)
            self.read.textEdited.connect(lambda _text: self._lacks(""))
            before = Text(read, "label", self)
            before.setBuddy(self.read)
            nest(self.sheet, row(before, self.read))
        self.password = LineField(words("ui.sign_in.password").replace("&", ""), self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(128)
        self.password.installEventFilter(self)
        label = Text(words("ui.sign_in.password"), "label", self)
        label.setBuddy(self.password)
        sign = KeyButton(words("second.sign"), "Enter", kind="primary", parent=self)
        sign.clicked.connect(self._sign)
        self.card = KeyButton(words("ui.sign_in.by_card"), "Ctrl+Enter", parent=self)
        self.card.clicked.connect(self._sign_by_card)
        self.card.setVisible(officers.by_card)
        self._by_card = officers.by_card
        cancel = KeyButton(words("common.cancel"), "Esc", parent=self)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.setSpacing(look.px(10))
        line.addWidget(label)
        line.addWidget(self.password, 1)
        if officers.by_card:  # three buttons leave a password no room
            nest(self.sheet, line)
            line = QHBoxLayout()
            line.setSpacing(look.px(10))
            line.addStretch(1)
        line.addWidget(cancel)
        line.addWidget(self.card)
        line.addWidget(sign)
        nest(self.sheet, line)
        self._missing = Text("", "danger", self, wrap=True)
        self._missing.hide()
        self.password.textEdited.connect(lambda _text: self._lacks(""))
        self.sheet.addWidget(self._missing)
        self.finished.connect(self.deleteLater)
        (self.read or self.password).setFocus()

    def park(self) -> None:
        self.password.clear()
        if self.read is not None:
            self.read.clear()
        super().park()

    def ask_again(self, problem: ProblemText, number: str) -> None:
        """What was typed didn't sign: say why, with the same officer chosen."""
        self.table.show_rows(self.table.rows_model.rows, number)
        self.sheet.insertWidget(1, Banner(Tone.ERROR, problem.text, problem.remedy, self))
        self.fit()

    def _sign(self) -> None:
        number, password = self.table.current_key(), self.password.text()
        if self._unread():
            return
        if not password:
            self._lacks(self._words("ui.sign_in.password_missing"))
            return
        self._signed(number, password)

    def _unread(self) -> bool:
        """Whether the number on the card is still to be read."""
        if self.read is None or self.read.value():
            return False
        self.read.setFocus()
        self._lacks(self._words("walkin.by_two.missing"), self.read)
        return True

    def _sign_by_card(self) -> None:
        """What was typed is the card's PIN."""
        number, pin = self.table.current_key(), self.password.text()
        if self._unread():
            return
        if not pin:
            self._lacks(self._words("ui.sign_in.pin_missing"))
            return
        self._signed(number, CardPin(pin))

    def _lacks(self, told: str, field: LineField | None = None) -> None:
        """Say in words what is missing; "" once it is typed."""
        if told or not self._missing.isHidden():
            for each in (self.password, self.read):
                if each is not None:
                    each.set_fault(told if each is (field or self.password) else "")
            self._missing.setText(told)
            self._missing.setVisible(bool(told))
            self.fit()
        if told:
            (field or self.password).setFocus()

    def _signed(self, number: str, password: str) -> None:
        read = () if self.read is None else (self.read.value(),)
        self.password.clear()
        self.accept()
        self._then(number, password, *read)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is not self.table and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                QApplication.sendEvent(self.table, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.read and self.read is not None and self.read.value():
                    self.password.setFocus()
                    return True
                control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                if not event.isAutoRepeat():
                    (self._sign_by_card if control and self._by_card else self._sign)()
                return True
        return super().eventFilter(watched, event)


class TicketDialog(Popup):
    """A ticket by hand: a letter for the lane, a digit for the service."""

    def __init__(
        self, host: QWidget, words: Words, then: Callable[[Service | None, str], object]
    ) -> None:
        super().__init__(host.window(), width=560)
        self._then = then
        self.setWindowTitle(words("ticket.title"))
        self.sheet.addWidget(Text(words("ticket.title"), "title", self))
        self.sheet.addWidget(Text(words("ticket.ask"), "muted", self, wrap=True))
        self.lane = ChipBar(words("ticket.lane"), self)
        self.lane.show_chips(
            [Chip(lane, f"{words(f'lane.{lane}')}  {LANE_KEYS[lane]}") for lane in LANE_KEYS],
            "regular",
        )
        self.lane.chosen.connect(self._lane)
        self.sheet.addWidget(self.lane)
        groups = ", ".join(words.of(group).lower() for group in PriorityGroup)
        whose = words("ticket.priority", groups=groups)
        self.sheet.addWidget(Text(whose, "small", self, wrap=True))
        self.list = ReasonList(words("ticket.title"), self)
        reasons = [Reason(str(s), words.of(s)) for s in SERVICES]
        self.list.show_reasons([*reasons, Reason(UNKNOWN, words("ticket.unknown"))])
        self.list.picked.connect(self._picked)
        self.list.installEventFilter(self)
        self.sheet.addWidget(self.list)
        cancel = KeyButton(words("common.cancel"), "Esc", parent=self)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(cancel)
        nest(self.sheet, line)
        self.finished.connect(self.deleteLater)
        self.list.setFocus()

    def _lane(self, _key: str) -> None:
        self.list.setFocus()

    def _picked(self, key: str) -> None:
        lane = self.lane.current or "regular"
        self.accept()
        self._then(None if key == UNKNOWN else Service(key), lane)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            for lane, key in LANE_KEYS.items():
                if event.text().upper() == key:
                    keys = [Chip(x, "") for x in LANE_KEYS]
                    self.lane.step(
                        [c.key for c in keys].index(lane)
                        - [c.key for c in keys].index(self.lane.current or "regular")
                    )
                    return True
        return super().eventFilter(watched, event)


SERVICES = (
    Service.RENEWAL,
    Service.NEW_ISSUE,
    Service.REPLACE_LOST,
    Service.REPLACE_DAMAGED,
    Service.DATA_CHANGE,
    Service.CLASS_UPGRADE,
)

__all__ = [
    "SecondOfficerDialog",
    "TicketDialog",
    "ask_blank",
    "ask_card_number",
    "ask_loss",
    "ask_reason",
    "ask_seized",
]
