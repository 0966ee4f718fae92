"""Beside the pictures of a file from home: its data, its proofs, and what is to be mended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.domain.online import RecordDiffers
from desktop.domain.person import Applicant
from desktop.domain.reasons import (
    SendBackReason,
    send_back_reasons,
)
from desktop.domain.requirements import RequirementKind
from desktop.presenters.applicant_form import blood_text
from desktop.presenters.online import Online
from desktop.presenters.online_view import OpenFile
from desktop.words import Words
from ui.screens.online_words import service_of
from ui.screens.walkin_parts import doubt_text
from ui.theme import theme
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.quiet_field import QuietField
from ui.widgets.reasons import Reason, ReasonList
from ui.widgets.state import Level, StateBadge, StateItem

PAGE = 9
FIELDS = ("nik", "name", "birth", "sex", "address", "occupation", "phone")
LONGEST = 150
COMPARED = {"birth": "birth_date"}
SHOWN_IN = {"birth_date": "birth", "birth_place": "birth", "blood_type": "sex"}


def field_text(words: Words, who: Applicant, name: str) -> str:
    """One field of an applicant in words."""
    if name == "birth":
        return f"{who.birth_place}, {words.date(who.birth_date)}"
    if name == "sex":
        return f"{words.of(who.sex)} · {blood_text(who.blood_type)}"
    return str(getattr(who, name))


def _grid() -> QGridLayout:
    """Labels at the left, what takes the room at the right."""
    look = theme()
    grid = QGridLayout()
    grid.setHorizontalSpacing(look.px(12))
    grid.setVerticalSpacing(look.px(4))
    grid.setColumnStretch(1, 1)
    return grid


class DataPanel(Panel):
    """What the applicant sent; where our record says otherwise, both."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("online_screen.case.data"), parent, padding=14)
        self.words = words
        grid = _grid()
        self.values: dict[str, tuple[Text, Text]] = {}
        for line, name in enumerate((*FIELDS, "licence", "delivery")):
            label = Text(words(f"online_screen.field.{name}"), "label", self)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            value = Text("", "body", self, wrap=True, code=name in ("nik", "phone"))
            other = Text("", "danger", self, wrap=True)
            other.hide()
            box = QVBoxLayout()
            box.setSpacing(0)
            box.addWidget(value)
            box.addWidget(other)
            grid.addWidget(label, line, 0)
            nest(grid, box, line, 1)
            self.values[name] = (value, other)
        nest(self.body, grid)
        self.body.addStretch(1)

    def show_file(self, file: OpenFile) -> None:
        words, now, sent = self.words, file.app.applicant, file.filing.applicant
        differing: tuple[str, ...] = ()
        for problem in file.check.problems:
            if isinstance(problem, RecordDiffers):
                differing = problem.fields
        for name in FIELDS:
            value, other = self.values[name]
            value.setText(field_text(words, now, name)[:LONGEST])
            wrong = COMPARED.get(name, name) in differing and file.known is not None
            value.set_role("danger" if wrong else "body")
            if wrong and file.known is not None:
                text = field_text(words, file.known, name)
                other.setText(words("online_screen.case.on_record", text=text))
            odd = [one for one in file.check.odd if SHOWN_IN.get(f := one.what.field, f) == name]
            other.set_role("danger" if wrong else "warning")
            if odd and not wrong:
                other.setText("\n".join(f"▲ {doubt_text(words, one)}" for one in odd))
            corrected = field_text(words, now, name) != field_text(words, sent, name)
            if corrected and not wrong and not odd:
                text = field_text(words, sent, name)[:LONGEST]
                other.setText(words("online_screen.case.corrected", text=text))
            other.setVisible(wrong or bool(odd) or corrected)
        old = file.licence
        text = service_of(words, file.app)
        if old is not None:
            text += " · " + words(
                "online_screen.case.old_licence",
                number=old.sim_number,
                until=words.date(old.valid_until),
            )
        elif file.filing.sim_number:
            text += f" · {file.filing.sim_number}"
        self.values["licence"][0].setText(text[:LONGEST])
        address = file.filing.address
        where = words.of(file.filing.delivery)
        if address is not None:
            where += f" · {address.line}, {address.city} {address.postcode}"
        self.values["delivery"][0].setText(where[:LONGEST])


