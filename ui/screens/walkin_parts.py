"""Pieces that the walk-in's pages share: the page itself, facts in a grid, the person's panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.application import IdentitySource
from desktop.domain.plausible import Doubted
from desktop.pictures import PictureFinding
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkInView
from desktop.words import Words
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CAPTION, RATIO
from ui.widgets.labels import Hanging, Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame, image_of
from ui.widgets.state import Level, StateBadge, StateItem

LEAST_PHOTO, LEAST_FACE = 84, 118
"""How low, at usual text, a person's photo and a card's side may become."""
Fact = tuple[str, str] | tuple[str, str, str]
"""A label, its value, and perhaps the value's role (see Text)."""


class Page(QWidget):
    """One step's page; it draws the whole view."""

    def __init__(self, words: Words, presenter: WalkIn, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        self.across = QHBoxLayout(self)
        self.across.setContentsMargins(0, 0, 0, 0)
        self.across.setSpacing(theme().px(14))

    def show_view(self, view: WalkInView) -> None:
        """Draw the view; called only while this page is the open one."""

    def home(self) -> QWidget | None:
        """Where the focus belongs on this page; None leaves it to the screen."""
        return None

    def button(self, action: QAction, kind: str = "plain") -> KeyButton:
        """A button for one of the screen's acts."""
        return KeyButton.of(action, kind=kind, parent=self)


class FactGrid(QWidget):
    """Labels and values; only what changed is set anew.

    `upright` puts the label above; `abreast` facts stand beside each other.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        upright: bool = False,
        gap: int = 7,
        abreast: int = 1,
    ) -> None:
        super().__init__(parent)
        look = theme()
        self._upright = upright
        self._abreast = abreast
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.px(16))
        self._grid.setVerticalSpacing(look.px(1 if upright else gap))
        for column in range(abreast):
            self._grid.setColumnStretch(column if upright else column * 2 + 1, 1)
        self._lines: list[tuple[Text, Text]] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these lines; empty values are left out."""
        shown = [fact for fact in facts if fact[1]]
        while len(self._lines) < len(shown):
            row, column = divmod(len(self._lines), self._abreast)
            label = Text("", "small" if self._upright else "muted", self)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            value = Text("", "body", self, wrap=True, code=True)
            value.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            if self._upright:
                value.setContentsMargins(0, 0, 0, theme().px(5))
                self._grid.addWidget(label, row * 2, column)
                self._grid.addWidget(value, row * 2 + 1, column)
            else:
                self._grid.addWidget(label, row, column * 2)
                self._grid.addWidget(value, row, column * 2 + 1)
            self._lines.append((label, value))
        for place, (label, value) in enumerate(self._lines):
            visible = place < len(shown)
            label.setVisible(visible)
            value.setVisible(visible)
            if visible:
                fact = shown[place]
                label.setText(fact[0])
                value.setText(fact[1])
                value.set_role(fact[2] if len(fact) > 2 else "body")


class BadgeList(QWidget):
    """States under each other, or beside each other."""

    def __init__(self, parent: QWidget | None = None, *, across: bool = False) -> None:
        super().__init__(parent)
        self._box = QHBoxLayout(self) if across else QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(14 if across else 6))
        self._badges: list[StateBadge] = []
        if across:
            self._box.addStretch(1)

    def show_items(self, items: Sequence[StateItem]) -> None:
        """Show these states."""
        while len(self._badges) < len(items):
            badge = StateBadge(parent=self)
            self._box.insertWidget(len(self._badges), badge)
            self._badges.append(badge)
        for place, badge in enumerate(self._badges):
            badge.setVisible(place < len(items))
            if place < len(items):
                badge.show_state(items[place])


