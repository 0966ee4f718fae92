"""The parts of the card desk: the list, the card with its acts, the form, what will happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import ApplicationState as S
from desktop.domain.person import LicenceStatus
from desktop.domain.service import Channel
from desktop.presenters.applicant_form import blood_text
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import (
    MADE,
    CardAct,
    CardRecord,
    CardStep,
    CardsView,
    Whereabouts,
)
from desktop.words import Words
from ui.case_state import case_state
from ui.screens.stock_pages import short_case
from ui.screens.supervisor_words import incident_word
from ui.screens.walkin_forms import ApplicantForm
from ui.screens.walkin_parts import Fact, FactGrid
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CardFace
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Hanging, Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.photo import PhotoFrame
from ui.widgets.scan_box import Verdict, VerdictSign
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row
from ui.widgets.wrapping_table import WrappingTable

WHERE_LEVEL = {
    Whereabouts.OUT: Level.BAD,
    Whereabouts.BACK: Level.ATTEND,
    Whereabouts.KEPT: Level.ATTEND,
    Whereabouts.WITH_HOLDER: Level.GOOD,
    Whereabouts.REPLACED: Level.OFF,
    Whereabouts.REVOKED: Level.OFF,
}
NO_LONGER_GOOD = ("old", "revoked")
"""Signs of cards that are put aside once they lie here."""
DAYS = 14
"""How long a recall letter gives its reader."""


class ListPage(Panel):
    """Cards that open incidents are about, the oldest first."""

    def __init__(self, words: Words, presenter: CardDesk, parent: QWidget) -> None:
        super().__init__(words("cards.list"), parent, padding=12)
        self.words = words
        c = "cards.column"
        self.table = DataTable(
            [
                Column(words(f"{c}.serial"), code=True, strong=True),
                Column(words(f"{c}.name"), stretch=True),
                Column(words(f"{c}.kind")),
                Column(words(f"{c}.where")),
                Column(words(f"{c}.since"), code=True, muted=True),
            ],
            words("cards.list"),
            self,
        )
        self.table.opened.connect(presenter.open)
        self.empty = EmptyState("id-card", words("cards.empty"), words("cards.empty.hint"), self)
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.add(self.stack, 1)

    def show_view(self, view: CardsView) -> None:
        words = self.words
        rows = [
            Row(
                line.key,
                (
                    line.serial,
                    line.name,
                    incident_word(words, line.kind),
                    StateItem(WHERE_LEVEL[line.where], words.of(line.where)),
                    words.moment(line.since),
                ),
            )
            for line in view.lines
        ]
        self.table.show_rows(rows, self.table.current_key() or None)
        self.stack.setCurrentWidget(self.table if rows else self.empty)


class HolderPanel(Panel):
    """Whose card it is, with its dates and where it stands."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("cards.holder"), parent, padding=12)
        self.words = words
        self.setFixedWidth(theme().px(308))
        self.photo = PhotoFrame("", self, height=132, empty_icon="user")
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.photo)
        middle.addStretch(1)
        self.name = Text("", "lead", self, wrap=True)
        self.facts = FactGrid(self)
        nest(self.body, middle)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.body.addStretch(1)
        self._photo = b""

    def show_record(self, record: CardRecord) -> None:
        words, app, licence = self.words, record.app, record.licence
        who = record.holder
        if record.photo != self._photo:
            self._photo = record.photo
            self.photo.show_image(record.photo or None, who.name)
        self.name.setText(who.name[:120])
        facts: list[Fact] = [(words("cards.fact.nik"), who.nik)]
        if licence is not None:
            bad = licence.status is not LicenceStatus.VALID
            facts += [
                (words("cards.fact.licence"), words.of(licence.licence_class)),
                (words("cards.fact.number"),
                 licence.sim_number if licence.sim_number != who.nik else ""),
                (words("cards.fact.issued"), words.date(licence.issued_on)),
                (words("cards.fact.until"), words.date(licence.valid_until)),
                (words("cards.fact.state"), words.of(licence.status),
                 "danger" if bad else "success"),
            ]  # fmt: skip
            if licence.handed_over_at is not None:
                facts.append((words("cards.fact.handed"), words.moment(licence.handed_over_at)))
        facts.append((words("cards.fact.serial"), record.serial))
        if app is not None:
            if licence is None:
                facts.append((words("cards.fact.licence"), words.of(app.licence_class)))
            facts += [
                (words("cards.fact.case"), app.number),
                (words("cards.fact.case_state"), case_state(words, app)),
            ]
        self.facts.show_facts(facts)


