"""The walk-in's middle pages: requirements, tests, payment."""

from __future__ import annotations

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.evidence import Evidence, EvidenceSource, IssuerSilent
from desktop.domain.requirements import Enforcement, RequirementKind, RequirementVerdict
from desktop.domain.validity import StayPermit, stay_of
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import ASKING, Typing, WalkInView
from desktop.services.requirements import shown_number
from desktop.words import Words
from ui.screens.bill_waiver import group
from ui.screens.walkin_forms import SmallForm
from ui.screens.walkin_parts import FactGrid, NoteList, Page, PersonPanel, bad
from ui.theme import theme
from ui.widgets.fields import ChoiceField, CodeField, DateField, LineField, UpperField
from ui.widgets.labels import Panel, Rule, Text, column
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row


def silent(view: WalkInView) -> set[RequirementKind]:
    """The requirements whose issuer hasn't answered."""
    return {problem.kind for problem in view.gathered if isinstance(problem, IssuerSilent)}


def paper_fields() -> dict[str, LineField | ChoiceField]:
    """What stands on every certificate."""
    return {
        "reference": CodeField(longest=60, letters=True),
        "issued_on": DateField(),
        "issuer": UpperField(),
    }


ISSUER = 4
"""The table's column of who issued a proof."""
ROOMY = 760
"""Width of the table, at usual text, below which the issuer stands in the line beneath it."""


