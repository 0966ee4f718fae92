"""One file from home: what was sent beside what is on record, and every picture with its marks."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.reasons import UploadedDocument
from desktop.presenters.online import Online
from desktop.presenters.online_view import DOCUMENTS, OnlineView, OpenFile
from desktop.words import Words
from ui.screens.online_case_panels import DataPanel, ProofPanel, ReasonPanel
from ui.screens.online_words import expiry, service_of, span
from ui.theme import theme
from ui.widgets.busy_line import BusyLine
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.labels import Elided, Panel, Text
from ui.widgets.marked_picture import MarkedPicture, Thumb
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.state import Level, StateBadge, StateItem

PICTURES = tuple(document for document in DOCUMENTS if document.is_picture)


class CasePage(QWidget):
    """Data and proofs left, pictures right; while composing, reasons left."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.name = Elided("", "title", self)
        self.about = Text("", "muted", self)
        self.ended = Text("", "muted", self, wrap=True)
        self.countdown = StateBadge(parent=self, filled=True)
        self.mended = StateBadge(parent=self, filled=True)
        head = QHBoxLayout()
        head.setSpacing(look.px(12))
        head.addWidget(self.name)
        head.addWidget(self.about)
        self.busy = BusyLine(words, self)
        head.addWidget(self.busy, 1)
        head.addWidget(self.mended)
        head.addWidget(self.countdown)
        self.data = DataPanel(words, self)
        self.proofs = ProofPanel(words, self)
        self.compose = ReasonPanel(words, presenter, self)
        facts = QWidget(self)
        box = QVBoxLayout(facts)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.px(12))
        box.addWidget(self.data)
        box.addWidget(self.proofs, 1)
        self.left = Pages(self)
        self.left.addWidget(facts)
        self.left.addWidget(self.compose)
        across = QHBoxLayout()
        across.setSpacing(look.px(12))
        across.addWidget(self.left, 9)
        across.addWidget(self._pictures(), 11)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(10))
        nest(whole, head)
        whole.addWidget(self.ended)
        nest(whole, across, 1)
        self._shown: OpenFile | None = None

    def _pictures(self) -> QWidget:
        words, look = self.words, theme()
        panel = Panel(parent=self, padding=14)
        self.chips = ChipBar(words("online_screen.case.documents"), panel)
        self.chips.chosen.connect(lambda key: self.presenter.show_document(UploadedDocument(key)))
        self.thumbs: dict[UploadedDocument, Thumb] = {}
        strip = QHBoxLayout()
        strip.setSpacing(look.px(8))
        for document in PICTURES:
            thumb = Thumb(panel)
            thumb.pressed.connect(lambda d=document: self.presenter.show_document(d))
            self.thumbs[document] = thumb
            strip.addWidget(thumb)
        self.picture = MarkedPicture(words("online_screen.case.picture"), panel)
        self.picture.marked.connect(self.presenter.mark)
        self.found_title = Text("", "heading", panel, wrap=True)
        self.found = Text("", "danger", panel, wrap=True)
        self.passed = Text("", "muted", panel, wrap=True)
        self.advice = Text("", "small", panel, wrap=True)
        notes = QVBoxLayout()
        notes.setSpacing(look.px(6))
        for widget in (self.found_title, self.found, self.passed):
            notes.addWidget(widget)
        notes.addStretch(1)
        notes.addWidget(self.advice)
        side = QWidget(panel)
        side.setLayout(notes)
        side.setFixedWidth(look.px(178))
        notes.setContentsMargins(0, 0, 0, 0)
        large = QHBoxLayout()
        large.setSpacing(look.px(12))
        large.addWidget(self.picture, 1)
        large.addWidget(side)
        nest(panel.body, strip)
        panel.body.addWidget(self.chips)
        nest(panel.body, large, 1)
        return panel

    def home(self) -> QWidget:
        return self.picture

    def zoom(self) -> None:
        """Twice as large, or whole again."""
        self.picture.set_zoom(1.0 if self.picture.zoom > 1 else 2.2)

    def whole(self) -> bool:
        """Show the picture whole again; False where it is."""
        zoomed = self.picture.zoom > 1
        self.picture.set_zoom(1.0)
        return zoomed

    def show_view(self, view: OnlineView) -> None:
        file = view.file
        if file is None or file is self._shown:
            return
        words, app = self.words, file.app
        self._shown = file
        self.name.setText(app.applicant.name)
        waited = span(words, self.presenter.desk.frame.now() - app.created_at)
        told = "case.over" if app.ended else "case.about"
        self.about.setText(
            words(f"online_screen.{told}", number=app.number, service=service_of(words, app),
                  waited=waited, state=words.of(app.state))
        )  # fmt: skip
        check = file.check
        self.countdown.show_state(
            expiry(words, check.expires_on, check.days_left, soon=check.runs_out_soon)
        )
        self.countdown.setVisible(check.expires_on is not None)
        self._show_ending(file)
        self.mended.setVisible(app.revision > 1)
        text = words("online_screen.case.revision", count=app.revision - 1)
        self.mended.show_state(StateItem(Level.BUSY, text))
        self.data.show_file(file)
        self.proofs.show_file(file)
        self.compose.show_file(file)
        self.left.setCurrentIndex(1 if file.composing else 0)
        self._show_documents(file)

    def _show_ending(self, file: OpenFile) -> None:
        """Who ended it, when and why, as far as that is known here."""
        words, ending = self.words, file.ending
        self.ended.setVisible(ending is not None)
        if ending is None:
            return
        reason = words.of(ending.reason) if ending.reason is not None else file.app.reason
        how = ".portal" if ending.at_portal else ".officer" if ending.officer else ""
        told = words(
            f"online_screen.case.ended{how}", at=words.moment(ending.at), officer=ending.officer,
            reason=f"{reason} ({ending.note})" if ending.note else reason,
        )  # fmt: skip
        self.ended.setText(told)

    def _level(self, file: OpenFile, document: UploadedDocument) -> Level | None:
        if document.is_picture and file.upload(document) is None:
            return None
        return Level.BAD if file.wrong(document) else Level.GOOD

    def _show_documents(self, file: OpenFile) -> None:
        words = self.words
        for document, thumb in self.thumbs.items():
            upload = file.upload(document)
            level = self._level(file, document)
            key = "" if file.composing else str(DOCUMENTS.index(document) + 1)
            name = words(f"online_screen.document.{document.name}")
            spoken = f"{name} {level.sign if level else ''}".strip()
            thumb.tell(
                key, name, upload.picture if upload else b"", level,
                chosen=document is file.document, spoken=spoken,
            )  # fmt: skip
        self.chips.setVisible(file.composing)
        if file.composing:
            self.chips.show_chips(
                [
                    Chip(d.value, words(f"online_screen.document.{d.name}"), _chosen(file, d))
                    for d in DOCUMENTS
                    if not d.is_picture
                ],
                file.document.value,
            )
        upload = file.upload()
        mine = [p for p in file.points if p.reason.document is file.document and p.mark]
        mark = mine[-1].mark if file.composing and mine else None
        found = [(place, finding) for finding, place in upload.marks] if upload else []
        shown = [] if file.composing and mark else found
        self.picture.show_picture(
            upload.picture if upload else b"",
            [(place, words(f"picture.finding.{f.check.name}")) for place, f in shown],
            mark,
            empty=words("online_screen.case.no_picture", document=words.of(file.document)),
        )
        self.picture.set_marking(file.composing and upload is not None)
        self._say_findings(file)

    def _say_findings(self, file: OpenFile) -> None:
        words, upload = self.words, file.upload()
        self.found_title.setText(words.of(file.document))
        faults = list(upload.faults) if upload else []
        marked = [finding for finding, _mark in upload.marks] if upload else []
        ordered = [*marked, *(f for f in faults if f not in marked)]
        self.found.setText(
            "\n".join(
                (f"{number}  " if finding in marked else "■  ")
                + words(f"picture.finding.{finding.check.name}")
                for number, finding in enumerate(ordered, 1)
            )
        )
        self.found.setVisible(bool(ordered))
        good = [f for f in upload.findings if f.passed] if upload else []
        key = "all_passed" if not ordered else "passed"
        self.passed.setText(words(f"online_screen.case.{key}", count=len(good)))
        self.passed.set_role("muted" if ordered else "success")
        self.passed.setVisible(bool(good) and not file.composing)
        place = "case.advice.marked" if marked else "case.advice"
        self.advice.setText(words(f"online_screen.{'compose.drag' if file.composing else place}"))
        self.advice.setVisible(upload is not None)


def _chosen(file: OpenFile, document: UploadedDocument) -> int | None:
    count = sum(point.reason.document is document for point in file.points)
    return count or None
