"""The walk-in's end: the card's preview, waiting, chip and print, the handover, done."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import NoHandoverYet
from desktop.domain.evidence import EvidenceContradicts, JknInArrears, JknSilent
from desktop.domain.workflow import GatesMissing
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import Typing, WalkInView
from desktop.words import Words
from ui.screens.inspection_parts import InspectionNotes, show_card
from ui.screens.walkin_forms import ApplicantForm, SmallForm
from ui.screens.walkin_outcome import doubt_facts, tell_outcome
from ui.screens.walkin_parts import (
    BadgeList,
    Fact,
    FactGrid,
    FittedFaces,
    NoteList,
    Page,
    PersonPanel,
    attend,
    bad,
    doubt_text,
    good,
)
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.card_preview import CardPreview
from ui.widgets.fields import CodeField, LineField, UpperField
from ui.widgets.labels import Panel, Text, row
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem

TIGHT = 700
"""Height of a window, at usual text, below which what the card says isn't said again beside it."""
ON_CARD = 90
"""Characters of an address that a card's face shows whole."""


def tight_window(page: QWidget) -> bool:
    """Whether the card needs the room of words that repeat it."""
    return page.window().height() < theme().px(TIGHT)


class ConfirmPage(Page):
    """The applicant looks at the card as it will be; wrong data is mended on the spot."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        correct: QAction,
        compare: QAction,
        odd: QAction,
    ) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        self.person = PersonPanel(words, self)
        self.panel = Panel(words("walkin.preview"), self)
        self.panel.head.addWidget(self.button(compare))
        self.panel.head.addWidget(self.button(correct))
        self.panel.head.addWidget(self.button(odd))
        self.faces = CardPreview(words("walkin.front"), words("walkin.back"), self.panel, width=360)
        self.question = Text(words("walkin.confirm.ask"), "lead", self.panel, wrap=True)
        self.odd = NoteList(self.panel)
        self.facts = FactGrid(self.panel)
        self.form = ApplicantForm(words, presenter, self.panel)
        self.panel.add(self.question)
        self.panel.add(self.odd)
        self.panel.add(self.faces)
        self.panel.add(self.facts)
        self.panel.add_narrow(self.form)
        self.panel.body.addStretch(1)
        self.panel.body.setSpacing(look.px(14))
        FittedFaces(self.faces, self.panel)
        self.across.addWidget(self.person)
        self.across.addWidget(self.panel, 1)

    def home(self) -> QWidget | None:
        return self.form.first() if self.presenter.view.correcting else None

    def show_view(self, view: WalkInView) -> None:
        words, app = self.words, view.app
        self.person.show_view(view)
        editing = view.correcting
        self.panel.set_heading(words("walkin.correcting" if editing else "walkin.preview"))
        self.form.setVisible(editing)
        for widget in (self.question, self.faces, self.facts):
            widget.setVisible(not editing)
        asked = view.doubted if view.asks else ()
        self.odd.show_items([attend(doubt_text(words, one)) for one in asked])
        if editing:
            self.form.show_form(view.form, open_nik=False)
            self.form.mark(view.problem)
            return
        self.faces.show_faces(view.faces.front or None, view.faces.back or None)
        if app is None:
            return
        waiting = app.state is S.CONFIRMED
        self.question.setVisible(not waiting)
        address, occupation = app.applicant.address[:200], app.applicant.occupation[:80]
        tight = tight_window(self)
        facts: list[Fact] = [
            (words("walkin.field.address"), "" if tight and len(address) <= ON_CARD else address),
            (words("walkin.field.occupation"), "" if tight else occupation),
            (words("walkin.field.phone"), app.applicant.phone),
        ]
        if waiting:
            facts = []  # the banner says what is awaited
            if app.note:
                facts.append((words("walkin.approval.note"), app.note[:200], "warning"))
        self.facts.show_facts(facts)


class ProductionPage(Page):
    """Chip and print: what will be used, how far it is, what came out, and what to do about it."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        correct: QAction,
        look_again: QAction,
        pass_card: QAction,
        reprint: QAction,
        await_material: QAction,
        second: QAction,
        answers: tuple[QAction, ...],
    ) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        self.person = PersonPanel(words, self)
        panel = Panel(words("walkin.production"), self)
        self.outcome = Banner(parent=panel)
        self.doubt = Panel(words("walkin.doubt"), panel)
        self.doubt.setObjectName("panel")
        self.doubt_facts = FactGrid(self.doubt, abreast=2)
        self.doubt.add(Text(words("walkin.doubt.ask"), "body", self.doubt, wrap=True))
        line = QHBoxLayout()
        line.setSpacing(look.px(8))
        for action in answers:
            line.addWidget(self.button(action))
        line.addStretch(1)
        nest(self.doubt.body, line)
        self.doubt.add(self.doubt_facts)
        self.progress = QProgressBar(panel)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(look.px(8))
        self.progress.setAccessibleName(words("doing.print_card"))
        self.lead = Text("", "lead", panel, wrap=True)
        self.faces = CardPreview(words("walkin.front"), words("walkin.back"), panel, width=330)
        self.facts = FactGrid(panel)
        self.checks = BadgeList(panel, across=True)
        panel.head.insertWidget(0, self.checks)
        self.seen = InspectionNotes(words, panel)
        for action in (look_again, pass_card, correct):
            panel.head.addWidget(self.button(action))
        panel.add(self.outcome)
        panel.add(self.doubt)
        panel.add(self.lead)
        panel.add(self.progress)
        panel.add(self.seen)
        panel.add(self.faces)
        panel.add(self.facts)
        panel.body.addStretch(1)
        acts = QHBoxLayout()
        acts.setSpacing(look.px(8))
        for action in (reprint, await_material, second):
            acts.addWidget(self.button(action))
        acts.addStretch(1)
        nest(panel.body, acts)
        FittedFaces(self.faces, panel)
        self.heading = panel.heading
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def show_view(self, view: WalkInView) -> None:
        words, app = self.words, view.app
        self.person.show_view(view)
        if app is None:
            return
        printing = view.doing == "doing.print_card"
        self.progress.setVisible(printing)
        printed = app.state is S.PRINTED
        seen = view.looked if printed else None
        show_card(self.faces, words, seen, view.faces)
        self.faces.setVisible(view.doubt is None)
        self.seen.show_inspection(
            seen, possible=view.can_look, turning=view.turning, serial=app.blank_serial
        )
        self.seen.setVisible(printed and view.doubt is None)
        key = "printed" if printed else "printing" if printing else str(app.state)
        lead = f"walkin.production.{key}"
        if app.state not in (S.APPROVED, S.AWAITING_MATERIAL, S.PRINTED) and not printing:
            lead = "walkin.production.under_way"
        if view.bound:
            lead = "walkin.production.bound"
        self.lead.setText(words(lead))
        found = seen is not None and bool(seen.faults)  # what was found needs the room
        self.heading.setVisible(not printed or found)  # else what came out needs its line
        tight = tight_window(self)
        # The banner says what must come first.
        refused = isinstance(view.problem, GatesMissing) or view.reprint_limited
        barred = app.state is S.APPROVED and refused and not view.bound
        lost = view.written_off is not None and app.state is S.APPROVED  # with what comes next
        # Nor is a key told that the banner refuses, or names otherwise for a case on hold.
        others = bool(view.lacks) and app.state in (S.APPROVED, S.PRINTED) and not view.bound
        barred = barred or view.held or (others and not printing)
        self.lead.setVisible(view.doubt is None and not (found or barred or lost))
        number = StateItem(Level.OFF, words("walkin.card_not_scanned"))
        if view.number_read:
            number = good(words("walkin.serial_read"))
        elif view.scanned_serial:
            number = bad(words("walkin.card_other", serial=view.scanned_serial))
        self.checks.show_items(
            [good(words("walkin.chip_read_back")), number] if printed and view.doubt is None else []
        )
        self.checks.setVisible(printed and view.doubt is None and not found)
        # The machine has read the serial; on a small screen the card itself tells the rest.
        told = found or (tight and seen is not None)
        self.facts.setVisible(view.doubt is None and not told)
        facts: list[Fact] = [(words("walkin.serial"), app.blank_serial)]
        if view.scanned_serial and printed:
            facts.append((words("walkin.scanned"), view.scanned_serial))
        if app.sim_number:
            facts.append((words("walkin.sim_number"), app.sim_number))
        if app.valid_until:
            facts.append((words("walkin.valid_until"), words.date(app.valid_until)))
        if app.state is S.APPROVED:
            low = view.blanks_left < 5
            left = words("walkin.blanks", count=view.blanks_left)
            facts.append((words("walkin.blanks_label"), left, "warning" if low else "body"))
        self.facts.show_facts(facts)
        tell_outcome(self.outcome, words, view)
        self.doubt.setVisible(view.doubt is not None)
        if view.doubt is not None:
            self.doubt_facts.show_facts(doubt_facts(words, view.doubt))