class ActList(QWidget):
    """The acts that are allowed now: each a button with its key, and what will happen."""

    def __init__(self, words: Words, actions: Mapping[CardAct, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        look = theme()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.px(4))
        self._words = words
        self._rows: dict[CardAct, tuple[KeyButton, Text]] = {}
        for act, action in actions.items():
            kind = "primary" if act is CardAct.GO_ON else "plain"
            button = KeyButton.of(action, kind=kind, parent=self)
            about = Text(words(f"cards.about.{act}"), "muted", self, wrap=True)
            about.setContentsMargins(look.px(2), 0, 0, look.px(8))
            line = QHBoxLayout()
            line.addWidget(button)
            line.addStretch(1)
            nest(box, line)
            box.addWidget(about)
            self._rows[act] = (button, about)
        self.none = Text(words("cards.no_acts"), "muted", self, wrap=True)
        self.others = Text("", "muted", self, wrap=True)
        box.addWidget(self.none)
        box.addWidget(self.others)
        box.addStretch(1)

    def show_acts(
        self,
        acts: Sequence[CardAct],
        *,
        find: str = "found",
        unscanned: bool = False,
        over: bool = False,
        others: Sequence[CardAct] = (),
    ) -> None:
        """Show these; the screen has dressed the actions already.

        `find`: as `CardRecord` has it. `unscanned`: a scan of the card may bring more. `over`:
        F12 gives the counter back first. `others`: what another duty than this officer's may do.
        """
        self._rows[CardAct.FOUND][1].setText(self._words(f"cards.about.{find}"))
        for act, (button, about) in self._rows.items():
            button.setVisible(act in acts)
            about.setVisible(act in acts)
        way = ".unscanned" if unscanned else ".over" if over else ""
        self.none.setText(self._words(f"cards.no_acts{way}"))
        self.none.setVisible(not acts)
        named = ", ".join(self._words(f"cards.act.{act}") for act in others)
        self.others.setText(self._words("cards.no_acts.others", acts=named))
        self.others.setVisible(bool(others))


class RecordPage(QWidget):
    """The card, where it is, and what may be done with it."""

    def __init__(self, words: Words, actions: Mapping[CardAct, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        middle = Panel(parent=self, padding=12)
        self.sign = VerdictSign(middle)
        self.face = CardFace(words("cards.face"), middle, width=360)
        self.face.setMinimumSize(look.px(200), look.px(150))
        middle.body.addWidget(self.sign)
        middle.body.addWidget(self.face)
        middle.body.addStretch(1)
        right = Panel(words("cards.acts"), self, padding=12)
        self.acts = ActList(words, actions, right)
        right.add(self.acts, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(middle, 11)
        across.addWidget(right, 10)
        self._face = b""

    def show_view(self, view: CardsView) -> None:
        record = view.record
        if record is None:
            return
        verdict, key = self._verdict(view, record)
        here = key in NO_LONGER_GOOD and (view.in_hand or record.found is not None)
        detail = f"cards.sign.{key}.{'here' if here else 'detail'}"
        self.sign.tell(
            verdict,
            self.words(f"cards.sign.{key}"),
            self.words(detail, serial=record.serial or "–", number=record.taken_in_by),
        )
        self.face.setVisible(bool(view.face))
        if view.face != self._face:
            self._face = view.face
            self.face.show_image(view.face or None, record.holder.name)
        on_it = record.serial and record.current
        self.face.set_caption(self.words("cards.face" if on_it else "cards.face_to_be"))
        self.acts.show_acts(
            view.acts,
            find=record.find,
            unscanned=view.scan_helps,
            over=view.gives_back,
            others=view.of_others,
        )

    @staticmethod
    def _verdict(view: CardsView, record: CardRecord) -> tuple[Verdict, str]:
        state = record.app.state if record.app is not None else None
        if record.destroyed:
            return Verdict.NOTE, "destroyed"
        if record.surrendered:
            return Verdict.NOTE, "surrendered"
        if record.missing:
            return Verdict.WRONG, "missing"
        if record.aside:
            return Verdict.NOTE, "aside"
        if record.taken_in_by:
            return Verdict.NOTE, "taken_in"
        if not record.serial:
            return Verdict.NOTE, "before" if record.app is None else "none"
        another = record.app is not None and not record.current
        if another or record.status is LicenceStatus.SUPERSEDED:
            return Verdict.WRONG, "old"
        if record.status is LicenceStatus.REVOKED:
            return Verdict.WRONG, "revoked"
        if record.status is LicenceStatus.FLAGGED and record.incident is None:
            return Verdict.WRONG, "flagged"
        if view.in_hand:
            return Verdict.RIGHT, "typed" if view.typed else "in_hand"
        if record.found is not None:
            return Verdict.NOTE, "kept"
        if record.status is LicenceStatus.FLAGGED and record.incident is not None:
            return Verdict.WRONG, "out"
        if record.app is None:
            return Verdict.NOTE, "elsewhere"
        if state is S.IN_DELIVERY:
            return Verdict.NOTE, "sent"
        if state in MADE or state not in (S.HANDED_OVER, S.CLOSED):
            return Verdict.NOTE, "at_counter"
        return Verdict.NOTE, "not_here"


class WillPanel(Panel):
    """What will happen, line by line, before anything does."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("cards.will"), parent, padding=12)
        self._words = words
        self._lines: list[Hanging] = []
        self.body.addStretch(1)

    def show_view(self, view: CardsView, local_day: Callable[[date], str]) -> None:
        texts = self._texts(view, local_day)
        while len(self._lines) < len(texts):
            line = Hanging(parent=self, below=6)
            self.body.insertWidget(self.body.count() - 1, line)
            self._lines.append(line)
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(texts))
            if place < len(texts):
                line.tell(texts[place])

    def _texts(self, view: CardsView, local_day: Callable[[date], str]) -> list[str]:
        words, record = self._words, view.record
        if record is None:
            return []
        w = "cards.will"
        if view.step is CardStep.GIVEN:
            cards = [record, *([view.other] if view.other else [])]
            texts = [
                words(f"{w}.flag_one", number=card.licence.sim_number if card.licence else "–",
                      name=card.holder.name[:60])
                for card in cards
            ]  # fmt: skip
            texts += [words(f"{w}.letters", days=DAYS), words(f"{w}.stay"), words(f"{w}.open")]
            return texts if view.other else [*texts, words(f"{w}.other")]
        app = record.app
        until = app.valid_until if app is not None else None
        first = "surrender" if view.handed else "spoil"
        texts = [words(f"{w}.{first}", serial=record.serial)]
        if until is not None:
            texts.append(words(f"{w}.validity", until=local_day(until)))
        anew = app is not None and app.channel is Channel.ONLINE and not view.handed
        texts.append(words(f"{w}.approval_online" if anew else f"{w}.approval"))
        if view.handed:
            texts += [words(f"{w}.stands"), words(f"{w}.two")]
        return texts


class TypingPage(QWidget):
    """The form, and beside it what will happen with it."""

    def __init__(self, words: Words, presenter: CardDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        left = Panel(words("cards.form"), self, padding=12)
        self.form = ApplicantForm(words, presenter, left, roomy=True)
        left.body.addWidget(self.form)
        left.body.addStretch(1)
        self.will = WillPanel(words, self)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme().px(12))
        across.addWidget(left, 12)
        across.addWidget(self.will, 9)

    def show_view(self, view: CardsView) -> None:
        self.form.show_form(view.form, open_nik=False)
        self.form.mark(view.problem)
        self.will.show_view(view, self.words.date)


class ComparePage(QWidget):
    """Printed beside right, field by field; or the two cards that were swapped."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        c = "cards.column"
        self.panel = Panel(words("cards.changes"), self, padding=12)
        self.table = WrappingTable(
            [
                Column(words(f"{c}.field"), muted=True),
                Column(words(f"{c}.before"), stretch=True),
                Column(words(f"{c}.after"), strong=True, stretch=True),
            ],
            words("cards.changes"),
            self.panel,
            opens=False,
        )
        self.cards = DataTable(
            [
                Column(words(f"{c}.serial"), code=True, strong=True),
                Column(words(f"{c}.name"), stretch=True),
                Column(words("supervisor.column.case"), code=True, muted=True, brief=short_case),
            ],
            words("cards.lost_to"),
            self.panel,
            opens=False,
        )
        for told in (self.table, self.cards):  # read only: no row is the one that a key acts on
            told.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
            self.panel.add(told, 1)
        self.will = WillPanel(words, self)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme().px(12))
        across.addWidget(self.panel, 14)
        across.addWidget(self.will, 9)

    def show_view(self, view: CardsView) -> None:
        words = self.words
        given = view.step is CardStep.GIVEN
        self.panel.set_heading(words("cards.lost_to" if given else "cards.changes"))
        self.table.setVisible(not given)
        self.cards.setVisible(given)
        self.table.show_rows(
            [
                Row(
                    change.field,
                    (
                        words(f"walkin.field.{change.field}"),
                        blood_text(words.plain(change.before).upper()) or "–",
                        blood_text(words.plain(change.after).upper()) or "–",
                    ),
                )
                for change in view.changes
            ]
        )
        shown = [card for card in (view.record, view.other) if card is not None]
        self.cards.show_rows(
            [
                Row(
                    card.key,
                    (
                        card.serial,
                        card.holder.name,
                        card.app.number if card.app else "–",
                    ),
                )
                for card in shown
            ]
        )
        self.will.show_view(view, words.date)
