"""What came out of a returned envelope: the sign, the checks, the card, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.application import Application
from desktop.domain.card_reading import CardFact, Weight
from desktop.domain.shipment import ReturnState
from desktop.presenters.returns_view import OpenReturn, ReturnStep, ReturnsView
from desktop.services.card_reading import ReadCard
from desktop.words import Words
from ui.screens.walkin_parts import BadgeList, FactGrid, NoteList, viewport_of
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CAPTION, RATIO, CardFace
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.scan_box import Verdict, VerdictSign
from ui.widgets.state import Level, StateItem

WAYS = (
    "fits", "replaced", "chip_differs", "other_card", "stray_card", "swap_settled", "held",
    "destroy",
)  # fmt: skip
"""The signs under which something is to be decided."""
ROOMY = 740
"""Width of the card's panel, at usual text, from which the acts' words have room to spare."""
LOW_ENVELOPE, MOST_ENVELOPE = 118, 520
"""Heights of the envelope's picture, at usual text."""
AROUND = 52
"""What a panel keeps at both sides and between its two columns."""
FEW = 4
"""How many checks a column has room for beneath the acts."""
BESIDE_SIGN = 190
"""Height of what else stands in the card's panel, at usual text."""


def as_returned(read: ReadCard) -> ReadCard:
    """A reading without what is so of every card that comes back.

    That it is in nobody's hands is why it lies here; a chip that can't sign is vouched for by a
    good seal.
    """
    plain = {CardFact.NOT_HANDED_OVER}
    if read.has(CardFact.SEAL_GOOD):
        plain.add(CardFact.CHIP_UNSIGNED)
    return replace(read, findings=tuple(f for f in read.findings if f.code not in plain))


def tall(panel: Panel, others: int, least: int, part: float) -> int:
    """How high the envelope's picture may be in its panel, at usual text.

    `others` is what stands above and below it; in width it has `part` of the panel.
    """
    scale = theme().scale
    wide = (panel.width() / scale - AROUND) * part * 3 / 4
    return int(max(least, min(panel.height() / scale - others, wide, MOST_ENVELOPE)))


def envelope_large(shown: OpenReturn) -> bool:
    """Whether the envelope stands where the card will: until there is a card to look at."""
    return shown.step is ReturnStep.CARD and bool(shown.seal_picture)


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


