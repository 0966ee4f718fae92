"""The walk-in's camera and pad: the live picture, what the checks say, the signature."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction, QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import PhotoState, WalkInView
from desktop.words import Words
from devices.strokes import Strokes
from ui.screens.face_parts import CheckTable, told_rows
from ui.screens.walkin_parts import (
    NoteList,
    Page,
    PersonPanel,
    bad,
    good,
    marked,
    on_paper,
    viewport_of,
)
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.photo import PhotoFrame
from ui.widgets.signature import SignatureBox
from ui.widgets.state import Level, StateItem

LIVE_MS = 700
VALUES = 260
"""Width that the checks' values and limits need."""
ROUND_IT, ROW = 112, 44
"""Height of what stands above and below the picture: heading and caption, and each row of keys."""
LEAST, LEAST_TIGHT = 216, 164
READABLE, ROOMY = 256, 480
"""From these heights of the picture on the checks are told larger, and in body text with air."""
SIGNING, INK = 300, 127
"""Width of the signature's panel, and the height of what was signed."""
NOTHING_DRAWN = Strokes((), 1, 1)
TIGHT = 400
"""Height of what is seen, at usual text, below which the keys stand beside the picture."""


class CapturePage(Page):
    """Photo left, signature right."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        photo: QAction,
        overrule: QAction,
        accommodate: QAction,
        compare: QAction,
        sign: QAction,
        on_screen: QAction,
        use: QAction,
        cannot: QAction,
    ) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        self.person = PersonPanel(words, self)

        left = Panel(words("walkin.photo"), self)
        self.camera = PhotoFrame(
            words("walkin.camera"), left, height=300, empty_icon="camera",
            empty_text=words("walkin.nobody_sits"),
        )  # fmt: skip
        self.findings = NoteList(left)
        self.checks = CheckTable(words, left)
        self.tries = Text("", "muted", left, wrap=True)
        side = QVBoxLayout()
        side.setSpacing(look.px(8))
        side.addWidget(self.tries)
        side.addWidget(self.findings)
        self.checks.setMaximumWidth(look.px(420))  # a value stays near its name
        told = QHBoxLayout()
        told.addWidget(self.checks, 1000)
        told.addStretch(1)
        nest(side, told)
        self._beside = QVBoxLayout()
        self._beside.setSpacing(look.px(8))
        nest(side, self._beside)
        side.addStretch(1)
        inside = QHBoxLayout()
        inside.setSpacing(look.px(16))
        inside.addWidget(self.camera)
        nest(inside, side, 1)
        nest(left.body, inside)
        self._acts = [self.button(act) for act in (photo, compare, accommodate, overrule)]
        self._laid: list[KeyButton] = []
        self._rows = QGridLayout()
        self._rows.setSpacing(look.px(8))
        nest(left.body, self._rows)
        left.body.addStretch(1)

        right = Panel(words("walkin.signature"), self)
        self.signed = PhotoFrame(
            "", right, ratio=(SIGNING - 34) / INK, height=INK, empty_icon="signature",
        )  # fmt: skip
        self.box = SignatureBox(words("walkin.signature"), words("walkin.sign_here"), right)
        self.box.setFixedHeight(look.px(160))
        presenter.drawn = lambda: self.boxed and (self.box.is_touched or self._too_short)
        drawn = QWidget(right)
        column = QVBoxLayout(drawn)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.button(use))
        self.pads = Pages(right)
        self.pads.addWidget(self.signed)
        self.pads.addWidget(drawn)
        self.state = NoteList(right)
        right.add(self.state)
        right.add(self.pads)
        for action in (sign, on_screen, cannot):
            right.add(self.button(action))
        right.body.addStretch(1)
        right.setFixedWidth(look.px(SIGNING))
        self.left = left
        self.across.addWidget(self.person)
        self.across.addWidget(left, 1)
        self.across.addWidget(right)
        self.signing = right
        self._around: QWidget | None = None
        self._fitted = 0
        self._tight = False
        self._asked = self._too_short = False
        self._visit = ""
        self._ended: bytes | str = b""
        self._timer = QTimer(self)
        self._timer.setInterval(LIVE_MS)
        self._timer.timeout.connect(presenter.look_live)
        self._shown: tuple[bytes, int] = (b"", -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._around and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """As large a picture as the window has room for, beside the values and above the keys."""
        look = theme()
        around = self._around or self
        beside = self.signing.width() + look.px(14 + 32 + 16 + VALUES)
        whole = beside + self.person.width() + look.px(14)
        narrow = around.width() < whole + look.px(LEAST) * 3 // 4
        if narrow is not self.person.isHidden():
            # Large text on a small screen: who this is stands above the picture.
            self.person.setHidden(narrow)
            self._head()
        beside = beside if narrow else whole
        tight = around.height() < look.px(TIGHT)
        if tight is not self._tight:
            self._tight = tight
            self.checks.set_faults_only(tight)
            self._lay_acts(anew=True)
            self._show_pads()
        rows = 0 if tight else (len(self._laid) + 1) // 2
        round_it = look.px(ROUND_IT + ROW * rows)
        tall = min(around.height() - round_it, (around.width() - beside) * 4 // 3)
        height = min(max(look.px(LEAST_TIGHT if tight else LEAST), tall), look.px(620))
        self.checks.set_large(height >= look.px(READABLE), airy=height >= look.px(ROOMY))
        if height != self._fitted:
            self._fitted = height
            self.camera.setFixedSize(round(height * 3 / 4), height + look.px(24))
            self._tell_size()

    def _tell_size(self) -> None:
        """Every layout around the picture learns of its size at once, not one in each turn."""
        inside: QWidget | None = self.left
        while inside is not None and inside is not self._around:
            layout = inside.layout()
            if layout is not None:
                layout.activate()
            inside = inside.parentWidget()

    def _head(self) -> None:
        words = self.words
        name = self.person.name.text() if self.person.isHidden() else ""
        photo = words("walkin.photo")
        self.left.set_heading(f"{photo} · {name}" if name else photo)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._around is None:
            self._around = viewport_of(self)
            if self._around is not None:
                self._around.installEventFilter(self)
        self._fit()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _lay_acts(self, *, anew: bool = False) -> None:
        """Two beside each other, without a hole where one isn't needed now.

        On a small screen with large text they stand beside the picture, where they are seen.
        """
        shown = [button for button in self._acts if not button.isHidden()]
        if anew or shown != self._laid:
            for button in self._laid:
                self._rows.removeWidget(button)
                self._beside.removeWidget(button)
            for place, button in enumerate(shown):
                if self._tight:
                    self._beside.addWidget(button)
                else:
                    self._rows.addWidget(button, place // 2, place % 2)
            self._laid = shown
            self._fit()

    def _show_pads(self) -> None:
        """An empty field for the signature gives way to the keys where there is little room."""
        empty = self.pads.currentIndex() == 0 and not self.presenter.view.photo.signature
        self.pads.setVisible(not (self._tight and empty))

    def open_box(self) -> None:
        """Sign on this screen, or back to the pad."""
        self._too_short = False
        self.box.clear()
        self.pads.setCurrentIndex(1 - self.pads.currentIndex())
        self._show_pads()

    @property
    def boxed(self) -> bool:
        """Whether the box to sign in on this screen is open."""
        return self.pads.currentIndex() == 1

    @property
    def enter_uses_ink(self) -> bool:
        """Whether Enter means what is in the open box: drawn, or still awaited there.

        After a drawing that was too short one is awaited too, though a pad's signature be there.
        """
        photo = self.presenter.view.photo
        wanted = self.box.is_touched or self._too_short or not photo.complete
        return self.boxed and photo.accepted and wanted and self.presenter.takes_ink

    def use_ink(self) -> None:
        """Hand over what was drawn; too little is wiped, and said, and the box stays open."""
        signed = self.box.is_signed
        if self.box.is_touched and not signed:
            self.box.clear()
            self._too_short = True
            self.presenter.drawn_too_short()
            return
        taken = self.presenter.signed_on_screen(self.box.ink() if signed else NOTHING_DRAWN)
        if taken or not signed:
            self.box.clear()
        if taken:
            self._too_short = False
            self.pads.setCurrentIndex(0)

    def _turn_to_box(self, *, asked: bool) -> None:
        """A pad that is part of the screen appears when it is asked for, and goes with that."""
        if asked != self._asked and self.presenter.signs_on_screen:
            self.box.clear()
            self.pads.setCurrentIndex(int(asked))
        self._asked = asked

    def _turn_from_box(self, photo: PhotoState) -> None:
        """Somebody signed on the pad, or can't sign: an empty box hides that."""
        ended = photo.signature or photo.cannot_sign
        if ended != self._ended:
            self._ended = ended
            if ended and not self.box.is_signed:
                self.pads.setCurrentIndex(0)

    def _turn_to_visit(self, visit_id: str) -> None:
        """What one applicant drew is nobody else's signature."""
        if visit_id != self._visit:
            self._visit = visit_id
            self._asked = self._too_short = False
            self.box.clear()
            self.pads.setCurrentIndex(0)

    def show_view(self, view: WalkInView) -> None:
        words, photo = self.words, view.photo
        self._turn_to_visit(view.visit.id if view.visit else "")
        self.person.show_view(view)
        self._head()
        self._lay_acts()
        taken = bool(photo.picture)
        still = taken and (photo.accepted or not photo.live)
        data = photo.picture if still else (photo.live or photo.picture)
        if self._shown != (data, len(photo.findings)):
            self._shown = (data, len(photo.findings))
            image: QImage | bytes | None = data or None
            if data:
                seen = photo.findings if still else photo.live_findings
                image = marked(data, seen)
            self.camera.show_image(image)
        self.camera.tell_empty(words("walkin.no_picture" if photo.blind else "walkin.nobody_sits"))
        self.camera.set_caption(words("walkin.photo_taken" if still else "walkin.camera"))
        refused = taken and not photo.accepted
        live = bool(photo.live) and not photo.accepted
        self.camera.set_guide((not taken or live) and not photo.blind)
        self.camera.show_state(
            None
            if not taken or live
            else bad(words("walkin.photo_bad"))
            if not photo.accepted
            else StateItem(Level.ATTEND, words("walkin.photo_allowed"))
            if photo.overruled
            else good(words("walkin.photo_good"))
        )
        self.tries.setText(self._last_try(photo))
        findings = photo.live_findings if live else photo.findings
        faults = [finding for finding in findings if not finding.passed]
        if findings and not faults:
            passed = words("walkin.checks_passed", count=len(told_rows(findings)))
            items = [good(words("faces.ready") if live else passed)]
        elif photo.blind and not live:
            told = view.problem is not None  # by the banner
            hint = StateItem(Level.ATTEND, words("walkin.no_picture.hint"))
            items = [] if told else [hint]
        elif not findings and not taken:
            items = [StateItem(Level.OFF, words("walkin.photo_how"))]
        elif refused and not faults:
            items = [StateItem(Level.ATTEND, words("walkin.photo_bad"))]
        else:
            items = []
        self.checks.show_findings(findings)
        self.findings.show_items(items)
        self._turn_to_box(asked=view.doing == "doing.take_signature")
        self._turn_from_box(photo)
        self._show_pads()
        self.signed.show_image(on_paper(photo.signature))
        # That nobody signed yet is said above.
        self.signed.tell_empty(words("walkin.cannot_sign.short") if photo.cannot_sign else "")
        if photo.cannot_sign:  # what is shown then is the print of a thumb, if anything
            self.state.show_items([StateItem(Level.ATTEND, words("walkin.cannot_sign.kept"))])
        elif photo.signature:
            self.state.show_items([good(words("walkin.signed"))])
        elif view.doing == "doing.take_signature":
            self.state.show_items([StateItem(Level.BUSY, words("walkin.sign_on_pad"))])
        else:
            self.state.show_items([StateItem(Level.OFF, words("walkin.not_signed"))])

    def _last_try(self, photo: PhotoState) -> str:
        """Which attempt this was, and what was wrong with it: the camera is live again already."""
        words = self.words
        if not photo.attempts:
            return ""
        text = words("walkin.tries", count=photo.attempts)
        faults = [words.of(f.check) for f in photo.findings if not f.passed]
        if photo.accepted or not faults:
            return text
        return words("faces.last_try", tried=text, faults=", ".join(faults))
