"""Pages of the supervisor's screen on which something is decided: approvals and incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from math import ceil

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.requirements import Nationality
from desktop.domain.service import Channel
from desktop.presenters.applicant_form import blood_text
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.requirements import shown_number
from desktop.services.reviews import Remark, Review
from desktop.words import Words
from ui.screens.online_words import service_of
from ui.screens.stock_pages import short_case
from ui.screens.supervisor_conflict import ConflictSides
from ui.screens.supervisor_words import (
    beside_remarks,
    fact_word,
    incident_subject,
    incident_word,
    value_word,
)
from ui.screens.walkin_parts import FactGrid, viewport_of
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.card_preview import CAPTION, RATIO, CardFace
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text, column
from ui.widgets.listing import Listing
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, Row

LIST, WIDE_LIST, LOW_LIST = 344, 530, 310
"""How wide the list of those who wait is: in a window of 1366, of 1920, and with large text."""
WIDE = 1400
"""From this width of the page, at 100 % text, the list names the service as well."""
LOW_FACES, EDGES = 97, 2
"""How low the faces are in a low window, and what the sheet's frame takes."""
LEAST_FACES = 72
"""How low they may become beside a remark of many lines."""
LOW = 500
"""Below this the faces are small, so that the person's data are seen beneath them."""
AROUND = 50
"""What a panel keeps above, between and below the card's two sides."""
BESIDE = 330
"""What the faces and the person's data need beside the card."""
FACTS_OF_CONFLICT = 360
"""What stands above and below the faces of a conflict, at 100 % text."""
SERVICE = 1
"""The list's column of the service, which the sheet names too."""
GRAVE = (Remark.OWN_WORK, Remark.CONFLICT)


