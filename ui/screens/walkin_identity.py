"""The walk-in's first pages: nobody here yet, and who is here."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.application import IdentitySource
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import Choice, WalkInView
from desktop.services.identifying import FINGER_TRIES
from desktop.words import Words
from devices.eid_reader import FingerprintResult
from ui.case_state import case_state
from ui.screens.standing_notes import revoked_note
from ui.screens.walkin_forms import ApplicantForm
from ui.screens.walkin_parts import BadgeList, FittedPhoto, NoteList, Page, attend, bad, good
from ui.theme import theme
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.queue_list import QueueItem, QueueList
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row


class IdlePage(Page):
    """Between two visits: who comes next."""

    def __init__(self, words: Words, presenter: WalkIn, parent: QWidget) -> None:
        super().__init__(words, presenter, parent)
        panel = Panel(parent=self)
        self.empty = EmptyState("megaphone", words("walkin.idle"), words("walkin.idle.hint"), panel)
        panel.add(self.empty, 1)
        self.queue = QueueList(words("walkin.next_up"), self)
        self.queue.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side = Panel(words("walkin.next_up"), self, padding=12)
        side.add(self.queue, 1)
        side.setFixedWidth(theme().px(372))
        self.across.addWidget(panel, 1)
        self.across.addWidget(side)

    def show_view(self, view: WalkInView) -> None:
        words = self.words
        self.queue.show_items(
            [
                QueueItem(
                    ticket.id,
                    ticket.number,
                    words.of(ticket.service) if ticket.service else words("ticket.unknown"),
                    words(f"lane.{ticket.lane}"),
                    words.time(ticket.issued_at),
                )
                for ticket in view.tickets[:12]
            ]
        )
        who = "idle" if view.tickets else "nobody"
        whose = "" if self.presenter.calls_next else ".others"
        self.empty.tell(words(f"walkin.{who}"), words(f"walkin.{who}.hint{whose}"))


class IdentityPage(Page):
    """Data from the chip (or typed), how sure it is, and what may be asked for."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        manual: QAction,
        second: QAction,
        read_sim: QAction,
        finger: QAction,
        go_on: QAction,
    ) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        left = Panel(words("walkin.person"), self)
        caption = words("walkin.eid_photo")
        self.photo = PhotoFrame(
            "" if look.folded else caption, left, height=176, empty_icon="id-card",
            empty_text=words("walkin.lay_eid"),
        )  # fmt: skip
        self.photo.setAccessibleName(caption)  # with large text its keys need the caption's room
        self.badges = BadgeList(left)
        side = QVBoxLayout()
        side.setSpacing(look.px(10))
        side.addWidget(self.photo)
        side.addWidget(self.badges)
        for action in (finger, read_sim, manual):
            button = self.button(action)
            # Their pictures give way before the digits of a NIK do.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(max(look.px(178), 206))
            side.addWidget(button)
        side.addStretch(1)
        self.form = ApplicantForm(words, presenter, left, nationality=True)
        inside = QHBoxLayout()
        inside.setSpacing(look.px(16))
        nest(inside, side)
        inside.addWidget(self.form, 1)
        nest(left.body, inside)
        left.body.addStretch(1)
        FittedPhoto(left, self.photo, among=side)

        right = Panel(words("walkin.choices"), self)
        columns = [
            Column(words("walkin.service"), strong=True),
            Column(words("walkin.class")),
            Column(words("walkin.standing"), stretch=True),
        ]
        self.table = DataTable(columns, words("walkin.choices"), right, opens=False)
        self.table.moved.connect(self._moved)
        self.later = EmptyState(
            "list-checks", words("walkin.choices_later"), words("walkin.choices_later.hint"), right
        )
        self.why = Text("", "muted", right, wrap=True)
        self.notes = NoteList(right)
        right.add(self.table, 1)
        right.add(self.later, 1)
        right.add(self.why)
        right.add(self.notes)
        right.add(self.button(go_on))
        right.add(self.button(second))
        self.across.addWidget(left, 22)
        self.across.addWidget(right, 17)

    def home(self) -> QWidget | None:
        view = self.presenter.view
        if view.manual and view.standing is None:
            return self.form.first()
        return self.table

    def _moved(self, key: str) -> None:
        if key:
            self.presenter.choose(int(key))

    def show_view(self, view: WalkInView) -> None:
        words = self.words
        identity = view.identity
        if view.manual:
            self.form.show_form(view.form)
        elif identity is not None:
            source = "chip" if identity.source is IdentitySource.CHIP else "earlier"
            self.form.show_applicant(identity.applicant, words(f"walkin.locked.{source}"))
        else:
            self.form.show_form({}, words("walkin.locked.waiting"))
        self.form.mark(view.problem)
        self.photo.show_image(view.eid_photo or None)
        self.badges.show_items(self._sureness(view))
        self._show_choices(view)

    def _sureness(self, view: WalkInView) -> list[StateItem]:
        words, identity = self.words, view.identity
        if view.manual:
            items = [attend(words("walkin.sure.manual"))]
        elif identity is None:
            return [StateItem(Level.OFF, words("walkin.sure.waiting"))]
        elif identity.source is IdentitySource.CHIP:
            items = [good(words("walkin.sure.chip"))]
            if identity.fingerprint:
                result = FingerprintResult(identity.fingerprint)
                state = good if result is FingerprintResult.MATCHED else bad
                told = words.of(result)  # within a sentence elsewhere: small there, large here
                told = told[:1].upper() + told[1:]
                if identity.finger_tries and result is FingerprintResult.NOT_MATCHED:
                    # One line: the photo needs the room of a second.
                    tries = identity.finger_tries
                    told = words("walkin.finger_tries", tries=tries, most=FINGER_TRIES)
                items.append(state(told))
        else:
            items = [good(words("walkin.sure.visit"))]
        if view.needs_second:
            items.append(attend(words("walkin.sure.needs_second")))
        elif identity is not None and identity.second_officer:
            items.append(good(words("walkin.sure.second")))
        return items

    def _show_choices(self, view: WalkInView) -> None:
        words = self.words
        self.table.setVisible(bool(view.choices))
        self.later.setVisible(not view.choices)
        read = view.identity is not None and not view.manual
        how = "choices_looking" if read else "choices_later" if view.manual else "choices_waiting"
        self.later.tell(words(f"walkin.{how}"), words(f"walkin.{how}.hint"))
        self.table.blockSignals(True)
        self.table.show_rows(
            [
                Row(
                    str(index),
                    (
                        words.of(choice.service),
                        words.of(choice.licence_class),
                        self._standing(choice),
                    ),
                    muted=not choice.possible,
                )
                for index, choice in enumerate(view.choices)
            ],
            current=str(view.chosen),
        )
        self.table.blockSignals(False)
        chosen = view.choices[view.chosen] if view.chosen < len(view.choices) else None
        if chosen is not None and chosen.problems:
            told = words.problem(chosen.problems[0])
            self.why.setText(f"{told.text} {told.remedy}".strip())
        elif chosen is not None and chosen.by_decree:
            self.why.setText(words("walkin.by_decree", decree=chosen.by_decree))
        elif chosen is not None and chosen.anew:
            late = [one.problems[0] for one in view.choices if chosen.instead_of(one)]
            self.why.setText(words.problem(late[0]).text if late else "")
        else:
            self.why.setText("")
        self.notes.show_items(self._notes(view))

    def _standing(self, choice: Choice) -> StateItem:
        words = self.words
        if choice.problems:
            return StateItem(Level.BAD, words("walkin.not_possible"))
        if choice.days_left is None:
            return StateItem(Level.GOOD, words("walkin.possible"))
        if choice.days_left < 0:
            return StateItem(Level.ATTEND, words("walkin.expired", days=-choice.days_left))
        if choice.days_left == 0:
            return StateItem(Level.ATTEND, words("walkin.ends_today"))
        level = Level.ATTEND if choice.soon else Level.GOOD
        return StateItem(level, words("walkin.ends_in", days=choice.days_left))

    def _notes(self, view: WalkInView) -> list[StateItem]:
        words, standing = self.words, view.standing
        if standing is None:
            return []
        items = [bad(words.problem(block).text) for block in standing.nik.blocks]
        if standing.contested:
            items.append(bad(words("walkin.contested_note")))
        items += [revoked_note(words, gone) for gone in standing.revoked]
        items += [attend(words.problem(warning).text) for warning in standing.nik.warns]
        for hold in standing.holds:
            told = words(
                "walkin.hold_note",
                kind=hold.kind,
                reference=hold.reference,
                settle_at=hold.settle_at,
            )
            items.append(bad(told) if hold.binding else attend(told))
        of_this_visit = {case.id for case in view.cases}
        for case in standing.open_cases:
            if case.id in of_this_visit:
                continue  # its chip is above, and Ctrl+Tab goes on with it
            here = "here" if case.at_the_counter else "online"
            state = case_state(words, case)
            told = words(f"cards.open_case.{here}", number=case.number, state=state)
            items.append(attend(told))
        return items[:5]
