"""Area 2's second pane: the printed cards, looked at one by one before they are packed."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.application import Application
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineView
from desktop.words import Words
from ui.screens.inspection_parts import InspectionNotes, show_card, stopped
from ui.screens.walkin_parts import FittedFaces
from ui.theme import theme
from ui.widgets.card_preview import CardPreview
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Elided, Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.scan_box import ScanBox
from ui.widgets.state import Level, StateBadge, StateItem
from ui.widgets.table import Column, DataTable, Row

TIGHT = 700
"""Height of a window, at usual text, below which what the machine found needs the room."""
WIDE, WIDE_LIST, LIST, LOW_LIST = 1400, 420, 392, 344
"""How wide the list is, at usual text: in a page that is so wide, in others, with large text."""


class InspectPane(QWidget):
    """Printed cards left, the chosen card's faces as they should be at the right."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.table = DataTable(
            [
                Column(words("online_screen.column.card"), code=True, strong=True),
                Column(words("online_screen.column.name"), stretch=True),
                Column(words("online_screen.column.class")),
            ],
            words("online_screen.inspect.list"),
            self,
            opens=False,
        )
        self.table.moved.connect(self._moved)
        self.empty = EmptyState(
            "id-card",
            words("online_screen.inspect.empty"),
            words("online_screen.inspect.empty.hint"),
        )
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        panel = Panel(parent=self, padding=4)
        panel.add(self.stack, 1)
        right = Panel(parent=self)
        self.box = ScanBox(
            words("online_screen.inspect.scan"), words("online_screen.scan.card_hint"), right
        )
        self.box.typed.connect(presenter.scanned)
        self.name = Elided("", "heading", right)
        self.serial = StateBadge(parent=right, filled=True)
        head = QHBoxLayout()
        head.setSpacing(look.px(12))
        head.addWidget(self.name, 1)
        head.addWidget(self.serial)
        self.preview = CardPreview(words("walkin.front"), words("walkin.back"), right)
        self.seen = InspectionNotes(words, right)
        self.steps = Text(words("online_screen.inspect.steps"), "muted", right, wrap=True)
        top = QHBoxLayout()
        top.setSpacing(look.px(8))
        self.box.setMinimumWidth(look.px(160))  # a serial is read whole
        top.addWidget(self.box, 1)
        nest(right.body, top)
        self._top = top
        nest(right.body, head)
        right.body.addWidget(self.seen)
        right.body.addWidget(self.preview)
        right.body.addWidget(self.steps)
        right.body.addStretch(1)
        FittedFaces(self.preview, right)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(panel)
        across.addWidget(right, 1)
        self._list = panel
        self._shown: object = None
        self._filling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards are looked at: a list of them gives way."""
        super().resizeEvent(event)
        look = theme()
        wide = self.width() >= look.px(WIDE)
        least = LOW_LIST if look.folded else LIST
        self._list.setFixedWidth(look.px(WIDE_LIST if wide else least))

    def add_acts(self, *buttons: QWidget) -> None:
        """Put what may be done with what the machine saw beside the field."""
        for button in buttons:
            self._top.addWidget(button)

    def _moved(self, key: str) -> None:
        if key and not self._filling:
            self.presenter.show_card(key)

    def home(self) -> QWidget | None:
        return self.box

    def show_view(self, view: OnlineView) -> None:
        words = self.words
        if view.printed is not self._shown or self.table.current_key() != view.looking_at:
            self._shown = view.printed
            self._filling = True
            self.table.show_rows(
                [
                    Row(a.id, (a.blank_serial, a.applicant.name, words.of(a.licence_class)))
                    for a in view.printed
                ],
                view.looking_at or None,
            )
            self._filling = False
            self.stack.setCurrentWidget(self.table if view.printed else self.empty)
        app = view.inspected
        self.name.setText(app.applicant.name if app else "")
        seen = view.looked
        self._show_serial(app, view, plain=stopped(seen))
        # What was found needs the room; the list's row names the card.
        tight = stopped(seen) and self.window().height() < theme().px(TIGHT)
        self.name.setVisible(not tight)
        self.serial.setVisible(app is not None and not tight)
        self.box.show_code(view.card_scanned)
        right = bool(app) and view.card_scanned == (app.blank_serial if app else "")
        key = "online_screen.inspect.steps"
        self.steps.setText(words(f"{key}.scanned" if right else key))
        self.steps.setVisible(app is not None and not stopped(seen))
        show_card(self.preview, words, seen, view.faces)
        serial = app.blank_serial if app else ""
        self.seen.show_inspection(seen, possible=view.can_look, turning=view.turning, serial=serial)
        self.seen.setVisible(app is not None)

    def _show_serial(self, app: Application | None, view: OnlineView, *, plain: bool) -> None:
        """Who read the card's number; `plain` where a green sign would belie the finding."""
        words, scanned = self.words, view.card_scanned
        self.serial.setVisible(app is not None)
        if app is None:
            return
        if not scanned and view.read_by_printer:
            text = words("online_screen.inspect.by_printer", serial=app.blank_serial)
            item = StateItem(Level.OFF, text)
        elif not scanned:
            item = StateItem(Level.OFF, words("online_screen.inspect.not_scanned"))
        elif scanned == app.blank_serial and plain:
            item = StateItem(Level.OFF, scanned)
        elif scanned == app.blank_serial:
            item = StateItem(Level.GOOD, words("online_screen.inspect.fits", serial=scanned))
        else:
            item = StateItem(Level.BAD, words("online_screen.inspect.other", serial=scanned[:24]))
        self.serial.show_state(item)