class NoteList(QWidget):
    """States whose words may be long: each wraps, its shape in front."""

    ROLES: ClassVar = {Level.BAD: "danger", Level.ATTEND: "warning", Level.GOOD: "success"}

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(4))
        self._lines: list[Hanging] = []

    def show_items(self, items: Sequence[StateItem]) -> None:
        """Show these; none takes no room."""
        while len(self._lines) < len(items):
            line = Hanging(role="warning", parent=self)
            self._box.addWidget(line)
            self._lines.append(line)
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(items))
            if place < len(items):
                item = items[place]
                line.tell(item.text, item.level.sign)
                line.setToolTip(item.detail)
                line.set_role(self.ROLES.get(item.level, "muted"))
        self.setVisible(bool(items))


class PersonPanel(Panel):
    """Who is being served, at the left of every step."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__("", parent)
        look = theme()
        self._words = words
        self.setFixedWidth(look.px(236))
        self.photo = PhotoFrame(
            "", self, height=156, empty_icon="user", empty_text=words("walkin.no_photo")
        )
        self.name = Text("", "heading", self, wrap=True)
        self.facts = FactGrid(self, upright=True)
        middle = QHBoxLayout()
        middle.addWidget(self.photo)
        middle.addStretch(1)
        nest(self.body, middle)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.body.addStretch(1)
        FittedPhoto(self, self.photo)

    def show_view(self, view: WalkInView) -> None:
        """Draw who this is and what they asked for."""
        words, app = self._words, view.app
        if app is None:
            return
        who = app.applicant
        taken = view.photo.picture if view.photo.accepted else b""
        self.photo.show_image(taken or view.eid_photo or view.taken_before or None, who.name)
        self.name.setText(who.name[:160])
        manual = app.identity is IdentitySource.MANUAL
        facts: list[Fact] = [
            (words("walkin.field.nik"), who.nik),
            (words("walkin.field.born"), f"{who.birth_place[:40]}, {words.date(who.birth_date)}"),
            (words("walkin.case"), app.number),
        ]
        if app.identity is not None:
            role = "warning" if manual else "success"
            facts.append((words("walkin.identity"), words.of(app.identity), role))
        if app.jkn_hold:
            facts.append((words("walkin.jkn"), words("walkin.jkn_hold"), "warning"))
        if app.reprints:
            facts.append((words("walkin.reprints"), str(app.reprints), "warning"))
        self.facts.show_facts(facts)


def marked(picture: bytes, findings: Sequence[PictureFinding]) -> QImage:
    """A picture with a frame around each place that a check complained about."""
    image = image_of(picture)
    faults = [finding for finding in findings if not finding.passed and finding.box is not None]
    if image.isNull() or not faults:
        return image
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = max(image.width() / 120, 2.0)
    painter.setPen(QPen(theme().colour("danger"), width))
    for finding in faults:
        left, top, right, lower = finding.box or (0, 0, 0, 0)
        painter.drawRoundedRect(QRectF(left, top, right - left, lower - top), width * 2, width * 2)
    painter.end()
    return image


def doubt_text(words: Words, doubted: Doubted) -> str:
    """The question that an odd value asks."""
    return words(f"doubted.{doubted.what.name}", value=doubted.value[:40])


def good(text: str) -> StateItem:
    return StateItem(Level.GOOD, text)


def attend(text: str) -> StateItem:
    return StateItem(Level.ATTEND, text)


def bad(text: str) -> StateItem:
    return StateItem(Level.BAD, text)


def on_paper(ink: bytes) -> QImage:
    """A signature's ink on white, as on the card, whatever the window's own ground.

    A margin around it shows that nothing is cut off: the pad's own edge is the ink's.
    """
    drawn = image_of(ink)
    if drawn.isNull():
        return drawn
    margin = drawn.width() // 16
    paper = QImage(drawn.size() + QSize(2 * margin, 2 * margin), QImage.Format.Format_RGB32)
    paper.fill(Qt.GlobalColor.white)
    painter = QPainter(paper)
    painter.drawImage(margin, margin, drawn)
    painter.end()
    return paper


class _Fitted(QObject):
    """Gives one item of a panel what room the panel's other content leaves.

    The room is what the screen's scroll area shows at once, so that the page needs no scrolling.
    """

    def __init__(self, panel: Panel, at: int, among: QBoxLayout | None = None) -> None:
        super().__init__(panel)
        self._panel = panel
        self._at = at
        self._among = panel.body if among is None else among
        self._area: QScrollArea | None = None
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        changed = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show)
        if event.type() in changed and self._panel.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if self._area is None:
            self._area = _scroll_area(self._panel)
            if self._area is not None:
                self._area.viewport().installEventFilter(self)
        shown = self._panel if self._area is None else self._area.viewport()
        inside = self._area.widget() if self._area is not None else None
        above = 0 if inside is None else self._panel.mapTo(inside, QPoint()).y()
        self._take(shown.height() - above - self._others())

    def _take(self, room: int) -> None:
        """Be at most so high."""
        raise NotImplementedError

    def _others(self) -> int:
        """The height of everything else in the panel."""
        panel, body = self._panel, self._among
        whole = panel.layout()
        assert whole is not None
        pads = panel.contentsMargins() + whole.contentsMargins()
        wide = panel.width() - pads.left() - pads.right()
        rest = pads.top() + pads.bottom()
        head = panel.head.sizeHint().height()
        if head:
            rest += head + whole.spacing()
        for part in parts_of(body):
            rest += body.spacing()
            if body.indexOf(part) != self._at:
                rest += _height(part, wide)
        return rest


def parts_of(body: QLayout) -> list[QWidget | QLayout]:
    """What of a layout takes room: its widgets that show, and its layouts that aren't empty.

    A layout's items aren't asked for: Qt frees them by itself, and what Python holds of them then
    stands for whatever comes to lie at their address.
    """
    home = body.parentWidget()
    shown = [
        each
        for each in (home.children() if home is not None else [])
        if isinstance(each, QWidget) and body.indexOf(each) >= 0 and not each.isHidden()
    ]
    return [*shown, *(x for x in body.children() if isinstance(x, QLayout) and not x.isEmpty())]


def _height(part: QWidget | QLayout, wide: int) -> int:
    """How high a layout would make it at this width."""
    tall = part.heightForWidth(wide) if part.hasHeightForWidth() else -1
    if tall >= 0 or isinstance(part, QLayout):
        return tall if tall >= 0 else part.sizeHint().height()
    wanted = max(part.sizeHint().height(), part.minimumSizeHint().height())
    return max(min(wanted, part.maximumHeight()), part.minimumHeight())


class FittedFaces(_Fitted):
    """Lets a card's two sides be as large as there is room for."""

    def __init__(self, faces: QWidget, panel: Panel) -> None:
        super().__init__(panel, panel.body.indexOf(faces))
        self._faces = faces

    def _take(self, room: int) -> None:
        caption = theme().px(CAPTION)
        room = max(theme().px(LEAST_FACE), room - caption)
        self._faces.setMaximumSize(int(room * 2 * RATIO), room + caption)


class FittedPhoto(_Fitted):
    """Lets the photos at the head of a panel make way for what stands below them.

    `at` is their place in the panel's body, or `among` what else stands in a column of it.
    """

    def __init__(
        self, panel: Panel, *photos: PhotoFrame, at: int = 0, among: QBoxLayout | None = None
    ) -> None:
        super().__init__(panel, at, among)
        self._photos = photos
        self._most = photos[0].sizeHint().height()

    def _take(self, room: int) -> None:
        look = theme()
        foot = self._photos[0].foot
        high = min(max(room, look.px(LEAST_PHOTO) + foot), self._most) - foot
        for photo in self._photos:
            photo.set_height(int(high / look.scale))


def _scroll_area(widget: QWidget) -> QScrollArea | None:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above


def viewport_of(page: QWidget) -> QWidget | None:
    """What is seen of a page that may scroll."""
    area = _scroll_area(page)
    return area.viewport() if area is not None else None
