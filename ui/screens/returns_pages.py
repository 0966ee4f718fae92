"""The parts of the returns screen: the shelf, whose parcel it is, the seal, the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.card_reading import CardFact, Weight
from desktop.domain.reasons import ReturnReason, needs_note
from desktop.domain.shipment import ReturnState
from desktop.presenters.returns import Returns
from desktop.presenters.returns_view import OpenReturn, ReturnFilter, ReturnStep, ReturnsView
from desktop.services.card_reading import ReadCard
from desktop.words import Words
from ui.screens.online_words import RETURN_LEVEL
from ui.screens.walkin_parts import BadgeList, Fact, FactGrid, FittedPhoto, NoteList
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CardFace
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text, row
from ui.widgets.pages import Pages
from ui.widgets.photo import PhotoFrame
from ui.widgets.quiet_field import QuietField
from ui.widgets.reasons import Reason, ReasonList
from ui.widgets.scan_box import Verdict, VerdictSign
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

INTACT, BROKEN = "intact", "broken"
WAYS = ("fits", "chip_differs", "other_card", "held", "destroy")
"""The signs under which something is to be decided."""
ROOMY = 740
"""Width of the card's panel, at usual text, from which the acts' words have room to spare."""


def as_returned(read: ReadCard) -> ReadCard:
    """A reading without what is so of every card that comes back.

    That it is in nobody's hands is why it lies here; a chip that can't sign is vouched for by a
    good seal.
    """
    plain = {CardFact.NOT_HANDED_OVER}
    if read.has(CardFact.SEAL_GOOD):
        plain.add(CardFact.CHIP_UNSIGNED)
    return replace(read, findings=tuple(f for f in read.findings if f.code not in plain))


class ShelfPage(QWidget):
    """Everything that came back and still waits, the oldest first."""

    def __init__(self, words: Words, presenter: Returns, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self.chips = ChipBar(words("returns_screen.filter"), self)
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
            [Chip(f.value, words.of(f), view.counts.get(f, 0)) for f in ReturnFilter],
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
                        case.slot or "–",
                        StateItem(level, text),
                    ),
                )
            )
        self.table.show_rows(rows)
        self.stack.setCurrentWidget(self.table if rows else self.empty)


def envelope_large(shown: OpenReturn) -> bool:
    """Whether the envelope stands where the card will: until there is a card to look at."""
    return shown.step is ReturnStep.CARD and bool(shown.seal_picture)


class WhosePanel(Panel):
    """Whose parcel it is, its way until now, and how the office tried to reach the applicant."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.words = words
        self.setFixedWidth(theme().px(312))
        self.photo = PhotoFrame("", self, height=122, empty_icon="user")
        self.photo.setAccessibleName(words("returns_screen.case_photo"))
        self.seal = PhotoFrame("", self, ratio=4 / 3, height=122, empty_icon="image")
        self.seal.setAccessibleName(words("returns_screen.seal.picture"))
        middle = QHBoxLayout()
        middle.setSpacing(theme().px(12))
        middle.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        middle.addWidget(self.seal, 0, Qt.AlignmentFlag.AlignTop)
        middle.addStretch(1)
        self.name = Text("", "lead", self, wrap=True)
        self.facts = FactGrid(self, gap=4)
        self.tries = Text("", "body", self, wrap=True)
        self.body.addLayout(middle)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.tries_title = Text(words("returns_screen.tries"), "overline", self)
        self.body.addWidget(self.tries_title)
        self.body.addWidget(self.tries)
        self.body.addStretch(1)
        FittedPhoto(self, self.photo, self.seal)
        self._photo: bytes = b""

    def show_return(self, shown: OpenReturn, *, notes: bool) -> None:
        """Show it; `notes` says whether the key that notes a try is at hand."""
        words, case, parcel = self.words, shown.case, shown.parcel
        if shown.photo != self._photo:
            self._photo = shown.photo
            self.photo.show_image(shown.photo or None, shown.app.applicant.name)
        self.name.setText(shown.app.applicant.name[:120])
        to, tight = parcel.address, theme().folded  # large text has no line to give away
        number, licence = shown.app.number, words.of(shown.app.licence_class)
        facts: list[Fact] = [
            (words("returns_screen.fact.case"), f"{number} · {licence}" if tight else number),
            (words("returns_screen.fact.licence"), "" if tight else licence),
            (words("returns_screen.fact.card"), parcel.serial),
            (words("returns_screen.fact.to"), f"{to.line[:300]}\n{to.city} {to.postcode}"),
            (words("returns_screen.fact.phone"), to.phone),
            (words("returns_screen.fact.received"), words.moment(case.received_at)),
            (words("returns_screen.fact.opened_with"), shown.opener),
            (words("returns_screen.fact.slot"), case.slot, "accent"),
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


def tall(panel: Panel, others: int, least: int) -> int:
    """How high the envelope's picture may be in its panel, at usual text.

    `others` is what stands above and below it; in width it has two fifths of the panel.
    """
    scale = theme().scale
    wide = panel.width() / scale * 0.4 * 3 / 4
    return int(max(least, min(panel.height() / scale - others, wide, MOST_ENVELOPE)))


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
        right.addLayout(row(self.note_label, self.note, spacing=8))
        right.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(20))
        across.addLayout(left, 13)
        across.addLayout(right, 10)
        self.body.addLayout(across)
        self.hint = Text(words("returns_screen.seal.hint"), "muted", self, wrap=True)
        self.body.addWidget(self.hint)
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The envelope is looked at closely: its picture takes what the words leave."""
        super().resizeEvent(event)
        self.picture.set_height(tall(self, BESIDE_ENVELOPE, LOW_ENVELOPE))

    def show_view(self, view: ReturnsView) -> None:
        words = self.words
        chosen = view.reason.value if view.reason else ""
        self.reasons.show_reasons([Reason(r.value, words.of(r)) for r in ReturnReason], chosen)
        now = "" if view.seal_intact is None else INTACT if view.seal_intact else BROKEN
        self.seal.show_chips(
            [
                Chip(INTACT, words("returns_screen.seal.intact")),
                Chip(BROKEN, words("returns_screen.seal.broken")),
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


class WaysList(QWidget):
    """What may be done now: each act's button, and beside it what it does."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.px(14))
        self._grid.setVerticalSpacing(look.px(8))
        self._grid.setColumnStretch(1, 1)
        self._rows: dict[QAction, tuple[KeyButton, Text]] = {}

    def offer(self, actions: Mapping[QAction, str]) -> None:
        """Have a row for each of these acts, its button of the given kind."""
        for action, kind in actions.items():
            about = Text("", "muted", self, wrap=True)
            button = KeyButton.of(action, kind=kind, parent=self)
            place = len(self._rows)
            self._grid.addWidget(button, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(about, place, 1, Qt.AlignmentFlag.AlignVCenter)
            self._rows[action] = (button, about)

    def show_ways(self, about: str) -> None:
        """Show what is at hand; the screen has dressed the actions already.

        `about` is the message id under which the acts are explained, by their own ids' last part.
        """
        for action, (button, text) in self._rows.items():
            told = f"{about}.{action.objectName().rpartition('.')[2]}"
            seen = action.isVisible() and told in self.words
            button.setVisible(seen)
            text.setVisible(seen)
            if seen:
                text.setText(self.words(told))


class CardPanel(Panel):
    """What scan and chip say of the card, what was decided, and what may be done."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.words = words
        look = theme()
        self.sign = VerdictSign(self, least=84)
        self.checks = BadgeList(self)
        self.rest = NoteList(self)
        self.title = Text(words("returns_screen.ways"), "overline", self)
        self.ways = WaysList(words, self)
        self.face = CardFace(words("returns_screen.face"), self, width=360)
        self.face.setMinimumSize(look.px(184), look.px(140))
        self.face.setMaximumWidth(look.px(640))
        self.envelope = PhotoFrame("", self, ratio=4 / 3, height=LOW_ENVELOPE, empty_icon="image")
        self.envelope.setAccessibleName(words("returns_screen.seal.picture"))
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(look.px(10))
        left.addWidget(self.title)
        left.addWidget(self.ways)
        left.addWidget(self.checks)
        left.addStretch(1)
        right.addWidget(self.face)
        right.addWidget(self.envelope)
        right.addWidget(self.rest)
        right.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(20))
        across.addLayout(left, 13)
        across.addLayout(right, 9)
        self.body.addWidget(self.sign)
        self.body.addLayout(across)
        self.body.addStretch(1)
        self._across = across
        self._face: bytes = b""
        self._key = ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the panel is wide the card has the larger part, with large text the words."""
        super().resizeEvent(event)
        wide = self.width() >= theme().px(ROOMY)
        self._across.setStretch(0, 9 if wide else 18 if theme().folded else 13)
        self.envelope.set_height(tall(self, BESIDE_SIGN, LOW_ENVELOPE))

    def show_view(self, view: ReturnsView) -> None:
        shown = view.open
        if shown is None:
            return
        words, case = self.words, shown.case
        verdict, self._key = self._verdict(view, shown)
        key = self._key
        facts = {
            "slot": case.slot,
            "serial": case.card_serial or view.card_scanned,
            "other": shown.other.number if shown.other else "–",
            "name": shown.app.applicant.name,
            "state": words.of(case.state),
        }
        told = f"returns_screen.sign.{key}"
        detail = f"{told}.detail"
        if verdict is Verdict.ATTEND:  # the title of the reading, which D shows whole
            told, detail = "reading.verdict.attend", f"{told}.in_part"
        self.sign.tell(verdict, words(told, **facts), words(detail, **facts))
        # Where all fits the sign says so; what else was noted stands beneath the card.
        fits = verdict is Verdict.RIGHT and key == "fits"
        checks = self._checks(shown, fits=fits)
        beneath = fits and bool(shown.face)
        self.checks.show_items([] if beneath else checks)
        self.rest.show_items(checks if beneath else [])
        self.face.setVisible(bool(shown.face))
        sealed = envelope_large(shown)
        self.envelope.setVisible(sealed)
        self.envelope.show_image(shown.seal_picture if sealed else None)
        # No picture: the words have all the room.
        self._across.setStretch(1, 9 if shown.face or sealed else 0)
        if shown.face != self._face:
            self._face = shown.face
            self.face.show_image(shown.face or None, shown.app.applicant.name)

    def show_ways(self) -> None:
        """What may be done; called once the keys have their meanings."""
        about = f"returns_screen.ways.{self._key}"
        self.ways.show_ways(about)
        offered = self._key in WAYS
        self.title.setVisible(offered)
        self.ways.setVisible(offered)

    def _verdict(self, view: ReturnsView, shown: OpenReturn) -> tuple[Verdict, str]:
        step = shown.step
        if view.sending:
            return Verdict.WAITING, "scan_waybill" if view.card_scanned else "scan_card_again"
        if step is ReturnStep.CARD:
            return Verdict.WAITING, "lay_card" if view.card_scanned else "scan_card"
        if step is ReturnStep.OTHER_CARD:
            return Verdict.WRONG, "other_card"
        if step is ReturnStep.DECIDE:
            if not shown.good:
                return Verdict.WRONG, "chip_differs"
            read = shown.check.read if shown.check is not None else None
            proven = read is None or as_returned(read).worst is Weight.GOOD
            return Verdict.RIGHT if proven else Verdict.ATTEND, "fits"
        if step is ReturnStep.HELD:
            return Verdict.RIGHT, "held"
        if step is ReturnStep.DESTROY:
            return Verdict.NOTE, "destroy"
        return Verdict.RIGHT, "done"

    def _checks(self, shown: OpenReturn, *, fits: bool) -> list[StateItem]:
        words, case = self.words, shown.case
        items: list[StateItem] = []
        if case.reason is not None:
            reason = words.of(case.reason)
            items.append(StateItem(Level.OFF, words("returns_screen.check.reason", reason=reason)))
        for name, found in (
            ("seal", case.seal_intact),
            ("card", case.card_matches),
            ("chip", case.chip_matches),
        ):
            if found is not None and (name == "seal" or not fits):
                key = "good" if found else "bad"
                level = Level.GOOD if found else Level.BAD
                items.append(StateItem(level, words(f"returns_screen.check.{name}.{key}")))
        if shown.check is not None and shown.check.read is not None:
            levels = {Weight.BAD: Level.BAD, Weight.ATTEND: Level.ATTEND}
            found = as_returned(shown.check.read).findings
            told = sorted((f for f in found if f.weight in levels), key=lambda f: f.weight != "bad")
            items += [
                # Told like the checks above them, which are no sentences.
                StateItem(
                    levels[one.weight], words(f"reading.{one.code}", **one.facts).removesuffix(".")
                )
                for one in told[:3]
            ]
        if shown.good and case.state is ReturnState.VERIFIED and not fits:
            items.append(StateItem(Level.ATTEND, words("returns_screen.check.face")))
        for incident in shown.incidents[:3]:
            kind = f"incident.{incident.kind}"
            text = words(kind) if kind in words else incident.kind
            items.append(StateItem(Level.BAD, words("returns_screen.check.incident", kind=text)))
        return items