class ApprovalsPage(QWidget):
    """Left the cases that wait, right the card, as large as it goes, beside the faces and data.

    What is signed for is the card: a list of names gives way to it, and all words stand at its
    side, so that both of its sides have the page's whole height.
    """

    def __init__(self, words: Words, presenter: Supervisor, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        c = "supervisor.column"
        self.list = Listing(
            words("supervisor.approvals"),
            [
                Column(words(f"{c}.name"), strong=True, stretch=True),
                Column(words(f"{c}.service")),
                Column(words(f"{c}.remarks"), brief=self._brief),
            ],
            EmptyState(
                "circle-check",
                words("supervisor.approvals.empty"),
                words("supervisor.approvals.hint"),
            ),
            self,
            checkable=True,
        )
        self.table = self.list.table
        self.table.moved.connect(presenter.select)
        self.table.ticked.connect(lambda: presenter.tick(self.table.ticked_keys()))
        self.sheet = Panel(parent=self, padding=12)
        self.name = Text("", "title", self.sheet, wrap=True)
        self.facts = Text("", "muted", self.sheet, wrap=True)
        self.remarks = Banner(parent=self.sheet)
        self.photo = PhotoFrame(words("supervisor.photo"), self.sheet, height=250)
        self.identity = PhotoFrame(words("supervisor.identity"), self.sheet, height=250)
        self.previous = PhotoFrame(words("supervisor.previous"), self.sheet, height=250)
        self.exam = PhotoFrame(words("supervisor.exam"), self.sheet, height=250)
        self.faces = (self.photo, self.identity, self.previous, self.exam)
        self.front = CardFace(words("supervisor.front"), self.sheet, width=280)
        self.back = CardFace(words("supervisor.back"), self.sheet, width=280)
        self.row = QHBoxLayout()
        self.row.setSpacing(look.px(12))
        for frame in self.faces:
            self.row.addWidget(frame)
        self.row.addStretch(1)
        self.person = FactGrid(self.sheet, gap=3)
        self._clean = self._scored = False
        self.hint = Text(words("supervisor.hint.what"), "small", self.sheet, wrap=True)
        self.cards = QWidget(self.sheet)
        sides = QVBoxLayout(self.cards)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(look.px(12))
        sides.addWidget(self.front)
        sides.addWidget(self.back)
        sides.addStretch(1)
        self.who = column(self.name, self.facts, self.remarks, self.row, self.hint, self.person,
                          spacing=10)  # fmt: skip
        self.who.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(16))
        nest(across, self.who, 1)
        across.addWidget(self.cards)
        nest(self.sheet.body, across, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.list)
        whole.addWidget(self.sheet, 1)

    def home(self) -> QWidget:
        return self.table

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is signed for is seen whole, and is the largest thing on the page."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        port = viewport_of(self)
        tall = port.height() if port is not None else self.height()
        low, wide = tall < look.px(LOW), self.width() >= look.px(WIDE)
        self.list.setFixedWidth(look.px(WIDE_LIST if wide else LOW_LIST if low else LIST))
        if self.sheet.isHidden():  # nothing waits: there is nothing to give way to
            self.list.setMaximumWidth(self.maximumWidth())
        if self.table.isColumnHidden(SERVICE) is wide:
            self.table.setColumnHidden(SERVICE, not wide)
            ticked = set(self.table.rows_model.checked)
            self.table.show_rows(self.table.rows_model.rows)  # its columns share the room anew
            self.table.rows_model.set_checked(ticked)
        # The list says that there are no remarks, and the hint is each score's tip.
        self.remarks.setVisible(not (low and self._clean))
        gap = look.px(12)
        room = self.width() - self.list.width() - gap - 2 * gap
        side = int(((tall - look.px(AROUND)) / 2 - look.px(CAPTION)) * RATIO)
        side = max(min(side, room - look.px(16 + BESIDE)), look.px(200))
        self.cards.setFixedWidth(side)
        beside = room - side - look.px(16)
        shown = sum(1 for frame in self.faces if not frame.isHidden())
        most = (beside - gap * (shown - 1)) / max(shown, 1) * 4 / 3 / look.scale
        wanted = LOW_FACES if low else 250 if wide else 148
        high = int(min(most, wanted))
        for frame in self.faces:
            frame.set_height(high)
        # The faces give way before the person's last line goes under the edge, then the hint.
        room = tall - 2 * gap - EDGES
        hint = self.hint.heightForWidth(beside) + self.who.spacing()
        hinted = self._scored and not low
        over = self._needs(beside) + hint * hinted - room
        if over > 0 and high > LEAST_FACES:
            high = max(high - ceil(over / look.scale), LEAST_FACES)
            for frame in self.faces:
                frame.set_height(high)
            over = self._needs(beside) + hint * hinted - room
        self.hint.setVisible(hinted and over <= 0)

    def _needs(self, wide: int) -> int:
        """How high the faces and words are but the hint, which is shown or hidden once for all:
        each change is laid out anew. Of what was just changed no earlier height counts."""
        for one in (self.name, self.facts, self.remarks, *self.faces, self.hint, self.person):
            one.updateGeometry()
        self.row.invalidate()
        self.who.invalidate()
        hint = self.hint.heightForWidth(wide) + self.who.spacing()
        return self.who.heightForWidth(wide) - hint * (not self.hint.isHidden())

    def _brief(self, remark: str) -> str:
        """That there is something to see, where a name would be cut off for what it is: the sheet
        beside the list says that."""
        plain = self.words("supervisor.plain")
        return remark if remark == plain else self.words("supervisor.look")

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        rows = [
            Row(
                review.application.id,
                (
                    review.application.applicant.name,
                    service_of(words, review.application),
                    remark_item(words, review),
                ),
                checked=review.application.id in view.ticked,
                muted=review.own,
            )
            for review in view.reviews
        ]
        self.list.show_rows(rows, view.current or None, known=Watch.APPROVALS in view.read)
        self.table.rows_model.set_checked(set(view.ticked))
        review = view.review
        self.sheet.setVisible(review is not None)
        self._fit()
        if review is not None:
            self._show(view, review)

    def _show(self, view: SupervisorView, review: Review) -> None:
        words, app = self.words, review.application
        person = app.applicant
        self.name.setText(person.name)
        self.facts.setText(
            words(
                "supervisor.facts",
                service=app.service,
                licence_class=app.licence_class,
                number=app.number,
                maker=view.names.get(app.maker, app.maker),
            )
        )
        odd = {one.what.field for one in review.doubted}

        def role(*fields: str) -> str:
            return "warning" if odd.intersection(fields) else "body"

        born = f"{person.birth_place}, {words.date(person.birth_date)}"
        foreign = words.of(Nationality.FOREIGNER) if person.foreigner else ""
        self.person.show_facts(
            [
                (words("walkin.field.nik"), person.nik),
                (words("walkin.field.born"), born, role("birth_date", "birth_place")),
                (words("walkin.field.sex"), words.of(person.sex)),
                (
                    words("walkin.field.blood_type"),
                    blood_text(person.blood_type),
                    role("blood_type"),
                ),
                # It ends the licence with the stay permit, and stands nowhere on the card.
                (words("walkin.field.nationality"), foreign),
                (words("walkin.field.address"), person.address, role("address")),
                (words("walkin.field.occupation"), person.occupation, role("occupation")),
            ]
        )
        if review.clean:
            how = "clean_online" if app.channel is Channel.ONLINE else "clean"
            self.remarks.tell(Tone.SUCCESS, words(f"supervisor.{how}"), aloud=False)
        else:
            grave = any(remark in GRAVE for remark in review.remarks)
            texts = "; ".join(words.of(remark) for remark in review.remarks)
            self.remarks.tell(
                Tone.ERROR if grave else Tone.WARNING,
                words("supervisor.look_at", remarks=texts),
                beside_remarks(words, review),
                aloud=False,
            )
        sight = view.sight
        mine = sight if sight is not None and sight.application_id == app.id else None
        self.photo.show_image(mine.photo if mine else None)
        self.identity.show_image(mine.identity if mine else None)
        self.previous.show_image(mine.previous if mine else None)
        self.previous.setVisible(bool(mine and mine.previous))
        self.exam.show_image(mine.exam if mine else None)
        self.exam.setVisible(bool(mine and mine.exam))
        self.identity.show_state(self._likeness(mine.identity_score if mine else None))
        self.previous.show_state(self._likeness(mine.previous_score if mine else None))
        self.exam.show_state(self._likeness(mine.exam_score if mine else None))
        scores = (mine.identity_score, mine.previous_score, mine.exam_score) if mine else ()
        self._scored = any(score is not None for score in scores)
        self._clean = review.clean
        self.front.show_image(mine.front if mine else None, words("supervisor.front"))
        self.back.show_image(mine.back if mine else None, words("supervisor.back"))
        self._fit()

    def _likeness(self, score: int | None) -> StateItem | None:
        """A hint under a picture that the photo is held against; grey, as it decides nothing."""
        if score is None:
            return None
        hint = self.words("faces.hint", score=score)
        return StateItem(Level.OFF, self.words("supervisor.hint", score=score), hint)