class RequirementsPage(Page):
    """Each requirement: how it stands, whose word it is, until when, and what to do."""

    def __init__(
        self, words: Words, presenter: WalkIn, parent: QWidget, *,
        ask: QAction, type_in: QAction, play: QAction,
    ) -> None:  # fmt: skip
        super().__init__(words, presenter, parent)
        self.person = PersonPanel(words, self)
        panel = Panel(words("walkin.checklist"), self)
        columns = [
            Column(words("walkin.requirement"), strong=True),
            Column(words("walkin.state")),
            Column(words("walkin.source"), stretch=True),
            Column(words("walkin.until"), code=True),
            Column(words("walkin.issuer"), muted=True, stretch=True),
        ]
        self.table = DataTable(columns, words("walkin.checklist"), panel, opens=False)
        self.table.moved.connect(lambda _key: self._explain())
        self._asking = False
        self.what = Text("", "body", panel, wrap=True)
        self.problems = NoteList(panel)
        for action in (ask, type_in, play):
            panel.head.addWidget(self.button(action))
        self.form = SmallForm(
            words,
            presenter,
            words("walkin.typed.evidence"),
            paper_fields(),
            panel,
            hint=words("walkin.typed.evidence.hint"),
        )
        permit, works = ChoiceField(), ChoiceField()
        permit.set_choices(tuple((str(kind), words.of(kind)) for kind in StayPermit))
        works.set_choices((("no", words("common.no")), ("yes", words("common.yes"))))
        self.permit = SmallForm(
            words,
            presenter,
            words("walkin.typed.evidence"),
            {
                **paper_fields(),
                "permit": permit,
                "permit_until": DateField(),
                "working": works,
            },
            panel,
            hint=words("walkin.typed.permit.hint"),
        )
        panel.add(self.table, 100)
        panel.add(self.what)
        panel.add(self.problems)
        panel.add_narrow(self.form)
        panel.add_narrow(self.permit)
        panel.body.addStretch(1)
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def home(self) -> QWidget | None:
        view = self.presenter.view
        return self._form_of(view).first() if view.typing is Typing.EVIDENCE else self.table

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """With large text on a small screen the table has no room for the issuers."""
        narrow = self._narrow
        if self.table.isColumnHidden(ISSUER) is not narrow:
            self.table.setColumnHidden(ISSUER, narrow)
            self.table.show_rows(self.table.rows_model.rows)  # its columns share the room anew
            self._explain()

    @property
    def _narrow(self) -> bool:
        beside = self.person.width() + theme().px(14 + 32)
        return self.width() - beside < theme().px(ROOMY)

    def _form_of(self, view: WalkInView) -> SmallForm:
        """The form of what is typed: an immigration document tells of the stay permit too."""
        foreign = view.typed_kind is RequirementKind.IMMIGRATION_DOCUMENT
        return self.permit if foreign else self.form

    @property
    def current_kind(self) -> RequirementKind | None:
        """The requirement under the cursor."""
        key = self.table.current_key()
        return RequirementKind(key) if key else None

    def show_view(self, view: WalkInView) -> None:
        words = self.words
        self.person.show_view(view)
        checklist = view.checklist
        rows: list[Row] = []
        first_open = ""
        typing = view.typing is Typing.EVIDENCE
        for verdict in checklist.verdicts if checklist else ():
            kind = verdict.requirement.kind
            piece = checklist.evidence.get(kind) if checklist else None
            if not verdict.met and not first_open:
                first_open = str(kind)
            if typing and kind is not view.typed_kind:
                continue  # the fields need the room
            rows.append(
                Row(
                    str(kind),
                    (
                        words.of(kind),
                        self._state(verdict, piece, view),
                        words.of(piece.source) if piece else "",
                        self._until(verdict, piece),
                        self._issuer(piece),
                    ),
                )
            )
        # What is missing is known only now: the cursor goes there.
        asked, self._asking = self._asking, view.doing == ASKING and view.asked_kind is None
        known = "" if asked and not self._asking else self.table.current_key()
        self.table.show_rows(rows, current=known or first_open or None)
        self.table.fit_rows()
        self.problems.show_items([] if typing else self._problems(view))
        shown = self._form_of(view)
        for form in (self.form, self.permit):
            form.setVisible(typing and form is shown)
        if typing:
            if view.typed_kind is not None:
                shown.heading.setText(
                    words("walkin.typed.evidence.of", kind=words.of(view.typed_kind))
                )
            shown.show_form(view.form)
            shown.mark(view.problem)
        self._explain()

    def _until(self, verdict: RequirementVerdict, piece: Evidence | None) -> str:
        """The last day of a proof, or of the stay permit that it tells of."""
        stay = stay_of(piece.facts) if piece is not None else None
        until = stay.until if stay is not None else verdict.usable_until
        return self.words.date(until) if until else ""

    def _state(
        self, verdict: RequirementVerdict, piece: Evidence | None, view: WalkInView
    ) -> StateItem:
        words = self.words
        typed = piece is not None and piece.open_typed
        if (typed or not verdict.met) and view.asks_for(verdict.requirement.kind):
            return StateItem(Level.BUSY, words("walkin.asking"))
        if not verdict.met and verdict.requirement.kind in silent(view):
            return StateItem(Level.ATTEND, words("walkin.unanswered"))
        if verdict.met:
            if typed:
                told = "met_typed" if verdict.requirement.kind.has_line else "met_paper"
                return StateItem(Level.ATTEND, words(f"walkin.{told}"))
            return StateItem(Level.GOOD, words("walkin.met"))
        levels = {Enforcement.BLOCK: Level.BAD, Enforcement.HOLD_HANDOVER: Level.ATTEND}
        if piece is not None and piece.closed is False:
            return StateItem(Level.BAD, words("walkin.denied"))
        return StateItem(
            levels.get(verdict.requirement.enforcement, Level.OFF),
            words(f"walkin.unmet.{verdict.requirement.enforcement}"),
        )

    def _issuer(self, piece: Evidence | None) -> str:
        if piece is None:
            return ""
        shown = "" if piece.source is EvidenceSource.CONFIRMED else shown_number(piece)
        return " · ".join(part for part in (piece.issuer, shown) if part)[:80]

    def _problems(self, view: WalkInView) -> list[StateItem]:
        words = self.words
        items: list[StateItem] = []
        for hold in view.checklist.holds if view.checklist else ():
            if hold.binding:
                told = words(
                    "walkin.hold_note",
                    kind=hold.kind, reference=hold.reference, settle_at=hold.settle_at,
                )  # fmt: skip
                items.append(bad(told))
        for problem in view.gathered:
            told = words.problem(problem)
            items.append(StateItem(Level.ATTEND, f"{told.text} {told.remedy}".strip()))
        if silent(view):
            items = [*items[:3], StateItem(Level.OFF, words("walkin.scan_code"))]
        return items[:4]

    def _explain(self) -> None:
        view = self.presenter.view
        checklist, kind = view.checklist, self.current_kind
        verdict = next(
            (v for v in (checklist.verdicts if checklist else ()) if v.requirement.kind is kind),
            None,
        )
        text, role = "", "muted"
        piece = checklist.evidence.get(kind) if checklist and kind else None
        if kind is not None and (kind in silent(view) or view.asks_for(kind)):
            pass  # nobody knows yet whether it is missing; the note below says so
        elif verdict is not None and verdict.problem is not None:
            told = self.words.problem(verdict.problem)
            text, role = f"{told.text} {told.remedy}".strip(), "body"
        elif verdict is not None:
            source = verdict.requirement.source
            text = self.words("walkin.rule", source=source) if source else ""
            numbered = piece is not None and piece.source is not EvidenceSource.CONFIRMED
            if numbered or self._narrow:  # its column has no room for all of it
                text = " · ".join(part for part in (self._issuer(piece), text) if part)
        self.what.setText(text)
        self.what.set_role(role)
        self.what.setVisible(bool(text) and view.typing is not Typing.EVIDENCE)


