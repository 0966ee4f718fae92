"""F9: approvals first, then exceptions, incidents, figures, the audit trail and the journal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.presenters.stand_ins import to_hand
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.corrections import FOUND_PROPERTY, WRONG_PERSON
from desktop.services.requirements import shown_number
from ui.problems import problem_text
from ui.screens.areas import Areas
from ui.screens.modes import Act, Modes, dismiss
from ui.screens.online_dialogs import ask_yes
from ui.screens.supervisor_asks import SupervisorAsks
from ui.screens.supervisor_duties import DutiesPage, GivenCodeDialog
from ui.screens.supervisor_figures import FiguresPage
from ui.screens.supervisor_journal import JournalPage
from ui.screens.supervisor_looks import ExceptionsPage, TrailPage
from ui.screens.supervisor_pages import ApprovalsPage, IncidentsPage
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.pages import Pages

AREAS = tuple(Watch)
CARDS = (WRONG_PERSON, FOUND_PROPERTY)
"""Incidents about a card that the card desk opens."""

Page = (
    ApprovalsPage
    | ExceptionsPage
    | IncidentsPage
    | FiguresPage
    | TrailPage
    | JournalPage
    | DutiesPage
)


class SupervisorScreen(SupervisorAsks):
    """Draws SupervisorView."""

    def __init__(self, shell: Shell, presenter: Supervisor) -> None:
        super().__init__(shell.words, presenter)
        words = self.words
        self.areas = Areas(self, "supervisor", Watch, presenter.turn_to)
        self.banner = Banner(parent=self)
        self.busy = Banner(parent=self)
        for widget in (self.areas.chips, self.banner, self.busy):
            self.top.addWidget(widget)
        self.approvals = ApprovalsPage(words, presenter, self)
        self.exceptions = ExceptionsPage(words, self)
        self.incidents = IncidentsPage(words, self, self._incident_moved)
        self.figures = FiguresPage(words, self)
        self.trail = TrailPage(words, presenter, self)
        self.journal = JournalPage(words, self)
        self.duties = DutiesPage(words, self)
        self.pages = Pages(self)
        for area in AREAS:
            self.pages.addWidget(self._page(area))
        self.body.addWidget(self.pages, 1)
        self.areas.bind_keys()
        self.modes = Modes(self)
        self._make_modes()
        self.journal.officers.moved.connect(lambda _key: self._allow_delegate())
        self.duties.officers.moved.connect(lambda _key: self._allow_code())
        presenter.attach(self.show_view)

    def _make_modes(self) -> None:
        p = self.presenter
        read = dismiss(p.dismiss)

        def add(area: str, *acts: Act) -> None:
            self.modes.add(area, *acts, read)

        add(
            "approvals",
            Act("supervisor.do.tick_all", "Ctrl+A", self._tick_all, "list-checks"),
            Act("supervisor.do.refuse", "T", self._ask_refuse, "undo-2", "danger"),
            Act("supervisor.do.approve", "A", p.approve, "stamp", "primary", right=True),
        )
        add("exceptions", Act("supervisor.do.refresh", "R", p.load, "refresh-cw"))
        add(
            "incidents",
            Act("supervisor.do.report", "L", self._ask_report, "pen-line"),
            Act("supervisor.do.card", "K", self._open_card, "id-card"),
            Act("supervisor.do.confirm", "E", self._confirm, "refresh-cw"),
            Act("supervisor.do.confirm_all", "U", p.confirm_all, "list-checks"),
            Act("supervisor.do.close", "S", self._ask_close, "check", "primary", right=True),
        )
        add(
            "figures",
            Act("supervisor.do.refresh", "R", p.load, "refresh-cw"),
            Act("supervisor.do.officers", "P", self.figures.turn_officers, "users"),
        )
        add("trail", Act("supervisor.do.refresh", "R", lambda: p.search(), "refresh-cw"))
        add(
            "journal",
            Act("supervisor.do.export", "X", self._ask_export, "file-down"),
            Act("supervisor.do.delegate", "G", self._ask_delegate, "user-plus"),
            Act("supervisor.do.revoke", "H", self._revoke, "x"),
            Act("supervisor.do.verify", "V", p.verify, "shield-check", "primary", right=True),
        )
        add(
            "duties",
            Act("supervisor.do.refresh", "R", p.load, "refresh-cw"),
            Act("supervisor.do.code", "K", self._ask_code, "user-check"),
            Act("supervisor.do.leave", "H", self._ask_leave, "trash-2", "danger", right=True),
        )

    def _page(self, area: Watch) -> Page:
        return {
            Watch.APPROVALS: self.approvals,
            Watch.EXCEPTIONS: self.exceptions,
            Watch.INCIDENTS: self.incidents,
            Watch.FIGURES: self.figures,
            Watch.TRAIL: self.trail,
            Watch.JOURNAL: self.journal,
            Watch.DUTIES: self.duties,
        }[area]

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        return self._page(self._view.area).home()

    def looked_at(self) -> QWidget | None:
        if self._view.area is Watch.INCIDENTS:
            sides = self.incidents.sides
            return self.incidents.detail if sides.isHidden() else sides
        return self.approvals.sheet

    def entered(self, payload: object) -> None:
        self.presenter.enter(payload)

    def left(self) -> None:
        self.presenter.leave()

    def about(self) -> object:
        """The case on show; whatever else is asked about is named by its key."""
        review = self.presenter.view.review if self.presenter.view.area is Watch.APPROVALS else None
        return review.application.id if review is not None else ""

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        assert isinstance(view, SupervisorView)
        turned = view.area is not self._view.area
        fresh = view.area in view.read and view.area not in self._view.read
        given = view.code if view.code is not self._view.code else None
        self._view = view
        words = self.words
        mine = sum(1 for review in view.reviews if not review.own)
        counts = {
            Watch.APPROVALS: mine,
            Watch.EXCEPTIONS: len(view.exceptions),
            Watch.INCIDENTS: view.open_incidents,
        }
        self.areas.show(view.area, counts)
        self.set_heading(
            words("screen.supervisor.short"),
            words.date(view.today, "full") if view.today is not None else "",
        )
        page = self._page(view.area)
        page.show_view(view)
        self.pages.setCurrentWidget(page)
        if turned or fresh:
            self.go_home()  # a list that was still empty had no place for the focus
        self.modes.use(str(view.area))
        self._allow(view)
        self._tell(view)
        if given is not None:
            self.when_seen(self._show_code)
        self.asks.hear(view)

    def _allow(self, view: SupervisorView) -> None:
        modes, words = self.modes, self.words
        allow = modes.allow
        allow("supervisor.do.approve", view.approves and bool(view.reviews))
        allow("supervisor.do.refuse", view.approves and view.review is not None)
        allow("supervisor.do.tick_all", view.approves and bool(view.reviews))
        self._allow_incident()
        allow("supervisor.do.leave", view.supervises and bool(view.over or view.old_acts))
        self._allow_code()
        allow("supervisor.do.report", view.supervises or view.approves)
        allow("supervisor.do.confirm", bool(view.evidence) and view.supervises)
        allow("supervisor.do.confirm_all", bool(view.evidence) and view.supervises)
        self._allow_delegate()
        allow("supervisor.do.officers", self.figures.turns)
        count = len([r for r in view.reviews if r.application.id in view.ticked and not r.own])
        modes.tell(
            approve=words("supervisor.do.approve.count", count=count)
            if count
            else words("supervisor.do.approve"),
            tick_all=words(
                "supervisor.do.tick_none"
                if self.approvals.table.all_ticked()
                else "supervisor.do.tick_all"
            ),
        )

    def _tell(self, view: SupervisorView) -> None:
        words = self.words
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
        else:
            self.banner.clear()
        if view.doing:
            self.busy.tell(Tone.INFO, words(view.doing), aloud=False)
        else:
            self.busy.clear()
        self.tell_once(view.said)

    # -- asking ----------------------------------------------------------------------------

    def _tick_all(self) -> None:
        table = self.approvals.table
        table.tick_all(not table.all_ticked())

    def _incident_moved(self, key: str) -> None:
        self.incidents.show_incident(self._view, key)
        self._allow_incident()

    def _allow_incident(self) -> None:
        """What the chosen incident still needs; a closed one nothing."""
        incident = self._current_incident()
        still = incident is not None and not incident.closed_by and self._view.supervises
        self.modes.allow("supervisor.do.close", still)
        on = incident is not None and incident.kind in CARDS and self._view.supervises
        self.modes.allow("supervisor.do.card", on)

    def _open_card(self) -> None:
        incident = self._current_incident()
        if incident is not None and incident.kind in CARDS:
            self.open_wanted.emit("cards", incident.subject)

    def _confirm(self) -> None:
        key = self.incidents.evidence.current_key()
        piece = next((one.evidence for one in self._view.evidence if one.evidence.id == key), None)
        own = piece is not None and piece.recorded_by == self._view.officer  # refused, unasked
        if piece is not None and (piece.kind.has_line or own):
            self.presenter.confirm(key)
        elif piece is not None:
            ask_yes(
                self, self.words, "supervisor.paper_seen", lambda: self.presenter.confirm(key),
                kind=piece.kind, reference=shown_number(piece),
            )  # fmt: skip

    def _ask_export(self) -> None:
        today = self._view.today or date(2000, 1, 1)
        name = self.words("supervisor.export.name", day=today.isoformat())
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.words("supervisor.do.export"), str(Path.home() / name),
            self.words("supervisor.export.kinds"),
        )  # fmt: skip
        if chosen:
            self.presenter.export(Path(chosen))

    def _allow_delegate(self) -> None:
        """Nobody is their own delegate; who stands in for nobody has nothing to be ended."""
        view, key = self._view, self.journal.officers.current_key()
        stands = view.supervises or view.approves
        free = key not in ("", view.officer)
        self.modes.allow("supervisor.do.delegate", stands and free)
        self.modes.fade("supervisor.do.delegate", free and not to_hand(view, key)[0])
        self.modes.allow("supervisor.do.revoke", stands and self._stands_in(key))

    def _stands_in(self, key: str) -> bool:
        """Whether somebody stands in today; after the last day there is nothing to be ended."""
        today = self._view.today
        until = next((o.delegate_until for o in self._view.officers if o.id == key), None)
        return until is not None and (today is None or today <= until)

    def _allow_code(self) -> None:
        """Nobody gives a code to themselves."""
        view, key = self._view, self.duties.officers.current_key()
        self.modes.allow("supervisor.do.code", view.gives_codes and key not in ("", view.officer))

    def _ask_code(self) -> None:
        """A one-time code for the chosen officer: for a first sign-in, or a forgotten password."""
        key = self.duties.officers.current_key()
        officer = next((o for o in self._view.officers if o.id == key), None)
        if officer is not None:
            ask = "supervisor.code.reset" if officer.has_password else "supervisor.code.first"
            give = self.presenter.give_code
            ask_yes(self, self.words, ask, lambda: give(key), name=officer.title)

    def _show_code(self) -> None:
        given = self._view.code
        if given is None:
            return
        dialog = GivenCodeDialog(self.window(), self.words, given)
        dialog.finished.connect(lambda _result: self.presenter.forget_code())
        dialog.open()

    def _ask_leave(self) -> None:
        count, acts = len(self._view.over), self._view.old_acts
        if count or acts:
            ask = "supervisor.keeping.question" if count else "supervisor.keeping.question_acts"
            ask_yes(self, self.words, ask, self.presenter.let_go, count=count or acts)

    def _revoke(self) -> None:
        key = self.journal.officers.current_key()
        if self._stands_in(key):
            self.presenter.revoke(key)
