"""What Ctrl+K opens for a person: licences, holds and cases in a sheet; Enter opens a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import Application
from desktop.domain.person import LicenceStatus
from desktop.presenters.find import PersonRecord
from desktop.words import Words
from ui.case_state import case_state
from ui.popup import Popup
from ui.screens.standing_notes import revoked_note
from ui.screens.walkin_parts import BadgeList, Fact, FactGrid
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

OTHERWISE = {"cards": ".card", "returns": ".parcel"}
"""Screens that show something else of a case than its application."""


class RecordSheet(Popup):
    """One person's record. `open_case(id)` is called for the chosen case, `open_card(id)` for the
    licence, where the officer may use the card desk. `place_of` says on which screen a case is
    opened."""

    def __init__(
        self,
        host: QWidget,
        words: Words,
        record: PersonRecord,
        today: date,
        open_case: Callable[[str], object],
        open_card: Callable[[str], object] | None = None,
        *,
        place_of: Callable[[Application], str] = lambda _case: "",
    ) -> None:
        many = len(record.licences) + len(record.cases) > 5
        super().__init__(host, width=860, height=720 if many else 640)
        look = theme()
        self._open_case = open_case
        self._open_card = open_card
        who = record.person.applicant
        self.setWindowTitle(who.name[:120])
        photo = PhotoFrame("", self, height=150, empty_icon="user")
        photo.show_image(record.photo or None, who.name)
        facts = FactGrid(self)
        lines: list[Fact] = [
            (words("walkin.field.nik"), who.nik),
            (words("walkin.field.born"), f"{who.birth_place[:60]}, {words.date(who.birth_date)}"),
            (words("walkin.field.address"), who.address[:200]),
            (words("walkin.field.phone"), who.phone),
        ]
        facts.show_facts(lines)
        head = QHBoxLayout()
        head.setSpacing(look.px(16))
        head.addWidget(photo)
        right = QVBoxLayout()
        right.addWidget(Text(who.name[:160], "title", self, wrap=True))
        right.addWidget(facts)
        right.addStretch(1)
        nest(head, right, 1)
        nest(self.sheet, head)
        notes = BadgeList(self)
        items = [revoked_note(words, gone) for gone in record.revoked]
        items += [
            StateItem(
                Level.BAD if hold.binding else Level.ATTEND,
                words(
                    "walkin.hold_note", kind=hold.kind, reference=hold.reference,
                    settle_at=hold.settle_at,
                ),
            )
            for hold in record.holds
        ]  # fmt: skip
        of_kept = [one for one in record.licences if one.blank_serial in {*record.kept} - {""}]
        by_key = {of_kept[0].blank_serial} if of_kept and open_card is not None else set[str]()
        kept = {serial: "" if serial in by_key else ".plain" for serial in record.kept}
        items += [
            StateItem(Level.ATTEND, words(f"record.kept{how}", serial=serial))
            for serial, how in kept.items()
        ]
        notes.show_items(items)
        self.sheet.addWidget(notes)

        licences = Panel(words("record.licences"), self, padding=10)
        self.licences = DataTable(
            [
                Column(words("walkin.class"), strong=True),
                Column(words("walkin.sim_number"), code=True, stretch=True),
                Column(words("walkin.state")),
                Column(words("walkin.until"), code=True),
            ],
            words("record.licences"),
            licences,
            opens=open_card is not None,
        )
        rows: list[Row] = []
        for licence in record.licences:
            past = licence.valid_until < today
            valid = licence.status is LicenceStatus.VALID
            level = Level.GOOD if valid and not past else Level.OFF
            if licence.status is LicenceStatus.REVOKED:
                level = Level.BAD
            elif licence.status is LicenceStatus.FLAGGED:
                level = Level.ATTEND
            state = words("record.expired") if valid and past else words.of(licence.status)
            rows.append(
                Row(
                    licence.id,
                    (
                        words("walkin.sim", licence_class=licence.licence_class),
                        licence.sim_number,
                        StateItem(level, state),
                        words.date(licence.valid_until),
                    ),
                )
            )
        self.licences.show_rows(rows, of_kept[0].id if of_kept else None)
        licences.add(self.licences, 1)

        cases = Panel(words("record.cases"), self, padding=10)
        self.cases = DataTable(
            [
                Column(words("walkin.case"), code=True, strong=True),
                Column(words("walkin.service"), stretch=True),
                Column(words("walkin.state")),
            ],
            words("record.cases"),
            cases,
        )
        self.cases.show_rows(
            [
                Row(
                    case.id,
                    (
                        case.number,
                        words(
                            "queue.service_of", service=case.service,
                            licence_class=case.licence_class,
                        ),
                        StateItem(Level.OFF if case.ended else Level.BUSY, case_state(words, case)),
                    ),
                )
                for case in record.cases
            ]
        )  # fmt: skip
        self.cases.opened.connect(self._open)
        cases.add(self.cases, 1)
        # A row that is cut through looks like the list's end: two at least, or all there are.
        least = min(len(record.cases), 2)
        self.cases.setMinimumHeight(look.px(38) + self.cases.row_height * least)
        tables = QVBoxLayout()
        tables.setSpacing(look.px(12))
        # Each gets room for its rows (two more are its heading and its head).
        tables.addWidget(licences, len(record.licences) + 2)
        tables.addWidget(cases, len(record.cases) + 2)
        nest(self.sheet, tables, 1)
        foot = QHBoxLayout()
        foot.addWidget(Text(words("record.opened"), "small", self))
        foot.addStretch(1)
        close = KeyButton(words("common.close"), "Esc", parent=self)
        close.clicked.connect(self.reject)
        foot.addWidget(close)
        if record.licences and open_card is not None:
            card = KeyButton(words("record.open_card"), "K", parent=self)
            card.clicked.connect(self._card)
            foot.addWidget(card)
            for table in (self.licences, self.cases):
                table.installEventFilter(self)
            self.licences.opened.connect(lambda _key: self._card())
        if record.cases:
            by_id = {case.id: case for case in record.cases}
            opens = KeyButton("", "Enter", kind="primary", parent=self)
            opens.clicked.connect(lambda: self._open(self.cases.current_key()))
            foot.addWidget(opens)

            def tell(key: str) -> None:
                place = place_of(by_id[key]) if key in by_id else ""
                opens.setText(words(f"record.open_case{OTHERWISE.get(place, '')}"))

            self.cases.moved.connect(tell)
            tell(self.cases.current_key())
        nest(self.sheet, foot)
        self.finished.connect(self.deleteLater)
        self.cases.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_K
            and not event.isAutoRepeat()
        ):
            self._card()
            return True
        return super().eventFilter(watched, event)

    def _card(self) -> None:
        rows = self.licences.rows_model.rows
        key = self.licences.current_key() or (rows[0].key if rows else "")
        if key and self._open_card is not None:
            self.accept()
            self._open_card(key)

    def _open(self, key: str) -> None:
        if key:
            self.accept()
            self._open_case(key)