class TestsPage(Page):
    """The tests of this case and what the test system says."""

    __test__ = False

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        fetch: QAction,
        compare: QAction,
    ) -> None:
        super().__init__(words, presenter, parent)
        self.person = PersonPanel(words, self)
        panel = Panel(words("walkin.tests"), self)
        columns = [
            Column(words("walkin.test"), strong=True, stretch=True),
            Column(words("walkin.state")),
            Column(words("walkin.score"), right=True),
            Column(words("walkin.attempts"), right=True),
        ]
        self.table = DataTable(columns, words("walkin.tests"), panel, opens=False)
        panel.add(Text(words("walkin.tests.hint"), "muted", panel, wrap=True))
        panel.add(self.table, 100)
        acts = QHBoxLayout()
        acts.addWidget(self.button(fetch))
        acts.addWidget(self.button(compare))
        acts.addStretch(1)
        nest(panel.body, acts)
        panel.body.addStretch(1)
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def home(self) -> QWidget | None:
        return self.table

    def show_view(self, view: WalkInView) -> None:
        words = self.words
        self.person.show_view(view)
        rows: list[Row] = []
        for line in view.tests:
            if line.another_sat:
                state = StateItem(Level.BAD, words("walkin.test_another"))
            elif line.passed:
                state = StateItem(Level.GOOD, words("walkin.test_passed"))
            elif line.attempts:
                state = StateItem(Level.BAD, words("walkin.test_failed"))
            else:
                state = StateItem(Level.OFF, words("walkin.test_open"))
            score = "–" if line.score is None else str(line.score)
            rows.append(
                Row(str(line.kind), (words.of(line.kind), state, score, str(line.attempts)))
            )
        self.table.show_rows(rows)
        self.table.fit_rows()


class PaymentPage(Page):
    """The bill, its billing code, the bank's answer; a slip by hand, or a decree that waives it."""

    def __init__(
        self, words: Words, presenter: WalkIn, parent: QWidget, *, slip: QAction, waive: QAction
    ) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        self.person = PersonPanel(words, self)
        panel = Panel(words("walkin.bill"), self)
        self.total = Text("", "display", panel, code=True)
        self.code = Text("", "display", panel, code=True)
        figures = QHBoxLayout()
        figures.setSpacing(look.px(40))
        for message_id, figure in (
            ("walkin.to_pay", self.total),
            ("walkin.billing_code", self.code),
        ):
            nest(figures, column(Text(words(message_id), "overline", panel), figure, spacing=2))
        figures.addStretch(1)
        nest(panel.body, figures)
        panel.add(Rule(panel))
        self.facts = FactGrid(panel)
        panel.add(self.facts)
        panel.add(Text(words("walkin.payment.hint"), "muted", panel, wrap=True))
        self.waivers = Text("", "body", panel, wrap=True)
        panel.add(self.waivers)
        acts = QHBoxLayout()
        acts.setSpacing(look.px(8))
        acts.addWidget(self.button(slip))
        acts.addWidget(self.button(waive))
        acts.addStretch(1)
        nest(panel.body, acts)
        self.form = SmallForm(
            words,
            presenter,
            words("walkin.typed.slip"),
            {
                "ntpn": CodeField(longest=16, letters=True),
                "amount": CodeField(longest=9),
                "paid_on": DateField(),
                "bank": UpperField(),
            },
            panel,
            hint=words("walkin.typed.slip.hint"),
        )
        panel.add_narrow(self.form)
        panel.body.addStretch(1)
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def home(self) -> QWidget | None:
        return self.form.first() if self.presenter.view.typing is Typing.BANK_SLIP else None

    def show_view(self, view: WalkInView) -> None:
        words, app = self.words, view.app
        self.person.show_view(view)
        if app is None:
            return
        self.code.setText(grouped(app.billing_code, 5))
        fee = view.fee
        self.total.setText(words.money(fee.total if fee else app.fee))
        lines: list[tuple[str, str]] = []
        for line in fee.lines if fee else ():
            lines.append(
                (
                    words.of(line.group),
                    f"{words.money(line.amount)}   {words.rule(line.source)}".strip(),
                )
            )
        problem = view.problem
        expected, paid = getattr(problem, "expected", None), getattr(problem, "paid", None)
        if isinstance(expected, int) and isinstance(paid, int):
            difference = words.money(paid - expected)
            told = "slip_says" if view.typing is Typing.BANK_SLIP else "bank_says"
            lines += [
                (words(f"walkin.{told}"), words.money(paid)),
                (words("walkin.difference"), difference),
            ]
        self.facts.show_facts(lines)
        self.waivers.setVisible(bool(view.waivers))
        decrees = [f"{waiver.decree} ({group(waiver, words)})" for waiver in view.waivers]
        self.waivers.setText(words("walkin.waivers", decrees=", ".join(decrees)))
        typing = view.typing is Typing.BANK_SLIP
        self.form.setVisible(typing)
        if typing:
            self.form.show_form(view.form)
            self.form.mark(problem)


def grouped(code: str, size: int) -> str:
    """A long number in groups that an eye can follow."""
    return " ".join(code[i : i + size] for i in range(0, len(code), size))
