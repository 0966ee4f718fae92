"""The applicant's own window: their data in large letters, the fee, and what they do next.

It shows what belongs to the person at the counter and nothing else: never a queue, never a name
while nobody is served, and nothing at all while the counter is locked. Both languages stand on it,
because the applicant didn't choose the officer's. They sign on the pad, or on the officer's screen.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.person import Applicant
from desktop.domain.states import ENDS
from desktop.domain.states import ApplicationState as S
from desktop.presenters.applicant_form import blood_text
from desktop.presenters.walkin_view import WalkInView, WalkStep
from desktop.words import Words
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CardPreview
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

VALUE = 32
"""Pixels of what an applicant checks: 24 points, read at an arm's length."""
ROOMY = 860
"""From this height there is room for the card under a long name and address too."""
GIVEN = (S.HANDED_OVER, S.CLOSED)
UNSERVED = ENDS - {S.CLOSED}
"""Ends without a card: why, and what is left to do, is said by the officer."""
FIELDS = ("nik", "name", "birth", "sex", "blood_type", "address", "occupation")


class ApplicantWindow(QWidget):
    """A window of its own for a second screen; `confirmed` and `objected` are the two answers."""

    confirmed = Signal()
    objected = Signal()
    hidden = Signal()

    def __init__(self, words: Words, second: Words, office: str) -> None:
        super().__init__()
        self._words, self._second = words, second
        self.setWindowTitle(words("applicant.title"))
        self.setObjectName("applicantWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1024, 720)
        look = theme()
        self._pages = QStackedWidget(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look.px(48), look.px(24), look.px(48), look.px(24))
        outer.addWidget(self._pages)
        self._welcome = self._page_welcome(office)
        self._data = self._page_data()
        self._message = self._page_message()
        self._dark = QWidget()
        self._dark.setStyleSheet("background: black")
        for page in (self._welcome, self._data, self._message, self._dark):
            self._pages.addWidget(page)

    # -- what is shown ---------------------------------------------------------------------

    def show_view(self, view: WalkInView) -> None:
        """Follow the walk-in: data to confirm, the fee, a request, or a welcome."""
        app = view.app
        if view.visit is None:
            self._pages.setCurrentWidget(self._welcome)
        elif app is None:
            self._tell("applicant.wait", None)
        elif view.step is WalkStep.PAYMENT:
            self._tell("applicant.pay", app.fee, code=app.billing_code)
        elif view.step is WalkStep.CAPTURE:
            self._tell("applicant.capture", None)
        elif view.step is WalkStep.CONFIRM:
            self._show_data(app.applicant, view)
        elif app.state in UNSERVED:
            self._tell("applicant.officer_tells", None)
        elif app.state in GIVEN or (app.state is S.READY and not (view.bound or app.jkn_hold)):
            self._tell("applicant.take", None)
        else:
            self._tell("applicant.wait", None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long address keeps its lines and its size: the card gives way, never the words."""
        super().resizeEvent(event)
        self._card.setVisible(self.height() >= ROOMY)
        self._rest.setVisible(self.height() < ROOMY)

    def go_dark(self) -> None:
        """The counter is locked or nobody works here: show nothing."""
        self._pages.setCurrentWidget(self._dark)

    # -- pages -----------------------------------------------------------------------------

    def _page_welcome(self, office: str) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.addStretch(2)
        box.addWidget(self._large(office, 40), alignment=Qt.AlignmentFlag.AlignCenter)
        for words in (self._words, self._second):
            line = self._large(words("applicant.welcome"), 24)
            box.addWidget(line, alignment=Qt.AlignmentFlag.AlignCenter)
        box.addStretch(3)
        return page

    def _page_data(self) -> QWidget:
        page, look = QWidget(), theme()
        box = QVBoxLayout(page)
        box.setSpacing(look.px(14))
        self._asked, self._asked_2 = self._large("", 30), self._large("", 18)
        box.addWidget(self._asked)
        box.addWidget(self._asked_2)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(28))
        grid.setVerticalSpacing(look.px(4))
        grid.setColumnStretch(1, 1)
        self._values: dict[str, Text] = {}
        for row, name in enumerate(FIELDS):
            both = self._both(f"applicant.{name}")
            caption = self._large(both, 16)
            value = self._large("", VALUE)
            value.setWordWrap(True)
            value.setAccessibleName(both)
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(value, row, 1)
            self._values[name] = value
        nest(box, grid)
        self._card = CardPreview(self._both("applicant.front"), self._both("applicant.back"))
        for face in (self._card.front, self._card.back):
            face.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            face.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it is looked at; no key works on it
        self._card.setMinimumHeight(look.px(130))
        box.addWidget(self._card, 1)
        self._rest = QWidget(page)  # what is free in a low window lies above the buttons
        box.addWidget(self._rest, 1)
        self._answers = QWidget(page)
        buttons = QGridLayout(self._answers)
        buttons.setContentsMargins(0, 0, 0, 0)
        wrong = KeyButton(self._both("applicant.wrong"), "", kind="danger")
        right = KeyButton(self._both("applicant.right"), "", kind="primary")
        for column, (button, signal) in enumerate(
            ((wrong, self.objected), (right, self.confirmed))
        ):
            button.enlarge()
            button.clicked.connect(lambda _on=False, tell=signal: tell.emit())
            buttons.addWidget(button, 0, column)
        box.addWidget(self._answers)
        return page

    def _page_message(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        self._line = self._large("", 36)
        self._line_2 = self._large("", 22)
        self._amount = self._large("", 56)
        self._code = self._large("", 30)
        box.addStretch(2)
        for label in (self._line, self._line_2, self._amount, self._code):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            box.addWidget(label)
            box.addSpacing(theme().px(14))
        box.addStretch(3)
        return page

    def _tell(self, message_id: str, amount: int | None, code: str = "") -> None:
        self._line.setText(self._words(message_id))
        self._line_2.setText(self._second(message_id))
        self._amount.setText("" if amount is None else self._words.money(amount))
        self._amount.setVisible(amount is not None)
        self._code.setText(code)
        self._code.setVisible(bool(code))
        self._pages.setCurrentWidget(self._message)

    def _show_data(self, who: Applicant, view: WalkInView) -> None:
        """What is asked; while the officer mends it, nothing is."""
        asked = "applicant.correcting" if view.correcting else "applicant.check"
        self._asked.setText(self._words(asked))
        self._asked_2.setText(self._second(asked))
        self._answers.setVisible(not view.correcting)
        shown = {
            "nik": who.nik,
            "name": who.name,
            "birth": f"{who.birth_place}, {self._words.date(who.birth_date)}",
            "sex": self._both(f"enum.Sex.{who.sex.name}"),
            "blood_type": blood_text(who.blood_type),
            "address": who.address,
            "occupation": who.occupation,
        }
        for name, text in shown.items():
            self._values[name].setText(text)
        self._card.show_faces(view.faces.front or None, view.faces.back or None)
        self._pages.setCurrentWidget(self._data)

    # -- inside ----------------------------------------------------------------------------

    def _both(self, message_id: str) -> str:
        first, second = self._words(message_id), self._second(message_id)
        return first if first == second else f"{first} / {second}"

    def _large(self, text: str, pixels: int) -> Text:
        """Large by itself: the officer's own text size would push an address out of the window."""
        label = Text(text, "body")
        weight = 600 if pixels >= 22 else 400
        # The style sheet's body size would win over a font set on the label.
        label.setStyleSheet(f"font-size: {pixels}px; font-weight: {weight}")
        return label

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F11 closes it from here too; other keys belong to nobody on the applicant's side."""
        if event.key() == Qt.Key.Key_F11:
            self.close()
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hidden.emit()
        event.accept()