class HandoverPage(Page):
    """The card in hand is scanned, named, and given to the person or a proxy."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        parent: QWidget,
        *,
        jkn: QAction,
        correct: QAction,
        compare: QAction,
        play: QAction,
        chip: QAction,
        second: QAction,
        old: QAction,
    ) -> None:
        super().__init__(words, presenter, parent)
        self.person = PersonPanel(words, self)
        panel = Panel(words("walkin.handover"), self)
        for action in (play, old, jkn, compare, correct):
            panel.head.addWidget(self.button(action))
        self.lead = Text("", "lead", panel, wrap=True)
        self.state = BadgeList(panel)
        self.faces = CardPreview(words("walkin.front"), words("walkin.back"), panel, width=330)
        self.facts = FactGrid(panel, abreast=2)
        self.form = SmallForm(
            words,
            presenter,
            words("walkin.typed.proxy"),
            {"name": UpperField(), "letter": CodeField(longest=40, letters=True),
             "relation": LineField()},
            panel,
            hint=words("walkin.typed.proxy.hint"),
        )  # fmt: skip
        panel.add(self.lead)
        ways = row(self.state, self.button(chip), self.button(second))
        ways.setStretch(0, 1)
        nest(panel.body, ways)
        panel.add(self.faces)
        panel.add(self.facts)
        panel.add_narrow(self.form)
        panel.body.addStretch(1)
        FittedFaces(self.faces, panel)
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def home(self) -> QWidget | None:
        view = self.presenter.view
        if isinstance(view.problem, (NoHandoverYet, JknInArrears, JknSilent, EvidenceContradicts)):
            return None  # no field is wrong: J, which asks again, would be typed there
        return self.form.first() if view.typing is Typing.PROXY else None

    def show_view(self, view: WalkInView) -> None:
        words, app = self.words, view.app
        self.person.show_view(view)
        if app is None:
            return
        proxy = view.typing is Typing.PROXY
        scanned = view.scanned_serial
        matches = scanned == app.blank_serial
        lead = "scan" if not scanned else "give" if matches else "other"
        if app.jkn_hold and lead != "other":
            lead = "jkn"  # Enter is refused until J finds nothing owed
        lead = "bound" if view.bound else lead
        told = f"walkin.handover.{lead}"
        if lead == "give" and view.old_card_due:
            told = "walkin.old_card_first"
        unknown = lead == "other" and self.presenter.unknown_code
        if unknown or (lead == "scan" and self.presenter.scanner_dead):
            by_eye = "by_two" if self.presenter.reads_number else "no_way"
            why = "unknown_code" if unknown else "unscanned"
            told = f"walkin.{why}.{'chip' if self.presenter.reads_chip else by_eye}"
        self.lead.setText(words(told))
        # The banner says whose step it is, or that Enter goes on first.
        self.lead.setVisible(view.bound or not (view.held or view.lacks))
        items: list[StateItem] = []
        if scanned and matches:
            items.append(good(words("walkin.card_matches", serial=scanned)))
        elif scanned:
            told = "walkin.card_unknown" if unknown else "walkin.card_other"
            items.append(bad(words(told, serial=scanned)))
        else:
            items.append(StateItem(Level.OFF, words("walkin.card_not_scanned")))
        if view.old_card_due:
            items.append(attend(words("walkin.old_card_due")))
        if app.jkn_hold:
            items.append(attend(words("walkin.jkn_hold")))
        if view.faces.letters:
            numbers = ", ".join(view.faces.letters)
            items.append(attend(words("walkin.letter_back", numbers=numbers)))
        self.state.show_items(items)
        self.faces.show_faces(view.faces.front or None, view.faces.back or None)
        blind = self.presenter.blind  # the number is on the card alone while it is read
        self.faces.setVisible(not proxy and not blind)
        facts: list[Fact] = [
            (words("walkin.class"), words("walkin.sim", licence_class=app.licence_class)),
            (words("walkin.serial"), "" if blind else app.blank_serial),
            (words("walkin.sim_number"), app.sim_number),
        ]
        if app.valid_until:
            facts.append((words("walkin.valid_until"), words.date(app.valid_until)))
        self.facts.show_facts(facts)
        self.facts.setVisible(proxy or not tight_window(self))
        self.form.setVisible(proxy)
        if proxy:
            self.form.show_form(view.form)
            theirs = isinstance(view.problem, EvidenceContradicts)  # the holder's own name, say
            self.form.mark(None if theirs else view.problem)
