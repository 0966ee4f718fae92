"""The parts of the returns screen: the shelf, whose parcel it is, the seal, the card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.reasons import ReturnReason, needs_note
from desktop.domain.shipment import Address
from desktop.presenters.returns import Returns
from desktop.presenters.returns_view import OpenReturn, ReturnFilter, ReturnStep, ReturnsView
from desktop.words import Words
from ui.screens.online_words import RETURN_LEVEL
from ui.screens.returns_card import LOW_ENVELOPE, envelope_large, tall
from ui.screens.walkin_parts import Fact, FactGrid, FittedPhoto
from ui.theme import theme
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text, row
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.photo import PhotoFrame
from ui.widgets.quiet_field import QuietField
from ui.widgets.reasons import Reason, ReasonList
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

INTACT, BROKEN = "intact", "broken"
SEAL_KEYS = {INTACT: "U", BROKEN: "R"}
"""The keys that judge the seal; they stand in its two chips."""
WIDE, WIDE_WHOSE, WHOSE = 1400, 420, 312
"""How wide the parcel's panel is, at usual text: in a page that is so wide, and in others."""
SEAL_PART = 10
"""Of 23 parts of the seal's panel those at the right: the envelope and what is said of it."""
BESIDE_ENVELOPE = 270
"""Height of what else stands in the seal's panel, at usual text."""