class HolderPart(QWidget):
    """Whose card lay in the parcel: its holder as the case knows them."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.photo = PhotoFrame("", self, height=122, empty_icon="user")
        self.photo.setAccessibleName(words("returns_screen.holder.photo"))
        self.name = Text("", "lead", self, wrap=True)
        # Large text leaves no room for a case's number beside its label.
        self.facts = FactGrid(self, gap=4, upright=theme().folded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(10))
        column.addWidget(Text(words("returns_screen.holder"), "overline", self))
        column.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.name)
        column.addWidget(self.facts)

    def show_holder(self, app: Application, photo: bytes, serial: str) -> None:
        """Show whose card this is; without a photo an empty frame says that there is none."""
        words, name = self.words, app.applicant.name
        self.photo.show_image(photo or None, name)
        self.name.setText(name[:120])
        self.facts.show_facts(
            [
                (words("returns_screen.fact.case"), app.number),
                (words("returns_screen.fact.licence"), words.of(app.licence_class)),
                (words("returns_screen.fact.card"), serial),
                (words("returns_screen.fact.state"), words.of(app.state)),
            ]
        )


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
        self.holder = HolderPart(words, self)
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
        right.addWidget(self.holder)
        right.addWidget(self.envelope)
        right.addWidget(self.rest)
        right.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(20))
        nest(across, left, 13)
        nest(across, right, 9)
        self.body.addWidget(self.sign)
        nest(self.body, across)
        self.body.addStretch(1)
        self._across = across
        self._face: bytes = b""
        self._key = ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Where the panel is wide the card has the larger part, with large text the words."""
        wide = self.width() >= theme().px(ROOMY)
        # An envelope is looked at alone: nothing but what was noted stands beside it.
        left = 9 if wide else 18 if theme().folded else 13
        left = 6 if wide and not self.envelope.isHidden() else left
        self._across.setStretch(0, left)
        self.envelope.set_height(tall(self, BESIDE_SIGN, LOW_ENVELOPE, 9 / (9 + left)))
        self._fit_face()

    def _fit_face(self) -> None:
        """The card's picture gives way before the last line beneath it scrolls."""
        port, whole = viewport_of(self), self.layout()
        if port is None or whole is None or self.face.isHidden():
            return
        look = theme()
        pads = self.contentsMargins() + whole.contentsMargins()
        others = pads.top() + pads.bottom() + self.sign.height() + 2 * self.body.spacing()
        if not self.rest.isHidden():
            others += self.rest.sizeHint().height() + look.px(10)
        room = port.height() - others - look.px(CAPTION) - 2
        wide = max(look.px(184), int(room * RATIO))
        self.face.setMaximumWidth(min(look.px(640), wide))

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
        proven = case.card_matches is not False and case.chip_matches is not False
        fits = verdict is Verdict.RIGHT and key == "fits"
        fits = fits or (key in ("held", "destroy") and proven)
        checks = self._checks(shown, fits=fits)
        beneath = fits and bool(shown.face)
        quiet = checks if beneath else []
        if not beneath and shown.face and len(checks) > FEW:
            # What asks for a look stands by the acts, the others beneath the card.
            quiet = [one for one in checks if one.level in (Level.GOOD, Level.OFF)]
        self.checks.show_items([one for one in checks if one not in quiet])
        self.rest.show_items(quiet)
        self.face.setVisible(bool(shown.face))
        sealed = envelope_large(shown)
        self.envelope.setVisible(sealed)
        self.envelope.show_image(shown.seal_picture if sealed else None)
        swapped = shown.step is ReturnStep.OTHER_CARD and shown.other is not None
        self.holder.setVisible(swapped)
        if swapped and shown.other is not None:
            self.holder.show_holder(shown.other, shown.other_photo, case.card_serial)
        self._share()
        # No picture: the words have all the room.
        self._across.setStretch(1, 9 if shown.face or sealed or swapped else 0)
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
            if view.card_scanned:
                return Verdict.WAITING, "scan_waybill"
            # Never put into a slot, it lies on the table still.
            return Verdict.WAITING, "scan_card_again" if shown.case.slot else "scan_card_once_more"
        if step is ReturnStep.CARD:
            return Verdict.WAITING, "lay_card" if view.card_scanned else "scan_card"
        if step is ReturnStep.OTHER_CARD:
            if shown.cards_due < (1 if shown.other is None else 2):
                return Verdict.WRONG, "swap_settled"
            return Verdict.WRONG, "other_card" if shown.other is not None else "stray_card"
        if shown.replaced and step in (ReturnStep.DECIDE, ReturnStep.HELD):
            return Verdict.WRONG, "replaced"
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
        if shown.case.state is ReturnState.REPRINTED:
            # A card that came out of the envelope still goes somewhere.
            return Verdict.RIGHT, "reprinted" if shown.case.card_serial else "reprinted_lost"
        if shown.case.state is ReturnState.REDISPATCHED:
            return Verdict.RIGHT, "sent_again"
        return Verdict.RIGHT, "done"

    def _checks(self, shown: OpenReturn, *, fits: bool) -> list[StateItem]:
        words, case = self.words, shown.case
        items: list[StateItem] = []
        if case.reason is not None:
            reason = words.of(case.reason)
            items.append(StateItem(Level.OFF, words("returns_screen.check.reason", reason=reason)))
        for name, found in (
            ("seal", case.seal_intact),
            ("card", case.right_number),
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