class ProofPanel(Panel):
    """Certificates and payment as the portal's signature vouches for them, and what stops them."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("online_screen.case.proofs"), parent, padding=14)
        self.words = words
        grid = _grid()
        self.lines: dict[RequirementKind, tuple[StateBadge, Text]] = {}
        for line, kind in enumerate(
            (RequirementKind.MEDICAL_CERT, RequirementKind.PSYCH_CERT, RequirementKind.PAYMENT)
        ):
            badge, value = StateBadge(parent=self), Text("", "muted", self, wrap=True, code=True)
            grid.addWidget(badge, line, 0)
            grid.addWidget(value, line, 1)
            self.lines[kind] = (badge, value)
        nest(self.body, grid)
        self.problems = Text("", "danger", self, wrap=True)
        self.body.addWidget(self.problems)
        self.body.addStretch(1)

    def show_file(self, file: OpenFile) -> None:
        words, sent = self.words, file.filing
        problems = file.check.problems if file.judging else ()
        told = {getattr(problem, "kind", None) for problem in problems}
        for kind, brought in (
            (RequirementKind.MEDICAL_CERT, sent.medical),
            (RequirementKind.PSYCH_CERT, sent.psychology),
        ):
            self._line(
                kind, f"{brought.number} · {words.date(brought.issued_on)} · {brought.issuer}",
                bad=kind in told,
            )  # fmt: skip
        paid = sent.payment
        payment = RequirementKind.PAYMENT
        wrong = any(type(p).__name__.startswith("Payment") for p in problems)
        self._line(
            payment, f"{words.money(paid.amount)} · NTPN {paid.ntpn} · {paid.bank}",
            bad=wrong or payment in told,
        )  # fmt: skip
        # The first stands in the banner with its remedy.
        lines = [f"■ {words.problem(problem).text}" for problem in problems[1:]]
        self.problems.setText("\n".join(lines))
        self.problems.setVisible(bool(lines))

    def _line(self, kind: RequirementKind, text: str, *, bad: bool) -> None:
        badge, value = self.lines[kind]
        short = self.words(f"online_screen.proof.{kind.name}")
        badge.show_state(StateItem(Level.BAD if bad else Level.GOOD, short))
        value.setText(text)


class ReasonPanel(Panel):
    """Choosing what the applicant must mend: reasons of one document by number, others by ←→."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(words("online_screen.compose.title"), parent, padding=14)
        self.words = words
        self.presenter = presenter
        self.document = Text("", "accent", self)
        self.pages = Text("", "small", self)
        self.head.addWidget(self.document)
        self.reasons = ReasonList(words("online_screen.compose.title"), self)
        self.reasons.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.reasons.picked.connect(lambda key: presenter.pick_reason(SendBackReason(key)))
        self.note_label = Text(words("online_screen.compose.note"), "label", self)
        self.note = QuietField(words("online_screen.compose.note"), self)
        self.note_label.setBuddy(self.note)
        self.note.committed.connect(presenter.note)
        self.note.textChanged.connect(presenter.type_note)
        self.points_title = Text(words("online_screen.compose.points"), "overline", self)
        self.points = Text("", "body", self, wrap=True)
        for widget in (
            self.reasons, self.pages, self.note_label, self.note, self.points_title, self.points,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._keys: tuple[SendBackReason, ...] = ()
        self.page_count = 1

    def pick(self, number: int) -> None:
        """The reason behind a digit."""
        if 1 <= number <= len(self._keys):
            self.presenter.pick_reason(self._keys[number - 1])

    def show_file(self, file: OpenFile) -> None:
        words = self.words
        self.document.setText(words.of(file.document))
        every = send_back_reasons(file.document)
        likely = [r for r in file.suggested(file.document) if r in every]
        ordered = [*likely, *(r for r in every if r not in likely)]
        self.page_count = max(1, -(-len(ordered) // PAGE))
        page = file.page % self.page_count
        self._keys = tuple(ordered[page * PAGE : (page + 1) * PAGE])
        taken = {point.reason for point in file.points}
        self.reasons.show_reasons(
            [Reason(r.value, f"{'✓ ' if r in taken else ''}{words.of(r)}") for r in self._keys]
        )
        self.pages.setText(
            words("online_screen.compose.page", page=page + 1, pages=self.page_count)
        )
        self.pages.setVisible(self.page_count > 1)
        mine = [p for p in file.points if p.reason.document is file.document]
        self.note.set_value(mine[-1].note if mine else "")
        for widget in (self.note, self.note_label):
            widget.setVisible(bool(mine))
        lines = [
            f"{number}. {words.of(p.reason)}"
            + (f" · {words('online_screen.compose.marked')}" if p.mark else "")
            + (f"\n    “{p.note}”" if p.note else "")
            for number, p in enumerate(file.points, 1)
        ]
        self.points.setText("\n".join(lines) or words("online_screen.compose.nothing"))
        self.points.set_role("body" if lines else "muted")