class ShelfPage(QWidget):
    """Everything that came back and still waits, the oldest first."""

    def __init__(self, words: Words, presenter: Returns, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.chips = ChipBar(words("returns_screen.filter"), self, keys="Ctrl+←→")
        self.chips.chosen.connect(lambda key: presenter.choose(ReturnFilter(key)))
        self.table = DataTable(
            [
                Column(words("returns_screen.column.waybill"), code=True, strong=True),
                Column(words("returns_screen.column.name"), stretch=True),
                Column(words("returns_screen.column.city"), muted=True),
                Column(words("returns_screen.column.reason")),
                Column(words("returns_screen.column.state")),
                Column(words("returns_screen.column.slot"), code=True),
                Column(words("returns_screen.column.days")),
            ],
            words("returns_screen.list"),
            self,
        )
        self.table.opened.connect(presenter.open_case)
        self.empty = EmptyState(
            "package-check", words("returns_screen.empty"), words("returns_screen.empty.hint")
        )
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        panel = Panel(parent=self, padding=4)
        panel.add(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.chips)
        whole.addWidget(panel, 1)
        self._shown: object = None

    def show_view(self, view: ReturnsView) -> None:
        words = self.words
        self.chips.show_chips(
            [Chip(f.value, words.of(f), view.counts.get(f, 0) or None) for f in ReturnFilter],
            view.filter.value,
        )
        if view.lines is self._shown:
            return
        self._shown = view.lines
        rows: list[Row] = []
        for line in view.lines:
            case, aged = line.case, line.aged
            level = Level.BAD if aged.alarm else Level.OFF
            days = words("online_screen.span.days", count=aged.days)
            text = words("returns_screen.too_long", days=days) if aged.alarm else days
            rows.append(
                Row(
                    case.id,
                    (
                        case.awb,
                        line.name,
                        line.city,
                        words.of(case.reason) if case.reason else "–",
                        StateItem(RETURN_LEVEL.get(case.state, Level.OFF), words.of(case.state)),
                        case.lies_in or "–",
                        StateItem(level, text),
                    ),
                )
            )
        self.table.show_rows(rows)
        self.stack.setCurrentWidget(self.table if rows else self.empty)


class WhosePanel(Panel):
    """Whose parcel it is, its way until now, and how the office tried to reach the applicant."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.words = words
        self.setFixedWidth(theme().px(WHOSE))
        self.photo = PhotoFrame("", self, height=122, empty_icon="user")
        self.photo.setAccessibleName(words("returns_screen.case_photo"))
        self.seal = PhotoFrame("", self, ratio=4 / 3, height=122, empty_icon="image")
        self.seal.setAccessibleName(words("returns_screen.seal.picture"))
        middle = QHBoxLayout()
        middle.setSpacing(theme().px(12))
        middle.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        middle.addWidget(self.seal, 0, Qt.AlignmentFlag.AlignTop)
        middle.addStretch(1)
        self.title = Text(words("returns_screen.addressee"), "overline", self)
        self.name = Text("", "lead", self, wrap=True)
        self.facts = FactGrid(self, gap=4)
        self.tries = Text("", "body", self, wrap=True)
        self.body.addWidget(self.title)
        nest(self.body, middle)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.tries_title = Text(words("returns_screen.tries"), "overline", self)
        self.body.addWidget(self.tries_title)
        self.body.addWidget(self.tries)
        self.body.addStretch(1)
        FittedPhoto(self, self.photo, self.seal, at=self.body.indexOf(middle))
        self._photo: bytes = b""

    def fit(self, page: int) -> None:
        """Be as wide as befits a page of this width: an address is read in two lines."""
        self.setFixedWidth(theme().px(WIDE_WHOSE if page >= theme().px(WIDE) else WHOSE))

    def show_return(self, shown: OpenReturn, *, notes: bool, new: Address | None = None) -> None:
        """Show it; `notes` says whether the key that notes a try is at hand.

        `new` is where it goes now: whoever typed it sees it before the label is printed.
        """
        words, case, parcel = self.words, shown.case, shown.parcel
        if shown.photo != self._photo:
            self._photo = shown.photo
            self.photo.show_image(shown.photo or None, shown.app.applicant.name)
        # Beside the holder of another card: who of the two is who.
        self.title.setVisible(shown.step is ReturnStep.OTHER_CARD and shown.other is not None)
        self.name.setText(shown.app.applicant.name[:120])
        to, tight = new or parcel.address, theme().folded  # large text has no line to give away
        number, licence = shown.app.number, words.of(shown.app.licence_class)
        facts: list[Fact] = [
            (words("returns_screen.fact.case"), f"{number} · {licence}" if tight else number),
            (words("returns_screen.fact.licence"), "" if tight else licence),
            (words("returns_screen.fact.card"), parcel.serial),
            (
                words("returns_screen.fact.to_new" if new else "returns_screen.fact.to"),
                f"{to.line[:300]}\n{to.city} {to.postcode}",
                "accent" if new else "body",
            ),
            (words("returns_screen.fact.phone"), to.phone),
            (words("returns_screen.fact.received"), words.moment(case.received_at)),
            (words("returns_screen.fact.opened_with"), shown.opener),
            (words("returns_screen.fact.slot"), case.lies_in, "accent"),
        ]
        self.facts.show_facts(facts)
        lines = [
            f"{words.moment(tried.at)}\n{words.of(tried.way)}: {words.of(tried.result)}"
            + (f"\n“{tried.note[:120]}”" if tried.note else "")
            for tried in reversed(case.contact_log[-6:])
        ]
        none = words("returns_screen.no_tries.how" if notes else "returns_screen.no_tries")
        self.tries.setText("\n\n".join(lines) or none)
        self.tries.set_role("body" if lines else "muted")
        for text in (self.tries_title, self.tries):  # who can't try yet needn't hear of none
            text.setVisible(bool(lines) or (notes and not tight))
        self.seal.setVisible(bool(shown.seal_picture) and not envelope_large(shown))
        self.seal.show_image(shown.seal_picture or None)


class OpenPage(QWidget):
    """An opened parcel: whose it is at the left, the step at the right."""

    def __init__(self, parent: QWidget, whose: WhosePanel) -> None:
        super().__init__(parent)
        self._whose = whose

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._whose.fit(self.width())


class SealPage(Panel):
    """Why it came back, how the envelope looks, and its picture."""

    def __init__(self, words: Words, presenter: Returns, parent: QWidget) -> None:
        super().__init__(words("returns_screen.seal.title"), parent)
        self.words = words
        look = theme()
        self.reasons = ReasonList(words("returns_screen.seal.reason"), self)
        self.reasons.picked.connect(lambda key: presenter.pick_reason(ReturnReason(key)))
        self.seal = ChipBar(words("returns_screen.seal.seal"), self)
        self.seal.chosen.connect(lambda key: presenter.judge_seal(intact=key == INTACT))
        self.picture = PhotoFrame(
            "", self, ratio=4 / 3, height=LOW_ENVELOPE,
            empty_icon="camera", empty_text=words("returns_screen.seal.no_picture"),
        )  # fmt: skip
        self.picture.setAccessibleName(words("returns_screen.seal.picture"))
        self.note_label = Text(words("returns_screen.seal.note"), "label", self)
        self.note = QuietField(words("returns_screen.seal.note"), self)
        self.note_label.setBuddy(self.note)
        self.note.committed.connect(presenter.write_note)
        self.note.textChanged.connect(presenter.type_note)
        left = QVBoxLayout()
        left.setSpacing(look.px(6))
        left.addWidget(Text(words("returns_screen.seal.reason"), "label", self))
        left.addWidget(self.reasons)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(look.px(8))
        right.addWidget(Text(words("returns_screen.seal.seal"), "label", self))
        right.addWidget(self.seal)
        right.addWidget(self.picture)
        nest(right, row(self.note_label, self.note, spacing=8))
        right.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(20))
        nest(across, left, 23 - SEAL_PART)
        nest(across, right, SEAL_PART)
        nest(self.body, across)
        self.hint = Text(words("returns_screen.seal.hint"), "muted", self, wrap=True)
        self.body.addWidget(self.hint)
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The envelope is looked at closely: its picture takes what the words leave."""
        super().resizeEvent(event)
        part = SEAL_PART / 23
        self.picture.set_height(tall(self, BESIDE_ENVELOPE, LOW_ENVELOPE, part))

    def show_view(self, view: ReturnsView) -> None:
        words = self.words
        chosen = view.reason.value if view.reason else ""
        self.reasons.show_reasons([Reason(r.value, words.of(r)) for r in ReturnReason], chosen)
        now = "" if view.seal_intact is None else INTACT if view.seal_intact else BROKEN
        self.seal.show_chips(
            [
                Chip(seal, f"{words(f'returns_screen.seal.{seal}')}  {key}")
                for seal, key in SEAL_KEYS.items()
            ],
            now,
        )
        self.picture.show_image(view.picture or None)
        missing = view.seal_intact is False and not view.picture
        self.picture.show_state(
            StateItem(Level.ATTEND, words("returns_screen.seal.picture_needed"))
            if missing
            else None
        )
        other = view.reason is not None and needs_note(view.reason)
        self.note.set_fault(words("returns_screen.seal.note") if other and not view.note else "")
        self.note.set_value(view.note)