def when(words: Words, today: date | None, moment: datetime) -> str:
    """Today's times alone: beside a whole date the words that matter would be cut off."""
    day = words.date(moment)
    if today is not None and day == words.date(today):
        return words.time(moment)
    return f"{day} {words.time(moment)}"


def remark_item(words: Words, review: Review) -> StateItem:
    """A case's remarks in one cell."""
    if review.clean:
        return StateItem(Level.GOOD, words("supervisor.plain"))
    texts = [words.of(remark) for remark in review.remarks]
    level = Level.BAD if any(remark in GRAVE for remark in review.remarks) else Level.ATTEND
    more = f" +{len(texts) - 1}" if len(texts) > 1 else ""
    return StateItem(level, f"{texts[0]}{more}", "; ".join(texts))


class IncidentsPage(QWidget):
    """Incidents above with what was said; typed evidence below, until its issuer answers."""

    def __init__(self, words: Words, parent: QWidget, moved: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.words = words
        look = theme()
        c = "supervisor.column"
        self.list = Listing(
            words("supervisor.incidents"),
            [
                Column(words(f"{c}.at"), code=True, muted=True),
                Column(words(f"{c}.kind"), strong=True, stretch=True),
                Column(words(f"{c}.subject"), code=True, brief=short_case),
                Column(words(f"{c}.state")),
            ],
            EmptyState(
                "circle-check",
                words("supervisor.incidents.empty"),
                words("supervisor.incidents.hint"),
            ),
            self,
        )
        self._waiting: set[str] = set()
        self.table = self.list.table
        self.table.moved.connect(moved)
        self.detail = Panel(words("supervisor.statements"), self, padding=12)
        self.title = Text("", "heading", self.detail, wrap=True)
        self.opened = Text("", "body", self.detail, wrap=True)
        self.closed = Text("", "body", self.detail, wrap=True)
        self.details = Text("", "small", self.detail, wrap=True)
        for label in (self.title, self.opened, self.closed, self.details):
            self.detail.add(label)
        self.sides = ConflictSides(words, self.detail)
        self.detail.add(self.sides)
        self.detail.body.addStretch(1)
        self.pieces = Listing(
            words("supervisor.evidence"),
            [
                Column(words(f"{c}.case"), code=True, brief=short_case),
                Column(words(f"{c}.evidence"), strong=True, stretch=True),
                Column(words(f"{c}.reference"), code=True),
                Column(words(f"{c}.officer"), muted=True),
                Column(words(f"{c}.since"), muted=True, right=True),
            ],
            Text(words("supervisor.evidence.empty"), "muted", wrap=True),
            self,
        )
        self.evidence = self.pieces.table
        left = QVBoxLayout()
        left.setSpacing(look.px(12))
        left.addWidget(self.list, 6)
        left.addWidget(self.pieces, 4)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        nest(whole, left, 12)
        whole.addWidget(self.detail, 10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The faces of a conflict are as large as their data leave room for."""
        super().resizeEvent(event)
        port = viewport_of(self)
        tall = port.height() if port is not None else self.height()
        self.sides.set_height(int(tall / theme().scale) - FACTS_OF_CONFLICT)

    def home(self) -> QWidget:
        return self.table

    def show_view(self, view: SupervisorView) -> None:
        words = self.words
        rows = [
            Row(
                incident.id,
                (
                    when(words, view.today, incident.opened_at),
                    incident_word(words, incident.kind),
                    incident_subject(incident),
                    StateItem(Level.OFF, words("supervisor.closed"))
                    if incident.closed_by
                    else StateItem(Level.BAD, words("supervisor.open")),
                ),
                muted=bool(incident.closed_by),
            )
            for incident in sorted(
                view.incidents, key=lambda i: (bool(i.closed_by), -i.opened_at.timestamp())
            )
        ]
        self.list.show_rows(rows, known=Watch.INCIDENTS in view.read)
        self._turn_to_news(view, rows)
        pieces = [
            Row(
                piece.evidence.id,
                (
                    piece.case,
                    words.of(piece.evidence.kind),
                    shown_number(piece.evidence),
                    view.names.get(piece.evidence.recorded_by, piece.evidence.recorded_by),
                    when(words, view.today, piece.evidence.recorded_at),
                ),
            )
            for piece in view.evidence
        ]
        self.pieces.show_rows(pieces)
        self.pieces.setVisible(bool(pieces))  # the incidents have the room otherwise
        self.show_incident(view, self.table.current_key())

    def _turn_to_news(self, view: SupervisorView, rows: list[Row]) -> None:
        """One that came since takes the place of one that is settled; what is decided now stays."""
        waiting = {incident.id for incident in view.incidents if not incident.closed_by}
        news, self._waiting = waiting - self._waiting, waiting
        if news and self.table.current_key() not in waiting:
            self.table.show_rows(rows, next(row.key for row in rows if row.key in news))

    def show_incident(self, view: SupervisorView, key: str) -> None:
        """What was said about one incident, by whom."""
        words = self.words
        incident = next((i for i in view.incidents if i.id == key), None)
        self.detail.setVisible(incident is not None)
        if incident is None:
            return
        self.sides.show_sides(view.conflicts.get(incident.id))
        self.title.setText(
            " · ".join(
                filter(None, (incident_word(words, incident.kind), incident_subject(incident)))
            )
        )
        first = incident.details.get("statement", "") or (
            "" if incident.closed_by else incident.statement
        )
        opener = view.names.get(incident.opened_by, incident.opened_by)
        self.opened.setText(
            words("supervisor.said_by", name=opener, text=first or words("supervisor.nothing_said"))
            if opener
            else first or words("supervisor.by_nobody")
        )
        closer = view.names.get(incident.closed_by, incident.closed_by)
        self.closed.setText(
            words(
                "supervisor.said_by",
                name=closer,
                text=incident.statement or words("supervisor.closed_mutely"),
            )
            if incident.closed_by
            else words("supervisor.waits")
        )
        facts = {
            name: value
            for name, value in incident.details.items()
            if name not in ("statement", "shift")
            and value
            and value != incident_subject(incident)  # the heading has it
        }
        told = (f"{fact_word(words, n)}: {value_word(words, n, v)}" for n, v in facts.items())
        self.details.setText(" · ".join(told))
        self.details.setVisible(bool(facts))
